/* test_web.c
 * Named hosts, addresses, connections, TLS and the HTTP of autodiscover.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "facts/facts.h"
#include "facts/handshake.h"
#include "join/hosts.h"
#include "join/model.h"
#include "join/pair_http.h"
#include "judge/analysis.h"
#include "judge/endpoint.h"
#include "judge/endpoints.h"
#include "log/observation.h"
#include "wire/text.h"
#include "wire/tls.h"

#define MAIL     "mail.contoso.test"
#define MAIL_URL "https://mail.contoso.test/autodiscover/autodiscover.xml"

/* ---- names ---- */

static void test_mail_domain(void)
{
    static const struct {
        const char *host;
        const char *domain;
    } rows[] = {
        {"autodiscover.contoso.test", "contoso.test"},
        {"AutoDiscover.Contoso.Test", "Contoso.Test"},
        {"autodiscover.a.b.c", "a.b.c"},
        {"autodiscover.test", NULL},
        {"autodiscover.test.", NULL},
        {"autodiscover", NULL},
        {"autodiscover.", NULL},
        {"autodiscover-s.outlook.com", NULL},
        {"mail.autodiscover.test", NULL},
        /* What resolvers make of a name that they did not find. */
        {"autodiscover.contoso.test.contoso.test", NULL},
        {"", NULL},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        check_str(rows[i].host, "domain", adp_mail_domain_of(rows[i].host), rows[i].domain);
    }
}

static void test_certificate_names(void)
{
    static const struct {
        const char *name;
        const char *host;
        gboolean covers;
    } rows[] = {
        {"mail.contoso.test", "mail.contoso.test", TRUE},
        {"MAIL.Contoso.Test", "mail.contoso.test", TRUE},
        {"mail.contoso.test.", "mail.contoso.test", TRUE},
        {"contoso.test", "mail.contoso.test", FALSE},
        {"mail.contoso.test", "contoso.test", FALSE},
        {"*.contoso.test", "mail.contoso.test", TRUE},
        {"*.CONTOSO.test", "Mail.contoso.test", TRUE},
        {"*.contoso.test", "contoso.test", FALSE},
        {"*.contoso.test", "a.mail.contoso.test", FALSE},
        {"*.contoso.test", ".contoso.test", FALSE},
        {"mail.*.test", "mail.contoso.test", FALSE},
        {"m*.contoso.test", "mail.contoso.test", FALSE},
        {"*.test", "contoso.test", FALSE},
        {"*", "test", FALSE},
        {"*.", "x.", FALSE},
        {"", "mail.contoso.test", FALSE},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        check_int(rows[i].name, rows[i].host, adp_tls_name_covers(rows[i].name, rows[i].host),
                  rows[i].covers);
    }
}

static void test_alerts(void)
{
    check_str("48", "alert", adp_tls_alert_name(48), "unknown_ca");
    check_str("112", "alert", adp_tls_alert_name(112), "unrecognized_name");
    check_str("0", "alert", adp_tls_alert_name(0), "close_notify");
    check_str("255", "alert", adp_tls_alert_name(255), NULL);
    check_str("0304", "version", adp_tls_version_name(0x0304), "TLS 1.3");
    check_str("0300", "version", adp_tls_version_name(0x0300), "SSL 3.0");
    check_str("0305", "version", adp_tls_version_name(0x0305), NULL);
    check_str("0002", "version", adp_tls_version_name(2), NULL);
}

/* ---- address lookups ---- */

static adp_flow dns_flow(const bench *b)
{
    return udp(b->client, 50000, b->server, 53);
}

static guint32 ask(bench *b, guint16 type, const char *name)
{
    return bench_step(b, ob_address_query(b->arena, dns_flow(b), b->frame, type, name));
}

/* The last question's answer. */
static guint32 answer(bench *b, guint16 type, const char *name, guint8 rcode, guint32 address)
{
    return bench_step(
        b, ob_address(b->arena, dns_flow(b), b->frame - 1, type, name, rcode, NULL, address));
}

/* An SCP search with one entry, the URL of MAIL. */
static void search_scp(bench *b)
{
    adp_flow flow = tcp(b->client, 40000, b->server, 389, 1);

    (void)bench_add(b, ob_scp(b->arena, flow, 5, "exchange", "CN=x"));
    (void)bench_add(b, ob_entry(b->arena, flow, 5, "CN=EX1", MAIL_URL,
                                "77378F46-2C66-4aa9-A6A6-3E7A48B19596", NULL));
    (void)bench_add(b, ob_done(b->arena, flow, 5, 0));
}

