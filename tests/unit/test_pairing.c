/* test_pairing.c
 * Which observations make one step.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "facts/facts.h"
#include "join/model.h"
#include "join/pairing.h"
#include "judge/path_outcome.h"
#include "log/observation.h"
#include "wire/arena.h"

#define NAME "_ldap._tcp.dc._msdcs.contoso.test"

static adp_flow dns_flow(const bench *b, guint16 port)
{
    return udp(b->client, port, b->server, 53);
}

static void check_step(const bench *b, guint32 n, guint32 request, guint32 reply, guint32 retries)
{
    char *row = g_strdup_printf("step %u", n);
    const adp_step *step = step_of(b, n);

    check_int(row, "request", step->request, request);
    check_int(row, "reply", step->reply, reply);
    check_int(row, "retries", step->retries, retries);
    g_free(row);
}

/* ---- DNS ---- */

static void test_srv(void)
{
    bench b;
    guint32 q;
    guint32 r;

    bench_init(&b);
    q = bench_add(&b, ob_query(b.arena, dns_flow(&b, 50000), 7, NAME));
    g_assert_cmpuint(adp_model_step_count(b.model), ==, 1);
    g_assert_cmpstr(adp_step_kind_name(step_of(&b, 0)->kind), ==, "srv");
    check_step(&b, 0, q, ADP_NONE, 0);
    /* Servers may answer in another case than they were asked in. */
    r = bench_add(&b, ob_answer(b.arena, dns_flow(&b, 50000), 7,
                                "_LDAP._tcp.DC._msdcs.Contoso.Test", 0, "dc1.contoso.test", NULL));
    g_assert_cmpuint(adp_model_step_count(b.model), ==, 1);
    check_step(&b, 0, q, r, 0);
    g_assert_cmpuint(step_of(&b, 0)->first, ==, q);
    g_assert_cmpuint(step_of(&b, 0)->last, ==, r);
    g_assert_cmpuint(adp_model_mark(b.model, q)->next, ==, r);
    g_assert_cmpuint(adp_model_mark(b.model, q)->reply, ==, ADP_NONE);
    g_assert_cmpuint(adp_model_mark(b.model, r)->reply, ==, r);
    g_assert_cmpuint(adp_model_mark(b.model, r)->next, ==, ADP_NONE);
    bench_clear(&b);
}

/* The answer comes from another server than the one that was asked: it is no step, and the question's names it. */
static void test_stray(void)
{
    bench b;
    guint32 stray;
    guint32 reply;

    bench_init(&b);
    (void)bench_add(&b, ob_query(b.arena, dns_flow(&b, 50000), 7, NAME));
    stray = bench_add(&b, ob_answer(b.arena, udp(b.client, 50000, b.server2, 53), 7, NAME, 0,
                                    "dc1.contoso.test", NULL));
    g_assert_cmpuint(adp_model_step_count(b.model), ==, 1);
    g_assert_cmpuint(adp_model_mark(b.model, stray)->step, ==, ADP_NONE);
    g_assert_cmpuint(step_of(&b, 0)->own->stray, ==, stray);
    g_assert_cmpuint(step_of(&b, 0)->own->stray_drops, ==, 0);
    bench_wait(&b, S(1));
    g_assert_cmpuint(bench_step(&b, ob_query(b.arena, dns_flow(&b, 50000), 7, NAME)), ==, 0);
    g_assert_cmpuint(step_of(&b, 0)->own->stray_drops, ==, 1);
    /* Another question is none to the first one. */
    (void)bench_add(&b, ob_query(b.arena, dns_flow(&b, 50001), 8, "_gc._tcp.contoso.test"));
    g_assert_cmpuint(step_of(&b, 0)->own->stray_drops, ==, 1);
    /* Who was asked may still answer. */
    reply = bench_add(
        &b, ob_answer(b.arena, dns_flow(&b, 50000), 7, NAME, 0, "dc1.contoso.test", NULL));
    check_step(&b, 0, 0, reply, 1);
    /* From then on whatever comes from elsewhere is an answer without its question. */
    (void)bench_add(&b, ob_answer(b.arena, udp(b.client, 50000, b.server2, 53), 7, NAME, 3, NULL));
    g_assert_cmpuint(adp_model_step_count(b.model), ==, 3);
    bench_clear(&b);
}

/* A client that goes on after it asked again once may have got the second answer. */
static void test_stray_taken(void)
{
    static const guint times[] = {1, 2, 3};
    guint n;

    for (n = 0; n < G_N_ELEMENTS(times); n++) {
        bench b;
        guint i;

        bench_init(&b);
        for (i = 0; i < times[n]; i++) {
            (void)bench_add(&b, ob_query(b.arena, dns_flow(&b, 50000), 7, NAME));
            (void)bench_add(&b, ob_answer(b.arena, udp(b.client, 50000, b.server2, 53), 7, NAME, 0,
                                          "dc1.contoso.test", NULL));
            bench_wait(&b, S(1));
        }
        g_assert_cmpuint(step_of(&b, 0)->own->stray_drops, ==, times[n] - 1);
        (void)bench_add(
            &b, ob_bind(b.arena, tcp(b.client, 50002, b.server, 389, 1), 1, "simple", FALSE));
        (void)bench_add(&b, ob_bound(b.arena, tcp(b.client, 50002, b.server, 389, 1), 1, 0));
        g_assert_cmpuint(step_of(&b, 0)->own->stray_drops, ==, times[n] > 2 ? 2 : 0);
        bench_clear(&b);
    }
}

/* What makes another step of it: id, name, port, server, transport. */
static void test_srv_apart(void)
{
    bench b;

    bench_init(&b);
    g_assert_cmpuint(bench_step(&b, ob_query(b.arena, dns_flow(&b, 50000), 7, NAME)), ==, 0);
    g_assert_cmpuint(bench_step(&b, ob_query(b.arena, dns_flow(&b, 50000), 8, NAME)), ==, 1);
    g_assert_cmpuint(
        bench_step(&b, ob_query(b.arena, dns_flow(&b, 50000), 7, "_gc._tcp.contoso.test")), ==, 2);
    g_assert_cmpuint(bench_step(&b, ob_query(b.arena, dns_flow(&b, 50001), 7, NAME)), ==, 3);
    g_assert_cmpuint(
        bench_step(&b, ob_query(b.arena, udp(b.client, 50000, b.server2, 53), 7, NAME)), ==, 4);
    g_assert_cmpuint(
        bench_step(&b, ob_query(b.arena, tcp(b.client, 50000, b.server, 53, 1), 7, NAME)), ==, 5);
    /* Each answer finds its own. */
    g_assert_cmpuint(bench_step(&b, ob_answer(b.arena, udp(b.client, 50000, b.server2, 53), 7, NAME,
                                              0, "dc1.contoso.test", NULL)),
                     ==, 4);
    g_assert_cmpuint(bench_step(&b, ob_answer(b.arena, dns_flow(&b, 50000), 8, NAME, 0,
                                              "dc1.contoso.test", NULL)),
                     ==, 1);
    g_assert_cmpuint(bench_step(&b, ob_answer(b.arena, tcp(b.client, 50000, b.server, 53, 1), 7,
                                              NAME, 0, "dc1.contoso.test", NULL)),
                     ==, 5);
    g_assert_cmpuint(bench_step(&b, ob_answer(b.arena, dns_flow(&b, 50000), 7, NAME, 0,
                                              "dc1.contoso.test", NULL)),
                     ==, 0);
    g_assert_cmpuint(adp_model_step_count(b.model), ==, 6);
    bench_clear(&b);
}

static void test_retry(void)
{
    bench b;
    guint32 r;

    bench_init(&b);
    (void)bench_add(&b, ob_query(b.arena, dns_flow(&b, 50000), 7, NAME));
    bench_wait(&b, S(1));
    g_assert_cmpuint(bench_step(&b, ob_query(b.arena, dns_flow(&b, 50000), 7, NAME)), ==, 0);
    bench_wait(&b, S(2));
    g_assert_cmpuint(bench_step(&b, ob_query(b.arena, dns_flow(&b, 50000), 7, NAME)), ==, 0);
    check_step(&b, 0, 0, ADP_NONE, 2);
    /* To another server it is a step of its own. */
    g_assert_cmpuint(
        bench_step(&b, ob_query(b.arena, udp(b.client, 50000, b.server2, 53), 7, NAME)), ==, 1);
    r = bench_add(&b,
                  ob_answer(b.arena, dns_flow(&b, 50000), 7, NAME, 0, "dc1.contoso.test", NULL));
    check_step(&b, 0, 0, r, 2);
    check_step(&b, 1, 3, ADP_NONE, 0);
    /* Each mark tells what was known with it. */
    g_assert_cmpuint(adp_model_mark(b.model, 0)->retries, ==, 0);
    g_assert_cmpuint(adp_model_mark(b.model, 1)->retries, ==, 1);
    g_assert_cmpuint(adp_model_mark(b.model, 2)->retries, ==, 2);
    /* The second answer, to the repetition: the first one stays the reply. */
    g_assert_cmpuint(bench_step(&b, ob_answer(b.arena, dns_flow(&b, 50000), 7, NAME, 0,
                                              "dc2.contoso.test", NULL)),
                     ==, 0);
    check_step(&b, 0, 0, r, 2);
    bench_clear(&b);
}

