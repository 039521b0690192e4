/* test_lookup.c
 * From frames to paths, filters and first faults; which keys a log wants.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "facts/filters.h"
#include "join/model.h"
#include "judge/keys.h"
#include "judge/lookup.h"
#include "log/observation.h"

#include <string.h>

static void check_filters(const bench *b, const char *row, guint32 obs, const char *path,
                          const char *step)
{
    guint32 frame = adp_model_obs(b->model, obs)->frame;
    guint32 first = adp_model_first_of_frame(b->model, frame);
    char *by_path = adp_filter_paths(b->analysis, first);
    char *by_step = adp_filter_steps(b->analysis, first);

    check_str(row, "filter of paths", by_path, path);
    check_str(row, "filter of steps", by_step, step);
    g_free(by_path);
    g_free(by_step);
}

static void test_filters(void)
{
    bench b;
    guint32 lone;
    guint32 asked;
    guint32 also;

    bench_init(&b);
    lone = bench_add(&b, ob_query(b.arena, udp(b.server2, 5000, b.server, 53), 1,
                                  "_ldap._tcp.dc._msdcs.other.test"));
    asked = bench_add(&b, ob_query(b.arena, udp(b.client, 5001, b.server, 53), 2,
                                   "_ldap._tcp.dc._msdcs.contoso.test"));
    also = bench_also(
        &b, ob_query(b.arena, udp(b.client, 5002, b.server, 53), 3, "_kerberos._tcp.contoso.test"));
    (void)bench_add(&b,
                    ob_answer(b.arena, udp(b.client, 5001, b.server, 53), 2,
                              "_ldap._tcp.dc._msdcs.contoso.test", 0, "dc1.contoso.test", NULL));
    g_assert_cmpuint(also, !=, ADP_NONE);
    check_filters(&b, "a lone request", lone, NULL, "adpath.n == 1");
    check_filters(&b, "two steps of a path in a frame", asked, "adpath.path == 2",
                  "adpath.n == 2 || adpath.n == 3");
    check_int("no frame", "first", adp_model_first_of_frame(b.model, 99), ADP_NONE);
    check_int("no frame", "first", adp_model_first_of_frame(b.model, 0), ADP_NONE);
    bench_clear(&b);
}

/* A name that exists nowhere: the fault is where the answer says so, not where it was asked. */
static void test_first_fault(void)
{
    adp_flow flow;
    bench b;
    guint32 answer;

    bench_init(&b);
    flow = udp(b.client, 5001, b.server, 53);
    (void)bench_add(&b, ob_query(b.arena, flow, 2, "_ldap._tcp.dc._msdcs.contoso.test"));
    answer =
        bench_add(&b, ob_answer(b.arena, flow, 2, "_ldap._tcp.dc._msdcs.contoso.test", 3, NULL));
    bench_wait(&b, S(60));
    check_int("nxdomain", "first fault", adp_path_first_fault(b.analysis, 0),
              adp_model_obs(b.model, answer)->frame);
    bench_clear(&b);

    bench_init(&b);
    flow = udp(b.client, 5001, b.server, 53);
    (void)bench_add(&b, ob_query(b.arena, flow, 2, "_ldap._tcp.dc._msdcs.contoso.test"));
    (void)bench_add(&b, ob_answer(b.arena, flow, 2, "_ldap._tcp.dc._msdcs.contoso.test", 0,
                                  "dc1.contoso.test", NULL));
    bench_wait(&b, S(60));
    check_int("answered", "first fault", adp_path_first_fault(b.analysis, 0), 0);
    bench_clear(&b);
}

static void test_keys(void)
{
    bench b;
    GArray *keys;
    adp_flow sealed;
    adp_flow midway;
    guint i;
    static const struct {
        adp_key_kind kind;
        const char *principal;
        guint messages;
    } want[] = {{ADP_KEY_KERBEROS, "ldap/dc1.contoso.test", 5}, {ADP_KEY_UNSEEN, NULL, 3}};

    bench_init(&b);
    sealed = tcp(b.client, 5000, b.server, 389, 1);
    midway = tcp(b.client, 5001, b.server, 389, 2);
    (void)bench_add(&b, ob_bind(b.arena, sealed, 1, "GSS-SPNEGO", TRUE));
    (void)bench_also(&b, ob_ap(b.arena, sealed, ADP_CARRIER_LDAP, "ldap/dc1.contoso.test", 7));
    (void)bench_add(&b, ob_bound(b.arena, sealed, 1, 0));
    (void)bench_add(&b, ob_hidden(b.arena, sealed, FALSE, 2, 11));
    (void)bench_add(&b, ob_hidden(b.arena, sealed, TRUE, 3, 12));
    (void)bench_add(&b, ob_hidden(b.arena, midway, FALSE, 3, 13));
    keys = adp_keys_wanted(b.analysis, NULL);
    check_int("sealed", "kinds", keys->len, G_N_ELEMENTS(want));
    for (i = 0; i < MIN(keys->len, G_N_ELEMENTS(want)); i++) {
        const adp_key *key = &g_array_index(keys, adp_key, i);

        check_int("sealed", "kind", key->kind, want[i].kind);
        check_str("sealed", "principal", key->principal, want[i].principal);
        check_int("sealed", "messages", key->messages, want[i].messages);
        check_int("sealed", "server", key->server, b.server);
    }
    g_array_unref(keys);
    bench_clear(&b);

    bench_init(&b);
    (void)bench_add(&b, ob_bind(b.arena, tcp(b.client, 5000, b.server, 389, 1), 1, "GSSAPI", TRUE));
    keys = adp_keys_wanted(b.analysis, NULL);
    check_int("nothing hidden", "keys", keys->len, 0);
    g_array_unref(keys);
    bench_clear(&b);
}

/* What nobody can open says how not, and where to set nothing. */
static void test_advice(void)
{
    int kind;

    for (kind = 0; kind < ADP_KEY_KINDS; kind++) {
        const adp_key_advice *advice = adp_key_advice_of((adp_key_kind)kind);

        g_assert_nonnull(advice->hidden);
        g_assert_nonnull(advice->needed);
        g_assert_nonnull(advice->get);
        g_assert_true((advice->window == NULL) == (advice->option == NULL));
        g_assert_null(strchr(advice->hidden, '{'));
    }
}

static void test_ready_filters(void)
{
    guint i;

    for (i = 0; i < adp_ready_filter_count(); i++) {
        const adp_ready_filter *ready = adp_ready_filter_get(i);

        /* A slash would make a menu of it. */
        check_str(ready->title, "slash", strchr(ready->title, '/'), NULL);
        g_assert_true(g_str_has_prefix(ready->filter, "adpath"));
        g_assert_true(*ready->meaning != '\0');
    }
}

int main(int argc, char **argv)
{
    test_init(&argc, &argv);
    g_test_add_func("/lookup/filters", test_filters);
    g_test_add_func("/lookup/first-fault", test_first_fault);
    g_test_add_func("/lookup/keys", test_keys);
    g_test_add_func("/lookup/advice", test_advice);
    g_test_add_func("/lookup/ready-filters", test_ready_filters);
    return g_test_run();
}
