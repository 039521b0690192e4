/* http.c
 * HTTP/1 messages, as bytes: what is asked of autodiscover, and how both ends authenticate.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read.h"

#include "../model/text.h"
#include "../model/web.h"
#include "autodiscover.h"
#include "gss.h"
#include "kerberos.h"

#include <string.h>

/* Headers beyond this are not looked at; servers refuse them long before. */
#define MAX_HEADERS 65536

/** A message's headers, as far as they matter. Strings are owned. */
typedef struct {
    gboolean reply;
    guint status;
    char *method;
    char *target;
    char *host;
    char *location;
    gboolean complete; /* the headers were captured to their end */
    gboolean has_length;
    gboolean encoded;    /* chunked or compressed */
    guint64 body_length; /* as announced */
    adp_ber rest;        /* what follows the headers in the buffer */
    adp_auth auth;
    guint8 ntlm_message;
    adp_gss_token token; /* the one that tells most */
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
    if (weight(auth) > weight(m->auth)) {
        m->auth = auth;
        m->ntlm_message = token ? token->ntlm_message : 0;
    }
    if (token && token->content == ADP_GSS_KERBEROS && m->token.content != ADP_GSS_KERBEROS) {
        m->token = *token;
    }
}

/* One header with challenges or credentials. */
static void read_auth(message *m, tvbuff_t *tvb, const char *line, gsize len)
{
    static const struct {
        const char *scheme;
        adp_auth auth; /* without a token that tells more */
        gboolean has_token;
    } schemes[] = {
        {"Negotiate", ADP_AUTH_OTHER, TRUE}, {"NTLM", ADP_AUTH_NTLM, TRUE},
        {"Basic", ADP_AUTH_BASIC, FALSE},    {"Bearer", ADP_AUTH_BEARER, FALSE},
        {"Digest", ADP_AUTH_OTHER, FALSE},
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
        g_free(base64);
    }
}

/* The value of a header line, when it is this one. Free with g_free(). */
static void take_value(const char *line, gsize len, const char *name, char **ret)
{
    gsize n = strlen(name);

    if (!*ret && begins(line, len, name)) {
        *ret = g_strstrip(g_strndup(line + n, len - n));
    }
}

static void read_first_line(message *m, const char *line, gsize len)
{
    char *text;
    char **words;

    m->reply = begins(line, len, "HTTP/1.");
    if (m->reply) {
        m->status = len >= 12 ? (guint)g_ascii_strtoull(line + 9, NULL, 10) : 0;
        return;
    }
    text = g_strndup(line, len);
    words = g_strsplit(text, " ", 3);
    if (words[0] && words[1]) {
        m->method = g_strdup(words[0]);
        m->target = g_strdup(words[1]);
    }
    g_strfreev(words);
    g_free(text);
}

static void read_header(message *m, tvbuff_t *tvb, const char *line, gsize len)
{
    char *length = NULL;

    if (m->reply
            ? begins(line, len, "WWW-Authenticate:") || begins(line, len, "Proxy-Authenticate:")
            : begins(line, len, "Authorization:") || begins(line, len, "Proxy-Authorization:")) {
        read_auth(m, tvb, line, len);
    }
    take_value(line, len, "Host:", &m->host);
    take_value(line, len, "Location:", &m->location);
    take_value(line, len, "Content-Length:", &length);
    if (length) {
        m->body_length = g_ascii_strtoull(length, NULL, 10);
        m->has_length = TRUE;
        g_free(length);
    }
    if (begins(line, len, "Transfer-Encoding:") || begins(line, len, "Content-Encoding:")) {
        m->encoded = m->encoded || !begins(line, len, "Content-Encoding: identity");
    }
}

static void message_clear(message *m)
{
    g_free(m->method);
    g_free(m->target);
    g_free(m->host);
    g_free(m->location);
}

/* ---- autodiscover ---- */

static const char *keep(adp_arena *arena, const char *text)
{
    return text ? adp_text(arena, (const guint8 *)text, strlen(text)) : NULL;
}

/* "host:port" as a host, lower case, and the port where one is said. */
static const char *split_host(adp_arena *arena, const char *authority, guint *port)
{
    const char *colon = strrchr(authority, ':');
    const char *result;
    char *lower;

    *port = 0;
    /* "[::1]:443" and "::1" */
    if (colon && (strchr(authority, ':') == colon || (colon > authority && colon[-1] == ']'))) {
        *port = (guint)g_ascii_strtoull(colon + 1, NULL, 10);
    } else {
        colon = authority + strlen(authority);
    }
    if (*authority == '[' && colon > authority + 1) {
        lower = g_ascii_strdown(authority + 1, colon - authority - 2);
    } else {
        lower = g_ascii_strdown(authority, colon - authority);
    }
    result = keep(arena, lower);
    g_free(lower);
    return result;
}

