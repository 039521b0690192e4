/* rules_dc.h
 * Findings about connections to domain controllers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_DC_H
#define ADPATH_JUDGE_RULES_DC_H

#include "join/hosts.h"
#include "judge/finding.h"
#include "judge/rules.h"

#include <glib.h>

/** How it failed: "refused", "silent" or "prohibited"; NULL when it did not, or it is too early. */
const char *adp_rules_attempt_failed(const adp_rules *r, const adp_attempt *attempt);

/** The same as a phrase behind a host's name. */
const char *adp_rules_attempt_words(const char *how);
void adp_rules_cite_attempt(const adp_rules *r, adp_finding *finding, const adp_attempt *attempt);

/** Path of the client's steps around it; ADP_NONE when there are none. */
guint32 adp_rules_path_near(const adp_rules *r, const adp_attempt *attempt);

/** What the rules about connections need: who answered what, and what went well. */
void adp_rules_learn_use(adp_rules *r);
void adp_rules_dc(adp_rules *r);

#endif
