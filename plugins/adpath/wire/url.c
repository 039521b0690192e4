/* url.c
 * URLs, Host headers, CONNECT targets and bindings. RFC 3986, and stricter.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/url.h"

#include "wire/arena.h"
#include "wire/number.h"
#include "wire/ports.h"
#include "wire/text.h"

#include <string.h>

#define IPV6_GROUPS 8

static const struct {
    const char *name;
    adp_scheme scheme;
    guint16 port;
} schemes[] = {
    {"http", ADP_SCHEME_HTTP, ADP_PORT_HTTP}, {"https", ADP_SCHEME_HTTPS, ADP_PORT_HTTPS},
    {"ldap", ADP_SCHEME_LDAP, ADP_PORT_LDAP}, {"ldaps", ADP_SCHEME_LDAPS, ADP_PORT_LDAPS},
    {"gc", ADP_SCHEME_GC, ADP_PORT_GC},
};

/* How many of the bytes come before the first of `stops`. */
static gsize until(const char *text, gsize len, const char *stops)
{
    gsize i;

    for (i = 0; i < len && !(text[i] && strchr(stops, text[i])); i++) {
    }
    return i;
}

/* ---- IPv6 ---- */

static gboolean ipv4_groups(const char *text, gsize len, guint16 *groups)
{
    guint64 byte[4];
    guint i;

    for (i = 0; i < G_N_ELEMENTS(byte); i++) {
        gsize digits = adp_number_at(text, len, 255, &byte[i]);

        if (!digits || digits > 3 || (i < 3 && (digits == len || text[digits] != '.'))) {
            return FALSE;
        }
        text += digits + (i < 3);
        len -= digits + (i < 3);
    }
    groups[0] = (guint16)(byte[0] << 8 | byte[1]);
    groups[1] = (guint16)(byte[2] << 8 | byte[3]);
    return len == 0;
}

/* One group of hexadecimal digits; how many there are. */
static gsize hex_group(const char *text, gsize len, guint16 *group)
{
    gsize i;
    guint value = 0;

    for (i = 0; i < len && i < 5 && g_ascii_isxdigit(text[i]); i++) {
        value = value << 4 | (guint)g_ascii_xdigit_value(text[i]);
    }
    *group = (guint16)value;
    return i > 4 ? 0 : i;
}

/* The groups up to an end or "::"; how many, and how much text they took. */
static guint read_groups(const char *text, gsize len, guint16 *groups, guint room, gsize *used)
{
    guint count = 0;
    gsize at = 0;

    while (at < len && count < room) {
        gsize digits = hex_group(text + at, len - at, &groups[count]);

        if (digits && at + digits < len && text[at + digits] == '.') {
            if (room - count < 2 || !ipv4_groups(text + at, len - at, &groups[count])) {
                break;
            }
            *used = len;
            return count + 2;
        }
        if (!digits) {
            break;
        }
        count++;
        at += digits;
        if (at + 1 >= len || text[at] != ':' || text[at + 1] == ':') {
            break;
        }
        at++;
    }
    *used = at;
    return count;
}

static gboolean ipv6_groups(const char *text, gsize len, guint16 *groups)
{
    guint16 tail[IPV6_GROUPS] = {0};
    gsize used = 0;
    guint head = read_groups(text, len, groups, IPV6_GROUPS, &used);
    guint rest;

    if (head == IPV6_GROUPS) {
        return used == len;
    }
    if (len - used < 2 || text[used] != ':' || text[used + 1] != ':') {
        return FALSE;
    }
    text += used + 2;
    len -= used + 2;
    used = 0;
    rest = read_groups(text, len, tail, IPV6_GROUPS - 1 - head, &used);
    if (used != len) {
        return FALSE;
    }
    memset(groups + head, 0, sizeof(*groups) * (IPV6_GROUPS - head));
    memcpy(groups + IPV6_GROUPS - rest, tail, sizeof(*groups) * rest);
    return TRUE;
}

/* As RFC 5952 writes it, which is how Wireshark shows addresses. */
static void write_ipv6(const guint16 *groups, char *out, gsize size)
{
    GString *text = g_string_new(NULL);
    gboolean mapped =
        groups[5] == 0xffff && !(groups[0] | groups[1] | groups[2] | groups[3] | groups[4]);
    guint last = mapped ? 6 : IPV6_GROUPS;
    guint best = 0;
    guint longest = 1; /* a single zero is written out */
    guint run = 0;
    guint i;

    for (i = 0; i < last; i++) {
        run = groups[i] ? 0 : run + 1;
        if (run > longest) {
            longest = run;
            best = i + 1 - run;
        }
    }
    for (i = 0; i < last; i++) {
        if (longest > 1 && i == best) {
            g_string_append(text, "::");
            i += longest - 1;
            continue;
        }
        if (text->len && text->str[text->len - 1] != ':') {
            g_string_append_c(text, ':');
        }
        g_string_append_printf(text, "%x", groups[i]);
    }
    if (mapped) {
        g_string_append_printf(text, ":%d.%d.%d.%d", groups[6] >> 8, groups[6] & 0xff,
                               groups[7] >> 8, groups[7] & 0xff);
    }
    (void)g_strlcpy(out, text->str, size);
    g_string_free(text, TRUE);
}

