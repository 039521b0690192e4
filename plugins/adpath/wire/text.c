/* text.c
 * Packet bytes as text that is safe to show, and small formatting.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/text.h"

#include "wire/arena.h"
#include "wire/sorted.h"

#include <string.h>

gboolean adp_is_printable(gunichar c)
{
    /* GLib takes the separators of lines and paragraphs for printable. */
    return g_unichar_isprint(c) && c != 0x2028 && c != 0x2029;
}

void adp_text_append(GString *out, const guint8 *bytes, gsize len)
{
    const char *p = (const char *)bytes;
    const char *end;
    gsize start = out->len;

    /* A trailing NUL is how several servers end their strings. */
    while (len && p[len - 1] == '\0') {
        len--;
    }
    end = len ? p + len : p; /* nothing may be NULL */
    while (p < end) {
        gunichar c = g_utf8_get_char_validated(p, end - p);

        if (out->len - start >= ADP_TEXT_MAX) {
            g_string_append(out, "...");
            return;
        }
        if (c != (gunichar)-1 && c != (gunichar)-2 && adp_is_printable(c)) {
            const char *next = g_utf8_next_char(p);

            g_string_append_len(out, p, next - p);
            p = next;
        } else {
            g_string_append_printf(out, "\\x%02x", (guint8)*p);
            p++;
        }
    }
}

const char *adp_text(adp_arena *arena, const guint8 *bytes, gsize len)
{
    GString *out;
    const char *text;
    gsize i;

    /* Nearly every name on the wire is short printable ASCII. */
    for (i = 0; i < len && i < ADP_TEXT_MAX; i++) {
        if (bytes[i] < 0x20 || bytes[i] > 0x7e) {
            break;
        }
    }
    if (i == len) {
        return adp_arena_strndup(arena, (const char *)bytes, len);
    }
    out = g_string_sized_new(len + 16);
    adp_text_append(out, bytes, len);
    text = adp_arena_strndup(arena, out->str, out->len);
    g_string_free(out, TRUE);
    return text;
}

const char *adp_seconds(gint64 ns, char *buf)
{
    guint64 magnitude = ns < 0 ? (guint64)0 - (guint64)ns : (guint64)ns;
    guint64 us = (magnitude + 500) / 1000;

    (void)g_snprintf(buf, ADP_SECONDS_LEN, "%s%" G_GUINT64_FORMAT ".%06u", ns < 0 && us ? "-" : "",
                     us / 1000000, (guint)(us % 1000000));
    return buf;
}

const char *adp_seconds_said(gint64 ns, char *buf)
{
    double s = (double)ns / (double)ADP_NS_PER_S;

    if (s < 9.95) {
        (void)g_snprintf(buf, ADP_SECONDS_LEN, "%.1f s", s);
    } else if (s < 119.5) {
        (void)g_snprintf(buf, ADP_SECONDS_LEN, "%.0f s", s);
    } else {
        guint whole = (guint)(s + 0.5);

        (void)g_snprintf(buf, ADP_SECONDS_LEN, "%u min %u s", whole / 60, whole % 60);
    }
    return buf;
}

gint64 adp_since(gint64 a, gint64 b)
{
    if (b > 0 && a < G_MININT64 + b) {
        return G_MININT64;
    }
    if (b < 0 && a > G_MAXINT64 + b) {
        return G_MAXINT64;
    }
    return a - b;
}

gboolean adp_same_text(const char *a, const char *b)
{
    if (!a || !b) {
        return a == b;
    }
    return g_ascii_strcasecmp(a, b) == 0;
}

gboolean adp_has_prefix(const char *text, const char *prefix)
{
    return g_ascii_strncasecmp(text, prefix, strlen(prefix)) == 0;
}

gboolean adp_has_suffix(const char *text, const char *suffix)
{
    gsize text_len = strlen(text);
    gsize suffix_len = strlen(suffix);

    return text_len >= suffix_len && g_ascii_strcasecmp(text + text_len - suffix_len, suffix) == 0;
}

static gboolean local_part_char(char c)
{
    return g_ascii_isalnum(c) || (c && strchr(".!#$%&'*+-/?^_`{|}~", c)) || (guint8)c >= 0x80;
}

static gboolean domain_char(char c)
{
    return g_ascii_isalnum(c) || c == '.' || c == '-' || (guint8)c >= 0x80;
}