/* Host, URL and mailbox of a request. `path` is that of its target. */
static void read_place(const adp_frame *frame, const message *m, adp_obs_http *http)
{
    gboolean absolute =
        adp_has_prefix(m->target, "http://") || adp_has_prefix(m->target, "https://");
    const char *authority = absolute ? strstr(m->target, "//") + 2 : m->host;
    const char *path = m->target;
    const char *scheme = frame->in_tls ? "https" : "http";
    char *place = NULL;
    char *url;
    gsize path_len;
    guint port;

    http->via_proxy = absolute && !frame->in_tls;
    if (strcmp(m->method, "CONNECT") == 0) {
        http->host = split_host(frame->arena, m->target, &port);
        return;
    }
    if (absolute) {
        scheme = adp_has_prefix(m->target, "https") ? "https" : "http";
        path = authority + strcspn(authority, "/?");
        place = g_strndup(authority, (gsize)(path - authority));
    } else {
        place = g_strdup(authority ? authority : "");
    }
    http->host = split_host(frame->arena, place, &port);
    http->form = adp_autodiscover_form_of(path);
    if (http->form != ADP_AUTODISCOVER_NONE) {
        http->mailbox = adp_autodiscover_target_mailbox(frame->arena, path, &path_len);
        url = g_strdup_printf("%s%s%s%.*s", *place ? scheme : "", *place ? "://" : "", place,
                              (int)MIN(path_len, (gsize)ADP_TEXT_MAX), path);
        http->url = keep(frame->arena, url);
        http->url_is_short = path[path_len] != '\0';
        g_free(url);
    }
    g_free(place);
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

static void read_body(adp_frame *frame, const message *m, const field_info *body,
                      adp_obs_http *http)
{
    gboolean whole = FALSE;
    adp_ber range;

    if (!m->complete) {
        http->damaged = TRUE;
        return;
    }
    range = body_range(m, body, &whole);
    http->damaged = !whole;
    adp_autodiscover_read(frame->arena, (const char *)adp_ber_bytes(&range),
                          (gsize)MAX(0, adp_ber_length(&range)), http);
}

static void add_http_request(adp_frame *frame, const message *m, const field_info *body,
                             guint64 hash)
{
    adp_obs_http *http;
    adp_obs obs = adp_frame_obs(frame, ADP_OBS_HTTP_REQUEST, FALSE);

    if (!m->method) {
        return;
    }
    http = adp_arena_new_array(frame->arena, adp_obs_http, 1);
    http->in_tls = frame->in_tls;
    http->method = keep(frame->arena, m->method);
    http->auth = m->auth;
    http->ntlm_message = m->ntlm_message;
    read_place(frame, m, http);
    if (http->form != ADP_AUTODISCOVER_NONE) {
        read_body(frame, m, body, http);
    }
    obs.hash = hash;
    obs.u.http = http;
    (void)adp_model_add(frame->model, &obs);
}

static void add_http_reply(adp_frame *frame, const message *m, const field_info *body, guint64 hash)
{
    adp_obs_http *http;
    adp_obs obs = adp_frame_obs(frame, ADP_OBS_HTTP_REPLY, TRUE);

    if (m->status < 200 || !adp_model_http_waits(frame->model, &obs.flow)) {
        return;
    }
    http = adp_arena_new_array(frame->arena, adp_obs_http, 1);
    http->in_tls = frame->in_tls;
    http->status = (guint16)MIN(m->status, 999U);
    http->auth = m->auth;
    http->ntlm_message = m->ntlm_message;
    if (m->status >= 300 && m->status < 400) {
        http->redirect = keep(frame->arena, m->location);
    }
    read_body(frame, m, body, http);
    obs.hash = hash;
    obs.u.http = http;
    (void)adp_model_add(frame->model, &obs);
}

/* ---- the Kerberos exchange inside ---- */

static void add_request(adp_frame *frame, const adp_gss_token *token, guint64 hash)
{
    adp_obs obs = adp_frame_obs(frame, ADP_OBS_AP_REQUEST, FALSE);

    if (token->content == ADP_GSS_KERBEROS && token->message_tag == ADP_KRB_AP_REQ) {
        obs.hash = hash;
        obs.u.krb = adp_krb_read_ap_request(frame->arena, token->message, ADP_CARRIER_HTTP);
        (void)adp_model_add(frame->model, &obs);
    }
}

static void add_reply(adp_frame *frame, const adp_gss_token *token, guint status, guint64 hash)
{
    adp_obs obs = adp_frame_obs(frame, ADP_OBS_AP_REPLY, TRUE);
    adp_obs_krb *krb;
    gboolean has_token = token->content == ADP_GSS_KERBEROS;

    if (status < 200 || (!has_token && !adp_model_ap_waits(frame->model, &obs.flow))) {
        return;
    }
    krb = adp_krb_read_ap_reply(frame->arena, token, ADP_CARRIER_HTTP);
    krb->refused = status == 401 || status == 407;
    /* A bad request or a broken server tells nothing of the ticket. */
    krb->damaged = !has_token && (status == 400 || status >= 500);
    obs.hash = hash;
    obs.u.krb = krb;
    (void)adp_model_add(frame->model, &obs);
}

void adp_read_http(adp_frame *frame, const field_info *fi, const field_info *body)
{
    adp_ber range = adp_ber_range(fi->ds_tvb, fi->start, MIN(fi->length, MAX_HEADERS));
    const char *begin = (const char *)adp_ber_bytes(&range);
    const char *at = begin;
    const char *end = begin + adp_ber_length(&range);
    guint64 hash;
    message m = {0};
    const char *line;
    gsize len;

    if (!next_line(&at, end, &line, &len)) {
        return;
    }
    read_first_line(&m, line, len);
    for (len = 1; next_line(&at, end, &line, &len); len = 1) {
        read_header(&m, fi->ds_tvb, line, len);
    }
    m.complete = len == 0;
    m.rest = adp_ber_range(fi->ds_tvb, fi->start + (int)(at - begin), 0);
    /* HTTP has no ids, and two refusals a moment apart have the same bytes. */
    hash = adp_hash_range(fi->ds_tvb, fi->start, fi->length) + frame->segment;
    if (m.reply) {
        add_http_reply(frame, &m, body, hash);
        add_reply(frame, &m.token, m.status, hash);
    } else {
        add_http_request(frame, &m, body, hash);
        add_request(frame, &m.token, hash);
    }
    message_clear(&m);
}
