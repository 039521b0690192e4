/* rules_spn.h
 * Names of services that a KDC does not find, or finds twice: codes 7 and 8.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_SPN_H
#define ADPATH_JUDGE_RULES_SPN_H

#include "join/model.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/rules.h"

/** Severity, texts and advice of a code 7 or 8. */
/** How much it matters that no KDC has this name, by what kind of name it is. */
adp_severity adp_rules_krb_spn_severity(const adp_rules *r, const adp_step *step);
void adp_rules_krb_spn_text(adp_rules *r, adp_finding *f, const adp_group *group);

#endif
