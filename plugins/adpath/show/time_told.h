/* time_told.h
 * Where the time of a path went, in words.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_TIME_TOLD_H
#define ADPATH_SHOW_TIME_TOLD_H

#include "judge/analysis.h"

#include <glib.h>

/** Waiting in vain, waiting for answers, own pauses. */
#define ADP_TIME_LINES 3

typedef struct {
    gint64 duration; /* of the path, ns */
    guint lines;     /* so many; none of a path that was quick */
    struct {
        const char *label;
        gint64 time; /* ns */
        char *text;  /* by which servers, or how long the longest was; "" */
    } line[ADP_TIME_LINES];
} adp_time_told;

/** For each report; free it with adp_time_told_free(). */
adp_time_told *adp_time_tell(adp_analysis *analysis, guint32 path);
void adp_time_told_free(adp_time_told *told);

#endif
