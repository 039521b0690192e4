/* runs.h
 * Two captures of the same thing at different times, of which one may have gone well.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_COMPARE_RUNS_H
#define ADPATH_COMPARE_RUNS_H

#include "compare/told.h"

#include <glib.h>

/**
 * Appends what two runs differ in to `lines` (lines.h). Returns the name of the difference that
 * matters most: the id of a finding, or what a step asks; free it. NULL: no difference matters.
 */
char *adp_runs_compare(const adp_told *here, const adp_told *there, GPtrArray *lines);

#endif