static void test_only_named_hosts(void)
{
    bench b;

    bench_init(&b);
    g_assert_cmpuint(ask(&b, ADP_DNS_A, MAIL), ==, ADP_NONE);
    g_assert_cmpuint(answer(&b, ADP_DNS_A, MAIL, 0, b.server2), ==, ADP_NONE);
    g_assert_cmpuint(adp_model_named(b.model, MAIL), ==, 0);
    search_scp(&b);
    g_assert_cmpuint(adp_model_named(b.model, "MAIL.contoso.test."), ==, ADP_NAMED_BY_SCP);
    g_assert_cmpuint(ask(&b, ADP_DNS_A, "Mail.Contoso.Test"), !=, ADP_NONE);
    g_assert_cmpuint(ask(&b, ADP_DNS_A, "www.contoso.test"), ==, ADP_NONE);
    g_assert_cmpuint(ask(&b, ADP_DNS_A, "mail"), ==, ADP_NONE);
    g_assert_cmpuint(ask(&b, ADP_DNS_A, MAIL ".contoso.test"), ==, ADP_NONE);
    g_assert_cmpuint(ask(&b, 16, MAIL), ==, ADP_NONE); /* TXT */
    bench_clear(&b);
}

static void test_candidates(void)
{
    bench b;
    guint32 step;

    bench_init(&b);
    g_assert_cmpuint(ask(&b, ADP_DNS_A, "fabrikam.test"), ==, ADP_NONE);
    step = ask(&b, ADP_DNS_A, "autodiscover.fabrikam.test");
    g_assert_cmpint(step_of(&b, step)->kind, ==, ADP_STEP_ADDRESS);
    /* Now it is known as a mail domain. */
    g_assert_cmpuint(ask(&b, ADP_DNS_A, "fabrikam.test"), !=, ADP_NONE);
    g_assert_cmpuint(ask(&b, ADP_DNS_A, "outlook.office365.com"), !=, ADP_NONE);
    g_assert_cmpuint(ask(&b, ADP_DNS_A, "outlook.office.com"), ==, ADP_NONE);
    bench_clear(&b);
}

/* The domain's own name is asked for all day, until an SCP search makes it a candidate. */
static void test_own_domain(void)
{
    bench b;
    adp_flow ldap = udp(0, 40001, 0, 389);

    bench_init(&b);
    ldap.client = b.client;
    ldap.server = b.server;
    (void)bench_add(&b, ob_ping(b.arena, ldap, 1, "contoso.test", "PC1"));
    (void)bench_add(&b, ob_pong(b.arena, ldap, 1, 23, "dc1.contoso.test", "HQ"));
    g_assert_cmpuint(ask(&b, ADP_DNS_A, "contoso.test"), ==, ADP_NONE);
    search_scp(&b);
    g_assert_cmpuint(ask(&b, ADP_DNS_A, "contoso.test"), !=, ADP_NONE);
    g_assert_cmpuint(adp_model_named(b.model, "contoso.test"), ==, ADP_NAMED_AS_CANDIDATE);
    bench_clear(&b);
}

static void test_address_outcomes(void)
{
    bench b;
    guint32 v6;
    guint32 v4;

    bench_init(&b);
    search_scp(&b);
    (void)ask(&b, ADP_DNS_AAAA, MAIL);
    v6 = answer(&b, ADP_DNS_AAAA, MAIL, 0, ADP_NONE);
    check_str("AAAA alone", "outcome", outcome_of(&b, v6), "failed");
    check_str("AAAA alone", "early", early_outcome_of(&b, v6), "pending");
    (void)ask(&b, ADP_DNS_A, MAIL);
    v4 = answer(&b, ADP_DNS_A, MAIL, 0, b.server2);
    check_str("A", "outcome", outcome_of(&b, v4), "ok");
    check_str("AAAA beside A", "outcome", outcome_of(&b, v6), "normal");
    check_str("A", "address", adp_model_address_name(b.model, b.server2), MAIL);
    g_assert_true(adp_model_host_has_address(b.model, MAIL, b.server2));
    g_assert_false(adp_model_host_has_address(b.model, MAIL, b.server));
    (void)ask(&b, ADP_DNS_A, MAIL);
    v4 = answer(&b, ADP_DNS_A, MAIL, 3, ADP_NONE);
    check_str("NXDOMAIN", "outcome", outcome_of(&b, v4), "failed");
    v4 = ask(&b, ADP_DNS_A, MAIL);
    bench_wait(&b, S(6));
    check_str("silence", "outcome", outcome_of(&b, v4), "unanswered");
    bench_clear(&b);
}

