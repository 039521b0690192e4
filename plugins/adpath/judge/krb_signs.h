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

#endif
