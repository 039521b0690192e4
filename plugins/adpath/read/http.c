/* http.c
 * HTTP messages, as HTTP/1 writes them: what is asked of autodiscover, and how both ends authenticate.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/http.h"

#include "join/exchange.h"
#include "join/feed.h"
#include "join/learn.h"
#include "join/pair_http.h"
#include "log/observation.h"
#include "read/autodiscover.h"
#include "read/ber.h"
#include "read/frame.h"
#include "read/gss.h"
#include "read/http_message.h"
#include "read/kerberos.h"
#include "read/krb_parts.h"
#include "wire/arena.h"
#include "wire/hash.h"
#include "wire/text.h"
#include "wire/url.h"

#include <string.h>

/** Where a message comes from. */
typedef struct {
    adp_place place;
    const field_info *body; /* the item of its decoded body, or NULL */
    guint32 stream;         /* of HTTP/2, 0: HTTP/1 */
    gboolean turned;        /* it came the other way than the packet, */
    gint64 time;            /* at this time */
} source;

/* ---- autodiscover ---- */

static const char *keep(adp_arena *arena, const char *text)
{
    return text ? adp_text(arena, (const guint8 *)text, strlen(text)) : NULL;
}

static const char *keep_span(adp_arena *arena, adp_span text)
{
    return text.at ? adp_text(arena, (const guint8 *)text.at, text.len) : NULL;
}

/* The text as a string of the arena, or NULL. */
static const char *string_of(adp_arena *arena, adp_span text)
{
    return text.at ? adp_arena_strndup(arena, text.at, text.len) : NULL;
}

static gboolean is_connect(const adp_http_message *m)
{
    return m->method.len == strlen("CONNECT") &&
           memcmp(m->method.at, "CONNECT", m->method.len) == 0;
}

static gboolean is_absolute(adp_span target)
{
    return adp_http_begins(target.at, target.len, "http://") ||
           adp_http_begins(target.at, target.len, "https://");
}

/* Its page for load balancers is no question of a client. */
static gboolean is_of_autodiscover(const char *path, gsize len)
{
    return adp_http_begins(path, len, "/autodiscover/") &&
           !adp_http_begins(path, len, "/autodiscover/healthcheck.htm");
}

/* May the target be one of autodiscover's? Its forms all begin so. */
static gboolean names_autodiscover(adp_span target)
{
    adp_url url;

    if (adp_url_parse(target.at, target.len, &url)) {
        return is_of_autodiscover(url.path, url.path_len);
    }
    return is_of_autodiscover(target.at, target.len);
}

/*
 * Where a request goes: host, port and how they are written. What names no host, or a damaged
 * one, is no place: a host of it would be another one to the next program.
 */
static gboolean read_authority(const adp_http_message *m, adp_url *place)
{
    if (is_absolute(m->target)) {
        return adp_url_parse(m->target.at, m->target.len, place);
    }
    if (is_connect(m)) {
        return adp_url_parse_place(m->target.at, m->target.len, place);
    }
    return m->host.at && adp_url_parse_place(m->host.at, m->host.len, place);
}

/* Path and query of an absolute target. */
static adp_span behind_authority(adp_span target, const adp_url *url)
{
    return (adp_span){url->path, target.len - (gsize)(url->path - target.at)};
}

/* Host, URL and mailbox of a request. */
static void read_place(const adp_frame *frame, const adp_http_message *m, adp_obs_http *http)
{
    gboolean absolute = is_absolute(m->target);
    gboolean tls =
        absolute ? adp_http_begins(m->target.at, m->target.len, "https:") : frame->in_tls;
    adp_url place;
    gboolean is_place = read_authority(m, &place);
    const char *path;
    gsize path_len;
    GString *url;

    http->via_proxy = absolute && !frame->in_tls;
    http->host = is_place ? keep(frame->arena, place.host) : NULL;
    http->port = is_place && is_connect(m) ? place.port : 0;
    if (is_connect(m) || (absolute && !is_place)) {
        return;
    }
    path = string_of(frame->arena, absolute ? behind_authority(m->target, &place) : m->target);
    http->form = adp_autodiscover_form_of(path);
    if (http->form == ADP_AUTODISCOVER_NONE) {
        return;
    }
    http->mailbox = adp_autodiscover_target_mailbox(frame->arena, path, &path_len);
    url = g_string_new(NULL);
    if (is_place) {
        g_string_append(url, tls ? "https://" : "http://");
        g_string_append_len(url, place.place, (gssize)place.place_len);
    }
    g_string_append_len(url, path, (gssize)MIN(path_len, (gsize)ADP_TEXT_MAX));
    http->url = keep(frame->arena, url->str);
    http->url_is_short = path[path_len] != '\0';
    g_string_free(url, TRUE);
}

