/* rules_bind.h
 * Findings about LDAP binds that were refused.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_BIND_H
#define ADPATH_JUDGE_RULES_BIND_H

#include "judge/rules.h"
#include "log/observation.h"

/** The result of an LDAP step; NULL: none, or damaged. */
const adp_obs_result *adp_ldap_result_of(const adp_rules *r, const adp_step *step);

/** Does its text hold the word, in whatever case? */
gboolean adp_ldap_says(const adp_obs_result *result, const char *code);

/** Notes that a bind was accepted. */
void adp_rules_learn_bind_step(adp_rules *r, const adp_step *step);

void adp_rules_binds(adp_rules *r);

#endif
