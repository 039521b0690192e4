/* test_beside.c
 * What is kept beside the steps: operations, tunnels, names, ends of connections, and in whose
 * name a bind is made.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "facts/absence.h"
#include "facts/handshake.h"
#include "case/principal.h"
#include "join/hosts.h"
#include "join/ldap_ops.h"
#include "join/model.h"
#include "join/netbios.h"
#include "join/pair_dns.h"
#include "join/stream.h"
#include "join/tunnels.h"
#include "log/observation.h"
#include "wire/arena.h"
#include "wire/ntlm.h"

#include <string.h>

#define SRV "_ldap._tcp.dc._msdcs.contoso.test"

static adp_flow ldap_flow(const bench *b, guint32 stream)
{
    return tcp(b->client, (guint16)(50000 + stream), b->server, 389, stream);
}

static adp_obs operation(adp_arena *arena, adp_flow flow, guint32 id, adp_ldap_op op,
                         gboolean reply, guint32 result)
{
    adp_obs_operation *content = adp_arena_new_array(arena, adp_obs_operation, 1);
    adp_obs obs = {.type = reply ? ADP_OBS_LDAP_OPERATION_REPLY : ADP_OBS_LDAP_OPERATION,
                   .flow = flow,
                   .from_server = reply,
                   .id = id,
                   .hash = id + (reply ? 1000 : 0) + flow.stream * 7919};

    content->op = op;
    content->result.result = result;
    obs.u.operation = content;
    return obs;
}

/* ---- NTLM ---- */

/* AUTHENTICATE with the texts behind one another; `wide`: UTF-16. */
static gsize ntlm_message(guint8 *out, const char *domain, const char *user, gboolean wide)
{
    const char *texts[] = {domain, user};
    gsize at = 64;
    guint i;
    gsize n;

    memset(out, 0, 64);
    memcpy(out, "NTLMSSP", 8);
    out[8] = 3;
    out[60] = wide ? 1 : 2;
    for (i = 0; i < 2; i++) {
        guint8 *field = out + 28 + 8 * i;

        field[0] = field[2] = (guint8)(strlen(texts[i]) * (wide ? 2 : 1));
        field[4] = (guint8)at;
        for (n = 0; texts[i][n]; n++) {
            out[at++] = (guint8)texts[i][n];
            if (wide) {
                out[at++] = 0;
            }
        }
    }
    return at;
}

static void test_ntlm(void)
{
    adp_arena *arena = adp_arena_new();
    guint8 bytes[200];
    const char *user = NULL;
    const char *domain = NULL;
    gsize len = ntlm_message(bytes, "CONTOSO", "alice", TRUE);
    gsize cut;

    g_assert_true(adp_ntlm_names(arena, bytes, len, &user, &domain));
    check_str("wide", "user", user, "alice");
    check_str("wide", "domain", domain, "CONTOSO");
    for (cut = 0; cut < len; cut++) {
        /* Under valgrind or a sanitizer: nothing beyond the end is read. */
        guint8 *copy = g_memdup2(bytes, cut);

        g_assert_false(adp_ntlm_names(arena, copy, cut, &user, &domain));
        g_free(copy);
    }
    len = ntlm_message(bytes, "", "alice@contoso.test", FALSE);
    g_assert_true(adp_ntlm_names(arena, bytes, len, &user, &domain));
    check_str("narrow", "user", user, "alice@contoso.test");
    check_str("narrow", "domain", domain, "");
    /* A place within the header, or one that wraps around, is no name's. */
    bytes[40] = 8;
    g_assert_false(adp_ntlm_names(arena, bytes, len, &user, &domain));
    memset(bytes + 40, 0xff, 4);
    g_assert_false(adp_ntlm_names(arena, bytes, len, &user, &domain));
    bytes[8] = 1;
    g_assert_false(adp_ntlm_names(arena, bytes, len, &user, &domain));
    adp_arena_free(arena);
}

/* ---- principals ---- */

static guint32 bound(bench *b, guint32 stream, const char *name, const char *domain)
{
    adp_obs obs = ob_bind(b->arena, ldap_flow(b, stream), 1, "simple", FALSE);
    adp_obs_bind *bind = g_memdup2(obs.u.bind, sizeof(*bind));
    adp_obs_bind *kept = adp_arena_new_array(b->arena, adp_obs_bind, 1);
    guint32 step;

    *kept = *bind;
    g_free(bind);
    kept->name = name;
    kept->domain = domain;
    kept->anonymous = name == NULL;
    obs.u.bind = kept;
    obs.hash += stream;
    step = bench_step(b, obs);
    (void)bench_add(b, ob_bound(b->arena, ldap_flow(b, stream), 1, 0));
    return step;
}

