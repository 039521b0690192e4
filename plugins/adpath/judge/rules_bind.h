/* rules_bind.h
 * Findings about LDAP binds that were refused.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_BIND_H
#define ADPATH_JUDGE_RULES_BIND_H

#include "judge/rules.h"

/** Notes that a bind was accepted, or whose password was refused. */
void adp_rules_learn_bind_step(adp_rules *r, const adp_step *step);

void adp_rules_binds(adp_rules *r);

#endif
