/* rules_dns_target.h
 * Findings about hosts that locator records name, and of which DNS has no address, or none that leads anywhere.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_DNS_TARGET_H
#define ADPATH_JUDGE_RULES_DNS_TARGET_H

#include "judge/rules.h"

void adp_rules_dns_target(adp_rules *r);

#endif
