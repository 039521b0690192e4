/* http_message.c
 * The headers of an HTTP/1 message, as far as they matter here.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/http_message.h"

#include "log/observation.h"
#include "read/ber.h"
#include "read/frame.h"
#include "read/gss.h"
#include "wire/arena.h"
#include "wire/hash.h"
#include "wire/limits.h"
#include "wire/ntlm.h"
#include "wire/number.h"
#include "wire/text.h"

#include <string.h>

/* Behind "HTTP/1.1 ". */
#define STATUS_AT 9

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

gboolean adp_http_begins(const char *line, gsize len, const char *name)
{
    gsize n = strlen(name);

    return len >= n && g_ascii_strncasecmp(line, name, n) == 0;
}

/* A character of a token: RFC 9110 5.6.2. */
static gboolean is_of_token(char c)
{
    return g_ascii_isalnum(c) || (c > ' ' && strchr("!#$%&'*+-.^_`|~", c));
}

/* No method, and no header's name, is longer. */
#define LONGEST_TOKEN 64

/* Does a token end within the longest one? Told of all at once, which compilers make of vectors. */
static gboolean has_end_of_token(const char *text)
{
    guint8 found = 0;
    guint i;

    for (i = 0; i < LONGEST_TOKEN; i++) {
        found |= (guint8)((text[i] == ' ') | (text[i] == ':'));
    }
    return found != 0;
}

gboolean adp_http_may_begin(const char *text, gsize len)
{
    const gsize most = MIN(len, LONGEST_TOKEN);
    gsize i;

    /* The rest of a body is asked about too: most often it begins otherwise, or has neither so soon. */
    if (len > most && (!is_of_token(*text) || !has_end_of_token(text))) {
        return FALSE;
    }
    for (i = 0; i < most && is_of_token(text[i]); i++) {
    }
    return i == len || (i && (text[i] == ' ' || text[i] == ':')) ||
           adp_http_begins(text, len, "HTTP/1.");
}

/* A NUL ends text, whatever follows. */
static adp_span span_of(const char *at, gsize len)
{
    const char *nul = len ? memchr(at, '\0', len) : NULL;

    return (adp_span){at, nul ? (gsize)(nul - at) : len};
}

static adp_span stripped(adp_span text)
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
        if (!is_separator(at[-1]) || !adp_http_begins(at, (gsize)(end - at), scheme)) {
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

static void note_auth(adp_http_message *m, adp_auth auth, const adp_gss_token *token)
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
static void read_auth(adp_http_message *m, adp_arena *arena, tvbuff_t *tvb, const char *line,
                      gsize len)
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
static void take_value(const char *line, gsize len, const char *name, adp_span *ret)
{
    gsize n = strlen(name);

    if (!ret->at && adp_http_begins(line, len, name)) {
        *ret = stripped(span_of(line + n, len - n));
    }
}

/* What a tunnel carries is bytes of anything, and may have spaces and line ends. */
static gboolean is_method(adp_span text)
{
    gsize i;

    for (i = 0; i < text.len; i++) {
        if (!is_of_token(text.at[i])) {
            return FALSE;
        }
    }
    return text.len > 0;
}

static void read_first_line(adp_http_message *m, const char *line, gsize len)
{
    adp_span text;
    const char *space;
    guint64 status;

    m->reply = adp_http_begins(line, len, "HTTP/1.");
    if (m->reply) {
        m->status =
            len > STATUS_AT && adp_number_at(line + STATUS_AT, len - STATUS_AT, 999, &status) == 3
                ? (guint16)status
                : 0;
        return;
    }
    text = span_of(line, len);
    space = text.len ? memchr(text.at, ' ', text.len) : NULL;
    if (space && is_method((adp_span){text.at, (gsize)(space - text.at)})) {
        m->method = (adp_span){text.at, (gsize)(space - text.at)};
        m->target = (adp_span){space + 1, text.len - m->method.len - 1};
        space = m->target.len ? memchr(m->target.at, ' ', m->target.len) : NULL;
        m->target.len = space ? (gsize)(space - m->target.at) : m->target.len;
    }
}

static void read_length(adp_http_message *m, adp_span value)
{
    m->has_length = adp_number_at(value.at, value.len, G_MAXUINT64, &m->body_length) > 0;
}

/* Behind the header's name; the line has a colon. */
static gsize value_length(const char *line, gsize len)
{
    const char *colon = memchr(line, ':', len);

    return stripped((adp_span){colon + 1, len - (gsize)(colon + 1 - line)}).len;
}

static void read_challenge(adp_http_message *m, adp_arena *arena, tvbuff_t *tvb, const char *line,
                           gsize len)
{
    if (m->reply ? adp_http_begins(line, len, "WWW-Authenticate:") ||
                       adp_http_begins(line, len, "Proxy-Authenticate:")
                 : adp_http_begins(line, len, "Authorization:") ||
                       adp_http_begins(line, len, "Proxy-Authorization:")) {
        m->auth_length = MAX(m->auth_length, (guint32)value_length(line, len));
        m->auth_of_proxy = m->auth_of_proxy || g_ascii_tolower(*line) == 'p';
        read_auth(m, arena, tvb, line, len);
    }
}

static void read_encoding(adp_http_message *m, const char *line, gsize len)
{
    if (adp_http_begins(line, len, "Transfer-Encoding:") ||
        adp_http_begins(line, len, "Content-Encoding:")) {
        m->encoded = m->encoded || !adp_http_begins(line, len, "Content-Encoding: identity");
    }
}

/* By the first letter: most headers are none of these. */
static void read_header(adp_http_message *m, adp_arena *arena, tvbuff_t *tvb, const char *line,
                        gsize len)
{
    adp_span length = {0};

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
    case 's':
        take_value(line, len, "Server:", &m->server);
        break;
    case 't':
        read_encoding(m, line, len);
        break;
    default:
        break;
    }
}

gboolean adp_http_parse(adp_arena *arena, const adp_place *place, adp_http_message *m)
{
    adp_ber range =
        adp_ber_range(place->tvb, place->start, MIN(place->length, ADP_MAX_HTTP_HEADERS));
    const char *begin = (const char *)adp_ber_bytes(&range);
    const char *at = begin;
    const char *end = begin + adp_ber_length(&range);
    const char *line;
    gsize len;

    *m = (adp_http_message){0};
    if (!next_line(&at, end, &line, &len)) {
        return FALSE;
    }
    read_first_line(m, line, len);
    for (len = 1; next_line(&at, end, &line, &len); len = 1) {
        read_header(m, arena, place->tvb, line, len);
    }
    m->complete = len == 0;
    if (!m->complete && place->length > ADP_MAX_HTTP_HEADERS) {
        adp_limit_hit(arena, ADP_LIMIT_HTTP_HEADERS);
    }
    if (m->too_deep) {
        adp_limit_hit(arena, ADP_LIMIT_GSS_NESTING);
    }
    m->rest = adp_ber_range(place->tvb, place->start + (int)(at - begin), 0);
    return TRUE;
}
