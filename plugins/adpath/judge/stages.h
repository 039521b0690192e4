/* stages.h
 * A path in six lines: what became of each part of it, and where its time went.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_STAGES_H
#define ADPATH_JUDGE_STAGES_H

#include "facts/stage.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "judge/finding.h"

#include <glib.h>

typedef enum {
    ADP_STAGE_NOT_SEEN, /* nothing of it is in the capture, or it ends before an answer */
    ADP_STAGE_OK,
    ADP_STAGE_FAILED,
    ADP_STAGE_HIDDEN /* it was gone through, and what came of it cannot be seen */
} adp_stage_outcome;

/** "not seen", "ok", "failed", "hidden": as in JSON. */
const char *adp_stage_outcome_name(adp_stage_outcome outcome);

/** One stage of a path. Times are ns. */
typedef struct {
    adp_stage_outcome outcome;
    gboolean opened; /* a connection of it was accepted, */
    gboolean shut;   /* or refused */
    gboolean begun;  /* the client began it; else the times are 0 */
    gint64 start;    /* since the epoch */
    gint64 duration; /* the time in which this was the last that the client had begun; those of all
                             stages add up to that of the path */
    gint64 waiting;  /* of this: with an answer to come, or in vain */
    gint64 lost;     /* by waiting: adp_wait.lost */
    GArray *steps;   /* of guint32, ascending */
    const adp_finding
        *first; /* the first fault: of errors, else of warnings; NULL. The analysis's */
} adp_path_stage;

/**
 * The stages of a path, by adp_stage (that of ADP_STAGE_NONE is empty). Free with adp_stages_free();
 * `first` holds as long as adp_findings(). Linear in the path.
 */
adp_path_stage *adp_stages_of(adp_analysis *analysis, guint32 path, gboolean mailboxes);
void adp_stages_free(adp_path_stage *stages);

#endif
