/* html_file.h
 * The page as a file, from Wireshark's window: written where the user says, then shown by the browser.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_HTML_FILE_H
#define ADPATH_SHOW_HTML_FILE_H

#include "judge/analysis.h"
#include "show/rows.h"

/**
 * Makes the page of the selected paths, and asks in a dialog for its file: beside the capture, unless
 * the user wants it elsewhere. A file that is there already stays as it is. Only in Wireshark.
 */
void adp_html_save(adp_analysis *analysis, const adp_selection *selection);

#endif
