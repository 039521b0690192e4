/* test_pseudonym.c
 * Names and what stands for them: structure stays, the public stays, and nothing else does.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/pseudonym.h"
#include "wire/pseudonym_forms.h"
#include "wire/pseudonym_ldap.h"
#include "wire/pseudonym_text.h"

#include <glib.h>
#include <string.h>

typedef enum {
    NAME,
    DOMAIN,
    PRINCIPAL,
    DN,
    FILTER,
    URL,
    VALUE,
    KEYWORD,
    TEXT
} form;

static char *shown(adp_pseudonyms *names, form as, const char *text)
{
    GString *out = g_string_new(NULL);
    gsize len = strlen(text);

    switch (as) {
    case NAME:
        adp_pseudonym_name(names, out, text, len, ADP_NAMED_HOST);
        break;
    case DOMAIN:
        adp_pseudonym_name(names, out, text, len, ADP_NAMED_DOMAIN);
        break;
    case PRINCIPAL:
        adp_pseudonym_principal(names, out, text, len);
        break;
    case DN:
        adp_pseudonym_dn(names, out, text, len);
        break;
    case FILTER:
        adp_pseudonym_filter(names, out, text);
        break;
    case URL:
        adp_pseudonym_url(names, out, text, len);
        break;
    case VALUE:
        adp_pseudonym_value(names, out, text, len, ADP_NAMED_OTHER);
        break;
    case KEYWORD:
        adp_pseudonym_keyword(names, out, text);
        break;
    case TEXT:
        adp_pseudonym_text(names, out, text);
        break;
    }
    return g_string_free(out, FALSE);
}

/* One table for all: the same name has the same pseudonym from the first row to the last. */
static void test_forms(void)
{
    static const struct {
        form as;
        const char *text;
        const char *shown;
    } cases[] = {
        {DOMAIN, "contoso.test", "xdom1.test"},
        {NAME, "dc1.contoso.test", "xhost1.xdom1.test"},
        {NAME, "DC1.Contoso.Test", "XHOST1.Xdom1.Test"},
        {DOMAIN, "CONTOSO.TEST", "XDOM1.TEST"},
        {VALUE, "CONTOSO", "XDOM1"},
        {DOMAIN, "emea.contoso.test", "xdom2.xdom1.test"},
        {NAME, "contoso.test.", "xdom1.test."},
        {DOMAIN, "_ldap._tcp.Oslo._sites.dc._msdcs.contoso.test",
         "_ldap._tcp.Xsite1._sites.dc._msdcs.xdom1.test"},
        {DOMAIN, "_ldap._tcp.f1e2d3c4-0000-1111-2222-333344445555.domains._msdcs.contoso.test",
         "_ldap._tcp.00000000-0000-4000-8000-000000000001.domains._msdcs.xdom1.test"},
        {NAME, "autodiscover.contoso.test", "autodiscover.xdom1.test"},
        {NAME, "*.contoso.test", "*.xdom1.test"},
        {NAME, "autodiscover-s.outlook.com", "autodiscover-s.outlook.com"},
        {NAME, "contoso.onmicrosoft.com", "xdom1.onmicrosoft.com"},
        {NAME, "127.0.0.1", "127.0.0.1"},
        {NAME, "10.1.2.3", "240.0.0.1"},
        {NAME, "10.1.2.9", "240.0.0.2"},
        {NAME, "10.1.3.3", "240.0.1.1"},
        {NAME, "3.2.1.10.in-addr.arpa", "1.0.0.240.in-addr.arpa"},
        {NAME, "fe80::1:2", "fe80::8000:1"},
        {NAME, "2001:db8:7::53", "2001:db8:1::8000:2"},
        {NAME, "::1", "::1"},
        {PRINCIPAL, "HTTP/mail.contoso.test", "HTTP/xhost2.xdom1.test"},
        {PRINCIPAL, "krbtgt/CONTOSO.TEST", "krbtgt/XDOM1.TEST"},
        {PRINCIPAL, "ldap/dc1.contoso.test/contoso.test", "ldap/xhost1.xdom1.test/xdom1.test"},
        {PRINCIPAL, "MSSQLSvc/dc1.contoso.test:1433", "MSSQLSvc/xhost1.xdom1.test:1433"},
        {PRINCIPAL, "crm/mail", "xname1/xhost2"},
        {PRINCIPAL, "WS1$", "XHOST3$"},
        {PRINCIPAL, "ann", "xuser1"},
        {PRINCIPAL, "ann@CONTOSO.TEST", "xuser1@XDOM1.TEST"},
        {PRINCIPAL, "CONTOSO\\ann", "XDOM1\\xuser1"},
        {PRINCIPAL, "Administrator", "Administrator"},
        {DN, "CN=dc1,CN=Autodiscover,CN=Protocols,CN=Services,CN=Configuration,DC=contoso,DC=test",
         "CN=xhost1,CN=Autodiscover,CN=Protocols,CN=Services,CN=Configuration,DC=xdom1,DC=test"},
        {DN, "CN=Ann Smith,OU=Sales,DC=contoso,DC=test", "CN=Xname2,OU=Xname3,DC=xdom1,DC=test"},
        {DN, "CN=a\\,b,DC=contoso", "CN=xname4,DC=xdom1"},
        {FILTER, "(&(DnsDomain=contoso.test)(Host=WS1)(NtVer=\\06\\00\\00\\00))",
         "(&(DnsDomain=xdom1.test)(Host=XHOST3)(NtVer=\\06\\00\\00\\00))"},
        {FILTER,
         "(&(objectClass=serviceConnectionPoint)(|(keywords=67661d7F-8FC4-4fa7-BFAC-E1D7794C1F68)"
         "(keywords=Site=Oslo)))",
         "(&(objectClass=serviceConnectionPoint)(|(keywords=67661d7F-8FC4-4fa7-BFAC-E1D7794C1F68)"
         "(keywords=Site=Xsite1)))"},
        {FILTER, "(cn=dc1*)", "(cn=xhost1*)"},
        {FILTER, "(objectSid=\\01\\05\\aa)", "(objectSid=\\00\\00\\01)"},
        {FILTER, "(userAccountControl:1.2.840.113556.1.4.803:=2)",
         "(userAccountControl:1.2.840.113556.1.4.803:=2)"},
        {URL, "https://mail.contoso.test/autodiscover/autodiscover.xml",
         "https://xhost2.xdom1.test/autodiscover/autodiscover.xml"},
        {URL, "https://mail.contoso.test:444/secret/EWS/Exchange.asmx?who=ann",
         "https://xhost2.xdom1.test:444/xname5/EWS/Exchange.asmx?..."},
        {URL, "https://[2001:db8:7::53]/", "https://[2001:db8:1::8000:2]/"},
        {URL, "ldap://dc1.contoso.test/CN=Ann Smith,DC=contoso",
         "ldap://xhost1.xdom1.test/CN=Xname2,DC=xdom1"},
        {KEYWORD, "Site=Oslo", "Site=Xsite1"},
        {KEYWORD, "azureADName:contoso.test", "azureADName:xdom1.test"},
        {KEYWORD, "77378F46-2C66-4aa9-A6A6-3E7A48B19596", "77378F46-2C66-4aa9-A6A6-3E7A48B19596"},
        {TEXT,
         "80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data 52e, v4563",
         "80090308: LdapErr: DSID-0C090439, comment: AcceptSecurityContext error, data 52e, v4563"},
        {TEXT, "Cannot find KDC for realm \"CONTOSO.TEST\" and zanzibar",
         "Cannot find KDC for realm \"XDOM1.TEST\" and xxx"},
        {TEXT, "LOCKED_OUT", "LOCKED_OUT"},
        {TEXT, "TICKET NOT RENEWABLE, ZANZIBAR", "TICKET NOT RENEWABLE, XXX"},
        {TEXT, "signing/sealing when using TLS/SSL", "signing/sealing when using TLS/SSL"},
        {TEXT, "BindSimple: Transport encryption required.",
         "BindSimple: Transport encryption required."},
        {TEXT, "host/mail", "host/xhost2"},
        {TEXT, "10.1.2.3 refused the client", "240.0.0.1 refused the client"},
        /* A suffix that was appended to a whole name is seen by its repetition. */
        {DOMAIN, "contoso.test.contoso.test", "xdom1.test.xdom1.test"},
        {DOMAIN, "contoso.onmicrosoft.com.contoso.onmicrosoft.com",
         "xdom1.onmicrosoft.com.xdom1.onmicrosoft.com"},
        /* An address of a house is none of the Internet. */
        {NAME, "9.9.9.9", "248.0.2.1"},
        {NAME, "fd00::1", "fd00:db8:2::8000:3"},
        {PRINCIPAL, "HTTP/[fd00::1]", "HTTP/[fd00:db8:2::8000:3]"},
        {PRINCIPAL, "HTTP/[fd00::1]:8080@CONTOSO.TEST",
         "HTTP/[fd00:db8:2::8000:3]:8080@XDOM1.TEST"},
        {PRINCIPAL, "cifs/fd00::1", "cifs/fd00:db8:2::8000:3"},
        {PRINCIPAL, "cifs/fd00::1@CONTOSO.TEST", "cifs/fd00:db8:2::8000:3@XDOM1.TEST"},
        /* What no shell may read stays so. */
        {PRINCIPAL, "HTTP/${HOST}.contoso.test", "HTTP/XHOST4!.xdom1.test"},
        {PRINCIPAL, "svc (print)", "xuser2~"},
        /* Hostile: whatever stands between two marks is one name, and none of it stays. */
        {NAME, "evil\\x00.contoso.test", "xhost5\\x00.xdom1.test"},
        {NAME, "..", ".."},
        {NAME, "(|(a=*))", "xhost6~"},
        {PRINCIPAL, "///", "xname6///"},
        {FILTER, "(a:contoso:=1)", "(a:xdom1:=xname7)"},
        {FILTER, "(dc1", "("},
        {URL, "://", "x://"},
        {VALUE, "", ""},
    };
    adp_pseudonyms *names = adp_pseudonyms_new(NULL);
    guint i;

    for (i = 0; i < G_N_ELEMENTS(cases); i++) {
        char *text = shown(names, cases[i].as, cases[i].text);

        g_assert_cmpstr(text, ==, cases[i].shown);
        g_assert_null(strstr(text, "contoso"));
        g_assert_null(strstr(text, "dc1"));
        g_free(text);
    }
    adp_pseudonyms_free(names);
}

