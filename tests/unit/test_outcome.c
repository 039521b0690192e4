/* test_outcome.c
 * How steps and paths ended.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "facts/facts.h"
#include "facts/outcome.h"
#include "facts/summary.h"
#include "join/model.h"
#include "judge/path_outcome.h"
#include "log/observation.h"

#include <string.h>

#define D "contoso.test"

static adp_flow dns_flow(const bench *b, guint16 port)
{
    return udp(b->client, port, b->server, 53);
}

/* A question and its answer; `target` NULL: none, "": the root. Returns the step. */
static guint32 ask(bench *b, const char *name, guint8 rcode, const char *target)
{
    static guint16 port = 40000;
    adp_flow flow = dns_flow(b, ++port);

    (void)bench_add(b, ob_query(b->arena, flow, port, name));
    return bench_step(b, ob_answer(b->arena, flow, port, name, rcode, target, NULL));
}

/* ---- silence ---- */

static void test_patience(void)
{
    static const struct {
        const char *row;
        gint64 later;
        const char *want;
    } rows[] = {
        {"at the end", MS(10), "pending"},
        {"just before five seconds", S(5) - 1, "pending"},
        {"just after five seconds", S(5) + 1, "unanswered"},
        {"a minute", S(60), "unanswered"},
    };
    guint i;
    guint kind;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        for (kind = 0; kind < 6; kind++) {
            bench b;
            adp_obs obs;

            bench_init(&b);
            switch (kind) {
            case 0:
                obs = ob_query(b.arena, dns_flow(&b, 1), 1, "_ldap._tcp." D);
                break;
            case 1:
                obs = ob_ping(b.arena, udp(b.client, 1, b.server, 389), 1, D, "WS1");
                break;
            case 2:
                obs = ob_krb(b.arena, udp(b.client, 1, b.server, 88), ADP_EXCHANGE_AS, "a", 1);
                break;
            case 3:
                obs = ob_bind(b.arena, tcp(b.client, 1, b.server, 389, 1), 1, "simple", FALSE);
                break;
            case 4:
                obs = ob_scp(b.arena, tcp(b.client, 1, b.server, 389, 1), 1, "rms", "CN=x");
                break;
            default:
                obs = ob_ap(b.arena, tcp(b.client, 1, b.server, 80, 1), ADP_CARRIER_HTTP, "a", 1);
                break;
            }
            bench_frame(&b, b.client);
            (void)bench_add(&b, obs);
            bench_wait(&b, rows[i].later);
            check_str(rows[i].row, adp_step_kind_name(step_of(&b, 0)->kind), outcome_of(&b, 0),
                      rows[i].want);
            bench_clear(&b);
        }
    }
}

/* Patience starts again with each try. */
static void test_patience_of_retry(void)
{
    bench b;

    bench_init(&b);
    (void)bench_add(&b, ob_query(b.arena, dns_flow(&b, 1), 1, "_ldap._tcp." D));
    bench_wait(&b, S(4));
    (void)bench_add(&b, ob_query(b.arena, dns_flow(&b, 1), 1, "_ldap._tcp." D));
    bench_wait(&b, S(3));
    check_str("3 s after the retry", "outcome", outcome_of(&b, 0), "pending");
    bench_wait(&b, S(3));
    check_str("6 s after the retry", "outcome", outcome_of(&b, 0), "unanswered");
    bench_clear(&b);
}

/* A capture that holds no frame to the client cannot have heard its answer. */
static void test_deaf(void)
{
    bench b;

    bench_init(&b);
    (void)bench_add(&b, ob_query(b.arena, dns_flow(&b, 1), 1, "_ldap._tcp." D));
    b.time += S(60);
    bench_frame(&b, b.server);
    bench_frame(&b, ADP_NONE);
    check_str("deaf", "outcome", outcome_of(&b, 0), "pending");
    g_assert_cmpstr(adp_path_outcome(b.analysis, adp_model_path(b.model, 0)), ==, "incomplete");
    /* Anything that was sent to the client proves ears, from anyone. */
    bench_frame(&b, b.client);
    check_str("not deaf", "outcome", outcome_of(&b, 0), "unanswered");
    bench_clear(&b);
}

