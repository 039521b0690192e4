/* rules_kpasswd.h
 * Findings about changes of passwords (RFC 3244).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_KPASSWD_H
#define ADPATH_JUDGE_RULES_KPASSWD_H

#include "judge/rules.h"

void adp_rules_learn_kpasswd(adp_rules *r);
void adp_rules_kpasswd(adp_rules *r);

#endif
