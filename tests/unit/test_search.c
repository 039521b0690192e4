/* test_search.c
 * What an LDAP search is for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "log/observation.h"
#include "log/search.h"
#include "wire/arena.h"
#include "wire/ldap_filter.h"

static adp_obs_search make_search(adp_arena *a, const char *base, guint32 scope,
                                  const char *attribute)
{
    adp_obs_search search = {.base = base, .scope = scope};

    if (attribute) {
        adp_list_add(a, &search.attributes, attribute);
    }
    return search;
}

static void test_ping(void)
{
    static const char *const spellings[] = {"netlogon", "Netlogon", "NetLogon", "NETLOGON"};
    static const guint8 ntver[] = {0x16, 0x00, 0x00, 0xa0};
    adp_arena *a = adp_arena_new();
    guint i;

    for (i = 0; i < G_N_ELEMENTS(spellings); i++) {
        adp_obs_search search = make_search(a, "", 0, spellings[i]);
        const adp_filter *f =
            f_op(a, ADP_FILTER_AND, f_eq(a, "DnsDomain", "contoso.test."), f_eq(a, "Host", "WS1"),
                 f_eq(a, "DnsHostName", "ws1.contoso.test"), f_eq(a, "User", "WS1$"),
                 f_bytes(a, "AAC", "\x80\0\0\0", 4), f_bytes(a, "NtVer", ntver, 4), NULL);

        g_assert_true(adp_search_finish(a, f, &search));
        g_assert_true(search.is_ping);
        g_assert_null(search.scp_kind);
        check_str(spellings[i], "domain", search.ping.domain, "contoso.test");
        check_str(spellings[i], "host", search.ping.host, "WS1");
        check_str(spellings[i], "dns host", search.ping.dns_host, "ws1.contoso.test");
        check_str(spellings[i], "user", search.ping.user, "WS1$");
        g_assert_true(search.ping.has_ntver);
        g_assert_cmphex(search.ping.ntver, ==, 0xa0000016);
        check_str(spellings[i], "filter", search.filter,
                  "(&(DnsDomain=contoso.test.)(Host=WS1)(DnsHostName=ws1.contoso.test)(User=WS1$)"
                  "(AAC=\\80\\00\\00\\00)(NtVer=\\16\\00\\00\\a0))");
    }
    adp_arena_free(a);
}

/* The domain may be named by its GUID alone, in the order of the wire. */
static void test_guid(void)
{
    static const guint8 guid[16] = {0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66,
                                    0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};
    adp_arena *a = adp_arena_new();
    adp_obs_search search = make_search(a, "", 0, "Netlogon");

    g_assert_true(adp_search_finish(a,
                                    f_op(a, ADP_FILTER_AND, f_bytes(a, "DomainGuid", guid, 16),
                                         f_bytes(a, "AAC", "\x80\0\0\0", 4), NULL),
                                    &search));
    g_assert_cmpstr(search.ping.guid, ==, "00112233-4455-6677-8899-aabbccddeeff");
    g_assert_true(search.ping.has_aac);
    g_assert_cmphex(search.ping.aac, ==, 0x80);

    search = make_search(a, "", 0, "Netlogon");
    g_assert_true(adp_search_finish(a, f_bytes(a, "DomainGuid", guid, 15), &search));
    g_assert_null(search.ping.guid);
    g_assert_false(search.ping.has_aac);
    adp_arena_free(a);
}

/* A ping is one by its attribute, whatever else is missing or odd. */
static void test_odd_pings(void)
{
    adp_arena *a = adp_arena_new();
    adp_obs_search search = make_search(a, "", 0, "Netlogon");

    g_assert_true(adp_search_finish(a, NULL, &search));
    g_assert_true(search.is_ping);
    g_assert_null(search.filter);
    g_assert_null(search.ping.domain);
    g_assert_false(search.ping.has_ntver);

    search = make_search(a, "", 0, "Netlogon");
    g_assert_true(adp_search_finish(a, f_bytes(a, "NtVer", "\1\0\0", 3), &search));
    g_assert_false(search.ping.has_ntver);

    search = make_search(a, "", 0, "Netlogon");
    g_assert_true(adp_search_finish(a, f_eq(a, "DnsDomain", ""), &search));
    g_assert_cmpstr(search.ping.domain, ==, "");

    search = make_search(a, "", 0, "Netlogon");
    g_assert_true(adp_search_finish(a, f_eq(a, "DnsDomain", "."), &search));
    g_assert_cmpstr(search.ping.domain, ==, "");

    /* With other attributes beside it, and even below another base. */
    search = make_search(a, "DC=contoso,DC=test", 2, "cn");
    adp_list_add(a, &search.attributes, "netlogon");
    g_assert_true(adp_search_finish(a, f_eq(a, "objectClass", "serviceConnectionPoint"), &search));
    g_assert_true(search.is_ping);
    g_assert_null(search.scp_kind);
    adp_arena_free(a);
}

static void test_kinds(void)
{
    static const struct {
        const char *base;
        guint32 scope;
        const char *class;
        gboolean wanted;
        const char *scp_kind;
    } rows[] = {
        /* The rootDSE, whatever is filtered for. */
        {"", 0, "*", TRUE, NULL},
        {"", 0, "serviceConnectionPoint", TRUE, NULL},
        /* The same base below it is a search of the global catalog. */
        {"", 2, "user", FALSE, NULL},
        {"", 1, "user", FALSE, NULL},
        {"", 2, "serviceConnectionPoint", TRUE, "unknown"},
        {"CN=Configuration,DC=contoso,DC=test", 2, "serviceConnectionPoint", TRUE, "unknown"},
        {"CN=Configuration,DC=contoso,DC=test", 2, "user", FALSE, NULL},
        {"CN=Configuration,DC=contoso,DC=test", 0, "*", FALSE, NULL},
        {"CN=TermServLicensing,CN=RD1,DC=contoso,DC=test", 0, "*", TRUE, "rd-licensing"},
        {NULL, 0, "user", FALSE, NULL},
    };
    /* SCP words among the attributes alone mean nothing. */
    static const char *const attributes[] = {NULL, "keywords", "serviceBindingInformation",
                                             "netlogonX"};
    adp_arena *a = adp_arena_new();
    guint i;
    guint k;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        for (k = 0; k < G_N_ELEMENTS(attributes); k++) {
            adp_obs_search search = make_search(a, rows[i].base, rows[i].scope, attributes[k]);
            char *row = g_strdup_printf("row %u attribute %u", i, k);

            check_int(row, "wanted",
                      adp_search_finish(a, f_eq(a, "objectClass", rows[i].class), &search),
                      rows[i].wanted);
            check_int(row, "ping", search.is_ping, FALSE);
            check_str(row, "kind", search.scp_kind, rows[i].scp_kind);
            if (rows[i].wanted) {
                g_assert_nonnull(search.filter);
            }
            g_free(row);
        }
    }
    adp_arena_free(a);
}

int main(int argc, char **argv)
{
    test_init(&argc, &argv);
    g_test_add_func("/search/ping", test_ping);
    g_test_add_func("/search/guid", test_guid);
    g_test_add_func("/search/odd-pings", test_odd_pings);
    g_test_add_func("/search/kinds", test_kinds);
    return g_test_run();
}
