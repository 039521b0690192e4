/* folds.h
 * Which steps of a path are told together: repeated lookups and healthy rounds are one line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_FOLDS_H
#define ADPATH_JUDGE_FOLDS_H

#include "judge/analysis.h"
#include "judge/fold.h"

#include <glib.h>

/**
 * The lines of a path, by their first steps; every step is in one of them. A step stands alone that is not
 * healthy, that was answered late or only when it was repeated, that a finding cites or is made good by,
 * and that searches for SCPs. A fold ends at such a step, and at any other packet that a finding cites. What is asked for
 * the first time begins another one after a pause or after a step that brought the client further; the
 * same again joins the one before. So in each fold the order of its steps is kept, and what stands between
 * two lines lies behind the beginning of the first. Linear in the path and its findings.
 * @return of adp_fold; free with g_ptr_array_unref().
 */
GPtrArray *adp_folds_of(adp_analysis *analysis, guint32 path, gboolean mailboxes);

#endif