/* Same bytes on the same ports: a retry within half a minute of the last sign, else new. */
static void test_retry_window(void)
{
    bench b;

    bench_init(&b);
    (void)bench_add(&b, ob_query(b.arena, dns_flow(&b, 50000), 7, NAME));
    b.time += S(29);
    g_assert_cmpuint(bench_step(&b, ob_query(b.arena, dns_flow(&b, 50000), 7, NAME)), ==, 0);
    b.time += S(29);
    g_assert_cmpuint(bench_step(&b, ob_query(b.arena, dns_flow(&b, 50000), 7, NAME)), ==, 0);
    b.time += S(31);
    g_assert_cmpuint(bench_step(&b, ob_query(b.arena, dns_flow(&b, 50000), 7, NAME)), ==, 1);
    check_step(&b, 0, 0, ADP_NONE, 2);
    check_step(&b, 1, 3, ADP_NONE, 0);
    /* An answer now is the new one's. */
    g_assert_cmpuint(bench_step(&b, ob_answer(b.arena, dns_flow(&b, 50000), 7, NAME, 0,
                                              "dc1.contoso.test", NULL)),
                     ==, 1);
    bench_clear(&b);
}

/* Other bytes with the same id: another question, as from a resolver that adds EDNS. */
static void test_not_a_retry(void)
{
    bench b;
    adp_obs other;

    bench_init(&b);
    (void)bench_add(&b, ob_query(b.arena, dns_flow(&b, 50000), 7, NAME));
    other = ob_query(b.arena, dns_flow(&b, 50000), 7, NAME);
    other.hash ^= 1;
    g_assert_cmpuint(bench_step(&b, other), ==, 1);
    check_step(&b, 0, 0, ADP_NONE, 0);
    bench_clear(&b);
}

/* ---- copies ---- */

static void test_copies(void)
{
    static const struct {
        const char *row;
        gint64 apart;
        gboolean copy;
    } rows[] = {
        {"at once", 0, TRUE},
        {"within", 999999, TRUE},
        {"just", MS(1), TRUE},
        {"a bit later", 1000001, FALSE},
        {"later", MS(5), FALSE},
        {"clock steps back", -500000, TRUE},
        {"clock jumps back", -MS(2), FALSE},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        bench b;
        guint32 n;

        bench_init(&b);
        (void)bench_add(&b, ob_query(b.arena, dns_flow(&b, 50000), 7, NAME));
        b.time += rows[i].apart - MS(10);
        n = bench_add(&b, ob_query(b.arena, dns_flow(&b, 50000), 7, NAME));
        check_int(rows[i].row, "steps", adp_model_step_count(b.model), 1);
        check_int(rows[i].row, "copy", adp_model_mark(b.model, n)->copy, rows[i].copy);
        check_int(rows[i].row, "retries", step_of(&b, 0)->retries, !rows[i].copy);
        bench_clear(&b);
    }
}

/* Two taps: before and behind a device that changes the addresses. */
static void test_copies_elsewhere(void)
{
    bench b;
    guint32 nat;
    guint32 n;

    bench_init(&b);
    nat = address_of(b.model, "192.168.1.1");
    (void)bench_add(&b, ob_query(b.arena, dns_flow(&b, 50000), 7, NAME));
    b.time -= MS(10);
    n = bench_add(&b, ob_query(b.arena, udp(nat, 50000, b.server, 53), 7, NAME));
    g_assert_true(adp_model_mark(b.model, n)->copy);
    b.time += MS(5);
    (void)bench_add(&b, ob_answer(b.arena, udp(nat, 50000, b.server, 53), 7, NAME, 0,
                                  "dc1.contoso.test", NULL));
    b.time -= MS(10);
    n = bench_add(&b,
                  ob_answer(b.arena, dns_flow(&b, 50000), 7, NAME, 0, "dc1.contoso.test", NULL));
    g_assert_true(adp_model_mark(b.model, n)->copy);
    bench_clear(&b);
}

/* Other ports, another id, other bytes, another sort of message: no copy. */
static void test_no_copies(void)
{
    bench b;
    adp_obs other;
    guint i;

    bench_init(&b);
    (void)bench_add(&b, ob_query(b.arena, dns_flow(&b, 50000), 7, NAME));
    b.time -= MS(10);
    (void)bench_add(&b, ob_query(b.arena, dns_flow(&b, 50001), 7, NAME));
    b.time -= MS(10);
    (void)bench_add(&b, ob_query(b.arena, dns_flow(&b, 50000), 8, NAME));
    b.time -= MS(10);
    other = ob_query(b.arena, dns_flow(&b, 50000), 7, NAME);
    other.hash++;
    (void)bench_add(&b, other);
    b.time -= MS(10);
    other = ob_query(b.arena, udp(b.client, 50000, b.server, 5353), 7, NAME);
    (void)bench_add(&b, other);
    g_assert_cmpuint(adp_model_step_count(b.model), ==, 5);
    for (i = 0; i < adp_model_obs_count(b.model); i++) {
        g_assert_false(adp_model_mark(b.model, i)->copy);
    }
    bench_clear(&b);
}

/* Asked of two servers at once, with one socket and one id: two questions, two answers. */
static void test_two_servers_at_once(void)
{
    bench b;
    adp_flow one;
    adp_flow two;

    bench_init(&b);
    one = udp(b.client, 50001, b.server, 389);
    two = udp(b.client, 50001, b.server2, 389);
    g_assert_cmpuint(bench_step(&b, ob_ping(b.arena, one, 1, "contoso.test", "WS1")), ==, 0);
    b.time -= MS(10) - 100000;
    g_assert_cmpuint(bench_step(&b, ob_ping(b.arena, two, 1, "contoso.test", "WS1")), ==, 1);
    /* The messages that end the searches are alike byte for byte. */
    g_assert_cmpuint(bench_step(&b, ob_pong(b.arena, one, 1, 23, "dc1", "HQ")), ==, 0);
    g_assert_cmpuint(bench_step(&b, ob_done(b.arena, one, 1, 0)), ==, 0);
    b.time -= MS(10) - 100000;
    g_assert_cmpuint(bench_step(&b, ob_done(b.arena, two, 1, 0)), ==, 1);
    bench_clear(&b);
}

/* TCP repeats segments, not messages: the same bytes a second time are asked anew. */
static void test_tcp_repeats_nothing(void)
{
    bench b;
    adp_flow flow;

    bench_init(&b);
    flow = tcp(b.client, 50100, b.server, 389, 1);
    g_assert_cmpuint(bench_step(&b, ob_rootdse(b.arena, flow, 1)), ==, 0);
    g_assert_cmpuint(bench_step(&b, ob_rootdse(b.arena, flow, 1)), ==, 1);
    g_assert_cmpuint(step_of(&b, 0)->retries, ==, 0);
    bench_clear(&b);
}

/* A doubled capture counts nothing twice. */
static void test_doubled_capture(void)
{
    bench b;
    adp_flow ldap;
    guint i;

    bench_init(&b);
    ldap = tcp(b.client, 50100, b.server, 389, 1);
    {
        const adp_obs script[] = {
            ob_query(b.arena, dns_flow(&b, 50000), 7, NAME),
            ob_answer(b.arena, dns_flow(&b, 50000), 7, NAME, 0, "dc1.contoso.test", NULL),
            ob_krb(b.arena, tcp(b.client, 50200, b.server, 88, 2), ADP_EXCHANGE_TGS,
                   "ldap/dc1.contoso.test", 1),
            ob_ticket(b.arena, tcp(b.client, 50200, b.server, 88, 2), ADP_EXCHANGE_TGS,
                      "ldap/dc1.contoso.test"),
            ob_bind(b.arena, ldap, 1, "GSS-SPNEGO", TRUE),
            ob_ap(b.arena, ldap, ADP_CARRIER_LDAP, "ldap/dc1.contoso.test", 1),
            ob_bound(b.arena, ldap, 1, 0),
            ob_ap_reply(b.arena, ldap, ADP_CARRIER_LDAP, AP_ACCEPTED),
            ob_scp(b.arena, ldap, 2, "exchange", "CN=Configuration,DC=contoso,DC=test"),
            ob_entry(b.arena, ldap, 2, "CN=EX1", "https://ex1/", "Site=HQ", NULL),
            ob_done(b.arena, ldap, 2, 0),
            ob_hidden(b.arena, ldap, FALSE, 3, 99),
        };

        for (i = 0; i < G_N_ELEMENTS(script); i++) {
            guint32 n;

            (void)bench_add(&b, script[i]);
            b.time -= MS(10) - 200000;
            n = bench_add(&b, script[i]);
            g_assert_cmpuint(n, !=, ADP_NONE);
            g_assert_true(adp_model_mark(b.model, n)->copy);
            g_assert_cmpuint(adp_model_mark(b.model, n)->step, ==,
                             adp_model_mark(b.model, n - 1)->step);
        }
    }
    g_assert_cmpuint(adp_model_step_count(b.model), ==, 6);
    for (i = 0; i < adp_model_step_count(b.model); i++) {
        check_int("doubled", "retries", step_of(&b, i)->retries, 0);
        check_str("doubled", "outcome", outcome_of(&b, i), i == 5 ? "hidden" : "ok");
    }
    check_int("doubled", "entries", step_of(&b, 4)->own->entries, 1);
    check_int("doubled", "hidden messages", step_of(&b, 5)->own->messages, 3);
    bench_clear(&b);
}

