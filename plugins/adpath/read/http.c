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
#include "read/kerberos.h"
#include "wire/arena.h"
#include "wire/hash.h"
#include "wire/limits.h"
#include "wire/ntlm.h"
#include "wire/number.h"
#include "wire/text.h"
#include "wire/url.h"

#include <string.h>

/* Behind "HTTP/1.1 ". */
#define STATUS_AT 9

/** Text in the buffer; `at` NULL: there is none. */
typedef struct {
    const char *at;
    gsize len;
} span;

/** Where a message comes from. */
typedef struct {
    adp_place place;
    const field_info *body; /* the item of its decoded body, or NULL */
    guint32 stream;         /* of HTTP/2, 0: HTTP/1 */
    gboolean turned;        /* it came the other way than the packet, */
    gint64 time;            /* at this time */
} source;

/** A message's headers, as far as they matter: nothing is copied before it is known to. */
typedef struct {
    gboolean reply;
    guint16 status; /* 0: there is none */
    span method;
    span target;
    span host;
    span location;
    gboolean complete; /* the headers were captured to their end */
    gboolean has_length;
    gboolean encoded;    /* chunked or compressed */
    guint64 body_length; /* as announced */
    adp_ber rest;        /* what follows the headers in the buffer */
    adp_auth auth;
    guint8 auths;
    guint8 ntlm_message;
    guint32 auth_length;
    guint64 account; /* hash of the user that credentials name; 0: none */
    gboolean auth_of_proxy;
    adp_gss_token token; /* the one that tells most */
    gboolean too_deep;   /* one was nested too deep to be read */
} message;

/* The next line of the header block, without its end; FALSE behind the last. */
static gboolean next_line(const char **at, const char *end, const char **line, gsize *len)
{
    const char *newline = memchr(*at, '\n', (gsize)(end - *at));

    if (!newline) {
        return FALSE;
    }
    *line = *at;
    *len = (gsize)(newline - *at);
    if (*len && (*line)[*len - 1] == '\r') {
        (*len)--;
    }
    *at = newline + 1;
    return *len > 0;
}

static gboolean begins(const char *line, gsize len, const char *name)
{
    gsize n = strlen(name);

    return len >= n && g_ascii_strncasecmp(line, name, n) == 0;
}

/* A NUL ends text, whatever follows. */
static span span_of(const char *at, gsize len)
{
    const char *nul = len ? memchr(at, '\0', len) : NULL;

    return (span){at, nul ? (gsize)(nul - at) : len};
}

static span stripped(span text)
{
    while (text.len && g_ascii_isspace(text.at[text.len - 1])) {
        text.len--;
    }
    while (text.len && g_ascii_isspace(*text.at)) {
        text.at++;
        text.len--;
    }
    return text;
}

static gboolean is_base64(char c)
{
    return g_ascii_isalnum(c) || c == '+' || c == '/' || c == '=';
}

static gboolean is_separator(char c)
{
    return c == ' ' || c == '\t' || c == ',' || c == ':';
}

/*
 * Finds `scheme` among the challenges of a header line.
 * @param token  what stands behind it, NULL when nothing does. Free with g_free().
 */
static gboolean find_scheme(const char *line, gsize len, const char *scheme, char **token)
{
    const char *end = line + len;
    const char *at;
    const char *start;

    *token = NULL;
    for (at = line + 1; at < end; at++) {
        if (!is_separator(at[-1]) || !begins(at, (gsize)(end - at), scheme)) {
            continue;
        }
        start = at + strlen(scheme);
        if (start < end && *start != ' ' && *start != '\t' && *start != ',') {
            continue;
        }
        while (start < end && (*start == ' ' || *start == '\t')) {
            start++;
        }
        for (at = start; at < end && is_base64(*at); at++) {
        }
        *token = at > start ? g_strndup(start, (gsize)(at - start)) : NULL;
        return TRUE;
    }
    return FALSE;
}

static adp_gss_token decode_token(tvbuff_t *tvb, const char *base64)
{
    adp_gss_token nothing = {0};
    gsize len = 0;
    guchar *bytes = g_base64_decode(base64, &len);
    tvbuff_t *token;

    if (!bytes || len == 0) {
        g_free(bytes);
        return nothing;
    }
    token = tvb_new_child_real_data(tvb, bytes, (guint)len, (gint)len);
    tvb_set_free_cb(token, g_free);
    return adp_gss_read(adp_ber_range(token, 0, (int)len));
}

