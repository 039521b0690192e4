/* timeline.h
 * What the clients began to do, in order: steps, and what is none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_TIMELINE_H
#define ADPATH_JUDGE_TIMELINE_H

#include "join/model.h"

#include <glib.h>

/**
 * Something that a client began to do: a step, an attempt to open a connection, another request of LDAP,
 * or a request to a proxy. One of the four numbers is set, the others are ADP_NONE.
 */
typedef struct {
    guint32 path;
    guint32 obs; /* the first of it, */
    gint64 time; /* and its time, ns since the epoch */
    guint32 step;
    guint32 attempt;
    guint32 asked;  /* observation of a request of LDAP that is no step */
    guint32 tunnel; /* that a proxy was asked for (join/tunnels.h) */
} adp_begun;

/** All of adp_begun that belongs to a path, by path and observation; the caller frees it. */
GArray *adp_timeline(const adp_model *model);

#endif
