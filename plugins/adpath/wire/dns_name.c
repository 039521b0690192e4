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

static gsize walk_name(const guint8 *message, gsize len, gsize offset, GString *out)
{
    gsize behind = 0; /* set at the first pointer */
    gsize limit = offset;
    gsize total = 0;
    gboolean first = TRUE;

    while (offset < len) {
        guint8 n = message[offset];

        if (n == 0) {
            return behind ? behind : offset + 1;
        }
        if ((n & 0xc0) == 0xc0) {
            gsize target;

            if (offset + 1 >= len) {
                return 0;
            }
            target = ((gsize)(n & 0x3f) << 8) | message[offset + 1];
            if (!behind) {
                behind = offset + 2;
            }
            /* Each pointer must lead further back than all before it: no loops. */
            if (target >= limit) {
                return 0;
            }
            limit = target;
            offset = target;
            continue;
        }
        if ((n & 0xc0) || offset + 1 + n > len) {
            return 0;
        }
        total += (gsize)n + 1;
        if (total > ADP_MAX_DNS_NAME) {
            return 0;
        }
        if (out) {
            if (!first) {
                g_string_append_c(out, '.');
            }
            append_label(out, message + offset + 1, n);
        }
        first = FALSE;
        offset += (gsize)n + 1;
    }
    return 0;
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