/* CONTOSO\alice, alice@contoso.com and alice mean the same person. */
static guint64 hash_of_user(const char *name, gsize len)
{
    const char *slash = len ? memchr(name, '\\', len) : NULL;
    const char *at;
    char *lower;
    guint64 hash;

    if (slash) {
        len -= (gsize)(slash + 1 - name);
        name = slash + 1;
    }
    at = len ? memchr(name, '@', len) : NULL;
    len = at ? (gsize)(at - name) : len;
    if (!len) {
        return 0;
    }
    lower = g_ascii_strdown(name, (gssize)len);
    hash = adp_hash_bytes(ADP_HASH_SEED, (const guint8 *)lower, len);
    g_free(lower);
    return hash;
}

/* RFC 7617 2: the name stands before the first colon, and what is behind it goes nowhere. */
static guint64 user_of_basic(const char *base64)
{
    gsize len = 0;
    guchar *bytes = strlen(base64) <= ADP_MAX_BASIC ? g_base64_decode(base64, &len) : NULL;
    const guchar *colon = bytes && len ? memchr(bytes, ':', len) : NULL;
    guint64 hash = colon ? hash_of_user((const char *)bytes, (gsize)(colon - bytes)) : 0;

    if (bytes) {
        memset(bytes, 0, len);
    }
    g_free(bytes);
    return hash;
}

static guint64 user_of_ntlm(adp_arena *arena, const adp_gss_token *token)
{
    const char *user = NULL;
    const char *domain = NULL;

    return adp_ntlm_names(arena, adp_ber_bytes(&token->message),
                          (gsize)MAX(0, adp_ber_length(&token->message)), &user, &domain) &&
                   user
               ? hash_of_user(user, strlen(user))
               : 0;
}

/* How much a way to authenticate tells; the most telling one of a message is kept. */
static guint weight(adp_auth auth)
{
    static const guint weights[] = {
        [ADP_AUTH_NONE] = 0,  [ADP_AUTH_BASIC] = 1, [ADP_AUTH_BEARER] = 2,
        [ADP_AUTH_OTHER] = 3, [ADP_AUTH_NTLM] = 4,  [ADP_AUTH_KERBEROS] = 5,
    };

    return weights[auth];
}

static void note_auth(message *m, adp_auth auth, const adp_gss_token *token)
{
    m->auths |= (guint8)(1U << auth);
    if (weight(auth) > weight(m->auth)) {
        m->auth = auth;
        m->ntlm_message = token ? token->ntlm_message : 0;
    }
    m->too_deep = m->too_deep || (token && token->too_deep);
    if (token && token->content == ADP_GSS_KERBEROS && m->token.content != ADP_GSS_KERBEROS) {
        m->token = *token;
    }
}

/* One header with challenges or credentials. */
static void read_auth(message *m, adp_arena *arena, tvbuff_t *tvb, const char *line, gsize len)
{
    static const struct {
        const char *scheme;
        adp_auth auth; /* without a token that tells more */
        gboolean has_token;
    } schemes[] = {
        {"Negotiate", ADP_AUTH_OTHER, TRUE}, {"Kerberos", ADP_AUTH_OTHER, TRUE},
        {"NTLM", ADP_AUTH_NTLM, TRUE},       {"Basic", ADP_AUTH_BASIC, FALSE},
        {"Bearer", ADP_AUTH_BEARER, FALSE},  {"Digest", ADP_AUTH_OTHER, FALSE},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(schemes); i++) {
        adp_auth auth = schemes[i].auth;
        adp_gss_token token = {0};
        char *base64;

        if (!find_scheme(line, len, schemes[i].scheme, &base64)) {
            continue;
        }
        /* "Authorization: Bearer" and nothing more asks which tokens the server takes. */
        if (!base64 && !m->reply && !schemes[i].has_token) {
            auth = ADP_AUTH_NONE;
        }
        if (base64 && schemes[i].has_token) {
            token = decode_token(tvb, base64);
            auth = token.content == ADP_GSS_KERBEROS ? ADP_AUTH_KERBEROS
                   : token.content == ADP_GSS_NTLM   ? ADP_AUTH_NTLM
                                                     : auth;
        }
        note_auth(m, auth, &token);
        if (base64 && !m->reply && auth == ADP_AUTH_BASIC) {
            m->account = user_of_basic(base64);
        } else if (!m->reply && token.content == ADP_GSS_NTLM) {
            m->account = user_of_ntlm(arena, &token);
        }
        g_free(base64);
    }
}

