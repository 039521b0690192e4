/* test_cost.c
 * What is done for a big capture grows with it, not with its square.
 *
 * Operations are counted, not seconds: the sources that CMakeLists.txt names are built into this
 * program with ADP_COUNTING, so that each look at an observation, a mark, a step, a path, a wait, and
 * each hash and comparison of a key counts one. A capture of four times the size may cost 4.4 times as
 * much, whatever the machine does beside.
 *
 * Each shape is drawn as Wireshark draws it: each frame on its first pass when it comes, and once
 * more when all is known; then what reports ask for is asked for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "facts/facts.h"
#include "facts/outcome.h"
#include "facts/summary.h"
#include "facts/views.h"
#include "join/attempts.h"
#include "join/derived.h"
#include "join/model.h"
#include "join/path.h"
#include "join/shared_steps.h"
#include "join/tunnels.h"
#include "judge/analysis.h"
#include "judge/endpoint.h"
#include "judge/lookup.h"
#include "judge/path_outcome.h"
#include "log/observation.h"
#include "wire/arena.h"
#include "wire/count.h"

#include <string.h>

guint64 adp_operations;

/* Tables grow in leaps, and searches in sorted lists have a logarithm. */
#define MOST_TWICE 2.2
#define MOST_FOUR  4.4

typedef void (*fill)(bench *b, guint n);

typedef struct {
    const char *name;
    fill fill;
    guint n;
} shape;

/* ---- drawing ---- */

static void draw_view(const bench *b, adp_view *view)
{
    const adp_step *step = step_of(b, view->step);
    adp_facts *facts;
    char *summary;
    gint64 took;

    view->ranks = adp_analysis_ranks(b->analysis);
    facts = adp_facts_new(b->model, view);
    summary = adp_summary(b->model, view);

    g_assert_cmpuint(facts->items->len, >, 0);
    (void)adp_step_outcome(b->model, step, view->early);
    (void)adp_step_time(b->model, view, &took);
    (void)adp_path_is_certain(b->model, step);
    (void)adp_model_neighbour(b->model, step, -1);
    (void)adp_model_neighbour(b->model, step, 1);
    g_free(summary);
    adp_facts_free(facts);
}

/* What the frame shows whose first observation is `first`. */
static void draw(const bench *b, guint32 first, gboolean early)
{
    GArray *views = adp_views_of_frame(b->model, first, early, FALSE);
    const GPtrArray *findings;
    guint v;

    for (v = 0; v < views->len; v++) {
        adp_view *view = &g_array_index(views, adp_view, v);

        view->ranks = adp_analysis_ranks(b->analysis);
        draw_view(b, view);
    }
    g_array_unref(views);
    findings = early ? NULL : adp_findings_of_frame(b->analysis, first, FALSE);
    if (findings) {
        g_array_unref(adp_citations_of_frame(b->model, first, findings));
    }
}

/* In a frame of its own, which is drawn at once. */
static void add(bench *b, adp_obs obs)
{
    guint32 i = bench_add(b, obs);

    if (i != ADP_NONE) {
        draw(b, i, TRUE);
    }
}

/* What reports, tables and windows ask for. */
static void read_all(const bench *b)
{
    guint32 first = ADP_NONE;
    guint32 i;

    for (i = 0; i < adp_model_obs_count(b->model); i++) {
        if (first == ADP_NONE ||
            adp_model_obs(b->model, i)->frame != adp_model_obs(b->model, first)->frame) {
            first = i;
            draw(b, first, FALSE);
        }
    }
    for (i = 0; i < adp_model_step_count(b->model); i++) {
        adp_view view = adp_view_whole(b->model, i, FALSE);

        draw_view(b, &view);
    }
    for (i = 0; i < adp_model_path_count(b->model); i++) {
        GPtrArray *endpoints = adp_endpoints_of(adp_analysis_endpoints(b->analysis), i);
        GArray *uses = adp_path_uses(b->model, i);

        (void)adp_path_outcome(b->analysis, adp_model_path(b->model, i));
        (void)adp_path_first_fault(b->analysis, i);
        g_array_unref(uses);
        g_ptr_array_unref(endpoints);
    }
}

