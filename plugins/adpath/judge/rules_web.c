/* rules_web.c
 * Findings about the endpoints of autodiscover: which there were, and which answered.
 *
 * Rules of the client: EWS Managed API (AutodiscoverService, AutodiscoverRequest).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_web.h"

#include "facts/outcome.h"
#include "join/hosts.h"
#include "join/model.h"
#include "judge/catalogue.h"
#include "judge/endpoint.h"
#include "judge/finding.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/rules_dc.h"
#include "judge/rules_http.h"
#include "judge/rules_ntlm.h"
#include "judge/rules_redirect.h"
#include "judge/rules_tls.h"
#include "log/observation.h"
#include "wire/scp.h"
#include "wire/text.h"

#include <string.h>

const adp_obs_http *adp_web_request(const adp_rules *r, const adp_step *step)
{
    const adp_obs *request = adp_rules_request(r, step);

    return request ? request->u.http : NULL;
}

const adp_obs_http *adp_web_reply(const adp_rules *r, const adp_step *step)
{
    const adp_obs *reply = adp_rules_reply(r, step);

    return reply ? reply->u.http : NULL;
}

const adp_step *adp_web_step(const adp_web_path *w, guint i)
{
    return adp_rules_step(w->r, g_array_index(w->path->steps, guint32, i));
}

const char *adp_web_method(const adp_obs_http *http)
{
    return http && http->method ? http->method : "";
}

/* An answer with settings, or one that a client takes for success. */
gboolean adp_web_is_answer(const adp_rules *r, const adp_step *step)
{
    const adp_obs_http *reply = adp_web_reply(r, step);

    /* With a GET, clients only look whether there is anybody. */
    return step->kind == ADP_STEP_AUTODISCOVER && adp_rules_outcome(r, step) == ADP_OK && reply &&
           !reply->redirect && !reply->error &&
           (reply->has_settings || !adp_web_request(r, step) ||
            adp_web_request(r, step)->form == ADP_AUTODISCOVER_JSON ||
            !adp_same_text(adp_web_request(r, step)->method, "GET"));
}

/* Host that the handshake is with: the name the client sent, else what the address is known as. */
const char *adp_web_tls_host(const adp_rules *r, const adp_step *step)
{
    const adp_obs *first = adp_model_obs(r->model, step->first);

    return first->u.tls->sni ? first->u.tls->sni : adp_rules_host(r, step->flow.server);
}

const char *adp_web_http_host(const adp_rules *r, const adp_step *step)
{
    const adp_obs_http *request = adp_web_request(r, step);

    return request && request->host ? request->host : adp_rules_host(r, step->flow.server);
}

/* Which host a step turns to, NULL when it does not. */
static const char *host_turned_to(const adp_rules *r, const adp_step *step)
{
    switch (step->kind) {
    case ADP_STEP_ADDRESS:
        return adp_model_obs(r->model, step->first)->u.dns->name;
    case ADP_STEP_TLS:
        return adp_web_tls_host(r, step);
    case ADP_STEP_AUTODISCOVER:
        return adp_web_http_host(r, step);
    default:
        return NULL;
    }
}

static void index_path(adp_web_path *w)
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
        const adp_step *step = adp_web_step(w, i);
        const char *host = host_turned_to(w->r, step);

        if (host) {
            g_hash_table_replace(w->turns, g_ascii_strdown(host, -1), GUINT_TO_POINTER(i + 1));
        }
        if (step->kind == ADP_STEP_AUTODISCOVER) {
            w->last_http = i + 1;
        }
    }
}

static void close_path(adp_web_path *w)
{
    g_hash_table_unref(w->orders);
    g_hash_table_unref(w->turns);
    g_ptr_array_unref(w->endpoints);
}

static void open_path(adp_web_path *w, adp_rules *r, guint32 index)
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
        } else if (endpoint->outcome == ADP_ENDPOINT_HIDDEN && !w->hidden) {
            w->hidden = endpoint;
        }
    }
    for (i = w->path->steps->len; i && !w->good; i--) {
        if (adp_web_is_answer(r, adp_web_step(w, i - 1))) {
            w->good = adp_web_step(w, i - 1);
        }
    }
}