static void test_principals(void)
{
    static const struct {
        const char *row;
        const char *name;
        const char *domain;
        gboolean same; /* as CONTOSO\alice */
    } rows[] = {
        {"with domain", "alice", "CONTOSO", TRUE},
        {"upn", "Alice@contoso.test", NULL, TRUE},
        {"dn", "CN=alice,CN=Users,DC=x", NULL, TRUE},
        {"another", "bob@contoso.test", NULL, FALSE},
        {"nobody", NULL, NULL, FALSE},
    };
    bench b;
    char *name;
    guint i;

    bench_init(&b);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        (void)bound(&b, i + 1, rows[i].name, rows[i].domain);
    }
    check_int("first", "kind", adp_bind_principal(b.model, step_of(&b, 0), &name),
              ADP_PRINCIPAL_NAMED);
    check_str("first", "name", name, "CONTOSO\\alice");
    g_free(name);
    check_int("last", "kind", adp_bind_principal(b.model, step_of(&b, 4), &name),
              ADP_PRINCIPAL_NOBODY);
    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        char *user;

        (void)adp_bind_principal(b.model, step_of(&b, i), &name);
        user = name ? adp_principal_user(name) : g_strdup("");
        check_int(rows[i].row, "same", strcmp(user, "alice") == 0, rows[i].same);
        g_free(user);
        g_free(name);
    }
    bench_clear(&b);
}

/* ---- operations ---- */

static void test_operations(void)
{
    bench b;
    adp_flow flow;
    adp_obs obs;
    guint32 i;
    const adp_ldap_operation *o;
    adp_obs_operation found = {.op = ADP_LDAP_OP_ADD};

    bench_init(&b);
    flow = ldap_flow(&b, 1);
    (void)bench_add(&b, ob_query(b.arena, udp(b.client, 50053, b.server, 53), 1, SRV));
    /* Noted: found again by connection, id and operation. */
    obs = operation(b.arena, flow, 7, ADP_LDAP_OP_ADD, FALSE, 0);
    obs.frame = 2;
    adp_model_note_operation(b.model, &obs);
    obs.frame = 3;
    adp_model_noted_operation(b.model, &obs, 7, &found);
    check_int("noted", "frame", found.request_frame, 2);
    found = (adp_obs_operation){.op = ADP_LDAP_OP_MODIFY};
    adp_model_noted_operation(b.model, &obs, 7, &found);
    check_int("another operation", "frame", found.request_frame, 0);
    /* A file read again from the start: what was noted later is not known yet. */
    found = (adp_obs_operation){.op = ADP_LDAP_OP_ADD};
    obs.frame = 1;
    adp_model_noted_operation(b.model, &obs, 7, &found);
    check_int("noted later", "frame", found.request_frame, 0);
    for (i = 0; i < 40; i++) {
        (void)bench_add(&b, operation(b.arena, flow, i, ADP_LDAP_OP_ADD, TRUE, 1));
    }
    check_int("of one connection", "kept", adp_model_operation_count(b.model), 16);
    o = adp_model_operation(b.model, 0);
    check_int("path", "of the client", adp_model_operation_path(b.model, o), 0);
    check_int("no request", "request", o->request, ADP_NONE);
    check_int("steps", "count", adp_model_step_count(b.model), 1);
    bench_clear(&b);
}

static adp_obs about(adp_obs obs, guint64 subject)
{
    ((adp_obs_operation *)obs.u.operation)->subject = subject;
    return obs;
}

