/* test_h2.c
 * HTTP/2 as bytes: frames, header blocks that may matter, and headers as lines.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "wire/h2.h"

#include <string.h>

#define PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

/* A block of digits as bytes, in memory of just that size. */
static guint8 *bytes_of(const char *hex, gsize *len)
{
    guint8 *bytes = g_malloc(MAX(strlen(hex) / 2, (gsize)1));

    for (*len = 0; *hex; hex += 2) {
        bytes[(*len)++] =
            (guint8)(g_ascii_xdigit_value(hex[0]) << 4 | g_ascii_xdigit_value(hex[1]));
    }
    return bytes;
}

static void test_heads(void)
{
    static const guint8 head[] = {0x01, 0x02, 0x03, 1, 5, 0x80, 0, 0, 7};
    adp_h2_head h;

    g_assert_true(adp_h2_head_at(head, sizeof(head), &h));
    g_assert_cmpuint(h.length, ==, 0x010203);
    g_assert_cmpuint(h.type, ==, ADP_H2_HEADERS);
    g_assert_cmpuint(h.flags, ==, ADP_H2_END_HEADERS | ADP_H2_END_STREAM);
    g_assert_cmpuint(h.stream, ==, 7); /* without the bit that is reserved */
    g_assert_false(adp_h2_head_at(head, sizeof(head) - 1, &h));
    g_assert_false(adp_h2_head_at((const guint8 *)PREFACE, strlen(PREFACE), &h));
}

/* Blocks as nghttp2 packs them, but for those that say otherwise. */
static void test_may_matter(void)
{
    static const struct {
        const char *what;
        guint flags; /* beside END_HEADERS */
        const char *block;
        gboolean matters;
    } rows[] = {
        {"nothing", 0, "", FALSE},
        {"/autodiscover/autodiscover.xml, to be indexed", 0,
         "44956076a4f219043f72d8c0ed49e432087ee5b17f34d1", TRUE},
        {"never indexed", 0, "04956076a4f219043f72d8c0ed49e432087ee5b17f34d1", TRUE},
        {"/Autodiscover", 0, "0489621b52790c821fb96c", TRUE},
        {"/aUtodiscover", 0, "0489607c12790c821fb96c", TRUE},
        {"/AUTODISCOVER/", 0, "048c621e1bf55fc9baf6ae3836b1", TRUE},
        {"not packed, name in full", 0,
         "00017803"
         "2f4155",
         TRUE},
        {"/index.html of the table", 0, "85", FALSE},
        {"a path that was there before", 0, "bf", FALSE},
        {"/sample/path", 0, "040c2f73616d706c652f70617468", FALSE},
        {"a letter short", 0, "04022f61", FALSE},
        {"a packed letter short", 0, "04826076", FALSE},
        {"GET of the table, a host", 0, "8286410f7777772e6578616d706c652e636f6d", FALSE},
        {"CONNECT", 0, "0207434f4e4e454354", TRUE},
        {"credentials", 0,
         "1f0803"
         "616263",
         TRUE},
        {"a challenge", 0,
         "0f2e03"
         "616263",
         TRUE},
        {"a challenge, indexed", 0,
         "7d03"
         "616263",
         TRUE},
        {"a proxy's", 0,
         "0f2103"
         "616263",
         TRUE},
        {"credentials, name in full", 0, "000d617574686f72697a6174696f6e03616263", TRUE},
        {"another name in full", 0, "0003666f6f03616263", FALSE},
        {"another size of the table", 0, "3fe11f85", FALSE},
        {"padded", ADP_H2_PADDED, "02850000", FALSE},
        {"padding that is all of it", ADP_H2_PADDED, "0985", FALSE},
        {"priority", ADP_H2_PRIORITY, "000000010785", FALSE},
        {"priority, and a path", ADP_H2_PRIORITY, "000000010704032f4155", TRUE},
        {"longer than it is", 0, "040c2f73", TRUE},
        {"a number without an end", 0, "ffffffffffffff", TRUE},
        {"a number that is cut", 0, "7f80", TRUE},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        gsize len;
        guint8 *block = bytes_of(rows[i].block, &len);
        guint8 *frame = g_malloc0(ADP_H2_HEAD_LEN + len);
        gboolean whole;

        frame[2] = (guint8)len;
        frame[3] = ADP_H2_HEADERS;
        frame[4] = (guint8)(ADP_H2_END_HEADERS | rows[i].flags);
        memcpy(frame + ADP_H2_HEAD_LEN, block, len);
        whole = adp_h2_may_matter(frame, ADP_H2_HEAD_LEN + len);
        check_int(rows[i].what, "matters", whole, rows[i].matters);
        /* Not here yet: it is looked at when it is. */
        g_assert_false(len && adp_h2_may_matter(frame, ADP_H2_HEAD_LEN + len - 1));
        /* It goes on: what is in the rest is not known. */
        frame[4] = (guint8)rows[i].flags;
        g_assert_true(adp_h2_may_matter(frame, ADP_H2_HEAD_LEN + len));
        /* As a body it is nothing. */
        frame[3] = ADP_H2_DATA;
        g_assert_false(adp_h2_may_matter(frame, ADP_H2_HEAD_LEN + len));
        g_free(frame);
        g_free(block);
    }
}

