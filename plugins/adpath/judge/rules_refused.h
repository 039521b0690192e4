/* rules_refused.h
 * Findings about services that refuse tickets without a reason.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_REFUSED_H
#define ADPATH_JUDGE_RULES_REFUSED_H

#include "judge/rules.h"

void adp_rules_refused(adp_rules *r);

#endif
