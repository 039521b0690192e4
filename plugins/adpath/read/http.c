/* http.c
 * Kerberos in the authentication headers of HTTP.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read.h"

#include "../model/text.h"
#include "gss.h"
#include "kerberos.h"

#include <string.h>

/* Headers beyond this are not looked at; servers refuse them long before. */
#define MAX_HEADERS 65536

static const char scheme[] = "Negotiate";

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
 * The token of the header's "Negotiate TOKEN", which may stand behind other
 * challenges on the same line; NULL when there is none. Free with g_free().
 */
static char *negotiate_token(const char *line, gsize len)
{
    const char *end = line + len;
    const char *at;
    const char *token;

    for (at = line + 1; at < end; at++) {
        if (!is_separator(at[-1]) || !begins(at, (gsize)(end - at), scheme)) {
            continue;
        }
        token = at + strlen(scheme);
        if (token >= end || (*token != ' ' && *token != '\t')) {
            continue;
        }
        while (token < end && (*token == ' ' || *token == '\t')) {
            token++;
        }
        for (at = token; at < end && is_base64(*at); at++) {
        }
        return at > token ? g_strndup(token, (gsize)(at - token)) : NULL;
    }
    return NULL;
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

void adp_read_http(adp_frame *frame, tvbuff_t *tvb, int offset, int length)
{
    adp_ber range = adp_ber_range(tvb, offset, MIN(length, MAX_HEADERS));
    const char *at = (const char *)adp_ber_bytes(&range);
    const char *end = at + adp_ber_length(&range);
    adp_gss_token token = {0};
    const char *line;
    gsize len;
    gboolean reply;
    guint status = 0;

    if (!next_line(&at, end, &line, &len)) {
        return;
    }
    reply = begins(line, len, "HTTP/1.");
    if (reply && len >= 12) {
        status = (guint)g_ascii_strtoull(line + 9, NULL, 10);
    }
    while (next_line(&at, end, &line, &len)) {
        gboolean wanted =
            reply
                ? begins(line, len, "WWW-Authenticate:") || begins(line, len, "Proxy-Authenticate:")
                : begins(line, len, "Authorization:") || begins(line, len, "Proxy-Authorization:");
        char *base64 = wanted ? negotiate_token(line, len) : NULL;

        if (base64) {
            token = decode_token(tvb, base64);
            g_free(base64);
            if (token.content == ADP_GSS_KERBEROS) {
                break;
            }
        }
    }
    if (reply) {
        add_reply(frame, &token, status, adp_hash_range(tvb, offset, length));
    } else {
        add_request(frame, &token, adp_hash_range(tvb, offset, length));
    }
}
