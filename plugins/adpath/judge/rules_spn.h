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

/** How much it matters that no KDC has this name, by what kind of name it is. */
adp_severity adp_rules_krb_spn_severity(const adp_rules *r, const adp_step *step);

/**
 * How the client went on after such an answer for an address, a domain, a realm or a short name;
 * NULL: it did not, or no other way does as well for this kind of name.
 */
const adp_step *adp_rules_krb_spn_sequel(const adp_rules *r, const adp_step *step);

/** What a list of such names means; `step` is one of them. */
void adp_rules_krb_spn_many(const adp_rules *r, adp_finding *f, const adp_step *step);

/** Severity, texts and advice of a code 7 or 8. */
void adp_rules_krb_spn_text(adp_rules *r, adp_finding *f, const adp_group *group);

#endif
