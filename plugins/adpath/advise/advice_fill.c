/* advice_fill.c
 * Names of the capture put into a command.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "advise/advice_fill.h"

#include "wire/limits.h"
#include "wire/text.h"

#include <string.h>

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

    if (!*value || strlen(value) > ADP_MAX_COMMAND_VALUE || strstr(value, "\\x") ||
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

/* A word as it stands, in every shell. Names of computers end with a $, services begin with _. */
static gboolean is_plain(const char *value)
{
    const char *p;

    for (p = value; *p; p++) {
        if (!g_ascii_isalnum(*p) && !strchr("._/:-", *p) && !(*p == '$' && !p[1])) {
            return FALSE;
        }
    }
    return g_ascii_isalnum(*value) || *value == '_';
}

/*
 * Beyond ASCII only letters and digits: Windows turns other signs into the quotes, slashes and bars that
 * they resemble when a program asks for its arguments in the code page, and with them two letters and
 * the modifier letters (Microsoft's "best fit": U+01C3 is a !, U+02BA a ").
 */
static gboolean is_letter_everywhere(gunichar ch)
{
    return g_unichar_isalnum(ch) && !(ch >= 0x01c0 && ch <= 0x01c3) &&
           !(ch >= 0x02b0 && ch <= 0x02ff);
}

/*
 * Is the value one word within double quotes, in PowerShell 5.1 and 7, cmd.exe and POSIX shells
 * alike, and no option? cmd.exe knows no other quotes, and some characters stay special in them:
 * $ and ` in PowerShell and sh, % and ! in cmd.exe; typographic quotes end them in PowerShell; a
 * backslash at the end takes the quote with it (C runtime), two are one in sh.
 */
static gboolean is_quotable(const char *value)
{
    const char *p;

    for (p = value; *p; p = g_utf8_next_char(p)) {
        gunichar ch = g_utf8_get_char(p);

        if ((ch < 0x80 ? strchr("\"$`%!", (char)ch) != NULL : !is_letter_everywhere(ch)) ||
            (ch == '\\' && (!p[1] || p[1] == '\\'))) {
            return FALSE;
        }
    }
    return !strchr("-/@", *value);
}

/* FALSE when the command cannot be said with it. `next`: what follows in the template. */
static gboolean append_value(GString *out, const char *value, gboolean mailboxes, char next)
{
    gboolean plain = is_plain(value) && (!strchr(value, '$') || !next || next == ' ');

    char *masked = mailboxes ? NULL : adp_mask_mailboxes(value);
    gboolean hidden = masked && !g_str_equal(masked, value);

    g_free(masked);
    if (hidden || !is_faithful(value)) {
        return FALSE;
    }
    if (plain) {
        g_string_append(out, value);
        return TRUE;
    }
    /* A backslash would take the quote with it (C runtime). */
    if (!is_quotable(value) || (out->len && out->str[out->len - 1] == '\\')) {
        return FALSE;
    }
    g_string_append_printf(out, "\"%s\"", value);
    return TRUE;
}

static gboolean append_words(GString *out, const char *value, gboolean mailboxes,
                             char next G_GNUC_UNUSED)
{
    char *masked = mailboxes ? NULL : adp_mask_mailboxes(value);

    g_string_append(out, masked ? masked : value);
    g_free(masked);
    return TRUE;
}

typedef gboolean (*appender)(GString *out, const char *value, gboolean mailboxes, char next);

static char *fill(const char *template, const adp_advice_values *values, appender append)
{
    GString *out = g_string_new(NULL);
    const char *p = template;

    while (*p) {
        const char *end = *p == '{' ? strchr(p, '}') : NULL;
        const char *value;

        if (!end) {
            g_string_append_c(out, *p++);
            continue;
        }
        value = value_of(values, p + 1, (gsize)(end - p - 1));
        if (!value || !*value || !append(out, value, values->mailboxes, end[1])) {
            g_string_free(out, TRUE);
            return NULL;
        }
        p = end + 1;
    }
    return g_string_free(out, FALSE);
}

char *adp_advice_fill(const char *template, const adp_advice_values *values)
{
    return fill(template, values, append_value);
}

char *adp_advice_fill_sentence(const char *template, const adp_advice_values *values)
{
    return fill(template, values, append_words);
}

gboolean adp_advice_cannot_quote(const char *template, const adp_advice_values *values)
{
    guint i;

    for (i = 0; i < values->count; i++) {
        const char *value = values->pairs[i].value;
        char *blank = g_strdup_printf("{%s}", values->pairs[i].name);
        gboolean asked = strstr(template, blank) != NULL;

        g_free(blank);
        if (asked && value && *value &&
            (!is_faithful(value) || (!is_plain(value) && !is_quotable(value)))) {
            return TRUE;
        }
    }
    return FALSE;
}
