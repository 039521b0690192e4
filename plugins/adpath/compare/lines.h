/* lines.h
 * What a comparison says, line by line, for whoever lays it out.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_COMPARE_LINES_H
#define ADPATH_COMPARE_LINES_H

#include <glib.h>

typedef enum {
    ADP_LINE_TITLE, /* at the margin; an empty line stands before it */
    ADP_LINE_TEXT,  /* a sentence */
    ADP_LINE_SIDE,  /* what one side shows; its label stands in front */
    ADP_LINE_ROW    /* of a table: as it is */
} adp_line_kind;

typedef struct {
    adp_line_kind kind;
    const char *label; /* "here", "there"; NULL: none */
    char *text;        /* owned */
} adp_line;

/** An array of adp_line; free it with g_ptr_array_unref(). */
GPtrArray *adp_lines_new(void);

/** Appends a line with a text like that of g_strdup_printf(). */
void adp_lines_add(GPtrArray *lines, adp_line_kind kind, const char *label, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

#endif
