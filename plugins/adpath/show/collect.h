/* collect.h
 * For tables that Wireshark fills packet by packet: which steps a frame brings
 * in, and which it changes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_COLLECT_H
#define ADPATH_SHOW_COLLECT_H

#include "facts/outcome.h"
#include "join/model.h"
#include "judge/analysis.h"

/** What a table holds so far. */
typedef struct adp_collector adp_collector;

adp_collector *adp_collector_new(void);
/** A GDestroyNotify. */
void adp_collector_free(gpointer data);

/**
 * What a step was counted as. It goes out as it came in, whatever has become of it since: while a
 * capture is read its answer comes, its path is split, or turns out to be one.
 */
typedef struct {
    guint32 path;
    gboolean unattached; /* the path was but a lone request: adp_path_is_unattached() */
    adp_outcome outcome;
    const char *result; /* srv: its result, a constant; else NULL */
    gboolean has_error; /* kerberos: the answer was this error */
    gint32 error;
} adp_counted;

adp_counted adp_counted_now(const adp_model *model, guint32 index);

/** by = 1: the step comes in as this. by = -1: it goes out; it comes in again at once. */
typedef void (*adp_collect_step)(const adp_model *model, guint32 step, const adp_counted *as,
                                 int by, void *user_data);

/**
 * To be called for each tapped frame. A frame selects its paths whole, as the
 * filter of every report does; a step of which anything has changed since it was
 * counted goes out and comes in again.
 * @param final  the capture has been read: findings count, and nothing changes any more.
 */
void adp_collect(adp_collector *collector, adp_analysis *analysis, guint32 first_obs,
                 gboolean final, adp_collect_step callback, void *user_data);

#endif