/* ---- replies alone ---- */

static void test_reply_alone(void)
{
    bench b;
    guint32 r;

    bench_init(&b);
    r = bench_add(&b,
                  ob_answer(b.arena, dns_flow(&b, 50000), 7, NAME, 0, "dc1.contoso.test", NULL));
    check_step(&b, 0, ADP_NONE, r, 0);
    check_str("reply alone", "outcome", outcome_of(&b, 0), "ok");
    g_assert_cmpuint(step_of(&b, 0)->flow.client, ==, b.client);
    /* The same reply again is not another one; another reply is another step. */
    g_assert_cmpuint(bench_step(&b, ob_answer(b.arena, dns_flow(&b, 50000), 7, NAME, 0,
                                              "dc1.contoso.test", NULL)),
                     ==, 0);
    g_assert_cmpuint(bench_step(&b, ob_answer(b.arena, dns_flow(&b, 50000), 7, NAME, 3, NULL)), ==,
                     1);
    /* A request behind them asks anew. */
    g_assert_cmpuint(bench_step(&b, ob_query(b.arena, dns_flow(&b, 50000), 7, NAME)), ==, 2);
    check_step(&b, 2, 3, ADP_NONE, 0);
    g_assert_cmpuint(bench_step(&b, ob_answer(b.arena, dns_flow(&b, 50000), 7, NAME, 0,
                                              "dc3.contoso.test", NULL)),
                     ==, 2);
    bench_clear(&b);
}

/* Two taps may deliver a request a moment after its answer. */
static void test_late_request(void)
{
    bench b;
    adp_view view = {.step = 0, .early = TRUE};
    char *shown;

    bench_init(&b);
    (void)bench_add(&b,
                    ob_answer(b.arena, dns_flow(&b, 50000), 7, NAME, 0, "dc1.contoso.test", NULL));
    b.time -= MS(9);
    g_assert_cmpuint(bench_step(&b, ob_query(b.arena, dns_flow(&b, 50000), 7, NAME)), ==, 0);
    check_step(&b, 0, 1, 0, 0);
    check_str("late request", "outcome", outcome_of(&b, 0), "ok");
    /* The frame of the answer still shows what it knew: no request. */
    g_assert_null(adp_view_request(b.model, &view));
    shown = fact_of(b.model, &view, ADP_F_REPEAT_SHELL);
    g_assert_null(shown);
    g_free(shown);
    /* A request later than that asks anew. */
    b.time += S(1);
    (void)bench_add(&b, ob_answer(b.arena, dns_flow(&b, 50001), 8, NAME, 3, NULL));
    b.time += S(1);
    g_assert_cmpuint(bench_step(&b, ob_query(b.arena, dns_flow(&b, 50001), 8, NAME)), ==, 2);
    bench_clear(&b);
}

/* The same of a ping, whose step then begins with an entry: what it was about must come from
 * the request, wherever that stands. */
static void test_late_ping(void)
{
    bench b;
    adp_flow flow;

    bench_init(&b);
    flow = udp(b.client, 50100, b.server, 389);
    (void)bench_add(&b, ob_pong(b.arena, flow, 1, 24, "dc1.contoso.test", "HQ"));
    (void)bench_add(&b, ob_done(b.arena, flow, 1, 0));
    b.time -= MS(9);
    g_assert_cmpuint(bench_step(&b, ob_ping(b.arena, flow, 1, "contoso.test", "WS1")), ==, 0);
    check_step(&b, 0, 2, 1, 0);
    g_assert_cmpstr(adp_path_outcome(b.analysis, adp_model_path(b.model, 0)), ==, "failed");
    /* A controller that serves makes it good, as both were about one domain. */
    flow = udp(b.client, 50101, b.server2, 389);
    (void)bench_add(&b, ob_ping(b.arena, flow, 1, "contoso.test", "WS1"));
    (void)bench_add(&b, ob_pong(b.arena, flow, 1, 23, "dc2.contoso.test", "HQ"));
    (void)bench_add(&b, ob_done(b.arena, flow, 1, 0));
    g_assert_cmpstr(adp_path_outcome(b.analysis, adp_model_path(b.model, 0)), ==, "ok");
    bench_clear(&b);
}

/*
 * Windows pings with number 1 for ever, and a port comes again: an answer so long after a ping that got none is another's,
 * whose request was not captured. Over TCP a number belongs to the connection, however slow the server is.
 */
static void test_long_after(void)
{
    bench b;
    adp_flow flow;

    bench_init(&b);
    flow = udp(b.client, 50100, b.server, 389);
    (void)bench_add(&b, ob_ping(b.arena, flow, 1, "contoso.test", "WS1"));
    (void)bench_add(&b, ob_done(b.arena, flow, 1, 0));
    bench_wait(&b, S(600));
    g_assert_cmpuint(bench_step(&b, ob_pong(b.arena, flow, 1, 23, "dc1.contoso.test", "HQ")), ==,
                     1);
    g_assert_cmpuint(bench_step(&b, ob_done(b.arena, flow, 1, 0)), ==, 1);
    check_step(&b, 0, 0, 1, 0);
    check_step(&b, 1, ADP_NONE, 3, 0);
    /* Within a minute it is a slow server's. */
    (void)bench_add(&b, ob_ping(b.arena, flow, 1, "contoso.test", "WS1"));
    bench_wait(&b, S(40));
    g_assert_cmpuint(bench_step(&b, ob_pong(b.arena, flow, 1, 23, "dc1.contoso.test", "HQ")), ==,
                     2);
    /* The same of DNS. */
    (void)bench_add(&b, ob_query(b.arena, dns_flow(&b, 50000), 7, NAME));
    bench_wait(&b, S(600));
    g_assert_cmpuint(bench_step(&b, ob_answer(b.arena, dns_flow(&b, 50000), 7, NAME, 0,
                                              "dc1.contoso.test", NULL)),
                     ==, 4);
    flow = tcp(b.client, 50100, b.server, 389, 3);
    (void)bench_add(&b, ob_scp(b.arena, flow, 5, "exchange", "CN=x"));
    bench_wait(&b, S(600));
    g_assert_cmpuint(bench_step(&b, ob_done(b.arena, flow, 5, 0)), ==, 5);
    bench_clear(&b);
}

/* An error without the question is that of the last question with its id. */
static void test_nameless_error(void)
{
    bench b;
    adp_obs obs;
    adp_obs_dns *dns;

    bench_init(&b);
    dns = adp_arena_new_array(b.arena, adp_obs_dns, 1);
    dns->parts = &adp_no_srv_name;
    dns->said = &adp_dns_nothing;
    dns->name = "";
    dns->rcode = 2;
    obs = ob_answer(b.arena, dns_flow(&b, 50000), 7, NAME, 2, NULL);
    obs.u.dns = dns;
    obs.hash = 1;
    g_assert_cmpuint(bench_add(&b, obs), ==, ADP_NONE);
    (void)bench_add(&b, ob_query(b.arena, dns_flow(&b, 50000), 7, NAME));
    g_assert_cmpuint(bench_step(&b, obs), ==, 0);
    check_step(&b, 0, 0, 1, 0);
    check_str("nameless error", "outcome", outcome_of(&b, 0), "failed");
    /* It answers one question. */
    obs.hash = 2;
    g_assert_cmpuint(bench_add(&b, obs), ==, ADP_NONE);
    obs.id = 8;
    g_assert_cmpuint(bench_add(&b, obs), ==, ADP_NONE);
    bench_clear(&b);
}

static void test_ldap_reply_alone(void)
{
    bench b;
    adp_flow flow;

    bench_init(&b);
    flow = udp(b.client, 50100, b.server, 389);
    /* Only a Netlogon value tells by itself what it answers. */
    g_assert_cmpuint(bench_step(&b, ob_entry(b.arena, flow, 1, "CN=x", "y", "z", NULL)), ==,
                     ADP_NONE);
    g_assert_cmpuint(bench_step(&b, ob_done(b.arena, flow, 1, 0)), ==, ADP_NONE);
    g_assert_cmpuint(adp_model_obs_count(b.model), ==, 0);
    g_assert_cmpuint(bench_step(&b, ob_pong(b.arena, flow, 1, 23, "dc1.contoso.test", "HQ")), ==,
                     0);
    g_assert_cmpuint(bench_step(&b, ob_done(b.arena, flow, 1, 0)), ==, 0);
    g_assert_cmpstr(adp_step_kind_name(step_of(&b, 0)->kind), ==, "ping");
    check_step(&b, 0, ADP_NONE, 1, 0);
    check_str("pong alone", "outcome", outcome_of(&b, 0), "ok");
    bench_clear(&b);
}