/* What was refused is good when the same is done later, by whatever connection of the client. */
static void test_refusals(void)
{
    bench b;
    adp_obs obs;
    guint32 done;

    bench_init(&b);
    (void)bench_add(&b,
                    about(operation(b.arena, ldap_flow(&b, 1), 1, ADP_LDAP_OP_ADD, TRUE, 50), 7));
    (void)bench_add(&b,
                    about(operation(b.arena, ldap_flow(&b, 1), 2, ADP_LDAP_OP_ADD, TRUE, 53), 7));
    (void)bench_add(&b,
                    about(operation(b.arena, ldap_flow(&b, 1), 3, ADP_LDAP_OP_ADD, TRUE, 53), 9));
    obs = about(operation(b.arena, ldap_flow(&b, 2), 1, ADP_LDAP_OP_MODIFY, TRUE, 0), 7);
    g_assert_false(adp_model_wants_result(b.model, &obs, obs.u.operation));
    obs = about(operation(b.arena, ldap_flow(&b, 2), 1, ADP_LDAP_OP_ADD, TRUE, 0), 7);
    g_assert_true(adp_model_wants_result(b.model, &obs, obs.u.operation));
    done = bench_add(&b, obs);
    check_int("first", "good", adp_model_operation(b.model, 0)->good, done);
    check_int("second", "good", adp_model_operation(b.model, 1)->good, done);
    check_int("another", "good", adp_model_operation(b.model, 2)->good, ADP_NONE);
    /* Once is enough, and another refusal begins anew. */
    g_assert_false(adp_model_wants_result(b.model, &obs, obs.u.operation));
    (void)bench_add(&b,
                    about(operation(b.arena, ldap_flow(&b, 1), 4, ADP_LDAP_OP_ADD, TRUE, 50), 7));
    check_int("again", "good", adp_model_operation(b.model, 3)->good, ADP_NONE);
    check_int("again", "before", adp_model_operation(b.model, 3)->before, ADP_NONE);
    bench_clear(&b);
}

static adp_obs asked(adp_arena *arena, adp_flow flow, guint32 id)
{
    adp_obs obs = operation(arena, flow, id, ADP_LDAP_OP_SEARCH, FALSE, 0);

    ((adp_obs_operation *)obs.u.operation)->answer = adp_arena_new_array(arena, adp_obs_answer, 1);
    return obs;
}

/* A request that is no step is kept once, and waits until something comes back. */
static void test_asked(void)
{
    bench b;
    adp_flow flow;
    adp_obs_answer *answer;
    guint32 first;

    bench_init(&b);
    flow = ldap_flow(&b, 1);
    first = bench_add(&b, asked(b.arena, flow, 1));
    (void)bench_add(&b, asked(b.arena, flow, 2));
    (void)bench_add(&b, asked(b.arena, flow, 2));
    check_int("asked", "count", adp_model_asked_count(b.model), 2);
    check_int("asked", "first", adp_model_asked(b.model, 0), first);
    g_assert_true(adp_model_is_asked_in_vain(b.model, first));
    g_assert_null(adp_model_answer(b.model, &flow, 3));
    answer = adp_model_answer(b.model, &flow, 1);
    g_assert_nonnull(answer);
    answer->heard = 5;
    g_assert_false(adp_model_is_asked_in_vain(b.model, first));
    g_assert_nonnull(adp_model_part_of(b.model, &flow));
    bench_clear(&b);
}

/* A frame that is read once more takes back what it showed, and no more. */
static void test_asked_and_cut(void)
{
    bench b;
    adp_flow flow;
    guint32 first;
    guint32 second;

    bench_init(&b);
    flow = ldap_flow(&b, 1);
    first = bench_add(&b, asked(b.arena, flow, 1));
    second = bench_add(&b, asked(b.arena, flow, 2));
    (void)bench_add(&b, asked(b.arena, flow, 3));
    adp_model_answer(b.model, &flow, 1)->answered = adp_model_obs(b.model, second)->frame;
    adp_model_answer(b.model, &flow, 2)->answered = adp_model_obs(b.model, second)->frame + 1;
    (void)adp_model_frame(b.model, adp_model_obs(b.model, second)->frame + 1, b.time, 0, NULL, 0);
    check_int("cut", "count", adp_model_asked_count(b.model), 2);
    g_assert_false(adp_model_is_asked_in_vain(b.model, first));
    g_assert_true(adp_model_is_asked_in_vain(b.model, second));
    bench_clear(&b);
}

