/* rules_krb_realm.h
 * Findings about the realm in which a client asks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_KRB_REALM_H
#define ADPATH_JUDGE_RULES_KRB_REALM_H

#include "judge/rules.h"

void adp_rules_krb_realms(adp_rules *r);

#endif