/* ---- SRV ---- */

static void test_srv_results(void)
{
    static const struct {
        const char *row;
        guint8 rcode;
        const char *target;
        const char *want;
        const char *early;
    } rows[] = {
        {"answered", 0, "dc1." D, "ok", "ok"},
        {"not offered", 0, "", "failed", "failed"},
        {"no data", 0, NULL, "failed", "pending"},
        {"NXDOMAIN", 3, NULL, "failed", "pending"},
        {"server failure", 2, NULL, "failed", "pending"},
        {"refused", 5, NULL, "failed", "pending"},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        bench b;
        guint32 step;

        bench_init(&b);
        step = ask(&b, "_ldap._tcp.dc._msdcs." D, rows[i].rcode, rows[i].target);
        check_str(rows[i].row, "outcome", outcome_of(&b, step), rows[i].want);
        check_str(rows[i].row, "early", early_outcome_of(&b, step), rows[i].early);
        bench_clear(&b);
    }
}

static void test_truncated(void)
{
    bench b;
    adp_obs_dns *dns;
    adp_obs obs;

    bench_init(&b);
    (void)bench_add(&b, ob_query(b.arena, dns_flow(&b, 1), 1, "_ldap._tcp." D));
    obs = ob_answer(b.arena, dns_flow(&b, 1), 1, "_ldap._tcp." D, 0, NULL);
    dns = g_memdup2(obs.u.dns, sizeof(*dns));
    dns->truncated = TRUE;
    obs.u.dns = dns;
    (void)bench_add(&b, obs);
    check_str("TC", "outcome", outcome_of(&b, 0), "normal");
    /* The same over TCP. */
    (void)bench_add(&b, ob_query(b.arena, tcp(b.client, 1, b.server, 53, 1), 1, "_ldap._tcp." D));
    (void)bench_add(&b, ob_answer(b.arena, tcp(b.client, 1, b.server, 53, 1), 1, "_ldap._tcp." D, 0,
                                  "dc1." D, NULL));
    g_assert_cmpuint(adp_model_step_count(b.model), ==, 2);
    check_str("TCP", "outcome", outcome_of(&b, 1), "ok");
    bench_clear(&b);
    g_free(dns);
}

/* NXDOMAIN that belongs to healthy flow, whatever else is in the capture. */
static void test_normal_misses(void)
{
    static const char *const names[] = {
        "_kerberos-master._udp.CONTOSO.TEST",
        "_kerberos-master._tcp.CONTOSO.TEST",
        "_kerberos-adm._tcp." D,
        "_autodiscover._tcp." D,
        "_ldap._tcp." D "." D,
        "_ldap._tcp.dc._msdcs." D "." D,
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        bench b;

        bench_init(&b);
        check_str(names[i], "NXDOMAIN", outcome_of(&b, ask(&b, names[i], 3, NULL)), "normal");
        check_str(names[i], "no data", outcome_of(&b, ask(&b, names[i], 0, NULL)), "normal");
        check_str(names[i], "early", early_outcome_of(&b, 0), "normal");
        check_str(names[i], "server failure", outcome_of(&b, ask(&b, names[i], 2, NULL)), "failed");
        bench_clear(&b);
    }
}