static guint64 operations_of(const shape *s, guint n)
{
    guint64 before = adp_operations;
    bench b;

    bench_init(&b);
    s->fill(&b, n);
    bench_wait(&b, S(60));
    read_all(&b);
    bench_clear(&b);
    return adp_operations - before;
}

static void check_shape(gconstpointer data)
{
    const shape *s = data;
    guint64 once = operations_of(s, s->n);
    guint64 twice = operations_of(s, 2 * s->n);
    guint64 four = operations_of(s, 4 * s->n);

    g_test_message("%s: %" G_GUINT64_FORMAT " operations for %u, x%.2f for twice, x%.2f for four "
                   "times as much",
                   s->name, once, s->n, (double)twice / (double)once, (double)four / (double)once);
    if ((double)twice > MOST_TWICE * (double)once || (double)four > MOST_FOUR * (double)once) {
        g_test_fail();
    }
}

/* ---- what is in the captures ---- */

static guint32 nth_client(bench *b, guint i)
{
    const guint8 bytes[] = {10, (guint8)(i >> 16), (guint8)(i >> 8), (guint8)i};

    return adp_model_address(b->model, 2, bytes, sizeof(bytes), "10.x.y.z");
}

static guint16 nth_port(guint i)
{
    return (guint16)(1024 + i % 60000);
}

/* Takes over the text. */
static const char *in_arena(const bench *b, char *text)
{
    const char *copy = adp_arena_strndup(b->arena, text, strlen(text));

    g_free(text);
    return copy;
}

/*
 * The n-th of very many labels that all have the same g_str_hash(): 33 times the one letter and the
 * other add up to the same in "ax" and "c6".
 */
static const char *same_hash(const bench *b, guint n)
{
    char label[32] = "";
    guint i;

    for (i = 0; i < 15; i++) {
        (void)g_strlcat(label, n >> i & 1 ? "ax" : "c6", sizeof(label));
    }
    return in_arena(b, g_strdup(label));
}

static void srv_pairs(bench *b, guint n)
{
    static const char name[] = "_ldap._tcp.HQ._sites.dc._msdcs.contoso.test";
    guint i;

    for (i = 0; i < n; i++) {
        adp_flow flow = udp(b->client, nth_port(i), b->server, 53);

        add(b, ob_query(b->arena, flow, i & 0xffff, name));
        add(b, ob_answer(b->arena, flow, i & 0xffff, name, 0, "dc1.contoso.test",
                         "dc2.contoso.test", NULL));
    }
    g_assert_cmpuint(adp_model_step_count(b->model), ==, n);
}

/* Each question goes to a server that does not answer, and then to one that does. */
static void lost_time(bench *b, guint n)
{
    static const char name[] = "_ldap._tcp.dc._msdcs.contoso.test";
    guint i;

    for (i = 0; i < n; i++) {
        adp_flow flow = udp(b->client, nth_port(i), nth_client(b, 1), 53);

        add(b, ob_query(b->arena, flow, 2 * i & 0xffff, name));
        bench_wait(b, S(2));
        flow.server = b->server;
        add(b, ob_query(b->arena, flow, (2 * i + 1) & 0xffff, name));
        add(b, ob_answer(b->arena, flow, (2 * i + 1) & 0xffff, name, 0, "dc1.contoso.test", NULL));
    }
    g_assert_cmpuint(adp_model_step_count(b->model), ==, 2 * n);
}

static void clients(bench *b, guint n)
{
    guint i;

    for (i = 0; i < n; i++) {
        add(b, ob_query(b->arena, udp(nth_client(b, i), 50000, b->server, 53), 1,
                        "_ldap._tcp.dc._msdcs.contoso.test"));
    }
    g_assert_cmpuint(adp_model_path_count(b->model), ==, n);
}

