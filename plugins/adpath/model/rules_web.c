/* rules_web.c
 * Findings about the endpoints of autodiscover: names, connections, TLS, HTTP.
 *
 * Rules of the client: EWS Managed API (AutodiscoverService, AutodiscoverRequest).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules.h"

#include "endpoint.h"
#include "text.h"

#include <string.h>

/* ---- the endpoints of one path ---- */

typedef struct {
    adp_rules *r;
    guint32 index; /* of the path */
    const adp_path *path;
    GPtrArray *endpoints;
    GHashTable *orders;   /* host -> order of its endpoint that was tried last */
    GHashTable *turns;    /* host -> place + 1 of the last step that turns to it */
    guint last_http;      /* place + 1 of the last autodiscover step */
    guint last_order;     /* of the endpoint that was tried last */
    const adp_step *good; /* the step that answered, NULL: none did */
    guint good_order;     /* order of its endpoint */
} web_path;

static const adp_obs_http *request_of(const adp_rules *r, const adp_step *step)
{
    const adp_obs *request = adp_rules_request(r, step);

    return request ? request->u.http : NULL;
}

static const adp_obs_http *reply_of(const adp_rules *r, const adp_step *step)
{
    const adp_obs *reply = adp_rules_reply(r, step);

    return reply ? reply->u.http : NULL;
}

static const adp_step *step_at(const web_path *w, guint i)
{
    return adp_rules_step(w->r, g_array_index(w->path->steps, guint32, i));
}

static const char *method_of(const adp_obs_http *http)
{
    return http && http->method ? http->method : "";
}

/* An answer with settings, or one that a client takes for success. */
static gboolean is_answer(const adp_rules *r, const adp_step *step)
{
    const adp_obs_http *reply = reply_of(r, step);

    return step->kind == ADP_STEP_AUTODISCOVER && adp_rules_outcome(r, step) == ADP_OK && reply &&
           !reply->redirect && !reply->error;
}

/* Host that the handshake is with: the name the client sent, else what the address is known as. */
static const char *tls_host(const adp_rules *r, const adp_step *step)
{
    const adp_obs *first = adp_model_obs(r->model, step->first);

    return first->u.tls->sni ? first->u.tls->sni : adp_rules_host(r, step->flow.server);
}

static const char *http_host_name(const adp_rules *r, const adp_step *step)
{
    const adp_obs_http *request = request_of(r, step);

    return request && request->host ? request->host : adp_rules_host(r, step->flow.server);
}

/* Which host a step turns to, NULL when it does not. */
static const char *host_turned_to(const adp_rules *r, const adp_step *step)
{
    switch (step->kind) {
    case ADP_STEP_ADDRESS:
        return adp_model_obs(r->model, step->first)->u.dns->name;
    case ADP_STEP_TLS:
        return tls_host(r, step);
    case ADP_STEP_AUTODISCOVER:
        return http_host_name(r, step);
    default:
        return NULL;
    }
}

static void index_path(web_path *w)
{
    guint i;

    w->orders = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    w->turns = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (i = 0; i < w->endpoints->len; i++) {
        const adp_endpoint *endpoint = g_ptr_array_index(w->endpoints, i);
        guint before = GPOINTER_TO_UINT(g_hash_table_lookup(w->orders, endpoint->host));

        g_hash_table_replace(w->orders, g_strdup(endpoint->host),
                             GUINT_TO_POINTER(MAX(before, endpoint->order)));
    }
    for (i = 0; i < w->path->steps->len; i++) {
        const adp_step *step = step_at(w, i);
        const char *host = host_turned_to(w->r, step);

        if (host) {
            g_hash_table_replace(w->turns, g_ascii_strdown(host, -1), GUINT_TO_POINTER(i + 1));
        }
        if (step->kind == ADP_STEP_AUTODISCOVER) {
            w->last_http = i + 1;
        }
    }
}

static void close_path(web_path *w)
{
    g_hash_table_unref(w->orders);
    g_hash_table_unref(w->turns);
    g_ptr_array_unref(w->endpoints);
}

