/* test_netlogon.c
 * Replies to an LDAP ping, of every form and cut anywhere.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "wire/arena.h"
#include "wire/netlogon.h"

#include <string.h>

/* NtVer bits, MS-ADTS 6.3.1.1. */
#define V1_V5      0x00000003U
#define V5EX       0x00000005U
#define WITH_IP    0x00000008U
#define WITH_CLOSE 0x00000010U

static void put(GByteArray *out, const void *bytes, guint len)
{
    g_byte_array_append(out, bytes, len);
}

static void put16(GByteArray *out, guint16 n)
{
    const guint8 bytes[] = {(guint8)n, (guint8)(n >> 8)};

    put(out, bytes, 2);
}

static void put32(GByteArray *out, guint32 n)
{
    put16(out, (guint16)n);
    put16(out, (guint16)(n >> 16));
}

/* Labels of `text`; `at` > 0: ended by a pointer to there. */
static void put_name(GByteArray *out, const char *text, guint at)
{
    char **labels = g_strsplit(text, ".", -1);
    guint i;

    for (i = 0; labels[i] && *labels[i]; i++) {
        const guint8 len = (guint8)strlen(labels[i]);

        put(out, &len, 1);
        put(out, labels[i], len);
    }
    g_strfreev(labels);
    if (at) {
        const guint8 pointer[] = {(guint8)(0xc0 | (at >> 8)), (guint8)at};

        put(out, pointer, 2);
    } else {
        put(out, "", 1);
    }
}

typedef struct {
    const char *row;
    guint16 opcode;
    guint32 flags;
    guint32 ntver;
    const char *user;
    const char *dc_site;
    const char *client_site; /* "=": a pointer to the DC's site */
    const char *next_site;   /* "=": likewise; NULL: the form has none */
} ex_row;

static const ex_row ex_rows[] = {
    {"plain", 23, 0x0001f3fd, V5EX, "", "HQ", "Branch", NULL},
    {"same site, compressed", 23, 0x0001f3fd, V5EX, "ws1$", "HQ", "=", NULL},
    {"empty client site", 23, 0x0001f37c, V5EX, "", "HQ", "", NULL},
    {"both sites empty", 23, 0, V5EX, "", "", "", NULL},
    {"with IP", 23, 0x0001f3fd, V5EX | WITH_IP, "", "HQ", "Branch", NULL},
    {"with next site", 23, 0x0001f37c, V5EX | WITH_CLOSE, "", "HQ", "Branch", "Near"},
    {"next site empty", 23, 0x0001f37c, V5EX | WITH_CLOSE, "", "HQ", "Branch", ""},
    {"next site compressed", 23, 0x0001f37c, V5EX | WITH_CLOSE, "", "HQ", "Branch", "="},
    {"IP and next site", 23, 0xe001f3fd, V5EX | WITH_IP | WITH_CLOSE, "", "HQ", "Branch", "Near"},
    {"asked for a next site, got none", 23, 0x3fd, V5EX | WITH_CLOSE, "", "HQ", "HQ2", NULL},
    {"paused", 24, 0x0001f3fd, V5EX, "", "HQ", "Branch", NULL},
    {"user unknown", 25, 0x0001f3fd, V5EX | WITH_IP, "ws1$", "HQ", "Branch", NULL},
    {"site beyond ASCII", 23, 0x3fd, V5EX, "", "Z\xc3\xbcrich", "=", NULL},
    {"every flag", 23, 0xffffffff, V5EX, "", "HQ", "=", NULL},
};

