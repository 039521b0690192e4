/* test_scp.c
 * Searches for service connection points, their entries and ranks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "wire/arena.h"
#include "wire/ldap_filter.h"
#include "wire/scp.h"

#define URL_GUID     "77378F46-2C66-4aa9-A6A6-3E7A48B19596"
#define POINTER_GUID "67661d7F-8FC4-4fa7-BFAC-E1D7794C1F68"
#define CNC          "CN=Configuration,DC=contoso,DC=test"
#define HYBRID_RDN   "CN=62a0ff2e-97b9-4513-943f-0d221bd30080"

static void check_kind(adp_arena *arena, const char *base, const adp_filter *f, const char *want)
{
    const char *text = f ? adp_filter_text(arena, f) : "(no filter)";
    char *row = g_strdup_printf("%s below %s", text, base ? base : "NULL");

    check_str(row, "kind", adp_scp_classify(base, f), want);
    g_free(row);
}

/* One row a signature: what each product's searches look like. */
static void test_signatures(void)
{
    static const struct {
        const char *kind;
        const char *attribute;
        const char *value;
    } rows[] = {
        {"exchange", "keywords", URL_GUID},
        {"exchange", "keywords", POINTER_GUID},
        {"exchange", "KEYWORDS", "77378f46-2c66-4AA9-a6a6-3e7a48b19596"},
        {"exchange", "serviceClassName", "ms-Exchange-AutoDiscover-Service"},
        {"exchange", "serviceclassname", "MS-EXCHANGE-AUTODISCOVER-SERVICE"},
        {"exchange", "serviceBindingInformation", "https://ex1/Autodiscover/Autodiscover.xml"},
        {"exchange", "distinguishedName", "CN=Microsoft Exchange Autodiscover,CN=Services," CNC},
        {"exchange", "distinguishedName", "CN=EX1,CN=Autodiscover,CN=Protocols,CN=EX1," CNC},
        {"hybrid-join", "keywords", "azureADName:contoso.test"},
        {"hybrid-join", "keywords", "azureADId:11111111-2222-3333-4444-555555555555"},
        {"hybrid-join", "keywords", "enterpriseDrsName:adfs.contoso.test"},
        {"hybrid-join", "cn", "62a0ff2e-97b9-4513-943f-0d221bd30080"},
        {"hybrid-join", "distinguishedName",
         HYBRID_RDN ",CN=Device Registration Configuration,CN=Services," CNC},
        {"rms", "keywords", "MSRMRootCluster"},
        {"rms", "distinguishedName", "CN=SCP,CN=RightsManagementServices,CN=Services," CNC},
        {"rms", "distinguishedName",
         "CN=MSRMRootCluster,CN=RightsManagementServices,CN=Services," CNC},
        {"password-protection", "keywords", "{ebefb703-6113-413d-9167-9f8dd4d24468}"},
        {"password-protection", "keywords", "{ebefb703-6113-413d-9167-9f8dd4d24468}proxy"},
        {"password-protection", "keywords", "{2BAC71E6-a293-4d5b-ba3b-50b995237946}"},
        {"hyper-v", "cn", "Microsoft Hyper-V"},
        {"hyper-v", "name", "microsoft hyper-v"},
        {"hyper-v", "distinguishedName", "CN=Microsoft Hyper-V,CN=HV1,DC=contoso,DC=test"},
        {"vm-guest", "cn", "Windows Virtual Machine"},
        {"vm-guest", "distinguishedName", "CN=Windows Virtual Machine,CN=VM1,DC=contoso,DC=test"},
        {"rd-licensing", "CN", "TermServLicensing"},
        {"rd-licensing", "distinguishedName", "CN=TermServLicensing,CN=RD1,DC=contoso,DC=test"},
        {"scom", "cn", "SDKServiceSCP"},
        {"scom", "cn", "HealthServiceSCP"},
        {"scom", "distinguishedName", "CN=SDKServiceSCP,CN=MG1,DC=contoso,DC=test"},
        {"scom", "distinguishedName", "CN=HealthServiceSCP,CN=MG1,DC=contoso,DC=test"},
        {"ad-lds", "keywords", "partition:CN=App"},
        {"ad-lds", "keywords", "instance:VMwareVCMSDS"},
        {"ad-lds", "keywords", "fsmo:naming"},
        {"ad-lds", "keywords", "site:HQ"},
        {"sql", "objectClass", "mS-SQL-SQLServer"},
        {"sql", "objectCategory", "ms-sql-sqlserver"},
        {"sql", "objectCategory", "CN=MS-SQL-SQLServer,CN=Schema," CNC},
        {"wds", "objectClass", "intellimirrorSCP"},
        {"wds", "objectCategory", "CN=Intellimirror-SCP,CN=Schema," CNC},
        {"unknown", "objectClass", "serviceConnectionPoint"},
        {"unknown", "objectclass", "SERVICECONNECTIONPOINT"},
        {"unknown", "objectCategory", "serviceConnectionPoint"},
        {"unknown", "objectCategory", "CN=Service-Connection-Point,CN=Schema," CNC},
        {"unknown", "objectCategory", "cn=service-connection-point, cn=schema," CNC},
        {"unknown", "objectClass", "1.2.840.113556.1.5.126"},
    };
    adp_arena *a = adp_arena_new();
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        adp_filter *leaf = f_eq(a, rows[i].attribute, rows[i].value);
        const char *class_attribute = i % 2 ? "objectClass" : "objectCategory";

        check_kind(a, CNC, leaf, rows[i].kind);
        /* The class beside it must not win over the product. */
        check_kind(
            a, "DC=contoso,DC=test",
            f_op(a, ADP_FILTER_AND, f_eq(a, class_attribute, "serviceConnectionPoint"), leaf, NULL),
            rows[i].kind);
        check_kind(a, CNC,
                   f_op(a, ADP_FILTER_OR, f_leaf(a, ADP_FILTER_PRESENT, "cn", NULL),
                        f_op(a, ADP_FILTER_AND, leaf, NULL), NULL),
                   rows[i].kind);
    }
    adp_arena_free(a);
}