static void open_path(web_path *w, adp_rules *r, guint32 index)
{
    guint i;

    memset(w, 0, sizeof(*w));
    w->r = r;
    w->index = index;
    w->path = adp_model_path(r->model, index);
    w->endpoints = adp_endpoints_of(r->model, index);
    index_path(w);
    for (i = 0; i < w->endpoints->len; i++) {
        const adp_endpoint *endpoint = g_ptr_array_index(w->endpoints, i);

        w->last_order = MAX(w->last_order, endpoint->order);
        if (endpoint->outcome == ADP_ENDPOINT_OK) {
            w->good_order = MAX(w->good_order, endpoint->order);
        }
    }
    for (i = w->path->steps->len; i && !w->good; i--) {
        if (is_answer(r, step_at(w, i - 1))) {
            w->good = step_at(w, i - 1);
        }
    }
}

/*
 * A client goes on to the next candidate: what went wrong with one of them is a
 * warning, with the last an error, and a note when another one answered.
 */
static void weigh(const web_path *w, adp_finding *f, guint order)
{
    guint32 last = g_array_index(f->evidence, guint32, f->evidence->len - 1);

    if (w->good && w->good->last > last) {
        adp_rules_recovered(w->r, f, w->good);
    } else if (order && order == w->last_order && !w->good) {
        f->severity = ADP_SEVERITY_ERROR;
    }
}

static void cite_endpoint(adp_finding *f, const adp_endpoint *endpoint)
{
    guint i;

    for (i = 0; i < endpoint->evidence->len; i++) {
        adp_rules_cite(f, g_array_index(endpoint->evidence, guint32, i));
    }
}

/* "the service connection point", ... */
static const char *source_words(adp_endpoint_source source)
{
    static const char *const words[] = {
        "a service connection point",
        "the mail domain itself",
        "the host autodiscover of the mail domain",
        "a redirect of http on the host autodiscover of the mail domain",
        "an SRV record of the mail domain",
        "a redirect, or something that the capture does not show",
    };

    return words[source];
}

/* ---- no address, no connection ---- */

static void unresolvable(const web_path *w, const adp_endpoint *endpoint)
{
    adp_finding *f =
        adp_rules_find(w->r, ADP_FINDING_ENDPOINT_UNRESOLVABLE, w->index, endpoint->host);

    cite_endpoint(f, endpoint);
    adp_rules_summary(f, "%s has no address", endpoint->host);
    adp_rules_observed(f, "The DNS server has no address for %s", endpoint->host);
    adp_rules_inferred(f, "The client was to try it because of %s.",
                       source_words(endpoint->source));
    adp_rules_advise(w->r, f, "endpoint-unresolvable", "host", endpoint->host, "url", endpoint->url,
                     NULL);
    weigh(w, f, endpoint->order);
}

/* Each SYN of the attempts, and what came back. */
static void cite_attempts(const web_path *w, adp_finding *f, const adp_endpoint *endpoint)
{
    guint i;

    for (i = 0; i < endpoint->evidence->len; i++) {
        gpointer found = g_hash_table_lookup(
            w->r->attempts, GUINT_TO_POINTER(g_array_index(endpoint->evidence, guint32, i) + 1));

        if (found) {
            adp_rules_cite_attempt(w->r, f,
                                   adp_model_attempt(w->r->model, GPOINTER_TO_UINT(found) - 1));
        }
    }
}

/* How the last attempt at the endpoint failed. */
static const char *how_unreachable(const web_path *w, const adp_endpoint *endpoint)
{
    guint i;

    for (i = endpoint->evidence->len; i; i--) {
        gpointer found = g_hash_table_lookup(
            w->r->attempts,
            GUINT_TO_POINTER(g_array_index(endpoint->evidence, guint32, i - 1) + 1));

        if (found) {
            return adp_rules_attempt_failed(
                w->r, adp_model_attempt(w->r->model, GPOINTER_TO_UINT(found) - 1));
        }
    }
    return NULL;
}

