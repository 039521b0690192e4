/* ends.h
 * Two captures of the same minute, at two places of the way: the same requests in both.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_COMPARE_ENDS_H
#define ADPATH_COMPARE_ENDS_H

#include "compare/told.h"

#include <glib.h>

/** A request that both captures show: here, there. */
typedef struct {
    const adp_told_step *step[2];
} adp_ends_pair;

typedef struct {
    GArray *pairs;       /* adp_ends_pair, in the order of this capture */
    GHashTable *paired;  /* steps of both captures that are in a pair */
    gboolean numbered;   /* both reports tell the numbers in the messages */
    gboolean translated; /* found by the numbers in the messages: addresses or ports differ */
    gboolean same;       /* equal to the microsecond: one capture, or parts of one */
    gint64 offset;       /* ns that the clock there is ahead: median over the pairs */
    gint64 offset_least;
    gint64 offset_most;
    int client; /* 0: this capture is nearer to the client, 1: the other; -1: it cannot be told */
} adp_ends;

/** NULL: these are no two captures of the same minute, or nothing of it shows in both. */
adp_ends *adp_ends_new(const adp_told *here, const adp_told *there);
void adp_ends_free(adp_ends *ends);

/** How much the clock there is ahead, by one pair. */
gint64 adp_ends_offset_of(const adp_ends_pair *pair);

/** What a step asks, in lower case, with nothing of its answer; free it. */
char *adp_ends_question(const adp_told_step *step);

#endif
