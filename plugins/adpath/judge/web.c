/* web.c
 * What the rules about endpoints share: one path, the endpoints of its client, and its steps.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/web.h"

#include "facts/outcome.h"
#include "join/identity.h"
#include "join/model.h"
#include "join/pair_dns.h"
#include "judge/catalogue.h"
#include "judge/endpoint.h"
#include "judge/endpoints.h"
#include "judge/finding.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/signs.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/cloud.h"
#include "wire/hash.h"
#include "wire/ports.h"
#include "wire/text.h"
#include "wire/url.h"

#include <string.h>

/* What a client tries beside the endpoint that has just served it is of no consequence. */
#define JUST (30 * ADP_NS_PER_S)

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
    return adp_rules_step(w->r, w->path->steps.items[i]);
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

static void note_source(adp_web_path *w, const adp_endpoint *endpoint)
{
    char *host = g_ascii_strdown(endpoint->host, -1);
    guint sources = GPOINTER_TO_UINT(g_hash_table_lookup(w->sources, host));

    g_hash_table_replace(w->sources, host, GUINT_TO_POINTER(sources | 1U << endpoint->source));
}

/* The first step of each counts. */
static void index_first(GHashTable *index, const char *name, guint i)
{
    char *key = name ? g_ascii_strdown(name, -1) : NULL;

    if (key && !g_hash_table_contains(index, key)) {
        g_hash_table_insert(index, key, GUINT_TO_POINTER(i + 1));
    } else {
        g_free(key);
    }
}

/* Which places answered, and where they sent the client. */
static void index_answer(adp_web_path *w, guint i)
{
    const adp_obs_http *request = adp_web_request(w->r, adp_web_step(w, i));
    const adp_obs_http *reply = adp_web_reply(w->r, adp_web_step(w, i));
    char *target;

    if (!reply) {
        return;
    }
    index_first(w->answered, request ? request->url : NULL, i);
    target = reply->redirect_is_address ? NULL : adp_url_host(reply->redirect);
    index_first(w->redirects, target, i);
    g_free(target);
}

static void index_path(adp_web_path *w)
{
    guint i;

    w->orders = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    w->sources = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    w->turns = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    w->redirects = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    w->answered = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    for (i = 0; i < w->endpoints->len; i++) {
        const adp_endpoint *endpoint = g_ptr_array_index(w->endpoints, i);
        guint before = GPOINTER_TO_UINT(g_hash_table_lookup(w->orders, endpoint->host));

        g_hash_table_replace(w->orders, g_strdup(endpoint->host),
                             GUINT_TO_POINTER(MAX(before, endpoint->order)));
        note_source(w, endpoint);
    }
    for (i = 0; i < w->path->steps.count; i++) {
        const adp_step *step = adp_web_step(w, i);
        const char *host = host_turned_to(w->r, step);

        if (host) {
            g_hash_table_replace(w->turns, g_ascii_strdown(host, -1), GUINT_TO_POINTER(i + 1));
        }
        if (step->kind == ADP_STEP_AUTODISCOVER) {
            w->last_http = i + 1;
            index_answer(w, i);
        }
    }
}

void adp_web_close(adp_web_path *w)
{
    g_hash_table_unref(w->orders);
    g_hash_table_unref(w->sources);
    g_hash_table_unref(w->turns);
    g_hash_table_unref(w->redirects);
    g_hash_table_unref(w->answered);
    g_ptr_array_unref(w->endpoints);
}

void adp_web_open(adp_web_path *w, adp_rules *r, guint32 index)
{
    guint i;

    memset(w, 0, sizeof(*w));
    w->r = r;
    w->index = index;
    w->path = adp_model_path(r->model, index);
    w->endpoints = adp_endpoints_of(r->endpoints, index);
    index_path(w);
    for (i = 0; i < w->endpoints->len; i++) {
        const adp_endpoint *endpoint = g_ptr_array_index(w->endpoints, i);

        if (endpoint->is_service) {
            w->last_service = MAX(w->last_service, endpoint->order);
            continue;
        }
        w->last_order = MAX(w->last_order, endpoint->order);
        if (endpoint->outcome == ADP_ENDPOINT_OK) {
            w->good_order = MAX(w->good_order, endpoint->order);
        } else if (endpoint->outcome == ADP_ENDPOINT_HIDDEN && !w->hidden) {
            w->hidden = endpoint;
        }
    }
    for (i = w->path->steps.count; i && !w->good; i--) {
        if (adp_web_is_answer(r, adp_web_step(w, i - 1))) {
            w->good = adp_web_step(w, i - 1);
        }
    }
}

