/* pair_http.c
 * Autodiscover over HTTP, and how the two ends authenticate.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/pair_http.h"

#include "join/chain.h"
#include "join/derived.h"
#include "join/exchange.h"
#include "join/guess.h"
#include "join/hosts.h"
#include "join/learn.h"
#include "join/model.h"
#include "join/pairing.h"
#include "join/tunnels.h"
#include "log/observation.h"
#include "wire/limits.h"
#include "wire/text.h"
#include "wire/url.h"

#include <string.h>

/* ---- what waits for an answer ---- */

static void push(const adp_model *model, adp_conn *conn, guint32 i)
{
    if (!conn->http_open) {
        conn->http_open = g_queue_new();
    }
    /* A capture without answers would fill it. */
    if (conn->http_open->length >= ADP_MAX_HTTP_OPEN) {
        (void)g_queue_pop_head(conn->http_open);
        adp_model_limit(model, ADP_LIMIT_HTTP_OPEN);
    }
    g_queue_push_tail(conn->http_open, GUINT_TO_POINTER(i + 1));
}

static gboolean waits(const adp_conn *conn)
{
    return conn && conn->http_open && conn->http_open->length > 0;
}

/*
 * The request that an answer is to: in HTTP/1 the first one that waits, in HTTP/2 the one of its
 * stream. The answer to a request that asked for HTTP/2 comes on the first stream (RFC 7540 3.2).
 */
static GList *asked_by(const adp_model *model, const adp_conn *conn, guint32 id)
{
    GList *upgraded = NULL;
    GList *link;

    for (link = waits(conn) ? conn->http_open->head : NULL; link; link = link->next) {
        guint32 asked = adp_model_obs(model, GPOINTER_TO_UINT(link->data) - 1)->id;

        if (asked == id) {
            return link;
        }
        if (asked == 0 && id == 1 && !upgraded) {
            upgraded = link;
        }
    }
    return upgraded;
}

gboolean adp_model_http_waits(const adp_model *model, const adp_flow *flow)
{
    return waits(adp_find_conn(&model->derived, flow));
}

const adp_obs_http *adp_model_http_asked(const adp_model *model, const adp_flow *flow, guint32 id)
{
    const GList *asked = asked_by(model, adp_find_conn(&model->derived, flow), id);

    return asked ? adp_model_obs(model, GPOINTER_TO_UINT(asked->data) - 1)->u.http : NULL;
}

/* ---- rounds ---- */

/** What a round is about. */
typedef enum {
    ROUND_CHALLENGE,
    ROUND_REFUSAL, /* of a ticket */
    ROUND_VERSION, /* the server wants the question by HTTP/1.1 */
    ROUND_FORM     /* the server does not know the form of the question */
} round_about;

static char *round_key(const adp_obs *request, round_about about)
{
    const adp_obs_http *http = request->u.http;
    char *mailbox =
        about == ROUND_FORM && http->mailbox ? g_ascii_strdown(http->mailbox, -1) : NULL;
    char *key = g_strdup_printf("%d|%u|%s|%s", (int)about, request->flow.client,
                                http->host ? http->host : "", mailbox ? mailbox : "");

    g_free(mailbox);
    return key;
}

/* The client answers the challenges it got from this host; or gets through in another way. */
static void carry_on(adp_derived *d, const adp_obs *request, round_about about)
{
    char *key = round_key(request, about);
    guint32 index = GPOINTER_TO_UINT(g_hash_table_lookup(d->challenges, key));

    while (index) {
        adp_step *step = adp_step_at(d, index - 1);

        adp_step_own(d, step)->carried_on = TRUE;
        index = step->own->challenged == ADP_NONE ? 0 : step->own->challenged + 1;
    }
    (void)g_hash_table_remove(d->challenges, key);
    g_free(key);
}

