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

/** What a table holds so far. */
typedef struct adp_collector adp_collector;

adp_collector *adp_collector_new(void);
/** A GDestroyNotify. */
void adp_collector_free(gpointer data);

/** Forgets everything. */
void adp_collector_reset(adp_collector *collector);

/**
 * by = 1: the step comes in with this outcome. by = -1: it goes out, having
 * been counted with this outcome.
 */
typedef void (*adp_collect_step)(const adp_model *model, guint32 step, adp_outcome outcome, int by,
                                 void *user_data);

/**
 * To be called for each tapped frame. A frame selects its paths whole, as the
 * filter of every report does; a step whose outcome has changed since it was
 * counted goes out and comes in again.
 * @param final  the capture has been read: findings count, and nothing changes any more.
 */
void adp_collect(adp_collector *collector, const adp_model *model, guint32 first_obs,
                 gboolean final, adp_collect_step callback, void *user_data);

#endif
