/* test_hash.c
 * The keyed hash: the right function, and nothing that is shown depends on its key.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "judge/analysis.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "log/observation.h"
#include "wire/arena.h"
#include "wire/hash.h"
#include "wire/keyed.h"
#include "wire/table.h"

#include <string.h>

/* Computed with another program's SipHash-1-3 and a key of zeros: Python's hash() of bytes. */
static void test_vectors(void)
{
    static const struct {
        const char *text;
        guint64 want;
    } rows[] = {
        {"a", G_GUINT64_CONSTANT(0x407448d2b89b1813)},
        {"foobar", G_GUINT64_CONSTANT(0x7738ae0a5df09b34)},
        {"12345678", G_GUINT64_CONSTANT(0x3489982430560a87)},
        {"contoso.test", G_GUINT64_CONSTANT(0x53a41cd4a3836188)},
        {"_ldap._tcp.dc._msdcs.contoso.test", G_GUINT64_CONSTANT(0x324625a0c9ed95e2)},
    };
    guint i;

    adp_hash_set_key(0, 0);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *upper = g_ascii_strup(rows[i].text, -1);

        g_assert_cmphex(
            adp_hash_bytes(ADP_HASH_SEED, (const guint8 *)rows[i].text, strlen(rows[i].text)), ==,
            rows[i].want);
        g_assert_cmphex(adp_hash_lower(ADP_HASH_SEED, rows[i].text), ==, rows[i].want);
        g_assert_cmphex(adp_hash_lower(ADP_HASH_SEED, upper), ==, rows[i].want);
        g_assert_cmphex(adp_str_hash(rows[i].text), ==, (guint)rows[i].want);
        g_free(upper);
    }
}

/* Salts tell kinds apart, and keys tell processes apart. */
static void test_salt_and_key(void)
{
    const guint8 bytes[] = {1, 2, 3};
    guint64 plain;

    adp_hash_set_key(1, 2);
    plain = adp_hash_bytes(0, bytes, sizeof(bytes));
    g_assert_cmphex(adp_hash_bytes(1, bytes, sizeof(bytes)), !=, plain);
    g_assert_cmphex(adp_hash_bytes(0, bytes, sizeof(bytes) - 1), !=, plain);
    adp_hash_set_key(1, 3);
    g_assert_cmphex(adp_hash_bytes(0, bytes, sizeof(bytes)), !=, plain);
    adp_hash_set_key(2, 2);
    g_assert_cmphex(adp_hash_bytes(0, bytes, sizeof(bytes)), !=, plain);
}

/* Case folds for the letters alone, wherever in a word they stand. */
static void test_lower(void)
{
    guint i;
    guint at;

    for (i = 1; i < 256; i++) {
        for (at = 0; at < 11; at++) {
            char text[] = "abcdefghijk";
            char *lower;

            text[at] = (char)i;
            lower = g_ascii_strdown(text, -1);
            g_assert_cmphex(adp_hash_lower(1, text), ==,
                            adp_hash_bytes(1, (const guint8 *)lower, strlen(lower)));
            g_free(lower);
        }
    }
}

/* Keys that differ in one bit, or have two words changed about, all have hashes of their own. */
static void test_words(void)
{
    GHashTable *seen = g_hash_table_new(NULL, NULL);
    guint64 key[ADP_HASH_WORDS_MOST / sizeof(guint64)] = {0};
    guint bits = sizeof(key) * 8;
    guint i;
    guint k;

    adp_hash_set_key(1, 2);
    for (i = 0; i < bits; i++) {
        for (k = i + 1; k < bits; k += 7) {
            memset(key, 0, sizeof(key));
            key[i / 64] |= G_GUINT64_CONSTANT(1) << i % 64;
            key[k / 64] |= G_GUINT64_CONSTANT(1) << k % 64;
            g_hash_table_add(seen, GUINT_TO_POINTER(adp_hash_words(key, sizeof(key))));
        }
    }
    /* Of 18,000 numbers of 32 bits, a few dozen pairs are equal by chance at the very most. */
    k = 0;
    for (i = 0; i < bits; i++) {
        k += (bits - 1 - i + 6) / 7;
    }
    g_assert_cmpuint(g_hash_table_size(seen), >=, k - 40);
    g_hash_table_unref(seen);
}

