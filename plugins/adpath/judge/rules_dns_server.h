/* rules_dns_server.h
 * Findings about what DNS servers answer: silence, failures, names and targets without an address.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_DNS_SERVER_H
#define ADPATH_JUDGE_RULES_DNS_SERVER_H

#include "judge/rules.h"

void adp_rules_dns_server(adp_rules *r);

#endif
