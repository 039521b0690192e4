/* rules_pointers.h
 * Findings about where entries lead: pointers to other forests, loops, the order of the endpoints.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_POINTERS_H
#define ADPATH_JUDGE_RULES_POINTERS_H

#include "judge/rules.h"

void adp_rules_pointers(adp_rules *r);

#endif
