/* test_dns_name.c
 * Names in the encoding of RFC 1035, and those that stand for addresses.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "wire/address.h"
#include "wire/dns_name.h"
#include "wire/limits.h"

#include <string.h>

typedef struct {
    const char *row;
    const char *message;
    gsize len;
    gsize offset;
    gsize want_end; /* 0: damaged */
    const char *want;
} name_row;

#define BYTES(text) text, sizeof(text) - 1

static const name_row name_rows[] = {
    {"root", BYTES("\0"), 0, 1, ""},
    {"one label", BYTES("\3abc\0"), 0, 5, "abc"},
    {"two labels", BYTES("\3abc\4test\0"), 0, 10, "abc.test"},
    {"more behind", BYTES("\3abc\0\3def\0"), 0, 5, "abc"},
    {"at an offset", BYTES("xx\3abc\0"), 2, 7, "abc"},
    {"case is kept", BYTES("\3AbC\0"), 0, 5, "AbC"},
    {"dot in a label", BYTES("\3a.b\4test\0"), 0, 10, "a\\.b.test"},
    {"backslash", BYTES("\3a\\b\0"), 0, 5, "a\\\\b"},
    {"blank", BYTES("\3a b\0"), 0, 5, "a\\032b"},
    {"control and DEL", BYTES("\2\1\x7f\0"), 0, 4, "\\001\\127"},
    {"utf-8", BYTES("\2\xc3\xbc\0"), 0, 4, "\xc3\xbc"},
    {"latin-1", BYTES("\1\xfc\0"), 0, 3, "\\252"},
    /* Valid, but not printable: a name must not turn the rest of a line around. */
    {"C1 control in utf-8", BYTES("\2\xc2\x85\0"), 0, 4, "\\194\\133"},
    {"right-to-left override", BYTES("\3\xe2\x80\xae\0"), 0, 5, "\\226\\128\\174"},
    {"pointer", BYTES("\4test\0\3abc\xc0\0"), 6, 12, "abc.test"},
    {"only a pointer", BYTES("\4test\0\xc0\0"), 6, 8, "test"},
    {"pointer to a pointer", BYTES("\4test\0\2dc\xc0\0\3abc\xc0\6"), 11, 17, "abc.dc.test"},
    {"pointer to a root", BYTES("\0\3abc\xc0\0"), 1, 7, "abc"},
    {"pointer into a name", BYTES("\3abc\4test\0\xc0\4"), 10, 12, "test"},
    {"pointer to itself", BYTES("\xc0\0"), 0, 0, ""},
    {"pointer forward", BYTES("\xc0\2\3abc\0"), 0, 0, ""},
    {"pointer into its own name", BYTES("\3abc\xc0\0"), 0, 0, "abc"},
    {"two pointers at each other", BYTES("\xc0\2\xc0\0"), 2, 0, ""},
    {"pointer behind the end", BYTES("\3abc\xff\xff"), 0, 0, "abc"},
    {"half a pointer", BYTES("\3abc\xc0"), 0, 0, "abc"},
    {"label type 01", BYTES("\x41x\0"), 0, 0, ""},
    {"label type 10", BYTES("\x81x\0"), 0, 0, ""},
    {"no end", BYTES("\3abc"), 0, 0, "abc"},
    {"label cut short", BYTES("\3ab"), 0, 0, ""},
    {"offset at the end", BYTES("\0"), 1, 0, ""},
    {"offset behind the end", BYTES("\0"), 9, 0, ""},
    {"nothing", "", 0, 0, 0, ""},
};

/* Is it spelled as on the wire, and not the root? Then the short way gives the same. */
static gboolean is_plain(const char *name)
{
    const char *at;

    for (at = name; *at > ' ' && *at < 0x7f && *at != '\\'; at++) {
    }
    return *name && !*at;
}

static void check_plain(const name_row *row, const guint8 *message)
{
    char plain[ADP_MAX_DNS_NAME + 1];
    gsize end = adp_dns_name_plain(message, row->len, row->offset, plain);

    check_int(row->row, "plain", (gint64)end, is_plain(row->want) ? (gint64)row->want_end : 0);
    if (end) {
        check_str(row->row, "plain name", plain, row->want);
    }
}

static void test_names(void)
{
    GString *out = g_string_new("left over");
    guint i;

    for (i = 0; i < G_N_ELEMENTS(name_rows); i++) {
        const name_row *row = &name_rows[i];
        guint8 *exact = g_memdup2(row->message, row->len);

        check_int(row->row, "end", (gint64)adp_dns_name(exact, row->len, row->offset, out),
                  (gint64)row->want_end);
        check_str(row->row, "name", out->str, row->want);
        check_int(row->row, "skip", (gint64)adp_dns_name_skip(exact, row->len, row->offset),
                  (gint64)row->want_end);
        check_plain(row, exact);
        g_free(exact);
    }
    g_string_free(out, TRUE);
}