/* The step asks for credentials, or refuses what came: it is to be seen what follows. */
static void challenge(adp_derived *d, guint32 index, const adp_obs *request, round_about about)
{
    char *key = round_key(request, about);
    guint32 before = GPOINTER_TO_UINT(g_hash_table_lookup(d->challenges, key));

    adp_step_own(d, adp_step_at(d, index))->challenged = before ? before - 1 : ADP_NONE;
    g_hash_table_replace(d->challenges, key, GUINT_TO_POINTER(index + 1));
}

gboolean adp_http_has_credentials(const adp_obs_http *request)
{
    return request->auth == ADP_AUTH_KERBEROS || request->auth == ADP_AUTH_BASIC ||
           request->auth == ADP_AUTH_BEARER ||
           (request->auth == ADP_AUTH_NTLM && request->ntlm_message == 3);
}

gboolean adp_http_lacks_place(const adp_obs_http *reply)
{
    return reply->status >= 300 && reply->status < 400 && reply->damaged && !reply->redirect &&
           !reply->moved;
}

gboolean adp_http_is_unknown_form(const adp_obs_http *request, const adp_obs_http *reply)
{
    return request->form == ADP_AUTODISCOVER_JSON && reply->status == 404;
}

/* ---- requests ---- */

static gboolean is_plain_get(const adp_obs_http *http)
{
    return http->url && adp_has_prefix(http->url, "http:") && strcmp(http->method, "GET") == 0;
}

static const char *method_of_redirect(const adp_model *model, const char *host)
{
    const adp_host *entry = g_hash_table_lookup(model->derived.named, host);

    return entry && entry->method ? entry->method : "other";
}

/* By which of the client's methods the URL was found. */
static const char *method_of(const adp_model *model, const adp_obs *obs)
{
    const adp_obs_http *http = obs->u.http;
    guint how = http->host ? adp_model_named(model, http->host) : 0;

    if (http->form == ADP_AUTODISCOVER_JSON) {
        return "json";
    }
    if (is_plain_get(http)) {
        return "http-redirect";
    }
    if (how & ADP_NAMED_BY_SCP) {
        return "scp";
    }
    if (http->host && adp_mail_domain_of(http->host)) {
        return "autodiscover-host";
    }
    if (http->host && adp_is_mail_domain(model, obs->flow.client, http->host)) {
        return "domain";
    }
    if (how & ADP_NAMED_BY_MAIL_SRV) {
        return "srv";
    }
    return how & ADP_NAMED_BY_REDIRECT ? method_of_redirect(model, http->host) : "other";
}

static void learn_mailbox(adp_model *model, const char *mailbox)
{
    const char *at = mailbox ? strrchr(mailbox, '@') : NULL;

    if (at && strchr(at, '.')) {
        adp_learn_mail_domain(model, at + 1);
    }
}

static void learn_request(adp_model *model, const adp_obs *obs, const adp_conn *conn)
{
    const adp_obs_http *http = obs->u.http;

    if (!http->host) {
        return;
    }
    adp_name_host(model, http->host, ADP_NAMED_AS_CANDIDATE, adp_url_port(http->url));
    if (!http->via_proxy && !conn->is_proxy) {
        adp_host_address(model, http->host, obs->flow.server);
    }
    learn_mailbox(model, http->mailbox);
}

static gboolean feed_autodiscover(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    const char *method = method_of(model, obs);
    adp_conn *conn = adp_need_conn(d, &obs->flow);
    guint32 index = adp_new_step(model, ADP_STEP_AUTODISCOVER, obs, i);

    adp_step_at(d, index)->request = i;
    adp_step_own(d, adp_step_at(d, index))->method = method;
    if (obs->u.http->auth != ADP_AUTH_NONE) {
        carry_on(d, obs, ROUND_CHALLENGE);
    }
    if (!obs->id) {
        carry_on(d, obs, ROUND_VERSION);
    }
    learn_request(model, obs, conn);
    push(model, conn, i);
    return adp_finish(d, i);
}