/* Zone ids are refused: they mean something on their own machine only. */
static gboolean take_ipv6(const char *text, gsize len, adp_url *ret)
{
    guint16 groups[IPV6_GROUPS] = {0};

    if (!ipv6_groups(text, len, groups)) {
        return FALSE;
    }
    write_ipv6(groups, ret->host, sizeof(ret->host));
    ret->is_ipv6 = TRUE;
    return TRUE;
}

/* ---- host and port ---- */

/* Letters beyond ASCII are those of names that a client has yet to encode. */
static gboolean is_host_text(const char *text, gsize len)
{
    const char *p = text;
    const char *end = text + len;

    while (p < end) {
        gunichar c = g_utf8_get_char_validated(p, end - p);

        if (c == (gunichar)-1 || c == (gunichar)-2 || !adp_is_printable(c) ||
            (c < 0x80 && !g_ascii_isalnum((char)c) && !strchr("-._", (char)c)) ||
            (c == '.' && (p == text || p[-1] == '.'))) {
            return FALSE;
        }
        p = g_utf8_next_char(p);
    }
    return len > 0;
}

static gboolean take_name(const char *text, gsize len, adp_url *ret)
{
    gsize i;

    if (!is_host_text(text, len)) {
        return FALSE;
    }
    if (text[len - 1] == '.') {
        len--;
    }
    if (len == 0 || len > ADP_URL_HOST_MAX) {
        return FALSE;
    }
    for (i = 0; i < len; i++) {
        ret->host[i] = g_ascii_tolower(text[i]);
    }
    ret->host[len] = '\0';
    return TRUE;
}

/* ":" and digits, or nothing. A colon alone says no port (RFC 3986 3.2.3). */
static gboolean take_port(const char *text, gsize len, adp_url *ret)
{
    guint64 port;

    if (len == 0 || (len == 1 && *text == ':')) {
        return TRUE;
    }
    if (*text != ':' || !adp_number(text + 1, len - 1, G_MAXUINT16, &port)) {
        return FALSE;
    }
    ret->port = (guint16)port;
    ret->port_is_said = TRUE;
    return TRUE;
}

static gboolean take_place(const char *text, gsize len, adp_url *ret)
{
    gsize host_len;

    ret->place = text;
    ret->place_len = len;
    if (len && *text == '[') {
        host_len = until(text, len, "]");
        return host_len < len && take_ipv6(text + 1, host_len - 1, ret) &&
               take_port(text + host_len + 1, len - host_len - 1, ret);
    }
    host_len = until(text, len, ":");
    return take_name(text, host_len, ret) && take_port(text + host_len, len - host_len, ret);
}

gboolean adp_url_parse_place(const char *text, gsize len, adp_url *ret)
{
    memset(ret, 0, sizeof(*ret));
    if (take_place(text, len, ret)) {
        return TRUE;
    }
    memset(ret, 0, sizeof(*ret));
    ret->place = text;
    ret->place_len = len;
    return take_ipv6(text, len, ret);
}

/* ---- URLs ---- */

/* How long "scheme://" is; 0: the text does not begin so. */
static gsize scheme_len(const char *text, gsize len)
{
    gsize i;

    for (i = 0; i < len && (g_ascii_isalnum(text[i]) || strchr("+-.", text[i])); i++) {
        if (!text[i]) {
            return 0;
        }
    }
    return i && g_ascii_isalpha(*text) && len - i >= 3 && memcmp(text + i, "://", 3) == 0 ? i + 3
                                                                                          : 0;
}

static void take_scheme(const char *text, gsize len, adp_url *ret)
{
    guint i;

    ret->scheme = ADP_SCHEME_OTHER;
    for (i = 0; i < G_N_ELEMENTS(schemes); i++) {
        if (strlen(schemes[i].name) == len &&
            g_ascii_strncasecmp(text, schemes[i].name, len) == 0) {
            ret->scheme = schemes[i].scheme;
            ret->port = schemes[i].port;
        }
    }
}

