/* test_findings.c
 * What holds for the findings of every log, tried on random ones: whole exchanges, of which
 * some messages were lost, came twice, or came late.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "facts/outcome.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/folds.h"
#include "judge/path_time.h"
#include "judge/stages.h"
#include "log/observation.h"
#include "wire/arena.h"
#include "wire/text.h"

#include <string.h>

#define SEEDS    60
#define EPISODES 16
/* So many logs are cut at every frame; of the others, one at every ninth, the next at their neighbours. */
#define WHOLLY_CUT 6
#define CUT_EVERY  9

typedef struct {
    adp_arena *arena;
    GRand *rand;
    GArray *script; /* adp_obs, a frame each; frame 0 observations say only that one was heard */
    gint64 time;
    guint16 port;
    guint32 stream;
    guint loss; /* one message in so many is lost; 0: none */
} log_maker;

/* Addresses in the order of their ids. */
static const char *const addresses[] = {"10.0.0.50", "10.0.0.51", "10.0.0.1", "10.0.0.2",
                                        "10.0.0.20"};
enum {
    CLIENT,
    CLIENT2,
    DC,
    DC2,
    WEB
};

static guint32 any(log_maker *l, guint32 n)
{
    return (guint32)g_rand_int_range(l->rand, 0, (gint32)n);
}

#define PICK(l, list) ((list)[any(l, G_N_ELEMENTS(list))])

static guint32 any_client(log_maker *l)
{
    return any(l, 4) ? CLIENT : CLIENT2;
}

static guint32 any_dc(log_maker *l)
{
    return any(l, 3) ? DC : DC2;
}

static void put(log_maker *l, adp_obs obs)
{
    if (l->loss && any(l, l->loss) == 0) {
        return;
    }
    l->time += MS(1 + any(l, 20));
    obs.time = l->time;
    g_array_append_val(l->script, obs);
    if (any(l, 30) == 0) { /* captured twice */
        l->time += 20000;
        obs.time = l->time;
        g_array_append_val(l->script, obs);
    }
}

static adp_flow any_udp(log_maker *l, guint16 port)
{
    return udp(any_client(l), ++l->port, any_dc(l), port);
}

static adp_flow any_tcp(log_maker *l, guint32 server, guint16 port)
{
    return tcp(any_client(l), ++l->port, server, port, ++l->stream);
}

/* ---- exchanges ---- */

static void srv(log_maker *l)
{
    static const char *const names[] = {"_ldap._tcp.dc._msdcs.contoso.test",
                                        "_ldap._tcp.HQ._sites.dc._msdcs.contoso.test",
                                        "_ldap._tcp.contoso.test",
                                        "_kerberos._udp.CONTOSO.TEST",
                                        "_autodiscover._tcp.contoso.test",
                                        "_ldap._tcp.dc._msdcs.fabrikam.test",
                                        "_ldap._tcp.dc._msdcs.dc1.contoso.test"};
    static const guint8 codes[] = {0, 0, 3, 2, 5};
    adp_flow flow = any_udp(l, 53);
    const char *name = PICK(l, names);
    guint8 code = PICK(l, codes);

    put(l, ob_query(l->arena, flow, l->port, name));
    if (code == 0) {
        put(l, ob_answer(l->arena, flow, l->port, name, 0, "dc1.contoso.test", NULL));
    } else {
        put(l, ob_answer(l->arena, flow, l->port, name, code, NULL));
    }
}

static void address(log_maker *l)
{
    static const char *const names[] = {"dc1.contoso.test", "ex1.contoso.test",
                                        "autodiscover.contoso.test"};
    adp_flow flow = any_udp(l, 53);
    const char *name = PICK(l, names);
    gboolean found = any(l, 2) != 0;

    put(l, ob_address_query(l->arena, flow, l->port, ADP_DNS_A, name));
    put(l, ob_address(l->arena, flow, l->port, ADP_DNS_A, name, found ? 0 : 3, NULL,
                      found ? (any(l, 2) ? WEB : DC) : ADP_NONE));
}

