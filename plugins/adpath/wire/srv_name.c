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

/** A label of the name, where it stands. */
typedef struct {
    const char *text;
    gsize len;
} label;

/* The labels that may say something, and one more; a domain may have any number. */
#define LABELS 10

/** A name taken apart. */
typedef struct {
    label labels[LABELS];
    guint count;
    const char *end; /* without the dot behind the root */
} split_name;

static gboolean is(label l, const char *text)
{
    return l.len == strlen(text) && g_ascii_strncasecmp(l.text, text, l.len) == 0;
}

static const adp_srv_service *find_service(label l)
{
    guint i;

    for (i = 0; l.len && *l.text == '_' && i < G_N_ELEMENTS(services); i++) {
        if (is(l, services[i].label)) {
            return &services[i];
        }
    }
    return NULL;
}

/* Behind the label: its dot, which is not escaped, or the end of the text. */
static const char *end_of_label(const char *p)
{
    for (; *p && *p != '.'; p++) {
        if (*p == '\\' && p[1]) {
            p++;
        }
    }
    return p;
}

static split_name split(const char *name)
{
    split_name s = {.count = 0};
    const char *start = name;
    const char *dot = end_of_label(name);

    while (*dot || dot > start) {
        if (s.count < LABELS) {
            s.labels[s.count++] = (label){start, (gsize)(dot - start)};
        }
        if (!*dot) {
            start = dot + 1;
            break;
        }
        start = dot + 1;
        dot = end_of_label(start);
    }
    /* The last label of a name ends here, or in front of the dot behind it. */
    s.end = start > name ? start - 1 : name;
    return s;
}

static label label_at(const split_name *s, guint i)
{
    return i < s->count ? s->labels[i] : (label){"", 0};
}

static const char *keep(adp_arena *arena, label l)
{
    return adp_arena_strndup(arena, l.text, l.len);
}

/* From this label on, NULL: there is none. */
static const char *domain_from(adp_arena *arena, const split_name *s, guint i)
{
    const char *start = label_at(s, i).text;

    return i < s->count && s->end > start ? adp_arena_strndup(arena, start, (gsize)(s->end - start))
                                          : NULL;
}

/* The labels before _msdcs. Returns the index of the first label of the domain. */
static guint parse_msdcs(adp_arena *arena, const split_name *s, guint i, guint msdcs,
                         adp_srv_name *parts)
{
    guint r;

    parts->msdcs = TRUE;
    if (msdcs == i) {
        return msdcs + 1;
    }
    if (msdcs >= i + 2 && is(label_at(s, msdcs - 1), "domains")) {
        parts->guid = keep(arena, label_at(s, msdcs - 2));
        parts->role = ADP_ROLE_GUID;
        return msdcs + 1;
    }
    for (r = 0; r < G_N_ELEMENTS(msdcs_roles); r++) {
        /* _kerberos below dc._msdcs still looks for a KDC. */
        if (is(label_at(s, msdcs - 1), msdcs_roles[r].label) &&
            parts->service->role == ADP_ROLE_DOMAIN) {
            parts->role = msdcs_roles[r].role;
        }
    }
    return msdcs + 1;
}

gboolean adp_srv_name_parse(adp_arena *arena, const char *name, adp_srv_name *ret)
{
    adp_srv_name parts = {0};
    split_name s = split(name);
    guint i = 0;
    guint domain;
    guint msdcs;

    parts.service = find_service(label_at(&s, i));
    if (!parts.service) {
        return FALSE;
    }
    i++;
    parts.role = parts.service->role;
    if (is(label_at(&s, i), "_tcp") || is(label_at(&s, i), "_udp")) {
        parts.proto = keep(arena, label_at(&s, i));
        i++;
    }
    if (is(label_at(&s, i + 1), "_sites")) {
        parts.site = keep(arena, label_at(&s, i));
        i += 2;
    }
    domain = i;
    /* A role is one only when _msdcs follows it: a domain may begin with "dc". */
    for (msdcs = i; msdcs < s.count && msdcs <= i + 3; msdcs++) {
        if (is(label_at(&s, msdcs), "_msdcs")) {
            domain = parse_msdcs(arena, &s, i, msdcs, &parts);
            break;
        }
    }
    if (parts.role == ADP_ROLE_DOMAIN && (is(label_at(&s, domain), "ForestDnsZones") ||
                                          is(label_at(&s, domain), "DomainDnsZones"))) {
        parts.role = ADP_ROLE_PARTITION;
    }
    parts.domain = domain_from(arena, &s, domain);
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

/* Does a suffix of several labels stand once more in front of itself, with `between` between the two? */
static gboolean is_repeated(const char *domain, const char *between)
{
    const gsize between_len = strlen(between);
    const char *dot;

    for (dot = strchr(domain, '.'); dot; dot = strchr(dot + 1, '.')) {
        const char *suffix = dot + 1;
        const char *head_end = dot - MIN(between_len, (gsize)(dot - domain));
        gsize head_len = (gsize)(head_end - domain);
        gsize suffix_len = strlen(suffix);

        /* A suffix of one label repeats by chance ("test.test"). */
        if (!strchr(suffix, '.') || suffix_len > head_len ||
            g_ascii_strncasecmp(head_end, between, between_len) != 0) {
            continue;
        }
        if (g_ascii_strncasecmp(head_end - suffix_len, suffix, suffix_len) == 0 &&
            (suffix_len == head_len || head_end[-(gssize)suffix_len - 1] == '.')) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean adp_domain_has_appended_suffix(const char *domain)
{
    return is_repeated(domain, "");
}

gboolean adp_domain_stands_twice(const char *name)
{
    return is_repeated(name, "") || is_repeated(name, "._msdcs");
}