static void test_starttls(void)
{
    bench b;
    adp_flow flow;
    const adp_ldap_operation *o;
    guint32 tls;

    bench_init(&b);
    flow = ldap_flow(&b, 1);
    (void)bench_add(&b, operation(b.arena, flow, 1, ADP_LDAP_OP_STARTTLS, FALSE, 0));
    g_assert_true(adp_model_awaits_starttls(b.model, &flow, 1));
    g_assert_false(adp_model_awaits_starttls(b.model, &flow, 2));
    (void)bench_add(&b, operation(b.arena, flow, 1, ADP_LDAP_OP_STARTTLS, TRUE, 0));
    g_assert_false(adp_model_awaits_starttls(b.model, &flow, 1));
    tls = bench_step(&b, ob_tls(b.arena, flow, ADP_TLS_CLIENT_HELLO, FALSE, "dc1.contoso.test"));
    check_int("operations", "count", adp_model_operation_count(b.model), 1);
    o = adp_model_operation(b.model, 0);
    check_int("starttls", "reply", o->reply, 1);
    check_int("starttls", "tls", o->tls, tls);
    check_int("starttls", "path", adp_model_operation_path(b.model, o), step_of(&b, tls)->path);
    bench_clear(&b);
}

/* ---- how connections end ---- */

static void test_tls_end(void)
{
    bench b;
    adp_flow flow;
    adp_tls_end end;

    bench_init(&b);
    flow = tcp(b.client, 50001, b.server, 636, 1);
    (void)bench_add(&b, ob_tcp(b.arena, flow, ADP_TCP_SYN, FALSE));
    (void)bench_add(&b, ob_tcp(b.arena, flow, ADP_TCP_SYN_ACK, TRUE));
    (void)bench_add(&b, ob_tls(b.arena, flow, ADP_TLS_CLIENT_HELLO, FALSE, NULL));
    (void)bench_add(&b, ob_tcp(b.arena, flow, ADP_TCP_RST, TRUE));
    end = adp_tls_end_of(b.model, step_of(&b, 0));
    check_int("reset", "certificate", end.certificate, ADP_NONE);
    g_assert_true(end.closed != ADP_NONE && end.by_server && end.reset);
    flow = tcp(b.client, 50002, b.server, 636, 2);
    (void)bench_add(&b, ob_tls(b.arena, flow, ADP_TLS_CLIENT_HELLO, FALSE, NULL));
    (void)bench_add(&b, ob_tls(b.arena, flow, ADP_TLS_SERVER_HELLO, TRUE, NULL));
    (void)bench_add(&b, ob_certificate(b.arena, flow, "dc1.contoso.test"));
    (void)bench_add(&b, ob_alert(b.arena, flow, FALSE, 2, 48));
    (void)bench_add(&b, ob_alert(b.arena, flow, TRUE, 1, 0));
    (void)bench_add(&b, ob_tcp(b.arena, flow, ADP_TCP_FIN, FALSE));
    end = adp_tls_end_of(b.model, step_of(&b, 1));
    g_assert_true(end.alert != ADP_NONE && end.alert_is_late);
    check_int("alert", "of", adp_model_obs(b.model, end.alert)->from_server, FALSE);
    g_assert_true(end.closed != ADP_NONE && !end.by_server && !end.reset);
    bench_clear(&b);
}

static void test_attempt_silence(void)
{
    bench b;
    adp_flow flow;

    bench_init(&b);
    flow = tcp(b.client, 50001, b.server, 389, 1);
    (void)bench_add(&b, ob_tcp(b.arena, flow, ADP_TCP_SYN, FALSE));
    bench_wait(&b, S(15));
    check_int("15 s", "kind", adp_attempt_silence(b.model, adp_model_attempt(b.model, 0)).kind,
              ADP_SILENCE_TOO_SHORT);
    bench_wait(&b, S(7));
    check_int("22 s", "kind", adp_attempt_silence(b.model, adp_model_attempt(b.model, 0)).kind,
              ADP_SILENCE_UNANSWERED);
    (void)bench_add(&b, ob_icmp(b.arena, flow, 13));
    check_int("icmp", "kind", adp_attempt_silence(b.model, adp_model_attempt(b.model, 0)).kind,
              ADP_SILENCE_ICMP);
    bench_clear(&b);
}

/* A reset of the client whose number is `number`, with an acknowledgement or without one. */
static void reset_by_client(bench *b, adp_flow flow, guint32 number, gboolean bare)
{
    adp_obs obs = ob_tcp(b->arena, flow, ADP_TCP_RST, FALSE);
    adp_obs_tcp *tcp = adp_arena_new_array(b->arena, adp_obs_tcp, 1);

    *tcp = *obs.u.tcp;
    tcp->number = number;
    tcp->bare = bare;
    obs.u.tcp = tcp;
    (void)bench_add(b, obs);
}

