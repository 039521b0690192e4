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

/** Turns it into a note, and says by what it was made good. */
void adp_rules_recovered(const adp_rules *r, adp_finding *finding, const adp_step *by);

/** What had made it good came before its last occurrence: it has its usual severity again. */
void adp_rules_unrecovered(adp_finding *finding);

/**
 * Fills causes and checks from the table of advice; `values` are pairs of a name
 * and its value (NULL: not shown by the capture), and a NULL at the end.
 */
void adp_rules_advise(const adp_rules *r, adp_finding *finding, const char *key,
                      ...) G_GNUC_NULL_TERMINATED;

/** Takes a cause out that the capture rules out. */
void adp_rules_rule_out(adp_finding *finding, const char *cause);

/** "step 7 (frame 31)" for sentences; free with g_free(). */
char *adp_rules_where(const adp_rules *r, const adp_step *step);

#endif
