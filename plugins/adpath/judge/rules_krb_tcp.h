/* rules_krb_tcp.h
 * Findings about replies of a KDC that are too big for UDP.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_KRB_TCP_H
#define ADPATH_JUDGE_RULES_KRB_TCP_H

#include "judge/rules.h"

/** krb-tcp-blocked. */
void adp_rules_krb_tcp(adp_rules *r);

#endif
