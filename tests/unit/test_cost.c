/* test_cost.c
 * What is done for a big capture grows with it, not with its square.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "facts/facts.h"
#include "facts/outcome.h"
#include "facts/summary.h"
#include "join/model.h"
#include "join/shared_steps.h"
#include "judge/analysis.h"
#include "judge/endpoint.h"
#include "judge/path_outcome.h"
#include "log/observation.h"
#include "wire/arena.h"

#include <string.h>
#include <time.h>

/*
 * Loose on purpose: a machine under load must not fail it, and a square would give 4. Below
 * MEASURABLE seconds a ratio says nothing.
 */
#define MOST_RATIO 3.0
#define MEASURABLE 0.02
#define MOST       100.0
#define TRIES      3

typedef void (*work)(guint n);

static double seconds_of(work todo, guint n)
{
    clock_t start = clock();

    todo(n);
    return (double)(clock() - start) / CLOCKS_PER_SEC;
}

static void check_linear(const char *row, work todo, guint n)
{
    double once = 0;
    double twice = 0;
    guint try;

    for (try = 0; try < TRIES; try++) {
        once = seconds_of(todo, n / 2);
        twice = seconds_of(todo, n);
        if (twice < MOST_RATIO * MAX(once, MEASURABLE)) {
            break;
        }
    }
    g_test_message("%s: %u in %.3f s, %u in %.3f s", row, n / 2, once, n, twice);
    if (twice >= MOST_RATIO * MAX(once, MEASURABLE) || twice > MOST) {
        g_test_fail();
    }
}

/* Reads what a report reads of every step. */
static void read_all(const bench *b)
{
    guint32 i;

    for (i = 0; i < adp_model_step_count(b->model); i++) {
        const adp_view view = adp_view_whole(b->model, i, FALSE);
        adp_facts *facts = adp_facts_new(b->model, &view);
        char *summary = adp_summary(b->model, &view);

        g_assert_cmpuint(facts->items->len, >, 0);
        (void)adp_step_outcome(b->model, step_of(b, i), FALSE);
        g_free(summary);
        adp_facts_free(facts);
    }
    for (i = 0; i < adp_model_path_count(b->model); i++) {
        (void)adp_path_outcome(b->model, adp_model_path(b->model, i));
    }
}

/* Reads what the frame of the last observation shows. */
static void read_last(const bench *b)
{
    guint32 last = adp_model_obs_count(b->model) - 1;
    const adp_view view = {
        .step = adp_model_mark(b->model, last)->step, .from = last, .to = last, .early = TRUE};
    adp_facts *facts = adp_facts_new(b->model, &view);
    char *summary = adp_summary(b->model, &view);

    (void)adp_step_outcome(b->model, step_of(b, view.step), TRUE);
    g_free(summary);
    adp_facts_free(facts);
}

static void srv_pairs(guint n)
{
    bench b;
    adp_flow flow;
    adp_obs query;
    adp_obs answer;
    guint i;

    bench_init(&b);
    flow = udp(b.client, 1, b.server, 53);
    query = ob_query(b.arena, flow, 1, "_ldap._tcp.HQ._sites.dc._msdcs.contoso.test");
    answer = ob_answer(b.arena, flow, 1, "_ldap._tcp.HQ._sites.dc._msdcs.contoso.test", 0,
                       "dc1.contoso.test", "dc2.contoso.test", NULL);
    for (i = 0; i < n; i++) {
        query.flow.client_port = answer.flow.client_port = (guint16)(1024 + i % 60000);
        query.id = answer.id = i & 0xffff;
        query.hash += 2;
        answer.hash += 2;
        (void)bench_add(&b, query);
        (void)bench_add(&b, answer);
    }
    g_assert_cmpuint(adp_model_step_count(b.model), ==, n);
    read_all(&b);
    bench_clear(&b);
}

static void test_srv_pairs(void)
{
    check_linear("SRV pairs", srv_pairs, 200000);
}

static void clients(guint n)
{
    bench b;
    adp_obs query;
    guint i;

    bench_init(&b);
    query = ob_query(b.arena, udp(b.client, 50000, b.server, 53), 1,
                     "_ldap._tcp.dc._msdcs.contoso.test");
    for (i = 0; i < n; i++) {
        const guint8 bytes[] = {10, (guint8)(i >> 16), (guint8)(i >> 8), (guint8)i};

        query.flow.client = adp_model_address(b.model, 2, bytes, sizeof(bytes), "10.x.y.z");
        (void)bench_add(&b, query);
    }
    g_assert_cmpuint(adp_model_path_count(b.model), ==, n);
    read_all(&b);
    bench_clear(&b);
}

static void test_clients(void)
{
    check_linear("clients", clients, 140000);
}