/* One search with very many entries: the site is known, so that every entry has its rank. */
static void entries(bench *b, guint n)
{
    adp_flow flow = tcp(b->client, 50000, b->server, 389, 1);
    adp_obs entry;
    guint i;

    add(b, ob_pong(b->arena, udp(b->client, 1, b->server, 389), 1, 23, "dc1", "HQ"));
    add(b, ob_scp(b->arena, flow, 2, "exchange", "CN=x"));
    entry = ob_entry(b->arena, flow, 2, "CN=EX1", "https://ex1/",
                     "77378F46-2C66-4aa9-A6A6-3E7A48B19596", "Site=HQ", NULL);
    for (i = 0; i < n; i++) {
        entry.hash++;
        add(b, entry);
    }
    g_assert_cmpuint(step_of(b, 1)->own->entries, ==, n);
}

/* ---- the same again and again ---- */

static adp_obs repeated(bench *b, adp_step_kind kind)
{
    switch (kind) {
    case ADP_STEP_PING:
        return ob_ping(b->arena, udp(b->client, 1, b->server, 389), 1, "contoso.test", "WS1");
    case ADP_STEP_KERBEROS:
        return ob_krb(b->arena, udp(b->client, 1, b->server, 88), ADP_EXCHANGE_AS, "krbtgt/A", 1);
    case ADP_STEP_HIDDEN:
        return ob_hidden(b->arena, tcp(b->client, 1, b->server, 389, 1), FALSE, 1, 1);
    case ADP_STEP_ROOTDSE:
        return ob_rootdse(b->arena, udp(b->client, 1, b->server, 389), 1);
    case ADP_STEP_SCP:
        return ob_scp(b->arena, udp(b->client, 1, b->server, 389), 1, "exchange", "CN=x");
    default:
        return ob_query(b->arena, udp(b->client, 1, b->server, 53), 1, "_ldap._tcp.contoso.test");
    }
}

static void repeat(bench *b, guint n, adp_step_kind kind)
{
    adp_obs obs = repeated(b, kind);
    guint i;

    for (i = 0; i < n; i++) {
        obs.hash += kind == ADP_STEP_HIDDEN;
        add(b, obs);
    }
    g_assert_cmpuint(adp_model_step_count(b->model), ==, 1);
}

static void repeat_srv(bench *b, guint n)
{
    repeat(b, n, ADP_STEP_SRV);
}

static void repeat_kerberos(bench *b, guint n)
{
    repeat(b, n, ADP_STEP_KERBEROS);
}

static void repeat_hidden(bench *b, guint n)
{
    repeat(b, n, ADP_STEP_HIDDEN);
}

static void repeat_ping(bench *b, guint n)
{
    repeat(b, n, ADP_STEP_PING);
}

static void repeat_rootdse(bench *b, guint n)
{
    repeat(b, n, ADP_STEP_ROOTDSE);
}

static void repeat_scp(bench *b, guint n)
{
    repeat(b, n, ADP_STEP_SCP);
}

/* The answer comes at last, and is repeated as often. */
static void answered_late(bench *b, guint n)
{
    adp_flow flow = udp(b->client, 1, b->server, 53);
    adp_obs answer =
        ob_answer(b->arena, flow, 1, "_ldap._tcp.contoso.test", 0, "dc1.contoso.test", NULL);
    guint i;

    repeat(b, n, ADP_STEP_SRV);
    for (i = 0; i < n; i++) {
        answer.hash++;
        add(b, answer);
    }
    g_assert_cmpuint(adp_model_step_count(b->model), ==, 1);
}

/* The same packet, captured again and again in no time. */
static void copies(bench *b, guint n)
{
    adp_obs obs = repeated(b, ADP_STEP_SRV);
    guint i;

    add(b, obs);
    for (i = 0; i < n; i++) {
        b->time -= MS(10);
        add(b, obs);
    }
    g_assert_cmpuint(adp_model_step_count(b->model), ==, 1);
}

static void rounds_of_a_bind(bench *b, guint n)
{
    adp_flow flow = tcp(b->client, 50000, b->server, 389, 1);
    guint i;

    for (i = 0; i < n; i++) {
        adp_obs ask = ob_bind(b->arena, flow, i, "GSS-SPNEGO", TRUE);
        adp_obs more = ob_bound(b->arena, flow, i, 14);

        add(b, ask);
        add(b, more);
    }
    g_assert_cmpuint(adp_model_step_count(b->model), ==, 1);
}