/* The value of a header line, when it is this one; of several the first. */
static void take_value(const char *line, gsize len, const char *name, span *ret)
{
    gsize n = strlen(name);

    if (!ret->at && begins(line, len, name)) {
        *ret = stripped(span_of(line + n, len - n));
    }
}

/* A token (RFC 9110 5.6.2). What a tunnel carries is bytes of anything, and may have spaces and line ends. */
static gboolean is_method(span text)
{
    gsize i;

    for (i = 0; i < text.len; i++) {
        if (!g_ascii_isalnum(text.at[i]) &&
            (!text.at[i] || !strchr("!#$%&'*+-.^_`|~", text.at[i]))) {
            return FALSE;
        }
    }
    return text.len > 0;
}

static void read_first_line(message *m, const char *line, gsize len)
{
    span text;
    const char *space;
    guint64 status;

    m->reply = begins(line, len, "HTTP/1.");
    if (m->reply) {
        m->status =
            len > STATUS_AT && adp_number_at(line + STATUS_AT, len - STATUS_AT, 999, &status) == 3
                ? (guint16)status
                : 0;
        return;
    }
    text = span_of(line, len);
    space = text.len ? memchr(text.at, ' ', text.len) : NULL;
    if (space && is_method((span){text.at, (gsize)(space - text.at)})) {
        m->method = (span){text.at, (gsize)(space - text.at)};
        m->target = (span){space + 1, text.len - m->method.len - 1};
        space = m->target.len ? memchr(m->target.at, ' ', m->target.len) : NULL;
        m->target.len = space ? (gsize)(space - m->target.at) : m->target.len;
    }
}

static void read_length(message *m, span value)
{
    m->has_length = adp_number_at(value.at, value.len, G_MAXUINT64, &m->body_length) > 0;
}

/* Behind the header's name; the line has a colon. */
static gsize value_length(const char *line, gsize len)
{
    const char *colon = memchr(line, ':', len);

    return stripped((span){colon + 1, len - (gsize)(colon + 1 - line)}).len;
}

static void read_challenge(message *m, adp_arena *arena, tvbuff_t *tvb, const char *line, gsize len)
{
    if (m->reply
            ? begins(line, len, "WWW-Authenticate:") || begins(line, len, "Proxy-Authenticate:")
            : begins(line, len, "Authorization:") || begins(line, len, "Proxy-Authorization:")) {
        m->auth_length = MAX(m->auth_length, (guint32)value_length(line, len));
        m->auth_of_proxy = m->auth_of_proxy || g_ascii_tolower(*line) == 'p';
        read_auth(m, arena, tvb, line, len);
    }
}

static void read_encoding(message *m, const char *line, gsize len)
{
    if (begins(line, len, "Transfer-Encoding:") || begins(line, len, "Content-Encoding:")) {
        m->encoded = m->encoded || !begins(line, len, "Content-Encoding: identity");
    }
}

/* By the first letter: most headers are none of these. */
static void read_header(message *m, adp_arena *arena, tvbuff_t *tvb, const char *line, gsize len)
{
    span length = {0};

    switch (g_ascii_tolower(*line)) {
    case 'a':
    case 'p':
    case 'w':
        read_challenge(m, arena, tvb, line, len);
        break;
    case 'c':
        take_value(line, len, "Content-Length:", &length);
        if (length.at) {
            read_length(m, length);
        }
        read_encoding(m, line, len);
        break;
    case 'h':
        take_value(line, len, "Host:", &m->host);
        break;
    case 'l':
        take_value(line, len, "Location:", &m->location);
        break;
    case 't':
        read_encoding(m, line, len);
        break;
    default:
        break;
    }
}

/* ---- autodiscover ---- */

static const char *keep(adp_arena *arena, const char *text)
{
    return text ? adp_text(arena, (const guint8 *)text, strlen(text)) : NULL;
}

static const char *keep_span(adp_arena *arena, span text)
{
    return text.at ? adp_text(arena, (const guint8 *)text.at, text.len) : NULL;
}

/* The text as a string of the arena, or NULL. */
static const char *string_of(adp_arena *arena, span text)
{
    return text.at ? adp_arena_strndup(arena, text.at, text.len) : NULL;
}

