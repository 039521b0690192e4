/* dns_name.c
 * Names in the encoding of RFC 1035, as DNS and the Netlogon reply use it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/dns_name.h"

#include "wire/limits.h"
#include "wire/text.h"

static gboolean is_plain(guint8 c)
{
    return c > ' ' && c < 0x7f && c != '.' && c != '\\';
}

/* How many of the bytes stand for themselves without a closer look. */
static gsize plain_length(const guint8 *bytes, gsize len)
{
    gsize i;

    for (i = 0; i < len && is_plain(bytes[i]); i++) {
    }
    return i;
}

static void append_label(GString *out, const guint8 *label, gsize len)
{
    const char *p = (const char *)label;
    const char *end = p + len;
    gsize plain = plain_length(label, len);

    g_string_append_len(out, p, (gssize)plain);
    p += plain;
    while (p < end) {
        gunichar c = g_utf8_get_char_validated(p, end - p);
        const char *next = p + 1;

        if (*p == '.' || *p == '\\') {
            g_string_append_c(out, '\\');
            g_string_append_c(out, *p);
        } else if (c != (gunichar)-1 && c != (gunichar)-2 && c > ' ' && adp_is_printable(c)) {
            next = g_utf8_next_char(p);
            g_string_append_len(out, p, next - p);
        } else {
            next = c != (gunichar)-1 && c != (gunichar)-2 ? g_utf8_next_char(p) : next;
            for (; p < next; p++) {
                g_string_append_printf(out, "\\%03u", (guint8)*p);
            }
        }
        p = next;
    }
}

/** Where in a message a name goes on. */
typedef struct {
    gsize offset;
    gsize limit;  /* the next pointer leads before it: no loops */
    gsize behind; /* the name, as far as a pointer has told; else 0 */
    gsize total;  /* bytes of labels so far */
} walk;

/*
 * Goes to the next label: its length, 0 at the end of the name, -1 where it is damaged or cut short. The label
 * stands before `offset`.
 */
static inline int next_label(const guint8 *message, gsize len, walk *w)
{
    while (w->offset < len) {
        guint8 n = message[w->offset];

        if (n == 0) {
            w->behind = w->behind ? w->behind : w->offset + 1;
            return 0;
        }
        if ((n & 0xc0) == 0xc0) {
            if (w->offset + 1 >= len) {
                return -1;
            }
            if (!w->behind) {
                w->behind = w->offset + 2;
            }
            w->offset = ((gsize)(n & 0x3f) << 8) | message[w->offset + 1];
            /* Each pointer must lead further back than all before it. */
            if (w->offset >= w->limit) {
                return -1;
            }
            w->limit = w->offset;
            continue;
        }
        w->total += (gsize)n + 1;
        if ((n & 0xc0) || w->offset + 1 + n > len || w->total > ADP_MAX_DNS_NAME) {
            return -1;
        }
        w->offset += (gsize)n + 1;
        return n;
    }
    return -1;
}

static gsize walk_name(const guint8 *message, gsize len, gsize offset, GString *out)
{
    walk w = {.offset = offset, .limit = offset};
    gboolean first = TRUE;
    int n;

    while ((n = next_label(message, len, &w)) > 0) {
        if (out && !first) {
            g_string_append_c(out, '.');
        }
        if (out) {
            append_label(out, message + w.offset - n, (gsize)n);
        }
        first = FALSE;
    }
    return n == 0 ? w.behind : 0;
}

gsize adp_dns_name_plain(const guint8 *message, gsize len, gsize offset, char *out)
{
    walk w = {.offset = offset, .limit = offset};
    char *to = out;
    int n;

    while ((n = next_label(message, len, &w)) > 0) {
        const guint8 *label = message + w.offset - n;
        int i;

        for (i = 0; i < n; i++) {
            if (!is_plain(label[i])) {
                return 0;
            }
            *to++ = (char)label[i];
        }
        *to++ = '.';
    }
    if (n < 0 || to == out) {
        return 0;
    }
    to[-1] = '\0';
    return w.behind;
}

gsize adp_dns_name(const guint8 *message, gsize len, gsize offset, GString *out)
{
    g_string_truncate(out, 0);
    return walk_name(message, len, offset, out);
}

gsize adp_dns_name_skip(const guint8 *message, gsize len, gsize offset)
{
    return walk_name(message, len, offset, NULL);
}
