/* analysis.h
 * The judgement of a capture: its findings, and what they rest on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_ANALYSIS_H
#define ADPATH_JUDGE_ANALYSIS_H

#include "facts/ranks.h"
#include "join/model.h"
#include "judge/endpoints.h"
#include "judge/finding.h"

#include <glib.h>

/**
 * What is concluded from a model, above it: findings, endpoints, ranks. Each is made when
 * somebody asks, and holds until the model changes. The model has to live as long.
 */
typedef struct adp_analysis adp_analysis;

adp_analysis *adp_analysis_new(const adp_model *model);
void adp_analysis_free(adp_analysis *analysis);

const adp_model *adp_analysis_model(const adp_analysis *analysis);
adp_ranks *adp_analysis_ranks(adp_analysis *analysis);
adp_endpoints *adp_analysis_endpoints(adp_analysis *analysis);

/**
 * All findings of the capture as far as it was read, ordered by path, then by
 * first evidence. The analysis's: valid until the model changes. Linear in the steps.
 * @param mailboxes  show mailbox names in the texts.
 * @return of adp_finding.
 */
const GPtrArray *adp_findings(adp_analysis *analysis, gboolean mailboxes);

/** Those of one path: `*count` of them, in the order of adp_findings(). Same owner. */
adp_finding *const *adp_findings_of_path(adp_analysis *analysis, guint32 path, gboolean mailboxes,
                                         guint *count);

/**
 * How mailbox names stand in the findings that are kept now. A caller that wants numbers only asks
 * with this, so that nothing is made anew for the sake of texts.
 */
gboolean adp_findings_mailboxes(const adp_analysis *analysis);

/** When clients waited: adp_wait (judge/waits.h) by path and time. Same owner. */
const GArray *adp_analysis_waits(adp_analysis *analysis);

/** What clients began to do: adp_begun (judge/timeline.h) by path and observation. Same owner. */
const GArray *adp_analysis_timeline(adp_analysis *analysis);

/** When the path began and ended, ns since the epoch: adp_path_span() (judge/path_time.h). */
void adp_analysis_span(adp_analysis *analysis, guint32 path, gint64 *start, gint64 *end);

/**
 * Statements about what cannot be seen: adp_inferred (judge/inferred.h) by path and step. Same owner. Empty
 * when adp_analysis_let_infer() says no.
 */
const GPtrArray *adp_analysis_inferred(adp_analysis *analysis);
void adp_analysis_let_infer(adp_analysis *analysis, gboolean infer);

/** Refused operations of the path that are no steps and in no finding: `*first` of `count`. */
guint adp_path_refusals(adp_analysis *analysis, guint32 path, guint32 *first);

/** How much time the path lost by waiting, ns; binary search, and a walk along its waits. */
gint64 adp_path_lost(adp_analysis *analysis, guint32 path);

/** Is anything wrong with the path that nothing later made good? */
gboolean adp_path_failed(adp_analysis *analysis, guint32 path);

/** The findings whose evidence lies in the frame of observation `obs`, or NULL. Same owner. */
const GPtrArray *adp_findings_of_frame(adp_analysis *analysis, guint32 obs, gboolean mailboxes);

/** Frames of observations in ascending order, each once; free with g_array_unref(). */
GArray *adp_frames_of(const adp_model *model, const GArray *evidence);

#endif