static void unreachable(const web_path *w, const adp_endpoint *endpoint)
{
    const char *how = how_unreachable(w, endpoint);
    adp_finding *f;
    char *key;

    if (!how) {
        return; /* too early to judge */
    }
    f = adp_rules_find(w->r, ADP_FINDING_ENDPOINT_UNREACHABLE, w->index, endpoint->url);
    cite_endpoint(f, endpoint);
    cite_attempts(w, f, endpoint);
    adp_rules_summary(f, "%s: %s", endpoint->url, adp_rules_attempt_words(how));
    adp_rules_observed(f, "The host %s %s", endpoint->host, adp_rules_attempt_words(how));
    adp_rules_inferred(f, "The client was to try it because of %s.",
                       source_words(endpoint->source));
    key = g_strdup_printf("endpoint-unreachable/%s", how);
    adp_rules_advise(w->r, f, key, "host", endpoint->host, "url", endpoint->url, NULL);
    g_free(key);
    weigh(w, f, endpoint->order);
}

/* ---- TLS ---- */

/* The first fatal alert of the step, NULL when there is none. */
static const adp_obs *fatal_alert(const adp_rules *r, const adp_step *step)
{
    guint32 i;

    for (i = step->first; i != ADP_NONE; i = adp_model_mark(r->model, i)->next) {
        const adp_obs *obs = adp_model_obs(r->model, i);

        if (obs->type == ADP_OBS_TLS && obs->u.tls->event == ADP_TLS_ALERT &&
            obs->u.tls->alert_level == 2) {
            return obs;
        }
    }
    return NULL;
}

static guint order_of_host(const web_path *w, const char *host)
{
    char *key = g_ascii_strdown(host, -1);
    guint order = GPOINTER_TO_UINT(g_hash_table_lookup(w->orders, key));

    g_free(key);
    return order;
}

static char *tls_topic(const char *host)
{
    return g_strdup_printf("tls|%s", host);
}

static void tls_failed(const web_path *w, const adp_step *step)
{
    const char *host = tls_host(w->r, step);
    const adp_obs *alert = fatal_alert(w->r, step);
    char *topic = tls_topic(host);
    gboolean completed = adp_rules_good(w->r, step->flow.client, topic, NULL) != NULL;
    adp_finding *f;
    char *key;

    g_free(topic);
    if (completed) {
        return;
    }
    f = adp_rules_find(w->r, ADP_FINDING_TLS_FAILED, w->index, host);
    adp_rules_cite_step(w->r, f, step);
    adp_rules_cite(f, step->last);
    if (alert) {
        const char *name = adp_tls_alert_name(alert->u.tls->alert);

        adp_rules_summary(f, "TLS with %s failed: %s", host, name ? name : "a fatal alert");
        adp_rules_observed(f, "The %s sent the fatal alert %u%s%s",
                           alert->from_server ? "server" : "client", alert->u.tls->alert,
                           name ? ", " : "", name ? name : "");
        key = g_strdup_printf("tls-failed/alert-%u", alert->u.tls->alert);
    } else {
        adp_rules_summary(f, "TLS with %s was never set up", host);
        adp_rules_observed(f, "The handshake with %s began, and ended without any data", host);
        key = g_strdup("tls-failed/closed");
    }
    adp_rules_inferred(f, "No handshake of this client with %s is completed in the capture.%s",
                       host,
                       alert ? ""
                             : " Some clients judge the certificate afterwards and just close "
                               "the connection: that there is no alert says nothing about it.");
    adp_rules_advise(w->r, f, key, "host", host, NULL);
    g_free(key);
    weigh(w, f, order_of_host(w, host));
}

/* "mail.contoso.com, www.contoso.com and 3 more"; free with g_free(). */
static char *names_in_certificate(const adp_rules *r, const adp_step *step)
{
    GString *out = g_string_new(NULL);
    guint32 i;
    guint n;

    for (i = step->first; i != ADP_NONE; i = adp_model_mark(r->model, i)->next) {
        const adp_obs *obs = adp_model_obs(r->model, i);

        if (obs->type != ADP_OBS_TLS || obs->u.tls->event != ADP_TLS_CERTIFICATE) {
            continue;
        }
        for (n = 0; n < obs->u.tls->names.count && n < 4; n++) {
            g_string_append_printf(out, "%s%s", n ? ", " : "", obs->u.tls->names.items[n]);
        }
        if (obs->u.tls->names.count > 4) {
            g_string_append_printf(out, " and %u more", obs->u.tls->names.count - 4);
        }
        break;
    }
    return g_string_free(out, FALSE);
}

