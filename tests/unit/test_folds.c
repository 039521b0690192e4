/* test_folds.c
 * Which steps are told together, and where the time of a path went.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "join/model.h"
#include "judge/fold_words.h"
#include "judge/folds.h"
#include "judge/path_time.h"
#include "log/observation.h"
#include "wire/netlogon.h"
#include "wire/text.h"

#define LOCATOR "_ldap._tcp.dc._msdcs.contoso.test"

/* A client that goes on where the last call ended. */
static guint16 next_port = 50000;

static void lookup(bench *b, const char *name, const char *target)
{
    adp_flow flow = udp(b->client, ++next_port, b->server, 53);

    (void)bench_add(b, ob_query(b->arena, flow, next_port, name));
    if (target) {
        (void)bench_add(b, ob_answer(b->arena, flow, next_port, name, 0, target, NULL));
    } else {
        (void)bench_add(b, ob_answer(b->arena, flow, next_port, name, 3, NULL));
    }
}

static void address(bench *b, const char *host)
{
    adp_flow flow = udp(b->client, ++next_port, b->server, 53);

    (void)bench_add(b, ob_address_query(b->arena, flow, next_port, ADP_DNS_A, host));
    (void)bench_add(b, ob_address(b->arena, flow, next_port, ADP_DNS_A, host, 0, NULL, b->server));
}

static void ping_site(bench *b, guint32 server, const char *site)
{
    adp_flow flow = udp(b->client, ++next_port, server, 389);

    (void)bench_add(b, ob_ping(b->arena, flow, 1, "contoso.test", "PC1"));
    (void)bench_add(b,
                    ob_pong(b->arena, flow, 1, ADP_NETLOGON_RESPONSE_EX,
                            server == b->server ? "dc1.contoso.test" : "dc2.contoso.test", site));
}

static void bind_to(bench *b, guint32 result)
{
    guint16 port = ++next_port;
    adp_flow flow = tcp(b->client, port, b->server, 389, port);

    (void)bench_add(b, ob_bind(b->arena, flow, 1, "simple", FALSE));
    (void)bench_add(b, ob_bound(b->arena, flow, 1, result));
}

/* "1-3 5 7-8": the steps of each line, those of a line joined by commas; free with g_free(). */
static char *lines_of(bench *b, guint32 path)
{
    GPtrArray *folds = adp_folds_of(b->analysis, path, FALSE);
    GString *out = g_string_new(NULL);
    guint i;
    guint k;

    for (i = 0; i < folds->len; i++) {
        const adp_fold *fold = g_ptr_array_index(folds, i);

        g_string_append(out, i ? " " : "");
        for (k = 0; k < fold->steps->len; k++) {
            g_string_append_printf(out, "%s%u", k ? "," : "",
                                   g_array_index(fold->steps, guint32, k) + 1);
        }
        g_assert_cmpint(fold->kind == ADP_FOLD_ALONE, ==, fold->steps->len == 1);
    }
    g_ptr_array_unref(folds);
    return g_string_free(out, FALSE);
}

static void check_lines(bench *b, const char *row, const char *want)
{
    char *got = lines_of(b, 0);

    check_str(row, "lines", got, want);
    g_free(got);
}

static void check_words(bench *b, const char *row, guint line, const char *words,
                        const char *places)
{
    GPtrArray *folds = adp_folds_of(b->analysis, 0, FALSE);
    char *said;

    g_assert_cmpuint(line, <, folds->len);
    said = adp_fold_words(b->model, g_ptr_array_index(folds, line), FALSE);
    check_str(row, "words", said, words);
    g_free(said);
    said = adp_fold_places(b->model, g_ptr_array_index(folds, line));
    check_str(row, "places", said, places);
    g_free(said);
    g_ptr_array_unref(folds);
}

static void test_healthy(void)
{
    bench b;

    bench_init(&b);
    lookup(&b, LOCATOR, "dc1.contoso.test");
    address(&b, "dc1.contoso.test");
    ping_site(&b, b.server, "HQ");
    address(&b, "dc1.contoso.test");
    ping_site(&b, b.server2, "HQ");
    bench_wait(&b, S(60));
    check_lines(&b, "lookups and pings", "1,2,4 3,5");
    check_words(&b, "lookups", 0,
                "3 lookups of " LOCATOR
                ", dc1.contoso.test, all answered: dc1.contoso.test, 10.0.0.1",
                "steps 1-2, 4, frames 1-8");
    check_words(&b, "pings", 1,
                "2 LDAP pings for contoso.test, answered by dc1.contoso.test, dc2.contoso.test, "
                "client in site HQ",
                "steps 3, 5, frames 5-10");
    bench_clear(&b);
}

/* What is new after a bind is another round; the same again is not. */
static void test_rounds(void)
{
    bench b;
    guint i;

    bench_init(&b);
    for (i = 0; i < 3; i++) {
        lookup(&b, LOCATOR, "dc1.contoso.test");
        ping_site(&b, b.server, "HQ");
        bind_to(&b, 0);
        b.time += S(20);
    }
    lookup(&b, "_kerberos._udp.contoso.test", "dc1.contoso.test");
    lookup(&b, LOCATOR, "dc1.contoso.test");
    bench_wait(&b, S(60));
    check_lines(&b, "three rounds", "1,4,7 2,5,8 3,6,9 10,11");
    check_words(&b, "binds", 2, "3 times LDAP bind (simple): accepted",
                "steps 3, 6, 9, frames 5-18");
    bench_clear(&b);
}