/* A handshake that neither end gets tired of. */
static void hellos(bench *b, guint n)
{
    adp_flow flow = tcp(b->client, 50000, b->server, 443, 1);
    guint i;

    for (i = 0; i < n; i++) {
        adp_obs hello = ob_tls(b->arena, flow, ADP_TLS_CLIENT_HELLO, FALSE, "autodiscover.a.test");
        adp_obs answer = ob_tls(b->arena, flow, ADP_TLS_SERVER_HELLO, TRUE, NULL);

        hello.hash += i;
        answer.hash += i;
        add(b, hello);
        add(b, answer);
    }
    g_assert_cmpuint(adp_model_step_count(b->model), ==, 1);
}

static void copies_of_a_hello(bench *b, guint n)
{
    adp_flow flow = tcp(b->client, 50000, b->server, 443, 1);
    guint i;

    for (i = 0; i < n; i++) {
        add(b, ob_tls(b->arena, flow, ADP_TLS_CLIENT_HELLO, FALSE, "autodiscover.a.test"));
        b->time -= MS(10);
    }
    add(b, ob_alert(b->arena, flow, TRUE, 2, 40));
}

static void challenges(bench *b, guint n)
{
    static const char url[] = "https://autodiscover.a.test/autodiscover/autodiscover.xml";
    adp_flow flow = tcp(b->client, 50000, b->server, 443, 1);
    guint i;

    for (i = 0; i < n; i++) {
        add(b, ob_http(b->arena, flow, "POST", url, ADP_AUTH_NONE, 0));
        add(b, ob_http_reply(b->arena, flow, 401, NULL, NULL, FALSE));
    }
    add(b, ob_http(b->arena, flow, "POST", url, ADP_AUTH_BASIC, 0));
    g_assert_cmpuint(adp_model_step_count(b->model), ==, n + 1);
}

/* ---- names that a sender chose ---- */

static void names_of_one_hash(bench *b, guint n)
{
    guint i;

    for (i = 0; i < n; i++) {
        adp_flow flow = udp(b->client, nth_port(i), b->server, 53);
        adp_flow kdc = udp(b->client, nth_port(i), b->server, 88);
        const char *label = same_hash(b, i);
        const char *domain = in_arena(b, g_strdup_printf("_ldap._tcp.%s.test", label));
        const char *host = in_arena(b, g_strdup_printf("autodiscover.%s.test", label));
        const char *spn = in_arena(b, g_strdup_printf("cifs/%s.test", label));

        add(b, ob_query(b->arena, flow, i & 0xffff, domain));
        add(b, ob_answer(b->arena, flow, i & 0xffff, domain, 0, host, NULL));
        add(b, ob_address_query(b->arena, flow, i & 0xffff, ADP_DNS_A, host));
        add(b, ob_address(b->arena, flow, i & 0xffff, ADP_DNS_A, host, 0, NULL, nth_client(b, i)));
        add(b, ob_krb(b->arena, kdc, ADP_EXCHANGE_TGS, spn, i));
        add(b, ob_krb_error(b->arena, kdc, ADP_EXCHANGE_TGS, spn, 7));
    }
    g_assert_cmpuint(adp_model_step_count(b->model), ==, 3 * n);
}

/* ---- findings and endpoints, which look at the whole log ---- */

/* As many clients, each with a path, a name that is not there, and a ticket refused. */
static void clients_in_trouble(bench *b, guint n)
{
    static const char name[] = "_ldap._tcp.dc._msdcs.contoso.test";
    guint i;

    for (i = 0; i < n; i++) {
        guint32 client = nth_client(b, i);
        adp_flow names = udp(client, 50000, b->server, 53);
        adp_flow kdc = udp(client, 50001, b->server, 88);

        add(b, ob_query(b->arena, names, 1, name));
        add(b, ob_answer(b->arena, names, 1, name, 3, NULL));
        add(b, ob_krb(b->arena, kdc, ADP_EXCHANGE_TGS, "ldap/dc1.contoso.test", i));
        add(b, ob_krb_error(b->arena, kdc, ADP_EXCHANGE_TGS, "ldap/dc1.contoso.test", 7));
    }
    g_assert_cmpuint(adp_model_path_count(b->model), ==, n);
}

