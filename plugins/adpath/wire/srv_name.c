/* srv_name.c
 * The owner name of a locator SRV record, taken apart.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/srv_name.h"

#include "wire/arena.h"
#include "wire/text.h"

#include <string.h>

/*
 * Sources: MS-ADTS 6.3.1.10 for _ldap, _gc, _kerberos, _kpasswd. MIT clients
 * ask for _kerberos-master around each exchange and AD never has it (verified
 * on lab recordings). _kerberos-adm likewise (from memory). _autodiscover is
 * the last of the client's candidates, a miss is its usual answer
 * (EWS Managed API, AutodiscoverDnsClient.cs).
 */
static const adp_srv_service services[] = {
    {"_ldap", ADP_ROLE_DOMAIN, FALSE, NULL},
    {"_gc", ADP_ROLE_GC, FALSE, NULL},
    {"_kerberos", ADP_ROLE_KDC, FALSE, NULL},
    {"_kerberos-master", ADP_ROLE_OTHER, TRUE, "the primary KDC"},
    {"_kerberos-adm", ADP_ROLE_OTHER, TRUE, "the Kerberos administration server"},
    {"_kpasswd", ADP_ROLE_KPASSWD, FALSE, NULL},
    {"_autodiscover", ADP_ROLE_AUTODISCOVER, TRUE, NULL},
};

static const struct {
    const char *name;
    const char *phrase;
} roles[ADP_ROLE_COUNT] = {
    [ADP_ROLE_OTHER] = {"other", "another service"},
    [ADP_ROLE_DOMAIN] = {"domain", "an LDAP server of the domain"},
    [ADP_ROLE_DC] = {"dc", "a domain controller"},
    [ADP_ROLE_GC] = {"gc", "a global catalog"},
    [ADP_ROLE_PDC] = {"pdc", "the PDC emulator"},
    [ADP_ROLE_GUID] = {"guid", "a domain controller by domain GUID"},
    [ADP_ROLE_PARTITION] = {"partition", "a server of an application partition"},
    [ADP_ROLE_KDC] = {"kdc", "a Kerberos KDC"},
    [ADP_ROLE_KPASSWD] = {"kpasswd", "a password-change server"},
    [ADP_ROLE_AUTODISCOVER] = {"autodiscover", "an autodiscover server"},
};

/* Labels that stand before _msdcs and name the role of an _ldap lookup. */
static const struct {
    const char *label;
    adp_role role;
} msdcs_roles[] = {
    {"dc", ADP_ROLE_DC},
    {"gc", ADP_ROLE_GC},
    {"pdc", ADP_ROLE_PDC},
};

const char *adp_role_name(adp_role role)
{
    return roles[role].name;
}

const char *adp_srv_name_phrase(const adp_srv_name *parts)
{
    return parts->service->phrase ? parts->service->phrase : roles[parts->role].phrase;
}

static const adp_srv_service *find_service(const char *label)
{
    guint i;

    for (i = 0; i < G_N_ELEMENTS(services); i++) {
        if (adp_same_text(services[i].label, label)) {
            return &services[i];
        }
    }
    return NULL;
}

/* Splits at dots that are not escaped. The strings in the array are its own. */
static GPtrArray *split_labels(const char *name)
{
    GPtrArray *labels = g_ptr_array_new_with_free_func(g_free);
    const char *start = name;
    const char *p;

    for (p = name; *p; p++) {
        if (*p == '\\' && p[1]) {
            p++;
        } else if (*p == '.') {
            g_ptr_array_add(labels, g_strndup(start, (gsize)(p - start)));
            start = p + 1;
        }
    }
    if (p > start) {
        g_ptr_array_add(labels, g_strndup(start, (gsize)(p - start)));
    }
    return labels;
}

static const char *label_at(const GPtrArray *labels, guint i)
{
    return i < labels->len ? g_ptr_array_index(labels, i) : "";
}

static const char *join_from(adp_arena *arena, const GPtrArray *labels, guint from)
{
    GString *joined = g_string_new(NULL);
    const char *result;
    guint i;

    for (i = from; i < labels->len; i++) {
        if (i > from) {
            g_string_append_c(joined, '.');
        }
        g_string_append(joined, g_ptr_array_index(labels, i));
    }
    result = joined->len ? adp_arena_strndup(arena, joined->str, joined->len) : NULL;
    g_string_free(joined, TRUE);
    return result;
}

