/* rules_krb_errors.h
 * Findings about the errors of Kerberos.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_KRB_ERRORS_H
#define ADPATH_JUDGE_RULES_KRB_ERRORS_H

#include "judge/rules.h"

void adp_rules_krb_errors(adp_rules *r);

#endif