/* All names of a chain have the address, and are as good as the one that was asked for. */
static void test_alias(void)
{
    bench b;
    adp_obs reply;

    bench_init(&b);
    (void)ask(&b, ADP_DNS_A, "autodiscover.contoso.test");
    reply = ob_address(b.arena, dns_flow(&b), b.frame - 1, ADP_DNS_A, "autodiscover.contoso.test",
                       0, "eu.mailhost.test", b.server2);
    (void)bench_add(&b, reply);
    g_assert_true(adp_model_host_has_address(b.model, "autodiscover.contoso.test", b.server2));
    g_assert_true(adp_model_host_has_address(b.model, "eu.mailhost.test", b.server2));
    g_assert_cmpuint(adp_model_named(b.model, "eu.mailhost.test"), ==, ADP_NAMED_AS_CANDIDATE);
    bench_clear(&b);
}

/* ---- connections ---- */

static adp_flow web_flow(const bench *b, guint16 port, guint32 stream)
{
    return tcp(b->client, 41000, b->server2, port, stream);
}

static const adp_attempt *last_attempt(const bench *b)
{
    guint32 n = adp_model_attempt_count(b->model);

    return n ? adp_model_attempt(b->model, n - 1) : NULL;
}

static guint32 tcp_event(bench *b, adp_flow flow, adp_tcp_event event, gboolean from_server)
{
    return bench_add(b, ob_tcp(b->arena, flow, event, from_server));
}

static void test_attempt_refused(void)
{
    bench b;
    adp_flow flow;
    guint32 syn;
    guint32 rst;

    bench_init(&b);
    flow = web_flow(&b, 389, 3);
    syn = tcp_event(&b, flow, ADP_TCP_SYN, FALSE);
    b.time += S(1);
    (void)tcp_event(&b, flow, ADP_TCP_SYN, FALSE);
    rst = tcp_event(&b, flow, ADP_TCP_RST, TRUE);
    check_int("refused", "attempts", adp_model_attempt_count(b.model), 1);
    check_int("refused", "syns", last_attempt(&b)->syns, 2);
    g_assert_true(last_attempt(&b)->refused);
    g_assert_false(last_attempt(&b)->accepted);
    check_int("refused", "first", last_attempt(&b)->first, syn);
    check_int("refused", "last", last_attempt(&b)->last, rst);
    check_int("refused", "chain", adp_model_mark(b.model, syn)->next, syn + 1);
    check_int("refused", "chain", adp_model_mark(b.model, syn + 1)->next, rst);
    check_int("refused", "steps", adp_model_step_count(b.model), 0);
    check_int("refused", "step", adp_model_mark(b.model, rst)->step, ADP_NONE);
    check_int("refused", "attempt", adp_model_mark(b.model, rst)->attempt, 0);
    bench_clear(&b);
}

static void test_attempt_copies(void)
{
    bench b;
    adp_flow flow;
    guint32 copy;

    bench_init(&b);
    flow = web_flow(&b, 88, 3);
    (void)tcp_event(&b, flow, ADP_TCP_SYN, FALSE);
    b.time -= MS(10) - 10000;
    copy = tcp_event(&b, flow, ADP_TCP_SYN, FALSE);
    check_int("copy", "syns", last_attempt(&b)->syns, 1);
    g_assert_true(adp_model_mark(b.model, copy)->copy);
    bench_clear(&b);
}

static void test_attempt_accepted_and_closed(void)
{
    bench b;
    adp_flow flow;

    bench_init(&b);
    flow = web_flow(&b, 3268, 3);
    (void)tcp_event(&b, flow, ADP_TCP_SYN, FALSE);
    (void)tcp_event(&b, flow, ADP_TCP_SYN_ACK, TRUE);
    g_assert_true(last_attempt(&b)->accepted);
    (void)tcp_event(&b, flow, ADP_TCP_FIN, TRUE);
    g_assert_true(last_attempt(&b)->server_closed);
    g_assert_false(last_attempt(&b)->reset);
    /* What follows only says the same. */
    g_assert_cmpuint(tcp_event(&b, flow, ADP_TCP_RST, FALSE), ==, ADP_NONE);
    /* The same ports on another connection. */
    flow.stream = 4;
    (void)tcp_event(&b, flow, ADP_TCP_SYN, FALSE);
    check_int("again", "attempts", adp_model_attempt_count(b.model), 2);
    bench_clear(&b);
}

