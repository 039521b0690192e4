/* rules_slow_client.h
 * The finding about time that clients take for themselves in the middle of a TLS handshake.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_SLOW_CLIENT_H
#define ADPATH_JUDGE_RULES_SLOW_CLIENT_H

#include "judge/rules.h"

void adp_rules_slow_client(adp_rules *r);

#endif
