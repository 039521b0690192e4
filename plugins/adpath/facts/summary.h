/* summary.h
 * The sentence that stands for a step, in lists, tables and reports.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_SUMMARY_H
#define ADPATH_FACTS_SUMMARY_H

#include "facts/view.h"
#include "join/model.h"

/** The step in one line; free with g_free(). */
char *adp_summary(const adp_model *model, const adp_view *view);

/**
 * What came of the step, within such a line: what stands behind its first colon, but for colons in brackets. NULL: the line
 * does not say.
 */
const char *adp_summary_result(const char *summary);

/** The line with its result first, "RESULT - WHAT", for places that cut lines at their end; free with g_free(). */
char *adp_summary_turned(const char *summary);

#endif