static void test_attempt_only_where_it_matters(void)
{
    bench b;

    bench_init(&b);
    g_assert_cmpuint(tcp_event(&b, web_flow(&b, 443, 3), ADP_TCP_SYN, FALSE), ==, ADP_NONE);
    g_assert_cmpuint(tcp_event(&b, web_flow(&b, 389, 4), ADP_TCP_RST, TRUE), ==, ADP_NONE);
    search_scp(&b);
    (void)ask(&b, ADP_DNS_A, MAIL);
    (void)answer(&b, ADP_DNS_A, MAIL, 0, b.server2);
    g_assert_cmpuint(tcp_event(&b, web_flow(&b, 443, 5), ADP_TCP_SYN, FALSE), !=, ADP_NONE);
    g_assert_cmpuint(tcp_event(&b, web_flow(&b, 80, 6), ADP_TCP_SYN, FALSE), !=, ADP_NONE);
    g_assert_cmpuint(tcp_event(&b, web_flow(&b, 445, 7), ADP_TCP_SYN, FALSE), ==, ADP_NONE);
    bench_clear(&b);
}

static void test_icmp(void)
{
    bench b;
    adp_flow flow;
    guint32 step;

    bench_init(&b);
    flow = web_flow(&b, 389, 3);
    g_assert_cmpuint(bench_add(&b, ob_icmp(b.arena, flow, 13)), ==, ADP_NONE);
    (void)tcp_event(&b, flow, ADP_TCP_SYN, FALSE);
    (void)bench_add(&b, ob_icmp(b.arena, flow, 13));
    g_assert_true(last_attempt(&b)->prohibited);
    /* A ping: the error does not quote the message's number. */
    flow = udp(b.client, 42000, b.server, 389);
    step = bench_step(&b, ob_ping(b.arena, flow, 7, "contoso.test", NULL));
    (void)bench_add(&b, ob_icmp(b.arena, flow, 1));
    g_assert_cmpuint(step_of(&b, step)->icmp, !=, ADP_NONE);
    check_int("icmp", "chain", step_of(&b, step)->last, step_of(&b, step)->first);
    flow.client_port++;
    g_assert_cmpuint(bench_add(&b, ob_icmp(b.arena, flow, 13)), ==, ADP_NONE);
    bench_clear(&b);
}

/* ---- TLS ---- */

static guint32 hello(bench *b, adp_flow flow, const char *sni)
{
    return bench_step(b, ob_tls(b->arena, flow, ADP_TLS_CLIENT_HELLO, FALSE, sni));
}

static void event(bench *b, adp_flow flow, adp_tls_event what, gboolean from_server)
{
    (void)bench_add(b, ob_tls(b->arena, flow, what, from_server, NULL));
}

static void test_tls_which(void)
{
    bench b;

    bench_init(&b);
    g_assert_cmpuint(hello(&b, web_flow(&b, 443, 3), MAIL), ==, ADP_NONE);
    g_assert_cmpuint(hello(&b, web_flow(&b, 636, 4), NULL), !=, ADP_NONE);
    g_assert_cmpuint(hello(&b, web_flow(&b, 443, 5), "autodiscover.contoso.test"), !=, ADP_NONE);
    /* Now the address belongs to a candidate; but who names another host wants that. */
    g_assert_cmpuint(hello(&b, web_flow(&b, 443, 6), NULL), !=, ADP_NONE);
    g_assert_cmpuint(hello(&b, web_flow(&b, 443, 7), "www.contoso.test"), ==, ADP_NONE);
    search_scp(&b);
    g_assert_cmpuint(hello(&b, web_flow(&b, 443, 8), MAIL), !=, ADP_NONE);
    bench_clear(&b);
}

static void test_tls_goes_well(void)
{
    bench b;
    adp_flow flow;
    guint32 step;

    bench_init(&b);
    flow = web_flow(&b, 636, 3);
    (void)tcp_event(&b, flow, ADP_TCP_SYN, FALSE);
    step = hello(&b, flow, MAIL);
    check_int("tls", "attempt", last_attempt(&b)->step, step);
    event(&b, flow, ADP_TLS_SERVER_HELLO, TRUE);
    (void)bench_add(&b, ob_certificate(b.arena, flow, "*.contoso.test"));
    event(&b, flow, ADP_TLS_CIPHER_CHANGE, FALSE);
    check_str("half", "outcome", outcome_of(&b, step), "pending");
    event(&b, flow, ADP_TLS_CIPHER_CHANGE, TRUE);
    check_str("complete", "outcome", outcome_of(&b, step), "ok");
    check_str("complete", "early", early_outcome_of(&b, step), "pending");
    event(&b, flow, ADP_TLS_DATA, FALSE);
    event(&b, flow, ADP_TLS_DATA, TRUE);
    check_str("settled", "early", early_outcome_of(&b, step), "ok");
    /* An alert in the conversation is not one about the handshake. */
    g_assert_cmpuint(bench_add(&b, ob_alert(b.arena, flow, TRUE, 2, 80)), ==, ADP_NONE);
    {
        gboolean matches = FALSE;

        g_assert_true(adp_tls_name_match(b.model, step_of(&b, step), &matches));
        g_assert_true(matches);
    }
    bench_clear(&b);
}

