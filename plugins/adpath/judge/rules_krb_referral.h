/* rules_krb_referral.h
 * Findings about referrals to another realm that a client does not follow.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_KRB_REFERRAL_H
#define ADPATH_JUDGE_RULES_KRB_REFERRAL_H

#include "judge/rules.h"

/** A rule of the second phase: it judges, and notes nothing. */
void adp_rules_krb_referrals(adp_rules *r);

#endif
