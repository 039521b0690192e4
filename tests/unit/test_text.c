/* test_text.c
 * Packet bytes as text, and small formatting.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "wire/arena.h"
#include "wire/text.h"

#include <string.h>

static void test_text(void)
{
    static const struct {
        const char *row;
        const char *bytes;
        gsize len;
        const char *want;
    } rows[] = {
        {"empty", "", 0, ""},
        {"ascii", "dc1.contoso.test", 16, "dc1.contoso.test"},
        {"part", "abcdef", 3, "abc"},
        {"trailing NULs", "abc\0\0", 5, "abc"},
        {"only NULs", "\0\0\0", 3, ""},
        {"NUL inside", "a\0b", 3, "a\\x00b"},
        {"control", "a\nb\x1b[31m", 8, "a\\x0ab\\x1b[31m"},
        {"DEL", "a\x7f", 2, "a\\x7f"},
        {"utf-8", "Z\xc3\xbcrich", 7, "Z\xc3\xbcrich"},
        {"latin-1", "Z\xfcrich", 6, "Z\\xfcrich"},
        {"cut utf-8", "Z\xc3", 2, "Z\\xc3"},
        {"overlong", "\xc0\xaf", 2, "\\xc0\\xaf"},
        {"surrogate", "\xed\xa0\x80", 3, "\\xed\\xa0\\x80"},
        {"C1 control", "\xc2\x85", 2, "\\xc2\\x85"},
        {"right-to-left override",
         "a\xe2\x80\xae"
         "b",
         5,
         "a\\xe2\\x80\\xae"
         "b"},
        {"zero width", "\xe2\x80\x8b", 3, "\\xe2\\x80\\x8b"},
        {"line separator", "\xe2\x80\xa8", 3, "\\xe2\\x80\\xa8"},
        {"paragraph separator", "\xe2\x80\xa9", 3, "\\xe2\\x80\\xa9"},
        {"markup stays data", "<b>&'\"", 6, "<b>&'\""},
    };
    adp_arena *arena = adp_arena_new();
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        /* In memory of just that size, so that reading on is noticed. */
        guint8 *exact = g_memdup2(rows[i].bytes, rows[i].len);
        GString *out = g_string_new(">");
        char *appended;

        check_str(rows[i].row, "text", adp_text(arena, exact, rows[i].len), rows[i].want);
        adp_text_append(out, exact, rows[i].len);
        appended = g_strconcat(">", rows[i].want, NULL);
        check_str(rows[i].row, "appended", out->str, appended);
        g_free(appended);
        g_string_free(out, TRUE);
        g_free(exact);
    }
    adp_arena_free(arena);
}

static void test_text_bound(void)
{
    static const gsize lengths[] = {ADP_TEXT_MAX - 1, ADP_TEXT_MAX, ADP_TEXT_MAX + 1, 1000000};
    adp_arena *arena = adp_arena_new();
    guint i;

    for (i = 0; i < G_N_ELEMENTS(lengths); i++) {
        gsize len = lengths[i];
        guint8 *bytes = g_malloc(len);
        const char *text;
        gboolean cut = len > ADP_TEXT_MAX;

        memset(bytes, 'a', len);
        text = adp_text(arena, bytes, len);
        g_assert_cmpuint(strlen(text), ==, cut ? ADP_TEXT_MAX + 3 : len);
        g_assert_cmpint(g_str_has_suffix(text, "..."), ==, cut);
        /* Bytes that swell when they are escaped are bounded all the same. */
        memset(bytes, 0x01, len);
        text = adp_text(arena, bytes, len);
        g_assert_cmpuint(strlen(text), <=, ADP_TEXT_MAX + 8);
        g_assert_true(g_str_has_suffix(text, "..."));
        g_free(bytes);
    }
    adp_arena_free(arena);
}

static void test_seconds(void)
{
    static const struct {
        gint64 ns;
        const char *want;
    } rows[] = {
        {0, "0.000000"},
        {1, "0.000000"},
        {-1, "0.000000"},
        {499, "0.000000"},
        {500, "0.000001"},
        {-500, "-0.000001"},
        {999999499, "0.999999"},
        {999999500, "1.000000"},
        {1500000000, "1.500000"},
        {-1500000000, "-1.500000"},
        {G_GINT64_CONSTANT(1700000000123456789), "1700000000.123457"},
        {G_MAXINT64, "9223372036.854776"},
        {G_MININT64, "-9223372036.854776"},
    };
    char buf[ADP_SECONDS_LEN];
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        check_str(rows[i].want, "seconds", adp_seconds(rows[i].ns, buf), rows[i].want);
    }
}

static void test_since(void)
{
    static const struct {
        gint64 a;
        gint64 b;
        gint64 want;
    } rows[] = {
        {5, 3, 2},
        {3, 5, -2},
        {G_MAXINT64, 0, G_MAXINT64},
        {G_MAXINT64, G_MAXINT64, 0},
        {G_MAXINT64, -1, G_MAXINT64},
        {G_MININT64, 1, G_MININT64},
        {G_MININT64, G_MAXINT64, G_MININT64},
        {G_MAXINT64, G_MININT64, G_MAXINT64},
        {0, G_MININT64, G_MAXINT64},
        {-1, G_MININT64, G_MAXINT64},
        {0, G_MAXINT64, -G_MAXINT64},
        {-1, G_MAXINT64, G_MININT64},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_assert_cmpint(adp_since(rows[i].a, rows[i].b), ==, rows[i].want);
    }
}