/* The host of an observation's step in TLS or HTTP, NULL: it is another. */
static const char *host_of(const adp_web_path *w, guint32 obs)
{
    guint32 index = adp_model_mark(w->r->model, obs)->step;
    const adp_step *step = index == ADP_NONE ? NULL : adp_rules_step(w->r, index);

    if (!step || (step->kind != ADP_STEP_AUTODISCOVER && step->kind != ADP_STEP_TLS)) {
        return NULL;
    }
    return step->kind == ADP_STEP_TLS ? adp_web_tls_host(w->r, step)
                                      : adp_web_http_host(w->r, step);
}

/* Once served by another host, a client does not mind; what served it and fails now is a fault. */
static gboolean was_just_served(const adp_web_path *w, guint32 obs)
{
    const char *host = host_of(w, obs);

    if (host && adp_same_text(host, adp_web_http_host(w->r, w->good))) {
        return FALSE;
    }
    return adp_since(adp_model_obs(w->r->model, obs)->time,
                     adp_model_obs(w->r->model, w->good->last)->time) <= JUST;
}

/* What leads to the host: bits of adp_endpoint_source. */
static guint sources_of(const adp_web_path *w, const char *host)
{
    char *key = g_ascii_strdown(host, -1);
    guint sources = GPOINTER_TO_UINT(g_hash_table_lookup(w->sources, key));

    g_free(key);
    return sources;
}

const adp_endpoint *adp_web_alias(const adp_web_path *w, const char *host, guint32 *obs)
{
    char *key = g_ascii_strdown(host, -1);
    gboolean is_endpoint = g_hash_table_contains(w->orders, key);

    g_free(key);
    return is_endpoint
               ? NULL
               : adp_endpoint_by_target(w->r->model, w->endpoints, host, ADP_PORT_HTTPS, obs);
}

static const adp_endpoint *endpoint_at(const adp_web_path *w, guint order)
{
    guint i;

    for (i = 0; order && i < w->endpoints->len; i++) {
        const adp_endpoint *endpoint = g_ptr_array_index(w->endpoints, i);

        if (endpoint->order == order) {
            return endpoint;
        }
    }
    return NULL;
}

/* The mail domain itself is a web site more often than not: that it does not serve explains little. */
static gboolean is_bare_domain(const adp_web_path *w, const adp_endpoint *endpoint)
{
    return sources_of(w, endpoint->host) == 1U << ADP_ENDPOINT_DOMAIN;
}

/* The last good step at another place that settings name, NULL. */
static const adp_step *other_service(const adp_web_path *w, const adp_endpoint *service)
{
    guint i;
    guint e;

    for (i = w->path->steps.count; i; i--) {
        const adp_step *step = adp_web_step(w, i - 1);
        const char *host = step->kind == ADP_STEP_TLS            ? adp_web_tls_host(w->r, step)
                           : step->kind == ADP_STEP_AUTODISCOVER ? adp_web_http_host(w->r, step)
                                                                 : NULL;

        for (e = 0; host && e < w->endpoints->len; e++) {
            const adp_endpoint *endpoint = g_ptr_array_index(w->endpoints, e);

            if (endpoint != service && endpoint->in_settings &&
                (endpoint->outcome == ADP_ENDPOINT_OK ||
                 endpoint->outcome == ADP_ENDPOINT_HIDDEN) &&
                adp_same_text(endpoint->host, host) && adp_rules_outcome(w->r, step) == ADP_OK) {
                return step;
            }
        }
    }
    return NULL;
}

