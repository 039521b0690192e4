/* catalogue.c
 * The catalogue of findings.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/catalogue.h"

#define FINDING_ROW(id, name, severity, group, title)                                              \
    {name, ADP_SEVERITY_##severity, ADP_GROUP_##group, title},

static const adp_finding_info catalogue[ADP_FINDING_COUNT] = {ADP_FINDINGS(FINDING_ROW)};

const adp_finding_info *adp_finding_get(adp_finding_id id)
{
    return &catalogue[id];
}

gboolean adp_finding_is_aside(adp_finding_id id)
{
    switch (id) {
    case ADP_FINDING_SRV_SITE_NOT_FOUND:
    case ADP_FINDING_CLIENT_SITE_UNDEFINED:
    case ADP_FINDING_DC_OTHER_SITE:
    case ADP_FINDING_WEAK_ETYPE:
    case ADP_FINDING_REALM_CASE_DIFFERS:
    case ADP_FINDING_NTLM_FALLBACK:
    case ADP_FINDING_LDAP_HIDDEN:
    case ADP_FINDING_LDAP_MECHANISM_UNKNOWN:
    case ADP_FINDING_SCP_OTHER_SITE_ONLY:
    case ADP_FINDING_SCP_POINTER:
    case ADP_FINDING_SCP_ORDER_DIFFERS:
    case ADP_FINDING_AUTODISCOVER_FALLBACK:
    case ADP_FINDING_SLOW:
    case ADP_FINDING_ONE_SIDED:
    case ADP_FINDING_DUPLICATES:
    case ADP_FINDING_MIDWAY:
        return TRUE;
    default:
        return FALSE;
    }
}

const char *adp_severity_name(adp_severity severity)
{
    static const char *const names[] = {"note", "warn", "error"};

    return names[severity];
}