/* A site's name misses, the name without a site answers: before or after. */
static void test_site_miss(void)
{
    static const struct {
        const char *row;
        const char *site_name;
        const char *generic;
        const char *want;
    } rows[] = {
        {"dc", "_ldap._tcp.HQ._sites.dc._msdcs." D, "_ldap._tcp.dc._msdcs." D, "normal"},
        {"gc", "_gc._tcp.HQ._sites." D, "_gc._tcp." D, "normal"},
        {"kdc", "_kerberos._tcp.HQ._sites." D, "_kerberos._tcp." D, "normal"},
        {"kdc, other form", "_kerberos._tcp.HQ._sites.dc._msdcs." D, "_kerberos._tcp.dc._msdcs." D,
         "normal"},
        {"other case", "_ldap._tcp.HQ._sites.dc._msdcs.CONTOSO.test", "_LDAP._tcp.dc._msdcs." D,
         "normal"},
        {"another role", "_ldap._tcp.HQ._sites.gc._msdcs." D, "_ldap._tcp.dc._msdcs." D, "failed"},
        {"another service", "_kerberos._tcp.HQ._sites." D, "_ldap._tcp." D, "failed"},
        {"another domain", "_ldap._tcp.HQ._sites." D, "_ldap._tcp.other.test", "failed"},
        {"another site", "_ldap._tcp.HQ._sites." D, "_ldap._tcp.B._sites." D, "failed"},
    };
    guint i;
    guint order;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        for (order = 0; order < 2; order++) {
            bench b;
            guint32 step;

            bench_init(&b);
            if (order == 0) {
                (void)ask(&b, rows[i].generic, 0, "dc1." D);
            }
            step = ask(&b, rows[i].site_name, 3, NULL);
            if (order == 1) {
                check_str(rows[i].row, "before", outcome_of(&b, step), "failed");
                check_str(rows[i].row, "before, early", early_outcome_of(&b, step), "pending");
                (void)ask(&b, rows[i].generic, 0, "dc1." D);
            }
            check_str(rows[i].row, order ? "miss first" : "miss last", outcome_of(&b, step),
                      rows[i].want);
            bench_clear(&b);
        }
    }
}

/* The generic answer must be one, and the same client's. */
static void test_site_miss_elsewhere(void)
{
    bench b;
    guint32 step;
    guint32 other;
    adp_flow flow;

    bench_init(&b);
    step = ask(&b, "_ldap._tcp.HQ._sites.dc._msdcs." D, 3, NULL);
    (void)ask(&b, "_ldap._tcp.dc._msdcs." D, 3, NULL);
    check_str("generic missed too", "outcome", outcome_of(&b, step), "failed");
    other = address_of(b.model, "10.0.0.99");
    flow = udp(other, 5, b.server, 53);
    (void)bench_add(&b, ob_query(b.arena, flow, 5, "_ldap._tcp.dc._msdcs." D));
    (void)bench_add(&b, ob_answer(b.arena, flow, 5, "_ldap._tcp.dc._msdcs." D, 0, "dc1." D, NULL));
    check_str("another client's answer", "outcome", outcome_of(&b, step), "failed");
    bench_clear(&b);
}

/* Tools ask for a host as if it were a domain; that it is a host may be shown much later. */
static void test_host_as_domain(void)
{
    static const struct {
        const char *row;
        guint how;
    } rows[] = {{"Host of a ping", 0}, {"DC of a reply", 1}, {"target of a record", 2}};
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        bench b;
        guint32 step;
        adp_flow flow;

        bench_init(&b);
        flow = udp(b.client, 50001, b.server, 389);
        step = ask(&b, "_ldap._tcp.dc._msdcs.SRV1." D, 3, NULL);
        check_str(rows[i].row, "before", outcome_of(&b, step), "failed");
        switch (rows[i].how) {
        case 0:
            (void)bench_add(&b, ob_ping(b.arena, flow, 1, D, "srv1." D));
            break;
        case 1:
            (void)bench_add(&b, ob_pong(b.arena, flow, 1, 23, "srv1." D, "HQ"));
            break;
        default:
            (void)ask(&b, "_ldap._tcp." D, 0, "srv1." D);
            break;
        }
        check_str(rows[i].row, "after", outcome_of(&b, step), "normal");
        bench_clear(&b);
    }
}

/* ---- pings ---- */

