/* scp.c
 * Service connection points: what a search is for, and what an entry says.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/scp.h"

#include "wire/arena.h"
#include "wire/hash.h"
#include "wire/ldap_filter.h"
#include "wire/text.h"
#include "wire/url.h"

#include <string.h>

#define EXCHANGE_URL_GUID     "77378F46-2C66-4aa9-A6A6-3E7A48B19596"
#define EXCHANGE_POINTER_GUID "67661d7F-8FC4-4fa7-BFAC-E1D7794C1F68"

/*
 * Adding a product is adding a row and a test. The first row that matches
 * decides. Sources: EWS Managed API and MS-OXDISCO (exchange), Microsoft Entra
 * documentation (hybrid-join), msdrm and WRMS documentation (rms), MS-ADTS 6.3.8
 * (ad-lds); the other products' names were seen in public code, except where
 * the comment says otherwise.
 */
static const adp_scp_signature signatures[] = {
    {ADP_SCP_EXCHANGE, ADP_SCP_BY_KEYWORD, EXCHANGE_URL_GUID, "Exchange autodiscover URL"},
    {ADP_SCP_EXCHANGE, ADP_SCP_BY_KEYWORD, EXCHANGE_POINTER_GUID, "Exchange autodiscover pointer"},
    {ADP_SCP_EXCHANGE, ADP_SCP_BY_SERVICE_CLASS, "ms-Exchange-AutoDiscover-Service",
     "Exchange autodiscover, as administrators' scripts ask"},
    {ADP_SCP_EXCHANGE, ADP_SCP_BY_BINDING, "autodiscover",
     "Exchange autodiscover, as administrators' scripts ask"},
    /* CN=SERVER,CN=Autodiscover,CN=Protocols,...: Microsoft KB 3137323. */
    {ADP_SCP_EXCHANGE, ADP_SCP_BELOW, "CN=Autodiscover,CN=Protocols,", "Exchange autodiscover URL"},
    /* Location from memory. */
    {ADP_SCP_EXCHANGE, ADP_SCP_BELOW, "CN=Microsoft Exchange Autodiscover,CN=Services,",
     "Exchange autodiscover pointer"},
    {"hybrid-join", ADP_SCP_BY_KEYWORD_PREFIX, "azureADName:", "Entra hybrid join"},
    {"hybrid-join", ADP_SCP_BY_KEYWORD_PREFIX, "azureADId:", "Entra hybrid join"},
    /* For a registration service of one's own (Microsoft's Windows Hello planning guide). */
    {"hybrid-join", ADP_SCP_BY_KEYWORD_PREFIX,
     "enterpriseDrsName:", "device registration with AD FS"},
    {"hybrid-join", ADP_SCP_BY_CN, "62a0ff2e-97b9-4513-943f-0d221bd30080", "Entra hybrid join"},
    {"hybrid-join", ADP_SCP_BY_DN,
     "CN=62a0ff2e-97b9-4513-943f-0d221bd30080,CN=Device Registration Configuration,CN=Services,",
     "Entra hybrid join"},
    {"rms", ADP_SCP_BY_KEYWORD, "MSRMRootCluster", "AD RMS root cluster"},
    /* CN=SCP from memory. */
    {"rms", ADP_SCP_BY_DN, "CN=SCP,CN=RightsManagementServices,CN=Services,", "AD RMS"},
    {"rms", ADP_SCP_BY_DN, "CN=MSRMRootCluster,CN=RightsManagementServices,CN=Services,", "AD RMS"},
    {"password-protection", ADP_SCP_BY_KEYWORD_PREFIX, "{ebefb703-6113-413d-9167-9f8dd4d24468}",
     "Entra Password Protection proxy"},
    /* From memory. */
    {"password-protection", ADP_SCP_BY_KEYWORD_PREFIX, "{2bac71e6-a293-4d5b-ba3b-50b995237946}",
     "Entra Password Protection DC agent"},
    {"hyper-v", ADP_SCP_BY_CN, "Microsoft Hyper-V", "Hyper-V host"},
    {"hyper-v", ADP_SCP_BY_DN, "CN=Microsoft Hyper-V,", "Hyper-V host"},
    {"vm-guest", ADP_SCP_BY_CN, "Windows Virtual Machine", "Hyper-V guest"},
    {"vm-guest", ADP_SCP_BY_DN, "CN=Windows Virtual Machine,", "Hyper-V guest"},
    {"rd-licensing", ADP_SCP_BY_CN, "TermServLicensing", "Remote Desktop licensing"},
    {"rd-licensing", ADP_SCP_BY_DN, "CN=TermServLicensing,", "Remote Desktop licensing"},
    {"scom", ADP_SCP_BY_CN, "SDKServiceSCP", "System Center Operations Manager"},
    {"scom", ADP_SCP_BY_CN, "HealthServiceSCP", "System Center Operations Manager"},
    {"scom", ADP_SCP_BY_DN, "CN=SDKServiceSCP,", "System Center Operations Manager"},
    {"scom", ADP_SCP_BY_DN, "CN=HealthServiceSCP,", "System Center Operations Manager"},
    /* Keyword forms from memory. */
    {"ad-lds", ADP_SCP_BY_KEYWORD_PREFIX, "partition:", "AD LDS instance"},
    {"ad-lds", ADP_SCP_BY_KEYWORD_PREFIX, "instance:", "AD LDS instance"},
    {"ad-lds", ADP_SCP_BY_KEYWORD_PREFIX, "fsmo:", "AD LDS instance"},
    {"ad-lds", ADP_SCP_BY_KEYWORD_PREFIX, "site:", "AD LDS instance"},
    /* Classes derived from serviceConnectionPoint; from memory. */
    {"sql", ADP_SCP_BY_CLASS, "mS-SQL-SQLServer", "SQL Server"},
    {"wds", ADP_SCP_BY_CLASS, "intellimirrorSCP", "Windows Deployment Services"},
    {"wds", ADP_SCP_BY_CLASS, "Intellimirror-SCP", "Windows Deployment Services"},
};