/*
 * The bytes of a body. As it came, it stands behind the headers; encoded, only Wireshark's
 * decoded copy will do, which is a buffer of its own. Items of the tree have other lengths
 * when nobody looks at it, so only their places count.
 */
static adp_ber body_range(const adp_http_message *m, const field_info *body, gboolean *whole)
{
    adp_ber range = m->rest;

    if (m->encoded) {
        *whole = body && body->ds_tvb != m->rest.tvb &&
                 tvb_reported_length(body->ds_tvb) <= tvb_captured_length(body->ds_tvb);
        return *whole ? adp_ber_range(body->ds_tvb, body->start, -1) : m->rest;
    }
    if (m->has_length) {
        range = adp_ber_range(range.tvb, range.offset, (int)MIN(m->body_length, (guint64)G_MAXINT));
        *whole = (guint64)MAX(0, adp_ber_length(&range)) == m->body_length;
        return range;
    }
    /* A reply without a length ends with the connection, a request has no body then. */
    range = adp_ber_range(range.tvb, range.offset, m->reply ? -1 : 0);
    *whole = tvb_reported_length(range.tvb) <= tvb_captured_length(range.tvb);
    return range;
}

static void read_body(adp_frame *frame, const adp_http_message *m, const source *from,
                      adp_obs_http *http)
{
    gboolean whole = FALSE;
    adp_ber range;

    if (!m->complete) {
        http->damaged = TRUE;
        return;
    }
    range = body_range(m, from->body, &whole);
    http->damaged = !whole;
    adp_autodiscover_read(frame->arena, (const char *)adp_ber_bytes(&range),
                          (gsize)MAX(0, adp_ber_length(&range)), http);
}

static guint64 hash_of_span(adp_span text)
{
    char *copy = g_strndup(text.at, text.len);
    guint64 hash = adp_hash_lower(ADP_HASH_SEED, copy ? copy : "");

    g_free(copy);
    return hash;
}

/* HTTP has no ids, and two refusals a moment apart have the same bytes. */
static guint64 hash_of(const adp_frame *frame, const source *from)
{
    return adp_hash_range(from->place.tvb, from->place.start, from->place.length) +
           adp_hash_segment(frame) + from->stream;
}

static adp_obs begin_obs(const adp_frame *frame, const source *from, adp_obs_type type,
                         gboolean from_server)
{
    adp_obs obs = adp_frame_obs(frame, type, from_server != from->turned);

    obs.from_server = from_server;
    obs.id = from->stream;
    obs.time = from->time;
    obs.hash = hash_of(frame, from);
    return obs;
}

/* Of a Host header: without its port. */
static gsize name_length(adp_span host)
{
    const char *colon = host.len ? memchr(host.at, ':', host.len) : NULL;

    return colon ? (gsize)(colon - host.at) : host.len;
}

/*
 * Most requests are nobody's discovery, and nobody waits for what they bring. In HTTP/2 others do not
 * stand before the one that waits, and the handshake has named the host.
 */
static gboolean may_matter(const adp_frame *frame, const adp_http_message *m, const source *from,
                           const adp_flow *flow)
{
    if (names_autodiscover(m->target) || is_connect(m) || m->auth == ADP_AUTH_NTLM) {
        return TRUE;
    }
    return !from->stream &&
           (adp_model_http_waits(frame->model, flow) ||
            (m->host.at && adp_model_may_be_host(frame->model, m->host.at, name_length(m->host))));
}

