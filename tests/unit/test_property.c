/* test_property.c
 * What holds for every log, tried on random ones.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "facts/outcome.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/arena.h"

#include <string.h>

#define SEEDS  72
#define FRAMES 40

/* A capture: observations in the order of their frames, all pointing into one arena. */
typedef struct {
    adp_arena *arena;
    GRand *rand;
    GArray *script; /* adp_obs */
    gint64 times[FRAMES + 1];
    guint32 kinds; /* bits: which makers this capture uses */
    guint32 clients[3];
    guint32 servers[2];
} capture;

static const char *const address_texts[] = {"10.0.0.50", "10.0.0.51", "10.0.0.52", "10.0.0.1",
                                            "10.0.0.2"};

/* Every model gets the addresses in the same order, so that their ids agree. */
static adp_model *new_model(void)
{
    adp_model *model = adp_model_new();
    guint i;

    for (i = 0; i < G_N_ELEMENTS(address_texts); i++) {
        g_assert_cmpuint(address_of(model, address_texts[i]), ==, i);
    }
    return model;
}

static guint32 any(capture *c, guint32 n)
{
    return (guint32)g_rand_int_range(c->rand, 0, (gint32)n);
}

static const char *any_name(capture *c)
{
    static const char *const names[] = {
        "_ldap._tcp.dc._msdcs.contoso.test",   "_ldap._tcp.HQ._sites.dc._msdcs.contoso.test",
        "_kerberos-master._udp.CONTOSO.TEST",  "_ldap._tcp.dc1.contoso.test",
        "_ldap._tcp.DC._MSDCS.CONTOSO.TEST",   "_kerberos._udp.CONTOSO.TEST",
        "_ldap._tcp.contoso.test.contoso.test"};

    return names[any(c, G_N_ELEMENTS(names))];
}

static const char *any_host(capture *c)
{
    static const char *const hosts[] = {"dc1.contoso.test", "dc2.contoso.test", "WS1", ""};

    return hosts[any(c, G_N_ELEMENTS(hosts))];
}

/* Few ports, streams and ids, so that everything meets everything. */
static adp_flow any_flow(capture *c, adp_transport transport, guint16 server_port)
{
    guint32 client = c->clients[any(c, 3)];
    guint32 server = c->servers[any(c, 2)];
    guint16 port = (guint16)(50000 + any(c, 2));

    if (transport == ADP_UDP) {
        return udp(client, port, server, server_port);
    }
    return tcp(client, port, server, server_port, any(c, 8) ? any(c, 3) : ADP_NONE);
}

static adp_obs any_dns(capture *c)
{
    adp_flow flow = any_flow(c, any(c, 4) ? ADP_UDP : ADP_TCP, 53);
    guint32 id = any(c, 2);

    if (any(c, 2)) {
        return ob_query(c->arena, flow, id, any_name(c));
    }
    return any(c, 2) ? ob_answer(c->arena, flow, id, any_name(c), 0, any_host(c), NULL)
                     : ob_answer(c->arena, flow, id, any_name(c), any(c, 4) ? 3 : 2, NULL);
}

static adp_obs any_search(capture *c)
{
    adp_flow flow = any_flow(c, any(c, 2) ? ADP_UDP : ADP_TCP, 389);
    guint32 id = any(c, 2);

    switch (any(c, 8)) {
    case 0:
        return ob_ping(c->arena, flow, id, any(c, 2) ? "contoso.test" : any_host(c), any_host(c));
    case 1:
        return ob_pong(c->arena, flow, id, (guint16)(19 + any(c, 7)), any_host(c),
                       any(c, 2) ? "HQ" : "Branch");
    case 2:
        return ob_rootdse(c->arena, flow, id);
    case 3:
        return ob_scp(c->arena, flow, id, any(c, 2) ? "exchange" : "rms", "CN=x");
    case 4:
        return ob_entry(c->arena, flow, id, any(c, 2) ? "CN=1" : "CN=2", "https://ex1/",
                        "77378F46-2C66-4aa9-A6A6-3E7A48B19596", any(c, 2) ? "Site=HQ" : "Site=B",
                        NULL);
    case 5:
        return ob_abandon(flow, id);
    default:
        return ob_done(c->arena, flow, id, any(c, 3) ? 0 : 32);
    }
}