static void test_ping(void)
{
    static const struct {
        guint16 opcode;
        const char *want;
    } rows[] = {
        {19, "ok"},     {23, "ok"},     {20, "failed"}, {24, "failed"},
        {21, "failed"}, {25, "failed"}, {22, "failed"},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        bench b;
        adp_flow flow;
        guint done;

        bench_init(&b);
        flow = udp(b.client, 50001, b.server, 389);
        (void)bench_add(&b, ob_ping(b.arena, flow, 1, D, "WS1"));
        (void)bench_add(&b, ob_pong(b.arena, flow, 1, rows[i].opcode, "dc1." D, "HQ"));
        /* The value decides, with and without the message that ends the search. */
        for (done = 0; done < 2; done++) {
            check_str("opcode", rows[i].want, outcome_of(&b, 0), rows[i].want);
            check_str("opcode, early", rows[i].want, early_outcome_of(&b, 0), rows[i].want);
            (void)bench_add(&b, ob_done(b.arena, flow, 1, 0));
        }
        bench_clear(&b);
    }
}

static void test_ping_not_hosted(void)
{
    bench b;
    adp_flow flow;

    bench_init(&b);
    flow = udp(b.client, 50001, b.server, 389);
    (void)bench_add(&b, ob_ping(b.arena, flow, 1, "srv1." D, "WS1"));
    (void)bench_add(&b, ob_done(b.arena, flow, 1, 0));
    check_str("not hosted", "outcome", outcome_of(&b, 0), "failed");
    check_str("not hosted", "early", early_outcome_of(&b, 0), "pending");
    /* It was a host, so nobody hosts it. */
    (void)ask(&b, "_ldap._tcp." D, 0, "SRV1." D);
    check_str("a host", "outcome", outcome_of(&b, 0), "normal");
    bench_clear(&b);
}

/* ---- Kerberos and LDAP ---- */

static void test_kerberos(void)
{
    gint32 code;

    for (code = 0; code <= 100; code++) {
        const gboolean normal = code == 25 || code == 32 || code == 52 || code == 90 || code == 91;
        char *row = g_strdup_printf("code %d", code);
        bench b;
        adp_flow flow;

        bench_init(&b);
        flow = udp(b.client, 50001, b.server, 88);
        (void)bench_add(&b, ob_krb(b.arena, flow, ADP_EXCHANGE_TGS, "ldap/dc1", 1));
        (void)bench_add(&b, ob_krb_error(b.arena, flow, ADP_EXCHANGE_TGS, "ldap/dc1", code));
        check_str(row, "outcome", outcome_of(&b, 0), normal ? "normal" : "failed");
        bench_clear(&b);
        g_free(row);
    }
}

static void test_ldap(void)
{
    static const struct {
        guint32 result;
        const char *want;
    } rows[] = {{0, "ok"},      {1, "failed"},  {8, "failed"},
                {32, "failed"}, {49, "failed"}, {10, "failed"}};
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *row = g_strdup_printf("result %u", rows[i].result);
        bench b;
        adp_flow flow;

        bench_init(&b);
        flow = tcp(b.client, 50001, b.server, 389, 1);
        (void)bench_add(&b, ob_bind(b.arena, flow, 1, "simple", FALSE));
        (void)bench_add(&b, ob_bound(b.arena, flow, 1, rows[i].result));
        (void)bench_add(&b, ob_rootdse(b.arena, flow, 2));
        (void)bench_add(&b, ob_done(b.arena, flow, 2, rows[i].result));
        (void)bench_add(&b, ob_scp(b.arena, flow, 3, "exchange", "CN=x"));
        (void)bench_add(&b, ob_done(b.arena, flow, 3, rows[i].result));
        check_str(row, "bind", outcome_of(&b, 0), rows[i].want);
        check_str(row, "rootdse", outcome_of(&b, 1), rows[i].want);
        check_str(row, "scp", outcome_of(&b, 2), rows[i].want);
        bench_clear(&b);
        g_free(row);
    }
}

typedef struct {
    const char *row;
    adp_exchange exchange; /* of the error, */
    const char *spn;       /* its service */
    gint32 code;
    gint64 later; /* when a ticket is granted, */
    adp_exchange granted_exchange;
    const char *granted_spn;
    const char *early; /* outcome of the error before that */
    const char *want;  /* and after it */
} recovery_row;

