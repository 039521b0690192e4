/* rules_ports.c
 * Findings about ports of LDAP that are taken for one another: in clear, and in TLS.
 *
 * A server of LDAP over TLS waits for a hello, and one of LDAP for a message. What comes otherwise is damaged
 * to either, and most end the connection without a word: the ports, and the first bytes, tell what is wrong.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_ports.h"

#include "facts/absence.h"
#include "facts/handshake.h"
#include "join/attempts.h"
#include "join/hosts.h"
#include "join/identity.h"
#include "join/ldap_ops.h"
#include "join/path.h"
#include "join/stream.h"
#include "judge/connections.h"
#include "judge/finding.h"
#include "judge/report.h"
#include "judge/signs.h"
#include "judge/silence.h"
#include "judge/topics.h"
#include "judge/web.h"
#include "wire/ports.h"
#include "wire/text.h"

/* ---- LDAP in clear ---- */

/* Of a server and its port: "address|port"; free with g_free(). */
static char *place_of(const adp_rules *r, const adp_flow *flow)
{
    return g_strdup_printf("%s|%u", adp_rules_address(r, flow->server), flow->server_port);
}

static gboolean stands_in_clear(const adp_obs *obs)
{
    return obs->flow.transport == ADP_TCP && adp_port_is_ldaps(obs->flow.server_port) &&
           obs->protection == ADP_PROTECTION_NONE;
}

static gboolean is_ldap(adp_step_kind kind)
{
    return kind == ADP_STEP_BIND || kind == ADP_STEP_ROOTDSE || kind == ADP_STEP_SCP ||
           kind == ADP_STEP_PING;
}

void adp_rules_learn_ports(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        /* A device takes TLS off, and hands on what it carried to the port of the same number. */
        if (is_ldap(step->kind) && step->reply != ADP_NONE &&
            stands_in_clear(adp_model_obs(r->model, step->reply))) {
            char *place = place_of(r, &step->flow);

            adp_rules_add_fact(r, ADP_FACT_CLEAR_AT_TLS, place);
            g_free(place);
        }
    }
}

gboolean adp_rules_is_clear_at_tls(const adp_rules *r, const adp_obs *asked)
{
    char *place;
    gboolean answered;

    if (!stands_in_clear(asked)) {
        return FALSE;
    }
    place = place_of(r, &asked->flow);
    answered = adp_rules_is_fact(r, ADP_FACT_CLEAR_AT_TLS, place);
    g_free(place);
    return !answered;
}

/* "place" has brackets around an address of IPv6, as URLs have. */
static void advise(const adp_rules *r, adp_finding *f, const char *key, const adp_flow *flow,
                   guint16 other)
{
    const char *host = adp_rules_host(r, flow->server);
    char *port = g_strdup_printf("%u", flow->server_port);
    char *right = g_strdup_printf("%u", other);
    char *place = adp_web_place(host, flow->server_port);
    char *there = adp_web_place(host, other);

    adp_rules_advise(r, f, key, "host", host, "port", port, "place", place, "other", right, "there",
                     there, NULL);
    if (g_hostname_is_ip_address(host)) {
        adp_rules_sign(f, ADP_SIGN_IS_ADDRESS, ADP_NONE);
    }
    g_free(there);
    g_free(place);
    g_free(right);
    g_free(port);
}

/* The client gets along with the server after all: in TLS, or at another port. */
static void remedy(const adp_rules *r, adp_finding *f, adp_client client, const adp_flow *flow,
                   const char *host)
{
    char number[ADP_NUMBER_TEXT];

    adp_rules_remedy(f, client, ADP_TOPIC_TLS, host);
    adp_rules_remedy(f, client, ADP_TOPIC_TLS, adp_rules_host(r, flow->server));
    adp_rules_remedy(f, client, ADP_TOPIC_LDAP_SERVER, adp_number_text(flow->server, number));
}

static adp_finding *clear_finding(adp_rules *r, guint32 path, const adp_flow *flow)
{
    char *subject = g_strdup_printf("%u|%u", flow->server, flow->server_port);
    adp_finding *f = adp_rules_find(r, ADP_FINDING_LDAP_UNANSWERED, path, subject);

    g_free(subject);
    return f;
}