/* A read of a known place needs no filter. */
static void test_containers(void)
{
    static const struct {
        const char *kind;
        const char *base;
    } rows[] = {
        {"exchange", "CN=Microsoft Exchange Autodiscover,CN=Services," CNC},
        {"exchange", "CN=fabrikam.test,CN=Microsoft Exchange Autodiscover,CN=Services," CNC},
        {"exchange", "CN=EX1,CN=Autodiscover,CN=Protocols,CN=EX1,CN=Servers,CN=G," CNC},
        {"exchange", "cn=EX1, cn=autodiscover,  cn=PROTOCOLS,CN=EX1," CNC},
        {"exchange", "CN=A\\,B,CN=Autodiscover,CN=Protocols,CN=EX1," CNC},
        {"exchange", "CN=Autodiscover,CN=Protocols,CN=EX1," CNC},
        {NULL, "CN=Autodiscover (Default Web Site),CN=HTTP,CN=Protocols,CN=EX1," CNC},
        {NULL, "CN=Protocols,CN=EX1,CN=Servers," CNC},
        {NULL, "CN=HTTP,CN=Protocols,CN=EX1,CN=Servers," CNC},
        {NULL, "CN=Autodiscover,CN=Protocols2,CN=EX1," CNC},
        {NULL, "CN=Autodiscover,CN=Protocols"},
        {NULL, "CN=X\\,CN=Autodiscover,CN=Protocols,CN=EX1," CNC},
        {NULL, "CN=xCN=Autodiscover,CN=Protocols,CN=EX1," CNC},
        {NULL, "CN=Microsoft Exchange,CN=Services," CNC},
        {NULL, "CN=Microsoft Exchange Autodiscover"},
        {NULL, ",,,,\\"},
        {"hybrid-join", HYBRID_RDN ",CN=Device Registration Configuration,CN=Services," CNC},
        {"hybrid-join",
         "cn=62A0FF2E-97B9-4513-943F-0D221BD30080, cn=device registration configuration,  "
         "cn=services, " CNC},
        {"rms", "CN=SCP,CN=RightsManagementServices,CN=Services," CNC},
        {"rms", "CN=MSRMRootCluster,CN=RightsManagementServices,CN=Services," CNC},
        {"hyper-v", "CN=Microsoft Hyper-V,CN=HV1,DC=contoso,DC=test"},
        {"vm-guest", "CN=Windows Virtual Machine,CN=VM1,DC=contoso,DC=test"},
        {"rd-licensing", "CN=TermServLicensing,CN=RD1,DC=contoso,DC=test"},
        {"scom", "CN=SDKServiceSCP,CN=MG1,DC=contoso,DC=test"},
        {NULL, ""},
        {NULL, NULL},
        {NULL, "DC=contoso,DC=test"},
        {NULL, CNC},
        {NULL, "CN=Schema," CNC},
        {NULL, "CN=Service-Connection-Point,CN=Schema," CNC},
        {NULL, "CN=Device Registration Configuration,CN=Services," CNC},
        {NULL, "CN=Services," CNC},
        {NULL, "CN=Microsoft Hyper-V"},
        {NULL, "CN=Microsoft Hyper-V Users,CN=Builtin,DC=contoso,DC=test"},
        {NULL, "CN=SCP,CN=Other,CN=Services," CNC},
    };
    adp_arena *a = adp_arena_new();
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        check_kind(a, rows[i].base, f_leaf(a, ADP_FILTER_PRESENT, "objectClass", NULL),
                   rows[i].kind);
        check_kind(a, rows[i].base, NULL, rows[i].kind);
    }
    adp_arena_free(a);
}

