/* test_url.c
 * URLs, Host headers and bindings taken apart; numbers and ports.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "wire/arena.h"
#include "wire/number.h"
#include "wire/ports.h"
#include "wire/text.h"
#include "wire/url.h"

#include <string.h>

/* In memory of just that size, so that reading on is noticed. */
static char *exact(const char *text, gsize len)
{
    return len ? g_memdup2(text, len) : g_malloc(1);
}

static void check_place(const char *row, const adp_url *url, const char *host, int port)
{
    check_str(row, "host", url->host, host);
    check_int(row, "port", url->port, port);
}

static void test_urls(void)
{
    static const struct {
        const char *url;
        const char *host; /* NULL: refused */
        int port;
        const char *path;
    } rows[] = {
        {"https://mail.contoso.test/a/b.xml", "mail.contoso.test", 443, "/a/b.xml"},
        {"http://mail.contoso.test", "mail.contoso.test", 80, ""},
        {"https://Mail.Contoso.TEST:8443/EWS", "mail.contoso.test", 8443, "/EWS"},
        {"HTTPS://mail.contoso.test/", "mail.contoso.test", 443, "/"},
        {"https://mail.contoso.test./x", "mail.contoso.test", 443, "/x"},
        {"https://mail.contoso.test:/x", "mail.contoso.test", 443, "/x"},
        {"https://mail.contoso.test?q=/x", "mail.contoso.test", 443, ""},
        {"https://mail.contoso.test#x", "mail.contoso.test", 443, ""},
        {"https://mail.contoso.test/x?q=1#f", "mail.contoso.test", 443, "/x"},
        {"https://mail:0443/", "mail", 443, "/"},
        {"https://mail:0/", "mail", 0, "/"},
        {"https://mail:65535/", "mail", 65535, "/"},
        {"https://10.0.0.1/", "10.0.0.1", 443, "/"},
        {"https://my_host-1/", "my_host-1", 443, "/"},
        {"https://z\xc3\xbcrich.test/", "z\xc3\xbcrich.test", 443, "/"},
        /* directories */
        {"LDAP://dc1.fabrikam.test", "dc1.fabrikam.test", 389, ""},
        {"LDAP://dc1.fabrikam.test:3268/DC=fabrikam,DC=test", "dc1.fabrikam.test", 3268,
         "/DC=fabrikam,DC=test"},
        {"ldaps://dc1/", "dc1", 636, "/"},
        {"GC://dc1", "dc1", 3268, ""},
        {"net.tcp://app:808/x", "app", 808, "/x"},
        {"net.tcp://app/x", "app", 0, "/x"},
        {"LDAP://CN=Autodiscover,DC=fabrikam,DC=test", NULL, 0, NULL}, /* no server in it */
        {"LDAP:///DC=test", NULL, 0, NULL},
        /* IPv6 */
        {"https://[2001:db8::20]/", "2001:db8::20", 443, "/"},
        {"https://[2001:DB8:0:0:0:0:0:20]:8443/x", "2001:db8::20", 8443, "/x"},
        {"https://[::1]", "::1", 443, ""},
        {"https://[::]/", "::", 443, "/"},
        {"https://[1::]/", "1::", 443, "/"},
        {"https://[1:0:0:2::3]/", "1:0:0:2::3", 443, "/"},
        {"https://[1:0:2:3:4:5:6:7]/", "1:0:2:3:4:5:6:7", 443, "/"},
        {"https://[::ffff:10.0.0.1]/", "::ffff:10.0.0.1", 443, "/"},
        {"https://[64:ff9b::10.0.0.1]/", "64:ff9b::a00:1", 443, "/"},
        {"https://[fe80::1%25eth0]/", NULL, 0, NULL},
        {"https://[fe80::1%eth0]/", NULL, 0, NULL},
        {"https://2001:db8::20/", NULL, 0, NULL},
        {"https://[2001:db8::20/", NULL, 0, NULL},
        {"https://[2001:db8::20]443/", NULL, 0, NULL},
        {"https://[]/", NULL, 0, NULL},
        {"https://[1:2:3:4:5:6:7]/", NULL, 0, NULL},
        {"https://[1:2:3:4:5:6:7:8:9]/", NULL, 0, NULL},
        {"https://[1:2:3:4:5:6:7:8:]/", NULL, 0, NULL},
        {"https://[1:2:3:4:5:6:7:8::]/", NULL, 0, NULL},
        {"https://[:::1]/", NULL, 0, NULL},
        {"https://[::1::]/", NULL, 0, NULL},
        {"https://[12345::]/", NULL, 0, NULL},
        {"https://[::1.2.3]/", NULL, 0, NULL},
        {"https://[::1.2.3.256]/", NULL, 0, NULL},
        {"https://[1:2:3:4:5:6:7:1.2.3.4]/", NULL, 0, NULL},
        {"https://[mail.contoso.test]/", NULL, 0, NULL},
        /* a user */
        {"https://anna:secret@mail.contoso.test/", "mail.contoso.test", 443, "/"},
        {"https://mail.contoso.test@evil.test:8443/", "evil.test", 8443, "/"},
        {"https://anna@[::1]/", "::1", 443, "/"},
        {"https://mail.contoso.test/anna@contoso.test", "mail.contoso.test", 443,
         "/anna@contoso.test"},
        {"https://a@b@c/", NULL, 0, NULL},
        {"https://@@@@/", NULL, 0, NULL},
        {"https://anna@/", NULL, 0, NULL},
        {"https://good.test\\@evil.test/", NULL, 0, NULL},
        {"https://good.test\\x@evil.test/", NULL, 0, NULL},
        /* damaged */
        {"https://mail:99999/", NULL, 0, NULL},
        {"https://mail:65536/", NULL, 0, NULL},
        {"https://mail:18446744073709551617/", NULL, 0, NULL},
        {"https://mail:-1/", NULL, 0, NULL},
        {"https://mail:+1/", NULL, 0, NULL},
        {"https://mail: 1/", NULL, 0, NULL},
        {"https://mail:44x/", NULL, 0, NULL},
        {"https://mail:4:4/", NULL, 0, NULL},
        {"https:///x", NULL, 0, NULL},
        {"https://", NULL, 0, NULL},
        {"https://:443/", NULL, 0, NULL},
        {"https://./", NULL, 0, NULL},
        {"https://../", NULL, 0, NULL},
        {"https://a..b/", NULL, 0, NULL},
        {"https://.a/", NULL, 0, NULL},
        {"https://ma il/", NULL, 0, NULL},
        {"https://ma\\x00il/", NULL, 0, NULL},
        {"https://ma%2eil/", NULL, 0, NULL},
        {"https://ma\x01il/", NULL, 0, NULL},
        {"https://ma\xffil/", NULL, 0, NULL},
        {"https://ma\xe2\x80\xaeil/", NULL, 0, NULL},
        {"https:/mail/", NULL, 0, NULL},
        {"mail.contoso.test/x", NULL, 0, NULL},
        {"//mail.contoso.test/x", NULL, 0, NULL},
        {"://mail/", NULL, 0, NULL},
        {"1http://mail/", NULL, 0, NULL},
        {"ht tp://mail/", NULL, 0, NULL},
        {" https://mail/", NULL, 0, NULL},
        {"/https://mail/", NULL, 0, NULL},
        {"", NULL, 0, NULL},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *row = rows[i].url;
        gsize len = strlen(row);
        char *text = exact(row, len);
        char *host = adp_url_host(row);
        adp_url url;
        gboolean is = adp_url_parse(text, len, &url);

        check_int(row, "accepted", is, rows[i].host != NULL);
        check_str(row, "adp_url_host()", host, rows[i].host);
        check_int(row, "adp_url_port()", adp_url_port(row), rows[i].port);
        if (is && rows[i].host) {
            char *path = g_strndup(url.path, url.path_len);

            check_place(row, &url, rows[i].host, rows[i].port);
            check_str(row, "path", path, rows[i].path);
            check_int(row, "query", url.has_query, strpbrk(row, "?#") != NULL);
            g_free(path);
        }
        g_free(host);
        g_free(text);
    }
}

