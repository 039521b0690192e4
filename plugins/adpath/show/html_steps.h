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
 * All steps of a path, by its lines (judge/folds.h), each with the id "s" and its number; those that
 * share a line are folded. `start`: of the path, ns since the epoch.
 */
void adp_html_steps(adp_page *page, adp_analysis *analysis, const GPtrArray *folds, gint64 start,
                    gboolean mailboxes);

#endif
