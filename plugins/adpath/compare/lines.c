/* lines.c
 * What a comparison says, line by line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compare/lines.h"

#include <stdarg.h>

static void line_free(gpointer data)
{
    adp_line *line = data;

    g_free(line->text);
    g_free(line);
}

GPtrArray *adp_lines_new(void)
{
    return g_ptr_array_new_with_free_func(line_free);
}

void adp_lines_add(GPtrArray *lines, adp_line_kind kind, const char *label, const char *format, ...)
{
    adp_line *line = g_new0(adp_line, 1);
    va_list arguments;

    va_start(arguments, format);
    line->kind = kind;
    line->label = label;
    line->text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_ptr_array_add(lines, line);
}
