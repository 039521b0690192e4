/* rules_ldap_ops.h
 * What LDAP operations that are no steps tell: StartTLS, refusals, silence.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_LDAP_OPS_H
#define ADPATH_JUDGE_RULES_LDAP_OPS_H

#include "judge/rules.h"

/** Behind adp_rules_ldap(), whose findings about silence it completes. */
void adp_rules_ldap_operations(adp_rules *r);

#endif