/* A locator record names this port for the server: programs do as it says. */
static void sign_record(const adp_rules *r, adp_finding *f, guint32 asked)
{
    const adp_flow *flow = &adp_model_obs(r->model, asked)->flow;
    guint32 i;
    guint n;

    if (adp_finding_has_sign(f, ADP_SIGN_RECORD_HAS_PORT)) {
        return;
    }
    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs *reply = step->kind == ADP_STEP_SRV && step->client.address == flow->client
                                   ? adp_rules_reply(r, step)
                                   : NULL;

        for (n = 0; reply && n < reply->u.dns->said->records.count; n++) {
            const adp_srv_record *record = &reply->u.dns->said->records.items[n];

            if (record->port == flow->server_port && record->target &&
                adp_model_host_has_address(r->model, record->target, flow->server)) {
                adp_rules_sign(f, ADP_SIGN_RECORD_HAS_PORT, step->reply);
                return;
            }
        }
    }
}

/* `what` was asked, observation `asked`; `end`: how that ended, in words. */
static void say_clear(adp_rules *r, adp_finding *f, guint32 asked, const char *what,
                      const char *end)
{
    const adp_flow *flow = &adp_model_obs(r->model, asked)->flow;
    guint16 other = adp_port_without_tls(flow->server_port);
    char *server = adp_rules_named(r, flow->server);

    adp_rules_summary(f, "LDAP in clear at port %u of %s, which expects TLS", flow->server_port,
                      server);
    adp_rules_observed(f, "A %s was sent to port %u of %s without TLS%s", what, flow->server_port,
                       server, end);
    adp_rules_inferred(
        f,
        "Port %u is that of %s over TLS: the server waits for a hello of TLS there, "
        "and takes nothing else. A program that is to speak LDAP in clear, or to ask for "
        "StartTLS, belongs to port %u.",
        flow->server_port, adp_port_is_gc(flow->server_port) ? "the global catalog" : "LDAP",
        other);
    adp_rules_sign(f, ADP_SIGN_CLEAR_AT_TLS, asked);
    sign_record(r, f, asked);
    advise(r, f, "ldap-unanswered/clear", flow, other);
    g_free(server);
}

static void sign_alert(const adp_rules *r, adp_finding *f, const adp_silence *silence)
{
    adp_rules_cite(f, silence->part);
    adp_rules_cite(f, silence->evidence);
    if (adp_silence_is_alert(r->model, silence) && !adp_finding_has_sign(f, ADP_SIGN_TLS_ALERT)) {
        adp_rules_sign(f, ADP_SIGN_TLS_ALERT, silence->part);
    }
}

static void clear_step(adp_rules *r, const adp_step *step)
{
    adp_silence silence = adp_silence_proof(r->model, step);
    adp_finding *f = clear_finding(r, step->path, &step->flow);

    adp_rules_cite_step(r, f, step);
    sign_alert(r, f, &silence);
    if (!f->summary) {
        char *end = adp_rules_silence_words(r, step);

        say_clear(r, f, step->request, step->kind == ADP_STEP_BIND ? "bind" : "search", end);
        g_free(end);
        remedy(r, f, step->client, &step->flow, adp_rules_host(r, step->flow.server));
    }
}

static void clear_steps(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (is_ldap(step->kind) && step->request != ADP_NONE &&
            adp_rules_outcome(r, step) == ADP_UNANSWERED &&
            adp_rules_is_clear_at_tls(r, adp_model_obs(r->model, step->request))) {
            clear_step(r, step);
        }
    }
}

static void clear_operations(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_model_asked_count(r->model); i++) {
        guint32 asked = adp_model_asked(r->model, i);
        const adp_obs *obs = adp_model_obs(r->model, asked);
        guint32 path = adp_path_around(r->model, &obs->flow, asked);
        adp_silence silence;
        adp_finding *f;

        if (path == ADP_NONE || !adp_model_is_asked_in_vain(r->model, asked) ||
            !adp_rules_is_clear_at_tls(r, obs)) {
            continue;
        }
        silence = adp_asked_silence(r->model, asked);
        if (silence.kind != ADP_SILENCE_CLOSED && silence.kind != ADP_SILENCE_UNANSWERED) {
            continue;
        }
        f = clear_finding(r, path, &obs->flow);
        adp_rules_cite(f, asked);
        sign_alert(r, f, &silence);
        if (!f->summary) {
            char *end = adp_rules_asked_words(r, asked, &silence);

            say_clear(r, f, asked, adp_ldap_op_name(obs->u.operation->op), end);
            g_free(end);
            remedy(r, f, adp_client_at(obs->flow.client), &obs->flow,
                   adp_rules_host(r, obs->flow.server));
        }
    }
}

