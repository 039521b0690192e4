/* test_collect.c
 * Tables that are filled while a capture is read: nothing is taken out that was not put in.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "facts/outcome.h"
#include "join/model.h"
#include "log/observation.h"
#include "show/collect.h"

#include <string.h>

/* What a table would show: "path 1 ok" -> how many steps. */
typedef struct {
    GHashTable *rows; /* text, owned -> number */
    gboolean negative;
} table;

static void table_init(table *t)
{
    t->rows = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    t->negative = FALSE;
}

static void add(const adp_model *model, guint32 step, const adp_counted *as, int by,
                void *user_data)
{
    table *t = user_data;
    char *row = g_strdup_printf(
        "path %u%s %s %s %s %d %d", as->path + 1, as->unattached ? " (none)" : "",
        adp_step_kind_name(adp_model_step(model, step)->kind), adp_outcome_name(as->outcome),
        as->result ? as->result : "-", as->has_error, as->error);
    int now = GPOINTER_TO_INT(g_hash_table_lookup(t->rows, row)) + by;

    t->negative = t->negative || now < 0;
    g_hash_table_replace(t->rows, row, GINT_TO_POINTER(now));
}

/* All rows that have something, sorted; free with g_free(). */
static char *text_of(const table *t)
{
    GList *keys = g_list_sort(g_hash_table_get_keys(t->rows), (GCompareFunc)strcmp);
    GString *out = g_string_new(NULL);
    const GList *k;

    for (k = keys; k; k = k->next) {
        int n = GPOINTER_TO_INT(g_hash_table_lookup(t->rows, k->data));

        if (n) {
            g_string_append_printf(out, "%s: %d\n", (const char *)k->data, n);
        }
    }
    g_list_free(keys);
    return g_string_free(out, FALSE);
}

/* What it must be in the end. */
static char *expected(const adp_model *model)
{
    table t;
    char *text;
    guint32 i;

    table_init(&t);
    for (i = 0; i < adp_model_step_count(model); i++) {
        const adp_counted now = adp_counted_now(model, i);

        add(model, i, &now, 1, &t);
    }
    text = text_of(&t);
    g_hash_table_unref(t.rows);
    return text;
}

typedef struct {
    bench b;
    adp_collector *collector;
    table t;
} reading;

static void reading_init(reading *r)
{
    bench_init(&r->b);
    r->collector = adp_collector_new();
    table_init(&r->t);
}

static void look(reading *r, guint32 i, gboolean final)
{
    adp_collect(r->collector, r->b.analysis, i, final, add, &r->t);
}

/* Read, and tapped at once. */
static void put(reading *r, adp_obs obs)
{
    guint32 i = bench_add(&r->b, obs);

    if (i != ADP_NONE) {
        look(r, i, FALSE);
    }
}

static void check_and_clear(reading *r, const char *row)
{
    char *got;
    char *want;
    guint32 i;

    for (i = 0; i < 2 * adp_model_step_count(r->b.model); i++) {
        look(r, 0, FALSE); /* as many packets, after which all is looked at again */
    }
    got = text_of(&r->t);
    want = expected(r->b.model);
    check_str(row, "counts", got, want);
    check_int(row, "negative", r->t.negative, FALSE);
    g_free(got);
    g_free(want);
    adp_collector_free(r->collector);
    g_hash_table_unref(r->t.rows);
    bench_clear(&r->b);
}

static const char name[] = "_ldap._tcp.dc._msdcs.contoso.test";

/* A lone request becomes a path, and its answer comes. */
static void test_answers(void)
{
    reading r;
    adp_flow dns;
    adp_flow kdc;

    reading_init(&r);
    dns = udp(r.b.client, 50000, r.b.server, 53);
    kdc = udp(r.b.client, 50001, r.b.server, 88);
    put(&r, ob_query(r.b.arena, dns, 1, name));
    put(&r, ob_krb(r.b.arena, kdc, ADP_EXCHANGE_TGS, "ldap/dc1.contoso.test", 1));
    put(&r, ob_answer(r.b.arena, dns, 1, name, 3, NULL));
    put(&r, ob_krb_error(r.b.arena, kdc, ADP_EXCHANGE_TGS, "ldap/dc1.contoso.test", 7));
    bench_wait(&r.b, S(30));
    check_and_clear(&r, "answers");
}

static void search(reading *r, guint32 stream)
{
    adp_flow flow = tcp(r->b.client, (guint16)(50000 + stream), r->b.server, 389, stream);

    put(r, ob_scp(r->b.arena, flow, 1, "exchange", "CN=x"));
    put(r, ob_done(r->b.arena, flow, 1, 0));
}

static void ask(reading *r, guint32 id, const char *what)
{
    put(r,
        ob_query(r->b.arena, udp(r->b.client, (guint16)(40000 + id), r->b.server, 53), id, what));
}

/* After a pause steps come, and a search shows that they are of a path of their own. */
static void test_split(void)
{
    reading r;

    reading_init(&r);
    ask(&r, 1, name);
    search(&r, 1);
    bench_wait(&r.b, S(40));
    ask(&r, 2, name);
    ask(&r, 3, name);
    search(&r, 2);
    g_assert_cmpuint(adp_model_path_count(r.b.model), ==, 2);
    check_and_clear(&r, "split");
}

/*
 * Only some packets are tapped, as with a filter. The first path loses steps to a discovery of its
 * own, which then takes what names the mail domain: that is brought in with the next packet.
 */
static void test_others_after_a_split(void)
{
    static const char mail[] = "autodiscover.a.test";
    reading r;
    guint32 i;
    guint id;

    reading_init(&r);
    (void)bench_add(
        &r.b, ob_address_query(r.b.arena, udp(r.b.client, 1, r.b.server, 53), 90, ADP_DNS_A, mail));
    search(&r, 1);
    bench_wait(&r.b, S(40));
    ask(&r, 2, name);
    ask(&r, 3, name);
    search(&r, 2);
    g_assert_cmpuint(adp_model_path_count(r.b.model), ==, 2);
    for (id = 91; id < 95; id++) {
        i = bench_add(&r.b,
                      ob_address_query(r.b.arena, udp(r.b.client, (guint16)id, r.b.server, 53), id,
                                       ADP_DNS_A, mail));
        g_assert_cmpuint(adp_model_mark(r.b.model, i)->step, !=, ADP_NONE);
    }
    g_assert_cmpuint(step_of(&r.b, adp_model_mark(r.b.model, i)->step)->path, ==, 1);
    look(&r, i, FALSE);
    check_and_clear(&r, "others after a split");
}

int main(int argc, char **argv)
{
    test_init(&argc, &argv);
    g_test_add_func("/collect/answers", test_answers);
    g_test_add_func("/collect/split", test_split);
    g_test_add_func("/collect/others-after-a-split", test_others_after_a_split);
    return g_test_run();
}