static void test_nul_and_null(void)
{
    static const char nul[] = "https://mail\0.test/";
    adp_url url;

    g_assert_false(adp_url_parse(nul, sizeof(nul) - 1, &url));
    g_assert_false(adp_url_parse_place("ma\0il", 5, &url));
    g_assert_false(adp_url_parse("ht\0tps://mail/", 14, &url));
    g_assert_true(adp_url_parse(nul, strlen(nul), &url));
    check_str("until the NUL", "host", url.host, "mail");
    g_assert_null(adp_url_host(NULL));
    check_int("NULL", "port", adp_url_port(NULL), 0);
}

/* Every beginning of a URL, in memory of just that size. */
static void test_cut(void)
{
    static const char *const texts[] = {"https://anna:pw@[2001:db8::ffff:10.0.0.1]:8443/x?y#z",
                                        "LDAP://dc1.contoso.test:3268/DC=test", "https://a@b@c/"};
    adp_arena *arena = adp_arena_new();
    guint i;

    for (i = 0; i < G_N_ELEMENTS(texts); i++) {
        gsize len;

        for (len = 0; len <= strlen(texts[i]); len++) {
            char *text = exact(texts[i], len);
            adp_url url;

            (void)adp_url_parse(text, len, &url);
            (void)adp_url_parse_place(text, len, &url);
            g_assert_null(strstr(adp_url_shown(arena, text, len), "pw@"));
            g_free(text);
        }
    }
    adp_arena_free(arena);
}