static void ping(log_maker *l)
{
    static const guint16 opcodes[] = {23, 23, 24, 25, 19};
    adp_flow flow = any_udp(l, 389);

    put(l, ob_ping(l->arena, flow, 1, any(l, 3) ? "contoso.test" : NULL, "PC1"));
    if (any(l, 4) == 0) {
        put(l, ob_done(l->arena, flow, 1, 0));
    } else {
        put(l, ob_pong(l->arena, flow, 1, PICK(l, opcodes), "dc1.contoso.test",
                       any(l, 3) ? "HQ" : ""));
        put(l, ob_done(l->arena, flow, 1, 0));
    }
}

static void kerberos(log_maker *l)
{
    static const gint32 codes[] = {6,  7,  8,  12, 13, 14, 18, 23, 24, 25, 25, 29,
                                   31, 32, 37, 41, 44, 52, 60, 62, 65, 68, 91, 200};
    static const char *const spns[] = {"HTTP/mail", "HTTP/mail.contoso.test", "alice",
                                       "ldap/dc1.contoso.test", "krbtgt/OTHER.TEST"};
    adp_exchange exchange = any(l, 2) ? ADP_EXCHANGE_AS : ADP_EXCHANGE_TGS;
    const char *spn = exchange == ADP_EXCHANGE_AS ? "krbtgt/CONTOSO.TEST" : PICK(l, spns);
    adp_flow flow = any(l, 3) ? any_udp(l, 88) : any_tcp(l, any_dc(l), 88);

    put(l, ob_krb(l->arena, flow, exchange, spn, l->port));
    if (any(l, 3) == 0) {
        put(l, ob_ticket(l->arena, flow, exchange, spn));
    } else {
        put(l, ob_krb_error(l->arena, flow, exchange, spn, PICK(l, codes)));
    }
}

static void ldap_connection(log_maker *l)
{
    static const guint32 bind_results[] = {0, 0, 0, 8, 49, 7};
    static const guint32 search_results[] = {0, 0, 0, 1, 32, 50, 10};
    static const char *const bases[] = {"CN=Configuration,DC=contoso,DC=test",
                                        "CN=Configuration,DC=fabrikam,DC=test"};
    adp_flow flow = any_tcp(l, any_dc(l), 389);
    guint32 n;

    put(l, ob_bind(l->arena, flow, 1, "simple", FALSE));
    put(l, ob_bound(l->arena, flow, 1, PICK(l, bind_results)));
    for (n = any(l, 3); n; n--) {
        guint32 id = 10 + n;

        put(l, ob_scp(l->arena, flow, id, any(l, 4) ? "exchange" : "rms", PICK(l, bases)));
        if (any(l, 3)) {
            put(l, ob_entry(l->arena, flow, id, "CN=1", "https://ex1.contoso.test/a",
                            "77378F46-2C66-4aa9-A6A6-3E7A48B19596",
                            any(l, 2) ? "Site=HQ" : "Site=FAR", NULL));
        }
        if (any(l, 4) == 0) {
            put(l, ob_entry(l->arena, flow, id, "CN=2",
                            any(l, 2) ? "LDAP://fabrikam.test" : "LDAP://contoso.test",
                            "67661d7F-8FC4-4fa7-BFAC-E1D7794C1F68", NULL));
        }
        put(l, ob_done(l->arena, flow, id, PICK(l, search_results)));
    }
    if (any(l, 3) == 0) {
        put(l, ob_hidden(l->arena, flow, FALSE, 1, l->port));
    }
}

static void service(log_maker *l)
{
    adp_flow flow = any_tcp(l, any(l, 2) ? WEB : DC, 80);
    adp_carrier carrier = any(l, 2) ? ADP_CARRIER_HTTP : ADP_CARRIER_LDAP;

    put(l, ob_ap(l->arena, flow, carrier, "HTTP/mail.contoso.test", l->port));
    put(l, ob_ap_reply(l->arena, flow, carrier, (ap_answer)any(l, 5)));
}

