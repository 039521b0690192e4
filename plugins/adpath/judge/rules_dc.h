/* rules_dc.h
 * Findings about connections to domain controllers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_DC_H
#define ADPATH_JUDGE_RULES_DC_H

#include "judge/rules.h"

/** What the rules about connections need: who answered what, and what went well. */
void adp_rules_learn_use(adp_rules *r);
void adp_rules_dc(adp_rules *r);

#endif