static adp_obs any_bind(capture *c)
{
    static const guint32 results[] = {0, 14, 14, 49};
    adp_flow flow = any_flow(c, ADP_TCP, 389);
    guint32 id = any(c, 3);

    switch (any(c, 5)) {
    case 0:
        return ob_bind(c->arena, flow, id, "simple", FALSE);
    case 1:
        return ob_bind(c->arena, flow, id, any(c, 2) ? "GSSAPI" : "GSS-SPNEGO", TRUE);
    case 2:
        return ob_sicily(c->arena, flow, id, any(c, 3));
    case 3:
        return ob_hidden(c->arena, flow, any(c, 2) != 0, 1 + any(c, 3), any(c, 4));
    default:
        return ob_bound(c->arena, flow, id, results[any(c, G_N_ELEMENTS(results))]);
    }
}

static const char *any_spn(capture *c)
{
    static const char *const spns[] = {"krbtgt/CONTOSO.TEST", "HTTP/mail", "ldap/dc1"};

    return spns[any(c, G_N_ELEMENTS(spns))];
}

static adp_obs any_kdc(capture *c)
{
    static const gint32 codes[] = {7, 24, 25, 41, 52};
    adp_exchange exchange = any(c, 2) ? ADP_EXCHANGE_AS : ADP_EXCHANGE_TGS;
    adp_flow flow = any_flow(c, any(c, 2) ? ADP_UDP : ADP_TCP, 88);
    const char *spn = any_spn(c);

    switch (any(c, 4)) {
    case 0:
    case 1:
        return ob_krb(c->arena, flow, exchange, spn, any(c, 2));
    case 2:
        return ob_ticket(c->arena, flow, exchange, spn);
    default:
        return ob_krb_error(c->arena, flow, exchange, any(c, 4) ? spn : NULL,
                            codes[any(c, G_N_ELEMENTS(codes))]);
    }
}

static adp_obs any_ap(capture *c)
{
    static const adp_carrier carriers[] = {ADP_CARRIER_LDAP, ADP_CARRIER_HTTP, ADP_CARRIER_SMB,
                                           ADP_CARRIER_RPC};
    adp_carrier carrier = carriers[any(c, G_N_ELEMENTS(carriers))];
    adp_flow flow = any_flow(c, ADP_TCP, 389);

    return any(c, 2) ? ob_ap(c->arena, flow, carrier, any_spn(c), any(c, 2))
                     : ob_ap_reply(c->arena, flow, carrier, (ap_answer)any(c, 5));
}

static adp_obs any_address(capture *c)
{
    static const char *const names[] = {"mail.contoso.test", "autodiscover.contoso.test",
                                        "contoso.test", "www.contoso.test", "dc1.contoso.test"};
    adp_flow flow = any_flow(c, any(c, 4) ? ADP_UDP : ADP_TCP, 53);
    const char *name = names[any(c, G_N_ELEMENTS(names))];
    guint16 type = any(c, 2) ? ADP_DNS_A : ADP_DNS_AAAA;
    guint32 id = any(c, 2);

    if (any(c, 2)) {
        return ob_address_query(c->arena, flow, id, type, name);
    }
    return ob_address(c->arena, flow, id, type, name, any(c, 4) ? 0 : 3,
                      any(c, 4) ? NULL : "alias.contoso.test",
                      any(c, 3) ? c->servers[any(c, 2)] : ADP_NONE);
}

static guint16 any_web_port(capture *c)
{
    static const guint16 ports[] = {443, 80, 389, 636};

    return ports[any(c, G_N_ELEMENTS(ports))];
}