/* ---- one capture under many keys ---- */

/* Takes over the text: observations only point to theirs. */
static const char *in_arena(const bench *b, char *text)
{
    const char *copy = adp_arena_strndup(b->arena, text, strlen(text));

    g_free(text);
    return copy;
}

/*
 * A client at several places of several hosts, over https and http, which answer with different
 * errors: wherever a table of these were listed in its own order, another key would tell another
 * story.
 */
static void add_places(bench *b)
{
    guint i;

    for (i = 0; i < 12; i++) {
        const char *host = in_arena(b, g_strdup_printf("autodiscover.mail%u.test", i / 2));
        const char *url = in_arena(b, g_strdup_printf("%s://%s/autodiscover/autodiscover.xml",
                                                      i % 2 ? "http" : "https", host));
        adp_flow web = tcp(b->client, (guint16)(50000 + i), b->server2, i % 2 ? 80 : 443, 10 + i);
        adp_flow names = udp(b->client, (guint16)(40000 + i), b->server, 53);

        (void)bench_add(b, ob_address_query(b->arena, names, i, ADP_DNS_A, host));
        (void)bench_add(b, ob_address(b->arena, names, i, ADP_DNS_A, host, 0, NULL, b->server2));
        (void)bench_add(b, ob_http(b->arena, web, "POST", url, ADP_AUTH_NONE, 0));
        (void)bench_add(b, ob_http_reply(b->arena, web, (guint16)(500 + i % 4), NULL, NULL, FALSE));
    }
}

static void add_tickets(bench *b)
{
    guint i;

    for (i = 0; i < 12; i++) {
        const char *spn = in_arena(b, g_strdup_printf("cifs/host%u.contoso.test", i));
        adp_flow kdc = udp(b->client, (guint16)(30000 + i), b->server, 88);

        (void)bench_add(b, ob_krb(b->arena, kdc, ADP_EXCHANGE_TGS, spn, i));
        if (i % 3) {
            (void)bench_add(b, ob_krb_error(b->arena, kdc, ADP_EXCHANGE_TGS, spn, 7));
        }
    }
}

/* Free with g_free(). */
static char *everything(guint64 k0, guint64 k1)
{
    const GPtrArray *findings;
    GString *out = g_string_new(NULL);
    char *steps;
    bench b;
    guint i;
    guint e;

    adp_hash_set_key(k0, k1);
    bench_init(&b);
    add_places(&b);
    add_tickets(&b);
    bench_wait(&b, S(30));
    steps = describe(b.model);
    g_string_append(out, steps);
    g_free(steps);
    findings = adp_findings(b.analysis, TRUE);
    for (i = 0; i < findings->len; i++) {
        const adp_finding *f = g_ptr_array_index(findings, i);

        g_string_append_printf(out, "%s %u %s | %s | %s |", adp_finding_get(f->id)->name,
                               (guint)f->severity, f->summary, f->observed, f->inferred);
        for (e = 0; e < f->evidence->len; e++) {
            g_string_append_printf(out, " %u", g_array_index(f->evidence, guint32, e));
        }
        g_string_append_c(out, '\n');
    }
    bench_clear(&b);
    return g_string_free(out, FALSE);
}

static void test_no_order(void)
{
    char *want = everything(0, 0);
    guint64 seed;

    g_assert_nonnull(strstr(want, "http-error"));
    for (seed = 1; seed <= 40; seed++) {
        char *got = everything(seed * G_GUINT64_CONSTANT(0x9E3779B97F4A7C15), ~seed);
        char *row = g_strdup_printf("key %u", (guint)seed);

        check_int(row, "differs", strcmp(got, want) != 0, FALSE);
        g_free(row);
        g_free(got);
    }
    g_free(want);
}