#define AS  ADP_EXCHANGE_AS
#define TGS ADP_EXCHANGE_TGS

static const recovery_row recovery_rows[] = {
    {"wrong password once", AS, "krbtgt/A", 24, S(10), AS, "krbtgt/A", "pending", "normal"},
    {"another etype", AS, "krbtgt/A", 14, MS(50), AS, "krbtgt/A", "pending", "normal"},
    {"skew", AS, "krbtgt/A", 37, MS(50), AS, "krbtgt/A", "pending", "normal"},
    {"another path", TGS, "HTTP/mail", 7, S(1), TGS, "http/MAIL", "pending", "normal"},
    {"just in time", AS, "krbtgt/A", 24, S(119), AS, "krbtgt/A", "pending", "normal"},
    {"too late", AS, "krbtgt/A", 24, S(121), AS, "krbtgt/A", "pending", "failed"},
    {"a fault stays one", AS, "krbtgt/A", 12, S(1), AS, "krbtgt/A", "failed", "failed"},
    {"so does 41", TGS, "HTTP/mail", 41, S(1), TGS, "HTTP/mail", "failed", "failed"},
    {"another service", TGS, "HTTP/mail", 7, S(1), TGS, "ldap/dc1", "pending", "failed"},
    {"another exchange", TGS, "HTTP/mail", 7, S(1), AS, "HTTP/mail", "pending", "failed"},
};

/* An error that depends on what follows is healthy flow when the same is granted soon. */
static void test_recovery(void)
{
    guint i;

    for (i = 0; i < G_N_ELEMENTS(recovery_rows); i++) {
        const recovery_row *row = &recovery_rows[i];
        bench b;
        adp_flow flow;

        bench_init(&b);
        flow = udp(b.client, 1, b.server, 88);
        (void)bench_add(&b, ob_krb(b.arena, flow, row->exchange, row->spn, 1));
        (void)bench_add(&b, ob_krb_error(b.arena, flow, row->exchange, row->spn, row->code));
        check_str(row->row, "before", outcome_of(&b, 0), "failed");
        check_str(row->row, "before, early", early_outcome_of(&b, 0), row->early);
        flow = udp(b.client, 2, b.server, 88);
        b.time += row->later - MS(20);
        (void)bench_add(&b, ob_krb(b.arena, flow, row->granted_exchange, row->granted_spn, 2));
        (void)bench_add(&b, ob_ticket(b.arena, flow, row->granted_exchange, row->granted_spn));
        check_str(row->row, "after", outcome_of(&b, 0), row->want);
        check_str(row->row, "the second", outcome_of(&b, 1), "ok");
        bench_clear(&b);
    }
}

/* Another client's success is not this client's. */
static void test_recovery_elsewhere(void)
{
    bench b;
    adp_flow flow;

    bench_init(&b);
    flow = udp(b.client, 1, b.server, 88);
    (void)bench_add(&b, ob_krb(b.arena, flow, TGS, "HTTP/mail", 1));
    (void)bench_add(&b, ob_krb_error(b.arena, flow, TGS, "HTTP/mail", 7));
    flow = udp(address_of(b.model, "10.0.0.99"), 1, b.server, 88);
    (void)bench_add(&b, ob_krb(b.arena, flow, TGS, "HTTP/mail", 2));
    (void)bench_add(&b, ob_ticket(b.arena, flow, TGS, "HTTP/mail"));
    check_str("another client", "outcome", outcome_of(&b, 0), "failed");
    bench_clear(&b);
}

/* What the client gave up itself was not refused it. */
static void test_abandoned(void)
{
    bench b;
    adp_flow flow;

    bench_init(&b);
    flow = tcp(b.client, 1, b.server, 389, 1);
    (void)bench_add(&b, ob_scp(b.arena, flow, 5, "exchange", "CN=x"));
    g_assert_cmpuint(bench_step(&b, ob_abandon(flow, 5)), ==, 0);
    g_assert_cmpuint(bench_add(&b, ob_abandon(flow, 6)), ==, ADP_NONE);
    bench_wait(&b, S(60));
    check_str("abandoned", "outcome", outcome_of(&b, 0), "normal");
    bench_clear(&b);
}