/* The two filters that Exchange clients send, and what people made of them. */
static void test_exchange(void)
{
    adp_arena *a = adp_arena_new();
    const char *const classes[] = {"objectClass", "objectcategory"};
    guint i;

    for (i = 0; i < G_N_ELEMENTS(classes); i++) {
        check_kind(a, CNC,
                   f_op(a, ADP_FILTER_AND, f_eq(a, classes[i], "serviceConnectionPoint"),
                        f_op(a, ADP_FILTER_OR, f_eq(a, "keywords", POINTER_GUID),
                             f_eq(a, "keywords", URL_GUID), NULL),
                        NULL),
                   "exchange");
    }
    /* Administrators' scripts. */
    check_kind(a, CNC, f_sub(a, "serviceBindingInformation", NULL, "autodiscover", NULL),
               "exchange");
    check_kind(a, CNC, f_sub(a, "serviceBindingInformation", "https://AUTODISCOVER.", NULL, NULL),
               "exchange");
    check_kind(a, CNC, f_sub(a, "serviceBindingInformation", NULL, NULL, "/Autodiscover.xml"),
               "exchange");
    /* A keyword of another product does not become Exchange by the class. */
    check_kind(a, CNC,
               f_op(a, ADP_FILTER_AND, f_eq(a, "objectCategory", "serviceConnectionPoint"),
                    f_eq(a, "keywords", "MSRMRootCluster"), f_eq(a, "keywords", "1.0"), NULL),
               "rms");
    check_kind(a, CNC,
               f_op(a, ADP_FILTER_AND, f_eq(a, "objectClass", "serviceConnectionPoint"),
                    f_eq(a, "keywords", "SomethingElse"), NULL),
               "unknown");
    check_kind(a, CNC, f_sub(a, "keywords", "azureADName:", NULL, NULL), "hybrid-join");
    check_kind(a, CNC, f_sub(a, "keywords", "azureADId", NULL, NULL), "hybrid-join");
    check_kind(a, CNC, f_sub(a, "keywords", "azureADIdX", NULL, NULL), NULL);
    check_kind(a, CNC, f_sub(a, "keywords", "a", NULL, NULL), NULL);
    check_kind(a, CNC, f_sub(a, "keywords", "{ebefb703-6113-413d-9167-9f8dd4d24468}", NULL, NULL),
               "password-protection");
    adp_arena_free(a);
}