static gboolean is_connect(const message *m)
{
    return m->method.len == strlen("CONNECT") &&
           memcmp(m->method.at, "CONNECT", m->method.len) == 0;
}

static gboolean is_absolute(span target)
{
    return begins(target.at, target.len, "http://") || begins(target.at, target.len, "https://");
}

/* May the target be one of autodiscover's? Its forms all begin so. */
static gboolean names_autodiscover(span target)
{
    adp_url url;

    if (adp_url_parse(target.at, target.len, &url)) {
        return begins(url.path, url.path_len, "/autodiscover/");
    }
    return begins(target.at, target.len, "/autodiscover/");
}

/*
 * Where a request goes: host, port and how they are written. What names no host, or a damaged
 * one, is no place: a host of it would be another one to the next program.
 */
static gboolean read_authority(const message *m, adp_url *place)
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
static span behind_authority(span target, const adp_url *url)
{
    return (span){url->path, target.len - (gsize)(url->path - target.at)};
}

/* Host, URL and mailbox of a request. */
static void read_place(const adp_frame *frame, const message *m, adp_obs_http *http)
{
    gboolean absolute = is_absolute(m->target);
    gboolean tls = absolute ? begins(m->target.at, m->target.len, "https:") : frame->in_tls;
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
static adp_ber body_range(const message *m, const field_info *body, gboolean *whole)
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

static void read_body(adp_frame *frame, const message *m, const source *from, adp_obs_http *http)
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

static guint64 hash_of_span(span text)
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
static gsize name_length(span host)
{
    const char *colon = host.len ? memchr(host.at, ':', host.len) : NULL;

    return colon ? (gsize)(colon - host.at) : host.len;
}

/*
 * Most requests are nobody's discovery, and nobody waits for what they bring. In HTTP/2 others do not
 * stand before the one that waits, and the handshake has named the host.
 */
static gboolean may_matter(const adp_frame *frame, const message *m, const source *from,
                           const adp_flow *flow)
{
    if (names_autodiscover(m->target) || is_connect(m) || m->auth == ADP_AUTH_NTLM) {
        return TRUE;
    }
    return !from->stream &&
           (adp_model_http_waits(frame->model, flow) ||
            (m->host.at && adp_model_may_be_host(frame->model, m->host.at, name_length(m->host))));
}

static void add_http_request(adp_frame *frame, const message *m, const source *from)
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

/* Where the server sends the client, and whether that is an answer to its question. */
static void read_location(adp_frame *frame, const message *m, const adp_obs_http *asked,
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

static void add_http_reply(adp_frame *frame, const message *m, const source *from)
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

/* FALSE: there is not even a first line. */
static gboolean parse(adp_frame *frame, const adp_place *place, message *m)
{
    adp_ber range =
        adp_ber_range(place->tvb, place->start, MIN(place->length, ADP_MAX_HTTP_HEADERS));
    const char *begin = (const char *)adp_ber_bytes(&range);
    const char *at = begin;
    const char *end = begin + adp_ber_length(&range);
    const char *line;
    gsize len;

    *m = (message){0};
    if (!next_line(&at, end, &line, &len)) {
        return FALSE;
    }
    read_first_line(m, line, len);
    for (len = 1; next_line(&at, end, &line, &len); len = 1) {
        read_header(m, frame->arena, place->tvb, line, len);
    }
    m->complete = len == 0;
    if (!m->complete && place->length > ADP_MAX_HTTP_HEADERS) {
        adp_limit_hit(frame->arena, ADP_LIMIT_HTTP_HEADERS);
    }
    if (m->too_deep) {
        adp_limit_hit(frame->arena, ADP_LIMIT_GSS_NESTING);
    }
    m->rest = adp_ber_range(place->tvb, place->start + (int)(at - begin), 0);
    return TRUE;
}

static void read_message(adp_frame *frame, const source *from)
{
    message m;

    if (!parse(frame, &from->place, &m)) {
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

    read_message(frame, &from);
}

/* ---- HTTP/2 ---- */

gboolean adp_http_may_matter(adp_frame *frame, tvbuff_t *text, guint32 stream)
{
    const source from = {
        {text, 0, (int)tvb_captured_length(text)}, NULL, stream, FALSE, frame->time};
    message m;
    adp_obs obs;

    if (!parse(frame, &from.place, &m)) {
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
