/* pseudonym_forms.c
 * Pseudonyms in what names stand in: DNS names, principals, DNs, URLs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/pseudonym_forms.h"

#include "wire/pseudonym.h"
#include "wire/pseudonym_words.h"
#include "wire/text.h"
#include "wire/url.h"

#include <stdlib.h>
#include <string.h>

gboolean adp_form_is_address(const char *text, gsize len)
{
    char *copy = g_strndup(text, len);
    gboolean found = len && g_hostname_is_ip_address(copy);

    g_free(copy);
    return found;
}

static void append_address(adp_pseudonyms *names, GString *out, const char *text, gsize len)
{
    char *copy = g_strndup(text, len);

    adp_pseudonym_append_address(names, out, copy);
    g_free(copy);
}

void adp_pseudonym_append_any_guid(adp_pseudonyms *names, GString *out, const char *text)
{
    if (adp_is_public(ADP_PUBLIC_GUID, text, 36)) {
        g_string_append_len(out, text, 36);
    } else {
        adp_pseudonym_append_guid(names, out, text);
    }
}

gboolean adp_form_is_number(const char *text, gsize len)
{
    gsize i;

    for (i = 0; i < len; i++) {
        if (!g_ascii_isdigit(text[i])) {
            return FALSE;
        }
    }
    return len > 0;
}

/* ---- DNS names ---- */

/* A name of an address, read backwards: whole, or the zone of a subnet. */
static gboolean append_reverse(adp_pseudonyms *names, GString *out, const char *text, gsize len)
{
    static const char end[] = ".in-addr.arpa";
    gsize head = len > strlen(end) ? len - strlen(end) : 0;
    char *copy;
    char **labels;
    guint count;
    guint i;
    GString *forward;
    char **octets;

    if (!head || g_ascii_strncasecmp(text + head, end, strlen(end)) != 0) {
        return FALSE;
    }
    copy = g_strndup(text, head);
    labels = g_strsplit(copy, ".", -1);
    count = g_strv_length(labels);
    forward = g_string_new(NULL);
    for (i = count; i-- > 0 && count <= 4;) {
        g_string_append_printf(forward, "%s%s", labels[i], i ? "." : "");
    }
    for (i = count; i < 4; i++) {
        g_string_append(forward, ".0");
    }
    g_free(copy);
    g_strfreev(labels);
    if (count > 4 || !adp_form_is_address(forward->str, forward->len)) {
        g_string_free(forward, TRUE);
        return FALSE;
    }
    copy = g_string_free(forward, FALSE);
    forward = g_string_new(NULL);
    adp_pseudonym_append_address(names, forward, copy);
    octets = g_strsplit(forward->str, ".", -1);
    for (i = count; i-- > 0;) {
        g_string_append_printf(out, "%s%s", octets[i], i ? "." : "");
    }
    g_string_append_len(out, text + head, (gssize)strlen(end));
    g_strfreev(octets);
    g_string_free(forward, TRUE);
    g_free(copy);
    return TRUE;
}

typedef struct {
    const char *text;
    gsize len;
} label;

static gboolean is_label(const label *l, const char *text)
{
    return l->len == strlen(text) && g_ascii_strncasecmp(l->text, text, l->len) == 0;
}

/* Is it the role of a controller below _msdcs? */
static gboolean is_role(const label *l, const label *next)
{
    return next && is_label(next, "_msdcs") &&
           (is_label(l, "dc") || is_label(l, "gc") || is_label(l, "pdc") || is_label(l, "domains"));
}