/*
 * As many machines behind one address, each with a path: they take turns, and between two pings of
 * one comes what nobody's name stands at.
 */
static void machines_behind_one_address(bench *b, guint n)
{
    guint i;

    for (i = 0; i < 2 * n; i++) {
        const char *name = in_arena(b, g_strdup_printf("PC%u", i % n));
        adp_flow asks = udp(b->client, nth_port(i), b->server, 389);
        adp_flow kdc = udp(b->client, nth_port(i), b->server, 88);

        add(b, ob_ping(b->arena, asks, i, "contoso.test", name));
        add(b, ob_krb(b->arena, kdc, ADP_EXCHANGE_TGS, "ldap/dc1.contoso.test", i));
        add(b, i % 2 ? ob_ticket(b->arena, kdc, ADP_EXCHANGE_TGS, "ldap/dc1.contoso.test")
                     : ob_krb_error(b->arena, kdc, ADP_EXCHANGE_TGS, "ldap/dc1.contoso.test", 7));
    }
    g_assert_cmpuint(adp_model_path_count(b->model), ==, n + 1); /* and ws1$ */
}

/* One client that works through a list: one path, as many steps, each refused. */
static void list_of_names(bench *b, guint n)
{
    guint i;

    for (i = 0; i < n; i++) {
        const char *spn = in_arena(b, g_strdup_printf("cifs/host%u.contoso.test", i));
        adp_flow kdc = udp(b->client, nth_port(i), b->server, 88);

        add(b, ob_krb(b->arena, kdc, ADP_EXCHANGE_TGS, spn, i));
        add(b, ob_krb_error(b->arena, kdc, ADP_EXCHANGE_TGS, spn, 7));
    }
    g_assert_cmpuint(adp_model_path_count(b->model), ==, 1);
}

static adp_obs by_user(const bench *b, adp_obs obs, const char *user)
{
    adp_obs_krb *krb = adp_arena_alloc(b->arena, sizeof(*krb));

    *krb = *obs.u.krb;
    krb->client = user;
    obs.u.krb = krb;
    return obs;
}

/* One client that guesses: names that are not there, some that are, passwords, and some that fit. */
static void guessed_passwords(bench *b, guint n)
{
    static const gint32 codes[] = {6, 25, 24, 24, 0};
    guint i;

    for (i = 0; i < n; i++) {
        const char *user = in_arena(b, g_strdup_printf("user%u", i));
        adp_flow kdc = udp(b->client, nth_port(i), b->server, 88);
        gint32 code = codes[i % G_N_ELEMENTS(codes)];

        add(b, by_user(b, ob_krb(b->arena, kdc, ADP_EXCHANGE_AS, "krbtgt/CONTOSO.TEST", i), user));
        add(b,
            by_user(b,
                    code ? ob_krb_error(b->arena, kdc, ADP_EXCHANGE_AS, "krbtgt/CONTOSO.TEST", code)
                         : ob_ticket(b->arena, kdc, ADP_EXCHANGE_AS, "krbtgt/CONTOSO.TEST"),
                    user));
    }
    g_assert_cmpuint(adp_model_step_count(b->model), ==, n);
}

/* The same, refused and granted in turn. */
static void fail_and_recover(bench *b, guint n)
{
    guint i;

    for (i = 0; i < n; i++) {
        adp_flow kdc = udp(b->client, nth_port(i), b->server, 88);
        adp_flow ldap = tcp(b->client, nth_port(i), b->server, 389, i);

        add(b, ob_krb(b->arena, kdc, ADP_EXCHANGE_TGS, "ldap/dc1.contoso.test", i));
        add(b, i % 2 ? ob_ticket(b->arena, kdc, ADP_EXCHANGE_TGS, "ldap/dc1.contoso.test")
                     : ob_krb_error(b->arena, kdc, ADP_EXCHANGE_TGS, "ldap/dc1.contoso.test", 7));
        add(b, ob_bind(b->arena, ldap, 1, "GSS-SPNEGO", TRUE));
        add(b, ob_bound(b->arena, ldap, 1, i % 2 ? 0 : 49));
        add(b, ob_scp(b->arena, ldap, 2, "exchange", "CN=x"));
        add(b, ob_done(b->arena, ldap, 2, i % 2 ? 0 : 32));
    }
}