static void test_huge(void)
{
    adp_arena *arena = adp_arena_new();
    GString *text = g_string_new("https://");
    adp_url url;
    gsize n;

    for (n = 0; n < ADP_URL_HOST_MAX; n++) {
        g_string_append_c(text, n % 60 == 59 ? '.' : 'a');
    }
    g_assert_true(adp_url_parse(text->str, text->len, &url));
    check_int("longest", "length", (gint64)strlen(url.host), ADP_URL_HOST_MAX);
    g_string_append(text, ".");
    g_assert_true(adp_url_parse(text->str, text->len, &url));
    g_string_append(text, "a");
    g_assert_false(adp_url_parse(text->str, text->len, &url));
    for (n = 0; n < 1000000; n++) {
        g_string_append(text, n % 3 ? "@" : ":");
    }
    g_assert_false(adp_url_parse(text->str, text->len, &url));
    g_assert_cmpuint(strlen(adp_url_shown(arena, text->str, text->len)), <=, ADP_TEXT_MAX + 16);
    g_string_free(text, TRUE);
    adp_arena_free(arena);
}

static void test_places(void)
{
    static const struct {
        const char *place;
        const char *host; /* NULL: refused */
        int port;
    } rows[] = {
        {"Mail.contoso.test", "mail.contoso.test", 0},
        {"mail.contoso.test.:8080", "mail.contoso.test", 8080},
        {"[::1]:443", "::1", 443},
        {"[::1]", "::1", 0},
        {"::1", "::1", 0},
        {"2001:DB8::20", "2001:db8::20", 0},
        {"10.0.0.1:80", "10.0.0.1", 80},
        {"mail:", "mail", 0},
        {"anna@mail", NULL, 0},
        {"anna:pw@mail:80", NULL, 0},
        {"mail/x", NULL, 0},
        {"mail:99999", NULL, 0},
        {":80", NULL, 0},
        {"", NULL, 0},
        {"a b", NULL, 0},
        {"https://mail", NULL, 0},
        {"fe80::1%eth0", NULL, 0},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *row = rows[i].place;
        char *text = exact(row, strlen(row));
        adp_url url;
        gboolean is = adp_url_parse_place(text, strlen(row), &url);

        check_int(row, "accepted", is, rows[i].host != NULL);
        if (is && rows[i].host) {
            check_place(row, &url, rows[i].host, rows[i].port);
        }
        g_free(text);
    }
}

static void test_shown(void)
{
    static const struct {
        const char *text;
        const char *want;
    } rows[] = {
        {"https://Mail.contoso.test:8443/a/B?token=secret#x", "https://Mail.contoso.test:8443/a/B"},
        {"https://anna:secret@mail/x", "https://mail/x"},
        {"https://CONTOSO\\anna:secret@mail/x", "https://mail/x"},
        {"https://a@secret@mail/x", "https://mail/x"},
        {"https://anna:sec/ret@mail/x", "https://mail/x"},
        {"https://anna:sec?ret@mail/x", "https://mail/x"},
        {"//anna:secret@mail/x", "//mail/x"},
        {"https://mail/anna@contoso.test", "https://mail/anna@contoso.test"},
        {"https://mail:99999/x", "https://mail:99999/x"},
        {"https://[::1]/x@y", "https://[::1]/x@y"},
        {"/owa/?token=secret", "/owa/"},
        {"@@@@", "@@@@"},
        {"https://@@@@", "https://"},
        {"https://ma\nil/", "https://ma\\x0ail/"},
        {"", ""},
    };
    adp_arena *arena = adp_arena_new();
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *text = exact(rows[i].text, strlen(rows[i].text));

        check_str(rows[i].text, "shown", adp_url_shown(arena, text, strlen(rows[i].text)),
                  rows[i].want);
        g_free(text);
    }
    adp_arena_free(arena);
}

static void test_append(void)
{
    GString *out = g_string_new(NULL);

    adp_url_append_place(out, "mail", 0);
    adp_url_append_place(out, " mail", 80);
    adp_url_append_place(out, "::1", 443);
    check_str("places", "appended", out->str, "mail mail:80[::1]:443");
    g_string_free(out, TRUE);
}

