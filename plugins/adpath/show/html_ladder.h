/* html_ladder.h
 * The drawing of a path: its client and servers as columns, its steps as arrows between them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_HTML_LADDER_H
#define ADPATH_SHOW_HTML_LADDER_H

#include "judge/analysis.h"
#include "show/html_text.h"

#include <glib.h>

/** Of a longer path the first lines are drawn. */
#define ADP_LADDER_LINES 160

/**
 * Draws the path, a line for each of `folds` (judge/folds.h) and one for each finding where its
 * last evidence lies. Says what is not drawn.
 */
void adp_html_ladder(adp_page *page, adp_analysis *analysis, guint32 path, const GPtrArray *folds,
                     gboolean mailboxes);

#endif