static void name_mismatch(const web_path *w, const adp_step *step)
{
    const char *host = tls_host(w->r, step);
    gboolean matches = TRUE;
    adp_finding *f;
    char *names;

    if (!adp_tls_name_match(w->r->model, step, &matches) || matches) {
        return;
    }
    f = adp_rules_find(w->r, ADP_FINDING_TLS_NAME_MISMATCH, w->index, host);
    adp_rules_cite_step(w->r, f, step);
    names = names_in_certificate(w->r, step);
    adp_rules_summary(f, "The certificate of %s does not cover this name", host);
    adp_rules_observed(f, "The client asked for %s; the certificate is for %s", host,
                       *names ? names : "other names");
    adp_rules_inferred(f, "That the names differ is certain; whether the client minds, its next "
                          "packets tell: it goes on, or closes the connection without data.");
    adp_rules_advise(w->r, f, "tls-name-mismatch", "host", host, NULL);
    weigh(w, f, order_of_host(w, host));
    g_free(names);
}

static void tls(const web_path *w)
{
    guint i;

    for (i = 0; i < w->path->steps->len; i++) {
        const adp_step *step = step_at(w, i);

        if (step->kind == ADP_STEP_TLS) {
            if (adp_rules_outcome(w->r, step) == ADP_FAILED ||
                adp_rules_outcome(w->r, step) == ADP_UNANSWERED) {
                tls_failed(w, step);
            }
            name_mismatch(w, step);
        }
    }
}

/* ---- HTTP ---- */

/* All exchanges with one host. */
typedef struct {
    const adp_step *last; /* with a reply */
    gboolean credentials; /* were sent */
    gboolean answered;    /* with something else than an error */
    GPtrArray *refused;   /* steps with 401 */
} http_host;

static void http_host_free(gpointer data)
{
    http_host *h = data;

    g_ptr_array_unref(h->refused);
    g_free(h);
}

static gboolean sends_credentials(const adp_obs_http *request)
{
    return request && (request->auth == ADP_AUTH_KERBEROS || request->auth == ADP_AUTH_NTLM ||
                       request->auth == ADP_AUTH_BASIC || request->auth == ADP_AUTH_BEARER);
}

static void unauthorized(const web_path *w, const char *host, const http_host *h)
{
    adp_finding *f = adp_rules_find(w->r, ADP_FINDING_HTTP_UNAUTHORIZED, w->index, host);
    guint i;

    for (i = 0; i < h->refused->len; i++) {
        adp_rules_cite_step(w->r, f, g_ptr_array_index(h->refused, i));
    }
    adp_rules_summary(f, "%s refuses the client's credentials to the end", host);
    adp_rules_observed(f, "%u %s of %s with 401, also to requests with credentials",
                       h->refused->len, h->refused->len == 1 ? "answer" : "answers", host);
    adp_rules_inferred(f, "A first 401 belongs to every authentication; here none of the requests "
                          "that carried credentials was accepted. A service that cannot open a "
                          "Kerberos ticket often says no more than this.");
    adp_rules_advise(w->r, f, "http-unauthorized", "host", host, "spn", NULL, NULL);
    if (w->good && w->good->last > h->last->last) {
        adp_rules_recovered(w->r, f, w->good);
    }
}

static void http_error(const web_path *w, const char *host, const http_host *h)
{
    const adp_obs_http *reply = reply_of(w->r, h->last);
    const adp_obs_http *request = request_of(w->r, h->last);
    adp_finding *f = adp_rules_find(w->r, ADP_FINDING_HTTP_ERROR, w->index, host);
    char *key = g_strdup_printf("http-error/%u", reply->status);

    adp_rules_cite_step(w->r, f, h->last);
    adp_rules_summary(f, "%s answers autodiscover with HTTP status %u", host, reply->status);
    adp_rules_observed(f, "%s %s was answered with %u", method_of(request),
                       request && request->url ? request->url : host, reply->status);
    adp_rules_inferred(f, "A client takes any such status for \"not here\" and goes on to its next "
                          "candidate.");
    adp_rules_advise(w->r, f, key, "host", host, "url", request ? request->url : NULL, NULL);
    g_free(key);
    weigh(w, f, order_of_host(w, host));
}