static void attempt(log_maker *l)
{
    static const guint16 ports[] = {389, 88, 443, 3268};
    adp_flow flow = any_tcp(l, any(l, 2) ? DC : WEB, PICK(l, ports));
    guint32 n;

    for (n = 1 + any(l, 3); n; n--) {
        put(l, ob_tcp(l->arena, flow, ADP_TCP_SYN, FALSE));
    }
    switch (any(l, 4)) {
    case 0:
        put(l, ob_tcp(l->arena, flow, ADP_TCP_RST, TRUE));
        break;
    case 1:
        put(l, ob_icmp(l->arena, flow, 13));
        break;
    case 2:
        put(l, ob_tcp(l->arena, flow, ADP_TCP_SYN_ACK, TRUE));
        break;
    default:
        break;
    }
}

/* The log's own, as the observations point to it. */
static const char *url_of(log_maker *l, const char *host)
{
    char *text = g_strdup_printf("https://%s/autodiscover/autodiscover.xml", host);
    const char *url = adp_arena_strndup(l->arena, text, strlen(text));

    g_free(text);
    return url;
}

static void web(log_maker *l)
{
    static const guint16 statuses[] = {200, 200, 401, 302, 404, 503};
    static const char *const hosts[] = {"ex1.contoso.test", "autodiscover.contoso.test",
                                        "cloud.test"};
    const char *host = PICK(l, hosts);
    adp_flow flow = any_tcp(l, WEB, 443);
    guint32 n;

    put(l, ob_tls(l->arena, flow, ADP_TLS_CLIENT_HELLO, FALSE, host));
    if (any(l, 5) == 0) {
        put(l, ob_alert(l->arena, flow, any(l, 2) != 0, 2, 48));
        return;
    }
    put(l, ob_tls(l->arena, flow, ADP_TLS_SERVER_HELLO, TRUE, NULL));
    put(l, ob_certificate(l->arena, flow, any(l, 3) ? host : "other.test"));
    put(l, ob_tls(l->arena, flow, ADP_TLS_DATA, FALSE, NULL));
    put(l, ob_tls(l->arena, flow, ADP_TLS_DATA, TRUE, NULL));
    for (n = any(l, 3); n; n--) {
        guint16 status = PICK(l, statuses);
        const char *url = url_of(l, host);

        put(l, ob_http(l->arena, flow, any(l, 3) ? "POST" : "GET", url,
                       any(l, 2) ? ADP_AUTH_NONE : (adp_auth)any(l, ADP_AUTH_OTHER), 0));
        put(l, ob_http_reply(l->arena, flow, status,
                             status == 302 ? (any(l, 2) ? "https://cloud.test/autodiscover/"
                                                          "autodiscover.xml"
                                                        : url)
                                           : NULL,
                             status == 200 && any(l, 3) == 0 ? "600" : NULL, status == 200));
    }
}

static void make(log_maker *l, guint32 seed)
{
    static void (*const episodes[])(log_maker *) = {
        srv, address, ping, kerberos, kerberos, service, attempt, web, ldap_connection};
    guint i;

    memset(l, 0, sizeof(*l));
    l->arena = adp_arena_new();
    l->rand = g_rand_new_with_seed(seed);
    l->script = g_array_new(FALSE, FALSE, sizeof(adp_obs));
    l->time = S(1700000000);
    l->port = 40000;
    l->loss = seed % 4 == 0 ? 0 : 4 * (seed % 4);
    for (i = 0; i < EPISODES; i++) {
        PICK(l, episodes)(l);
        l->time += any(l, 4) ? MS(any(l, 2000)) : S(any(l, 45));
    }
}

static void clear(log_maker *l)
{
    g_array_unref(l->script);
    g_rand_free(l->rand);
    adp_arena_free(l->arena);
}

static adp_model *new_model(void)
{
    adp_model *model = adp_model_new();
    guint i;

    for (i = 0; i < G_N_ELEMENTS(addresses); i++) {
        g_assert_cmpuint(address_of(model, addresses[i]), ==, i);
    }
    return model;
}

static const char *destination(const adp_obs *obs)
{
    return addresses[obs->from_server ? obs->flow.client : obs->flow.server];
}