/*
 * What autodiscover named: the answer that did so makes nothing good of it. Settings have an inner and an
 * outer place, and from one network the other need not be reached; but where TLS is spoken, it is there.
 */
static void weigh_service(const adp_web_path *w, adp_finding *f, const adp_endpoint *service)
{
    const adp_step *other = other_service(w, service);
    gboolean is_network =
        f->id == ADP_FINDING_ENDPOINT_UNRESOLVABLE || f->id == ADP_FINDING_ENDPOINT_UNREACHABLE;

    f->order = 0;
    if (other && is_network) {
        adp_rules_recovered(w->r, f, other);
        f->served = other->last <= f->latest;
    } else if (!other && service->order == w->last_service &&
               f->id != ADP_FINDING_ENDPOINT_UNRESOLVABLE &&
               !adp_model_is_shared(w->r->model, w->path->client.address)) {
        f->severity = ADP_SEVERITY_ERROR;
    }
}

void adp_web_weigh(const adp_web_path *w, adp_finding *f, guint order)
{
    guint32 last = f->latest;
    const adp_endpoint *endpoint = endpoint_at(w, order);

    f->of_domain = endpoint && is_bare_domain(w, endpoint);
    f->order = endpoint && !f->of_domain ? order : 0;
    f->served = FALSE;
    if (f->recovered_by) {
        adp_rules_unrecovered(f);
    }
    if (endpoint && endpoint->is_service) {
        weigh_service(w, f, endpoint);
        return;
    }
    if (w->good && (w->good->last > last || was_just_served(w, last))) {
        adp_rules_recovered(w->r, f, w->good);
        /* A client that has its settings may look once more at what it had passed by. */
        f->served = w->good->last <= last;
    } else if (order && order == w->last_order && !w->good && !w->hidden &&
               !adp_model_is_shared(w->r->model, w->path->client.address)) {
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

gboolean adp_web_is_named_by(const adp_web_path *w, const char *host, adp_endpoint_source source)
{
    return (sources_of(w, host) & 1U << source) != 0;
}

/* Ways by which clients make up names of the mail domain themselves: nobody needs to have them. */
#define GUESSED                                                                                    \
    (1U << ADP_ENDPOINT_DOMAIN | 1U << ADP_ENDPOINT_AUTODISCOVER_HOST |                            \
     1U << ADP_ENDPOINT_HTTP_REDIRECT)

gboolean adp_web_is_guess(const adp_web_path *w, const char *host)
{
    guint sources = sources_of(w, host);

    return sources && !(sources & ~GUESSED);
}

const adp_step *adp_web_redirect_to(const adp_web_path *w, const char *host)
{
    char *key = g_ascii_strdown(host, -1);
    guint found = GPOINTER_TO_UINT(g_hash_table_lookup(w->redirects, key));

    g_free(key);
    return found ? adp_web_step(w, found - 1) : NULL;
}

gboolean adp_web_was_at(const adp_web_path *w, guint at, const char *url)
{
    char *key = g_ascii_strdown(url, -1);
    guint found = GPOINTER_TO_UINT(g_hash_table_lookup(w->answered, key));

    g_free(key);
    return found && found - 1 < at;
}

gboolean adp_web_is_in_circle(const adp_web_path *w, const adp_step *step)
{
    char *name = g_strdup_printf("%u", step->first);
    gboolean found = adp_rules_is_said(w->r, ADP_SAID_CIRCLE, name);

    g_free(name);
    return found;
}

/* Each source once, however often the finding is told anew. */
static void sign_source(const adp_web_path *w, adp_finding *f, const char *host,
                        adp_endpoint_source source, adp_sign sign)
{
    if (adp_web_is_named_by(w, host, source) && !adp_finding_has_sign(f, sign)) {
        adp_rules_sign(f, sign, ADP_NONE);
    }
}

/* How many names an alias may lead over: a resolver gives up, too. */
#define MAX_CHAIN 8

static void sign_cloud(const adp_web_path *w, adp_finding *f, const char *host)
{
    const char *name = host;
    guint32 obs = ADP_NONE;
    guint n;

    for (n = 0; name && n < MAX_CHAIN && !adp_cloud_has(name); n++) {
        name = adp_model_alias(w->r->model, name, &obs);
    }
    if (!name || n == MAX_CHAIN || adp_finding_has_sign(f, ADP_SIGN_CLOUD)) {
        return;
    }
    adp_rules_sign(f, ADP_SIGN_CLOUD, obs);
    if (n > 0) {
        adp_rules_sign(f, ADP_SIGN_CLOUD_ALIAS, obs);
    }
}

static void sign_settings(const adp_web_path *w, adp_finding *f, const char *host)
{
    guint i;

    for (i = 0; i < w->endpoints->len; i++) {
        const adp_endpoint *endpoint = g_ptr_array_index(w->endpoints, i);

        if (endpoint->in_settings && adp_same_text(endpoint->host, host) &&
            !adp_finding_has_sign(f, ADP_SIGN_FROM_SETTINGS)) {
            adp_rules_sign(f, ADP_SIGN_FROM_SETTINGS, ADP_NONE);
        }
    }
}

static void sign_redirect(const adp_web_path *w, adp_finding *f, const char *host)
{
    const adp_step *from = adp_web_redirect_to(w, host);

    if (from && !adp_finding_has_sign(f, ADP_SIGN_FROM_REDIRECT)) {
        adp_rules_sign(f, ADP_SIGN_FROM_REDIRECT, from->reply);
    }
}

void adp_web_sign_host(const adp_web_path *w, adp_finding *f, const char *host)
{
    sign_redirect(w, f, host);
    sign_source(w, f, host, ADP_ENDPOINT_SCP, ADP_SIGN_FROM_DIRECTORY);
    sign_source(w, f, host, ADP_ENDPOINT_DOMAIN, ADP_SIGN_FROM_MAIL_DOMAIN);
    sign_settings(w, f, host);
    sign_cloud(w, f, host);
}

char *adp_web_place(const char *host, guint port)
{
    return g_strdup_printf(strchr(host, ':') ? "[%s]:%u" : "%s:%u", host, port);
}

/** What authenticates, in words and as a sign; one row for each adp_auth. */
static const struct {
    const char *words;
    adp_sign sign;
} auths[] = {
    [ADP_AUTH_NONE] = {"", ADP_SIGN_NONE},
    [ADP_AUTH_KERBEROS] = {" (Kerberos)", ADP_SIGN_MECHANISM_KERBEROS},
    [ADP_AUTH_NTLM] = {" (NTLM)", ADP_SIGN_MECHANISM_NTLM},
    [ADP_AUTH_BASIC] = {" (Basic)", ADP_SIGN_MECHANISM_SIMPLE},
    [ADP_AUTH_BEARER] = {" (Bearer)", ADP_SIGN_MECHANISM_OTHER},
    [ADP_AUTH_OTHER] = {"", ADP_SIGN_NONE},
};

const char *adp_web_auth_words(adp_auth auth)
{
    return auths[auth].words;
}

void adp_web_sign_auth(adp_finding *f, adp_auth auth, guint32 obs)
{
    if (auths[auth].sign != ADP_SIGN_NONE) {
        adp_rules_sign(f, auths[auth].sign, obs);
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

char *adp_web_why(const adp_endpoint *endpoint)
{
    return endpoint->is_service
               ? g_strdup("The answer of autodiscover names the host: there the client goes on.")
               : g_strdup_printf("The client looks there for autodiscover because of %s.",
                                 endpoint->source == ADP_ENDPOINT_OTHER &&
                                         adp_same_text(endpoint->reason, "redirect")
                                     ? "a redirect"
                                     : adp_web_source_words(endpoint->source));
}

guint adp_web_order(const adp_web_path *w, const char *host)
{
    char *key = g_ascii_strdown(host, -1);
    guint order = GPOINTER_TO_UINT(g_hash_table_lookup(w->orders, key));
    guint32 obs;
    const adp_endpoint *endpoint = adp_web_alias(w, host, &obs);

    g_free(key);
    return endpoint ? endpoint->order : order;
}
