/* html_fold.h
 * Which steps of a path a page folds into one line: repeated ones that went well.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_HTML_FOLD_H
#define ADPATH_SHOW_HTML_FOLD_H

#include "judge/analysis.h"

#include <glib.h>

/** A line of a page: so many steps of a path from `first` on, places in adp_path.steps. */
typedef struct {
    guint first;
    guint count;
    const char *what; /* "DNS lookups"; NULL: a single step */
} adp_html_fold;

/**
 * The lines of a path, in order; each step is in one of them. Free with g_array_unref(). A step
 * that went wrong, or that an error or a warning cites, has a line of its own.
 */
GArray *adp_html_folds_of(adp_analysis *analysis, guint32 path, gboolean mailboxes);

#endif