/* One search with very many entries: the site is known, so every entry has its rank. */
static void entries(guint n)
{
    bench b;
    adp_flow flow;
    adp_obs entry;
    guint i;

    bench_init(&b);
    flow = tcp(b.client, 50000, b.server, 389, 1);
    (void)bench_add(&b, ob_pong(b.arena, udp(b.client, 1, b.server, 389), 1, 23, "dc1", "HQ"));
    (void)bench_add(&b, ob_scp(b.arena, flow, 2, "exchange", "CN=x"));
    entry = ob_entry(b.arena, flow, 2, "CN=EX1", "https://ex1/",
                     "77378F46-2C66-4aa9-A6A6-3E7A48B19596", "Site=HQ", NULL);
    for (i = 0; i < n; i++) {
        entry.hash++;
        (void)bench_add(&b, entry);
        read_last(&b);
    }
    g_assert_cmpuint(step_of(&b, 1)->count, ==, n);
    read_all(&b);
    bench_clear(&b);
}

static void test_entries(void)
{
    check_linear("entries", entries, 40000);
}

/* The same request over and over, drawn each time, as a monitor with a fixed port sends it. */
static void repeat(guint n, adp_step_kind kind)
{
    bench b;
    adp_obs obs;
    guint i;

    bench_init(&b);
    switch (kind) {
    case ADP_STEP_PING:
        obs = ob_ping(b.arena, udp(b.client, 1, b.server, 389), 1, "contoso.test", "WS1");
        break;
    case ADP_STEP_KERBEROS:
        obs = ob_krb(b.arena, udp(b.client, 1, b.server, 88), ADP_EXCHANGE_AS, "krbtgt/A", 1);
        break;
    case ADP_STEP_HIDDEN:
        obs = ob_hidden(b.arena, tcp(b.client, 1, b.server, 389, 1), FALSE, 1, 1);
        break;
    default:
        obs = ob_query(b.arena, udp(b.client, 1, b.server, 53), 1, "_ldap._tcp.contoso.test");
        break;
    }
    for (i = 0; i < n; i++) {
        if (kind == ADP_STEP_HIDDEN) {
            obs.hash++;
        }
        (void)bench_add(&b, obs);
        read_last(&b);
    }
    g_assert_cmpuint(adp_model_step_count(b.model), ==, 1);
    read_all(&b);
    bench_clear(&b);
}

static void repeat_srv(guint n)
{
    repeat(n, ADP_STEP_SRV);
}

static void repeat_kerberos(guint n)
{
    repeat(n, ADP_STEP_KERBEROS);
}

static void repeat_hidden(guint n)
{
    repeat(n, ADP_STEP_HIDDEN);
}

static void repeat_ping(guint n)
{
    repeat(n, ADP_STEP_PING);
}

static void test_repeat(void)
{
    check_linear("SRV, repeated", repeat_srv, 40000);
    check_linear("Kerberos, repeated", repeat_kerberos, 40000);
    check_linear("hidden, repeated", repeat_hidden, 40000);
}

static void test_repeat_ping(void)
{
    check_linear("ping, repeated", repeat_ping, 12000);
}

/* ---- findings and endpoints, which look at the whole log ---- */

static void read_findings(const bench *b, guint at_least)
{
    guint32 p;

    g_assert_cmpuint(adp_model_findings(b->model, FALSE)->len, >=, at_least);
    for (p = 0; p < adp_model_path_count(b->model); p++) {
        GPtrArray *endpoints = adp_endpoints_of(b->model, p);

        (void)adp_path_outcome(b->model, adp_model_path(b->model, p));
        g_ptr_array_unref(endpoints);
    }
}

static guint32 nth_client(bench *b, guint i)
{
    const guint8 bytes[] = {10, (guint8)(i >> 16), (guint8)(i >> 8), (guint8)i};

    return adp_model_address(b->model, 2, bytes, sizeof(bytes), "10.x.y.z");
}

/* Takes over the text. */
static const char *in_arena(const bench *b, char *text)
{
    const char *copy = adp_arena_strndup(b->arena, text, strlen(text));

    g_free(text);
    return copy;
}

/* As many clients, each with a path, a name that is not there, and a ticket refused. */
static void clients_in_trouble(guint n)
{
    bench b;
    guint i;

    bench_init(&b);
    for (i = 0; i < n; i++) {
        guint32 client = nth_client(&b, i);
        adp_flow names = udp(client, 50000, b.server, 53);
        adp_flow kdc = udp(client, 50001, b.server, 88);

        (void)bench_add(&b, ob_query(b.arena, names, 1, "_ldap._tcp.dc._msdcs.contoso.test"));
        (void)bench_add(&b,
                        ob_answer(b.arena, names, 1, "_ldap._tcp.dc._msdcs.contoso.test", 3, NULL));
        (void)bench_add(&b, ob_krb(b.arena, kdc, ADP_EXCHANGE_TGS, "ldap/dc1.contoso.test", i));
        (void)bench_add(&b,
                        ob_krb_error(b.arena, kdc, ADP_EXCHANGE_TGS, "ldap/dc1.contoso.test", 7));
    }
    g_assert_cmpuint(adp_model_path_count(b.model), ==, n);
    read_findings(&b, 2 * n);
    bench_clear(&b);
}