static adp_obs any_connection(capture *c)
{
    adp_flow flow = any_flow(c, ADP_TCP, any_web_port(c));

    if (any(c, 6) == 0) {
        static const guint8 codes[] = {1, 3, 13};

        return ob_icmp(c->arena, any(c, 2) ? flow : any_flow(c, ADP_UDP, any(c, 2) ? 389 : 88),
                       codes[any(c, 3)]);
    }
    return ob_tcp(c->arena, flow, (adp_tcp_event)any(c, 4), any(c, 2) != 0);
}

static adp_obs any_tls(capture *c)
{
    static const char *const hosts[] = {"mail.contoso.test", "autodiscover.contoso.test", NULL};
    adp_flow flow = any_flow(c, ADP_TCP, any_web_port(c));
    adp_tls_event event = (adp_tls_event)any(c, ADP_TLS_DATA + 1);

    switch (event) {
    case ADP_TLS_CLIENT_HELLO:
        return ob_tls(c->arena, flow, event, FALSE, hosts[any(c, 3)]);
    case ADP_TLS_SERVER_HELLO:
        return ob_tls(c->arena, flow, event, TRUE, NULL);
    case ADP_TLS_CERTIFICATE:
        return ob_certificate(c->arena, flow, any(c, 2) ? "*.contoso.test" : "ex1");
    case ADP_TLS_ALERT:
        return ob_alert(c->arena, flow, any(c, 2) != 0, (guint8)(1 + any(c, 2)),
                        (guint8)(any(c, 2) * 48));
    default:
        return ob_tls(c->arena, flow, event, any(c, 2) != 0, NULL);
    }
}

static adp_obs any_http(capture *c)
{
    static const char *const urls[] = {"https://mail.contoso.test/autodiscover/autodiscover.xml",
                                       "http://mail.contoso.test/autodiscover/autodiscover.xml",
                                       "https://autodiscover.contoso.test/autodiscover/x",
                                       "https://mail.contoso.test/owa/"};
    static const char *const methods[] = {"GET", "POST", "CONNECT"};
    static const guint16 statuses[] = {200, 302, 401, 401, 404};
    adp_flow flow = any_flow(c, ADP_TCP, any_web_port(c));
    const char *url = urls[any(c, G_N_ELEMENTS(urls))];

    if (any(c, 2)) {
        return ob_http(c->arena, flow, methods[any(c, 5) % 3], url, (adp_auth)any(c, 6),
                       (guint8)any(c, 4));
    }
    return ob_http_reply(c->arena, flow, statuses[any(c, G_N_ELEMENTS(statuses))],
                         any(c, 2) ? url : NULL, any(c, 4) ? NULL : "600", any(c, 2) != 0);
}

static adp_obs any_obs(capture *c)
{
    static adp_obs (*const makers[])(capture *) = {any_dns,        any_search, any_bind,
                                                   any_kdc,        any_ap,     any_address,
                                                   any_connection, any_tls,    any_http};
    guint32 n;

    do {
        n = any(c, G_N_ELEMENTS(makers));
    } while (!(c->kinds & (1U << n)));
    return makers[n](c);
}

static gint64 any_pause(capture *c)
{
    switch (any(c, 6)) {
    case 0:
        return 0;
    case 1:
        return any(c, 1200000); /* about the time in which a PDU is a copy */
    case 2:
        return -(gint64)any(c, 3000000); /* two interfaces, two clocks */
    case 3:
        return S(any(c, 40));
    default:
        return MS(any(c, 100));
    }
}