/* Frames from..to, from 1: one for each observation. */
static void feed(const log_maker *l, adp_model *model, guint32 from, guint32 to)
{
    guint32 frame;

    for (frame = from; frame <= to; frame++) {
        adp_obs obs = g_array_index(l->script, adp_obs, frame - 1);
        const char *dst = destination(&obs);

        obs.frame = frame;
        adp_model_frame(model, frame, obs.time, 2, (const guint8 *)dst, (guint8)strlen(dst));
        (void)adp_model_add(model, &obs);
    }
}

/* Much later something reaches both clients. */
static void silence(const log_maker *l, adp_model *model)
{
    guint32 i;

    for (i = CLIENT; i <= CLIENT2; i++) {
        adp_model_frame(model, l->script->len + 1 + i, l->time + S(100), 2,
                        (const guint8 *)addresses[i], (guint8)strlen(addresses[i]));
    }
}

/* ---- one finding ---- */

static gint64 time_of(const adp_model *model, guint32 obs)
{
    return adp_model_obs(model, obs)->time;
}

static guint32 last_evidence(const adp_finding *f)
{
    return g_array_index(f->evidence, guint32, f->evidence->len - 1);
}

/* Ids that say that something is not there, and how long one has to wait for it. */
static gint64 patience(adp_finding_id id)
{
    switch (id) {
    case ADP_FINDING_SRV_UNANSWERED:
    case ADP_FINDING_PING_UNANSWERED:
    case ADP_FINDING_LDAP_UNANSWERED:
    case ADP_FINDING_KDC_UNANSWERED:
    case ADP_FINDING_PREAUTH_ABANDONED:
    case ADP_FINDING_REDIRECT_NOT_FOLLOWED:
        return S(5);
    default:
        return 0;
    }
}

static void check_finding(const char *row, const adp_model *model, const adp_finding *f)
{
    const char *name = adp_finding_get(f->id)->name;
    gint64 first;
    gint64 end;
    guint32 frames;
    guint32 before = 0;
    guint e;

    g_assert_cmpint(f->id, <, ADP_FINDING_COUNT);
    g_assert_cmpint(f->severity, >=, ADP_SEVERITY_NOTE);
    g_assert_cmpint(f->severity, <=, ADP_SEVERITY_ERROR);
    check_int(row, name, f->evidence->len > 0, TRUE);
    g_assert_cmpuint(f->path, <, adp_model_path_count(model));
    for (e = 0; e < f->evidence->len; e++) {
        guint32 obs = g_array_index(f->evidence, guint32, e);
        guint32 step;

        g_assert_cmpuint(obs, <, adp_model_obs_count(model));
        g_assert_true(e == 0 || obs > before);
        before = obs;
        step = adp_model_mark(model, obs)->step;
        /* It cites its own client's messages, and nobody else's. */
        g_assert_cmpuint(adp_model_obs(model, obs)->flow.client, ==,
                         adp_model_path(model, f->path)->client.address);
        g_assert_true(step == ADP_NONE || step < adp_model_step_count(model));
    }
    g_assert_true(*f->summary && *f->observed && f->inferred && *f->inferred);
    if (f->recovered_by) {
        check_int(row, name, f->severity, ADP_SEVERITY_NOTE);
        g_assert_cmpuint(f->recovered_by, <=, adp_model_step_count(model));
        g_assert_nonnull(f->recovery);
        /* By the same client. */
        g_assert_cmpuint(adp_model_step(model, f->recovered_by - 1)->flow.client, ==,
                         adp_model_path(model, f->path)->client.address);
    }
    g_assert_true(adp_model_span(model, &first, &end, &frames));
    if (patience(f->id)) {
        check_int(row, name, adp_since(end, time_of(model, last_evidence(f))) >= patience(f->id),
                  TRUE);
    }
}