/* A site that changes is news, and so are a fault and all that a finding cites. */
static void test_told_in_full(void)
{
    bench b;

    bench_init(&b);
    lookup(&b, LOCATOR, "dc1.contoso.test");
    ping_site(&b, b.server, "HQ");
    ping_site(&b, b.server, "Branch");
    bench_wait(&b, S(60));
    check_lines(&b, "another site", "1 2 3");
    bench_clear(&b);

    bench_init(&b);
    lookup(&b, LOCATOR, "dc1.contoso.test");
    address(&b, "dc1.contoso.test");
    bind_to(&b, 49);
    lookup(&b, LOCATOR, "dc1.contoso.test");
    address(&b, "dc1.contoso.test");
    bench_wait(&b, S(60));
    check_lines(&b, "a fault between", "1,2 3 4,5");
    bench_clear(&b);

    bench_init(&b);
    lookup(&b, "_ldap._tcp.HQ._sites.dc._msdcs.contoso.test", NULL);
    lookup(&b, LOCATOR, "dc1.contoso.test");
    address(&b, "dc1.contoso.test");
    bench_wait(&b, S(60));
    /* srv-site-not-found cites the miss, which is no fault by itself. */
    check_lines(&b, "what a note cites", "1 2,3");
    bench_clear(&b);
}

/* An answer that took long is told by itself. */
static void test_slow(void)
{
    adp_flow flow;
    bench b;

    bench_init(&b);
    lookup(&b, LOCATOR, "dc1.contoso.test");
    flow = udp(b.client, ++next_port, b.server, 53);
    (void)bench_add(&b, ob_query(b.arena, flow, 7, "_kerberos._udp.contoso.test"));
    b.time += MS(1500);
    (void)bench_add(&b, ob_answer(b.arena, flow, 7, "_kerberos._udp.contoso.test", 0,
                                  "dc1.contoso.test", NULL));
    address(&b, "dc1.contoso.test");
    bench_wait(&b, S(60));
    check_lines(&b, "a slow answer", "1 2 3");
    bench_clear(&b);
}

/* Many scattered steps: their first and last have to do. */
static void test_scattered(void)
{
    bench b;
    guint i;

    bench_init(&b);
    for (i = 0; i < 20; i++) {
        lookup(&b, LOCATOR, "dc1.contoso.test");
        ping_site(&b, b.server, "HQ");
    }
    bench_wait(&b, S(60));
    check_words(&b, "twenty rounds", 0, "20 lookups of " LOCATOR ", all answered: dc1.contoso.test",
                "20 of the steps 1-39, frames 1-78");
    bench_clear(&b);
}

/* ---- time ---- */

static void check_time(bench *b, const char *row, gint64 answers, gint64 vain, gint64 pauses)
{
    adp_path_time *time = adp_path_time_of(b->model, adp_analysis_timeline(b->analysis),
                                           adp_analysis_waits(b->analysis), 0);

    check_int(row, "answers", time->answers, answers);
    check_int(row, "vain", time->vain, vain);
    check_int(row, "pauses", time->pauses, pauses);
    check_int(row, "all", time->answers + time->vain + time->pauses, time->duration);
    adp_path_time_free(time);
}

static void test_time(void)
{
    adp_flow first;
    adp_flow second;
    bench b;

    /* Three answers of 10 ms each, and 10 ms between them. */
    bench_init(&b);
    lookup(&b, LOCATOR, "dc1.contoso.test");
    address(&b, "dc1.contoso.test");
    ping_site(&b, b.server, "HQ");
    bench_wait(&b, S(60));
    check_time(&b, "quick", MS(30), 0, MS(20));
    bench_clear(&b);

    /* A ping in vain, until the next controller is asked. */
    bench_init(&b);
    lookup(&b, LOCATOR, "dc1.contoso.test");
    (void)bench_add(
        &b, ob_ping(b.arena, udp(b.client, ++next_port, b.server, 389), 1, "contoso.test", "PC1"));
    b.time += S(4);
    ping_site(&b, b.server2, "HQ");
    bench_wait(&b, S(60));
    check_time(&b, "one in vain", MS(20), S(4) + MS(10), MS(10));
    bench_clear(&b);

    /* Two at once that are pending for the same second count once. */
    bench_init(&b);
    first = udp(b.client, ++next_port, b.server, 53);
    second = udp(b.client, ++next_port, b.server2, 53);
    (void)bench_add(&b, ob_query(b.arena, first, 1, LOCATOR));
    (void)bench_add(&b, ob_query(b.arena, second, 2, "_kerberos._udp.contoso.test"));
    b.time += S(1);
    (void)bench_add(&b, ob_answer(b.arena, first, 1, LOCATOR, 0, "dc1.contoso.test", NULL));
    (void)bench_add(&b, ob_answer(b.arena, second, 2, "_kerberos._udp.contoso.test", 0,
                                  "dc1.contoso.test", NULL));
    bench_wait(&b, S(60));
    check_time(&b, "at once", S(1) + MS(30), 0, 0);
    bench_clear(&b);
}

int main(int argc, char **argv)
{
    test_init(&argc, &argv);
    g_test_add_func("/folds/healthy", test_healthy);
    g_test_add_func("/folds/rounds", test_rounds);
    g_test_add_func("/folds/in-full", test_told_in_full);
    g_test_add_func("/folds/slow", test_slow);
    g_test_add_func("/folds/scattered", test_scattered);
    g_test_add_func("/path-time", test_time);
    return g_test_run();
}
