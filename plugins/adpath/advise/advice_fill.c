/* advice_fill.c
 * Names of the capture put into a command.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "advise/advice_fill.h"

#include "wire/text.h"

#include <string.h>

#define MAX_VALUE 255

static const char *value_of(const adp_advice_values *values, const char *name, gsize len)
{
    guint i;

    for (i = 0; i < values->count; i++) {
        const char *candidate = values->pairs[i].name;

        if (strlen(candidate) == len && strncmp(candidate, name, len) == 0) {
            return values->pairs[i].value;
        }
    }
    return NULL;
}

/* Text that was escaped or cut when it entered the model is not what was sent. */
static gboolean is_faithful(const char *value)
{
    const char *p;

    if (!*value || strlen(value) > MAX_VALUE || strstr(value, "\\x") ||
        !g_utf8_validate(value, -1, NULL)) {
        return FALSE;
    }
    for (p = value; *p; p = g_utf8_next_char(p)) {
        if (!adp_is_printable(g_utf8_get_char(p))) {
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean is_plain(const char *value)
{
    const char *p;

    for (p = value; *p; p++) {
        if (!g_ascii_isalnum(*p) && !strchr("._/:-", *p)) {
            return FALSE;
        }
    }
    return g_ascii_isalnum(*value);
}

/* PowerShell takes these for the end of a quoted string, and two of them for one. */
static gboolean is_quote(gunichar ch)
{
    return ch == '\'' || (ch >= 0x2018 && ch <= 0x201b);
}

static void append_quoted(GString *out, const char *value)
{
    const char *p;

    g_string_append_c(out, '\'');
    for (p = value; *p; p = g_utf8_next_char(p)) {
        gunichar ch = g_utf8_get_char(p);

        g_string_append_unichar(out, ch);
        if (is_quote(ch)) {
            g_string_append_unichar(out, ch);
        }
    }
    g_string_append_c(out, '\'');
}

static void append_value(GString *out, const adp_advice_values *values, const char *name, gsize len)
{
    const char *value = value_of(values, name, len);
    char *masked = value && !values->mailboxes ? adp_mask_mailboxes(value) : NULL;

    value = masked ? masked : value;
    if (!value || !is_faithful(value)) {
        g_string_append_printf(out, "<%.*s>", (int)len, name);
    } else if (is_plain(value)) {
        g_string_append(out, value);
    } else {
        append_quoted(out, value);
    }
    g_free(masked);
}

char *adp_advice_fill(const char *template, const adp_advice_values *values)
{
    GString *out = g_string_new(NULL);
    const char *p = template;

    while (*p) {
        const char *end = *p == '{' ? strchr(p, '}') : NULL;

        if (end) {
            append_value(out, values, p + 1, (gsize)(end - p - 1));
            p = end + 1;
        } else {
            g_string_append_c(out, *p++);
        }
    }
    return g_string_free(out, FALSE);
}