static void capture_init(capture *c, guint32 seed)
{
    gint64 time = S(1700000000);
    guint32 frame;
    guint32 i;

    memset(c, 0, sizeof(*c));
    c->arena = adp_arena_new();
    c->rand = g_rand_new_with_seed(seed);
    c->script = g_array_new(FALSE, FALSE, sizeof(adp_obs));
    for (i = 0; i < 3; i++) {
        c->clients[i] = i;
    }
    c->servers[0] = 3;
    c->servers[1] = 4;
    /* Most captures are all of one sort, so that rare sequences are met too. */
    /* One kind alone, all, or what belongs to autodiscover. */
    switch (seed % 12) {
    case 9:
        c->kinds = 0x1ff;
        break;
    case 10:
    case 11:
        c->kinds = 0x1e3;
        break;
    default:
        c->kinds = 1U << seed % 12;
        break;
    }
    for (frame = 1; frame <= FRAMES; frame++) {
        time += any_pause(c);
        c->times[frame] = time;
        for (i = any(c, 4); i; i--) {
            adp_obs obs;

            if (c->script->len && any(c, 6) == 0) {
                /* The very same PDU again. */
                obs = g_array_index(c->script, adp_obs,
                                    c->script->len - 1 - any(c, MIN(c->script->len, 4)));
            } else {
                obs = any_obs(c);
            }
            obs.frame = frame;
            obs.time = time;
            g_array_append_val(c->script, obs);
        }
    }
}

static void capture_clear(capture *c)
{
    g_array_unref(c->script);
    g_rand_free(c->rand);
    adp_arena_free(c->arena);
}

/* Feeds the frames from..to. `seen`, where there is one, gets the text of each observation. */
static void feed(const capture *c, adp_model *model, guint32 from, guint32 to, GPtrArray *seen)
{
    guint32 frame;
    guint i = 0;

    for (frame = from; frame <= to; frame++) {
        const char *dst = address_texts[frame % G_N_ELEMENTS(address_texts)];

        adp_model_frame(model, frame, c->times[frame], 2, (const guint8 *)dst, (guint8)strlen(dst));
        while (i < c->script->len && g_array_index(c->script, adp_obs, i).frame < frame) {
            i++;
        }
        for (; i < c->script->len && g_array_index(c->script, adp_obs, i).frame == frame; i++) {
            if (adp_model_add(model, &g_array_index(c->script, adp_obs, i)) && seen) {
                g_ptr_array_add(seen, describe_as_of(model, adp_model_obs_count(model) - 1));
            }
        }
    }
}

/* Says where two long texts part; what they are about is in the lines. */
static gboolean check_same(const char *row, const char *got, const char *want)
{
    char **g;
    char **w;
    guint i;

    if (strcmp(got, want) == 0) {
        return TRUE;
    }
    g = g_strsplit(got, "\n", -1);
    w = g_strsplit(want, "\n", -1);
    for (i = 0; g[i] && w[i] && strcmp(g[i], w[i]) == 0; i++) {
    }
    check_str(row, "first difference", g[i], w[i]);
    g_strfreev(g);
    g_strfreev(w);
    return FALSE;
}

/* Cut anywhere and fed on, a model is as one that was never cut. */
static void test_truncation(void)
{
    guint32 seed;

    for (seed = 1; seed <= SEEDS; seed++) {
        capture c;
        adp_model *model = new_model();
        adp_model *cut = new_model();
        gboolean same = TRUE;
        char *want;
        guint32 frame;

        capture_init(&c, seed);
        feed(&c, model, 1, FRAMES, NULL);
        feed(&c, cut, 1, FRAMES, NULL);
        want = describe(model);
        for (frame = FRAMES; same && frame >= 1; frame--) {
            char *row = g_strdup_printf("seed %u, cut before frame %u", seed, frame);
            guint64 generation = adp_model_generation(cut);
            char *got;

            feed(&c, cut, frame, FRAMES, NULL);
            got = describe(cut);
            same = check_same(row, got, want);
            g_assert_cmpuint(adp_model_generation(cut), >=, generation);
            g_free(got);
            g_free(row);
        }
        g_free(want);
        adp_model_free(model);
        adp_model_free(cut);
        capture_clear(&c);
    }
}