static void test_numbers(void)
{
    static const struct {
        const char *text;
        guint64 max;
        gsize digits;
        guint64 value;
    } rows[] = {
        {"", 9, 0, 0},
        {"0", 0, 1, 0},
        {"1", 0, 0, 0},
        {"200 OK", 999, 3, 200},
        {"65535", 65535, 5, 65535},
        {"65536", 65535, 0, 0},
        {"000065535", 65535, 9, 65535},
        {"-1", 65535, 0, 0},
        {"+1", 65535, 0, 0},
        {" 1", 65535, 0, 0},
        {"0x10", 65535, 1, 0},
        {"18446744073709551615", G_MAXUINT64, 20, G_MAXUINT64},
        {"18446744073709551616", G_MAXUINT64, 0, 0},
        {"99999999999999999999999", G_MAXUINT64, 0, 0},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        gsize len = strlen(rows[i].text);
        char *text = exact(rows[i].text, len);
        guint64 value = 0;

        check_int(rows[i].text, "digits", (gint64)adp_number_at(text, len, rows[i].max, &value),
                  (gint64)rows[i].digits);
        g_assert_cmpuint(value, ==, rows[i].value);
        check_int(rows[i].text, "all of it", adp_number(text, len, rows[i].max, &value),
                  rows[i].digits && rows[i].digits == len);
        g_free(text);
    }
}

static void test_only_scheme(void)
{
    static const struct {
        const char *a, *b;
        gboolean only;
    } rows[] = {
        {"https://a.test/x", "http://a.test/x", TRUE},
        {"http://A.test/x", "https://a.TEST/X", TRUE},
        {"https://a.test/x", "https://a.test/x", FALSE},
        {"https://a.test/x", "http://b.test/x", FALSE},
        {"https://a.test/x", "http://a.test/y", FALSE},
        {"https://a.test/x", "http://a.test/xy", FALSE},
        {"https://a.test/x", "http://a.test:8080/x", FALSE},
        {"https://a.test/x", "ldap://a.test/x", FALSE},
        {"https://a.test/x", "/x", FALSE},
        {"https://a.test/x", NULL, FALSE},
        {NULL, "https://a.test/x", FALSE},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        check_int(rows[i].b ? rows[i].b : "NULL", "only scheme",
                  adp_url_only_scheme_differs(rows[i].a, rows[i].b), rows[i].only);
    }
}

static void test_ports(void)
{
    static const struct {
        gboolean (*ask)(guint port);
        const char *name;
    } questions[] = {
        {adp_port_is_dns, "DNS"},
        {adp_port_is_kdc, "KDC"},
        {adp_port_is_kpasswd, "kpasswd"},
        {adp_port_is_dc, "DC"},
        {adp_port_is_ldap, "LDAP"},
        {adp_port_is_ldaps, "LDAPS"},
        {adp_port_takes_starttls, "StartTLS"},
        {adp_port_is_gc, "GC"},
        {adp_port_is_web, "web"},
    };
    static const struct {
        guint port;
        const char *serves;
        const char *yes; /* the questions that are answered so */
        guint without_tls;
        guint with_tls;
    } rows[] = {
        {53, "DNS", "DNS", 53, 53},
        {80, "HTTP", "web", 80, 80},
        {88, "Kerberos", "KDC DC", 88, 88},
        {389, "LDAP", "DC LDAP StartTLS", 389, 636},
        {443, "HTTPS", "web", 443, 443},
        {464, "password change (kpasswd)", "kpasswd", 464, 464},
        {636, "LDAP over TLS", "DC LDAP LDAPS", 389, 636},
        {3268, "global catalog", "DC LDAP StartTLS GC", 3268, 3269},
        {3269, "global catalog over TLS", "DC LDAP LDAPS GC", 3268, 3269},
        {0, NULL, "", 0, 0},
        {8443, NULL, "", 8443, 8443},
    };
    guint i;
    guint q;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint port = rows[i].port;
        char *row = g_strdup_printf("%u", port);
        char **yes = g_strsplit(rows[i].yes, " ", -1);

        check_str(row, "serves", adp_port_serves(port), rows[i].serves);
        for (q = 0; q < G_N_ELEMENTS(questions); q++) {
            check_int(row, questions[q].name, questions[q].ask(port),
                      g_strv_contains((const char *const *)yes, questions[q].name));
        }
        check_int(row, "without TLS", adp_port_without_tls((guint16)port), rows[i].without_tls);
        check_int(row, "with TLS", adp_port_with_tls((guint16)port), rows[i].with_tls);
        g_strfreev(yes);
        g_free(row);
    }
}

int main(int argc, char **argv)
{
    test_init(&argc, &argv);
    g_test_add_func("/url/urls", test_urls);
    g_test_add_func("/url/nul-and-null", test_nul_and_null);
    g_test_add_func("/url/cut", test_cut);
    g_test_add_func("/url/huge", test_huge);
    g_test_add_func("/url/places", test_places);
    g_test_add_func("/url/shown", test_shown);
    g_test_add_func("/url/append", test_append);
    g_test_add_func("/url/numbers", test_numbers);
    g_test_add_func("/url/only-scheme", test_only_scheme);
    g_test_add_func("/url/ports", test_ports);
    return g_test_run();
}
