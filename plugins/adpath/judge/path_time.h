/* path_time.h
 * Where the time of a path went: waiting for answers, waiting in vain, and the client's own pauses.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_PATH_TIME_H
#define ADPATH_JUDGE_PATH_TIME_H

#include "join/model.h"

#include <glib.h>

/** Time in which something was pending, ns since the epoch; no two of a path overlap. */
typedef struct {
    gint64 from;
    gint64 to;
    guint32 server; /* address id */
    gboolean vain;  /* nothing came back in it, or nothing that the client could wait for */
} adp_pending;

/**
 * All of one path in order of time; the caller frees it. Where several requests are pending, the moment
 * belongs to the one that was sent first. Linear in what the client did.
 * `timeline`, `waits`: the analysis's, adp_analysis_timeline() and adp_analysis_waits(), as below.
 */
GArray *adp_path_pending(const adp_model *model, const GArray *timeline, const GArray *waits,
                         guint32 path);

/** What a path waited for one server, ns. */
typedef struct {
    guint32 server; /* address id */
    gint64 answers; /* until its answers came, */
    guint answered; /* so many of them; */
    gint64
        vain; /* without one: requests and connections that came to nothing, or had to be repeated, */
    guint in_vain; /* so many */
} adp_time_at;

/** Where the time of a path went, ns: `answers`, `vain` and `pauses` add up to `duration`. */
typedef struct {
    gint64 duration;
    gint64 answers;
    gint64 vain;
    gint64 pauses;     /* nothing was pending: the client did something else, or nothing */
    gint64 longest;    /* of the pauses */
    gint64 neighbours; /* of `vain`: all neighbours were asked, who are in no row of */
    GArray *servers;   /* of adp_time_at, the costliest first */
} adp_path_time;

adp_path_time *adp_path_time_of(const adp_model *model, const GArray *timeline, const GArray *waits,
                                guint32 path);
void adp_path_time_free(adp_path_time *time);

/**
 * When the path began and ended, ns since the epoch. What is no step counts where the client tried in
 * vain to go on.
 */
void adp_path_span(const adp_model *model, const GArray *timeline, guint32 path, gint64 *start,
                   gint64 *end);

#endif
