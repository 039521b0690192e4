/* test_path.c
 * Where one discovery ends and the next begins.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "join/model.h"
#include "join/path.h"
#include "join/shared_steps.h"
#include "log/observation.h"

#define D    "contoso.test"
#define BASE "CN=Configuration,DC=contoso,DC=test"

static guint32 lookup(bench *b)
{
    static guint16 port = 41000;
    adp_flow flow = udp(b->client, ++port, b->server, 53);

    (void)bench_add(b, ob_query(b->arena, flow, port, "_ldap._tcp." D));
    return bench_step(b, ob_answer(b->arena, flow, port, "_ldap._tcp." D, 0, "dc1." D, NULL));
}

static guint32 ping(bench *b, guint32 id)
{
    adp_flow flow = udp(b->client, 42000, b->server, 389);

    (void)bench_add(b, ob_ping(b->arena, flow, id, D, "WS1"));
    return bench_step(b, ob_pong(b->arena, flow, id, 23, "dc1." D, "HQ"));
}

/* An Exchange search on the given connection, answered with nothing. */
static guint32 search(bench *b, guint32 stream, guint32 id)
{
    adp_flow flow = tcp(b->client, (guint16)(50000 + stream), b->server, 389, stream);

    (void)bench_add(b, ob_scp(b->arena, flow, id, "exchange", BASE));
    return bench_step(b, ob_done(b->arena, flow, id, 0));
}

static guint32 path_of(const bench *b, guint32 step)
{
    return step_of(b, step)->path;
}

static void test_one_discovery(void)
{
    bench b;
    guint32 first;

    bench_init(&b);
    first = lookup(&b);
    (void)search(&b, 1, 1);
    bench_wait(&b, S(10));
    (void)search(&b, 2, 1); /* a new connection, without a pause */
    bench_wait(&b, S(60));
    (void)search(&b, 2, 2); /* a pause, on the same connection */
    g_assert_cmpuint(adp_model_path_count(b.model), ==, 1);
    g_assert_cmpuint(path_of(&b, first), ==, 0);
    bench_clear(&b);
}

static void test_begins_anew(void)
{
    bench b;
    guint32 first;
    guint32 asked;
    guint32 searched;
    char *fault;

    bench_init(&b);
    first = lookup(&b);
    (void)search(&b, 1, 1);
    bench_wait(&b, S(31));
    asked = lookup(&b);
    /* Until the search comes, it may still be the old one. */
    g_assert_cmpuint(path_of(&b, asked), ==, 0);
    g_assert_false(adp_path_is_certain(b.model, step_of(&b, asked)));
    g_assert_true(adp_path_is_certain(b.model, step_of(&b, first)));
    searched = search(&b, 2, 1);
    g_assert_cmpuint(adp_model_path_count(b.model), ==, 2);
    g_assert_cmpuint(path_of(&b, first), ==, 0);
    g_assert_cmpuint(path_of(&b, asked), ==, 1);
    g_assert_cmpuint(path_of(&b, searched), ==, 1);
    g_assert_true(adp_path_is_certain(b.model, step_of(&b, asked)));
    fault = find_inconsistency(b.model);
    g_assert_null(fault);
    /* What comes next belongs to the new one. */
    g_assert_cmpuint(path_of(&b, ping(&b, 7)), ==, 1);
    bench_clear(&b);
}

/* A pause that no search follows divides nothing; a later one begins behind it. */
static void test_pauses(void)
{
    bench b;
    guint32 between;
    guint32 after;

    bench_init(&b);
    (void)search(&b, 1, 1);
    bench_wait(&b, S(40));
    between = lookup(&b);
    bench_wait(&b, S(40));
    after = lookup(&b);
    (void)search(&b, 2, 1);
    g_assert_cmpuint(path_of(&b, between), ==, 0);
    g_assert_cmpuint(path_of(&b, after), ==, 1);
    bench_clear(&b);
}