/* With TLS 1.3 what the server hides before the client is content proves nothing. */
static void test_tls_hidden_flight(void)
{
    bench b;
    adp_flow flow;
    guint32 step;

    bench_init(&b);
    flow = web_flow(&b, 636, 3);
    (void)tcp_event(&b, flow, ADP_TCP_SYN, FALSE);
    step = hello(&b, flow, MAIL);
    event(&b, flow, ADP_TLS_SERVER_HELLO, TRUE);
    event(&b, flow, ADP_TLS_DATA, TRUE);
    (void)tcp_event(&b, flow, ADP_TCP_FIN, FALSE);
    check_str("closed", "outcome", outcome_of(&b, step), "failed");
    check_str("closed", "early", early_outcome_of(&b, step), "pending");
    bench_clear(&b);
}

static void test_tls_alert(void)
{
    bench b;
    adp_flow flow;
    guint32 step;
    adp_view view;
    char *alerts;

    bench_init(&b);
    flow = web_flow(&b, 636, 3);
    step = hello(&b, flow, MAIL);
    event(&b, flow, ADP_TLS_SERVER_HELLO, TRUE);
    (void)bench_add(&b, ob_certificate(b.arena, flow, "ex1.contoso.local"));
    (void)bench_add(&b, ob_alert(b.arena, flow, FALSE, 1, 0));
    check_str("farewell", "outcome", outcome_of(&b, step), "pending");
    (void)bench_add(&b, ob_alert(b.arena, flow, FALSE, 2, 48));
    check_str("fatal", "outcome", outcome_of(&b, step), "failed");
    check_str("fatal", "early", early_outcome_of(&b, step), "failed");
    view = adp_view_whole(b.model, step, FALSE);
    alerts = fact_of(b.model, &view, ADP_F_TLS_ALERT);
    check_str("fatal", "alert", alerts, "unknown_ca");
    g_free(alerts);
    bench_clear(&b);
}

static void test_tls_silence(void)
{
    bench b;
    adp_flow flow;
    guint32 step;
    guint32 one_sided;

    bench_init(&b);
    flow = web_flow(&b, 636, 3);
    step = hello(&b, flow, MAIL);
    flow = web_flow(&b, 3269, 4);
    one_sided = hello(&b, flow, MAIL);
    /* Who sends data has heard an answer, though the capture has not. */
    event(&b, flow, ADP_TLS_DATA, FALSE);
    bench_wait(&b, S(6));
    check_str("nothing came", "outcome", outcome_of(&b, step), "unanswered");
    check_str("one-sided", "outcome", outcome_of(&b, one_sided), "pending");
    bench_clear(&b);
}

/* ---- HTTP ---- */

static guint32 request(bench *b, guint32 stream, const char *method, const char *url, adp_auth auth,
                       guint8 message)
{
    adp_flow flow = web_flow(b, g_str_has_prefix(url, "https") ? 443 : 80, stream);

    return bench_step(b, ob_http(b->arena, flow, method, url, auth, message));
}

static void reply(bench *b, guint32 stream, guint16 port, guint16 status, const char *redirect,
                  const char *error, gboolean settings)
{
    (void)bench_add(
        b, ob_http_reply(b->arena, web_flow(b, port, stream), status, redirect, error, settings));
}

static void test_methods(void)
{
    static const struct {
        const char *method;
        const char *url;
        const char *found;
    } rows[] = {
        {"POST", MAIL_URL, "scp"},
        {"POST", "https://autodiscover.contoso.test/autodiscover/autodiscover.xml",
         "autodiscover-host"},
        {"POST", "https://fabrikam.test/autodiscover/autodiscover.xml", "domain"},
        {"GET", "http://autodiscover.fabrikam.test/autodiscover/autodiscover.xml", "http-redirect"},
        {"POST", "https://x.test/autodiscover/autodiscover.svc", "other"},
        {"GET", "https://x.test/autodiscover/autodiscover.json/v1.0/", "json"},
    };
    bench b;
    guint i;

    bench_init(&b);
    search_scp(&b);
    (void)ask(&b, ADP_DNS_A, "autodiscover.fabrikam.test");
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint32 step = request(&b, 10 + i, rows[i].method, rows[i].url, ADP_AUTH_NONE, 0);

        check_str(rows[i].url, "method", step_of(&b, step)->own->method, rows[i].found);
    }
    g_assert_cmpuint(request(&b, 30, "GET", "https://mail.contoso.test/owa/", ADP_AUTH_NONE, 0), ==,
                     ADP_NONE);
    bench_clear(&b);
}