static gboolean is_related(const adp_model *model, const adp_obs *obs, const adp_conn *conn)
{
    const adp_obs_http *http = obs->u.http;

    if (conn && (conn->ap != ADP_NONE || conn->http_open)) {
        return TRUE;
    }
    return http->host && adp_is_path_host(model, obs->flow.client, http->host);
}

gboolean adp_feed_http_request(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    const adp_obs_http *http = obs->u.http;
    adp_conn *conn = adp_find_conn(d, &obs->flow);

    if (http->form != ADP_AUTODISCOVER_NONE) {
        return feed_autodiscover(model, obs, i);
    }
    if (strcmp(http->method, "CONNECT") == 0) {
        gboolean wanted = http->host && adp_is_web_host(model, obs->flow.client, http->host);

        if (!http->host || (!wanted && !adp_guess_connect(model, obs, i))) {
            return FALSE;
        }
        conn = adp_need_conn(d, &obs->flow);
        conn->is_proxy = TRUE;
        conn->tunnel = wanted;
        adp_tunnel_asked(d, obs, i);
    } else if (!(http->auth == ADP_AUTH_NTLM && is_related(model, obs, conn)) &&
               (obs->id || !waits(conn))) {
        return adp_keep_named(model, http->host);
    }
    push(model, adp_need_conn(d, &obs->flow), i);
    return adp_keep_aside(d);
}

/* ---- replies ---- */

static void learn_redirect(adp_model *model, const adp_step *step, const adp_obs_http *reply)
{
    char *host;

    if (!reply->redirect) {
        return;
    }
    if (reply->redirect_is_address) {
        learn_mailbox(model, reply->redirect);
        return;
    }
    host = adp_url_host(reply->redirect);
    adp_name_redirect(model, host, step->own->method, adp_url_port(reply->redirect));
    g_free(host);
}

/* What the client turns to next. */
static void learn_services(adp_model *model, const adp_obs_http *reply)
{
    guint i;

    for (i = 0; i < reply->services.count; i++) {
        char *host = adp_url_host(reply->services.items[i]);

        adp_name_host(model, host, ADP_NAMED_BY_SETTINGS, adp_url_port(reply->services.items[i]));
        g_free(host);
    }
}

gboolean adp_feed_http_reply(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    adp_conn *conn = adp_find_conn(d, &obs->flow);
    const adp_obs_http *reply = obs->u.http;
    const adp_obs *request;
    GList *link = asked_by(model, conn, obs->id);
    guint32 asked;
    guint32 index;

    if (!link) {
        return FALSE;
    }
    asked = GPOINTER_TO_UINT(link->data) - 1;
    g_queue_delete_link(conn->http_open, link);
    request = adp_model_obs(model, asked);
    index = adp_mark_at(d, asked)->step;
    if (index == ADP_NONE) {
        if (strcmp(request->u.http->method, "CONNECT") == 0) {
            conn->tunnel = conn->tunnel && reply->status < 300;
            adp_tunnel_answered(d, asked, i);
        }
        return adp_keep_aside(d);
    }
    adp_attach(d, index, i);
    adp_step_at(d, index)->reply = i;
    if (reply->status == 401 || reply->status == 407) {
        challenge(d, index, request,
                  adp_http_has_credentials(request->u.http) ? ROUND_REFUSAL : ROUND_CHALLENGE);
    } else if (reply->status && reply->status < 400 && request->u.http->auth == ADP_AUTH_KERBEROS) {
        carry_on(d, request, ROUND_REFUSAL);
    }
    if (reply->wants_http_1) {
        challenge(d, index, request, ROUND_VERSION);
    }
    if (adp_http_is_unknown_form(request->u.http, reply)) {
        challenge(d, index, request, ROUND_FORM);
    } else if (reply->has_settings && request->u.http->form != ADP_AUTODISCOVER_JSON) {
        carry_on(d, request, ROUND_FORM);
    }
    learn_redirect(model, adp_step_at(d, index), reply);
    learn_services(model, reply);
    return adp_finish(d, i);
}