gboolean adp_url_parse(const char *text, gsize len, adp_url *ret)
{
    gsize begin = text ? scheme_len(text, len) : 0;
    gsize place_len;
    gsize user_len;

    memset(ret, 0, sizeof(*ret));
    if (!begin) {
        return FALSE;
    }
    take_scheme(text, begin - strlen("://"), ret);
    text += begin;
    len -= begin;
    place_len = until(text, len, "/?#");
    if (until(text, place_len, "\\") < place_len) {
        return FALSE; /* it ends the host for some programs, and not for others */
    }
    ret->path = text + place_len;
    ret->path_len = until(ret->path, len - place_len, "?#");
    ret->has_query = place_len + ret->path_len < len;
    user_len = until(text, place_len, "@");
    if (user_len < place_len) {
        ret->has_user = TRUE;
        text += user_len + 1;
        place_len -= user_len + 1;
    }
    return take_place(text, place_len, ret);
}

char *adp_url_host(const char *url)
{
    adp_url parts;

    return url && adp_url_parse(url, strlen(url), &parts) ? g_strdup(parts.host) : NULL;
}

guint16 adp_url_port(const char *url)
{
    adp_url parts;

    return url && adp_url_parse(url, strlen(url), &parts) ? parts.port : 0;
}

static gboolean is_web(const adp_url *url)
{
    return !url->port_is_said &&
           (url->scheme == ADP_SCHEME_HTTP || url->scheme == ADP_SCHEME_HTTPS);
}

gboolean adp_url_only_scheme_differs(const char *a, const char *b)
{
    adp_url x;
    adp_url y;

    return a && b && adp_url_parse(a, strlen(a), &x) && adp_url_parse(b, strlen(b), &y) &&
           is_web(&x) && is_web(&y) && x.scheme != y.scheme && strcmp(x.host, y.host) == 0 &&
           x.path_len == y.path_len && g_ascii_strncasecmp(x.path, y.path, x.path_len) == 0;
}

/* ---- how they are shown ---- */

/* How much of the text a user takes up, with the last '@'. */
static gsize user_len(const char *text, gsize len)
{
    while (len && text[len - 1] != '@') {
        len--;
    }
    return len;
}

const char *adp_url_shown(adp_arena *arena, const char *text, gsize len)
{
    gsize begin = scheme_len(text, len);
    gsize skip = 0;
    GString *out;
    const char *shown;

    if (!begin && len >= 2 && memcmp(text, "//", 2) == 0) {
        begin = 2;
    }
    if (begin) {
        gsize place_len = until(text + begin, len - begin, "/?#");
        adp_url parts;

        skip = user_len(text + begin, place_len);
        if (!skip && !adp_url_parse_place(text + begin, place_len, &parts)) {
            /* A password may hold what should end it. */
            skip = user_len(text + begin, len - begin);
        }
    }
    out = g_string_new(NULL);
    adp_text_append(out, (const guint8 *)text, begin);
    text += begin + skip;
    len -= begin + skip;
    adp_text_append(out, (const guint8 *)text, until(text, len, "?#"));
    shown = adp_arena_strndup(arena, out->str, out->len);
    g_string_free(out, TRUE);
    return shown;
}

const char *adp_url_without_secrets(adp_arena *arena, const char *url)
{
    adp_url parts;
    GString *out;
    const char *kept;
    gboolean hides;

    if (!adp_url_parse(url, strlen(url), &parts)) {
        /* Damaged, but perhaps by its password. */
        return strstr(url, "://") && strchr(url, '@') ? adp_url_shown(arena, url, strlen(url))
                                                      : url;
    }
    /* A directory's URL has attributes and a filter there. */
    hides =
        parts.has_query && (parts.scheme == ADP_SCHEME_HTTP || parts.scheme == ADP_SCHEME_HTTPS);
    if (!parts.has_user && !hides) {
        return url;
    }
    out = g_string_new_len(url, (gssize)scheme_len(url, strlen(url)));
    if (hides) {
        g_string_append_len(out, parts.place, (gssize)parts.place_len);
        g_string_append_len(out, parts.path, (gssize)parts.path_len);
        g_string_append(out, "?...");
    } else {
        g_string_append(out, parts.place);
    }
    kept = adp_arena_strndup(arena, out->str, out->len);
    g_string_free(out, TRUE);
    return kept;
}

void adp_url_append_place(GString *out, const char *host, guint port)
{
    g_string_append_printf(out, strchr(host, ':') ? "[%s]" : "%s", host);
    if (port) {
        g_string_append_printf(out, ":%u", port);
    }
}