static void test_redirect_keeps_its_method(void)
{
    bench b;
    guint32 step;

    bench_init(&b);
    (void)request(&b, 3, "GET", "http://autodiscover.contoso.test/autodiscover/autodiscover.xml",
                  ADP_AUTH_NONE, 0);
    reply(&b, 3, 80, 302, "https://cloud.test/autodiscover/autodiscover.xml", NULL, FALSE);
    g_assert_cmpuint(adp_model_named(b.model, "cloud.test"), ==, ADP_NAMED_BY_REDIRECT);
    step = request(&b, 4, "POST", "https://cloud.test/autodiscover/autodiscover.xml", ADP_AUTH_NONE,
                   0);
    check_str("target", "method", step_of(&b, step)->own->method, "http-redirect");
    bench_clear(&b);
}

static void test_http_outcomes(void)
{
    static const struct {
        const char *row;
        const char *method;
        const char *url;
        guint16 status;
        const char *redirect;
        const char *error;
        gboolean settings;
        const char *outcome;
    } rows[] = {
        {"settings", "POST", MAIL_URL, 200, NULL, NULL, TRUE, "ok"},
        {"a page", "POST", MAIL_URL, 200, NULL, NULL, FALSE, "failed"},
        {"error 500", "POST", MAIL_URL, 200, NULL, "500", FALSE, "failed"},
        {"redirect", "POST", MAIL_URL, 200, "a@cloud.test", NULL, FALSE, "ok"},
        {"302", "POST", MAIL_URL, 302, "https://x.test/", NULL, FALSE, "ok"},
        {"302 to nowhere", "POST", MAIL_URL, 302, NULL, NULL, FALSE, "failed"},
        {"404", "POST", MAIL_URL, 404, NULL, NULL, FALSE, "failed"},
        {"503", "POST", MAIL_URL, 503, NULL, NULL, FALSE, "failed"},
        /* A look whether there is anybody. */
        {"GET 200", "GET", MAIL_URL, 200, NULL, NULL, FALSE, "ok"},
        {"GET 401", "GET", MAIL_URL, 401, NULL, NULL, FALSE, "normal"},
        {"GET 600", "GET", MAIL_URL, 200, NULL, "600", FALSE, "normal"},
        /* A look for a redirect. */
        {"plain 200", "GET", "http://x.test/autodiscover/autodiscover.xml", 200, NULL, NULL, FALSE,
         "failed"},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint16 port = g_str_has_prefix(rows[i].url, "https") ? 443 : 80;
        bench b;
        guint32 step;

        bench_init(&b);
        step = request(&b, 3, rows[i].method, rows[i].url, ADP_AUTH_NONE, 0);
        reply(&b, 3, port, rows[i].status, rows[i].redirect, rows[i].error, rows[i].settings);
        check_str(rows[i].row, "outcome", outcome_of(&b, step), rows[i].outcome);
        bench_clear(&b);
    }
}

static void test_rounds(void)
{
    bench b;
    guint32 first;
    guint32 second;
    guint32 third;

    bench_init(&b);
    first = request(&b, 3, "POST", MAIL_URL, ADP_AUTH_NONE, 0);
    reply(&b, 3, 443, 401, NULL, NULL, FALSE);
    check_str("asked", "early", early_outcome_of(&b, first), "pending");
    bench_wait(&b, S(6));
    check_str("never answered", "outcome", outcome_of(&b, first), "failed");
    /* On another connection, but the same host. */
    second = request(&b, 4, "POST", MAIL_URL, ADP_AUTH_NTLM, 1);
    check_str("answered", "outcome", outcome_of(&b, first), "normal");
    reply(&b, 4, 443, 401, NULL, NULL, FALSE);
    third = request(&b, 4, "POST", MAIL_URL, ADP_AUTH_NTLM, 3);
    check_str("negotiated", "outcome", outcome_of(&b, second), "normal");
    reply(&b, 4, 443, 401, NULL, NULL, FALSE);
    check_str("refused", "outcome", outcome_of(&b, third), "failed");
    check_str("refused", "early", early_outcome_of(&b, third), "failed");
    bench_clear(&b);
}

static void test_ticket_that_fits_the_clock(void)
{
    bench b;
    guint32 first;

    bench_init(&b);
    first = request(&b, 3, "POST", MAIL_URL, ADP_AUTH_KERBEROS, 0);
    reply(&b, 3, 443, 401, NULL, NULL, FALSE);
    check_str("refused", "outcome", outcome_of(&b, first), "failed");
    check_str("refused", "early", early_outcome_of(&b, first), "pending");
    /* NTLM would not make it good. */
    (void)request(&b, 3, "POST", MAIL_URL, ADP_AUTH_NTLM, 3);
    reply(&b, 3, 443, 200, NULL, NULL, TRUE);
    check_str("NTLM", "outcome", outcome_of(&b, first), "failed");
    (void)request(&b, 3, "POST", MAIL_URL, ADP_AUTH_KERBEROS, 0);
    reply(&b, 3, 443, 200, NULL, NULL, TRUE);
    check_str("another ticket", "outcome", outcome_of(&b, first), "normal");
    bench_clear(&b);
}