/* An answer of which too little was captured is one, and says nothing. */
static void test_damaged(void)
{
    bench b;
    adp_flow flow;
    adp_obs obs;
    adp_obs_result result = {.damaged = TRUE};
    adp_obs_dns dns;
    adp_obs_krb krb;
    guint i;

    bench_init(&b);
    flow = udp(b.client, 1, b.server, 53);
    (void)bench_add(&b, ob_query(b.arena, flow, 1, "_ldap._tcp." D));
    obs = ob_answer(b.arena, flow, 1, "_ldap._tcp." D, 0, NULL);
    dns = *obs.u.dns;
    dns.damaged = TRUE;
    obs.u.dns = &dns;
    (void)bench_add(&b, obs);
    flow = tcp(b.client, 1, b.server, 389, 1);
    (void)bench_add(&b, ob_scp(b.arena, flow, 5, "exchange", "CN=x"));
    obs = ob_done(b.arena, flow, 5, 0);
    obs.u.result = &result;
    (void)bench_add(&b, obs);
    flow = udp(b.client, 1, b.server, 88);
    (void)bench_add(&b, ob_krb(b.arena, flow, AS, "krbtgt/A", 1));
    obs = ob_krb_error(b.arena, flow, AS, NULL, 0);
    krb = *obs.u.krb;
    krb.is_error = FALSE;
    krb.damaged = TRUE;
    obs.u.krb = &krb;
    (void)bench_add(&b, obs);
    bench_wait(&b, S(60));
    g_assert_cmpuint(adp_model_step_count(b.model), ==, 3);
    for (i = 0; i < 3; i++) {
        const adp_view view = adp_view_whole(b.model, i, FALSE);
        char *summary = adp_summary(b.model, &view);

        check_str(summary, "outcome", outcome_of(&b, i), "pending");
        check_int(summary, "says that there was no answer", strstr(summary, "no answer") != NULL,
                  FALSE);
        g_free(summary);
    }
    bench_clear(&b);
}

/* Code 14 goes on; a bind that stops there was never answered. */
static void test_bind_in_progress(void)
{
    bench b;
    adp_flow flow;

    bench_init(&b);
    flow = tcp(b.client, 50001, b.server, 389, 1);
    (void)bench_add(&b, ob_bind(b.arena, flow, 1, "GSSAPI", TRUE));
    (void)bench_add(&b, ob_bound(b.arena, flow, 1, 14));
    check_str("14", "outcome", outcome_of(&b, 0), "pending");
    bench_wait(&b, S(6));
    /* It is the client's turn: no silence of the server. */
    check_str("14 and nothing", "outcome", outcome_of(&b, 0), "normal");
    bench_clear(&b);
}

/* While the file is being read, an answer may still come; nothing that later frames may
 * soften is told as a fault. */
static void test_early_silence(void)
{
    bench b;

    bench_init(&b);
    (void)bench_add(&b, ob_query(b.arena, dns_flow(&b, 1), 1, "_ldap._tcp." D));
    bench_wait(&b, S(6));
    check_str("6 s without answer", "early", early_outcome_of(&b, 0), "pending");
    check_str("6 s without answer", "outcome", outcome_of(&b, 0), "unanswered");
    (void)bench_add(&b, ob_answer(b.arena, dns_flow(&b, 1), 1, "_ldap._tcp." D, 0, "dc1." D, NULL));
    check_str("late answer", "outcome", outcome_of(&b, 0), "ok");
    bench_clear(&b);
}

/* ---- paths ---- */

static const char *path_outcome(const bench *b)
{
    return adp_path_outcome(b->analysis, adp_model_path(b->model, 0));
}