/* Only a reset without ACK whose number is not the next one rejects what belongs to an older connection. */
static void test_older_connection(void)
{
    static const struct {
        guint32 number;
        gboolean bare;
        gboolean is_older;
    } rows[] = {{77000, TRUE, TRUE}, {1, TRUE, FALSE}, {0, TRUE, TRUE}, {77000, FALSE, FALSE}};
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        bench b;
        adp_flow flow;

        bench_init(&b);
        flow = tcp(b.client, 50001, b.server, 389, 1);
        (void)bench_add(&b, ob_tcp(b.arena, flow, ADP_TCP_SYN, FALSE));
        bench_wait(&b, S(1));
        reset_by_client(&b, flow, rows[i].number, rows[i].bare);
        check_int("reset", "older", adp_model_attempt(b.model, 0)->older, rows[i].is_older);
        bench_wait(&b, S(1));
        (void)bench_add(&b, ob_tcp(b.arena, flow, ADP_TCP_SYN, FALSE));
        check_int("SYN", "attempts", adp_model_attempt_count(b.model), rows[i].is_older ? 2 : 1);
        (void)bench_add(&b, ob_tcp(b.arena, flow, ADP_TCP_SYN_ACK, TRUE));
        reset_by_client(&b, flow, 77000, TRUE);
        check_int("stood", "older",
                  adp_model_attempt(b.model, adp_model_attempt_count(b.model) - 1)->older, FALSE);
        bench_clear(&b);
    }
}

/* A SYN with number 0; the server has acknowledged what comes before `taken`, 0: nothing is known. */
static void ask_for_connection(bench *b, adp_flow flow, guint32 taken)
{
    adp_obs obs = ob_tcp(b->arena, flow, ADP_TCP_SYN, FALSE);
    adp_obs_tcp *tcp = adp_arena_new_array(b->arena, adp_obs_tcp, 1);

    *tcp = *obs.u.tcp;
    tcp->met = taken != 0;
    tcp->taken = taken;
    obs.u.tcp = tcp;
    (void)bench_add(b, obs);
    bench_wait(b, S(3));
}

/* What a server acknowledged when the SYN comes again: nothing, the SYN itself, or an older connection's bytes. */
static void test_older_acknowledged(void)
{
    static const struct {
        guint32 taken;
        guint attempts;
    } rows[] = {{0, 1}, {1, 1}, {90001, 3}};
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        bench b;
        adp_flow flow;
        guint last;

        bench_init(&b);
        flow = tcp(b.client, 50001, b.server, 389, 1);
        ask_for_connection(&b, flow, 0);
        ask_for_connection(&b, flow, rows[i].taken);
        ask_for_connection(&b, flow, rows[i].taken);
        check_int("SYNs", "attempts", adp_model_attempt_count(b.model), rows[i].attempts);
        last = rows[i].attempts - 1;
        check_int("last", "older", adp_model_attempt(b.model, last)->older, FALSE);
        check_int("last", "after", adp_model_attempt(b.model, last)->after_older, last != 0);
        /* From another port, or much later, it is another try. */
        ask_for_connection(&b, tcp(b.client, 50002, b.server, 389, 2), 0);
        check_int("port", "after", adp_model_attempt(b.model, last + 1)->after_older, FALSE);
        bench_wait(&b, S(70));
        ask_for_connection(&b, tcp(b.client, 50001, b.server, 389, 3), 0);
        check_int("late", "after", adp_model_attempt(b.model, last + 2)->after_older, FALSE);
        bench_clear(&b);
    }
}

/* ---- tunnels and names ---- */

static void test_tunnels(void)
{
    bench b;
    adp_flow flow;
    const adp_tunnel *t;

    bench_init(&b);
    flow = tcp(b.client, 50001, b.server2, 8080, 1);
    (void)bench_add(&b, ob_http(b.arena, flow, "CONNECT", "https://autodiscover.contoso.test",
                                ADP_AUTH_NONE, 0));
    (void)bench_add(&b, ob_http_reply(b.arena, flow, 403, NULL, NULL, FALSE));
    check_int("tunnels", "count", adp_model_tunnel_count(b.model), 1);
    t = adp_model_tunnel(b.model, 0);
    check_int("tunnel", "status", adp_tunnel_status(b.model, t), 403);
    check_str("tunnel", "host", adp_tunnel_host(b.model, t), "autodiscover.contoso.test");
    bench_clear(&b);
}

