/* rules_sealed.h
 * A server that takes a bind, and ends the connection at what is sealed by it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_SEALED_H
#define ADPATH_JUDGE_RULES_SEALED_H

#include "judge/rules.h"

/** Its findings are of ldap-unanswered. */
void adp_rules_sealed(adp_rules *r);

#endif