/* What was refused leaves nothing behind: neither step, path, nor a copy to be compared with. */
static void test_refused(void)
{
    bench b;
    adp_obs done;
    guint64 generation;

    bench_init(&b);
    generation = adp_model_generation(b.model);
    done = ob_done(b.arena, udp(b.client, 50100, b.server, 389), 1, 0);
    g_assert_cmpuint(bench_add(&b, done), ==, ADP_NONE);
    g_assert_cmpuint(adp_model_path_count(b.model), ==, 0);
    g_assert_cmpuint(adp_model_step_count(b.model), ==, 0);
    g_assert_cmpuint(adp_model_generation(b.model), ==, generation);
    /* At the same time: would be a copy if the first had stayed. */
    (void)bench_also(&b, ob_ping(b.arena, done.flow, 1, "contoso.test", "WS1"));
    b.time -= MS(10);
    g_assert_cmpuint(bench_step(&b, done), ==, 0);
    g_assert_false(adp_model_mark(b.model, 1)->copy);
    bench_clear(&b);
}

/* What was refused does not make forget what was kept: the copy of that is still one. */
static void test_refused_between(void)
{
    bench b;
    adp_flow flow;
    adp_obs refusal;
    guint32 n;

    bench_init(&b);
    flow = tcp(b.client, 50300, b.server, 80, 1);
    refusal = ob_ap_reply(b.arena, flow, ADP_CARRIER_HTTP, AP_REFUSED);
    (void)bench_add(&b, ob_ap(b.arena, flow, ADP_CARRIER_HTTP, "HTTP/mail", 1));
    g_assert_cmpuint(bench_add(&b, refusal), ==, 1);
    g_assert_cmpuint(bench_add(&b, refusal), ==, ADP_NONE);
    /* Two interfaces, two clocks: it comes third, but was captured beside the first. */
    b.time -= MS(20) - 500000;
    n = bench_add(&b, refusal);
    check_int("copy of the first", "observation", n, 2);
    if (n != ADP_NONE) {
        g_assert_true(adp_model_mark(b.model, n)->copy);
    }
    bench_clear(&b);
}

/* ---- LDAP searches ---- */

static void test_search(void)
{
    bench b;
    adp_flow flow;
    adp_step_kind kind;
    guint32 done;

    bench_init(&b);
    flow = tcp(b.client, 50100, b.server, 389, 1);
    g_assert_false(adp_model_search_kind(b.model, &flow, 3, &kind));
    g_assert_cmpuint(bench_step(&b, ob_rootdse(b.arena, flow, 2)), ==, 0);
    g_assert_cmpuint(bench_step(&b, ob_scp(b.arena, flow, 3, "exchange", "CN=x")), ==, 1);
    g_assert_true(adp_model_search_kind(b.model, &flow, 3, &kind));
    g_assert_cmpint(kind, ==, ADP_STEP_SCP);
    g_assert_true(adp_model_search_kind(b.model, &flow, 2, &kind));
    g_assert_cmpint(kind, ==, ADP_STEP_ROOTDSE);
    /* Answers cross. */
    g_assert_cmpuint(bench_step(&b, ob_entry(b.arena, flow, 3, "CN=1", "u", "k", NULL)), ==, 1);
    g_assert_cmpuint(bench_step(&b, ob_entry(b.arena, flow, 2, "", NULL, NULL)), ==, 0);
    g_assert_cmpuint(bench_step(&b, ob_entry(b.arena, flow, 3, "CN=2", "u", "k", NULL)), ==, 1);
    g_assert_cmpuint(bench_step(&b, ob_done(b.arena, flow, 2, 0)), ==, 0);
    done = bench_add(&b, ob_done(b.arena, flow, 3, 0));
    check_step(&b, 1, 1, done, 0);
    g_assert_cmpuint(step_of(&b, 0)->own->entries, ==, 1);
    g_assert_cmpuint(step_of(&b, 1)->own->entries, ==, 2);
    /* Entries, as they were counted with each. */
    g_assert_cmpuint(adp_model_mark(b.model, 2)->count, ==, 1);
    g_assert_cmpuint(adp_model_mark(b.model, 4)->count, ==, 2);
    /* The number used again is another search. */
    g_assert_cmpuint(bench_step(&b, ob_scp(b.arena, flow, 3, "rms", "CN=x")), ==, 2);
    g_assert_cmpuint(bench_step(&b, ob_done(b.arena, flow, 3, 32)), ==, 2);
    bench_clear(&b);
}

/* Connections do not meet: neither at equal ids, nor when a port pair is used again. */
static void test_two_connections(void)
{
    bench b;
    adp_flow one;
    adp_flow two;
    adp_flow again;

    bench_init(&b);
    one = tcp(b.client, 50100, b.server, 389, 1);
    two = tcp(b.client, 50101, b.server, 389, 2);
    again = tcp(b.client, 50100, b.server, 389, 3);
    g_assert_cmpuint(bench_step(&b, ob_scp(b.arena, one, 5, "exchange", "CN=x")), ==, 0);
    g_assert_cmpuint(bench_step(&b, ob_rootdse(b.arena, two, 5)), ==, 1);
    g_assert_cmpuint(bench_step(&b, ob_done(b.arena, two, 5, 0)), ==, 1);
    g_assert_cmpuint(bench_step(&b, ob_done(b.arena, one, 5, 0)), ==, 0);
    g_assert_cmpuint(bench_step(&b, ob_done(b.arena, again, 5, 0)), ==, ADP_NONE);
    g_assert_cmpuint(bench_step(&b, ob_scp(b.arena, again, 5, "exchange", "CN=x")), ==, 2);
    g_assert_cmpuint(bench_step(&b, ob_bind(b.arena, one, 6, "simple", FALSE)), ==, 3);
    g_assert_cmpuint(bench_step(&b, ob_bind(b.arena, two, 6, "GSSAPI", TRUE)), ==, 4);
    g_assert_cmpuint(bench_step(&b, ob_bound(b.arena, one, 6, 0)), ==, 3);
    g_assert_cmpuint(bench_step(&b, ob_bound(b.arena, two, 6, 14)), ==, 4);
    g_assert_cmpstr(step_of(&b, 3)->own->mechanism, ==, "simple");
    g_assert_cmpstr(step_of(&b, 4)->own->mechanism, ==, "GSSAPI");
    bench_clear(&b);
}

/* ---- binds ---- */

typedef struct {
    char what; /* b bind, r reply; of sicily: d discovery, n negotiate, s response */
    const char *mechanism;
    gboolean sasl;
    guint32 result;
    guint32 step;  /* the step it must be part of */
    guint32 reply; /* of that step after it, as index of the row; ADP_NONE: none */
} bind_row;

static guint round_of(char what)
{
    return what == 'd' ? 0 : what == 'n' ? 1 : 2;
}

static void run_binds(const char *name, const bind_row *rows, guint count)
{
    bench b;
    adp_flow flow;
    guint i;

    bench_init(&b);
    flow = tcp(b.client, 50100, b.server, 389, 1);
    for (i = 0; i < count; i++) {
        char *row = g_strdup_printf("%s, message %u", name, i);
        guint32 id = i / 2 + 1;
        guint32 step;

        switch (rows[i].what) {
        case 'b':
            step = bench_step(&b, ob_bind(b.arena, flow, id, rows[i].mechanism, rows[i].sasl));
            break;
        case 'r':
            step = bench_step(&b, ob_bound(b.arena, flow, id, rows[i].result));
            break;
        default:
            step = bench_step(&b, ob_sicily(b.arena, flow, id, round_of(rows[i].what)));
            break;
        }
        check_int(row, "step", step, rows[i].step);
        check_int(row, "reply", step_of(&b, step)->reply, rows[i].reply);
        if (rows[i].what != 'r') {
            check_str(row, "mechanism", step_of(&b, step)->own->mechanism, rows[i].mechanism);
        }
        g_free(row);
    }
    bench_clear(&b);
}

#define RUN_BINDS(name, rows) run_binds(name, rows, G_N_ELEMENTS(rows))

