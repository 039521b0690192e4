/* html_head.h
 * What a browser is told before the page: how it looks, and that nothing in it may run or load.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_HTML_HEAD_H
#define ADPATH_SHOW_HTML_HEAD_H

#include "show/html_text.h"

/** Up to the beginning of the body. `file`: the name of the capture, NULL: nobody knows it. */
void adp_html_head(adp_page *page, const char *outcome, const char *file);

#endif
