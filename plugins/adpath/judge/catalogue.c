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

const char *adp_severity_name(adp_severity severity)
{
    static const char *const names[] = {"note", "warn", "error"};

    return names[severity];
}
