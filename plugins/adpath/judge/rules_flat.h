/* rules_flat.h
 * Findings about NetBIOS names that were asked for as DNS domains.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_FLAT_H
#define ADPATH_JUDGE_RULES_FLAT_H

#include "judge/rules.h"

/* How a domain of this name came to be asked for. */
typedef enum {
    ADP_NAME_PROPER,    /* as far as the capture tells, it was meant as it stands */
    ADP_NAME_COMPLETED, /* the full name of a domain, and a suffix that the resolver added */
    ADP_NAME_WORKGROUP, /* the machine is in no domain */
    ADP_NAME_FLAT,      /* a NetBIOS name, bare or with a suffix that the resolver added */
    ADP_NAME_MAYBE_FLAT /* a label before a domain that works: a child domain, or the same */
} adp_name_form;

/** What kind of name was asked for as a domain. */
adp_name_form adp_dns_form_of(const adp_rules *r, const adp_step *step, const char *domain);

void adp_rules_flat(adp_rules *r);

#endif