static void test_compare(void)
{
    g_assert_true(adp_same_text("_LDAP", "_ldap"));
    g_assert_true(adp_same_text("", ""));
    g_assert_true(adp_same_text(NULL, NULL));
    g_assert_false(adp_same_text(NULL, ""));
    g_assert_false(adp_same_text("", NULL));
    g_assert_false(adp_same_text("a", "ab"));
    g_assert_true(adp_has_prefix("Site=HQ", "site="));
    g_assert_true(adp_has_prefix("x", ""));
    g_assert_false(adp_has_prefix("Sit", "site="));
    g_assert_true(adp_has_suffix("a.Test.", "test."));
    g_assert_true(adp_has_suffix("x", ""));
    g_assert_false(adp_has_suffix("est", "test"));
}

static void test_mask(void)
{
    static const struct {
        const char *text;
        const char *want; /* NULL: nothing to mask */
    } rows[] = {
        {"", NULL},
        {"no address", NULL},
        {"alice@contoso.test", "<mailbox>"},
        {"for alice@contoso.test, now", "for <mailbox>, now"},
        {"(mail=alice@contoso.test)", "(mail=<mailbox>)"},
        {"(proxyAddresses=smtp:alice.b+tag@mail.contoso.test)", "(proxyAddresses=smtp:<mailbox>)"},
        {"<alice@contoso.test>", "<<mailbox>>"},
        {"\"alice@contoso.test\"", "\"<mailbox>\""},
        {"a@b.test b@c.test", "<mailbox> <mailbox>"},
        {"a@b.test,b@c.test;", "<mailbox>,<mailbox>;"},
        {"\xc3\xbcrsula@contoso.test", "<mailbox>"},
        {"alice@b\xc3\xbc"
         "cher.test",
         "<mailbox>"},
        {"o'hara_{x}@contoso.test", "<mailbox>"},
        /* Other spellings of a name and of the sign: in URLs, filters, DNS names. */
        {"\"alice b\"@contoso.test", "<mailbox>"},
        {"x?Email=alice%40contoso.test&y", "x?Email=<mailbox>&y"},
        {"(mail=anna@con*)", "(mail=<mailbox>*)"},
        {"(mail=anna@*)", "(mail=<mailbox>*)"},
        {"(cn=a@b)(cn=*)", NULL},
        {"(mail=alice\\40contoso.test)", "(mail=<mailbox>)"},
        {"alice\\064contoso.test", "<mailbox>"},
        {"100%40", NULL},
        {"https://a.test/json/v1.0/alice@contoso.test?P=1",
         "https://a.test/json/v1.0/<mailbox>?P=1"},
        {"https://a.test/b@c.test/d@e.test", "https://a.test/<mailbox>/<mailbox>"},
        {"https://alice@contoso.test/x", "https://<mailbox>/x"},
        /* Realms and hosts are no mail domains. */
        {"krbtgt/CONTOSO@CONTOSO", NULL},
        {"alice@localhost", NULL},
        {"@contoso.test", NULL},
        {"alice@", NULL},
        {"a @ b.test", NULL},
        {"@", NULL},
        {"@@@@", NULL},
        {"alice@host and bob@contoso.test", "alice@host and <mailbox>"},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *masked = adp_mask_mailboxes(rows[i].text);

        check_str(rows[i].text, "masked", masked, rows[i].want);
        if (masked) {
            /* Once is enough: what has been masked holds no address. */
            char *again = adp_mask_mailboxes(masked);

            check_str(rows[i].text, "masked twice", again, NULL);
            g_free(again);
        }
        g_free(masked);
    }
    g_assert_null(adp_mask_mailboxes(NULL));
}

/* Text of nothing but what an '@' may be spelled as: quadratic work would take hours. */
static void test_mask_bound(void)
{
    static const char *const parts[] = {"%40", "@", "\\40", "\"@", "https://a@", "/%40"};
    guint i;

    for (i = 0; i < G_N_ELEMENTS(parts); i++) {
        GString *text = g_string_new(NULL);

        while (text->len < 4000000) {
            g_string_append(text, parts[i]);
        }
        g_free(adp_mask_mailboxes(text->str));
        g_string_free(text, TRUE);
    }
}

int main(int argc, char **argv)
{
    test_init(&argc, &argv);
    g_test_add_func("/text/text", test_text);
    g_test_add_func("/text/text-bound", test_text_bound);
    g_test_add_func("/text/seconds", test_seconds);
    g_test_add_func("/text/since", test_since);
    g_test_add_func("/text/compare", test_compare);
    g_test_add_func("/text/mask", test_mask);
    g_test_add_func("/text/mask-bound", test_mask_bound);
    return g_test_run();
}
