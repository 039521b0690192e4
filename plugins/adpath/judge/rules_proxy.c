/* rules_proxy.c
 * Findings about proxies between the client and the endpoints of autodiscover.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_proxy.h"

#include "facts/absence.h"
#include "join/identity.h"
#include "join/model.h"
#include "join/pair_http.h"
#include "join/tunnels.h"
#include "judge/endpoints.h"
#include "judge/finding.h"
#include "judge/ntlm_rounds.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "log/observation.h"
#include "wire/hash.h"

#include <string.h>

/** A candidate that the client asked a proxy for. */
typedef struct {
    const char *host;
    const adp_tunnel *last;  /* the last request with an answer, NULL */
    const adp_tunnel *asked; /* the last request */
    const adp_tunnel *bad;   /* the last that was refused, and not for want of credentials; NULL */
    GPtrArray *tunnels;      /* of const adp_tunnel * */
} wanted;

/** Candidates that one proxy refuses with one status: one cause. */
typedef struct {
    const adp_tunnel *last; /* of all of them */
    guint status;
    guint order;          /* of the endpoint that was tried last */
    guint count;          /* of requests */
    gboolean all;         /* one of the hosts was never reached; else: */
    const adp_step *good; /* TLS through a later tunnel to the same host; NULL */
    GPtrArray *hosts;     /* of const char * */
    GPtrArray *tunnels;
} refusal;

static void wanted_free(gpointer data)
{
    g_ptr_array_unref(((wanted *)data)->tunnels);
    g_free(data);
}

static void refusal_free(gpointer data)
{
    g_ptr_array_unref(((refusal *)data)->hosts);
    g_ptr_array_unref(((refusal *)data)->tunnels);
    g_free(data);
}

/* The path's requests to proxies, by the host that is wanted, in the order of their first. */
static GPtrArray *collect(const adp_web_path *w)
{
    const GArray *tunnels = adp_endpoints_tunnels(w->r->endpoints, w->index);
    GHashTable *index = g_hash_table_new(adp_str_hash, adp_str_equal);
    GPtrArray *list = g_ptr_array_new_with_free_func(wanted_free);
    guint i;

    for (i = 0; tunnels && i < tunnels->len; i++) {
        const adp_tunnel *tunnel =
            adp_model_tunnel(w->r->model, g_array_index(tunnels, guint32, i));
        const char *host = adp_tunnel_host(w->r->model, tunnel);
        wanted *item = host ? g_hash_table_lookup(index, host) : NULL;

        /* What is no candidate may be kept because it could have become one. */
        if (!host || !adp_web_order(w, host)) {
            continue;
        }
        if (!item) {
            item = g_new0(wanted, 1);
            item->host = host;
            item->tunnels = g_ptr_array_new();
            g_ptr_array_add(list, item);
            g_hash_table_insert(index, (gpointer)host, item);
        }
        g_ptr_array_add(item->tunnels, (gpointer)tunnel);
        item->asked = tunnel;
        item->last = tunnel->reply == ADP_NONE ? item->last : tunnel;
        if (adp_tunnel_is_refused(w->r->model, tunnel) &&
            adp_tunnel_status(w->r->model, tunnel) != 407) {
            item->bad = tunnel;
        }
    }
    g_hash_table_unref(index);
    return list;
}

/* Was that the end of it? A proxy that asks who the client is may yet get its answer. */
static gboolean is_final(const adp_web_path *w, const adp_tunnel *last)
{
    return last && adp_tunnel_is_refused(w->r->model, last) &&
           (adp_tunnel_status(w->r->model, last) != 407 ||
            adp_since(w->r->end, adp_model_obs(w->r->model, last->reply)->time) >= ADP_PATIENCE);
}