static void add_http_request(adp_frame *frame, const adp_http_message *m, const source *from)
{
    adp_obs_http *http;
    adp_obs obs = begin_obs(frame, from, ADP_OBS_HTTP_REQUEST, FALSE);

    if (!m->method.at || !may_matter(frame, m, from, &obs.flow)) {
        return;
    }
    http = adp_arena_new_array(frame->arena, adp_obs_http, 1);
    http->in_tls = frame->in_tls;
    http->method = keep_span(frame->arena, m->method);
    http->auth = m->auth;
    http->auths = m->auths;
    http->ntlm_message = m->ntlm_message;
    http->account = m->auth_of_proxy ? 0 : m->account;
    http->auth_length = m->auth_length;
    http->auth_of_proxy = m->auth_of_proxy;
    read_place(frame, m, http);
    if (http->form != ADP_AUTODISCOVER_NONE) {
        read_body(frame, m, from, http);
    }
    obs.u.http = http;
    (void)adp_model_add(frame->model, &obs);
}

/* What answers on Windows before any web site does, and in place of one that is not there (from memory). */
#define HTTP_SYS "Microsoft-HTTPAPI/"

/* Where the server sends the client, and whether that is an answer to its question. */
static void read_location(adp_frame *frame, const adp_http_message *m, const adp_obs_http *asked,
                          adp_obs_http *http)
{
    const char *shown = adp_url_shown(frame->arena, m->location.at, m->location.len);

    if (!adp_autodiscover_follows(asked, m->location.at, m->location.len)) {
        http->moved = shown;
        return;
    }
    http->redirect = shown;
    http->redirect_hash = hash_of_span(m->location);
}

static void add_http_reply(adp_frame *frame, const adp_http_message *m, const source *from)
{
    adp_obs_http *http;
    adp_obs obs = begin_obs(frame, from, ADP_OBS_HTTP_REPLY, TRUE);
    const adp_obs_http *asked = adp_model_http_asked(frame->model, &obs.flow, obs.id);

    if (m->status < 200 || !asked) {
        return;
    }
    http = adp_arena_new_array(frame->arena, adp_obs_http, 1);
    http->in_tls = frame->in_tls;
    http->status = m->status;
    http->auth = m->auth;
    http->auths = m->auths;
    http->ntlm_message = m->ntlm_message;
    http->auth_of_proxy = m->auth_of_proxy;
    http->no_site = m->server.at && m->server.len >= strlen(HTTP_SYS) &&
                    g_ascii_strncasecmp(m->server.at, HTTP_SYS, strlen(HTTP_SYS)) == 0;
    if (m->status >= 300 && m->status < 400 && m->location.at) {
        read_location(frame, m, asked, http);
    }
    read_body(frame, m, from, http);
    obs.u.http = http;
    (void)adp_model_add(frame->model, &obs);
}

/* ---- the Kerberos exchange inside ---- */

static gboolean is_ticket(const adp_gss_token *token)
{
    return token->content == ADP_GSS_KERBEROS && token->message_tag == ADP_KRB_AP_REQ;
}

static void add_request(adp_frame *frame, const adp_gss_token *token, const source *from)
{
    adp_obs obs;

    if (is_ticket(token)) {
        obs = begin_obs(frame, from, ADP_OBS_AP_REQUEST, FALSE);
        obs.u.krb = adp_krb_read_ap_request(frame->arena, token->message, ADP_CARRIER_HTTP);
        (void)adp_model_add(frame->model, &obs);
    }
}