static void test_pipelining(void)
{
    bench b;
    guint32 first;
    guint32 second;

    bench_init(&b);
    first = request(&b, 3, "POST", MAIL_URL, ADP_AUTH_NONE, 0);
    /* What is not autodiscover is kept aside, or its answer would be taken for another's. */
    (void)bench_add(&b, ob_http(b.arena, web_flow(&b, 443, 3), "GET",
                                "https://mail.contoso.test/owa/", ADP_AUTH_NONE, 0));
    second = request(&b, 3, "POST", MAIL_URL, ADP_AUTH_BASIC, 0);
    reply(&b, 3, 443, 404, NULL, NULL, FALSE);
    reply(&b, 3, 443, 503, NULL, NULL, FALSE);
    reply(&b, 3, 443, 200, NULL, NULL, TRUE);
    check_str("first", "outcome", outcome_of(&b, first), "failed");
    check_str("second", "outcome", outcome_of(&b, second), "ok");
    check_int("both", "steps", adp_model_step_count(b.model), 2);
    g_assert_false(adp_model_http_waits(b.model, &step_of(&b, first)->flow));
    bench_clear(&b);
}

static void test_ntlm_is_kept_aside(void)
{
    bench b;
    adp_obs obs;

    bench_init(&b);
    obs = ob_http(b.arena, web_flow(&b, 443, 3), "GET", "https://mail.contoso.test/ews/",
                  ADP_AUTH_NTLM, 1);
    g_assert_cmpuint(bench_add(&b, obs), ==, ADP_NONE);
    search_scp(&b);
    g_assert_cmpuint(bench_add(&b, obs), !=, ADP_NONE);
    check_int("kept", "steps", adp_model_step_count(b.model), 1);
    bench_clear(&b);
}

/* The tunnel's handshake is with the host, whatever the address. */
static void test_connect(void)
{
    bench b;
    adp_flow flow;
    adp_obs connect;
    guint32 step;

    bench_init(&b);
    search_scp(&b);
    /* What may yet turn out to be the mail domain is kept aside; it is no tunnel of a candidate. */
    flow = web_flow(&b, 8080, 4);
    connect = ob_http(b.arena, flow, "CONNECT", "http://www.test/", ADP_AUTH_NONE, 0);
    g_assert_cmpuint(bench_add(&b, connect), !=, ADP_NONE);
    reply(&b, 4, 8080, 200, NULL, NULL, FALSE);
    g_assert_cmpuint(hello(&b, flow, NULL), ==, ADP_NONE);
    flow = web_flow(&b, 8080, 5);
    connect = ob_http(b.arena, flow, "CONNECT", "http://intranet/", ADP_AUTH_NONE, 0);
    g_assert_cmpuint(bench_add(&b, connect), ==, ADP_NONE);
    flow = web_flow(&b, 8080, 3);
    connect = ob_http(b.arena, flow, "CONNECT", "http://mail.contoso.test/", ADP_AUTH_NONE, 0);
    g_assert_cmpuint(bench_add(&b, connect), !=, ADP_NONE);
    reply(&b, 3, 8080, 200, NULL, NULL, FALSE);
    step = hello(&b, flow, NULL);
    g_assert_cmpuint(step, !=, ADP_NONE);
    g_assert_true(step_of(&b, step)->own->in_tunnel);
    g_assert_false(adp_model_host_has_address(b.model, MAIL, b.server2));
    bench_clear(&b);
}

/* ---- whose an attempt is ---- */

static void ask_address(bench *b, guint16 port, const char *host)
{
    adp_flow dns = udp(b->client, port, b->server, 53);

    (void)bench_add(b, ob_address_query(b->arena, dns, port, ADP_DNS_A, host));
}

static void answer_address(bench *b, guint16 port, const char *host, guint32 address)
{
    adp_flow dns = udp(b->client, port, b->server, 53);

    (void)bench_add(b, ob_address(b->arena, dns, port, ADP_DNS_A, host, 0, NULL, address));
}

static void look_up(bench *b, guint16 port, const char *host, guint32 address)
{
    ask_address(b, port, host);
    answer_address(b, port, host, address);
}

