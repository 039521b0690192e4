/* cloud.c
 * Which hosts are those of Microsoft 365.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/cloud.h"

#include <string.h>

/*
 * What ends like this is served by Microsoft: its list of URLs and address ranges, world-wide, of the
 * US government and of China; and what a tenant's own names end with (m).
 */
static const char *const ends[] = {
    "outlook.com",     "office365.com", "office.com",     "office.net",         "cloud.microsoft",
    "onmicrosoft.com", "office365.us",  "onmicrosoft.us", "partner.outlook.cn",
};

/*
 * Candidates of every Outlook: the target of many companies' redirects, and what Microsoft 365
 * Apps ask first (facts: Outlook 2016+ order).
 */
static const char *const candidates[] = {"autodiscover-s.outlook.com", "outlook.office365.com"};

const char *adp_cloud_end(guint i)
{
    return i < G_N_ELEMENTS(ends) ? ends[i] : NULL;
}

const char *adp_cloud_candidate(guint i)
{
    return i < G_N_ELEMENTS(candidates) ? candidates[i] : NULL;
}

gboolean adp_cloud_has(const char *host)
{
    gsize len = strlen(host);
    guint i;

    len -= len && host[len - 1] == '.' ? 1 : 0;
    for (i = 0; i < G_N_ELEMENTS(ends); i++) {
        gsize end = strlen(ends[i]);

        if (len >= end && g_ascii_strncasecmp(host + len - end, ends[i], end) == 0 &&
            (len == end || host[len - end - 1] == '.')) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean adp_cloud_is_candidate(const char *host)
{
    guint i;

    for (i = 0; i < G_N_ELEMENTS(candidates); i++) {
        if (strcmp(host, candidates[i]) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}
