/* test_srv_name.c
 * Owner names of locator records, taken apart.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "wire/arena.h"
#include "wire/srv_name.h"
#include "wire/text.h"

#include <string.h>

#define GUID "5e7b1e34-97a1-4f9c-8a7e-0f2d4b1c9a10"

typedef struct {
    const char *name;
    const char *role;
    const char *proto;
    const char *site;
    const char *domain;
    const char *guid;
    gboolean msdcs;
} srv_row;

static const srv_row srv_rows[] = {
    /* Every SRV record that Netlogon registers: MS-ADTS 6.3.1.10, MS-NRPC. */
    {"_ldap._tcp.contoso.test", "domain", "_tcp", NULL, "contoso.test", NULL, FALSE},
    {"_ldap._tcp.HQ._sites.contoso.test", "domain", "_tcp", "HQ", "contoso.test", NULL, FALSE},
    {"_ldap._tcp.dc._msdcs.contoso.test", "dc", "_tcp", NULL, "contoso.test", NULL, TRUE},
    {"_ldap._tcp.HQ._sites.dc._msdcs.contoso.test", "dc", "_tcp", "HQ", "contoso.test", NULL, TRUE},
    {"_ldap._tcp.pdc._msdcs.contoso.test", "pdc", "_tcp", NULL, "contoso.test", NULL, TRUE},
    {"_ldap._tcp.gc._msdcs.contoso.test", "gc", "_tcp", NULL, "contoso.test", NULL, TRUE},
    {"_ldap._tcp.HQ._sites.gc._msdcs.contoso.test", "gc", "_tcp", "HQ", "contoso.test", NULL, TRUE},
    {"_gc._tcp.contoso.test", "gc", "_tcp", NULL, "contoso.test", NULL, FALSE},
    {"_gc._tcp.HQ._sites.contoso.test", "gc", "_tcp", "HQ", "contoso.test", NULL, FALSE},
    {"_ldap._tcp." GUID ".domains._msdcs.contoso.test", "guid", "_tcp", NULL, "contoso.test", GUID,
     TRUE},
    {"_kerberos._tcp.dc._msdcs.contoso.test", "kdc", "_tcp", NULL, "contoso.test", NULL, TRUE},
    {"_kerberos._tcp.HQ._sites.dc._msdcs.contoso.test", "kdc", "_tcp", "HQ", "contoso.test", NULL,
     TRUE},
    {"_kerberos._tcp.contoso.test", "kdc", "_tcp", NULL, "contoso.test", NULL, FALSE},
    {"_kerberos._tcp.HQ._sites.contoso.test", "kdc", "_tcp", "HQ", "contoso.test", NULL, FALSE},
    {"_kerberos._udp.contoso.test", "kdc", "_udp", NULL, "contoso.test", NULL, FALSE},
    {"_kpasswd._tcp.contoso.test", "kpasswd", "_tcp", NULL, "contoso.test", NULL, FALSE},
    {"_kpasswd._udp.contoso.test", "kpasswd", "_udp", NULL, "contoso.test", NULL, FALSE},
    {"_ldap._tcp.ForestDnsZones.contoso.test", "partition", "_tcp", NULL,
     "ForestDnsZones.contoso.test", NULL, FALSE},
    {"_ldap._tcp.DomainDnsZones.contoso.test", "partition", "_tcp", NULL,
     "DomainDnsZones.contoso.test", NULL, FALSE},
    {"_ldap._tcp.HQ._sites.DomainDnsZones.contoso.test", "partition", "_tcp", "HQ",
     "DomainDnsZones.contoso.test", NULL, FALSE},
    {"_ldap._tcp.HQ._sites.forestdnszones.contoso.test", "partition", "_tcp", "HQ",
     "forestdnszones.contoso.test", NULL, FALSE},
    /* Other services of the same minutes. */
    {"_kerberos-master._udp.CONTOSO.TEST", "other", "_udp", NULL, "CONTOSO.TEST", NULL, FALSE},
    {"_kerberos-master._tcp.CONTOSO.TEST", "other", "_tcp", NULL, "CONTOSO.TEST", NULL, FALSE},
    {"_kerberos-adm._tcp.contoso.test", "other", "_tcp", NULL, "contoso.test", NULL, FALSE},
    {"_autodiscover._tcp.contoso.test", "autodiscover", "_tcp", NULL, "contoso.test", NULL, FALSE},
    /* The record as MIT and Heimdal also know it, without protocol. */
    {"_kerberos.contoso.test", "kdc", NULL, NULL, "contoso.test", NULL, FALSE},
    /* Case, and the trailing dot. */
    {"_LDAP._TCP.HQ._SITES.DC._MSDCS.CONTOSO.TEST", "dc", "_TCP", "HQ", "CONTOSO.TEST", NULL, TRUE},
    {"_Ldap._Tcp.Gc._MsDcs.Contoso.Test", "gc", "_Tcp", NULL, "Contoso.Test", NULL, TRUE},
    {"_ldap._tcp.dc._msdcs.contoso.test.", "dc", "_tcp", NULL, "contoso.test", NULL, TRUE},
    {"_ldap._tcp.contoso.test.", "domain", "_tcp", NULL, "contoso.test", NULL, FALSE},
    /* A role is one only before _msdcs: domains may begin with these labels. */
    {"_ldap._tcp.dc.example.com", "domain", "_tcp", NULL, "dc.example.com", NULL, FALSE},
    {"_ldap._tcp.dc1.example.com", "domain", "_tcp", NULL, "dc1.example.com", NULL, FALSE},
    {"_ldap._tcp.gc.example.com", "domain", "_tcp", NULL, "gc.example.com", NULL, FALSE},
    {"_ldap._tcp.pdc.example.com", "domain", "_tcp", NULL, "pdc.example.com", NULL, FALSE},
    {"_ldap._tcp.domains.example.com", "domain", "_tcp", NULL, "domains.example.com", NULL, FALSE},
    {"_ldap._tcp.dc._msdcs.dc.example.com", "dc", "_tcp", NULL, "dc.example.com", NULL, TRUE},
    {"_ldap._tcp.HQ._sites.dc.example.com", "domain", "_tcp", "HQ", "dc.example.com", NULL, FALSE},
    /* A site may be called anything, also like a role. */
    {"_ldap._tcp.dc._sites.dc._msdcs.contoso.test", "dc", "_tcp", "dc", "contoso.test", NULL, TRUE},
    {"_ldap._tcp.gc._sites.contoso.test", "domain", "_tcp", "gc", "contoso.test", NULL, FALSE},
    {"_ldap._tcp.Default-First-Site-Name._sites.contoso.test", "domain", "_tcp",
     "Default-First-Site-Name", "contoso.test", NULL, FALSE},
    /* A label that "_sites" does not follow is none. */
    {"_ldap._tcp._sites.contoso.test", "domain", "_tcp", NULL, "_sites.contoso.test", NULL, FALSE},
    {"_ldap._tcp.a.b._sites.contoso.test", "domain", "_tcp", NULL, "a.b._sites.contoso.test", NULL,
     FALSE},
    /* Escaped dots do not part labels. */
    {"_ldap._tcp.Branch\\.1._sites.dc._msdcs.contoso.test", "dc", "_tcp", "Branch\\.1",
     "contoso.test", NULL, TRUE},
    {"_ldap._tcp.a\\\\._sites.contoso.test", "domain", "_tcp", "a\\\\", "contoso.test", NULL,
     FALSE},
    {"_ldap._tcp.dc\\._msdcs.contoso.test", "domain", "_tcp", NULL, "dc\\._msdcs.contoso.test",
     NULL, FALSE},
    /* Printed once in an old list of Samba. */
    {"_ldap._tcp.dc.dc._msdcs.contoso.test", "dc", "_tcp", NULL, "contoso.test", NULL, TRUE},
    {"_ldap._tcp.HQ._sites.dc.dc._msdcs.contoso.test", "dc", "_tcp", "HQ", "contoso.test", NULL,
     TRUE},
    /* Printed in MS-ADTS, never sent. */
    {"_gc._msdcs.contoso.test", "gc", NULL, NULL, "contoso.test", NULL, TRUE},
    {"_gc._tcp._msdcs.contoso.test", "gc", "_tcp", NULL, "contoso.test", NULL, TRUE},
    /* Names that end early. */
    {"_ldap._tcp", "domain", "_tcp", NULL, NULL, NULL, FALSE},
    {"_ldap", "domain", NULL, NULL, NULL, NULL, FALSE},
    {"_ldap._tcp.dc._msdcs", "dc", "_tcp", NULL, NULL, NULL, TRUE},
    {"_ldap._tcp.HQ._sites", "domain", "_tcp", "HQ", NULL, NULL, FALSE},
    {"_ldap._tcp.test", "domain", "_tcp", NULL, "test", NULL, FALSE},
    {"_ldap._tcp.domains._msdcs.contoso.test", "domain", "_tcp", NULL, "contoso.test", NULL, TRUE},
};