static void test_path_ok(void)
{
    bench b;

    bench_init(&b);
    /* A site without records is no fault yet, and nothing went well either. */
    (void)ask(&b, "_ldap._tcp.HQ._sites.dc._msdcs." D, 3, NULL);
    g_assert_cmpstr(path_outcome(&b), ==, "incomplete");
    (void)ask(&b, "_ldap._tcp.dc._msdcs." D, 0, "dc1." D);
    (void)ask(&b, "_kerberos-master._udp.CONTOSO.TEST", 3, NULL);
    g_assert_cmpstr(path_outcome(&b), ==, "ok");
    bench_clear(&b);
}

/* A fault that was made good later is none; one of another kind stays. */
static void test_path_recovery(void)
{
    bench b;
    adp_flow flow;

    bench_init(&b);
    flow = tcp(b.client, 50001, b.server, 389, 1);
    (void)bench_add(&b, ob_bind(b.arena, flow, 1, "simple", FALSE));
    (void)bench_add(&b, ob_bound(b.arena, flow, 1, 49));
    g_assert_cmpstr(path_outcome(&b), ==, "failed");
    (void)ask(&b, "_ldap._tcp." D, 0, "dc1." D);
    g_assert_cmpstr(path_outcome(&b), ==, "failed");
    (void)bench_add(&b, ob_bind(b.arena, flow, 2, "simple", FALSE));
    (void)bench_add(&b, ob_bound(b.arena, flow, 2, 0));
    g_assert_cmpstr(path_outcome(&b), ==, "ok");
    bench_clear(&b);
}

/* Good for one name does not make another good. */
static void test_path_topics(void)
{
    bench b;

    bench_init(&b);
    (void)ask(&b, "_ldap._tcp." D, 3, NULL);
    (void)ask(&b, "_ldap._tcp.other.test", 0, "dc1.other.test");
    g_assert_cmpstr(path_outcome(&b), ==, "failed");
    (void)ask(&b, "_ldap._tcp." D, 0, "dc1." D);
    g_assert_cmpstr(path_outcome(&b), ==, "ok");
    (void)bench_add(
        &b, ob_krb_error(b.arena, udp(b.client, 1, b.server, 88), ADP_EXCHANGE_TGS, "ldap/dc2", 7));
    (void)bench_add(
        &b, ob_ticket(b.arena, udp(b.client, 2, b.server, 88), ADP_EXCHANGE_TGS, "ldap/dc1"));
    g_assert_cmpstr(path_outcome(&b), ==, "failed");
    (void)bench_add(
        &b, ob_ticket(b.arena, udp(b.client, 3, b.server, 88), ADP_EXCHANGE_TGS, "LDAP/DC2"));
    g_assert_cmpstr(path_outcome(&b), ==, "ok");
    bench_clear(&b);
}

static void test_path_hidden(void)
{
    bench b;
    adp_flow flow;

    bench_init(&b);
    flow = tcp(b.client, 50001, b.server, 389, 1);
    (void)ask(&b, "_ldap._tcp." D, 0, "dc1." D);
    (void)bench_add(&b, ob_hidden(b.arena, flow, FALSE, 1, 1));
    g_assert_cmpstr(path_outcome(&b), ==, "hidden");
    /* What the hidden messages may have held has been seen after all. */
    (void)bench_add(&b, ob_scp(b.arena, flow, 3, "exchange", "CN=x"));
    (void)bench_add(&b, ob_done(b.arena, flow, 3, 0));
    g_assert_cmpstr(path_outcome(&b), ==, "ok");
    (void)bench_add(&b, ob_rootdse(b.arena, flow, 4));
    g_assert_cmpstr(path_outcome(&b), ==, "incomplete");
    bench_wait(&b, S(6));
    g_assert_cmpstr(path_outcome(&b), ==, "failed");
    bench_clear(&b);
}

/* The locator pings several controllers and takes the first answer: that the others stay
 * silent is no fault, in whatever order they were asked. */