static guint32 mail(bench *b, guint32 id, const char *host)
{
    return bench_step(b, ob_address_query(b->arena, udp(b->client, (guint16)id, b->server, 53), id,
                                          ADP_DNS_A, host));
}

/*
 * Two mail domains take turns, with a pause in one of them: it divides nothing of the other. The
 * domain whose discovery begins anew is then of the new one.
 */
static void test_mail_domains(void)
{
    bench b;
    guint32 first;
    guint32 again;
    char *fault;

    bench_init(&b);
    (void)lookup(&b);
    first = mail(&b, 1, "autodiscover.a.test");
    (void)search(&b, 1, 1);
    (void)mail(&b, 2, "autodiscover.b.test");
    bench_wait(&b, S(40));
    (void)mail(&b, 3, "autodiscover.a.test");
    (void)mail(&b, 4, "autodiscover.b.test");
    (void)mail(&b, 5, "autodiscover.a.test");
    (void)search(&b, 2, 1);
    again = mail(&b, 6, "autodiscover.a.test");
    fault = find_inconsistency(b.model);
    g_assert_null(fault);
    g_assert_cmpuint(path_of(&b, first), ==, 0);
    g_assert_cmpuint(adp_model_path_count(b.model), ==, 3);
    g_assert_cmpuint(path_of(&b, again), ==, 2);
    bench_clear(&b);
}

static void test_other_client(void)
{
    bench b;
    adp_flow flow;
    guint32 step;

    bench_init(&b);
    (void)search(&b, 1, 1);
    bench_wait(&b, S(40));
    flow = tcp(b.server2, 50009, b.server, 389, 9);
    (void)bench_add(&b, ob_scp(b.arena, flow, 1, "exchange", BASE));
    step = bench_step(&b, ob_done(b.arena, flow, 1, 0));
    g_assert_cmpuint(adp_model_path_count(b.model), ==, 2);
    g_assert_cmpuint(adp_model_path(b.model, path_of(&b, step))->own->parent, ==, ADP_NONE);
    bench_clear(&b);
}

/* The second discovery rests on the ping of the first: its controller was found by that. */
static void test_uses(void)
{
    bench b;
    guint32 pinged;
    guint32 asked;
    GArray *uses;

    bench_init(&b);
    asked = lookup(&b);
    pinged = ping(&b, 1);
    (void)search(&b, 1, 1);
    bench_wait(&b, S(40));
    (void)search(&b, 2, 1);
    uses = adp_path_uses(b.model, 0);
    g_assert_cmpuint(uses->len, ==, 0);
    g_array_unref(uses);
    uses = adp_path_uses(b.model, 1);
    g_assert_cmpuint(uses->len, ==, 2);
    g_assert_cmpuint(g_array_index(uses, guint32, 0), ==, asked);
    g_assert_cmpuint(g_array_index(uses, guint32, 1), ==, pinged);
    g_array_unref(uses);
    bench_clear(&b);
}

static void test_unattached(void)
{
    bench b;
    const adp_path *path;

    bench_init(&b);
    (void)bench_add(&b, ob_query(b.arena, udp(b.client, 1, b.server, 53), 1, "_ldap._tcp." D));
    bench_wait(&b, S(60));
    path = adp_model_path(b.model, 0);
    g_assert_true(adp_path_is_unattached(b.model, path));
    (void)lookup(&b);
    path = adp_model_path(b.model, 0);
    g_assert_false(adp_path_is_unattached(b.model, path));
    bench_clear(&b);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/path/one-discovery", test_one_discovery);
    g_test_add_func("/path/begins-anew", test_begins_anew);
    g_test_add_func("/path/pauses", test_pauses);
    g_test_add_func("/path/mail-domains", test_mail_domains);
    g_test_add_func("/path/other-client", test_other_client);
    g_test_add_func("/path/uses", test_uses);
    g_test_add_func("/path/unattached", test_unattached);
    return g_test_run();
}