static http_host *host_entry(GHashTable *hosts, const char *host)
{
    char *key = g_ascii_strdown(host, -1);
    http_host *h = g_hash_table_lookup(hosts, key);

    if (h) {
        g_free(key);
        return h;
    }
    h = g_new0(http_host, 1);
    h->refused = g_ptr_array_new();
    g_hash_table_insert(hosts, key, h);
    return h;
}

static void collect_host(const web_path *w, GHashTable *hosts, const adp_step *step)
{
    const adp_obs_http *request = request_of(w->r, step);
    const adp_obs_http *reply = reply_of(w->r, step);
    http_host *h = host_entry(hosts, http_host_name(w->r, step));

    h->credentials = h->credentials || sends_credentials(request);
    if (!reply || reply->status == 0) {
        return;
    }
    h->last = step;
    if (reply->status == 401) {
        g_ptr_array_add(h->refused, (gpointer)step);
    } else if (reply->status < 400) {
        h->answered = TRUE;
    }
}

/* By the end of the exchanges with each host: the first 401 of an authentication is none. */
static void http(const web_path *w)
{
    GHashTable *hosts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, http_host_free);
    GHashTableIter iter;
    gpointer key;
    gpointer value;
    guint i;

    for (i = 0; i < w->path->steps->len; i++) {
        if (step_at(w, i)->kind == ADP_STEP_AUTODISCOVER) {
            collect_host(w, hosts, step_at(w, i));
        }
    }
    g_hash_table_iter_init(&iter, hosts);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        const http_host *h = value;
        const adp_obs_http *last = h->last ? reply_of(w->r, h->last) : NULL;

        if (!last || h->answered) {
            continue;
        }
        if (last->status == 401) {
            if (h->credentials) {
                unauthorized(w, key, h);
            }
        } else if (last->status >= 400) {
            http_error(w, key, h);
        }
    }
    g_hash_table_unref(hosts);
}

/* What the service itself says in an answer with status 200. */
static void service_errors(const web_path *w)
{
    guint i;

    for (i = 0; i < w->path->steps->len; i++) {
        const adp_step *step = step_at(w, i);
        const adp_obs_http *request;
        const adp_obs_http *reply;
        adp_finding *f;
        char *subject;
        char *key;

        if (step->kind != ADP_STEP_AUTODISCOVER) {
            continue;
        }
        request = request_of(w->r, step);
        reply = reply_of(w->r, step);
        /* A GET gets 600 from a healthy server. */
        if (!reply || !reply->error || (request && !adp_same_text(request->method, "POST"))) {
            continue;
        }
        subject = g_strdup_printf("%s|%s", http_host_name(w->r, step), reply->error);
        f = adp_rules_find(w->r, ADP_FINDING_AUTODISCOVER_ERROR, w->index, subject);
        g_free(subject);
        adp_rules_cite_step(w->r, f, step);
        adp_rules_summary(f, "Autodiscover on %s answers with error %s", http_host_name(w->r, step),
                          reply->error);
        adp_rules_observed(f, "HTTP status %u, and the error %s in the answer", reply->status,
                           reply->error);
        adp_rules_inferred(f, "The service is there and was reached; it says why it cannot help.");
        key = g_strdup_printf("autodiscover-error/%s", reply->error);
        adp_rules_advise(w->r, f, key, "host", http_host_name(w->r, step), "url",
                         request ? request->url : NULL, NULL);
        g_free(key);
        if (w->good && w->good->last > step->last) {
            adp_rules_recovered(w->r, f, w->good);
        }
    }
}

/* ---- redirects ---- */

#define REDIRECT_PATIENCE (5 * ADP_NS_PER_S)
#define MAX_REDIRECTS     10

/* Host of a URL in lower case; free with g_free(), NULL when it has none. */
static char *host_of_url(const char *url)
{
    const char *at = url ? strstr(url, "://") : NULL;

    if (!at) {
        return NULL;
    }
    at += 3;
    return g_ascii_strdown(at, (gssize)strcspn(at, ":/?#"));
}

/* Does anything after the step turn to that host? Redirects to an address need another request. */
static gboolean is_followed(const web_path *w, guint at, const adp_obs_http *reply)
{
    char *host = reply->redirect_is_address ? NULL : host_of_url(reply->redirect);
    guint last = host ? GPOINTER_TO_UINT(g_hash_table_lookup(w->turns, host)) : w->last_http;

    g_free(host);
    return last > at + 1;
}

