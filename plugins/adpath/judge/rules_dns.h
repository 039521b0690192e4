/* rules_dns.h
 * Findings about locator names that DNS does not have.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_DNS_H
#define ADPATH_JUDGE_RULES_DNS_H

#include "judge/rules.h"

void adp_rules_dns(adp_rules *r);

#endif
