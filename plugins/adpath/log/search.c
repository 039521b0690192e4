/* search.c
 * What an LDAP search is for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/search.h"

#include "log/observation.h"
#include "wire/arena.h"
#include "wire/ldap_filter.h"
#include "wire/scp.h"
#include "wire/text.h"

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

/* Elements of four bytes are little-endian. */
static gboolean element_number(const adp_filter *filter, const char *name, guint32 *ret)
{
    const adp_filter *leaf = adp_filter_find_equal(filter, name);
    const guint8 *p;

    if (!leaf || leaf->value.len < 4) {
        return FALSE;
    }
    p = leaf->value.bytes;
    *ret = (guint32)p[0] | ((guint32)p[1] << 8) | ((guint32)p[2] << 16) | ((guint32)p[3] << 24);
    return TRUE;
}

/* A GUID in the order of the wire: its first three parts are little-endian. */
static const char *element_guid(adp_arena *arena, const adp_filter *filter, const char *name)
{
    static const guint8 order[] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    const adp_filter *leaf = adp_filter_find_equal(filter, name);
    GString *text;
    const char *result;
    guint i;

    if (!leaf || leaf->value.len != G_N_ELEMENTS(order)) {
        return NULL;
    }
    text = g_string_new(NULL);
    for (i = 0; i < G_N_ELEMENTS(order); i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) {
            g_string_append_c(text, '-');
        }
        g_string_append_printf(text, "%02x", leaf->value.bytes[order[i]]);
    }
    result = adp_arena_strndup(arena, text->str, text->len);
    g_string_free(text, TRUE);
    return result;
}

/* The elements of a ping's filter, MS-ADTS 6.3.3. */
static void read_ping(adp_arena *arena, const adp_filter *filter, adp_ping_request *ping)
{
    const char *domain = element_text(arena, filter, "DnsDomain");

    /* The name may end with a dot. */
    if (domain && adp_has_suffix(domain, ".")) {
        domain = adp_arena_strndup(arena, domain, strlen(domain) - 1);
    }
    ping->domain = domain;
    ping->host = element_text(arena, filter, "Host");
    ping->dns_host = element_text(arena, filter, "DnsHostName");
    ping->user = element_text(arena, filter, "User");
    ping->guid = element_guid(arena, filter, "DomainGuid");
    ping->has_aac = element_number(filter, "AAC", &ping->aac);
    ping->has_ntver = element_number(filter, "NtVer", &ping->ntver);
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

gboolean adp_ping_is_of_own_account(const adp_ping_request *ping)
{
    gsize len = ping->user ? strlen(ping->user) : 0;
    const char *host = ping->host ? ping->host : ping->dns_host;

    if (len < 2 || ping->user[len - 1] != '$' || !host) {
        return FALSE;
    }
    len--;
    /* NetBIOS names end after 15 characters. */
    return g_ascii_strncasecmp(host, ping->user, len) == 0 &&
           (host[len] == '\0' || host[len] == '.' || len == 15);
}