/* A top stays in any place: where a suffix was appended to a whole name, it stands in the middle, too. */
static void append_label(adp_pseudonyms *names, GString *out, const label *l, const label *next,
                         adp_name_kind kind)
{
    if (l->len == 0 || (l->len == 1 && *l->text == '*') || is_role(l, next) ||
        adp_is_public(ADP_PUBLIC_LABEL, l->text, l->len) ||
        adp_is_public(ADP_PUBLIC_TOP, l->text, l->len)) {
        g_string_append_len(out, l->text, (gssize)l->len);
    } else if (adp_is_guid(l->text, l->len)) {
        adp_pseudonym_append_any_guid(names, out, l->text);
    } else if (*l->text == '_' && l->len > 1) {
        g_string_append_c(out, '_');
        adp_pseudonym_append(names, out, l->text + 1, l->len - 1, ADP_NAMED_OTHER);
    } else {
        adp_pseudonym_append(names, out, l->text, l->len, kind);
    }
}

/* The label of a host's name is the first one; a name of two labels may well be a domain's. */
static adp_name_kind kind_of_label(adp_name_kind kind, guint i, guint count, const label *next)
{
    if (next && is_label(next, "_sites")) {
        return ADP_NAMED_SITE;
    }
    if (kind == ADP_NAMED_DOMAIN || i > 0 || count == 2) {
        return kind == ADP_NAMED_USER && i == 0 ? kind : ADP_NAMED_DOMAIN;
    }
    return kind;
}

static void append_labels(adp_pseudonyms *names, GString *out, const char *text, gsize len,
                          gsize public_end, adp_name_kind kind)
{
    GArray *labels = g_array_new(FALSE, FALSE, sizeof(label));
    gsize from = 0;
    gsize head = len - public_end;
    guint i;

    for (;;) {
        const char *dot = memchr(text + from, '.', head - from);
        label l = {text + from, dot ? (gsize)(dot - text) - from : head - from};

        g_array_append_val(labels, l);
        if (!dot) {
            break;
        }
        from += l.len + 1;
    }
    for (i = 0; i < labels->len; i++) {
        const label *l = &g_array_index(labels, label, i);
        const label *next = i + 1 < labels->len ? l + 1 : NULL;

        if (i) {
            g_string_append_c(out, '.');
        }
        append_label(names, out, l, next,
                     public_end ? ADP_NAMED_DOMAIN : kind_of_label(kind, i, labels->len, next));
    }
    g_string_append_len(out, text + head, (gssize)public_end);
    g_array_unref(labels);
}

void adp_pseudonym_name(adp_pseudonyms *names, GString *out, const char *text, gsize len,
                        adp_name_kind kind)
{
    gsize end;

    if (len == 0) {
        return;
    }
    if (adp_form_is_address(text, len)) {
        append_address(names, out, text, len);
        return;
    }
    if (append_reverse(names, out, text, len)) {
        return;
    }
    end = adp_public_end(text, len);
    if (end == len) {
        g_string_append_len(out, text, (gssize)len);
    } else {
        append_labels(names, out, text, len, end, kind);
    }
}

/* ---- principals ---- */

/* One part of a principal: a host, a realm, a user. */
static void append_part(adp_pseudonyms *names, GString *out, const char *text, gsize len,
                        adp_name_kind kind)
{
    if (len > 1 && text[len - 1] == '$') {
        adp_pseudonym_name(names, out, text, len - 1, ADP_NAMED_HOST);
        g_string_append_c(out, '$');
    } else if (adp_is_guid(text, len)) {
        adp_pseudonym_append_any_guid(names, out, text);
    } else if (adp_is_public(ADP_PUBLIC_ACCOUNT, text, len)) {
        g_string_append_len(out, text, (gssize)len);
    } else {
        adp_pseudonym_name(names, out, text, len, kind);
    }
}

/* What parts a principal; "\xNN" stands for a byte of a name that cannot be shown. */
static gboolean is_mark(const char *text, gsize len, gsize at)
{
    if (text[at] == '\\') {
        return at + 3 >= len || text[at + 1] != 'x' || !g_ascii_isxdigit(text[at + 2]) ||
               !g_ascii_isxdigit(text[at + 3]);
    }
    return text[at] == '/' || text[at] == '@' || text[at] == ':';
}