/* redirect-loop says why the client stopped there. */
#define FACT_CIRCLE "redirect circle|"

static gboolean closes_circle(const web_path *w, const adp_step *step)
{
    char *name = g_strdup_printf("%u", step->first);
    gboolean found = adp_rules_is_fact(w->r, FACT_CIRCLE, name);

    g_free(name);
    return found;
}

static void not_followed(const web_path *w)
{
    guint i;

    for (i = 0; i < w->path->steps->len; i++) {
        const adp_step *step = step_at(w, i);
        const adp_obs_http *request;
        const adp_obs_http *reply;
        gboolean plain;
        adp_finding *f;

        if (step->kind != ADP_STEP_AUTODISCOVER) {
            continue;
        }
        request = request_of(w->r, step);
        reply = reply_of(w->r, step);
        if (!reply || !reply->redirect ||
            adp_since(w->r->end, adp_rules_reply(w->r, step)->time) < REDIRECT_PATIENCE ||
            is_followed(w, i, reply) || closes_circle(w, step)) {
            continue;
        }
        plain = request && !request->in_tls && adp_same_text(request->method, "GET");
        f = adp_rules_find(w->r, ADP_FINDING_REDIRECT_NOT_FOLLOWED, w->index, reply->redirect);
        adp_rules_cite_step(w->r, f, step);
        adp_rules_summary(f, "The client did not follow the redirect to %s", reply->redirect);
        adp_rules_observed(f,
                           "Answer with a redirect to %s; nothing in the capture goes there "
                           "afterwards",
                           reply->redirect);
        adp_rules_inferred(f, "The answer itself is a success. %s",
                           plain ? "Programs made with the EWS Managed API refuse such a redirect "
                                   "unless they were told to accept it."
                                 : "The client may not accept redirects, may have been stopped on "
                                   "its way, or went where the capture does not look.");
        adp_rules_advise(w->r, f,
                         plain ? "redirect-not-followed/http-get" : "redirect-not-followed", "url",
                         reply->redirect_is_address ? NULL : reply->redirect, "host",
                         http_host_name(w->r, step), NULL);
    }
}

/* Redirects each of which leads to the next request; the same target twice is a circle. */
static void redirect_loop(const web_path *w)
{
    GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GPtrArray *chain = g_ptr_array_new();
    guint i;

    for (i = 0; i < w->path->steps->len; i++) {
        const adp_step *step = step_at(w, i);
        const adp_obs_http *reply;
        char *target;
        gboolean again;

        if (step->kind != ADP_STEP_AUTODISCOVER) {
            continue;
        }
        reply = reply_of(w->r, step);
        if (!reply || reply->status == 401) {
            continue; /* the same request comes again with credentials */
        }
        if (!reply->redirect) {
            g_hash_table_remove_all(seen);
            g_ptr_array_set_size(chain, 0);
            continue;
        }
        g_ptr_array_add(chain, (gpointer)step);
        target = g_ascii_strdown(reply->redirect, -1);
        again = !g_hash_table_add(seen, target);
        if (again || chain->len > MAX_REDIRECTS) {
            adp_finding *f = adp_rules_find(w->r, ADP_FINDING_REDIRECT_LOOP, w->index, NULL);
            char *name = g_strdup_printf("%u", step->first);
            guint c;

            adp_rules_add_fact(w->r, FACT_CIRCLE, name);
            g_free(name);
            for (c = 0; c < chain->len; c++) {
                adp_rules_cite_step(w->r, f, g_ptr_array_index(chain, c));
            }
            adp_rules_summary(f, "The redirects of autodiscover lead in a circle");
            adp_rules_observed(f, "%u redirects in a row%s%s", chain->len,
                               again ? ", the last to a place where the client had been: " : "",
                               again ? reply->redirect : "");
            adp_rules_inferred(f, "A client gives up after ten.");
            adp_rules_advise(w->r, f, "redirect-loop", "url",
                             reply->redirect_is_address ? NULL : reply->redirect, NULL);
            g_hash_table_remove_all(seen);
            g_ptr_array_set_size(chain, 0);
        }
    }
    g_ptr_array_unref(chain);
    g_hash_table_unref(seen);
}

/* ---- found by another way ---- */

