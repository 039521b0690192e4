/* krb_armour.h
 * Clients that want an anonymous ticket, as an armour for their logons, and do nothing without it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_KRB_ARMOUR_H
#define ADPATH_JUDGE_KRB_ARMOUR_H

#include "judge/rules.h"

/** Refused anonymous requests are probes, unless no logon follows: then they are what is wrong. */
void adp_krb_armour(adp_rules *r);

#endif
