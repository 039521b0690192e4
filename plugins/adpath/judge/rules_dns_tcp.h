/* rules_dns_tcp.h
 * Findings about answers that are too big for UDP.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_DNS_TCP_H
#define ADPATH_JUDGE_RULES_DNS_TCP_H

#include "judge/rules.h"

void adp_rules_dns_tcp(adp_rules *r);

#endif