/* Clients that take turns with mail domains: as many paths of one client. */
static void mail_domains(bench *b, guint n)
{
    guint i;

    for (i = 0; i < n; i++) {
        const char *host = in_arena(b, g_strdup_printf("autodiscover.mail%u.test", i));
        adp_flow flow = udp(b->client, nth_port(i), b->server, 53);

        add(b, ob_address_query(b->arena, flow, i & 0xffff, ADP_DNS_A, host));
        add(b, ob_address(b->arena, flow, i & 0xffff, ADP_DNS_A, host, 3, NULL, ADP_NONE));
    }
    g_assert_cmpuint(adp_model_path_count(b->model), ==, n);
}

/* The same, and each domain's host refuses the connection. */
static void mail_domains_that_refuse(bench *b, guint n)
{
    guint i;

    for (i = 0; i < n; i++) {
        const char *host = in_arena(b, g_strdup_printf("autodiscover.mail%u.test", i));
        adp_flow dns = udp(b->client, nth_port(i), b->server, 53);
        adp_flow web = tcp(b->client, nth_port(i), nth_client(b, i + 1), 443, i);

        add(b, ob_address_query(b->arena, dns, i & 0xffff, ADP_DNS_A, host));
        add(b, ob_address(b->arena, dns, i & 0xffff, ADP_DNS_A, host, 0, NULL, web.server));
        add(b, ob_tcp(b->arena, web, ADP_TCP_SYN, FALSE));
        add(b, ob_tcp(b->arena, web, ADP_TCP_RST, TRUE));
    }
    g_assert_cmpuint(adp_model_path_count(b->model), ==, n);
}

/* As many mail domains that all rest on one answer of as many entries, none of which is an URL. */
static void mail_domains_of_one_answer(bench *b, guint n)
{
    adp_flow flow = tcp(b->client, 50000, b->server, 389, 1);
    adp_obs entry;
    guint i;

    add(b, ob_scp(b->arena, flow, 2, "exchange", "CN=x"));
    entry = ob_entry(b->arena, flow, 2, "CN=EX1", "LDAP://dc9.other.test/",
                     "67661d7F-8FC4-4fa7-BFAC-E1D7794C1F68", NULL);
    for (i = 0; i < n; i++) {
        entry.hash++;
        add(b, entry);
    }
    mail_domains(b, n);
}

/* Hosts that refuse connections, and answer with errors. */
static void endpoints_in_trouble(bench *b, guint n)
{
    guint i;

    for (i = 0; i < n; i++) {
        const char *host = in_arena(b, g_strdup_printf("mail%u.a.test", i));
        const char *url = in_arena(
            b, g_strdup_printf("https://mail%u.a.test/autodiscover/autodiscover.xml", i + 1));
        adp_flow dns = udp(b->client, nth_port(i), b->server, 53);
        adp_flow web = tcp(b->client, nth_port(i), b->server2, 443, 2 * i);
        adp_flow other = tcp(b->client, nth_port(i + 1), nth_client(b, i), 443, 2 * i + 1);

        add(b,
            ob_http(b->arena, web, "POST",
                    in_arena(b, g_strdup_printf("https://%s/autodiscover/autodiscover.xml", host)),
                    ADP_AUTH_NONE, 0));
        add(b, i % 2 ? ob_http_reply(b->arena, web, 302, url, NULL, FALSE)
                     : ob_http_reply(b->arena, web, 500, NULL, NULL, FALSE));
        add(b, ob_address_query(b->arena, dns, i & 0xffff, ADP_DNS_A, host));
        add(b, ob_address(b->arena, dns, i & 0xffff, ADP_DNS_A, host, 0, NULL, nth_client(b, i)));
        add(b, ob_tcp(b->arena, other, ADP_TCP_SYN, FALSE));
        add(b, ob_tcp(b->arena, other, ADP_TCP_RST, TRUE));
    }
}