/* Is there TLS on the connection of the request? Then it was answered, whatever the capture holds of that. */
static gboolean has_tls(const adp_web_path *w, const adp_tunnel *tunnel)
{
    guint i;

    for (i = 0; i < w->path->steps.count; i++) {
        const adp_step *step = adp_web_step(w, i);

        if (step->kind == ADP_STEP_TLS && step->flow.transport == ADP_TCP &&
            step->flow.stream == tunnel->flow.stream) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Once may have been withdrawn: who ends the connection to a proxy is not seen. */
#define IGNORED_TIMES 2

/* Was no request for the host answered, although the client asked again, and the capture goes on and hears it? */
static gboolean is_ignored(const adp_web_path *w, const wanted *item)
{
    const adp_model *model = w->r->model;
    const adp_tunnel *asked = item->asked;

    return !item->last && item->tunnels->len >= IGNORED_TIMES &&
           !adp_model_misses_server(model, asked->flow.server) &&
           adp_model_was_heard(model, asked->flow.client) && !has_tls(w, asked) &&
           adp_since(w->r->end, adp_model_obs(model, asked->request)->time) >= ADP_PATIENCE;
}

/* The first handshake through a tunnel with the host, after that answer, that was completed; NULL: none was. */
static const adp_step *through_later(const adp_web_path *w, const wanted *item)
{
    guint i;

    for (i = 0; item->bad && i < w->path->steps.count; i++) {
        const adp_step *step = adp_web_step(w, i);

        if (step->kind == ADP_STEP_TLS && step->own->in_tunnel && step->first > item->bad->reply &&
            adp_rules_outcome(w->r, step) == ADP_OK &&
            adp_same_text(adp_web_tls_host(w->r, step), item->host)) {
            return step;
        }
    }
    return NULL;
}

/* `index`: "server|port|status" -> refusal of `list`. */
static refusal *refusal_of(const adp_web_path *w, GPtrArray *list, GHashTable *index,
                           const adp_tunnel *last)
{
    guint status = adp_tunnel_status(w->r->model, last);
    char *key = g_strdup_printf("%u|%u|%u", last->flow.server, last->flow.server_port, status);
    refusal *item = g_hash_table_lookup(index, key);

    if (item) {
        g_free(key);
        return item;
    }
    item = g_new0(refusal, 1);
    item->status = status;
    item->last = last;
    item->hosts = g_ptr_array_new();
    item->tunnels = g_ptr_array_new();
    g_ptr_array_add(list, item);
    g_hash_table_insert(index, key, item);
    return item;
}

static GPtrArray *group(const adp_web_path *w, const GPtrArray *asked)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(refusal_free);
    GHashTable *index = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    guint i;
    guint t;

    for (i = 0; i < asked->len; i++) {
        const wanted *item = g_ptr_array_index(asked, i);
        gboolean ignored = is_ignored(w, item);
        gboolean final = ignored || is_final(w, item->last);
        const adp_step *good = final ? NULL : through_later(w, item);
        const adp_tunnel *last = ignored ? item->asked : final ? item->last : item->bad;
        refusal *into;

        if (!final && !good) {
            continue;
        }
        into = refusal_of(w, list, index, last);
        into->last = last->request > into->last->request ? last : into->last;
        into->good = good;
        into->all = into->all || final;
        into->order = MAX(into->order, adp_web_order(w, item->host));
        g_ptr_array_add(into->hosts, (gpointer)item->host);
        for (t = 0; t < item->tunnels->len; t++) {
            const adp_tunnel *tunnel = g_ptr_array_index(item->tunnels, t);

            if (final || adp_tunnel_is_refused(w->r->model, tunnel)) {
                g_ptr_array_add(into->tunnels, (gpointer)tunnel);
            }
        }
    }
    g_hash_table_unref(index);
    return list;
}

#define HOSTS_SHOWN 3

/* "a, b, c and 2 more"; free with g_free(). */
static char *some_hosts(const refusal *item)
{
    GString *out = g_string_new(NULL);
    guint i;

    for (i = 0; i < item->hosts->len && i < HOSTS_SHOWN; i++) {
        g_string_append_printf(out, "%s%s", i ? ", " : "",
                               (const char *)g_ptr_array_index(item->hosts, i));
    }
    if (item->hosts->len > HOSTS_SHOWN) {
        g_string_append_printf(out, " and %u more", item->hosts->len - HOSTS_SHOWN);
    }
    return g_string_free(out, FALSE);
}

static const char *meaning(guint status, const adp_obs_http *request)
{
    if (!status) {
        return "The proxy takes the connection, and does not say what becomes of the request.";
    }
    if (status == 403) {
        return "The proxy knows the host and forbids it. Clients usually reach internal servers "
               "without the proxy.";
    }
    if (status != 407) {
        return "The proxy tried and could not reach the host, or fails itself. A proxy for the "
               "Internet does not know internal names.";
    }
    if (adp_http_has_credentials(request)) {
        return "A first 407 belongs to every authentication; here the proxy did not accept what "
               "the "
               "client sent, either.";
    }
    return request->auth == ADP_AUTH_NTLM
               ? "The client began NTLM, and the proxy did not go into it."
               : "The proxy asks who the client is, and the client sent nothing that would say it.";
}

static void sign_credentials(const adp_web_path *w, adp_finding *f, const refusal *item)
{
    guint i;

    for (i = 0; i < item->tunnels->len; i++) {
        const adp_tunnel *tunnel = g_ptr_array_index(item->tunnels, i);

        adp_web_sign_auth(f, adp_model_obs(w->r->model, tunnel->request)->u.http->auth,
                          tunnel->request);
    }
}

/* All proofs of NTLM came on other connections than their challenges. */
static void sign_proof(const adp_web_path *w, adp_finding *f, const refusal *item)
{
    adp_ntlm_rounds rounds;
    guint32 proof;
    guint i;

    adp_ntlm_rounds_begin(&rounds);
    for (i = 0; i < item->tunnels->len; i++) {
        const adp_tunnel *tunnel = g_ptr_array_index(item->tunnels, i);
        const adp_obs *reply =
            tunnel->reply == ADP_NONE ? NULL : adp_model_obs(w->r->model, tunnel->reply);

        adp_ntlm_rounds_note(&rounds, adp_model_obs(w->r->model, tunnel->request)->u.http,
                             reply ? reply->u.http : NULL, tunnel->flow.stream, tunnel->request);
    }
    proof = adp_ntlm_rounds_end(&rounds);
    if (proof != ADP_NONE) {
        adp_rules_sign(f, ADP_SIGN_PROOF_ELSEWHERE, proof);
    }
}

/* 407 without a word on how to log on: RFC 9110 15.5.8 has the proxy say so. Once may be a connection's end. */
static void sign_offer(const adp_web_path *w, adp_finding *f, const refusal *item)
{
    guint i;

    for (i = 0; i < item->tunnels->len; i++) {
        const adp_tunnel *tunnel = g_ptr_array_index(item->tunnels, i);
        const adp_obs_http *reply =
            tunnel->reply == ADP_NONE ? NULL : adp_model_obs(w->r->model, tunnel->reply)->u.http;

        if (!reply || reply->damaged || (reply->auths & ~(1U << ADP_AUTH_NONE))) {
            return;
        }
    }
    if (item->status == 407 && item->tunnels->len > 1) {
        adp_rules_sign(f, ADP_SIGN_NO_OFFER, item->last->reply);
    }
}

static void say(adp_finding *f, const refusal *item, const char *place, const char *proxy,
                const char *hosts)
{
    const char *requests = item->tunnels->len == 1 ? "request" : "requests";

    if (item->status) {
        adp_rules_summary(f, "The proxy %s does not let the client through to %s (HTTP status %u)",
                          place, hosts, item->status);
        adp_rules_observed(
            f,
            "The client asked the proxy %s on port %u for a connection to %s: %u %s, "
            "the last answered with %u",
            proxy, item->last->flow.server_port, hosts, item->tunnels->len, requests, item->status);
        return;
    }
    adp_rules_summary(f, "The proxy %s does not answer the request for a connection to %s", place,
                      hosts);
    adp_rules_observed(f,
                       "The client asked the proxy %s on port %u for a connection to %s: %u %s "
                       "without an answer",
                       proxy, item->last->flow.server_port, hosts, item->tunnels->len, requests);
}

static void report(const adp_web_path *w, const refusal *item)
{
    char *place = adp_web_place(adp_rules_address(w->r, item->last->flow.server),
                                item->last->flow.server_port);
    char *proxy = adp_rules_named(w->r, item->last->flow.server);
    char *hosts = some_hosts(item);
    char *subject = g_strdup_printf("%s|%u", place, item->status);
    char *key = g_strdup_printf("proxy-refused/%u", item->status);
    const char *host = g_ptr_array_index(item->hosts, item->hosts->len - 1);
    adp_finding *f = adp_rules_find(w->r, ADP_FINDING_PROXY_REFUSED, w->index, subject);
    guint i;

    for (i = 0; i < item->tunnels->len; i++) {
        const adp_tunnel *tunnel = g_ptr_array_index(item->tunnels, i);

        adp_rules_cite(f, tunnel->request);
        if (tunnel->reply != ADP_NONE) {
            adp_rules_cite(f, tunnel->reply);
        }
    }
    say(f, item, place, proxy, hosts);
    adp_rules_inferred(
        f, "%s To the client the candidate is not there; it goes on to the next one.",
        meaning(item->status, adp_model_obs(w->r->model, item->last->request)->u.http));
    adp_rules_advise(w->r, f, key, "host", host, "proxy", place, NULL);
    adp_web_sign_host(w, f, host);
    sign_credentials(w, f, item);
    sign_proof(w, f, item);
    sign_offer(w, f, item);
    adp_web_weigh(w, f, item->order);
    if (!item->all && !f->recovered_by) {
        adp_rules_recovered(w->r, f, item->good);
    }
    g_free(key);
    g_free(subject);
    g_free(hosts);
    g_free(proxy);
    g_free(place);
}

void adp_rules_proxy(const adp_web_path *w)
{
    GPtrArray *asked = collect(w);
    GPtrArray *refusals = group(w, asked);
    guint i;

    for (i = 0; i < refusals->len; i++) {
        report(w, g_ptr_array_index(refusals, i));
    }
    g_ptr_array_unref(refusals);
    g_ptr_array_unref(asked);
}

/* ---- requests in clear, of which a proxy wants to know whose they are ---- */

void adp_rules_proxy_plain(const adp_web_path *w, const char *host, const GPtrArray *steps)
{
    const adp_step *last = g_ptr_array_index(steps, steps->len - 1);
    char *place = adp_web_place(adp_rules_address(w->r, last->flow.server), last->flow.server_port);
    char *subject = g_strdup_printf("%s|%s", place, host);
    adp_finding *f = adp_rules_find(w->r, ADP_FINDING_PROXY_REFUSED, w->index, subject);
    const adp_obs_http *request = adp_web_request(w->r, last);
    gboolean offers = FALSE;
    adp_ntlm_rounds rounds;
    guint32 proof;
    guint i;

    adp_ntlm_rounds_begin(&rounds);
    for (i = 0; i < steps->len; i++) {
        const adp_step *step = g_ptr_array_index(steps, i);
        const adp_obs_http *reply = adp_web_reply(w->r, step);

        adp_rules_cite_step(w->r, f, step);
        offers = offers || reply->damaged || (reply->auths & ~(1U << ADP_AUTH_NONE));
        adp_ntlm_rounds_note(&rounds, adp_web_request(w->r, step), reply, step->flow.stream,
                             step->first);
        if (adp_web_request(w->r, step)) {
            adp_web_sign_auth(f, adp_web_request(w->r, step)->auth, step->first);
        }
    }
    proof = adp_ntlm_rounds_end(&rounds);
    adp_rules_summary(f, "The proxy %s does not let the client through to %s (HTTP status 407)",
                      place, host);
    adp_rules_observed(f, "The client asked the proxy %s for %s: %u %s answered with 407", place,
                       request && request->url ? request->url : host, steps->len,
                       steps->len == 1 ? "request" : "requests");
    adp_rules_inferred(f,
                       "%s To the client the candidate is not there; it goes on to the next one.",
                       request ? meaning(407, request) : "");
    adp_rules_advise(w->r, f, "proxy-refused/407", "host", host, "proxy", place, NULL);
    adp_web_sign_host(w, f, host);
    if (proof != ADP_NONE) {
        adp_rules_sign(f, ADP_SIGN_PROOF_ELSEWHERE, proof);
    }
    if (!offers && steps->len > 1) {
        adp_rules_sign(f, ADP_SIGN_NO_OFFER, last->reply);
    }
    adp_web_weigh(w, f, adp_web_order(w, host));
    g_free(subject);
    g_free(place);
}