/* Finding by finding, as the log grows: well formed, and never too early. */
static void test_prefixes(void)
{
    guint32 seed;

    for (seed = 1; seed <= SEEDS; seed++) {
        log_maker l;
        adp_model *model = new_model();
        adp_analysis *analysis = adp_analysis_new(model);
        guint32 frame;
        guint i;

        make(&l, seed);
        for (frame = 1; frame <= l.script->len; frame++) {
            char *row = g_strdup_printf("seed %u, frame %u", seed, frame);
            const GPtrArray *all;

            feed(&l, model, frame, frame);
            all = adp_findings(analysis, FALSE);
            for (i = 0; i < all->len; i++) {
                check_finding(row, model, g_ptr_array_index(all, i));
            }
            g_free(row);
        }
        adp_analysis_free(analysis);
        adp_model_free(model);
        clear(&l);
    }
}

/* An outcome that a live capture has shown stays; "pending" alone may become another. */
static void test_shown_outcomes(void)
{
    guint32 seed;

    for (seed = 500; seed < 500 + SEEDS; seed++) {
        log_maker l;
        adp_model *model = new_model();
        GArray *shown = g_array_new(FALSE, TRUE, sizeof(adp_outcome));
        guint32 frame;
        guint32 i;

        make(&l, seed);
        for (frame = 1; frame <= l.script->len; frame++) {
            feed(&l, model, frame, frame);
            for (i = 0; i < adp_model_step_count(model); i++) {
                adp_outcome now = adp_step_outcome(model, adp_model_step(model, i), TRUE);

                if (i >= shown->len) {
                    g_array_append_val(shown, now);
                } else if (g_array_index(shown, adp_outcome, i) == ADP_PENDING) {
                    g_array_index(shown, adp_outcome, i) = now;
                } else {
                    char *row = g_strdup_printf("seed %u, frame %u, step %u", seed, frame, i + 1);

                    check_str(row, "outcome", adp_outcome_name(now),
                              adp_outcome_name(g_array_index(shown, adp_outcome, i)));
                    g_free(row);
                }
            }
        }
        silence(&l, model);
        for (i = 0; i < shown->len; i++) {
            adp_outcome early = g_array_index(shown, adp_outcome, i);
            adp_outcome end = adp_step_outcome(model, adp_model_step(model, i), FALSE);
            char *row = g_strdup_printf("seed %u, the end, step %u", seed, i + 1);

            if (early != ADP_PENDING) {
                check_str(row, "outcome", adp_outcome_name(end), adp_outcome_name(early));
            }
            g_free(row);
        }
        g_array_unref(shown);
        adp_model_free(model);
        clear(&l);
    }
}

/* Says where two long texts part. */
static void check_same(const char *row, const char *got, const char *want)
{
    char **g = g_strsplit(got, "\n", -1);
    char **w = g_strsplit(want, "\n", -1);
    guint i;

    for (i = 0; g[i] && w[i] && strcmp(g[i], w[i]) == 0; i++) {
    }
    check_str(row, "first difference", g[i], w[i]);
    g_strfreev(g);
    g_strfreev(w);
}

/* The log cut at any frame and fed again: the same findings, word for word. */
static void test_truncation(void)
{
    guint32 seed;

    for (seed = 1000; seed < 1000 + SEEDS; seed++) {
        log_maker l;
        adp_model *whole = new_model();
        adp_model *cut = new_model();
        adp_analysis *analysis = adp_analysis_new(cut);
        guint32 frame;
        char *want;

        make(&l, seed);
        feed(&l, whole, 1, l.script->len);
        silence(&l, whole);
        want = describe(whole);
        feed(&l, cut, 1, l.script->len);
        for (frame = l.script->len; frame >= 1; frame--) {
            char *row;
            char *got;

            if (seed >= 1000 + WHOLLY_CUT && (frame + seed) % CUT_EVERY != 0) {
                continue;
            }
            row = g_strdup_printf("seed %u, cut before frame %u", seed, frame);

            /* Findings of the shorter log are asked for in between. */
            feed(&l, cut, frame, frame);
            (void)adp_findings(analysis, FALSE);
            feed(&l, cut, frame + 1, l.script->len);
            silence(&l, cut);
            got = describe_analysed(analysis);
            check_same(row, got, want);
            g_free(got);
            g_free(row);
        }
        g_free(want);
        adp_model_free(whole);
        adp_analysis_free(analysis);
        adp_model_free(cut);
        clear(&l);
    }
}

