/* path_outcome.h
 * How a path ended.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_PATH_OUTCOME_H
#define ADPATH_JUDGE_PATH_OUTCOME_H

#include "join/model.h"
#include "judge/analysis.h"

/** How a path ended: "ok", "failed", "incomplete" or "hidden". */
const char *adp_path_outcome(adp_analysis *analysis, const adp_path *path);

/** Was a question of autodiscover never answered, and did no other answer give the client its settings? */
gboolean adp_path_ends_in_silence(const adp_model *model, const adp_path *path);

#endif