static gboolean has_mark(const char *text, gsize len)
{
    gsize i;

    for (i = 0; i < len; i++) {
        if (is_mark(text, len, i)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Copies an address of IPv6, bare or in brackets, with its pseudonym; how long it is, 0: there is none. */
static gsize append_v6_host(adp_pseudonyms *names, GString *out, const char *text, gsize len)
{
    const char *close = len && *text == '[' ? memchr(text, ']', len) : NULL;
    gsize from = close ? 1 : 0;
    gsize size = from;

    while (size < len && !strchr(close ? "]" : "/@", text[size])) {
        size++;
    }
    if (!memchr(text, ':', size) || !adp_form_is_address(text + from, size - from)) {
        return 0;
    }
    g_string_append_len(out, text, (gssize)from);
    append_address(names, out, text + from, size - from);
    if (close) {
        g_string_append_c(out, ']');
        size++;
    }
    return size;
}

void adp_pseudonym_principal(adp_pseudonyms *names, GString *out, const char *text, gsize len)
{
    adp_name_kind kind = ADP_NAMED_USER;
    char before = '\0';
    gsize at = 0;

    if (adp_form_is_address(text, len)) {
        append_address(names, out, text, len);
        return;
    }
    while (at <= len) {
        gsize from = at;
        gsize v6 = append_v6_host(names, out, text + at, len - at);
        char mark;

        at += v6;
        from += v6;
        while (at < len && !is_mark(text, len, at)) {
            at++;
        }
        mark = at < len ? text[at] : '\0';
        if (v6 && at == from) {
            /* all of it */
        } else if (from == 0 && mark == '/') {
            if (adp_is_public(ADP_PUBLIC_CLASS, text, at)) {
                g_string_append_len(out, text, (gssize)at);
            } else {
                adp_pseudonym_append(names, out, text, at, ADP_NAMED_OTHER);
            }
            kind = g_ascii_strncasecmp(text, "krbtgt/", 7) == 0 ? ADP_NAMED_DOMAIN : ADP_NAMED_HOST;
        } else if (before == ':' && adp_form_is_number(text + from, at - from)) {
            g_string_append_len(out, text + from, (gssize)(at - from)); /* a port */
        } else {
            append_part(names, out, text + from, at - from,
                        before == '@' || mark == '\\' ? ADP_NAMED_DOMAIN : kind);
        }
        if (mark) {
            g_string_append_c(out, mark);
        }
        before = mark;
        at++;
    }
}

/* ---- DNs ---- */

static gboolean is_attribute(const char *text, gsize len)
{
    gsize i;

    for (i = 0; i < len; i++) {
        if (!g_ascii_isalnum(text[i]) && text[i] != '-' && text[i] != '.' && text[i] != ' ') {
            return FALSE;
        }
    }
    return len > 0 && len <= 64;
}

static void append_rdn(adp_pseudonyms *names, GString *out, const char *text, gsize len)
{
    const char *equals = memchr(text, '=', len);
    gsize attribute = equals ? (gsize)(equals - text) : 0;
    const char *value = equals ? equals + 1 : text;
    gsize size = len - (gsize)(value - text);

    if (equals && is_attribute(text, attribute)) {
        char *name = g_strndup(text, attribute);

        adp_pseudonym_attribute(names, out, name);
        g_free(name);
        g_string_append_c(out, '=');
    } else if (equals) {
        g_string_append(out, "xname=");
    }
    if (equals && attribute == 2 && g_ascii_strncasecmp(equals - 2, "DC", 2) == 0) {
        if (adp_is_public(ADP_PUBLIC_TOP, value, size) ||
            adp_is_public(ADP_PUBLIC_LABEL, value, size)) {
            g_string_append_len(out, value, (gssize)size);
        } else {
            adp_pseudonym_append(names, out, value, size, ADP_NAMED_DOMAIN);
        }
    } else if (size == 0 || adp_is_public(ADP_PUBLIC_RDN, value, size)) {
        g_string_append_len(out, value, (gssize)size);
    } else if (memchr(value, '\\', size)) {
        adp_pseudonym_append(names, out, value, size, ADP_NAMED_OTHER); /* escapes, no account */
    } else {
        adp_pseudonym_value(names, out, value, size, ADP_NAMED_OTHER);
    }
}

void adp_pseudonym_dn(adp_pseudonyms *names, GString *out, const char *text, gsize len)
{
    gsize from = 0;
    gsize at;

    for (at = 0; at <= len; at++) {
        if (at < len && text[at] == '\\' && at + 1 < len) {
            at++;
        } else if (at == len || text[at] == ',' || text[at] == '+') {
            append_rdn(names, out, text + from, at - from);
            if (at < len) {
                g_string_append_c(out, text[at]);
            }
            from = at + 1;
        }
    }
}

/* ---- URLs ---- */

static void append_path(adp_pseudonyms *names, GString *out, const char *text, gsize len)
{
    gsize from = 0;
    gsize at;

    if (memchr(text, '=', len)) { /* of LDAP: a DN */
        gsize slash = strspn(text, "/");

        g_string_append_len(out, text, (gssize)MIN(slash, len));
        adp_pseudonym_dn(names, out, text + MIN(slash, len), len - MIN(slash, len));
        return;
    }
    for (at = 0; at <= len; at++) {
        if (at == len || text[at] == '/') {
            if (at == from || adp_is_public(ADP_PUBLIC_PATH, text + from, at - from)) {
                g_string_append_len(out, text + from, (gssize)(at - from));
            } else if (memchr(text + from, '@',
                              at - from)) { /* a mailbox, which is masked as one */
                adp_pseudonym_principal(names, out, text + from, at - from);
            } else {
                adp_pseudonym_append(names, out, text + from, at - from, ADP_NAMED_OTHER);
            }
            if (at < len) {
                g_string_append_c(out, '/');
            }
            from = at + 1;
        }
    }
}

/* "user@host:port"; an IPv6 address in brackets. */
static void append_place(adp_pseudonyms *names, GString *out, const char *text, gsize len)
{
    const char *at = memchr(text, '@', len);
    const char *close;
    const char *colon;

    if (at) {
        adp_pseudonym_principal(names, out, text, (gsize)(at - text));
        g_string_append_c(out, '@');
        len -= (gsize)(at + 1 - text);
        text = at + 1;
    }
    close = len && *text == '[' ? memchr(text, ']', len) : NULL;
    if (close) {
        g_string_append_c(out, '[');
        adp_pseudonym_name(names, out, text + 1, (gsize)(close - text) - 1, ADP_NAMED_HOST);
        g_string_append_c(out, ']');
        len -= (gsize)(close + 1 - text);
        text = close + 1;
    } else {
        gsize host = adp_form_is_address(text, len) || !(colon = memchr(text, ':', len))
                         ? len
                         : (gsize)(colon - text);

        adp_pseudonym_name(names, out, text, host, ADP_NAMED_HOST);
        text += host;
        len -= host;
    }
    if (len > 1 && *text == ':' && adp_form_is_number(text + 1, len - 1)) {
        g_string_append_len(out, text, (gssize)len);
    } else if (len) {
        adp_pseudonym_append(names, out, text, len, ADP_NAMED_OTHER);
    }
}

/* What is no URL may not become one: whether it is, is judged. */
static void keep_damage(GString *out, gsize from, gsize place, const char *text, gsize len)
{
    adp_url url;

    if (!adp_url_parse(text, len, &url) && adp_url_parse(out->str + from, out->len - from, &url)) {
        g_string_insert_c(out, (gssize)place, '[');
    }
}

void adp_pseudonym_url(adp_pseudonyms *names, GString *out, const char *text, gsize len)
{
    const char *whole = text;
    gsize whole_len = len;
    gsize from = out->len;
    const char *mark = g_strstr_len(text, (gssize)len, "://");
    gsize scheme = mark ? (gsize)(mark - text) + 3 : 0;
    gsize begin;
    gsize place;
    gsize path;

    if (scheme > 3 && scheme <= 8 && is_attribute(text, scheme - 3)) {
        g_string_append_len(out, text, (gssize)scheme);
    } else if (scheme) {
        g_string_append(out, "x://");
    }
    begin = out->len;
    text += scheme;
    len -= scheme;
    for (place = 0; place < len && !strchr("/?#", text[place]);) {
        place++;
    }
    append_place(names, out, text, place);
    for (path = place; path < len && text[path] != '?' && text[path] != '#';) {
        path++;
    }
    append_path(names, out, text + place, path - place);
    if (path < len) {
        g_string_append(out, text[path] == '?' ? "?..." : "#...");
    }
    keep_damage(out, from, begin, whole, whole_len);
}

/* ---- values of any form ---- */

static gboolean is_sid(const char *text, gsize len)
{
    return len > 6 && g_ascii_strncasecmp(text, "S-1-5-", 6) == 0;
}

/* "\\HOST" */
static gsize backslashes(const char *text, gsize len)
{
    return len > 2 && text[0] == '\\' && text[1] == '\\' ? 2 : 0;
}

gboolean adp_form_is_dn(const char *text, gsize len)
{
    const char *equals = memchr(text, '=', len);

    return equals && is_attribute(text, (gsize)(equals - text));
}

void adp_pseudonym_value(adp_pseudonyms *names, GString *out, const char *text, gsize len,
                         adp_name_kind kind)
{
    gsize slashes = backslashes(text, len);

    if (slashes) {
        g_string_append(out, "\\\\");
        adp_pseudonym_value(names, out, text + slashes, len - slashes, ADP_NAMED_HOST);
    } else if (len == 0) {
        return;
    } else if (g_strstr_len(text, (gssize)len, "://")) {
        adp_pseudonym_url(names, out, text, len);
    } else if (adp_form_is_dn(text, len)) {
        adp_pseudonym_dn(names, out, text, len);
    } else if (adp_is_guid(text, len)) {
        adp_pseudonym_append_any_guid(names, out, text);
    } else if (len == 38 && *text == '{' && adp_is_guid(text + 1, 36)) {
        g_string_append_c(out, '{');
        adp_pseudonym_append_any_guid(names, out, text + 1);
        g_string_append_c(out, '}');
    } else if (is_sid(text, len)) {
        g_string_append(out, "S-1-5-21-");
        adp_pseudonym_append(names, out, text, len, ADP_NAMED_OTHER);
    } else if (text[len - 1] == '$' || (has_mark(text, len) && !adp_form_is_address(text, len))) {
        adp_pseudonym_principal(names, out, text, len);
    } else if (memchr(text, ' ', len) || memchr(text, ',', len)) {
        adp_pseudonym_append(names, out, text, len, kind);
    } else if (kind == ADP_NAMED_USER && adp_is_public(ADP_PUBLIC_ACCOUNT, text, len)) {
        g_string_append_len(out, text, (gssize)len);
    } else {
        adp_pseudonym_name(names, out, text, len, kind);
    }
}

void adp_pseudonym_site(adp_pseudonyms *names, GString *out, const char *text)
{
    if (!*text || adp_is_public(ADP_PUBLIC_LABEL, text, strlen(text))) {
        g_string_append(out, text);
    } else {
        adp_pseudonym_append(names, out, text, strlen(text), ADP_NAMED_SITE);
    }
}

void adp_pseudonym_attribute(adp_pseudonyms *names, GString *out, const char *text)
{
    gsize len = strlen(text);
    gboolean is_oid = len && strspn(text, "0123456789.") == len;
    gboolean is_plain = len && strspn(text, "*+") == len;

    if (is_plain || is_oid ||
        (is_attribute(text, len) && !strchr(text, '.') && !adp_pseudonyms_know(names, text, len))) {
        g_string_append(out, text);
    } else {
        adp_pseudonym_value(names, out, text, len, ADP_NAMED_OTHER);
    }
}