static void test_parse(void)
{
    adp_arena *arena = adp_arena_new();
    guint i;

    for (i = 0; i < G_N_ELEMENTS(srv_rows); i++) {
        const srv_row *row = &srv_rows[i];
        adp_srv_name parts;

        if (!adp_srv_name_parse(arena, row->name, &parts)) {
            check_str(row->name, "result", "no name of ours", "parsed");
            continue;
        }
        g_assert_true(adp_has_prefix(row->name, parts.service->label));
        check_str(row->name, "role", adp_role_name(parts.role), row->role);
        check_str(row->name, "proto", parts.proto, row->proto);
        check_str(row->name, "site", parts.site, row->site);
        check_str(row->name, "domain", parts.domain, row->domain);
        check_str(row->name, "guid", parts.guid, row->guid);
        check_int(row->name, "msdcs", parts.msdcs, row->msdcs);
        g_assert_cmpint(*adp_srv_name_phrase(&parts), !=, '\0');
    }
    adp_arena_free(arena);
}

/* MS-ADTS prints one name with the site behind _msdcs. It is read leniently: what it is for
 * stays right, and nothing is invented. */
static void test_odd_order(void)
{
    adp_arena *arena = adp_arena_new();
    adp_srv_name parts;

    g_assert_true(
        adp_srv_name_parse(arena, "_kerberos._tcp.dc._msdcs.HQ._sites.contoso.test", &parts));
    g_assert_cmpstr(adp_role_name(parts.role), ==, "kdc");
    g_assert_true(parts.msdcs);
    g_assert_true(g_str_has_suffix(parts.domain, "contoso.test"));
    g_assert_null(parts.guid);
    adp_arena_free(arena);
}