static void test_path_pings(void)
{
    guint answered;

    for (answered = 0; answered < 3; answered++) {
        char *row = g_strdup_printf("ping %u of 3 answered", answered + 1);
        bench b;
        adp_flow flow;
        guint i;

        bench_init(&b);
        for (i = 0; i < 3; i++) {
            char *address = g_strdup_printf("10.0.0.%u", i + 1);

            flow = udp(b.client, (guint16)(50001 + i), address_of(b.model, address), 389);
            (void)bench_add(&b, ob_ping(b.arena, flow, 1, D, "WS1"));
            g_free(address);
        }
        flow = udp(b.client, (guint16)(50001 + answered), step_of(&b, answered)->flow.server, 389);
        (void)bench_add(&b, ob_pong(b.arena, flow, 1, 23, "dc1." D, "HQ"));
        (void)bench_add(&b, ob_done(b.arena, flow, 1, 0));
        bench_wait(&b, S(60));
        check_str(row, "path", path_outcome(&b), "ok");
        bench_clear(&b);
        g_free(row);
    }
}

static void test_names(void)
{
    static const struct {
        adp_outcome outcome;
        const char *name;
    } outcomes[] = {
        {ADP_OK, "ok"},         {ADP_NORMAL, "normal"},
        {ADP_FAILED, "failed"}, {ADP_UNANSWERED, "unanswered"},
        {ADP_HIDDEN, "hidden"}, {ADP_PENDING, "pending"},
    };
    static const struct {
        adp_step_kind kind;
        const char *name;
    } kinds[] = {
        {ADP_STEP_SRV, "srv"},       {ADP_STEP_PING, "ping"},       {ADP_STEP_KERBEROS, "kerberos"},
        {ADP_STEP_BIND, "bind"},     {ADP_STEP_ROOTDSE, "rootdse"}, {ADP_STEP_SCP, "scp"},
        {ADP_STEP_HIDDEN, "hidden"},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(outcomes); i++) {
        check_str(outcomes[i].name, "outcome", adp_outcome_name(outcomes[i].outcome),
                  outcomes[i].name);
    }
    for (i = 0; i < G_N_ELEMENTS(kinds); i++) {
        check_str(kinds[i].name, "kind", adp_step_kind_name(kinds[i].kind), kinds[i].name);
    }
}

int main(int argc, char **argv)
{
    test_init(&argc, &argv);
    g_test_add_func("/outcome/patience", test_patience);
    g_test_add_func("/outcome/patience-of-retry", test_patience_of_retry);
    g_test_add_func("/outcome/deaf", test_deaf);
    g_test_add_func("/outcome/srv-results", test_srv_results);
    g_test_add_func("/outcome/truncated", test_truncated);
    g_test_add_func("/outcome/normal-misses", test_normal_misses);
    g_test_add_func("/outcome/site-miss", test_site_miss);
    g_test_add_func("/outcome/site-miss-elsewhere", test_site_miss_elsewhere);
    g_test_add_func("/outcome/host-as-domain", test_host_as_domain);
    g_test_add_func("/outcome/ping", test_ping);
    g_test_add_func("/outcome/ping-not-hosted", test_ping_not_hosted);
    g_test_add_func("/outcome/kerberos", test_kerberos);
    g_test_add_func("/outcome/ldap", test_ldap);
    g_test_add_func("/outcome/recovery", test_recovery);
    g_test_add_func("/outcome/recovery-elsewhere", test_recovery_elsewhere);
    g_test_add_func("/outcome/abandoned", test_abandoned);
    g_test_add_func("/outcome/damaged", test_damaged);
    g_test_add_func("/outcome/bind-in-progress", test_bind_in_progress);
    g_test_add_func("/outcome/early-silence", test_early_silence);
    g_test_add_func("/outcome/path-ok", test_path_ok);
    g_test_add_func("/outcome/path-recovery", test_path_recovery);
    g_test_add_func("/outcome/path-topics", test_path_topics);
    g_test_add_func("/outcome/path-hidden", test_path_hidden);
    g_test_add_func("/outcome/path-pings", test_path_pings);
    g_test_add_func("/outcome/names", test_names);
    return g_test_run();
}