static void test_binds(void)
{
    static const bind_row simple[] = {
        {'b', "simple", FALSE, 0, 0, ADP_NONE},
        {'r', NULL, FALSE, 0, 0, 1},
    };
    static const bind_row gssapi[] = {
        {'b', "GSSAPI", TRUE, 0, 0, ADP_NONE},
        {'r', NULL, FALSE, 14, 0, ADP_NONE},
        {'b', "GSSAPI", TRUE, 0, 0, ADP_NONE},
        {'r', NULL, FALSE, 14, 0, ADP_NONE},
        {'b', "GSSAPI", TRUE, 0, 0, ADP_NONE},
        {'r', NULL, FALSE, 0, 0, 5},
        /* Bound again on the same connection: a new bind. */
        {'b', "GSSAPI", TRUE, 0, 1, ADP_NONE},
        {'r', NULL, FALSE, 0, 1, 7},
    };
    static const bind_row ntlm[] = {
        {'b', "GSS-SPNEGO", TRUE, 0, 0, ADP_NONE},
        {'r', NULL, FALSE, 14, 0, ADP_NONE},
        {'b', "GSS-SPNEGO", TRUE, 0, 0, ADP_NONE},
        {'r', NULL, FALSE, 49, 0, 3},
        /* After a refusal it begins anew. */
        {'b', "GSS-SPNEGO", TRUE, 0, 1, ADP_NONE},
        {'r', NULL, FALSE, 14, 1, ADP_NONE},
        {'b', "GSS-SPNEGO", TRUE, 0, 1, ADP_NONE},
        {'r', NULL, FALSE, 0, 1, 7},
    };
    static const bind_row fallback[] = {
        {'b', "GSS-SPNEGO", TRUE, 0, 0, ADP_NONE},
        {'r', NULL, FALSE, 14, 0, ADP_NONE},
        {'b', "simple", FALSE, 0, 1, ADP_NONE},
        {'r', NULL, FALSE, 0, 1, 3},
    };
    static const bind_row two_simple[] = {
        {'b', "simple", FALSE, 0, 0, ADP_NONE},
        {'r', NULL, FALSE, 49, 0, 1},
        {'b', "simple", FALSE, 0, 1, ADP_NONE},
        {'r', NULL, FALSE, 0, 1, 3},
    };
    static const bind_row only_requests[] = {
        {'b', "GSS-SPNEGO", TRUE, 0, 0, ADP_NONE},
        {'b', "GSS-SPNEGO", TRUE, 0, 0, ADP_NONE},
        {'b', "simple", FALSE, 0, 1, ADP_NONE},
        {'b', "simple", FALSE, 0, 2, ADP_NONE},
    };
    static const bind_row only_replies[] = {
        {'r', NULL, FALSE, 14, 0, ADP_NONE}, {'r', NULL, FALSE, 14, 0, ADP_NONE},
        {'r', NULL, FALSE, 0, 0, 2},         {'r', NULL, FALSE, 49, 1, 3},
        {'r', NULL, FALSE, 0, 2, 4},
    };

    RUN_BINDS("simple", simple);
    RUN_BINDS("GSSAPI", gssapi);
    RUN_BINDS("SPNEGO with NTLM", ntlm);
    RUN_BINDS("fallback", fallback);
    RUN_BINDS("two simple binds", two_simple);
    RUN_BINDS("only requests captured", only_requests);
    RUN_BINDS("only replies captured", only_replies);
}

/* Sicily answers success to each round, with the challenge where the DN should be. */
static void test_sicily(void)
{
    static const bind_row rounds[] = {
        {'d', "sicily", FALSE, 0, 0, ADP_NONE}, {'r', NULL, FALSE, 0, 0, ADP_NONE},
        {'n', "sicily", FALSE, 0, 0, ADP_NONE}, {'r', NULL, FALSE, 0, 0, ADP_NONE},
        {'s', "sicily", FALSE, 0, 0, ADP_NONE}, {'r', NULL, FALSE, 49, 0, 5},
        {'d', "sicily", FALSE, 0, 1, ADP_NONE}, {'r', NULL, FALSE, 0, 1, ADP_NONE},
        {'n', "sicily", FALSE, 0, 1, ADP_NONE}, {'r', NULL, FALSE, 0, 1, ADP_NONE},
        {'s', "sicily", FALSE, 0, 1, ADP_NONE}, {'r', NULL, FALSE, 0, 1, 11},
    };
    static const bind_row refused[] = {
        {'d', "sicily", FALSE, 0, 0, ADP_NONE},
        {'r', NULL, FALSE, 7, 0, 1},
        {'b', "simple", FALSE, 0, 1, ADP_NONE},
        {'r', NULL, FALSE, 0, 1, 3},
    };

    RUN_BINDS("sicily", rounds);
    RUN_BINDS("sicily refused", refused);
}

/* The success of a round is not that of the bind when the last round stays without answer. */
static void test_sicily_unanswered(void)
{
    bench b;
    adp_flow flow;

    bench_init(&b);
    flow = tcp(b.client, 50100, b.server, 389, 1);
    (void)bench_add(&b, ob_sicily(b.arena, flow, 1, 0));
    (void)bench_add(&b, ob_bound(b.arena, flow, 1, 0));
    (void)bench_add(&b, ob_sicily(b.arena, flow, 2, 1));
    (void)bench_add(&b, ob_bound(b.arena, flow, 2, 0));
    (void)bench_add(&b, ob_sicily(b.arena, flow, 3, 2));
    bench_wait(&b, S(60));
    check_str("sicily, last round open", "outcome", outcome_of(&b, 0), "unanswered");
    bench_clear(&b);
}

/* What a later step of the connection is told about how it was bound. */
static void test_mechanism(void)
{
    bench b;
    adp_flow flow;

    bench_init(&b);
    flow = tcp(b.client, 50100, b.server, 389, 1);
    (void)bench_add(&b, ob_rootdse(b.arena, flow, 1));
    (void)bench_add(&b, ob_bind(b.arena, flow, 2, "GSSAPI", TRUE));
    (void)bench_add(&b, ob_bound(b.arena, flow, 2, 0));
    (void)bench_add(&b, ob_scp(b.arena, flow, 3, "exchange", "CN=x"));
    (void)bench_add(&b, ob_hidden(b.arena, flow, TRUE, 1, 1));
    (void)bench_add(&b, ob_rootdse(b.arena, tcp(b.client, 50101, b.server, 389, 2), 1));
    g_assert_cmpstr(step_of(&b, 0)->own->mechanism, ==, NULL);
    g_assert_cmpstr(step_of(&b, 1)->own->mechanism, ==, "GSSAPI");
    g_assert_cmpstr(step_of(&b, 2)->own->mechanism, ==, "GSSAPI");
    g_assert_cmpstr(step_of(&b, 3)->own->mechanism, ==, "GSSAPI");
    g_assert_cmpstr(step_of(&b, 4)->own->mechanism, ==, NULL);
    bench_clear(&b);
}

/* ---- hidden ---- */

static void test_hidden(void)
{
    bench b;
    adp_flow one;
    adp_flow two;
    adp_flow known = {0};

    bench_init(&b);
    one = tcp(b.client, 50100, b.server, 389, 1);
    two = tcp(b.client, 50101, b.server, 636, 2);
    g_assert_false(adp_model_stream_flow(b.model, ADP_TCP, 1, &known));
    g_assert_cmpuint(bench_step(&b, ob_hidden(b.arena, one, FALSE, 1, 1)), ==, 0);
    g_assert_cmpuint(bench_step(&b, ob_hidden(b.arena, one, TRUE, 2, 2)), ==, 0);
    g_assert_cmpuint(bench_step(&b, ob_hidden(b.arena, two, TRUE, 5, 3)), ==, 1);
    g_assert_cmpuint(bench_step(&b, ob_hidden(b.arena, one, FALSE, 4, 4)), ==, 0);
    g_assert_cmpuint(step_of(&b, 0)->own->messages, ==, 7);
    g_assert_cmpuint(step_of(&b, 1)->own->messages, ==, 5);
    g_assert_cmpuint(adp_model_mark(b.model, 0)->count, ==, 1);
    g_assert_cmpuint(adp_model_mark(b.model, 1)->count, ==, 3);
    g_assert_cmpuint(adp_model_mark(b.model, 3)->count, ==, 7);
    check_step(&b, 0, ADP_NONE, ADP_NONE, 0);
    check_str("hidden", "outcome", outcome_of(&b, 0), "hidden");
    g_assert_true(adp_model_stream_flow(b.model, ADP_TCP, 2, &known));
    g_assert_cmpuint(known.client, ==, b.client);
    g_assert_cmpuint(known.server_port, ==, 636);
    g_assert_false(adp_model_stream_flow(b.model, ADP_UDP, 2, &known));
    g_assert_false(adp_model_stream_flow(b.model, ADP_TCP, 3, &known));
    g_assert_false(adp_model_stream_flow(b.model, ADP_TCP, ADP_NONE, &known));
    bench_clear(&b);
}

/* Where Wireshark gives no stream, the ports do. */
static void test_no_stream(void)
{
    bench b;

    bench_init(&b);
    g_assert_cmpuint(
        bench_step(&b, ob_hidden(b.arena, tcp(b.client, 1, b.server, 389, ADP_NONE), FALSE, 1, 1)),
        ==, 0);
    g_assert_cmpuint(
        bench_step(&b, ob_hidden(b.arena, tcp(b.client, 2, b.server, 389, ADP_NONE), FALSE, 1, 2)),
        ==, 1);
    g_assert_cmpuint(
        bench_step(&b, ob_hidden(b.arena, tcp(b.client, 1, b.server, 389, ADP_NONE), FALSE, 1, 3)),
        ==, 0);
    bench_clear(&b);
}

/* ---- Kerberos ---- */