/* Schema downloads and other searches are full of SCP words. */
static void test_look_alikes(void)
{
    adp_arena *a = adp_arena_new();
    const adp_filter *rows[] = {
        NULL,
        f_eq(a, "lDAPDisplayName", "serviceConnectionPoint"),
        f_eq(a, "lDAPDisplayName", "keywords"),
        f_eq(a, "cn", "Service-Connection-Point"),
        f_eq(a, "governsID", "1.2.840.113556.1.5.126"),
        f_eq(a, "attributeID", "1.2.840.113556.1.4.48"),
        f_eq(a, "possibleInferiors", "serviceConnectionPoint"),
        f_eq(a, "subClassOf", "serviceConnectionPoint"),
        f_eq(a, "objectClass", "classSchema"),
        f_eq(a, "objectClass", "connectionPoint"),
        f_eq(a, "objectCategory", "CN=Class-Schema,CN=Schema," CNC),
        f_eq(a, "objectCategory", "CN=Service-Connection-Point-X,CN=Schema," CNC),
        f_eq(a, "objectClass", "serviceConnectionPointX"),
        f_eq(a, "objectClass", "1.2.840.113556.1.5.1266"),
        f_leaf(a, ADP_FILTER_PRESENT, "keywords", NULL),
        f_leaf(a, ADP_FILTER_PRESENT, "serviceBindingInformation", NULL),
        f_leaf(a, ADP_FILTER_PRESENT, "objectClass", NULL),
        f_eq(a, "keywords", "1.0"),
        f_eq(a, "keywords", URL_GUID "0"),
        f_eq(a, "keywords", "{" URL_GUID "}"),
        f_eq(a, "keywords", ""),
        f_eq(a, "description", URL_GUID),
        f_leaf(a, ADP_FILTER_GREATER, "keywords", URL_GUID),
        f_leaf(a, ADP_FILTER_APPROX, "keywords", URL_GUID),
        f_sub(a, "objectClass", "serviceConnection", NULL, NULL),
        f_sub(a, "keywords", NULL, NULL, NULL),
        f_eq(a, "cn", "EX1"),
        f_eq(a, "mail", "autodiscover@contoso.test"),
        f_leaf(a, ADP_FILTER_DAMAGED, NULL, NULL),
        f_op(a, ADP_FILTER_NOT, f_eq(a, "objectClass", "serviceConnectionPoint"), NULL),
        f_op(a, ADP_FILTER_NOT, f_eq(a, "keywords", URL_GUID), NULL),
        f_op(a, ADP_FILTER_AND, f_eq(a, "objectClass", "computer"),
             f_op(a, ADP_FILTER_NOT,
                  f_op(a, ADP_FILTER_OR, f_eq(a, "keywords", URL_GUID),
                       f_eq(a, "objectClass", "serviceConnectionPoint"), NULL),
                  NULL),
             NULL),
        f_op(a, ADP_FILTER_AND, NULL),
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        check_kind(a, "CN=Schema," CNC, rows[i], NULL);
        check_kind(a, "", rows[i], NULL);
    }
    adp_arena_free(a);
}

/* The user's rows go first, and can be taken away again. */
static void test_user_signatures(void)
{
    static const adp_scp_signature rows[] = {
        {"mine", ADP_SCP_BY_KEYWORD, "MyProduct", "my product"},
        {"renamed", ADP_SCP_BY_KEYWORD, "MSRMRootCluster", "what they call it here"},
        {"backup", ADP_SCP_BY_DN, "CN=Backup Server", "whole RDNs"},
        {"open", ADP_SCP_BY_DN, "CN=Open*", "any that begins so"},
        {"spaced", ADP_SCP_BY_DN, "CN=A, OU=B,", "white space"},
    };
    adp_arena *a = adp_arena_new();

    check_kind(a, CNC, f_eq(a, "keywords", "MyProduct"), NULL);
    g_assert_null(adp_scp_keyword_meaning("MyProduct"));
    adp_scp_set_user_signatures(rows, G_N_ELEMENTS(rows));
    check_kind(a, CNC, f_eq(a, "keywords", "myproduct"), "mine");
    check_kind(a, CNC, f_eq(a, "keywords", "MSRMRootCluster"), "renamed");
    check_kind(a, CNC, f_eq(a, "keywords", URL_GUID), "exchange");
    check_kind(a, CNC, f_eq(a, "objectClass", "serviceConnectionPoint"), "unknown");
    g_assert_cmpstr(adp_scp_keyword_meaning("MyProduct"), ==, "my product");
    check_kind(a, "CN=Backup Server,DC=x", NULL, "backup");
    check_kind(a, "cn=backup server", NULL, "backup");
    check_kind(a, "CN=Backup Server2,DC=x", NULL, NULL);
    check_kind(a, "CN=Backup Serve", NULL, NULL);
    check_kind(a, "CN=X,CN=Backup Server,DC=x", NULL, NULL);
    check_kind(a, "CN=Opening,DC=x", NULL, "open");
    check_kind(a, "CN=Ope", NULL, NULL);
    check_kind(a, "CN=A,OU=B,DC=x", NULL, "spaced");
    check_kind(a, "CN=A,  ou=B,DC=x", NULL, "spaced");
    check_kind(a, "CN=A,OU=B", NULL, NULL);
    adp_scp_set_user_signatures(NULL, 0);
    check_kind(a, CNC, f_eq(a, "keywords", "MyProduct"), NULL);
    check_kind(a, CNC, f_eq(a, "keywords", "MSRMRootCluster"), "rms");
    adp_arena_free(a);
}

