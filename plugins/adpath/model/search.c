/* search.c
 * What an LDAP search is for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "search.h"

#include "text.h"

#include <string.h>

#define SCOPE_BASE 0

static gboolean asks_for(const adp_obs_search *search, const char *attribute)
{
    guint i;

    for (i = 0; i < search->attributes.count; i++) {
        if (adp_same_text(search->attributes.items[i], attribute)) {
            return TRUE;
        }
    }
    return FALSE;
}

static const char *element_text(adp_arena *arena, const adp_filter *filter, const char *name)
{
    const adp_filter *leaf = adp_filter_find_equal(filter, name);

    return leaf ? adp_text(arena, leaf->value.bytes, leaf->value.len) : NULL;
}

/* The elements of a ping's filter, MS-ADTS 6.3.3. */
static void read_ping(adp_arena *arena, const adp_filter *filter, adp_ping_request *ping)
{
    const adp_filter *ntver = adp_filter_find_equal(filter, "NtVer");
    const char *domain = element_text(arena, filter, "DnsDomain");

    /* The name may end with a dot. */
    if (domain && adp_has_suffix(domain, ".")) {
        domain = adp_arena_strndup(arena, domain, strlen(domain) - 1);
    }
    ping->domain = domain;
    ping->host = element_text(arena, filter, "Host");
    ping->dns_host = element_text(arena, filter, "DnsHostName");
    ping->user = element_text(arena, filter, "User");
    if (ntver && ntver->value.len >= 4) {
        const guint8 *p = ntver->value.bytes;

        ping->has_ntver = TRUE;
        ping->ntver =
            (guint32)p[0] | ((guint32)p[1] << 8) | ((guint32)p[2] << 16) | ((guint32)p[3] << 24);
    }
}

gboolean adp_search_finish(adp_arena *arena, const adp_filter *filter, adp_obs_search *search)
{
    gboolean rootdse = search->base && !*search->base && search->scope == SCOPE_BASE;

    search->is_ping = asks_for(search, "Netlogon");
    if (search->is_ping) {
        read_ping(arena, filter, &search->ping);
    } else if (!rootdse) {
        const char *kind = adp_scp_classify(search->base, filter);

        if (!kind) {
            return FALSE;
        }
        /* The user may change the table that the name comes from. */
        search->scp_kind = adp_arena_strndup(arena, kind, strlen(kind));
    }
    search->filter = filter ? adp_filter_text(arena, filter) : NULL;
    return TRUE;
}