static void test_kdc(void)
{
    bench b;
    adp_flow u1;
    adp_flow u2;
    adp_flow t;
    const char *tgt = "krbtgt/CONTOSO.TEST";

    bench_init(&b);
    u1 = udp(b.client, 50200, b.server, 88);
    u2 = udp(b.client, 50201, b.server, 88);
    t = tcp(b.client, 50202, b.server, 88, 1);
    /* AS, preauthentication required, AS, too big, AS over TCP: three steps. */
    g_assert_cmpuint(bench_step(&b, ob_krb(b.arena, u1, ADP_EXCHANGE_AS, tgt, 1)), ==, 0);
    g_assert_cmpuint(bench_step(&b, ob_krb_error(b.arena, u1, ADP_EXCHANGE_AS, tgt, 25)), ==, 0);
    g_assert_cmpuint(bench_step(&b, ob_krb(b.arena, u2, ADP_EXCHANGE_AS, tgt, 2)), ==, 1);
    g_assert_cmpuint(bench_step(&b, ob_krb_error(b.arena, u2, ADP_EXCHANGE_AS, tgt, 52)), ==, 1);
    g_assert_cmpuint(bench_step(&b, ob_krb(b.arena, t, ADP_EXCHANGE_AS, tgt, 2)), ==, 2);
    g_assert_cmpuint(bench_step(&b, ob_ticket(b.arena, t, ADP_EXCHANGE_AS, tgt)), ==, 2);
    g_assert_cmpuint(adp_model_step_count(b.model), ==, 3);
    check_str("25", "outcome", outcome_of(&b, 0), "normal");
    check_str("52", "outcome", outcome_of(&b, 1), "normal");
    check_str("ticket", "outcome", outcome_of(&b, 2), "ok");
    g_assert_cmpstr(adp_path_outcome(b.analysis, adp_model_path(b.model, 0)), ==, "ok");
    bench_clear(&b);
}

/* On one port, as some clients do: the second request is the second step. */
static void test_kdc_same_port(void)
{
    bench b;
    adp_flow t;

    bench_init(&b);
    t = tcp(b.client, 50200, b.server, 88, 1);
    g_assert_cmpuint(bench_step(&b, ob_krb(b.arena, t, ADP_EXCHANGE_AS, "krbtgt/A", 1)), ==, 0);
    g_assert_cmpuint(bench_step(&b, ob_krb_error(b.arena, t, ADP_EXCHANGE_AS, "krbtgt/A", 25)), ==,
                     0);
    g_assert_cmpuint(bench_step(&b, ob_krb(b.arena, t, ADP_EXCHANGE_AS, "krbtgt/A", 2)), ==, 1);
    g_assert_cmpuint(bench_step(&b, ob_ticket(b.arena, t, ADP_EXCHANGE_AS, "krbtgt/A")), ==, 1);
    check_step(&b, 0, 0, 1, 0);
    check_step(&b, 1, 2, 3, 0);
    bench_clear(&b);
}

static void test_kdc_retry(void)
{
    bench b;
    adp_flow u1;

    bench_init(&b);
    u1 = udp(b.client, 50200, b.server, 88);
    g_assert_cmpuint(bench_step(&b, ob_krb(b.arena, u1, ADP_EXCHANGE_TGS, "ldap/dc1", 1)), ==, 0);
    bench_wait(&b, S(1));
    g_assert_cmpuint(bench_step(&b, ob_krb(b.arena, u1, ADP_EXCHANGE_TGS, "ldap/dc1", 1)), ==, 0);
    bench_wait(&b, S(1));
    g_assert_cmpuint(bench_step(&b, ob_krb(b.arena, udp(b.client, 50200, b.server2, 88),
                                           ADP_EXCHANGE_TGS, "ldap/dc1", 1)),
                     ==, 1);
    g_assert_cmpuint(bench_step(&b, ob_ticket(b.arena, u1, ADP_EXCHANGE_TGS, "ldap/dc1")), ==, 0);
    check_step(&b, 0, 0, 3, 1);
    check_step(&b, 1, 2, ADP_NONE, 0);
    bench_clear(&b);
}

/* A KRB-ERROR names no request; the service it names must be the one asked for. */
static void test_kdc_misfit(void)
{
    static const struct {
        const char *row;
        const char *asked;
        const char *error_spn;
        gboolean fits;
    } rows[] = {
        {"same", "HTTP/mail.contoso.test", "HTTP/mail.contoso.test", TRUE},
        {"other case", "HTTP/mail.contoso.test", "http/MAIL.contoso.test", TRUE},
        {"unnamed", "HTTP/mail.contoso.test", NULL, TRUE},
        {"empty", "HTTP/mail.contoso.test", "", TRUE},
        {"request unnamed", NULL, "HTTP/mail.contoso.test", TRUE},
        {"other service", "HTTP/mail.contoso.test", "ldap/dc1.contoso.test", FALSE},
        {"realm spelled out", "krbtgt/CONTOSO", "krbtgt/CONTOSO.TEST", TRUE},
        {"TGT and service", "krbtgt/CONTOSO.TEST", "HTTP/mail.contoso.test", FALSE},
        {"other host", "HTTP/mail.contoso.test", "HTTP/mail2.contoso.test", FALSE},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        bench b;
        adp_flow flow;
        guint32 step;

        bench_init(&b);
        flow = udp(b.client, 50200, b.server, 88);
        (void)bench_add(&b, ob_krb(b.arena, flow, ADP_EXCHANGE_TGS, rows[i].asked, 1));
        step = bench_step(&b, ob_krb_error(b.arena, flow, ADP_EXCHANGE_TGS, rows[i].error_spn, 7));
        check_int(rows[i].row, "step of the error", step, rows[i].fits ? 0 : 1);
        if (!rows[i].fits) {
            check_step(&b, 1, ADP_NONE, 1, 0);
            /* The request may still be answered. */
            step = bench_step(&b, ob_ticket(b.arena, flow, ADP_EXCHANGE_TGS, rows[i].asked));
            check_int(rows[i].row, "step of the ticket", step, 0);
            check_str(rows[i].row, "outcome", outcome_of(&b, 0), "ok");
        }
        bench_clear(&b);
    }
}

static void test_kdc_reply_alone(void)
{
    bench b;
    adp_flow flow;

    bench_init(&b);
    flow = udp(b.client, 50200, b.server, 88);
    g_assert_cmpuint(bench_step(&b, ob_krb_error(b.arena, flow, ADP_EXCHANGE_TGS, "a/b", 7)), ==,
                     0);
    g_assert_cmpuint(bench_step(&b, ob_krb_error(b.arena, flow, ADP_EXCHANGE_TGS, "a/c", 7)), ==,
                     1);
    g_assert_cmpuint(bench_step(&b, ob_ticket(b.arena, flow, ADP_EXCHANGE_TGS, "a/c")), ==, 2);
    check_step(&b, 0, ADP_NONE, 0, 0);
    check_step(&b, 1, ADP_NONE, 1, 0);
    check_step(&b, 2, ADP_NONE, 2, 0);
    bench_clear(&b);
}

/* ---- AP exchanges ---- */

static void test_ap(void)
{
    static const adp_carrier carriers[] = {ADP_CARRIER_LDAP, ADP_CARRIER_HTTP};
    static const struct {
        ap_answer answer;
        const char *outcome;
    } rows[] = {
        {AP_ACCEPTED, "ok"},
        {AP_ERROR, "failed"},
        {AP_REFUSED, "failed"},
        {AP_BARE, "ok"},
    };
    guint i;
    guint k;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        for (k = 0; k < G_N_ELEMENTS(carriers); k++) {
            char *row = g_strdup_printf("carrier %d, answer %d", carriers[k], rows[i].answer);
            bench b;
            adp_flow flow;

            bench_init(&b);
            flow = tcp(b.client, 50300, b.server, 80, 1);
            g_assert_false(adp_model_ap_waits(b.model, &flow, 0));
            check_int(row, "request",
                      bench_step(&b, ob_ap(b.arena, flow, carriers[k], "HTTP/mail", 1)), 0);
            g_assert_true(adp_model_ap_waits(b.model, &flow, 0));
            check_int(row, "reply",
                      bench_step(&b, ob_ap_reply(b.arena, flow, carriers[k], rows[i].answer)), 0);
            g_assert_false(adp_model_ap_waits(b.model, &flow, 0));
            check_step(&b, 0, 0, 1, 0);
            check_str(row, "outcome", outcome_of(&b, 0), rows[i].outcome);
            bench_clear(&b);
            g_free(row);
        }
    }
}

