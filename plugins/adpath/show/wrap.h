/* wrap.h
 * The lines of a report: how long they are, and where they break.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_WRAP_H
#define ADPATH_SHOW_WRAP_H

#include <glib.h>

#define ADP_REPORT_WIDTH 100

/** Other lines than these from now on, for a narrow window; 0: these again. */
void adp_report_set_width(guint columns);

/** The same for a terminal: what adp_report_line() keeps in one line stays in one there. */
void adp_report_set_terminal(guint columns);

/**
 * Appends `text` in lines of at most so many columns, the first of which
 * begins at `column`; the others are indented. Ends with a new line.
 */
void adp_report_wrap(GString *out, const char *text, guint column, guint indent);

/**
 * The same, but one line where nothing narrower than a terminal was asked for: for what programs read,
 * and for what people copy.
 */
void adp_report_line(GString *out, const char *text, guint column, guint indent);

#endif