static gboolean searched_directory(const web_path *w)
{
    guint i;

    for (i = 0; i < w->path->steps->len; i++) {
        const adp_step *step = step_at(w, i);
        const adp_obs *request = adp_rules_request(w->r, step);

        if (step->kind == ADP_STEP_SCP && request &&
            adp_same_text(request->u.search->scp_kind, ADP_SCP_EXCHANGE)) {
            return TRUE;
        }
    }
    return FALSE;
}

static void fallback(const web_path *w)
{
    const adp_endpoint *found = NULL;
    gboolean by_scp = FALSE;
    adp_finding *f;
    guint i;

    for (i = 0; i < w->endpoints->len; i++) {
        const adp_endpoint *endpoint = g_ptr_array_index(w->endpoints, i);

        if (endpoint->outcome == ADP_ENDPOINT_OK) {
            by_scp = by_scp || endpoint->source == ADP_ENDPOINT_SCP;
            found = found ? found : endpoint;
        }
    }
    if (!found || by_scp || !w->good || !searched_directory(w)) {
        return;
    }
    f = adp_rules_find(w->r, ADP_FINDING_AUTODISCOVER_FALLBACK, w->index, NULL);
    adp_rules_cite_step(w->r, f, w->good);
    adp_rules_summary(f, "Autodiscover was found by %s, not by the directory",
                      source_words(found->source));
    adp_rules_observed(f, "%s answered", found->url);
    adp_rules_inferred(f, "The client had searched the directory first, and got nothing there that "
                          "worked.");
    adp_rules_advise(w->r, f, "autodiscover-fallback", "host", found->host, "url", found->url,
                     NULL);
}

/* ---- NTLM ---- */

static char *pair_key(guint32 client, const char *host)
{
    char *text = g_strdup_printf("%u|%s", client, host);
    char *lower = g_ascii_strdown(text, -1);

    g_free(text);
    return lower;
}

/* The Kerberos step by which the client tried to reach the host, by client and host. */
static GHashTable *kerberos_tried(const adp_rules *r)
{
    GHashTable *tried = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const char *spn;
        char *host;

        if (step->kind != ADP_STEP_KERBEROS) {
            continue;
        }
        spn = adp_rules_krb_spn(r, step);
        if (adp_has_prefix(spn, "krbtgt/")) {
            continue;
        }
        host = adp_spn_host(spn);
        if (*host) {
            g_hash_table_replace(tried, pair_key(step->flow.client, host), (gpointer)step);
        }
        g_free(host);
    }
    return tried;
}

static void report_ntlm(adp_rules *r, guint32 obs_index, const char *host, const adp_step *tried)
{
    const adp_obs *obs = adp_model_obs(r->model, obs_index);
    const adp_obs_krb *answer = adp_rules_krb_answer(r, tried);
    adp_finding *f = adp_rules_find(r, ADP_FINDING_NTLM_FALLBACK, tried->path, host);

    adp_rules_cite(f, obs_index);
    if (f->summary) {
        return;
    }
    adp_rules_cite_step(r, f, tried);
    adp_rules_summary(f, "The client uses NTLM with %s, after Kerberos was tried", host);
    adp_rules_observed(f, "NTLM in %s to %s (%s)",
                       obs->type == ADP_OBS_LDAP_BIND ? "an LDAP bind" : "HTTP", host,
                       adp_rules_address(r, obs->flow.server));
    if (answer && answer->is_error) {
        char *where = adp_rules_where(r, tried);

        adp_rules_inferred(f, "The reason is visible: %s ended with error %d for %s.", where,
                           answer->error, adp_rules_krb_spn(r, tried));
        g_free(where);
    } else {
        adp_rules_inferred(f, "Kerberos had been tried with this host; why the client changed to "
                              "NTLM, the capture does not show.");
    }
    adp_rules_advise(r, f, "ntlm-fallback", "host", host, "spn", adp_rules_krb_spn(r, tried), NULL);
}

