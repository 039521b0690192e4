/* pages.h
 * The pages of the documentation, which are installed as HTML with the module.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_PAGES_H
#define ADPATH_SHOW_PAGES_H

#include <glib.h>

/** The page that leads to those of all findings. */
#define ADP_PAGE_OF_FINDINGS "README"

/**
 * Where the page of a finding is, as a report for people may say it: the installed file, with "~" for the user's home, else
 * its name in the source. Free with g_free().
 */
char *adp_page_place(const char *finding);

/** The address of the installed page for a browser; NULL: it is not installed. Free with g_free(). */
char *adp_page_url(const char *finding);

#endif