/* StartTLS that stays without an answer, where the connection ended. */
static void clear_starttls(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_model_operation_count(r->model); i++) {
        const adp_ldap_operation *operation = adp_model_operation(r->model, i);
        guint32 number = adp_model_find_attempt(r->model, &operation->flow);
        const adp_attempt *attempt =
            number == ADP_NONE ? NULL : adp_model_attempt(r->model, number);
        guint32 path;
        adp_finding *f;

        if (operation->op != ADP_LDAP_OP_STARTTLS || operation->request == ADP_NONE ||
            operation->reply != ADP_NONE || !attempt || !attempt->closed ||
            !adp_rules_is_clear_at_tls(r, adp_model_obs(r->model, operation->request))) {
            continue;
        }
        path = adp_model_operation_path(r->model, operation);
        if (path == ADP_NONE || !adp_model_was_heard(r->model, operation->flow.client)) {
            continue;
        }
        f = clear_finding(r, path, &operation->flow);
        adp_rules_cite(f, operation->request);
        adp_rules_cite(f, attempt->last);
        if (!f->summary) {
            say_clear(r, f, operation->request, "request for StartTLS",
                      attempt->server_closed ? "; the server ended the connection"
                                             : ", without any reply");
            remedy(r, f, adp_client_at(operation->flow.client), &operation->flow,
                   adp_rules_host(r, operation->flow.server));
        }
        if (!adp_finding_has_sign(f, ADP_SIGN_STARTTLS_AT_TLS)) {
            adp_rules_sign(f, ADP_SIGN_STARTTLS_AT_TLS, operation->request);
        }
    }
}

/* ---- TLS ---- */

gboolean adp_rules_is_tls_at_clear(const adp_rules *r, const adp_step *step)
{
    const adp_obs_tls *hello = step->kind == ADP_STEP_TLS
                                   ? adp_tls_find(r->model, step, step->last, ADP_TLS_CLIENT_HELLO)
                                   : NULL;

    return hello && hello->unasked;
}

static char *end_words(const adp_rules *r, const adp_step *step)
{
    const adp_stream *stream = adp_model_stream(r->model, &step->flow);
    adp_tls_end end = adp_tls_end_of(r->model, step);
    GString *out = g_string_new(NULL);

    if (end.closed == ADP_NONE || !end.by_server) {
        g_string_append(out, ", without any reply of TLS");
        return g_string_free(out, FALSE);
    }
    g_string_append_printf(out, "; the server %s the connection instead of answering",
                           end.reset ? "reset" : "closed");
    if (stream && stream->notice < end.closed) {
        const adp_silence silence = {
            .kind = ADP_SILENCE_CLOSED, .evidence = end.closed, .part = ADP_NONE};

        adp_silence_quote(r->model, &silence, out);
    }
    return g_string_free(out, FALSE);
}

static void tls_step(adp_rules *r, const adp_step *step)
{
    const adp_stream *stream = adp_model_stream(r->model, &step->flow);
    adp_tls_end end = adp_tls_end_of(r->model, step);
    const char *host = adp_web_tls_host(r, step);
    guint16 port = step->flow.server_port;
    guint16 other = adp_port_with_tls(port);
    char *subject = g_strdup_printf("%s|%u", host, port);
    adp_finding *f = adp_rules_find(r, ADP_FINDING_TLS_FAILED, step->path, subject);

    g_free(subject);
    adp_rules_cite_step(r, f, step);
    adp_rules_cite(f, end.closed);
    if (stream && stream->notice != ADP_NONE) {
        adp_rules_cite(f, stream->notice);
    }
    if (!f->summary) {
        char *words = end_words(r, step);

        adp_rules_summary(f, "TLS was begun at port %u of %s, where it needs StartTLS first", port,
                          host);
        adp_rules_observed(f, "The connection to port %u began with a hello of TLS%s", port, words);
        adp_rules_inferred(
            f,
            "Port %u takes LDAP in clear, and TLS only when the client has asked for "
            "it there by StartTLS (an extended request). LDAP that is in TLS from "
            "the first byte is at port %u.",
            port, other);
        adp_rules_sign(f, ADP_SIGN_TLS_AT_CLEAR, step->first);
        advise(r, f, "tls-failed/unasked", &step->flow, other);
        remedy(r, f, step->client, &step->flow, host);
        f->severity = ADP_SEVERITY_ERROR;
        g_free(words);
    }
}

static void tls_steps(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        adp_outcome outcome = adp_rules_outcome(r, step);

        if ((outcome == ADP_FAILED || outcome == ADP_UNANSWERED) &&
            adp_rules_is_tls_at_clear(r, step)) {
            tls_step(r, step);
        }
    }
}

void adp_rules_ports(adp_rules *r)
{
    clear_steps(r);
    clear_operations(r);
    clear_starttls(r);
    tls_steps(r);
}
