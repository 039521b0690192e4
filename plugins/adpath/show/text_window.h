/* text_window.h
 * Text windows, which only Wireshark has. They are made once, and closed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_TEXT_WINDOW_H
#define ADPATH_SHOW_TEXT_WINDOW_H

#include "compat.h"
#include "judge/analysis.h"

#include <epan/funnel.h>

/* What Wireshark's text windows have room for before anybody makes them wider. */
#define ADP_WINDOW_COLUMNS 72

/** FALSE in tshark and sharkd. */
gboolean adp_gui_is_there(void);

/** Opens a window with a text. */
void adp_gui_show_text(const char *title, const char *text);

/** The same, with what `write` appends; it gets `number` along. */
void adp_gui_show(const char *title, void (*write)(adp_analysis *, GString *, guint32),
                  guint32 number);

/** Puts a text into a window of Wireshark's, as text whatever it looks like, and cuts what would take too long. */
void adp_gui_put_text(const funnel_ops_t *ops, funnel_text_window_t *window, const char *text);

#endif
