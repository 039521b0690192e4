/* packet_window.h
 * The window that explains the selected packet, and the pages that it leads to.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_PACKET_WINDOW_H
#define ADPATH_SHOW_PACKET_WINDOW_H

#include <glib.h>

/**
 * Opens the window that explains a frame. There is one; it goes with the packet that is selected, as long as it is open.
 */
void adp_packet_window(guint32 frame);

/** The frame is being dissected to be shown in whole: if it is the selected one, that window goes with it. */
void adp_packet_window_follow(guint32 frame);

/** Opens the page of a finding in the browser; says in a window of its own why not. For Wireshark's window alone. */
void adp_packet_window_page(const char *finding);

#endif