static void add_reply(adp_frame *frame, const adp_gss_token *token, guint status,
                      const source *from)
{
    adp_obs obs = begin_obs(frame, from, ADP_OBS_AP_REPLY, TRUE);
    adp_obs_krb *krb;
    gboolean has_token = token->content == ADP_GSS_KERBEROS;

    if (status < 200 || (!has_token && !adp_model_ap_waits(frame->model, &obs.flow, obs.id))) {
        return;
    }
    krb = adp_krb_read_ap_reply(frame->arena, token, ADP_CARRIER_HTTP);
    krb->refused = status == 401 || status == 407;
    /* A bad request or a broken server tells nothing of the ticket. */
    krb->damaged = !has_token && (status == 400 || status >= 500);
    obs.u.krb = krb;
    (void)adp_model_add(frame->model, &obs);
}

static void read_message(adp_frame *frame, const source *from)
{
    adp_http_message m;

    if (!adp_http_parse(frame->arena, &from->place, &m)) {
        return;
    }
    if (m.reply) {
        add_http_reply(frame, &m, from);
        add_reply(frame, &m.token, m.status, from);
    } else {
        add_http_request(frame, &m, from);
        add_request(frame, &m.token, from);
    }
}

void adp_read_http(adp_frame *frame, const field_info *fi, const field_info *body)
{
    const source from = {adp_place_of(fi), body, 0, FALSE, frame->time};
    const adp_ber range = adp_ber_range(from.place.tvb, from.place.start, from.place.length);

    if (adp_http_may_begin((const char *)adp_ber_bytes(&range),
                           (gsize)MAX(0, adp_ber_length(&range)))) {
        read_message(frame, &from);
    }
}

/* ---- HTTP/2 ---- */

gboolean adp_http_may_matter(adp_frame *frame, tvbuff_t *text, guint32 stream)
{
    const source from = {
        {text, 0, (int)tvb_captured_length(text)}, NULL, stream, FALSE, frame->time};
    adp_http_message m;
    adp_obs obs;

    if (!adp_http_parse(frame->arena, &from.place, &m)) {
        return FALSE;
    }
    obs = adp_frame_obs(frame, m.reply ? ADP_OBS_HTTP_REPLY : ADP_OBS_HTTP_REQUEST, m.reply);
    if (!m.reply) {
        return is_ticket(&m.token) || may_matter(frame, &m, &from, &obs.flow);
    }
    return m.token.content == ADP_GSS_KERBEROS ||
           adp_model_ap_waits(frame->model, &obs.flow, stream) ||
           adp_model_http_asked(frame->model, &obs.flow, stream);
}

static void read_text(adp_frame *frame, tvbuff_t *text, guint32 stream, gboolean turned,
                      gint64 time)
{
    const source from = {{text, 0, (int)tvb_captured_length(text)}, NULL, stream, turned, time};

    read_message(frame, &from);
}

void adp_read_http_text(adp_frame *frame, tvbuff_t *text, guint32 stream)
{
    read_text(frame, text, stream, FALSE, frame->time);
}

void adp_read_http_question(adp_frame *frame, tvbuff_t *text, guint32 stream, gint64 time)
{
    read_text(frame, text, stream, TRUE, time);
}

/* Neither question nor ticket was looked at. */
void adp_read_http_1_required(adp_frame *frame, guint32 stream)
{
    adp_obs obs = adp_frame_obs(frame, ADP_OBS_HTTP_REPLY, TRUE);
    adp_obs_http *http;
    adp_obs_krb *krb;

    obs.id = stream;
    obs.hash = adp_hash_segment(frame) + stream;
    if (adp_model_http_asked(frame->model, &obs.flow, stream)) {
        http = adp_arena_new_array(frame->arena, adp_obs_http, 1);
        http->in_tls = frame->in_tls;
        http->wants_http_1 = TRUE;
        obs.u.http = http;
        (void)adp_model_add(frame->model, &obs);
    }
    if (adp_model_ap_waits(frame->model, &obs.flow, stream)) {
        krb = adp_arena_new_array(frame->arena, adp_obs_krb, 1);
        krb->exchange = ADP_EXCHANGE_AP;
        krb->carrier = ADP_CARRIER_HTTP;
        krb->refused = krb->damaged = TRUE; /* refused, without a look */
        obs.type = ADP_OBS_AP_REPLY;
        obs.u.krb = krb;
        (void)adp_model_add(frame->model, &obs);
    }
}