/*
 * As many machines behind one address, each with a path: they take turns, and between two pings of
 * one comes what nobody's name stands at.
 */
static void machines_behind_one_address(guint n)
{
    bench b;
    guint i;

    bench_init(&b);
    for (i = 0; i < 2 * n; i++) {
        const char *name = in_arena(&b, g_strdup_printf("PC%u", i % n));
        adp_flow asks = udp(b.client, (guint16)(1024 + i % 60000), b.server, 389);
        adp_flow kdc = udp(b.client, (guint16)(1024 + i % 60000), b.server, 88);
        GArray *uses;

        (void)bench_add(&b, ob_ping(b.arena, asks, i, "contoso.test", name));
        (void)bench_add(&b, ob_krb(b.arena, kdc, ADP_EXCHANGE_TGS, "ldap/dc1.contoso.test", i));
        (void)bench_add(
            &b, i % 2 ? ob_ticket(b.arena, kdc, ADP_EXCHANGE_TGS, "ldap/dc1.contoso.test")
                      : ob_krb_error(b.arena, kdc, ADP_EXCHANGE_TGS, "ldap/dc1.contoso.test", 7));
        uses = adp_path_uses(b.model, adp_model_path_count(b.model) - 1);
        g_array_unref(uses);
    }
    g_assert_cmpuint(adp_model_path_count(b.model), ==, n + 1); /* and ws1$ */
    read_findings(&b, 0);
    bench_clear(&b);
}

/* One client that works through a list: one path, as many steps, each refused. */
static void list_of_names(guint n)
{
    bench b;
    adp_flow kdc;
    guint i;

    bench_init(&b);
    for (i = 0; i < n; i++) {
        const char *spn = in_arena(&b, g_strdup_printf("cifs/host%u.contoso.test", i));

        kdc = udp(b.client, (guint16)(1024 + i % 60000), b.server, 88);
        (void)bench_add(&b, ob_krb(b.arena, kdc, ADP_EXCHANGE_TGS, spn, i));
        (void)bench_add(&b, ob_krb_error(b.arena, kdc, ADP_EXCHANGE_TGS, spn, 7));
    }
    g_assert_cmpuint(adp_model_path_count(b.model), ==, 1);
    g_assert_cmpuint(adp_model_step_count(b.model), ==, n);
    read_findings(&b, 1);
    bench_clear(&b);
}

/* Clients that take turns with mail domains: as many paths of one client. */
static void mail_domains(guint n)
{
    bench b;
    guint i;

    bench_init(&b);
    for (i = 0; i < n; i++) {
        const char *host = in_arena(&b, g_strdup_printf("autodiscover.mail%u.test", i));
        adp_flow flow = udp(b.client, (guint16)(1024 + i % 60000), b.server, 53);

        (void)bench_add(&b, ob_address_query(b.arena, flow, i & 0xffff, ADP_DNS_A, host));
        (void)bench_add(&b,
                        ob_address(b.arena, flow, i & 0xffff, ADP_DNS_A, host, 3, NULL, ADP_NONE));
    }
    g_assert_cmpuint(adp_model_path_count(b.model), ==, n);
    read_findings(&b, 0);
    bench_clear(&b);
}

/* Sanitizers multiply the time; the shape of its growth is the same with less. */
#ifdef __SANITIZE_ADDRESS__
#define MANY 20000
#else
#define MANY 100000
#endif

static void test_findings(void)
{
    check_linear("clients in trouble", clients_in_trouble, MANY);
    check_linear("a list of names", list_of_names, MANY);
    check_linear("mail domains", mail_domains, MANY);
    check_linear("machines behind one address", machines_behind_one_address, MANY / 2);
}

int main(int argc, char **argv)
{
    test_init(&argc, &argv);
    g_test_add_func("/cost/srv-pairs", test_srv_pairs);
    g_test_add_func("/cost/clients", test_clients);
    g_test_add_func("/cost/entries", test_entries);
    g_test_add_func("/cost/findings", test_findings);
    g_test_add_func("/cost/repeat", test_repeat);
    g_test_add_func("/cost/repeat-ping", test_repeat_ping);
    return g_test_run();
}
