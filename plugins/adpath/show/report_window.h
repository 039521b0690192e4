/* report_window.h
 * The window with the report.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_REPORT_WINDOW_H
#define ADPATH_SHOW_REPORT_WINDOW_H

#include "show/hits.h"

/**
 * Opens a window with the report; it follows when packets are tapped again. With a filter it
 * is about the paths that match it, else about those that Wireshark's display filter shows.
 */
void adp_gui_open_report(adp_reporter report, const char *filter);

#endif