static void ntlm(adp_rules *r)
{
    GHashTable *tried = kerberos_tried(r);
    guint32 i;

    for (i = 0; i < adp_model_obs_count(r->model); i++) {
        const adp_obs *obs = adp_model_obs(r->model, i);
        const char *host = NULL;
        const adp_step *step;
        char *key;

        if (obs->type == ADP_OBS_HTTP_REQUEST && obs->u.http->auth == ADP_AUTH_NTLM) {
            host = obs->u.http->host;
        } else if (obs->type == ADP_OBS_LDAP_BIND && obs->u.bind->ntlm) {
            host = adp_model_address_name(r->model, obs->flow.server);
        }
        if (!host || adp_model_mark(r->model, i)->copy) {
            continue;
        }
        key = pair_key(obs->flow.client, host);
        step = g_hash_table_lookup(tried, key);
        g_free(key);
        /* A ticket that was got and used well elsewhere is no reason to speak of falling back. */
        if (step && step->first < i && adp_rules_outcome(r, step) != ADP_OK) {
            report_ntlm(r, i, host, step);
        }
    }
    g_hash_table_unref(tried);
}

/* ---- what other rules want to know ---- */

void adp_rules_learn_web(adp_rules *r)
{
    GHashTable *authenticating = g_hash_table_new(NULL, NULL); /* stream + 1 -> host */
    guint32 p;
    guint32 i;
    guint e;

    for (p = 0; p < adp_model_path_count(r->model); p++) {
        GPtrArray *endpoints = adp_endpoints_of(r->model, p);

        for (e = 0; e < endpoints->len; e++) {
            const adp_endpoint *endpoint = g_ptr_array_index(endpoints, e);
            gsize len = strcspn(endpoint->host, ".");
            char *first = g_strndup(endpoint->host, len);

            adp_rules_add_fact(r, ADP_FACT_ENDPOINT, endpoint->host);
            /* Who asks for HTTP/mail means the same machine. */
            adp_rules_add_fact(r, ADP_FACT_ENDPOINT, first);
            g_free(first);
        }
        g_ptr_array_unref(endpoints);
    }
    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (is_answer(r, step)) {
            adp_rules_note_good(r, step, ADP_TOPIC_AUTODISCOVER);
        } else if (step->kind == ADP_STEP_TLS && adp_rules_outcome(r, step) == ADP_OK) {
            char *topic = tls_topic(tls_host(r, step));

            adp_rules_note_good(r, step, topic);
            g_free(topic);
        }
    }
    for (i = 0; i < adp_model_obs_count(r->model); i++) {
        const adp_obs *obs = adp_model_obs(r->model, i);
        gpointer stream = GUINT_TO_POINTER(obs->flow.stream + 1);

        if (obs->type == ADP_OBS_HTTP_REQUEST && obs->u.http->auth == ADP_AUTH_NTLM &&
            obs->u.http->ntlm_message == 3 && obs->u.http->host) {
            g_hash_table_replace(authenticating, stream, (gpointer)obs->u.http->host);
        } else if (obs->type == ADP_OBS_HTTP_REPLY && obs->u.http->status &&
                   obs->u.http->status < 400) {
            const char *host = g_hash_table_lookup(authenticating, stream);

            if (host) {
                char *key = pair_key(obs->flow.client, host);

                adp_rules_add_fact(r, ADP_FACT_NTLM, key);
                g_free(key);
            }
        }
    }
    g_hash_table_unref(authenticating);
}

gboolean adp_rules_ntlm_worked(const adp_rules *r, guint32 client, const char *host)
{
    char *key = pair_key(client, host);
    gboolean worked = adp_rules_is_fact(r, ADP_FACT_NTLM, key);

    g_free(key);
    return worked;
}

void adp_rules_web(adp_rules *r)
{
    guint32 p;
    guint e;

    for (p = 0; p < adp_model_path_count(r->model); p++) {
        web_path w;

        open_path(&w, r, p);
        for (e = 0; e < w.endpoints->len; e++) {
            const adp_endpoint *endpoint = g_ptr_array_index(w.endpoints, e);

            if (endpoint->trouble == ADP_TROUBLE_UNRESOLVABLE) {
                unresolvable(&w, endpoint);
            } else if (endpoint->trouble == ADP_TROUBLE_UNREACHABLE) {
                unreachable(&w, endpoint);
            }
        }
        tls(&w);
        http(&w);
        service_errors(&w);
        redirect_loop(&w);
        not_followed(&w);
        fallback(&w);
        close_path(&w);
    }
    ntlm(r);
}