/* Lists by path and by frame are parts of the whole list; masking changes words alone. */
static void check_lists(adp_analysis *analysis)
{
    const adp_model *model = adp_analysis_model(analysis);
    const GPtrArray *all = adp_findings(analysis, FALSE);
    guint total = 0;
    guint32 p;
    guint i;
    guint n;

    for (p = 0; p < adp_model_path_count(model); p++) {
        adp_finding *const *list = adp_findings_of_path(analysis, p, FALSE, &n);

        for (i = 0; i < n; i++) {
            g_assert_cmpuint(list[i]->path, ==, p);
            g_assert_true(list[i] == g_ptr_array_index(all, total + i));
        }
        total += n;
    }
    g_assert_cmpuint(total, ==, all->len);
    for (i = 0; i < all->len; i++) {
        const adp_finding *f = g_ptr_array_index(all, i);
        const GPtrArray *there = adp_findings_of_frame(analysis, last_evidence(f), FALSE);
        GArray *frames = adp_frames_of(model, f->evidence);

        g_assert_true(g_ptr_array_find((GPtrArray *)there, f, NULL));
        for (n = 1; n < frames->len; n++) {
            g_assert_cmpuint(g_array_index(frames, guint32, n), >,
                             g_array_index(frames, guint32, n - 1));
        }
        g_array_unref(frames);
    }
}

/* Every step is on one line, and what shares its line with others went well. */
static void check_folds(adp_analysis *analysis, guint32 path)
{
    const adp_model *model = adp_analysis_model(analysis);
    const adp_numbers *steps = &adp_model_path(model, path)->steps;
    GHashTable *seen = g_hash_table_new(NULL, NULL);
    GPtrArray *folds = adp_folds_of(analysis, path, FALSE);
    guint32 before = 0;
    guint i;
    guint k;

    for (i = 0; i < folds->len; i++) {
        const adp_fold *fold = g_ptr_array_index(folds, i);

        g_assert_cmpuint(fold->steps->len, >, 0);
        g_assert_true(i == 0 || g_array_index(fold->steps, guint32, 0) > before);
        before = g_array_index(fold->steps, guint32, 0);
        for (k = 0; k < fold->steps->len; k++) {
            guint32 step = g_array_index(fold->steps, guint32, k);
            adp_outcome outcome = adp_step_outcome(model, adp_model_step(model, step), FALSE);

            g_assert_true(k == 0 || step > g_array_index(fold->steps, guint32, k - 1));
            g_assert_true(g_hash_table_add(seen, GUINT_TO_POINTER(step + 1)));
            g_assert_true(fold->steps->len == 1 || outcome == ADP_OK || outcome == ADP_NORMAL);
        }
    }
    for (i = 0; i < steps->count; i++) {
        g_assert_true(g_hash_table_contains(seen, GUINT_TO_POINTER(steps->items[i] + 1)));
    }
    g_assert_cmpuint(g_hash_table_size(seen), ==, steps->count);
    g_ptr_array_unref(folds);
    g_hash_table_unref(seen);
}

/* No moment counts twice, none is left out, and the stages know of the same. */
static void check_path_time(adp_analysis *analysis, guint32 path)
{
    const adp_model *model = adp_analysis_model(analysis);
    const GArray *timeline = adp_analysis_timeline(analysis);
    const GArray *waits = adp_analysis_waits(analysis);
    GArray *pending = adp_path_pending(model, timeline, waits, path);
    adp_path_time *time = adp_path_time_of(model, timeline, waits, path);
    adp_path_stage *stages = adp_stages_of(analysis, path, FALSE);
    gint64 waiting = 0;
    gint64 duration = 0;
    guint i;

    for (i = 0; i < pending->len; i++) {
        const adp_pending *one = &g_array_index(pending, adp_pending, i);

        g_assert_cmpint(one->to, >, one->from);
        g_assert_true(i == 0 || one->from >= g_array_index(pending, adp_pending, i - 1).to);
    }
    g_assert_cmpint(time->answers + time->vain + time->pauses, ==, time->duration);
    g_assert_cmpint(time->longest, <=, time->pauses);
    for (i = 0; i < ADP_STAGES; i++) {
        waiting += stages[i].waiting;
        duration += stages[i].duration;
    }
    g_assert_cmpint(waiting, ==, time->answers + time->vain);
    g_assert_cmpint(duration, ==, time->duration);
    adp_stages_free(stages);
    adp_path_time_free(time);
    g_array_unref(pending);
}

