/* lookup.h
 * Finding one's way: from a frame to its steps and paths, from a path to its first fault.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_LOOKUP_H
#define ADPATH_JUDGE_LOOKUP_H

#include "join/model.h"
#include "judge/analysis.h"
#include "judge/finding.h"

#include <glib.h>

/** The first observation of the frame, or ADP_NONE when the log holds none of it. */
guint32 adp_model_first_of_frame(const adp_model *model, guint32 frame);

/**
 * The steps that the frame of observation `first` belongs to, each once, in their order in
 * the frame; free with g_array_unref().
 */
GArray *adp_model_steps_of_frame(const adp_model *model, guint32 first);

/**
 * The paths of these steps, and of the findings that cite the frame, ascending; without those
 * that are no path to speak of (adp_path_is_unattached()). Free with g_array_unref().
 */
GArray *adp_paths_of_frame(adp_analysis *analysis, guint32 first);

/**
 * A display filter for all of the paths (steps) of the frame; NULL when it has none. Free with
 * g_free().
 */
char *adp_filter_paths(adp_analysis *analysis, guint32 first);
char *adp_filter_steps(adp_analysis *analysis, guint32 first);

/** That a finding cites an observation of a step in a frame. */
typedef struct {
    guint32 step;               /* ADP_NONE: the observation is of no step */
    const adp_finding *finding; /* whose place in the list of the frame's findings is */
    guint place;                /* this */
} adp_citation;

/**
 * Which of the frame's `findings` cites which of its steps, each once; by step (those of no step last),
 * and by the place of the finding. Free with g_array_unref().
 */
GArray *adp_citations_of_frame(const adp_model *model, guint32 first, const GPtrArray *findings);
/** How many of them are about steps before `step`. */
guint adp_citations_before(const GArray *citations, guint32 step);

/** The steps that the finding cites, ascending; free with g_array_unref(). */
GArray *adp_finding_steps(const adp_model *model, const adp_finding *finding);

/**
 * The findings of a path as reports list them: the worst first. They stay the analysis's; free the array
 * with g_ptr_array_unref().
 */
GPtrArray *adp_findings_by_weight(adp_analysis *analysis, guint32 path, gboolean mailboxes);

/**
 * The frame where the first thing on the path went wrong that nothing later made good: of a
 * finding of severity error, else of a warning. 0: there is none.
 */
guint32 adp_path_first_fault(adp_analysis *analysis, guint32 path);

#endif