/* How an '@' may be spelled: as itself, in a URL, in a filter, in a DNS name. */
static gsize at_sign_length(const char *text)
{
    static const char *const spellings[] = {"@", "%40", "\\40", "\\064"};
    guint i;

    for (i = 0; i < G_N_ELEMENTS(spellings); i++) {
        if (g_str_has_prefix(text, spellings[i])) {
            return strlen(spellings[i]);
        }
    }
    return 0;
}

/* What lies before a place in the text: kept while it is read, so that no place is looked at twice. */
typedef struct {
    const char *run;      /* where the characters of a local part begin that end here */
    const char *quote[2]; /* the last quote, and the one before; NULL */
    const char *slash;    /* the last one, NULL */
    gboolean in_url;      /* "://" came before */
} passed;

static void pass(passed *before, const char *text, const char *at)
{
    if (!local_part_char(*at)) {
        before->run = at + 1;
    }
    if (*at == '"') {
        before->quote[1] = before->quote[0];
        before->quote[0] = at;
    }
    if (*at == '/') {
        before->in_url = before->in_url || (at - text >= 2 && at[-1] == '/' && at[-2] == ':');
        before->slash = at;
    }
}

/* Where the local part that ends before `at` begins; not before `from`. */
static const char *local_part(const passed *before, const char *from, const char *at)
{
    const char *start = MAX(before->run, from);

    if (at > from && at[-1] == '"') {
        return before->quote[1] && before->quote[1] >= from ? before->quote[1] : at;
    }
    /* In a URL, the host and the folders before it are none of the mailbox's. */
    if (before->in_url && before->slash && before->slash >= start) {
        start = before->slash + 1;
    }
    return start;
}

char *adp_mask_mailboxes(const char *text)
{
    static const char mask[] = "<mailbox>";
    passed before = {.run = text};
    const char *done = text;
    const char *at;
    GString *out = NULL;

    /* Most texts hold none of the characters that every spelling of an '@' begins with. */
    if (!text || !strpbrk(text, "@%\\")) {
        return NULL;
    }
    for (at = text; *at; pass(&before, text, at), at++) {
        gsize length = at_sign_length(at);
        const char *start;
        const char *end;

        if (length == 0) {
            continue;
        }
        start = local_part(&before, done, at);
        end = at + length;
        while (domain_char(*end)) {
            end++;
        }
        /*
         * A single label behind the @ is a realm or a host, not a mail domain; a filter may hold the
         * beginning of one.
         */
        if (start == at || (*end != '*' && !memchr(at + length, '.', (gsize)(end - at) - length))) {
            continue;
        }
        if (!out) {
            out = g_string_new(NULL);
        }
        g_string_append_len(out, done, start - done);
        g_string_append(out, mask);
        done = end;
        at = end - 1;
    }
    if (!out) {
        return NULL;
    }
    g_string_append(out, done);
    return g_string_free(out, FALSE);
}

/* How long the white space at `p` is, escaped or not; 0: there is none. */
static gsize space_at(const char *p)
{
    static const char *const escapes[] = {"\\x0a", "\\x0d", "\\x09", "\\x00"};
    guint i;

    if (*p == ' ') {
        return 1;
    }
    for (i = 0; i < G_N_ELEMENTS(escapes); i++) {
        if (strncmp(p, escapes[i], 4) == 0) {
            return 4;
        }
    }
    return 0;
}

char *adp_one_line(const char *text)
{
    GString *out;

    if (!text) {
        return NULL;
    }
    out = g_string_new(NULL);
    while (*text) {
        gsize space = space_at(text);

        if (space == 0) {
            g_string_append_c(out, *text++);
            continue;
        }
        text += space;
        if (out->len && out->str[out->len - 1] != ' ') {
            g_string_append_c(out, ' ');
        }
    }
    while (out->len && out->str[out->len - 1] == ' ') {
        g_string_truncate(out, out->len - 1);
    }
    return g_string_free(out, FALSE);
}

gint adp_compare_numbers(gconstpointer a, gconstpointer b)
{
    guint32 x = *(const guint32 *)a;
    guint32 y = *(const guint32 *)b;

    return (x > y) - (x < y);
}

guint adp_numbers_below(const GArray *numbers, guint32 number)
{
    return adp_place_of_number((const guint32 *)(const void *)numbers->data, numbers->len, number);
}