/* What a table of GLib's says after the same changes, among them keys that are no hashes, and 0. */
static void test_table(void)
{
    adp_table *table = adp_table_new();
    GHashTable *same = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    GRand *dice = g_rand_new_with_seed(4711);
    guint i;

    for (i = 0; i < 60000; i++) {
        guint64 spread = i % 2 ? G_GUINT64_CONSTANT(1) << 40 : 1;
        guint64 key = spread * (guint64)g_rand_int_range(dice, 0, 8000);
        guint32 number = g_rand_int_range(dice, 0, 3) ? g_rand_int(dice) : 0;

        check_int("before", "number", adp_table_get(table, key),
                  GPOINTER_TO_UINT(g_hash_table_lookup(same, &key)));
        adp_table_set(table, key, number);
        g_hash_table_replace(same, g_memdup2(&key, sizeof(key)), GUINT_TO_POINTER(number));
    }
    for (i = 0; i < 16000; i++) {
        guint64 key = i < 8000 ? i : (guint64)(i - 8000) << 40;

        check_int("at last", "number", adp_table_get(table, key),
                  GPOINTER_TO_UINT(g_hash_table_lookup(same, &key)));
    }
    g_rand_free(dice);
    g_hash_table_unref(same);
    adp_table_free(table);
}

static guint cleared;

static void note_cleared(gpointer row)
{
    cleared += *(guint *)row;
}

/* Rows keep what was written while others come, and one that moved is found by its new key alone. */
static void test_rows(void)
{
    adp_rows *rows = adp_rows_new(sizeof(guint), note_cleared);
    guint i;

    cleared = 0;
    g_assert_null(adp_rows_find(rows, 0));
    for (i = 0; i < 1000; i++) {
        guint *row = adp_rows_need(rows, (guint64)i << 32);

        check_int("fresh", "row", *row, 0);
        *row = i + 1;
    }
    g_assert_true(adp_rows_move(rows, (guint64)7 << 32, 7));
    g_assert_false(adp_rows_move(rows, (guint64)7 << 32, 8));
    g_assert_null(adp_rows_find(rows, (guint64)7 << 32));
    check_int("moved", "row", *(guint *)adp_rows_find(rows, 7), 8);
    for (i = 8; i < 1000; i++) {
        guint64 key = (guint64)i << 32;

        check_int("kept", "row", *(guint *)adp_rows_find(rows, key), i + 1);
        g_assert_true(adp_rows_need(rows, key) == adp_rows_find(rows, key));
    }
    adp_rows_free(rows);
    check_int("cleared", "sum", cleared, 1000 * 1001 / 2);
}

/* Some in one part of the sorted array, some in others, some with the same upper half. */
static guint64 key_for_test(guint i)
{
    return (guint64)(i % 4) << 62 | i;
}

/* Of ten keys, each number once, in whatever order they came. */
static void test_keyed(void)
{
    GArray *keyed = g_array_new(FALSE, FALSE, sizeof(adp_keyed));
    guint count;
    guint i;

    g_assert_null(adp_keyed_find(keyed, key_for_test(3), &count));
    for (i = 0; i < 1000; i++) {
        adp_keyed_add(keyed, key_for_test((i * 7) % 10 * 2), (i * 37) % 1000);
    }
    adp_keyed_sort(keyed);
    for (i = 0; i < 20; i++) {
        const adp_keyed *found = adp_keyed_find(keyed, key_for_test(i), &count);
        guint k;

        check_int("keyed", "count", count, i % 2 ? 0 : 100);
        for (k = 0; k < count; k++) {
            check_int("keyed", "key", found[k].key_low, (guint32)key_for_test(i));
            g_assert_true(k == 0 || found[k - 1].number < found[k].number);
        }
    }
    g_array_unref(keyed);
}

int main(int argc, char **argv)
{
    test_init(&argc, &argv);
    g_test_add_func("/hash/lower", test_lower);
    g_test_add_func("/hash/words", test_words);
    g_test_add_func("/hash/vectors", test_vectors);
    g_test_add_func("/hash/salt-and-key", test_salt_and_key);
    g_test_add_func("/hash/no-order", test_no_order);
    g_test_add_func("/hash/table", test_table);
    g_test_add_func("/hash/rows", test_rows);
    g_test_add_func("/hash/keyed", test_keyed);
    return g_test_run();
}