/* What a client tries beside the endpoint that has just served it is of no consequence. */
#define JUST (30 * ADP_NS_PER_S)

static gboolean was_just_served(const adp_web_path *w, guint32 obs)
{
    return adp_since(adp_model_obs(w->r->model, obs)->time,
                     adp_model_obs(w->r->model, w->good->last)->time) <= JUST;
}

void adp_web_weigh(const adp_web_path *w, adp_finding *f, guint order)
{
    guint32 last = g_array_index(f->evidence, guint32, f->evidence->len - 1);

    if (w->good && (w->good->last > last || was_just_served(w, last))) {
        adp_rules_recovered(w->r, f, w->good);
    } else if (order && order == w->last_order && !w->good && !w->hidden &&
               !adp_model_is_shared(w->r->model, w->path->client)) {
        /* Behind a shared address, the one that worked may stand in another machine's path. */
        f->severity = ADP_SEVERITY_ERROR;
    } else if (w->hidden && f->inferred) {
        char *before = f->inferred;

        f->inferred = g_strdup_printf("%s What %s answered cannot be seen: it may have served the "
                                      "client.",
                                      before, w->hidden->host);
        g_free(before);
    }
}

static void cite_endpoint(adp_finding *f, const adp_endpoint *endpoint)
{
    guint i;

    for (i = 0; i < endpoint->evidence->len; i++) {
        adp_rules_cite(f, g_array_index(endpoint->evidence, guint32, i));
    }
}

const char *adp_web_source_words(adp_endpoint_source source)
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

static void unresolvable(const adp_web_path *w, const adp_endpoint *endpoint)
{
    adp_finding *f =
        adp_rules_find(w->r, ADP_FINDING_ENDPOINT_UNRESOLVABLE, w->index, endpoint->host);

    cite_endpoint(f, endpoint);
    adp_rules_summary(f, "%s has no address", endpoint->host);
    adp_rules_observed(f, "The DNS server has no address for %s", endpoint->host);
    adp_rules_inferred(f, "The client was to try it because of %s.",
                       adp_web_source_words(endpoint->source));
    adp_rules_advise(w->r, f, "endpoint-unresolvable", "host", endpoint->host, "url", endpoint->url,
                     NULL);
    adp_web_weigh(w, f, endpoint->order);
}

/* Each SYN of the attempts, and what came back. */
static void cite_attempts(const adp_web_path *w, adp_finding *f, const adp_endpoint *endpoint)
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
static const char *how_unreachable(const adp_web_path *w, const adp_endpoint *endpoint)
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

static void unreachable(const adp_web_path *w, const adp_endpoint *endpoint)
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
                       adp_web_source_words(endpoint->source));
    key = g_strdup_printf("endpoint-unreachable/%s", how);
    adp_rules_advise(w->r, f, key, "host", endpoint->host, "url", endpoint->url, NULL);
    g_free(key);
    adp_web_weigh(w, f, endpoint->order);
}

guint adp_web_order(const adp_web_path *w, const char *host)
{
    char *key = g_ascii_strdown(host, -1);
    guint order = GPOINTER_TO_UINT(g_hash_table_lookup(w->orders, key));

    g_free(key);
    return order;
}

char *adp_web_tls_topic(const char *host)
{
    return g_strdup_printf("tls|%s", host);
}

/* ---- found by another way ---- */