static void test_keyword_meaning(void)
{
    static const struct {
        const char *keyword;
        gboolean known;
    } rows[] = {
        {URL_GUID, TRUE},
        {"67661d7f-8fc4-4fa7-bfac-e1d7794c1f68", TRUE},
        {"azureADName:contoso.test", TRUE},
        {"AZUREADID:x", TRUE},
        {"MSRMRootCluster", TRUE},
        {"{ebefb703-6113-413d-9167-9f8dd4d24468}", TRUE},
        {"Site=HQ", FALSE},
        {"1.0", FALSE},
        {"", FALSE},
        /* Names of objects and classes are no keywords. */
        {"Microsoft Hyper-V", FALSE},
        {"mS-SQL-SQLServer", FALSE},
        {"MSRMRootCluster2", FALSE},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        check_int(rows[i].keyword, "known", adp_scp_keyword_meaning(rows[i].keyword) != NULL,
                  rows[i].known);
    }
}

/* ---- entries ---- */

typedef struct {
    const char *row;
    const char *binding;
    const char *keywords[4];
    const char *type;
    const char *host;
    const char *site;
    const char *domain;
} entry_row;

static const entry_row entry_rows[] = {
    {"as Exchange sets it up",
     "https://ex1.contoso.test/Autodiscover/Autodiscover.xml",
     {URL_GUID, "Site=HQ"},
     "url",
     "ex1.contoso.test",
     "HQ",
     NULL},
    {"site first", "https://ex1/a", {"Site=HQ", URL_GUID}, "url", "ex1", "HQ", NULL},
    {"two sites", "https://ex1/a", {URL_GUID, "Site=A", "Site=B"}, "url", "ex1", "A", NULL},
    {"lower case",
     "HTTPS://EX1:444/a",
     {"77378f46-2c66-4aa9-a6a6-3e7a48b19596", "site=hq"},
     "url",
     "ex1",
     "hq",
     NULL},
    {"pointer",
     "LDAP://resource.test",
     {POINTER_GUID, "Domain=contoso.test"},
     "pointer",
     "resource.test",
     NULL,
     "contoso.test"},
    {"pointer with port",
     "LDAP://dc1.resource.test:389",
     {POINTER_GUID},
     "pointer",
     "dc1.resource.test",
     NULL,
     NULL},
    {"no keyword of ours", "https://x/", {"1.0"}, "other", "x", NULL, NULL},
    {"no keyword", "https://x/", {NULL}, "other", "x", NULL, NULL},
    {"no binding", NULL, {URL_GUID}, "url", NULL, NULL, NULL},
    {"host and port", "hv1.contoso.test:2179", {"1.0"}, "other", "hv1.contoso.test", NULL, NULL},
    {"port is no number", "hv1:x", {"1.0"}, "other", NULL, NULL, NULL},
    {"port is too large", "hv1:65536", {"1.0"}, "other", NULL, NULL, NULL},
    {"no host before the port", ":389", {"1.0"}, "other", NULL, NULL, NULL},
    {"binding is no URL", "not a url", {URL_GUID}, "url", NULL, NULL, NULL},
    {"binding is empty", "", {URL_GUID}, "url", NULL, NULL, NULL},
    {"URL without host", "https:///x", {URL_GUID}, "url", NULL, NULL, NULL},
    {"IPv6", "https://[fd00::1]:443/x", {URL_GUID}, "url", "fd00::1", NULL, NULL},
    {"a user", "https://contoso.test@evil.test/x", {URL_GUID}, "url", "evil.test", NULL, NULL},
    {"port beyond the last", "https://ex1:99999/x", {URL_GUID}, "url", NULL, NULL, NULL},
    {"pointer to a name", "Resource.test", {POINTER_GUID}, "pointer", "resource.test", NULL, NULL},
    {"pointer without server",
     "LDAP://DC=resource,DC=test",
     {POINTER_GUID},
     "pointer",
     NULL,
     NULL,
     NULL},
    {"a word", "1433", {"1.0"}, "other", NULL, NULL, NULL},
    {"empty site", "https://x/", {URL_GUID, "Site="}, "url", "x", "", NULL},
    {"looks like a site",
     "https://x/",
     {URL_GUID, "Sites=HQ", "MySite=HQ"},
     "url",
     "x",
     NULL,
     NULL},
    {"braces", "https://x/", {"{" URL_GUID "}"}, "other", "x", NULL, NULL},
};

