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

/** What a wait counts for. */
typedef enum {
    ADP_WAIT_BRIEF, /* too short to be told, or not known for a silence: in the sum of a path's time */
    ADP_WAIT_LOST, /* also as lost; but nothing was answered afterwards: a fault tells it */
    ADP_WAIT_TOLD  /* and it is worth telling that time was lost */
} adp_wait_weight;

/** Time with something pending in which the client did nothing else. One of the four numbers is set. */
typedef struct {
    guint32 path;
    guint32 step;    /* that was pending, ADP_NONE; */
    guint32 attempt; /* to open a connection, ADP_NONE; */
    guint32 asked;   /* a request of LDAP that is no step, an observation; ADP_NONE; */
    guint32 tunnel;  /* a request to a proxy, ADP_NONE */
    adp_wait_kind kind;
    adp_wait_weight weight;
    guint32 server;
    guint16 port;
    gint64 from; /* ns since the epoch: of the first request, */
    gint64 to;   /* and when the client went on */
    gint64 lost; /* of this time, what no earlier wait of the path covers; 0 of brief ones */
} adp_wait;

/**
 * All that was awaited in vain, and what was answered late, by path and time; free the array. `timeline`:
 * adp_timeline(). Idle time is none: nothing is pending in it. Silence that nothing followed lasts until
 * the client's last packet.
 */
GArray *adp_waits_find(const adp_model *model, const GArray *timeline);

/** What the waits of the path lost together, ns. */
gint64 adp_waits_lost(const GArray *waits, guint32 path);

#endif