/* As many proxies, and each forbids another host. */
static void proxies(bench *b, guint n)
{
    guint i;

    add(b, ob_address_query(b->arena, udp(b->client, 1, b->server, 53), 1, ADP_DNS_A,
                            "autodiscover.a.test"));
    for (i = 0; i < n; i++) {
        adp_flow flow = tcp(b->client, nth_port(i), nth_client(b, i + 1), 8080, i);
        const char *url = in_arena(b, g_strdup_printf("https://autodiscover.mail%u.test", i));

        add(b, ob_http(b->arena, flow, "CONNECT", url, ADP_AUTH_NONE, 0));
        add(b, ob_http_reply(b->arena, flow, 403, NULL, NULL, FALSE));
    }
    g_assert_cmpuint(adp_model_tunnel_count(b->model), ==, n);
    g_assert_cmpuint(adp_model_path_count(b->model), ==, 1);
}

/* One path with as many endpoints, and a ticket refused for each. */
static void endpoints_without_tickets(bench *b, guint n)
{
    guint i;

    for (i = 0; i < n; i++) {
        const char *host = in_arena(b, g_strdup_printf("mail%u.a.test", i));
        const char *url =
            in_arena(b, g_strdup_printf("https://%s/autodiscover/autodiscover.xml", host));
        const char *spn = in_arena(b, g_strdup_printf("HTTP/%s", host));
        adp_flow kdc = udp(b->client, nth_port(i), b->server, 88);

        add(b, ob_krb(b->arena, kdc, ADP_EXCHANGE_TGS, spn, i));
        add(b, ob_krb_error(b->arena, kdc, ADP_EXCHANGE_TGS, spn, 7));
        add(b, ob_http(b->arena, tcp(b->client, nth_port(i), b->server2, 443, i), "POST", url,
                       ADP_AUTH_NONE, 0));
    }
    g_assert_cmpuint(adp_model_path_count(b->model), ==, 1);
}

/* As many requests that are told to be too big for UDP, each with connections refused. */
static void too_big_for_udp(bench *b, guint n)
{
    guint i;

    for (i = 0; i < n; i++) {
        const char *spn = in_arena(b, g_strdup_printf("cifs/host%u.contoso.test", i));
        adp_flow kdc = udp(b->client, nth_port(i), b->server, 88);
        adp_flow web = tcp(b->client, nth_port(i), b->server, 88, i);

        add(b, ob_krb(b->arena, kdc, ADP_EXCHANGE_TGS, spn, i));
        add(b, ob_krb_error(b->arena, kdc, ADP_EXCHANGE_TGS, spn, 52));
        add(b, ob_tcp(b->arena, web, ADP_TCP_SYN, FALSE));
        add(b, ob_tcp(b->arena, web, ADP_TCP_RST, TRUE));
    }
    g_assert_cmpuint(adp_model_attempt_count(b->model), ==, n);
}

/* Very many searches in one frame: an LDAP message has fourteen bytes at least. */
static void one_frame(bench *b, guint n)
{
    adp_flow flow = tcp(b->client, 50000, b->server, 389, 1);
    guint32 first = bench_add(b, ob_rootdse(b->arena, flow, 1));
    guint i;

    for (i = 1; i < n; i++) {
        (void)bench_also(b, ob_rootdse(b->arena, flow, i + 1));
    }
    draw(b, first, TRUE);
    g_assert_cmpuint(adp_model_step_count(b->model), ==, n);
}

/*
 * A client that comes back to a mail domain after each pause, and searches anew: each time a path is
 * split off, which may rest on the steps of the first one.
 */