static const char *keep(adp_arena *arena, const char *text)
{
    return adp_arena_strndup(arena, text, strlen(text));
}

/* The labels before _msdcs. Returns the index of the first label of the domain. */
static guint parse_msdcs(adp_arena *arena, const GPtrArray *labels, guint i, guint msdcs,
                         adp_srv_name *parts)
{
    guint r;

    parts->msdcs = TRUE;
    if (msdcs == i) {
        return msdcs + 1;
    }
    if (msdcs >= i + 2 && adp_same_text(label_at(labels, msdcs - 1), "domains")) {
        parts->guid = keep(arena, label_at(labels, msdcs - 2));
        parts->role = ADP_ROLE_GUID;
        return msdcs + 1;
    }
    for (r = 0; r < G_N_ELEMENTS(msdcs_roles); r++) {
        /* _kerberos below dc._msdcs still looks for a KDC. */
        if (adp_same_text(label_at(labels, msdcs - 1), msdcs_roles[r].label) &&
            parts->service->role == ADP_ROLE_DOMAIN) {
            parts->role = msdcs_roles[r].role;
        }
    }
    return msdcs + 1;
}

gboolean adp_srv_name_parse(adp_arena *arena, const char *name, adp_srv_name *ret)
{
    adp_srv_name parts = {0};
    GPtrArray *labels = split_labels(name);
    guint i = 0;
    guint domain;
    guint msdcs;

    parts.service = find_service(label_at(labels, i));
    if (!parts.service) {
        g_ptr_array_unref(labels);
        return FALSE;
    }
    i++;
    parts.role = parts.service->role;
    if (label_at(labels, i)[0] == '_' && (adp_same_text(label_at(labels, i), "_tcp") ||
                                          adp_same_text(label_at(labels, i), "_udp"))) {
        parts.proto = keep(arena, label_at(labels, i));
        i++;
    }
    if (adp_same_text(label_at(labels, i + 1), "_sites")) {
        parts.site = keep(arena, label_at(labels, i));
        i += 2;
    }
    domain = i;
    /* A role is one only when _msdcs follows it: a domain may begin with "dc". */
    for (msdcs = i; msdcs < labels->len && msdcs <= i + 3; msdcs++) {
        if (adp_same_text(label_at(labels, msdcs), "_msdcs")) {
            domain = parse_msdcs(arena, labels, i, msdcs, &parts);
            break;
        }
    }
    if (parts.role == ADP_ROLE_DOMAIN &&
        (adp_same_text(label_at(labels, domain), "ForestDnsZones") ||
         adp_same_text(label_at(labels, domain), "DomainDnsZones"))) {
        parts.role = ADP_ROLE_PARTITION;
    }
    parts.domain = join_from(arena, labels, domain);
    g_ptr_array_unref(labels);
    *ret = parts;
    return TRUE;
}

const adp_srv_name *adp_srv_name_of(adp_arena *arena, const char *name)
{
    adp_srv_name parts;
    adp_srv_name *kept;

    if (!adp_srv_name_parse(arena, name, &parts)) {
        return NULL;
    }
    kept = adp_arena_new_array(arena, adp_srv_name, 1);
    *kept = parts;
    return kept;
}

gboolean adp_domain_has_appended_suffix(const char *domain)
{
    const char *dot;

    for (dot = strchr(domain, '.'); dot; dot = strchr(dot + 1, '.')) {
        const char *suffix = dot + 1;
        gsize head_len = (gsize)(dot - domain);
        gsize suffix_len = strlen(suffix);

        /* A suffix of one label repeats by chance ("test.test"). */
        if (!strchr(suffix, '.') || suffix_len > head_len) {
            continue;
        }
        if (g_ascii_strncasecmp(dot - suffix_len, suffix, suffix_len) == 0 &&
            (suffix_len == head_len || dot[-(gssize)suffix_len - 1] == '.')) {
            return TRUE;
        }
    }
    return FALSE;
}