static void refuse(bench *b, guint16 port, guint32 server, guint32 stream)
{
    adp_flow flow = tcp(b->client, port, server, 443, stream);

    (void)bench_add(b, ob_tcp(b->arena, flow, ADP_TCP_SYN, FALSE));
    (void)bench_add(b, ob_tcp(b->arena, flow, ADP_TCP_RST, TRUE));
}

/* How many observations the path's endpoint at the host rests on. */
static guint evidence_at(const bench *b, guint32 path, const char *host)
{
    GPtrArray *list = adp_endpoints_of(adp_analysis_endpoints(b->analysis), path);
    guint count = 0;
    guint i;

    for (i = 0; i < list->len; i++) {
        const adp_endpoint *endpoint = g_ptr_array_index(list, i);

        count += adp_same_text(endpoint->host, host) ? endpoint->evidence->len : 0;
    }
    g_ptr_array_unref(list);
    return count;
}

static void test_attempts_of_paths(void)
{
    static const char a[] = "autodiscover.a.test";
    static const char z[] = "autodiscover.z.test";
    bench b;

    bench_init(&b);
    look_up(&b, 1000, a, b.server2);
    refuse(&b, 1001, b.server2, 1);
    check_int("one", "evidence", evidence_at(&b, 0, a), 1);
    /* The next discovery has the same address for its host. */
    bench_wait(&b, S(60));
    look_up(&b, 1002, z, b.server2);
    refuse(&b, 1003, b.server2, 2);
    check_int("two", "paths", adp_model_path_count(b.model), 2);
    check_int("the first", "evidence", evidence_at(&b, 0, a), 1);
    check_int("the second", "evidence", evidence_at(&b, 1, z), 1);
    bench_clear(&b);

    /* Both at once: each has what it looked up. */
    bench_init(&b);
    look_up(&b, 1000, a, b.server);
    look_up(&b, 1002, z, b.server2);
    refuse(&b, 1001, b.server, 1);
    refuse(&b, 1003, b.server2, 2);
    check_int("at once, the first", "evidence", evidence_at(&b, 0, a), 1);
    check_int("at once, the second", "evidence", evidence_at(&b, 1, z), 1);
    bench_clear(&b);

    /* The second's question is out, and its answer comes after the connection. */
    bench_init(&b);
    look_up(&b, 1000, a, b.server2);
    ask_address(&b, 1002, z);
    look_up(&b, 1004, a, b.server);
    refuse(&b, 1001, b.server2, 1);
    answer_address(&b, 1002, z, b.server2);
    check_int("too late, the first", "evidence", evidence_at(&b, 0, a), 1);
    check_int("too late, the second", "evidence", evidence_at(&b, 1, z), 0);
    bench_clear(&b);
}

int main(int argc, char **argv)
{
    test_init(&argc, &argv);
    g_test_add_func("/web/mail-domain", test_mail_domain);
    g_test_add_func("/web/certificate-names", test_certificate_names);
    g_test_add_func("/web/alerts", test_alerts);
    g_test_add_func("/web/only-named-hosts", test_only_named_hosts);
    g_test_add_func("/web/candidates", test_candidates);
    g_test_add_func("/web/own-domain", test_own_domain);
    g_test_add_func("/web/address-outcomes", test_address_outcomes);
    g_test_add_func("/web/alias", test_alias);
    g_test_add_func("/web/attempt-refused", test_attempt_refused);
    g_test_add_func("/web/attempt-copies", test_attempt_copies);
    g_test_add_func("/web/attempt-closed", test_attempt_accepted_and_closed);
    g_test_add_func("/web/attempt-which", test_attempt_only_where_it_matters);
    g_test_add_func("/web/attempt-whose", test_attempts_of_paths);
    g_test_add_func("/web/icmp", test_icmp);
    g_test_add_func("/web/tls-which", test_tls_which);
    g_test_add_func("/web/tls-goes-well", test_tls_goes_well);
    g_test_add_func("/web/tls-hidden-flight", test_tls_hidden_flight);
    g_test_add_func("/web/tls-alert", test_tls_alert);
    g_test_add_func("/web/tls-silence", test_tls_silence);
    g_test_add_func("/web/methods", test_methods);
    g_test_add_func("/web/redirect", test_redirect_keeps_its_method);
    g_test_add_func("/web/http-outcomes", test_http_outcomes);
    g_test_add_func("/web/rounds", test_rounds);
    g_test_add_func("/web/ticket", test_ticket_that_fits_the_clock);
    g_test_add_func("/web/pipelining", test_pipelining);
    g_test_add_func("/web/ntlm", test_ntlm_is_kept_aside);
    g_test_add_func("/web/connect", test_connect);
    return g_test_run();
}