/* A name is at most 255 bytes on the wire, pointers or not. */
static void test_length(void)
{
    GByteArray *message = g_byte_array_new();
    GString *out = g_string_new(NULL);
    char plain[ADP_MAX_DNS_NAME + 1];
    guint8 label[64];
    guint i;

    memset(label, 'a', sizeof(label));
    label[0] = 63;
    for (i = 0; i < 3; i++) {
        g_byte_array_append(message, label, 64);
    }
    label[0] = 61;
    g_byte_array_append(message, label, 62);
    g_byte_array_append(message, (const guint8 *)"", 1);
    g_assert_cmpuint(message->len, ==, 255);
    g_assert_cmpuint(adp_dns_name(message->data, message->len, 0, out), ==, 255);
    g_assert_cmpuint(out->len, ==, 253);
    g_assert_cmpuint(adp_dns_name_plain(message->data, message->len, 0, plain), ==, 255);
    g_assert_cmpstr(plain, ==, out->str);

    /* One more label in front: too long only when the rest is taken along. */
    i = message->len;
    g_byte_array_append(message, (const guint8 *)"\1b\xc0\0", 4);
    g_assert_cmpuint(adp_dns_name(message->data, message->len, i, out), ==, 0);
    g_assert_cmpuint(adp_dns_name_skip(message->data, message->len, i), ==, 0);
    g_assert_cmpuint(adp_dns_name_plain(message->data, message->len, i, plain), ==, 0);
    g_string_free(out, TRUE);
    g_byte_array_unref(message);
}

/* A long chain of pointers, each a step back, ends; it costs no more than its length. */
static void test_chain(void)
{
    const gsize len = 16382;
    guint8 *message = g_malloc0(len);
    GString *out = g_string_new(NULL);
    gsize i;

    for (i = 2; i + 1 < len; i += 2) {
        message[i] = (guint8)(0xc0 | ((i - 2) >> 8));
        message[i + 1] = (guint8)(i - 2);
    }
    g_assert_cmpuint(adp_dns_name(message, len, len - 2, out), ==, len);
    g_assert_cmpstr(out->str, ==, "");
    g_string_free(out, TRUE);
    g_free(message);
}

static void test_prefixes(void)
{
    static const char whole[] = "\4test\0\2dc\xc0\0\3abc\xc0\6";
    GString *out = g_string_new(NULL);
    gsize len;

    for (len = 0; len < sizeof(whole) - 1; len++) {
        guint8 *exact = g_memdup2(whole, len);

        /* The last name needs all of it. */
        g_assert_cmpuint(adp_dns_name(exact, len, 11, out), ==, 0);
        g_assert_cmpuint(adp_dns_name_skip(exact, len, 11), ==, 0);
        g_free(exact);
    }
    g_string_free(out, TRUE);
}

/* RFC 1035 3.5 and RFC 3596 2.5, and what is like such names and is none. */
static void test_reverse(void)
{
#define HALF "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0."
    static const struct {
        const char *name;
        const char *want; /* the bytes; "" for none */
    } rows[] = {
        {"1.2.0.10.in-addr.arpa", "0a000201"},
        {"255.0.168.192.IN-ADDR.ARPA", "c0a800ff"},
        {"2.0.10.in-addr.arpa", ""},
        {"1.1.2.0.10.in-addr.arpa", ""},
        {"256.2.0.10.in-addr.arpa", ""},
        {"0001.2.0.10.in-addr.arpa", ""},
        {".2.0.10.in-addr.arpa", ""},
        {"a.2.0.10.in-addr.arpa", ""},
        {"1.2.0.10.in-addr.arpa.corp.test", ""},
        {"1-2.2.0.10.in-addr.arpa", ""},
        {"in-addr.arpa", ""},
        {"", ""},
        {"1." HALF HALF "f.ip6.arpa", "f0000000000000000000000000000001"},
        {"B.1." HALF "0.0.0.0.0.0.0.0.0.0.0.8.D.F.ip6.arpa", ""},
        {"1." HALF HALF "f.0.ip6.arpa", ""},
        {"1." HALF HALF "g.ip6.arpa", ""},
        {"1." HALF HALF "ff.ip6.arp", ""},
        {"b.a.9.8.7.6.5.4.3.2.1.0.f.e.d.c.B.A.9.8.7.6.5.4.3.2.1.0.f.e.d.c.IP6.ARPA",
         "cdef0123456789abcdef0123456789ab"},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        GString *said = g_string_new(NULL);
        guint8 bytes[16];
        guint8 len = adp_address_of_reverse(rows[i].name, bytes);
        guint n;

        for (n = 0; n < len; n++) {
            g_string_append_printf(said, "%02x", bytes[n]);
        }
        check_str(rows[i].name, "address", said->str, rows[i].want);
        g_string_free(said, TRUE);
    }
}

int main(int argc, char **argv)
{
    test_init(&argc, &argv);
    g_test_add_func("/dns-name/names", test_names);
    g_test_add_func("/dns-name/length", test_length);
    g_test_add_func("/dns-name/chain", test_chain);
    g_test_add_func("/dns-name/prefixes", test_prefixes);
    g_test_add_func("/dns-name/reverse", test_reverse);
    return g_test_run();
}
