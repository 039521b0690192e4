/* analysis.h
 * The findings of a capture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_ANALYSIS_H
#define ADPATH_JUDGE_ANALYSIS_H

#include "join/derived.h"
#include "join/model.h"
#include "judge/finding.h"

#include <glib.h>

/**
 * All findings of the capture as far as it was read, ordered by path, then by
 * first evidence. The model's: valid until it changes. Linear in the steps.
 * @param mailboxes  show mailbox names in the texts.
 * @return of adp_finding.
 */
const GPtrArray *adp_model_findings(const adp_model *model, gboolean mailboxes);

/** Those of one path: `*count` of them, in the order of adp_model_findings(). Same owner. */
adp_finding *const *adp_model_findings_of_path(const adp_model *model, guint32 path,
                                               gboolean mailboxes, guint *count);

/**
 * How mailbox names stand in the findings that are kept now. Who asks for numbers only asks
 * with this, so that nothing is made anew for the sake of texts.
 */
gboolean adp_model_findings_mailboxes(const adp_model *model);

/** Is anything wrong with the path that nothing later made good? */
gboolean adp_model_path_failed(const adp_model *model, guint32 path);

/** The findings whose evidence lies in the frame of observation `obs`, or NULL. Same owner. */
const GPtrArray *adp_model_findings_of_frame(const adp_model *model, guint32 obs,
                                             gboolean mailboxes);

/** Frames of the evidence, ascending, each once; free with g_array_unref(). */
GArray *adp_finding_frames(const adp_model *model, const adp_finding *finding);

adp_finding_cache *adp_finding_cache_new(void);
void adp_finding_cache_free(adp_finding_cache *cache);

#endif
