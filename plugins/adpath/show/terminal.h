/* terminal.h
 * What a report is like on a terminal: as wide as that is, and in colours.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_TERMINAL_H
#define ADPATH_SHOW_TERMINAL_H

#include <glib.h>

/** How many columns the terminal on standard output has; 0: there is none, or it does not say. */
guint adp_terminal_columns(void);

/** Colours the words that people look for, if standard output is a terminal that wants colours (NO_COLOR, TERM). */
void adp_terminal_colour(GString *report);

#endif