static void test_entries(void)
{
    adp_arena *a = adp_arena_new();
    guint i;

    for (i = 0; i < G_N_ELEMENTS(entry_rows); i++) {
        const entry_row *row = &entry_rows[i];
        adp_scp_entry entry = {0};
        guint k;

        if (row->binding) {
            adp_list_add(a, &entry.bindings, row->binding);
        }
        for (k = 0; k < G_N_ELEMENTS(row->keywords) && row->keywords[k]; k++) {
            adp_list_add(a, &entry.keywords, row->keywords[k]);
        }
        adp_scp_entry_finish(a, &entry);
        check_str(row->row, "type", adp_scp_entry_type_name(entry.type), row->type);
        check_str(row->row, "host", entry.host, row->host);
        check_str(row->row, "site", entry.site, row->site);
        check_str(row->row, "domain", entry.domain, row->domain);
    }
    adp_arena_free(a);
}

/* Where no binding names a host, serviceDNSName does; a binding's host goes before it. */
static void test_entry_dns_name(void)
{
    adp_arena *a = adp_arena_new();
    adp_scp_entry entry = {.host = "dns.contoso.test"};

    adp_scp_entry_finish(a, &entry);
    g_assert_cmpstr(entry.host, ==, "dns.contoso.test");
    adp_list_add(a, &entry.bindings, "no url");
    adp_scp_entry_finish(a, &entry);
    g_assert_cmpstr(entry.host, ==, "dns.contoso.test");
    entry.bindings.items[0] = "https://url.contoso.test/";
    adp_scp_entry_finish(a, &entry);
    g_assert_cmpstr(entry.host, ==, "url.contoso.test");
    adp_arena_free(a);
}

/* ---- ranks ---- */

#define MAX_RANKED 8

typedef struct {
    const char *row;
    const char *site;
    /* In directory order: 'p' pointer, 'o' other, 'u' URL without site, 'x' URL without binding
     * but of the site "x", any other letter: URL of the site with this name. */
    const char *entries;
    guint ranks[MAX_RANKED];
    const char *reasons; /* s site match, n no site, o other site, p pointer, - none */
} rank_row;

static const rank_row rank_rows[] = {
    {"nothing", "A", "", {0}, ""},
    {"one of the site", "A", "A", {1}, "s"},
    {"site match in directory order", "A", "AAA", {1, 2, 3}, "sss"},
    {"no site: the last comes first", "A", "uuu", {3, 2, 1}, "nnn"},
    {"other sites in directory order", "A", "BCB", {1, 2, 3}, "ooo"},
    {"pointers last, in directory order", "A", "pAp", {2, 1, 3}, "psp"},
    {"all of it", "A", "pBuAuCAo", {7, 5, 4, 1, 3, 6, 2, 0}, "ponsnos-"},
    {"case of the site", "a", "AB", {1, 2}, "so"},
    {"no entry of the site", "Z", "BuC", {2, 1, 3}, "ono"},
    {"no binding, no place", "x", "xA", {0, 1}, "-o"},
    /* Without the client's site an answer with URLs has no order. */
    {"site unknown", NULL, "ABu", {0, 0, 0}, "---"},
    {"site empty", "", "ABu", {0, 0, 0}, "---"},
    {"site unknown, a pointer and a URL", NULL, "Ap", {0, 0}, "--"},
    {"site unknown, pointers alone", NULL, "pop", {1, 0, 2}, "p-p"},
};

static adp_scp_entry *rank_entry(adp_arena *a, char letter)
{
    static guint number;
    adp_scp_entry *entry = adp_arena_new_array(a, adp_scp_entry, 1);
    const char *site;
    char *text;

    if (letter != 'x') {
        text = g_strdup_printf("https://host%u/", number++);
        site = adp_arena_strndup(a, text, strlen(text));
        g_free(text);
        adp_list_add(a, &entry->bindings, site);
    }
    if (letter != 'o') {
        adp_list_add(a, &entry->keywords, letter == 'p' ? POINTER_GUID : URL_GUID);
    }
    if (letter != 'o' && letter != 'p' && letter != 'u') {
        text = g_strdup_printf("Site=%c", letter);
        site = adp_arena_strndup(a, text, 6);
        g_free(text);
        adp_list_add(a, &entry->keywords, site);
    }
    adp_scp_entry_finish(a, entry);
    return entry;
}