static GByteArray *make_ex(const ex_row *row)
{
    static const guint8 guid[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    static const guint8 sockaddr[17] = {16, 2, 0, 0, 0, 10, 0, 0, 1};
    GByteArray *out = g_byte_array_new();
    guint dc_site;

    put16(out, row->opcode);
    put16(out, 0);
    put32(out, row->flags);
    put(out, guid, 16);
    put_name(out, "contoso.test", 0); /* forest, at 24 */
    put_name(out, "corp", 24);        /* domain, at 38 */
    put_name(out, "dc1", 38);         /* host */
    put_name(out, "CORP", 0);         /* NetBIOS names */
    put_name(out, "DC1", 0);
    put_name(out, row->user, 0);
    dc_site = out->len;
    put_name(out, row->dc_site, 0);
    if (*row->client_site == '=') {
        put_name(out, "", dc_site);
    } else {
        put_name(out, row->client_site, 0);
    }
    if (row->ntver & WITH_IP) {
        put(out, sockaddr, sizeof(sockaddr));
    }
    if (row->next_site) {
        if (*row->next_site == '=') {
            put_name(out, "", dc_site);
        } else {
            put_name(out, row->next_site, 0);
        }
    }
    put32(out, row->ntver);
    put16(out, 0xffff);
    put16(out, 0xffff);
    return out;
}

static const char *resolve(const char *site, const char *dc_site)
{
    return site && *site == '=' ? dc_site : site;
}

static void check_ex(const ex_row *row, const adp_netlogon *reply)
{
    check_int(row->row, "opcode", reply->opcode, row->opcode);
    check_int(row->row, "has flags", reply->has_flags, TRUE);
    check_int(row->row, "flags", reply->flags, row->flags);
    check_str(row->row, "forest", reply->forest, "contoso.test");
    check_str(row->row, "domain", reply->domain, "corp.contoso.test");
    check_str(row->row, "host", reply->host, "dc1.corp.contoso.test");
    check_str(row->row, "netbios domain", reply->netbios_domain, "CORP");
    check_str(row->row, "netbios host", reply->netbios_host, "DC1");
    check_str(row->row, "user", reply->user, row->user);
    check_str(row->row, "dc site", reply->dc_site, row->dc_site);
    check_str(row->row, "client site", reply->client_site, resolve(row->client_site, row->dc_site));
    check_str(row->row, "next site", reply->next_site, resolve(row->next_site, row->dc_site));
}

static void test_ex(void)
{
    adp_arena *arena = adp_arena_new();
    guint i;

    for (i = 0; i < G_N_ELEMENTS(ex_rows); i++) {
        GByteArray *value = make_ex(&ex_rows[i]);
        adp_netlogon reply;

        g_assert_true(adp_netlogon_parse(arena, value->data, value->len, &reply));
        check_ex(&ex_rows[i], &reply);
        g_byte_array_unref(value);
    }
    adp_arena_free(arena);
}

static void check_prefix_field(const char *row, gsize len, const char *what, const char *got,
                               const char *whole)
{
    if (got && g_strcmp0(got, whole) != 0) {
        g_test_message("%s, cut after %u bytes: %s is \"%s\", in the whole value it is \"%s\"", row,
                       (guint)len, what, got, whole ? whole : "NULL");
        g_test_fail();
    }
}

/* Cut anywhere, a field is as it was or it is not there; nothing is made up. */
static void check_prefixes(adp_arena *arena, const char *row, const GByteArray *value)
{
    adp_netlogon whole;
    gsize len;

    g_assert_true(adp_netlogon_parse(arena, value->data, value->len, &whole));
    for (len = 0; len < value->len; len++) {
        guint8 *exact = g_memdup2(value->data, len);
        adp_netlogon reply;

        g_assert_cmpint(adp_netlogon_parse(arena, exact, len, &reply), ==, len >= 2);
        g_free(exact);
        if (len < 2) {
            continue;
        }
        check_int(row, "opcode", reply.opcode, whole.opcode);
        if (reply.has_flags) {
            check_int(row, "flags", reply.flags, whole.flags);
        }
        check_prefix_field(row, len, "forest", reply.forest, whole.forest);
        check_prefix_field(row, len, "domain", reply.domain, whole.domain);
        /* The old form gives the NetBIOS name until the DNS name is there. */
        if (g_strcmp0(reply.host, whole.netbios_host) != 0) {
            check_prefix_field(row, len, "host", reply.host, whole.host);
        }
        check_prefix_field(row, len, "netbios domain", reply.netbios_domain, whole.netbios_domain);
        check_prefix_field(row, len, "netbios host", reply.netbios_host, whole.netbios_host);
        check_prefix_field(row, len, "user", reply.user, whole.user);
        check_prefix_field(row, len, "dc site", reply.dc_site, whole.dc_site);
        check_prefix_field(row, len, "client site", reply.client_site, whole.client_site);
        check_prefix_field(row, len, "next site", reply.next_site, whole.next_site);
    }
}

static void test_ex_prefixes(void)
{
    adp_arena *arena = adp_arena_new();
    guint i;

    for (i = 0; i < G_N_ELEMENTS(ex_rows); i++) {
        GByteArray *value = make_ex(&ex_rows[i]);

        check_prefixes(arena, ex_rows[i].row, value);
        g_byte_array_unref(value);
    }
    adp_arena_free(arena);
}

/* What stands before the cut is still told. */
static void test_ex_partial(void)
{
    adp_arena *arena = adp_arena_new();
    GByteArray *value = make_ex(&ex_rows[0]);
    adp_netlogon reply;

    g_assert_true(adp_netlogon_parse(arena, value->data, 8, &reply));
    g_assert_null(reply.forest);
    g_assert_true(adp_netlogon_parse(arena, value->data, 24 + 14, &reply));
    g_assert_cmphex(reply.flags, ==, 0x0001f3fd);
    g_assert_cmpstr(reply.forest, ==, "contoso.test");
    g_assert_null(reply.domain);
    g_assert_null(reply.client_site);
    /* All but the trailer. */
    g_assert_true(adp_netlogon_parse(arena, value->data, value->len - 8, &reply));
    g_assert_cmpstr(reply.client_site, ==, "Branch");
    g_assert_null(reply.next_site);
    g_byte_array_unref(value);
    adp_arena_free(arena);
}

/* A name that points at itself or ahead ends what can be read, and nothing else. */
static void test_loops(void)
{
    static const guint8 targets[] = {24, 25, 26, 38, 200};
    adp_arena *arena = adp_arena_new();
    guint i;

    for (i = 0; i < G_N_ELEMENTS(targets); i++) {
        GByteArray *value = make_ex(&ex_rows[0]);
        adp_netlogon reply;

        value->data[24] = 0xc0;
        value->data[25] = targets[i];
        g_assert_true(adp_netlogon_parse(arena, value->data, value->len, &reply));
        g_assert_cmphex(reply.flags, ==, 0x0001f3fd);
        g_assert_null(reply.forest);
        g_assert_null(reply.dc_site);
        g_assert_null(reply.client_site);
        g_byte_array_unref(value);
    }
    adp_arena_free(arena);
}

static void put_utf16(GByteArray *out, const char *text)
{
    for (; *text; text++) {
        put16(out, (guint16)*text);
    }
    put16(out, 0);
}

/* NETLOGON_SAM_LOGON_RESPONSE, MS-ADTS 6.3.1.8; without version 5 it ends after the names. */
static GByteArray *make_plain(guint16 opcode, gboolean v5, const char *dns_host)
{
    static const guint8 guids[32] = {1, 2, 3};
    GByteArray *out = g_byte_array_new();

    put16(out, opcode);
    put_utf16(out, "\\\\DC1");
    put_utf16(out, "ws1$");
    put_utf16(out, "CORP");
    if (v5) {
        const guint at = out->len + 32;

        put(out, guids, 32);
        put_name(out, "contoso.test", 0);
        put_name(out, "corp", at);
        put_name(out, dns_host, 0);
        put(out, "\x0a\0\0\1", 4);
        put32(out, 0x0000f1fd);
    }
    put32(out, V1_V5);
    put16(out, 0xffff);
    put16(out, 0xffff);
    return out;
}

static void test_plain(void)
{
    static const guint16 opcodes[] = {19, 20, 21};
    adp_arena *arena = adp_arena_new();
    adp_netlogon reply;
    GByteArray *value;
    guint i;

    for (i = 0; i < G_N_ELEMENTS(opcodes); i++) {
        value = make_plain(opcodes[i], TRUE, "dc1.corp.contoso.test");
        g_assert_true(adp_netlogon_parse(arena, value->data, value->len, &reply));
        g_assert_cmpint(reply.opcode, ==, opcodes[i]);
        g_assert_cmpstr(reply.netbios_host, ==, "DC1");
        g_assert_cmpstr(reply.netbios_domain, ==, "CORP");
        g_assert_cmpstr(reply.user, ==, "ws1$");
        g_assert_cmpstr(reply.forest, ==, "contoso.test");
        g_assert_cmpstr(reply.domain, ==, "corp.contoso.test");
        g_assert_cmpstr(reply.host, ==, "dc1.corp.contoso.test");
        g_assert_true(reply.has_flags);
        g_assert_cmphex(reply.flags, ==, 0xf1fd);
        /* This form knows no sites. */
        g_assert_null(reply.dc_site);
        g_assert_null(reply.client_site);
        g_byte_array_unref(value);

        value = make_plain(opcodes[i], FALSE, "");
        g_assert_true(adp_netlogon_parse(arena, value->data, value->len, &reply));
        g_assert_cmpstr(reply.host, ==, "DC1");
        g_assert_cmpstr(reply.netbios_domain, ==, "CORP");
        g_assert_null(reply.domain);
        g_assert_false(reply.has_flags);
        g_byte_array_unref(value);
    }
    value = make_plain(19, TRUE, "");
    g_assert_true(adp_netlogon_parse(arena, value->data, value->len, &reply));
    g_assert_cmpstr(reply.host, ==, "DC1");
    g_byte_array_unref(value);
    adp_arena_free(arena);
}

static void test_plain_prefixes(void)
{
    adp_arena *arena = adp_arena_new();
    GByteArray *v5 = make_plain(19, TRUE, "dc1.corp.contoso.test");
    GByteArray *v1 = make_plain(21, FALSE, "");

    check_prefixes(arena, "version 5", v5);
    check_prefixes(arena, "version 1", v1);
    g_byte_array_unref(v5);
    g_byte_array_unref(v1);
    adp_arena_free(arena);
}

static void test_opcodes(void)
{
    static const struct {
        guint16 opcode;
        const char *name;
    } rows[] = {
        {19, "ok"},
        {20, "paused"},
        {21, "user unknown"},
        {23, "ok"},
        {24, "paused"},
        {25, "user unknown"},
        {0, "unknown opcode"},
        {22, "unknown opcode"},
        {26, "unknown opcode"},
        {0xffff, "unknown opcode"},
    };
    adp_arena *arena = adp_arena_new();
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        const guint8 bytes[] = {(guint8)rows[i].opcode, (guint8)(rows[i].opcode >> 8)};
        adp_netlogon reply;

        check_str(rows[i].name, "name", adp_netlogon_opcode_name(rows[i].opcode), rows[i].name);
        g_assert_true(adp_netlogon_parse(arena, bytes, 2, &reply));
        g_assert_cmpint(reply.opcode, ==, rows[i].opcode);
        g_assert_false(reply.has_flags);
        g_assert_null(reply.forest);
    }
    adp_arena_free(arena);
}

int main(int argc, char **argv)
{
    test_init(&argc, &argv);
    g_test_add_func("/netlogon/ex", test_ex);
    g_test_add_func("/netlogon/ex-prefixes", test_ex_prefixes);
    g_test_add_func("/netlogon/ex-partial", test_ex_partial);
    g_test_add_func("/netlogon/loops", test_loops);
    g_test_add_func("/netlogon/plain", test_plain);
    g_test_add_func("/netlogon/plain-prefixes", test_plain_prefixes);
    g_test_add_func("/netlogon/opcodes", test_opcodes);
    return g_test_run();
}
