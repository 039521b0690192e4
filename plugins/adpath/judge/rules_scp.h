/* rules_scp.h
 * Findings about service connection points: none, not readable, incomplete, of other sites.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_SCP_H
#define ADPATH_JUDGE_RULES_SCP_H

#include "judge/rules.h"

void adp_rules_scp(adp_rules *r);

#endif