static void test_ranks(void)
{
    static const char letters[] = "-snop";
    adp_arena *a = adp_arena_new();
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rank_rows); i++) {
        const rank_row *row = &rank_rows[i];
        adp_scp_entry *entries[MAX_RANKED];
        adp_rank ranks[MAX_RANKED];
        guint count = 0;
        guint k;

        for (; row->entries[count]; count++) {
            entries[count] = rank_entry(a, row->entries[count]);
        }
        adp_scp_rank(entries, count, row->site, ranks);
        for (k = 0; k < count; k++) {
            char *what = g_strdup_printf("rank of entry %u", k);

            check_int(row->row, what, ranks[k].rank, row->ranks[k]);
            check_int(row->row, "reason", letters[ranks[k].reason], row->reasons[k]);
            g_free(what);
        }
    }
    adp_arena_free(a);
}

/* An entry of several sites is of the client's site when any of them is. */
static void test_rank_two_sites(void)
{
    adp_arena *a = adp_arena_new();
    adp_scp_entry *entry = rank_entry(a, 'B');
    adp_rank rank;

    adp_list_add(a, &entry->keywords, "Site=A");
    adp_scp_rank(&entry, 1, "A", &rank);
    g_assert_cmpstr(adp_rank_reason_name(rank.reason), ==, "site match");
    adp_arena_free(a);
}

/* An URL counts where it is met first: whatever its case, and whatever its site the second time. */
static void test_rank_duplicates(void)
{
    static const struct {
        char letter;
        const char *url;
        guint rank;
        char reason;
    } rows[] = {
        {'A', "https://one/", 1, 's'},   {'B', "https://two/", 5, 'o'},
        {'A', "HTTPS://ONE/", 0, '-'},   {'A', "https://two/", 0, '-'},
        {'u', "https://three/", 4, 'n'}, {'u', "https://Three/", 0, '-'},
        {'u', "https://four/", 3, 'n'},  {'A', "https://one/x", 2, 's'},
        {'p', "https://one/", 6, 'p'},   {'p', "https://one/", 7, 'p'},
        {'o', "https://one/", 0, '-'},
    };
    static const char letters[] = "-snop";
    adp_arena *a = adp_arena_new();
    adp_scp_entry *entries[G_N_ELEMENTS(rows)];
    adp_rank ranks[G_N_ELEMENTS(rows)];
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        entries[i] = rank_entry(a, rows[i].letter);
        entries[i]->bindings.items[0] = rows[i].url;
    }
    adp_scp_rank(entries, G_N_ELEMENTS(rows), "A", ranks);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        check_int(rows[i].url, "rank", ranks[i].rank, rows[i].rank);
        check_int(rows[i].url, "reason", letters[ranks[i].reason], rows[i].reason);
    }
    adp_arena_free(a);
}

static void test_names(void)
{
    g_assert_cmpstr(adp_rank_reason_name(ADP_RANK_NONE), ==, "");
    g_assert_cmpstr(adp_rank_reason_name(ADP_RANK_SITE_MATCH), ==, "site match");
    g_assert_cmpstr(adp_rank_reason_name(ADP_RANK_NO_SITE), ==, "no site");
    g_assert_cmpstr(adp_rank_reason_name(ADP_RANK_OTHER_SITE), ==, "other site");
    g_assert_cmpstr(adp_rank_reason_name(ADP_RANK_POINTER), ==, "pointer");
}

int main(int argc, char **argv)
{
    test_init(&argc, &argv);
    g_test_add_func("/scp/signatures", test_signatures);
    g_test_add_func("/scp/containers", test_containers);
    g_test_add_func("/scp/exchange", test_exchange);
    g_test_add_func("/scp/look-alikes", test_look_alikes);
    g_test_add_func("/scp/user-signatures", test_user_signatures);
    g_test_add_func("/scp/keyword-meaning", test_keyword_meaning);
    g_test_add_func("/scp/entries", test_entries);
    g_test_add_func("/scp/entry-dns-name", test_entry_dns_name);
    g_test_add_func("/scp/ranks", test_ranks);
    g_test_add_func("/scp/rank-two-sites", test_rank_two_sites);
    g_test_add_func("/scp/rank-duplicates", test_rank_duplicates);
    g_test_add_func("/scp/names", test_names);
    return g_test_run();
}
