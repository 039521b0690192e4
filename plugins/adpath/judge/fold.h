/* fold.h
 * Steps of a path that share a line.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_FOLD_H
#define ADPATH_JUDGE_FOLD_H

#include <glib.h>

typedef enum {
    ADP_FOLD_ALONE,   /* one step, told in full */
    ADP_FOLD_LOOKUPS, /* of DNS */
    ADP_FOLD_PINGS,   /* of one domain, with one site of the client */
    ADP_FOLD_READS,   /* of rootDSEs */
    ADP_FOLD_TICKETS, /* rounds with KDCs for one service and principal */
    ADP_FOLD_SAME     /* others, whose sentences are the same; with the tickets that they carry */
} adp_fold_kind;

/** One line of a path. */
typedef struct {
    adp_fold_kind kind;
    GArray *steps; /* of guint32, ascending; the first is what the line begins with */
    gint64 gap;    /* how long nothing was heard of the path before the first; ns */
} adp_fold;

#endif