/* Cut, and cut again before the rest is back. */
static void test_truncation_twice(void)
{
    guint32 seed;

    for (seed = 1000; seed < 1000 + SEEDS; seed++) {
        capture c;
        adp_model *model = new_model();
        adp_model *cut = new_model();
        char *row = g_strdup_printf("seed %u", seed);
        char *want;
        char *got;
        guint i;

        capture_init(&c, seed);
        feed(&c, model, 1, FRAMES, NULL);
        feed(&c, cut, 1, FRAMES, NULL);
        for (i = 0; i < 20; i++) {
            guint32 from = 1 + any(&c, FRAMES);

            /* To the end first, so that nothing is missing when the next cut comes. */
            feed(&c, cut, from, from + any(&c, FRAMES + 1 - from), NULL);
            feed(&c, cut, from, FRAMES, NULL);
        }
        want = describe(model);
        got = describe(cut);
        (void)check_same(row, got, want);
        g_free(want);
        g_free(got);
        g_free(row);
        adp_model_free(model);
        adp_model_free(cut);
        capture_clear(&c);
    }
}

/* What a frame showed when it came is what it shows when all is known. */
static void test_as_of(void)
{
    guint32 seed;

    for (seed = 2000; seed < 2000 + 5 * SEEDS; seed++) {
        capture c;
        adp_model *model = new_model();
        GPtrArray *seen = g_ptr_array_new_with_free_func(g_free);
        guint32 i;

        capture_init(&c, seed);
        feed(&c, model, 1, FRAMES, seen);
        g_assert_cmpuint(seen->len, ==, adp_model_obs_count(model));
        for (i = 0; i < seen->len; i++) {
            char *row = g_strdup_printf("seed %u, observation %u", seed, i);
            char *again = describe_as_of(model, i);
            char *known = describe_as_of_known(model, i);

            (void)check_same(row, again, g_ptr_array_index(seen, i));
            (void)check_same(row, known, g_ptr_array_index(seen, i));
            g_free(again);
            g_free(known);
            g_free(row);
        }
        g_ptr_array_unref(seen);
        adp_model_free(model);
        capture_clear(&c);
    }
}

/* Chains, requests, replies and paths fit together after every frame. */
static void test_consistent(void)
{
    guint32 seed;

    for (seed = 3000; seed < 3000 + 5 * SEEDS; seed++) {
        capture c;
        adp_model *model = new_model();
        guint32 frame;

        capture_init(&c, seed);
        for (frame = 1; frame <= FRAMES; frame++) {
            char *row = g_strdup_printf("seed %u, frame %u", seed, frame);
            char *fault;

            feed(&c, model, frame, frame, NULL);
            fault = find_inconsistency(model);
            check_str(row, "fault", fault, NULL);
            g_free(fault);
            g_free(row);
        }
        adp_model_free(model);
        capture_clear(&c);
    }
}

/* An outcome that was final stays what it was, when it is not given early: only "pending",
 * "unanswered" and "failed" may be softened by what comes later, and "ok" stays for ever. */
static void test_early(void)
{
    guint32 seed;

    for (seed = 4000; seed < 4000 + SEEDS; seed++) {
        capture c;
        adp_model *model = new_model();
        guint32 frame;
        guint32 i;

        capture_init(&c, seed);
        for (frame = 1; frame <= FRAMES; frame++) {
            feed(&c, model, frame, frame, NULL);
            for (i = 0; i < adp_model_step_count(model); i++) {
                const adp_step *step = adp_model_step(model, i);
                adp_outcome early = adp_step_outcome(model, step, TRUE);
                adp_outcome late = adp_step_outcome(model, step, FALSE);

                /* Early says the same, or leaves it open. */
                g_assert_true(early == late || early == ADP_PENDING);
            }
        }
        adp_model_free(model);
        capture_clear(&c);
    }
}

int main(int argc, char **argv)
{
    test_init(&argc, &argv);
    g_test_add_func("/property/truncation", test_truncation);
    g_test_add_func("/property/truncation-twice", test_truncation_twice);
    g_test_add_func("/property/as-of", test_as_of);
    g_test_add_func("/property/consistent", test_consistent);
    g_test_add_func("/property/early", test_early);
    return g_test_run();
}
