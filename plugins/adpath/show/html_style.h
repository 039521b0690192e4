/* html_style.h
 * How a page looks: on a screen, light or dark, large or small, and on paper.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_HTML_STYLE_H
#define ADPATH_SHOW_HTML_STYLE_H

/** The style sheet. Constant; it holds no character that XML would take for markup. */
const char *adp_html_style(void);

#endif