/* The user's rows, see adp_scp_set_user_signatures(). */
static const adp_scp_signature *user_signatures;
static guint user_signature_count;

void adp_scp_set_user_signatures(const adp_scp_signature *rows, guint count)
{
    user_signatures = rows;
    user_signature_count = count;
}

/* Row `i` of the user's and then our own; NULL behind the last. */
static const adp_scp_signature *signature_at(guint i)
{
    if (i < user_signature_count) {
        return &user_signatures[i];
    }
    i -= user_signature_count;
    return i < G_N_ELEMENTS(signatures) ? &signatures[i] : NULL;
}

/* The class itself, and the RDN its objectCategory has as a DN (MS-ADSC). */
#define SCP_CLASS     "serviceConnectionPoint"
#define SCP_CATEGORY  "CN=Service-Connection-Point,"
#define SCP_CLASS_OID "1.2.840.113556.1.5.126"

static gboolean value_is(const adp_filter *leaf, const char *pattern)
{
    gsize len = strlen(pattern);

    return leaf->op == ADP_FILTER_EQUAL && leaf->value.len == len &&
           g_ascii_strncasecmp((const char *)leaf->value.bytes, pattern, len) == 0;
}

/* A shorter beginning in a filter may mean anything. */
#define SHORTEST_BEGINNING 6

/* Also true of the substring filter (attribute=PATTERN*). */
static gboolean value_begins(const adp_filter *leaf, const char *pattern)
{
    gsize len = strlen(pattern);
    const adp_blob *value = leaf->op == ADP_FILTER_SUBSTRINGS ? &leaf->initial : &leaf->value;

    /* (keywords=azureADId*) lacks the colon and means the same. */
    if (leaf->op == ADP_FILTER_SUBSTRINGS && value->len >= SHORTEST_BEGINNING) {
        len = MIN(len, value->len);
    }
    return (leaf->op == ADP_FILTER_EQUAL || leaf->op == ADP_FILTER_SUBSTRINGS) &&
           value->len >= len && g_ascii_strncasecmp((const char *)value->bytes, pattern, len) == 0;
}

