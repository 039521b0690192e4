/* waits.h
 * When a client waited for a server, in vain or for long, and how much time that took.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_WAITS_H
#define ADPATH_JUDGE_WAITS_H

#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

typedef enum {
    ADP_WAIT_VAIN,     /* no answer came, and the client went on another way */
    ADP_WAIT_REPEATED, /* an answer came when the request had been repeated */
    ADP_WAIT_SLOW      /* the answer came late */
} adp_wait_kind;

/** Time with something pending in which the client did nothing else. */
typedef struct {
    guint32 path;
    guint32 step;    /* that was pending; ADP_NONE: it was */
    guint32 attempt; /* this attempt to open a connection; ADP_NONE: it was */
    guint32 asked;   /* this request of LDAP that is no step, an observation; ADP_NONE */
    adp_wait_kind kind;
    guint32 server;
    guint16 port;
    gint64 from; /* ns since the epoch: of the first request, */
    gint64 to;   /* and when the client went on */
    gint64 lost; /* of this time, what no earlier wait of the path covers */
} adp_wait;

/**
 * All waits that are worth telling, by path and time; free the array. `timeline`: adp_timeline(). Idle time is none: nothing is pending
 * in it. Nor is silence after which nothing went on: that is a fault, or the end of the capture.
 */
GArray *adp_waits_find(const adp_model *model, const GArray *timeline);

/** What the waits of the path lost together, ns. */
gint64 adp_waits_lost(const GArray *waits, guint32 path);

/** Finds what evidence cost. */
typedef struct adp_costs adp_costs;

/** `waits` have to live as long; free with adp_costs_free(). */
adp_costs *adp_costs_new(const adp_model *model, const GArray *waits);
void adp_costs_free(adp_costs *costs);

/** What was lost by the steps and attempts that the observations (ascending) belong to, ns. */
gint64 adp_cost_of(const adp_costs *costs, const GArray *evidence);

#endif
