/* rules_krb_weak.h
 * Findings about tickets with old encryption.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_KRB_WEAK_H
#define ADPATH_JUDGE_RULES_KRB_WEAK_H

#include "judge/rules.h"

/** One finding for each client's name and type: what it got for several services is one story. */
void adp_rules_krb_weak(adp_rules *r);

#endif
