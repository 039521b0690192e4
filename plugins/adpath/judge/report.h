/* report.h
 * What rules do with a finding: make it, cite, say, advise.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_REPORT_H
#define ADPATH_JUDGE_REPORT_H

#include "join/model.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/rules.h"
#include "judge/signs.h"
#include "judge/topics.h"

#include <glib.h>

/** The finding with this subject on the path; made when there is none. Never NULL. */
adp_finding *adp_rules_find(adp_rules *r, adp_finding_id id, guint32 path, const char *subject);

/** Cites an observation, or a step's question and answer. */
void adp_rules_cite(adp_finding *finding, guint32 obs);
void adp_rules_cite_step(const adp_rules *r, adp_finding *finding, const adp_step *step);

/** Cites each step of the group. */
void adp_rules_cite_group(const adp_rules *r, adp_finding *finding, const adp_group *group);

/* Texts; what comes from packets has been made printable when it entered the model. */
void adp_rules_summary(adp_finding *finding, const char *format, ...) G_GNUC_PRINTF(2, 3);
void adp_rules_observed(adp_finding *finding, const char *format, ...) G_GNUC_PRINTF(2, 3);
void adp_rules_inferred(adp_finding *finding, const char *format, ...) G_GNUC_PRINTF(2, 3);

/**
 * Turns it into a note, and says by what it was made good. It stays so only if that came after the
 * last evidence: adp_rules_settle() sees to it, for every rule alike.
 */
void adp_rules_recovered(const adp_rules *r, adp_finding *finding, const adp_step *by);

/**
 * Names a topic and subject of adp_rules_good() that make it good, when `client` gets it after the last
 * evidence. The preferred way: nothing has to be looked up before all evidence is cited.
 */
void adp_rules_remedy(adp_finding *finding, adp_client client, adp_topic topic,
                      const char *subject);

/**
 * The one policy of recovery (contract, section 4): good means good after the last evidence. Called
 * for each finding when all rules have run.
 */
void adp_rules_settle(const adp_rules *r, adp_finding *finding);

/** What had made it good came before its last occurrence: it has its usual severity again. */
void adp_rules_unrecovered(adp_finding *finding);

/**
 * Names the row of advice, and the names of the capture that it may use: `values` are pairs of a
 * name and its value (NULL: not shown by the capture), and a NULL at the end. The row itself is
 * looked up when somebody reads the finding (advise/advise.h).
 */
void adp_rules_advise(const adp_rules *r, adp_finding *finding, const char *key,
                      ...) G_GNUC_NULL_TERMINATED;

/** The capture shows the sign, at this observation (ADP_NONE: at no single one); see signs.h. */
void adp_rules_sign(adp_finding *finding, adp_sign sign, guint32 obs);

/** "step 7 (frame 31)" for sentences; free with g_free(). */
char *adp_rules_where(const adp_rules *r, const adp_step *step);

#endif