static void test_ap_rounds(void)
{
    bench b;
    adp_flow flow;
    adp_flow other;

    bench_init(&b);
    flow = tcp(b.client, 50300, b.server, 389, 1);
    other = tcp(b.client, 50301, b.server, 389, 2);
    g_assert_cmpuint(bench_step(&b, ob_ap(b.arena, flow, ADP_CARRIER_LDAP, "ldap/dc1", 1)), ==, 0);
    /* A round without token decides nothing, another connection's answer neither. */
    g_assert_cmpuint(bench_step(&b, ob_ap_reply(b.arena, flow, ADP_CARRIER_LDAP, AP_GOES_ON)), ==,
                     ADP_NONE);
    g_assert_true(adp_model_ap_waits(b.model, &flow, 0));
    g_assert_cmpuint(bench_step(&b, ob_ap_reply(b.arena, other, ADP_CARRIER_LDAP, AP_REFUSED)), ==,
                     ADP_NONE);
    g_assert_false(adp_model_ap_waits(b.model, &other, 0));
    g_assert_cmpuint(bench_step(&b, ob_ap_reply(b.arena, flow, ADP_CARRIER_LDAP, AP_ACCEPTED)), ==,
                     0);
    /* What comes without a token and without being waited for is not of Kerberos. */
    g_assert_cmpuint(bench_step(&b, ob_ap_reply(b.arena, flow, ADP_CARRIER_LDAP, AP_REFUSED)), ==,
                     ADP_NONE);
    /* A token speaks for itself. */
    g_assert_cmpuint(bench_step(&b, ob_ap_reply(b.arena, other, ADP_CARRIER_LDAP, AP_ERROR)), ==,
                     1);
    check_step(&b, 1, ADP_NONE, 2, 0);
    /* A second try on the connection is a second step. */
    g_assert_cmpuint(bench_step(&b, ob_ap(b.arena, flow, ADP_CARRIER_LDAP, "ldap/dc1", 2)), ==, 2);
    g_assert_cmpuint(bench_step(&b, ob_ap_reply(b.arena, flow, ADP_CARRIER_LDAP, AP_ERROR)), ==, 2);
    bench_clear(&b);
}

/* A GSS bind is one bind and one Kerberos step. */
static void test_gss_bind(void)
{
    bench b;
    adp_flow flow;

    bench_init(&b);
    flow = tcp(b.client, 50300, b.server, 389, 1);
    (void)bench_add(&b, ob_bind(b.arena, flow, 1, "GSSAPI", TRUE));
    (void)bench_also(&b, ob_ap(b.arena, flow, ADP_CARRIER_LDAP, "ldap/dc1", 1));
    (void)bench_add(&b, ob_bound(b.arena, flow, 1, 14));
    (void)bench_also(&b, ob_ap_reply(b.arena, flow, ADP_CARRIER_LDAP, AP_ACCEPTED));
    (void)bench_add(&b, ob_bind(b.arena, flow, 2, "GSSAPI", TRUE));
    (void)bench_add(&b, ob_bound(b.arena, flow, 2, 14));
    (void)bench_add(&b, ob_bind(b.arena, flow, 3, "GSSAPI", TRUE));
    (void)bench_add(&b, ob_bound(b.arena, flow, 3, 0));
    g_assert_cmpuint(adp_model_step_count(b.model), ==, 2);
    check_step(&b, 0, 0, 7, 0);
    check_step(&b, 1, 1, 3, 0);
    check_str("bind", "outcome", outcome_of(&b, 0), "ok");
    check_str("ap", "outcome", outcome_of(&b, 1), "ok");
    bench_clear(&b);
}

/* Everybody signs in to file servers all day: there only an error is a step. */
static void test_ap_elsewhere(void)
{
    static const adp_carrier carriers[] = {ADP_CARRIER_SMB, ADP_CARRIER_RPC, ADP_CARRIER_OTHER};
    guint i;

    for (i = 0; i < G_N_ELEMENTS(carriers); i++) {
        bench b;
        adp_flow flow;
        guint32 request;
        guint32 error;

        bench_init(&b);
        flow = tcp(b.client, 50300, b.server, 445, 1);
        request = bench_add(&b, ob_ap(b.arena, flow, carriers[i], "cifs/fs1", 1));
        g_assert_cmpuint(request, ==, 0);
        g_assert_cmpuint(adp_model_mark(b.model, 0)->step, ==, ADP_NONE);
        g_assert_false(adp_model_frame_has_step(b.model, 0));
        g_assert_cmpuint(adp_model_step_count(b.model), ==, 0);
        g_assert_cmpuint(bench_step(&b, ob_ap_reply(b.arena, flow, carriers[i], AP_ACCEPTED)), ==,
                         ADP_NONE);
        g_assert_cmpuint(adp_model_step_count(b.model), ==, 0);
        /* The error of a second try belongs to the second try. */
        request = bench_add(&b, ob_ap(b.arena, flow, carriers[i], "cifs/fs1", 2));
        error = bench_add(&b, ob_ap_reply(b.arena, flow, carriers[i], AP_ERROR));
        g_assert_cmpuint(adp_model_step_count(b.model), ==, 1);
        check_step(&b, 0, request, error, 0);
        g_assert_true(adp_model_frame_has_step(b.model, error));
        check_str("error elsewhere", "outcome", outcome_of(&b, 0), "failed");
        /* One without a try is a step all the same. */
        error = bench_add(&b, ob_ap_reply(b.arena, tcp(b.client, 50301, b.server, 445, 2),
                                          carriers[i], AP_ERROR));
        check_step(&b, 1, ADP_NONE, error, 0);
        bench_clear(&b);
    }
}

/* A sign-in that went well is over: an error that comes later is not its answer, and that
 * must not depend on whether the log was cut in between. */
static void test_ap_elsewhere_cut(void)
{
    bench b;
    adp_flow flow;
    adp_obs error;

    bench_init(&b);
    flow = tcp(b.client, 50300, b.server, 445, 1);
    (void)bench_add(&b, ob_ap(b.arena, flow, ADP_CARRIER_SMB, "cifs/fs1", 1));
    (void)bench_add(&b, ob_ap_reply(b.arena, flow, ADP_CARRIER_SMB, AP_ACCEPTED));
    error = ob_ap_reply(b.arena, flow, ADP_CARRIER_SMB, AP_ERROR);
    (void)bench_add(&b, error);
    check_step(&b, 0, ADP_NONE, 2, 0);
    b.frame--;
    (void)bench_add(&b, error);
    check_step(&b, 0, ADP_NONE, 2, 0);
    bench_clear(&b);
}

/* ---- paths ---- */

static void test_paths(void)
{
    bench b;
    guint32 other;
    const adp_path *path;

    bench_init(&b);
    other = address_of(b.model, "10.0.0.51");
    (void)bench_add(&b, ob_query(b.arena, dns_flow(&b, 50000), 1, NAME));
    (void)bench_add(&b, ob_query(b.arena, udp(other, 50000, b.server, 53), 2, NAME));
    (void)bench_add(&b,
                    ob_answer(b.arena, dns_flow(&b, 50000), 1, NAME, 0, "dc1.contoso.test", NULL));
    (void)bench_add(
        &b, ob_ping(b.arena, udp(b.client, 50001, b.server, 389), 1, "contoso.test", "WS1"));
    g_assert_cmpuint(adp_model_path_count(b.model), ==, 2);
    path = adp_model_path(b.model, 0);
    g_assert_cmpuint(path->client.address, ==, b.client);
    g_assert_cmpuint(path->steps.count, ==, 2);
    g_assert_cmpuint(path->steps.items[1], ==, 2);
    g_assert_cmpstr(path->domain, ==, "contoso.test");
    g_assert_null(path->own->site);
    g_assert_null(adp_model_neighbour(b.model, step_of(&b, 0), -1));
    g_assert_true(adp_model_neighbour(b.model, step_of(&b, 0), 1) == step_of(&b, 2));
    g_assert_true(adp_model_neighbour(b.model, step_of(&b, 2), -1) == step_of(&b, 0));
    g_assert_null(adp_model_neighbour(b.model, step_of(&b, 2), 1));
    g_assert_null(adp_model_neighbour(b.model, step_of(&b, 1), 1));
    bench_clear(&b);
}

/* What pings teach: sites, names of both ends, hosts that are no domains. */
static void test_learned(void)
{
    bench b;
    adp_flow flow;
    const adp_path *path;

    bench_init(&b);
    flow = udp(b.client, 50001, b.server, 389);
    g_assert_null(adp_model_address_name(b.model, b.server));
    (void)bench_add(&b, ob_ping(b.arena, flow, 1, "contoso.test", "WS1"));
    g_assert_cmpstr(adp_model_address_name(b.model, b.client), ==, "WS1");
    g_assert_true(adp_model_is_host(b.model, "ws1"));
    (void)bench_add(&b, ob_pong(b.arena, flow, 1, 23, "DC1.contoso.test", "Branch"));
    (void)bench_add(&b, ob_done(b.arena, flow, 1, 0));
    path = adp_model_path(b.model, 0);
    g_assert_cmpstr(path->own->site, ==, "Branch");
    g_assert_cmpstr(path->own->forest, ==, "contoso.test");
    g_assert_cmpstr(path->domain, ==, "contoso.test");
    g_assert_cmpstr(adp_model_address_name(b.model, b.server), ==, "DC1.contoso.test");
    g_assert_true(adp_model_is_host(b.model, "dc1.CONTOSO.test"));
    g_assert_false(adp_model_is_host(b.model, "contoso.test"));
    g_assert_false(adp_model_is_host(b.model, ""));
    /* The last word on the client's site counts. */
    (void)bench_add(&b, ob_ping(b.arena, flow, 2, "contoso.test", "WS1"));
    (void)bench_add(&b, ob_pong(b.arena, flow, 2, 23, "DC1.contoso.test", "HQ"));
    g_assert_cmpstr(adp_model_path(b.model, 0)->own->site, ==, "HQ");
    bench_clear(&b);
}