static gboolean blob_contains(const adp_blob *blob, const char *pattern)
{
    gsize len = strlen(pattern);
    gsize i;

    for (i = 0; i + len <= blob->len; i++) {
        if (g_ascii_strncasecmp((const char *)blob->bytes + i, pattern, len) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean value_contains(const adp_filter *leaf, const char *pattern)
{
    guint i;

    for (i = 0; i < leaf->any.count; i++) {
        if (blob_contains(&leaf->any.items[i], pattern)) {
            return TRUE;
        }
    }
    return blob_contains(&leaf->value, pattern) || blob_contains(&leaf->initial, pattern) ||
           blob_contains(&leaf->final, pattern);
}

/*
 * Begins `dn` with the RDNs of `pattern`? White space after commas does not
 * count. The last RDN of both must end together, unless the pattern ends with '*'.
 */
static gboolean dn_begins(const char *dn, gsize len, const char *pattern)
{
    const char *end = dn + len;
    gboolean at_border = FALSE;

    for (; *pattern; pattern++, dn++) {
        if (*pattern == '*' && !pattern[1]) {
            return TRUE;
        }
        while (at_border && dn < end && *dn == ' ') {
            dn++;
        }
        while (at_border && *pattern == ' ') {
            pattern++;
        }
        if (dn == end || g_ascii_tolower(*dn) != g_ascii_tolower(*pattern)) {
            return FALSE;
        }
        at_border = *pattern == ',';
    }
    return at_border || dn == end || *dn == ',';
}

/* The same of the DN, or of one of those above it. */
static gboolean dn_is_below(const char *dn, gsize len, const char *pattern)
{
    gboolean at_border = TRUE;
    gsize i;

    for (i = 0; i < len; i++) {
        if (at_border && dn[i] != ' ') {
            if (dn_begins(dn + i, len - i, pattern)) {
                return TRUE;
            }
            at_border = FALSE;
        }
        if (dn[i] == '\\') {
            i++;
        } else if (dn[i] == ',') {
            at_border = TRUE;
        }
    }
    return FALSE;
}

static gboolean dn_matches(const adp_scp_signature *row, const char *dn, gsize len)
{
    switch (row->match) {
    case ADP_SCP_BY_DN:
        return dn_begins(dn, len, row->pattern);
    case ADP_SCP_BELOW:
        return dn_is_below(dn, len, row->pattern);
    default:
        return FALSE;
    }
}

/* A category is the DN of the class's schema object. */
static gboolean value_is_category(const adp_filter *leaf, const char *class_name)
{
    char *rdn = g_strdup_printf("CN=%s,", class_name);
    gboolean is = leaf->op == ADP_FILTER_EQUAL &&
                  dn_begins((const char *)leaf->value.bytes, leaf->value.len, rdn);

    g_free(rdn);
    return is;
}

static gboolean is_class_attribute(const adp_filter *leaf)
{
    return adp_same_text(leaf->attribute, "objectClass") ||
           adp_same_text(leaf->attribute, "objectCategory");
}

static gboolean leaf_matches(const adp_filter *leaf, gpointer user_data)
{
    const adp_scp_signature *row = user_data;

    switch (row->match) {
    case ADP_SCP_BY_KEYWORD:
        return adp_same_text(leaf->attribute, "keywords") && value_is(leaf, row->pattern);
    case ADP_SCP_BY_KEYWORD_PREFIX:
        return adp_same_text(leaf->attribute, "keywords") && value_begins(leaf, row->pattern);
    case ADP_SCP_BY_DN:
    case ADP_SCP_BELOW:
        return leaf->op == ADP_FILTER_EQUAL &&
               adp_same_text(leaf->attribute, "distinguishedName") &&
               dn_matches(row, (const char *)leaf->value.bytes, leaf->value.len);
    case ADP_SCP_BY_CN:
        return (adp_same_text(leaf->attribute, "cn") || adp_same_text(leaf->attribute, "name")) &&
               value_is(leaf, row->pattern);
    case ADP_SCP_BY_CLASS:
        return is_class_attribute(leaf) &&
               (value_is(leaf, row->pattern) || value_is_category(leaf, row->pattern));
    case ADP_SCP_BY_SERVICE_CLASS:
        return adp_same_text(leaf->attribute, "serviceClassName") && value_is(leaf, row->pattern);
    case ADP_SCP_BY_BINDING:
        return adp_same_text(leaf->attribute, "serviceBindingInformation") &&
               value_contains(leaf, row->pattern);
    default:
        return FALSE;
    }
}

static gboolean leaf_is_scp_class(const adp_filter *leaf, gpointer user_data)
{
    (void)user_data;
    return is_class_attribute(leaf) && leaf->op == ADP_FILTER_EQUAL &&
           (value_is(leaf, SCP_CLASS) || value_is(leaf, SCP_CLASS_OID) ||
            dn_begins((const char *)leaf->value.bytes, leaf->value.len, SCP_CATEGORY));
}

const char *adp_scp_classify(const char *base, const adp_filter *filter)
{
    gsize base_len = base ? strlen(base) : 0;
    const adp_scp_signature *row;
    guint i;

    for (i = 0; (row = signature_at(i)) != NULL; i++) {
        if ((base_len && dn_matches(row, base, base_len)) ||
            adp_filter_any_leaf(filter, leaf_matches, (gpointer)row)) {
            return row->kind;
        }
    }
    if (adp_filter_any_leaf(filter, leaf_is_scp_class, NULL)) {
        return ADP_SCP_UNKNOWN;
    }
    return NULL;
}

const char *adp_scp_keyword_meaning(const char *keyword)
{
    const adp_scp_signature *row;
    guint i;

    for (i = 0; (row = signature_at(i)) != NULL; i++) {
        if ((row->match == ADP_SCP_BY_KEYWORD && adp_same_text(keyword, row->pattern)) ||
            (row->match == ADP_SCP_BY_KEYWORD_PREFIX && adp_has_prefix(keyword, row->pattern))) {
            return row->description;
        }
    }
    return NULL;
}

const char *adp_scp_entry_type_name(adp_scp_entry_type type)
{
    static const char *const names[] = {"other", "url", "pointer"};

    return names[type];
}

gboolean adp_scp_is_endpoint(const char *binding, adp_url *ret)
{
    return adp_url_parse_place(binding, strlen(binding), ret) && ret->port_is_said && ret->port;
}

/*
 * The host of a URL binding, or of a plain "host:port". A pointer's binding may be the name of
 * the domain alone; other products' single words may be anything. NULL when there is none.
 */
static const char *binding_host(adp_arena *arena, const char *binding, adp_scp_entry_type type)
{
    gsize len = strlen(binding);
    adp_url parts;

    if (adp_url_parse(binding, len, &parts) || adp_scp_is_endpoint(binding, &parts) ||
        (type == ADP_SCP_POINTER && adp_url_parse_place(binding, len, &parts))) {
        return adp_arena_strndup(arena, parts.host, strlen(parts.host));
    }
    return NULL;
}

gboolean adp_scp_has_url(const adp_scp_entry *entry)
{
    const char *url = entry->bindings.count ? entry->bindings.items[0] : NULL;
    adp_url parts;

    return entry->type == ADP_SCP_URL && url && adp_url_parse(url, strlen(url), &parts) &&
           (parts.scheme == ADP_SCHEME_HTTP || parts.scheme == ADP_SCHEME_HTTPS);
}

static const char *keyword_value(const char *keyword, const char *name)
{
    return adp_has_prefix(keyword, name) ? keyword + strlen(name) : NULL;
}

adp_scp_entry_type adp_scp_type_asked(const char *filter)
{
    char *lower = g_ascii_strdown(filter ? filter : "", -1);
    char *url = g_ascii_strdown(EXCHANGE_URL_GUID, -1);
    char *pointer = g_ascii_strdown(EXCHANGE_POINTER_GUID, -1);
    gboolean urls = strstr(lower, url) != NULL;
    gboolean pointers = strstr(lower, pointer) != NULL;

    g_free(pointer);
    g_free(url);
    g_free(lower);
    if (urls == pointers) {
        return ADP_SCP_OTHER;
    }
    return urls ? ADP_SCP_URL : ADP_SCP_POINTER;
}

void adp_scp_entry_finish(adp_arena *arena, adp_scp_entry *entry)
{
    guint i;

    for (i = 0; i < entry->keywords.count; i++) {
        const char *keyword = entry->keywords.items[i];

        if (adp_same_text(keyword, EXCHANGE_POINTER_GUID)) {
            entry->type = ADP_SCP_POINTER;
        } else if (adp_same_text(keyword, EXCHANGE_URL_GUID)) {
            entry->type = ADP_SCP_URL;
        }
        if (!entry->site) {
            entry->site = keyword_value(keyword, "Site=");
        }
        if (!entry->domain) {
            entry->domain = keyword_value(keyword, "Domain=");
        }
    }
    for (i = 0; i < entry->bindings.count; i++) {
        entry->bindings.items[i] = adp_url_without_secrets(arena, entry->bindings.items[i]);
    }
    if (entry->bindings.count) {
        const char *host = binding_host(arena, entry->bindings.items[0], entry->type);

        entry->host = host ? host : entry->host;
    }
}

const char *adp_rank_reason_name(adp_rank_reason reason)
{
    static const char *const names[] = {"", "site match", "no site", "other site", "pointer"};

    return names[reason];
}

static adp_rank_reason reason_of(const adp_scp_entry *entry, const char *site)
{
    guint i;
    gboolean has_site = FALSE;

    if (entry->type == ADP_SCP_POINTER) {
        return ADP_RANK_POINTER;
    }
    /* A URL object without a binding that is a URL is skipped by the client. */
    if (!adp_scp_has_url(entry) || !site || !*site) {
        return ADP_RANK_NONE;
    }
    for (i = 0; i < entry->keywords.count; i++) {
        const char *value = keyword_value(entry->keywords.items[i], "Site=");

        if (value) {
            has_site = TRUE;
            if (adp_same_text(value, site)) {
                return ADP_RANK_SITE_MATCH;
            }
        }
    }
    return has_site ? ADP_RANK_OTHER_SITE : ADP_RANK_NO_SITE;
}

/* The client takes a URL where it meets it first, and passes over the same one later. */
static void drop_duplicates(adp_scp_entry *const *entries, guint count, adp_rank *ret)
{
    GHashTable *seen = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    guint i;

    for (i = 0; i < count; i++) {
        if (entries[i]->type == ADP_SCP_URL && ret[i].reason != ADP_RANK_NONE &&
            !g_hash_table_add(seen, g_ascii_strdown(entries[i]->bindings.items[0], -1))) {
            ret[i].reason = ADP_RANK_NONE;
        }
    }
    g_hash_table_destroy(seen);
}

void adp_scp_rank(adp_scp_entry *const *entries, guint count, const char *site, adp_rank *ret)
{
    gboolean site_known = site && *site;
    gboolean unplaced = FALSE;
    guint rank = 0;
    guint reason;
    guint i;

    for (i = 0; i < count; i++) {
        ret[i].reason = reason_of(entries[i], site);
        ret[i].rank = 0;
        unplaced = unplaced || (!site_known && entries[i]->type == ADP_SCP_URL);
    }
    if (unplaced) {
        for (i = 0; i < count; i++) {
            ret[i].reason = ADP_RANK_NONE;
        }
        return;
    }
    drop_duplicates(entries, count, ret);
    for (reason = ADP_RANK_SITE_MATCH; reason <= ADP_RANK_POINTER; reason++) {
        for (i = 0; i < count; i++) {
            /* Entries without a site end up in reverse directory order. */
            guint at = reason == ADP_RANK_NO_SITE ? count - 1 - i : i;

            if ((guint)ret[at].reason == reason) {
                ret[at].rank = ++rank;
            }
        }
    }
}
