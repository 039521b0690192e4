/* gui.h
 * What only the Wireshark window has.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_GUI_H
#define ADPATH_SHOW_GUI_H

#include "taps.h"

/** Adds the menu entries. */
void adp_gui_register(void);

/** FALSE in tshark and sharkd. */
gboolean adp_gui_is_there(void);

/** Opens a window with the report; it follows when packets are tapped again. */
void adp_gui_open_report(adp_reporter report, const char *filter);

/** Opens a window that explains a frame. */
void adp_gui_explain(guint32 frame);

#endif
