/* adpath_tap.h
 * What the tap "adpath" gives to its listeners: other plugins, and programs made with libwireshark.
 *
 * Needs nothing of the module at link time. A listener is called for each frame that belongs to a
 * step of a discovery, or that a finding cites (which only later passes know), with an
 * adpath_tap_frame as its data. Later versions of the struct only grow at its end.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_TAP_H
#define ADPATH_TAP_H

#include <stdint.h>

#define ADPATH_TAP_NAME    "adpath"
#define ADPATH_TAP_VERSION 1

/** One step that the frame is part of, as far as it is known at this frame. Texts are UTF-8. */
typedef struct {
    uint32_t number;     /* as adpath.n: the step's number in reports and JSON, from 1 */
    uint32_t path;       /* as adpath.path, from 1; 0: of none, or not certain on the first pass */
    const char *kind;    /* as adpath.step: "srv", "ping", "scp", ... */
    const char *outcome; /* as adpath.outcome: "ok", "failed", "unanswered", "pending", ... */
    const char *client;  /* addresses */
    const char *server;
    uint32_t request; /* frame of the request; 0: the capture has none */
    uint32_t reply;   /* frame of the reply; 0: none up to here */
} adpath_tap_step;

/** Lives until the listeners of the frame have returned: copy what is to be kept. */
typedef struct {
    uint32_t version;             /* ADPATH_TAP_VERSION of the module that fills it */
    uint32_t observation;         /* the module's own */
    uint32_t step_count;          /* 0: a finding cites the frame, which is part of no step */
    const adpath_tap_step *steps; /* in the order in which the frame shows them */
} adpath_tap_frame;

#endif
