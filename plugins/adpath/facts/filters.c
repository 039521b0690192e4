/* filters.c
 * Display filters that are ready to be used.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/filters.h"

static const adp_ready_filter filters[] = {
    {"Whole path", "adpath", "every packet of the discovery path"},
    {"Faults",
     "adpath.outcome == \"failed\" || adpath.outcome == \"unanswered\" || "
     "adpath.finding.severity == \"error\" || adpath.finding.severity == \"warn\"",
     "what went wrong, and what the findings of weight point to"},
    {"SCP", "adpath.step == \"scp\"", "searches for service connection points, and their entries"},
    {"SRV", "adpath.step == \"srv\"", "lookups of locator records"},
    {"LDAP ping", "adpath.step == \"ping\"", "LDAP pings of domain controllers"},
    {"Kerberos errors", "adpath.krb.error", "every KRB-ERROR, that of healthy flow as well"},
    {"Hidden LDAP", "adpath.step == \"hidden\"", "LDAP that only keys make visible"},
    {"NTLM fallback", "adpath.finding == \"ntlm-fallback\"", "NTLM where Kerberos was meant"},
};

guint adp_ready_filter_count(void)
{
    return G_N_ELEMENTS(filters);
}

const adp_ready_filter *adp_ready_filter_get(guint i)
{
    return &filters[i];
}