static adp_obs netbios(bench *b, const char *name, guint8 suffix, gboolean reply)
{
    adp_obs_netbios *content = adp_arena_new_array(b->arena, adp_obs_netbios, 1);
    adp_obs obs = {.type = ADP_OBS_NETBIOS,
                   .flow = udp(b->client, 137, b->server, 137),
                   .from_server = reply,
                   .hash = (guint64)suffix * 2 + (guint64)reply};

    content->name = name;
    content->suffix = suffix;
    obs.u.netbios = content;
    return obs;
}

static void test_names(void)
{
    bench b;
    guint32 obs;

    bench_init(&b);
    check_int("first", "kept", bench_add(&b, netbios(&b, "CONTOSO", 0x1c, FALSE)), 0);
    check_int("again", "kept", bench_add(&b, netbios(&b, "contoso", 0x1b, FALSE)), ADP_NONE);
    (void)bench_add(&b, netbios(&b, "CONTOSO", 0x1c, TRUE));
    check_int("domain", "asked", adp_model_netbios_domain(b.model, b.client, "Contoso"), 0);
    check_int("domain", "answer", adp_model_netbios_answer(b.model, "CONTOSO"), 1);
    /* An alias within its domain is kept, whoever asks for it. */
    (void)bench_add(&b, ob_address(b.arena, udp(b.client, 50053, b.server, 53), 9, ADP_DNS_A,
                                   "proxy.contoso.test", 0, "px-lb.contoso.test", b.server2));
    check_str("alias", "of", adp_model_alias(b.model, "PROXY.contoso.test", &obs),
              "px-lb.contoso.test");
    check_int("alias", "observation", obs, 2);
    (void)bench_add(&b, ob_address(b.arena, udp(b.client, 50053, b.server, 53), 10, ADP_DNS_A,
                                   "www.contoso.test", 0, "x.cdn.example", b.server2));
    check_str("alias elsewhere", "of", adp_model_alias(b.model, "www.contoso.test", &obs), NULL);
    check_int("steps", "count", adp_model_step_count(b.model), 0);
    bench_clear(&b);
}

static adp_obs session(bench *b, guint32 server, guint32 stream, gboolean opened)
{
    adp_obs obs = {.type = ADP_OBS_NTLM,
                   .flow = tcp(b->client, (guint16)(50000 + stream), server, 445, stream),
                   .from_server = opened,
                   .hash = (guint64)stream * 2 + (guint64)opened + 77};

    return obs;
}

static void test_sessions(void)
{
    bench b;

    bench_init(&b);
    check_int("no proof", "kept", bench_add(&b, session(&b, b.server, 1, TRUE)), ADP_NONE);
    check_int("proof", "kept", bench_add(&b, session(&b, b.server, 1, FALSE)), 0);
    check_int("opened", "kept", bench_add(&b, session(&b, b.server, 1, TRUE)), 1);
    /* One session with a server is enough. */
    check_int("again", "kept", bench_add(&b, session(&b, b.server, 2, FALSE)), ADP_NONE);
    check_int("elsewhere", "kept", bench_add(&b, session(&b, b.server2, 3, FALSE)), 2);
    check_int("steps", "count", adp_model_step_count(b.model), 0);
    bench_clear(&b);
}

int main(int argc, char *argv[])
{
    test_init(&argc, &argv);
    g_test_add_func("/beside/ntlm", test_ntlm);
    g_test_add_func("/beside/sessions", test_sessions);
    g_test_add_func("/beside/principals", test_principals);
    g_test_add_func("/beside/operations", test_operations);
    g_test_add_func("/beside/refusals", test_refusals);
    g_test_add_func("/beside/asked", test_asked);
    g_test_add_func("/beside/asked-and-cut", test_asked_and_cut);
    g_test_add_func("/beside/starttls", test_starttls);
    g_test_add_func("/beside/tls-end", test_tls_end);
    g_test_add_func("/beside/attempt-silence", test_attempt_silence);
    g_test_add_func("/beside/older-connection", test_older_connection);
    g_test_add_func("/beside/older-acknowledged", test_older_acknowledged);
    g_test_add_func("/beside/tunnels", test_tunnels);
    g_test_add_func("/beside/names", test_names);
    return g_test_run();
}
