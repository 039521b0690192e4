/* krb_signs.h
 * What the capture shows of an account, its KDC and its client, as signs on a finding.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_KRB_SIGNS_H
#define ADPATH_JUDGE_KRB_SIGNS_H

#include "join/model.h"
#include "judge/finding.h"
#include "judge/rules.h"

/** Puts the signs of a Kerberos step on the finding. */
void adp_rules_krb_signs(const adp_rules *r, adp_finding *finding, const adp_step *step);

/** What kind of account the name in observation `obs` is one of, as a sign; nothing without a name. */
void adp_rules_sign_account(adp_finding *finding, const char *name, guint32 obs);

/** Does the KDC name a salt for the client of `step` that is not made of realm and name? RFC 4120 5.2.7.5. */
void adp_rules_krb_sign_salt(const adp_rules *r, adp_finding *finding, const adp_step *step);

/** Has the request armour (FAST), or did this KDC give a ticket to another one that has, or has not? RFC 6113. */
void adp_rules_krb_sign_armour(const adp_rules *r, adp_finding *finding, const adp_step *step);

#endif