static gboolean searched_directory(const adp_web_path *w)
{
    guint i;

    for (i = 0; i < w->path->steps->len; i++) {
        const adp_step *step = adp_web_step(w, i);
        const adp_obs *request = adp_rules_request(w->r, step);

        if (step->kind == ADP_STEP_SCP && request &&
            adp_same_text(request->u.search->scp_kind, ADP_SCP_EXCHANGE)) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean is_redirect(const adp_rules *r, const adp_step *step)
{
    const adp_obs_http *reply = step->kind == ADP_STEP_AUTODISCOVER ? adp_web_reply(r, step) : NULL;

    return reply && reply->redirect;
}

/* The redirect by which the endpoint led on, without the way to it. */
static void cite_redirect(const adp_web_path *w, adp_finding *f, const adp_endpoint *endpoint)
{
    guint i;

    for (i = 0; i < endpoint->evidence->len; i++) {
        guint32 obs = g_array_index(endpoint->evidence, guint32, i);
        guint32 step = adp_model_mark(w->r->model, obs)->step;

        if (step != ADP_NONE && is_redirect(w->r, adp_rules_step(w->r, step))) {
            adp_rules_cite(f, obs);
        }
    }
}

/*
 * Did an entry name its host? Behind a device that ends TLS, the server itself is asked in clear,
 * at the same host.
 */
static gboolean is_of_scp(const adp_web_path *w, const adp_endpoint *endpoint)
{
    guint i;

    for (i = 0; i < w->endpoints->len; i++) {
        const adp_endpoint *other = g_ptr_array_index(w->endpoints, i);

        if (other->source == ADP_ENDPOINT_SCP &&
            (other == endpoint || adp_same_text(other->host, endpoint->host))) {
            return TRUE;
        }
    }
    return FALSE;
}

static void fallback(const adp_web_path *w)
{
    const adp_endpoint *found = NULL;
    gboolean by_scp = FALSE;
    adp_finding *f;
    guint i;

    for (i = 0; i < w->endpoints->len; i++) {
        const adp_endpoint *endpoint = g_ptr_array_index(w->endpoints, i);

        if (endpoint->outcome == ADP_ENDPOINT_OK) {
            by_scp = by_scp || is_of_scp(w, endpoint);
            found = found ? found : endpoint;
        }
    }
    if (!found || by_scp || !w->good || !searched_directory(w)) {
        return;
    }
    f = adp_rules_find(w->r, ADP_FINDING_AUTODISCOVER_FALLBACK, w->index, NULL);
    cite_redirect(w, f, found);
    adp_rules_cite_step(w->r, f, w->good);
    adp_rules_summary(f, "Autodiscover was found by %s, not by the directory",
                      adp_web_source_words(found->source));
    adp_rules_observed(f, "%s answered", found->url);
    adp_rules_inferred(f, "The client had searched the directory first, and got nothing there that "
                          "worked.");
    adp_rules_advise(w->r, f, "autodiscover-fallback", "host", found->host, "url", found->url,
                     NULL);
}

/* ---- what other rules want to know ---- */

void adp_rules_learn_web(adp_rules *r)
{
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

        if (adp_web_is_answer(r, step)) {
            adp_rules_note_good(r, step, ADP_TOPIC_AUTODISCOVER);
        } else if (step->kind == ADP_STEP_TLS && adp_rules_outcome(r, step) == ADP_OK) {
            char *topic = adp_web_tls_topic(adp_web_tls_host(r, step));

            adp_rules_note_good(r, step, topic);
            g_free(topic);
        }
    }
    adp_rules_learn_ntlm(r);
}

void adp_rules_web(adp_rules *r)
{
    guint32 p;
    guint e;

    for (p = 0; p < adp_model_path_count(r->model); p++) {
        adp_web_path w;

        open_path(&w, r, p);
        for (e = 0; e < w.endpoints->len; e++) {
            const adp_endpoint *endpoint = g_ptr_array_index(w.endpoints, e);

            if (endpoint->trouble == ADP_TROUBLE_UNRESOLVABLE) {
                unresolvable(&w, endpoint);
            } else if (endpoint->trouble == ADP_TROUBLE_UNREACHABLE) {
                unreachable(&w, endpoint);
            }
        }
        adp_rules_tls(&w);
        adp_rules_http(&w);
        adp_rules_redirects(&w);
        fallback(&w);
        close_path(&w);
    }
    adp_rules_ntlm(r);
}
