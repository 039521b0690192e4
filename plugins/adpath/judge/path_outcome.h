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

/** Did the last exchange of autodiscover ask for credentials, and the client send none? */
gboolean adp_path_sent_no_credentials(const adp_model *model, const adp_path *path);

/**
 * A connection that the client asked for more than once and did nothing behind, when the capture ended too soon to
 * call that silence: the number of the attempt, ADP_NONE when there is none.
 */
guint32 adp_path_left_open(adp_analysis *analysis, guint32 index);

#endif
