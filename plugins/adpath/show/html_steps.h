/* html_steps.h
 * The steps of a path as a table of a page.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_HTML_STEPS_H
#define ADPATH_SHOW_HTML_STEPS_H

#include "judge/analysis.h"
#include "show/html_text.h"

#include <glib.h>

/**
 * All steps of the path, each with the id "s" and its number; those of a line of `folds` that is
 * several are folded. `start`: of the path, ns since the epoch.
 */
void adp_html_steps(adp_page *page, adp_analysis *analysis, guint32 path, const GArray *folds,
                    gint64 start, gboolean mailboxes);

#endif
