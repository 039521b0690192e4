/* wrap.c
 * The lines of a report.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/wrap.h"

#include <string.h>

/* Where to break a line that may reach `end`: at a space, but not inside the [...] behind it. */
static const char *break_before(const char *text, const char *end)
{
    const char *bracket = g_strrstr_len(text, end - text, "[");
    const char *cut = end;

    if (bracket && bracket > text && !memchr(bracket, ']', (gsize)(end - bracket))) {
        cut = bracket - 1;
    }
    while (cut > text && *cut != ' ') {
        cut--;
    }
    return cut > text ? cut : end;
}

static guint width = ADP_REPORT_WIDTH;
static gboolean keeps_lines = TRUE;

void adp_report_set_width(guint columns)
{
    width = columns ? columns : ADP_REPORT_WIDTH;
    keeps_lines = width >= ADP_REPORT_WIDTH;
}

void adp_report_set_terminal(guint columns)
{
    adp_report_set_width(columns);
    keeps_lines = TRUE;
}

void adp_report_wrap(GString *out, const char *text, guint column, guint indent)
{
    while (g_utf8_strlen(text, -1) > (glong)width - (glong)column) {
        const char *cut =
            break_before(text, g_utf8_offset_to_pointer(text, (glong)width - (glong)column));

        g_string_append_len(out, text, cut - text);
        g_string_append_printf(out, "\n%*s", (int)indent, "");
        column = indent;
        text = cut;
        while (*text == ' ') {
            text++;
        }
    }
    g_string_append(out, text);
    g_string_append_c(out, '\n');
}

void adp_report_line(GString *out, const char *text, guint column, guint indent)
{
    if (!keeps_lines) {
        adp_report_wrap(out, text, column, indent);
    } else {
        g_string_append_printf(out, "%s\n", text);
    }
}
