/* rules_unheard.h
 * Findings about answers that do not arrive, as a capture at the server's end shows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_UNHEARD_H
#define ADPATH_JUDGE_RULES_UNHEARD_H

#include "judge/rules.h"

void adp_rules_unheard(adp_rules *r);

#endif