/* A NetBIOS name is the beginning of a longer host name, and that is all that a rule may know. */
static void test_netbios(void)
{
    adp_pseudonyms *names = adp_pseudonyms_new(NULL);
    char *flat = shown(names, VALUE, "A-VERY-LONG-NAM");
    char *whole = shown(names, NAME, "a-very-long-name-of-a-host.contoso.test");
    char *other = shown(names, NAME, "a-very-long-name-of-another.contoso.test");

    g_assert_cmpuint(strlen(flat), ==, 15);
    g_assert_cmpint(g_ascii_strncasecmp(flat, whole, 15), ==, 0);
    g_assert_cmpint(g_ascii_strncasecmp(flat, other, 15), ==, 0);
    g_assert_cmpstr(whole, !=, other);
    g_free(flat);
    g_free(whole);
    g_free(other);
    adp_pseudonyms_free(names);
}

/* The word decides, and not what else the capture holds; without one, the order does. */
static void test_key(void)
{
    adp_pseudonyms *one = adp_pseudonyms_new("word");
    adp_pseudonyms *two = adp_pseudonyms_new("word");
    adp_pseudonyms *other = adp_pseudonyms_new("another");
    char *first = shown(one, NAME, "dc1.contoso.test");
    char *before = shown(two, NAME, "10.9.9.9");
    char *second = shown(two, NAME, "dc1.contoso.test");
    char *third = shown(other, NAME, "dc1.contoso.test");
    char *address = shown(one, NAME, "10.1.2.3");
    char *again = shown(two, NAME, "10.1.2.3");

    g_assert_cmpstr(first, ==, second);
    g_assert_cmpstr(first, !=, third);
    g_assert_cmpstr(address, ==, again);
    g_assert_true(g_hostname_is_ip_address(address));
    g_free(first);
    g_free(before);
    g_free(second);
    g_free(third);
    g_free(address);
    g_free(again);
    adp_pseudonyms_free(one);
    adp_pseudonyms_free(two);
    adp_pseudonyms_free(other);
}