static void test_lists(void)
{
    guint seen[ADP_FINDING_COUNT] = {0};
    guint kinds = 0;
    guint32 seed;
    guint i;

    for (seed = 2000; seed < 2000 + 5 * SEEDS; seed++) {
        log_maker l;
        adp_model *model = new_model();
        adp_analysis *analysis = adp_analysis_new(model);
        const GPtrArray *all;
        guint count;

        make(&l, seed);
        feed(&l, model, 1, l.script->len);
        silence(&l, model);
        check_lists(analysis);
        for (i = 0; i < adp_model_path_count(model); i++) {
            check_folds(analysis, i);
            check_path_time(analysis, i);
        }
        all = adp_findings(analysis, FALSE);
        count = all->len;
        for (i = 0; i < count; i++) {
            seen[((const adp_finding *)g_ptr_array_index(all, i))->id]++;
        }
        g_assert_cmpuint(adp_findings(analysis, TRUE)->len, ==, count);
        adp_analysis_free(analysis);
        adp_model_free(model);
        clear(&l);
    }
    /* The logs are worth trying: most findings come up. */
    for (i = 0; i < ADP_FINDING_COUNT; i++) {
        kinds += seen[i] != 0;
    }
    g_test_message("%u of %u findings came up", kinds, (guint)ADP_FINDING_COUNT);
    g_assert_cmpuint(kinds, >=, 40);
}

/* ---- what is weighed is the latest evidence, not what was gathered last ---- */

static void exchange(bench *b, guint16 port, const char *url, guint16 status)
{
    adp_flow flow =
        tcp(b->client, port, b->server2, g_str_has_prefix(url, "http:") ? 80 : 443, port);

    (void)bench_add(b, ob_http(b->arena, flow, "POST", url, ADP_AUTH_NONE, 0));
    (void)bench_add(b, ob_http_reply(b->arena, flow, status, NULL, NULL, status == 200));
}

/*
 * A host is tried over https, then over http just after another one has served the client, and over
 * https again much later: that last failure is no mere look at what had been passed by.
 */
static void test_latest(void)
{
    static const char tls[] = "https://autodiscover.contoso.test/autodiscover/autodiscover.xml";
    static const char plain[] = "http://autodiscover.contoso.test/autodiscover/autodiscover.xml";
    static const char other[] = "https://mail.contoso.test/autodiscover/autodiscover.xml";
    const GPtrArray *findings;
    guint told = 0;
    bench b;
    guint i;

    bench_init(&b);
    exchange(&b, 50000, tls, 500);
    exchange(&b, 50001, other, 200);
    exchange(&b, 50002, plain, 503);
    bench_wait(&b, S(120));
    exchange(&b, 50003, tls, 500);
    bench_wait(&b, S(30));
    findings = adp_findings(b.analysis, FALSE);
    for (i = 0; i < findings->len; i++) {
        const adp_finding *f = g_ptr_array_index(findings, i);

        if (f->id == ADP_FINDING_HTTP_ERROR) {
            told++;
            check_int("the latest failure", "severity", f->severity, ADP_SEVERITY_WARN);
            check_int("the latest failure", "recovered by", f->recovered_by, 0);
        }
    }
    check_int("the latest failure", "findings", told, 1);
    bench_clear(&b);
}

int main(int argc, char **argv)
{
    test_init(&argc, &argv);
    g_test_add_func("/findings/prefixes", test_prefixes);
    g_test_add_func("/findings/shown-outcomes", test_shown_outcomes);
    g_test_add_func("/findings/truncation", test_truncation);
    g_test_add_func("/findings/lists", test_lists);
    g_test_add_func("/findings/latest", test_latest);
    return g_test_run();
}