static void test_not_ours(void)
{
    static const char *const names[] = {
        "",
        ".",
        "contoso.test",
        "ldap._tcp.contoso.test",
        "_ldaps._tcp.contoso.test",
        "_ldap-x._tcp.contoso.test",
        "_vlmcs._tcp.contoso.test",
        "_mssms_mp_hq._tcp.contoso.test",
        "_sipinternaltls._tcp.contoso.test",
        "_sip._tls.contoso.test",
        "_tcp._ldap.contoso.test",
        "x._ldap._tcp.contoso.test",
        "_ldap\\._tcp.contoso.test",
        "_kerberos-tls._tcp.contoso.test",
        "5e7b1e34-97a1-4f9c-8a7e-0f2d4b1c9a10._msdcs.contoso.test",
    };
    adp_arena *arena = adp_arena_new();
    guint i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        adp_srv_name parts;
        adp_srv_name before;

        memset(&parts, 0x5a, sizeof(parts));
        before = parts;
        check_int(names[i], "result", adp_srv_name_parse(arena, names[i], &parts), FALSE);
        g_assert_cmpint(memcmp(&parts, &before, sizeof(parts)), ==, 0);
    }
    adp_arena_free(arena);
}

/* Which misses belong to healthy flow. */
static void test_services(void)
{
    static const struct {
        const char *name;
        gboolean miss_is_normal;
    } rows[] = {
        {"_ldap._tcp.a.test", FALSE},           {"_gc._tcp.a.test", FALSE},
        {"_kerberos._udp.a.test", FALSE},       {"_kpasswd._udp.a.test", FALSE},
        {"_kerberos-master._udp.a.test", TRUE}, {"_kerberos-adm._tcp.a.test", TRUE},
        {"_autodiscover._tcp.a.test", TRUE},
    };
    adp_arena *arena = adp_arena_new();
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        adp_srv_name parts = {0};

        g_assert_true(adp_srv_name_parse(arena, rows[i].name, &parts));
        check_int(rows[i].name, "miss is normal", parts.service->miss_is_normal,
                  rows[i].miss_is_normal);
    }
    adp_arena_free(arena);
}