static void splits(bench *b, guint n)
{
    static const char name[] = "_ldap._tcp.dc._msdcs.contoso.test";
    guint i;

    for (i = 0; i < n; i++) {
        adp_flow flow = udp(b->client, nth_port(i), b->server, 53);

        add(b, ob_query(b->arena, flow, i & 0xffff, name));
        add(b, ob_answer(b->arena, flow, i & 0xffff, name, 0, "dc1.contoso.test", NULL));
    }
    for (i = 0; i < n / 8; i++) {
        adp_flow flow = udp(b->client, nth_port(n + i), b->server, 53);

        add(b, ob_address_query(b->arena, flow, i & 0xffff, ADP_DNS_A, "autodiscover.a.test"));
        add(b, ob_scp(b->arena, tcp(b->client, nth_port(i), b->server, 389, i), 1, "exchange",
                      "CN=x"));
        bench_wait(b, S(40));
    }
    g_assert_cmpuint(adp_model_path_count(b->model), >=, n / 16);
}

static const shape shapes[] = {
    {"srv-pairs", srv_pairs, 200},
    {"lost-time", lost_time, 200},
    {"clients", clients, 200},
    {"entries", entries, 200},
    {"repeat-srv", repeat_srv, 200},
    {"repeat-kerberos", repeat_kerberos, 200},
    {"repeat-hidden", repeat_hidden, 200},
    {"repeat-ping", repeat_ping, 200},
    {"repeat-rootdse", repeat_rootdse, 200},
    {"repeat-scp", repeat_scp, 200},
    {"answered-late", answered_late, 200},
    {"copies", copies, 200},
    {"rounds-of-a-bind", rounds_of_a_bind, 200},
    {"hellos", hellos, 200},
    {"copies-of-a-hello", copies_of_a_hello, 200},
    {"challenges", challenges, 200},
    {"names-of-one-hash", names_of_one_hash, 120},
    {"clients-in-trouble", clients_in_trouble, 120},
    {"machines-behind-one-address", machines_behind_one_address, 550},
    {"list-of-names", list_of_names, 200},
    {"guessed-passwords", guessed_passwords, 200},
    {"fail-and-recover", fail_and_recover, 120},
    {"mail-domains", mail_domains, 200},
    {"mail-domains-that-refuse", mail_domains_that_refuse, 200},
    {"mail-domains-of-one-answer", mail_domains_of_one_answer, 200},
    {"endpoints-in-trouble", endpoints_in_trouble, 120},
    {"proxies", proxies, 200},
    {"endpoints-without-tickets", endpoints_without_tickets, 120},
    {"too-big-for-udp", too_big_for_udp, 120},
    {"one-frame", one_frame, 200},
    {"splits", splits, 1100},
};

/* ---- each frame read twice, as with a read filter ---- */

static guint64 operations_of_twice(guint n)
{
    guint64 before = adp_operations;
    bench b;
    guint i;

    bench_init(&b);
    /* For a while all is concluded anew for each frame: that is over. */
    b.model->fed_again = G_MAXUINT32;
    for (i = 0; i < n; i++) {
        adp_obs obs = ob_query(b.arena, udp(nth_client(&b, i), 50000, b.server, 53), 1,
                               "_ldap._tcp.dc._msdcs.contoso.test");

        add(&b, obs);
        b.frame--;
        b.time -= MS(10);
        add(&b, obs);
    }
    g_assert_cmpuint(adp_model_step_count(b.model), ==, n);
    bench_clear(&b);
    return adp_operations - before;
}

static void test_twice(void)
{
    guint64 once = operations_of_twice(200);
    guint64 four = operations_of_twice(800);

    g_test_message("read twice: x%.2f for four times as much", (double)four / (double)once);
    g_assert_cmpuint(four, <=, (guint64)(MOST_FOUR * (double)once));
}

int main(int argc, char **argv)
{
    guint i;

    test_init(&argc, &argv);
    for (i = 0; i < G_N_ELEMENTS(shapes); i++) {
        char *path = g_strdup_printf("/cost/%s", shapes[i].name);

        g_test_add_data_func(path, &shapes[i], check_shape);
        g_free(path);
    }
    g_test_add_func("/cost/twice", test_twice);
    return g_test_run();
}