static void test_frozen(void)
{
    adp_pseudonyms *names = adp_pseudonyms_new(NULL);
    char *known = shown(names, NAME, "dc1.contoso.test");
    char *mixed;

    adp_pseudonyms_freeze(names, TRUE);
    mixed = shown(names, NAME, "dc2.contoso.test");
    g_assert_cmpstr(known, ==, "xhost1.xdom1.test");
    g_assert_cmpstr(mixed, ==, "xhidden.xdom1.test");
    g_free(mixed);
    adp_pseudonyms_freeze(names, FALSE);
    mixed = shown(names, NAME, "dc2.contoso.test");
    g_assert_cmpstr(mixed, ==, "xhost2.xdom1.test");
    g_free(mixed);
    g_free(known);
    adp_pseudonyms_free(names);
}

/* 300 addresses of one subnet and 300 subnets: all are addresses, none twice. */
static void test_addresses_are_different(void)
{
    static const char *const keys[] = {NULL, "word"};
    guint k;

    for (k = 0; k < 2; k++) {
        adp_pseudonyms *names = adp_pseudonyms_new(keys[k]);
        GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        guint i;

        for (i = 0; i < 256 * 2 + 300; i++) {
            char *address = i < 512 ? g_strdup_printf("10.0.%u.%u", i / 256, i % 256)
                                    : g_strdup_printf("11.%u.0.7", i - 512);
            char *text = i < 512 + 256 ? shown(names, NAME, address) : g_strdup(address);

            if (i < 512 + 256) {
                g_assert_true(g_hostname_is_ip_address(text));
            }
            g_assert_true(g_hash_table_add(seen, text));
            g_free(address);
        }
        g_hash_table_unref(seen);
        adp_pseudonyms_free(names);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/pseudonym/forms", test_forms);
    g_test_add_func("/pseudonym/netbios", test_netbios);
    g_test_add_func("/pseudonym/key", test_key);
    g_test_add_func("/pseudonym/frozen", test_frozen);
    g_test_add_func("/pseudonym/addresses", test_addresses_are_different);
    return g_test_run();
}