static void test_roles(void)
{
    static const struct {
        adp_role role;
        const char *name;
    } rows[] = {
        {ADP_ROLE_OTHER, "other"},
        {ADP_ROLE_DOMAIN, "domain"},
        {ADP_ROLE_DC, "dc"},
        {ADP_ROLE_GC, "gc"},
        {ADP_ROLE_PDC, "pdc"},
        {ADP_ROLE_GUID, "guid"},
        {ADP_ROLE_PARTITION, "partition"},
        {ADP_ROLE_KDC, "kdc"},
        {ADP_ROLE_KPASSWD, "kpasswd"},
        {ADP_ROLE_AUTODISCOVER, "autodiscover"},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        check_str(rows[i].name, "role", adp_role_name(rows[i].role), rows[i].name);
    }
}

static void test_suffix(void)
{
    static const struct {
        const char *domain;
        gboolean appended;
    } rows[] = {
        {"contoso.test.contoso.test", TRUE},
        {"corp.example.com.corp.example.com", TRUE},
        {"dc1.corp.example.com.corp.example.com", TRUE},
        /* Resolvers also try the parents of their suffix. */
        {"corp.example.com.example.com", TRUE},
        {"Corp.Example.COM.corp.example.com", TRUE},
        {"contoso.test.contoso.test.contoso.test", TRUE},
        {"contoso.test", FALSE},
        {"a.b.c", FALSE},
        {"test.test", FALSE},
        {"test.test.test", FALSE},
        {"a.test.test", FALSE},
        {"a.b.a", FALSE},
        {"test", FALSE},
        {"", FALSE},
        {".", FALSE},
        {"contoso.test.example.com", FALSE},
        /* Ends alike, but not at a label. */
        {"x.acorp.test.corp.test", FALSE},
        {"acorp.test.corp.test", FALSE},
        {"corp.test.x.corp.test", FALSE},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        check_int(rows[i].domain, "suffix appended", adp_domain_has_appended_suffix(rows[i].domain),
                  rows[i].appended);
    }
}

/* Likewise of targets, which may stand below "_msdcs". */
static void test_stands_twice(void)
{
    static const struct {
        const char *name;
        gboolean twice;
    } rows[] = {
        {"dc1.corp.test.corp.test", TRUE},
        {"dc1.CORP.test._MSDCS.corp.Test", TRUE},
        {"corp.test.corp.test", TRUE},
        {"dc1.corp.test", FALSE},
        {"dc1._msdcs.corp.test", FALSE},
        {"._msdcs.corp.test", FALSE},
        {"dc1.xcorp.test._msdcs.corp.test", FALSE},
        {"dc1.lab._msdcs.lab", FALSE},
        {"", FALSE},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        check_int(rows[i].name, "stands twice", adp_domain_stands_twice(rows[i].name),
                  rows[i].twice);
    }
}

int main(int argc, char **argv)
{
    test_init(&argc, &argv);
    g_test_add_func("/srv-name/parse", test_parse);
    g_test_add_func("/srv-name/odd-order", test_odd_order);
    g_test_add_func("/srv-name/not-ours", test_not_ours);
    g_test_add_func("/srv-name/services", test_services);
    g_test_add_func("/srv-name/roles", test_roles);
    g_test_add_func("/srv-name/suffix", test_suffix);
    g_test_add_func("/srv-name/stands-twice", test_stands_twice);
    return g_test_run();
}
