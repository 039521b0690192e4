/* explain.h
 * One frame explained to somebody who wants to learn from it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_EXPLAIN_H
#define ADPATH_SHOW_EXPLAIN_H

#include "judge/analysis.h"

/**
 * What each step of the frame is, what usually comes before and after it, what is
 * odd about it here, and how to repeat it. Says so when the frame has no step.
 * @return FALSE when the capture has no such frame; `out` then says that.
 */
gboolean adp_explain(adp_analysis *analysis, guint32 frame, gboolean mailboxes, GString *out);

#endif