static void test_may_matter_in_a_row(void)
{
    static const guint8 frames[] = PREFACE "\0\0\0\4\0\0\0\0\0"     /* SETTINGS */
                                           "\0\0\1\1\5\0\0\0\1\x85" /* HEADERS, /index.html */
                                           "\0\0\5\1\5\0\0\0\3\4\3/au";

    g_assert_true(adp_h2_may_matter(frames, sizeof(frames) - 1));
    g_assert_false(adp_h2_may_matter(frames, sizeof(frames) - 2));
    g_assert_false(adp_h2_may_matter(frames, strlen(PREFACE)));
    g_assert_false(adp_h2_may_matter(frames, 0));
}

static void put(GByteArray *out, const char *text, gsize len)
{
    const guint8 size[] = {0, 0, (guint8)(len >> 8), (guint8)len};

    g_byte_array_append(out, size, 4);
    g_byte_array_append(out, (const guint8 *)text, (guint)len);
}

/* Of names and values, NULL at the end. */
static GByteArray *pairs_of(const char *const *texts)
{
    GByteArray *out = g_byte_array_new();

    for (; *texts; texts++) {
        put(out, *texts, strlen(*texts));
    }
    return out;
}

static void test_texts(void)
{
    static const struct {
        const char *what;
        const char *texts[15];
        const char *expected; /* NULL: none */
        gboolean reply;
        gboolean trailers;
        guint status;
        gboolean encoded;
        gint64 length; /* -1: not told */
    } rows[] = {
        {"a request",
         {":method", "POST", ":scheme", "https", ":authority", "mail.contoso.test", ":path", "/a",
          "content-length", "120", "authorization", "Negotiate x", NULL},
         "POST /a HTTP/1.1\r\nHost: mail.contoso.test\r\nauthorization: Negotiate x\r\n",
         FALSE,
         FALSE,
         0,
         FALSE,
         120},
        {"its order is free",
         {"x", "1", ":path", "/a", ":method", "GET", NULL},
         "GET /a HTTP/1.1\r\nx: 1\r\n",
         FALSE,
         FALSE,
         0,
         FALSE,
         -1},
        {"a tunnel",
         {":method", "CONNECT", ":authority", "mail.contoso.test:443", NULL},
         "CONNECT mail.contoso.test:443 HTTP/1.1\r\nHost: mail.contoso.test:443\r\n",
         FALSE,
         FALSE,
         0,
         FALSE,
         -1},
        {"a reply",
         {":status", "401", "www-authenticate", "Negotiate", "www-authenticate", "NTLM",
          "content-encoding", "gzip", NULL},
         "HTTP/1.1 401\r\nwww-authenticate: Negotiate\r\nwww-authenticate: NTLM\r\n",
         TRUE,
         FALSE,
         401,
         TRUE,
         -1},
        {"not encoded",
         {":status", "200", "content-encoding", "identity", "transfer-encoding", "chunked", NULL},
         "HTTP/1.1 200\r\n",
         TRUE,
         FALSE,
         200,
         FALSE,
         -1},
        {"no number", {":status", "20x", NULL}, "HTTP/1.1 000\r\n", TRUE, FALSE, 0, FALSE, -1},
        {"lines within",
         {":method", "GET", ":path", "/a", "x", "1\r\nHost: evil.test", "y\n", "2", "", "3", NULL},
         "GET /a HTTP/1.1\r\n",
         FALSE,
         FALSE,
         0,
         FALSE,
         -1},
        {"a path that is lines",
         {":method", "GET", ":path", "/a\r\nX: y", NULL},
         NULL,
         FALSE,
         FALSE,
         0,
         FALSE,
         -1},
        {"trailers", {"x-checked", "yes", NULL}, NULL, FALSE, TRUE, 0, FALSE, -1},
        {"no path", {":method", "GET", NULL}, NULL, FALSE, FALSE, 0, FALSE, -1},
        {"nothing", {NULL}, NULL, FALSE, TRUE, 0, FALSE, -1},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        GByteArray *pairs = pairs_of(rows[i].texts);
        adp_h2_message told;
        GString *text = adp_h2_text(pairs->data, pairs->len, &told);
        guint cut;

        check_str(rows[i].what, "text", text ? text->str : NULL, rows[i].expected);
        check_int(rows[i].what, "reply", told.reply, rows[i].reply);
        check_int(rows[i].what, "trailers", told.trailers, rows[i].trailers);
        check_int(rows[i].what, "status", (int)told.status, (int)rows[i].status);
        check_int(rows[i].what, "encoded", told.encoded, rows[i].encoded);
        check_int(rows[i].what, "length", told.has_length ? (int)told.length : -1,
                  (int)rows[i].length);
        if (text) {
            g_string_free(text, TRUE);
        }
        /* Cut anywhere, it reads no further. */
        for (cut = 0; cut < pairs->len; cut++) {
            guint8 *part = cut ? g_memdup2(pairs->data, cut) : g_malloc(1);

            text = adp_h2_text(part, cut, &told);
            if (text) {
                g_string_free(text, TRUE);
            }
            g_free(part);
        }
        g_byte_array_unref(pairs);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/h2/heads", test_heads);
    g_test_add_func("/h2/may-matter", test_may_matter);
    g_test_add_func("/h2/may-matter-in-a-row", test_may_matter_in_a_row);
    g_test_add_func("/h2/texts", test_texts);
    return g_test_run();
}