/* ---- addresses and the log itself ---- */

static void test_addresses(void)
{
    adp_model *model = adp_model_new();
    const guint8 v4[] = {10, 0, 0, 1};
    const guint8 v6[16] = {0xfd, 1};
    guint32 one;

    g_assert_cmpuint(adp_model_address(model, 2, v4, 4, NULL), ==, ADP_NONE);
    one = adp_model_address(model, 2, v4, 4, "10.0.0.1");
    g_assert_cmpuint(adp_model_address(model, 2, v4, 4, "other text"), ==, one);
    g_assert_cmpuint(adp_model_address(model, 2, v4, 4, NULL), ==, one);
    g_assert_cmpuint(adp_model_address(model, 3, v4, 4, NULL), ==, ADP_NONE);
    g_assert_cmpuint(adp_model_address(model, 2, v4, 3, NULL), ==, ADP_NONE);
    g_assert_cmpuint(adp_model_address(model, 3, v6, 16, "fd01::"), !=, one);
    g_assert_cmpstr(adp_model_address_text(model, one), ==, "10.0.0.1");
    g_assert_cmpstr(adp_model_address_text(model, ADP_NONE), ==, "");
    g_assert_null(adp_model_address_name(model, ADP_NONE));
    /* Heard of before it was written down. */
    g_assert_false(adp_model_was_heard(model, one));
    adp_model_frame(model, 1, 0, 3, v4, 4);
    g_assert_false(adp_model_was_heard(model, one));
    adp_model_frame(model, 2, 0, 2, v4, 4);
    g_assert_true(adp_model_was_heard(model, one));
    g_assert_cmpstr(adp_model_address_text(model, adp_model_address(model, 3, v4, 4, NULL)), ==,
                    "");
    adp_model_free(model);
    adp_model_free(NULL);
}

static void test_span(void)
{
    adp_model *model = adp_model_new();
    gint64 first;
    gint64 last;
    guint32 frames;

    g_assert_false(adp_model_span(model, &first, &last, &frames));
    adp_model_frame(model, 1, S(10), 0, NULL, 0);
    adp_model_frame(model, 2, S(8), 0, NULL, 0);
    adp_model_frame(model, 3, S(12), 0, NULL, 0);
    adp_model_frame(model, 4, S(11), 0, NULL, 0);
    g_assert_true(adp_model_span(model, &first, &last, &frames));
    g_assert_cmpint(first, ==, S(8));
    g_assert_cmpint(last, ==, S(12));
    g_assert_cmpuint(frames, ==, 4);
    adp_model_free(model);
}

/* A file may claim any time, and all that is done with times is compare and subtract. */
static void test_far_times(void)
{
    bench b;
    guint32 n;

    if (!g_test_subprocess()) {
        g_test_trap_subprocess(NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
        g_test_trap_assert_passed();
        return;
    }
    bench_init(&b);
    b.time = G_MAXINT64 - S(1);
    (void)bench_add(&b, ob_query(b.arena, dns_flow(&b, 50000), 7, NAME));
    b.time = G_MININT64;
    n = bench_add(&b, ob_query(b.arena, dns_flow(&b, 50000), 7, NAME));
    g_assert_false(adp_model_mark(b.model, n)->copy);
    (void)outcome_of(&b, 0);
    bench_clear(&b);
}

/* ---- memory ---- */

/* As a reader does: in the model's own arena. */
static void add_in_model(adp_model *model, guint32 frame, guint32 client, guint32 server)
{
    adp_obs obs = ob_query(adp_model_arena(model), udp(client, 50000, server, 53), frame,
                           "_ldap._tcp.dc._msdcs.contoso.test");

    obs.frame = frame;
    obs.time = S(frame);
    obs.u.dns = memcpy(adp_arena_alloc(adp_model_arena(model), sizeof(*obs.u.dns)), obs.u.dns,
                       sizeof(*obs.u.dns));
    g_assert_true(adp_model_add(model, &obs));
}

/* A read filter has Wireshark dissect each frame twice: the second time costs no more memory. */
static void test_memory_given_back(void)
{
    adp_model *model = adp_model_new();
    guint32 client = address_of(model, "10.0.0.1");
    guint32 server = address_of(model, "10.0.0.2");
    adp_arena_mark once[101] = {{0}};
    guint32 frame;
    guint again;

    for (frame = 1; frame <= 100; frame++) {
        for (again = 0; again < 3; again++) {
            adp_arena_mark now;

            adp_model_frame(model, frame, S(frame), 0, NULL, 0);
            add_in_model(model, frame, client, server);
            now = adp_arena_get_mark(adp_model_arena(model));
            if (again == 0) {
                once[frame] = now;
            }
            g_assert_cmpuint(now.block, ==, once[frame].block);
            g_assert_cmpuint(now.used, ==, once[frame].used);
        }
    }
    /* Far back, too. */
    adp_model_frame(model, 11, S(11), 0, NULL, 0);
    g_assert_cmpuint(adp_arena_get_mark(adp_model_arena(model)).used, ==, once[10].used);
    g_assert_cmpuint(adp_model_obs_count(model), ==, 10);
    adp_model_free(model);
}

/* An answer that belongs to no step is forgotten with all that it pointed to, but not the addresses. */
static void test_address_outlives(void)
{
    static const guint8 bytes[] = {10, 9, 9, 9};
    adp_model *model = adp_model_new();
    adp_arena_mark mark = adp_arena_get_mark(adp_model_arena(model));
    guint32 id = adp_model_address(model, 2, bytes, sizeof(bytes), "10.9.9.9");

    adp_arena_release(adp_model_arena(model), mark);
    (void)adp_arena_strndup(adp_model_arena(model), "of another frame", 16);
    g_assert_cmpstr(adp_model_address_text(model, id), ==, "10.9.9.9");
    adp_model_free(model);
}

int main(int argc, char **argv)
{
    test_init(&argc, &argv);
    g_test_add_func("/pairing/memory-given-back", test_memory_given_back);
    g_test_add_func("/pairing/address-outlives", test_address_outlives);
    g_test_add_func("/pairing/srv", test_srv);
    g_test_add_func("/pairing/srv-stray", test_stray);
    g_test_add_func("/pairing/srv-stray-taken", test_stray_taken);
    g_test_add_func("/pairing/srv-apart", test_srv_apart);
    g_test_add_func("/pairing/retry", test_retry);
    g_test_add_func("/pairing/retry-window", test_retry_window);
    g_test_add_func("/pairing/not-a-retry", test_not_a_retry);
    g_test_add_func("/pairing/copies", test_copies);
    g_test_add_func("/pairing/copies-elsewhere", test_copies_elsewhere);
    g_test_add_func("/pairing/no-copies", test_no_copies);
    g_test_add_func("/pairing/two-servers-at-once", test_two_servers_at_once);
    g_test_add_func("/pairing/tcp-repeats-nothing", test_tcp_repeats_nothing);
    g_test_add_func("/pairing/doubled-capture", test_doubled_capture);
    g_test_add_func("/pairing/reply-alone", test_reply_alone);
    g_test_add_func("/pairing/late-request", test_late_request);
    g_test_add_func("/pairing/late-ping", test_late_ping);
    g_test_add_func("/pairing/long-after", test_long_after);
    g_test_add_func("/pairing/nameless-error", test_nameless_error);
    g_test_add_func("/pairing/ldap-reply-alone", test_ldap_reply_alone);
    g_test_add_func("/pairing/refused", test_refused);
    g_test_add_func("/pairing/refused-between", test_refused_between);
    g_test_add_func("/pairing/search", test_search);
    g_test_add_func("/pairing/two-connections", test_two_connections);
    g_test_add_func("/pairing/binds", test_binds);
    g_test_add_func("/pairing/sicily", test_sicily);
    g_test_add_func("/pairing/sicily-unanswered", test_sicily_unanswered);
    g_test_add_func("/pairing/mechanism", test_mechanism);
    g_test_add_func("/pairing/hidden", test_hidden);
    g_test_add_func("/pairing/no-stream", test_no_stream);
    g_test_add_func("/pairing/kdc", test_kdc);
    g_test_add_func("/pairing/kdc-same-port", test_kdc_same_port);
    g_test_add_func("/pairing/kdc-retry", test_kdc_retry);
    g_test_add_func("/pairing/kdc-misfit", test_kdc_misfit);
    g_test_add_func("/pairing/kdc-reply-alone", test_kdc_reply_alone);
    g_test_add_func("/pairing/ap", test_ap);
    g_test_add_func("/pairing/ap-rounds", test_ap_rounds);
    g_test_add_func("/pairing/gss-bind", test_gss_bind);
    g_test_add_func("/pairing/ap-elsewhere", test_ap_elsewhere);
    g_test_add_func("/pairing/ap-elsewhere-cut", test_ap_elsewhere_cut);
    g_test_add_func("/pairing/paths", test_paths);
    g_test_add_func("/pairing/learned", test_learned);
    g_test_add_func("/pairing/addresses", test_addresses);
    g_test_add_func("/pairing/span", test_span);
    g_test_add_func("/pairing/far-times", test_far_times);
    return g_test_run();
}
