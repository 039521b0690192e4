/* chain.h
 * Steps, marks and paths while they are made; the chain of observations of a step.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_CHAIN_H
#define ADPATH_JOIN_CHAIN_H

#include "join/derived.h"
#include "join/model.h"

#include <glib.h>

adp_step *adp_step_at(adp_derived *d, guint32 i);

/** What a step has at first. */
extern const adp_step_details adp_nothing_own;

/** What the step alone has, to be written. Valid as long as the steps are. */
adp_step_details *adp_step_own(adp_derived *d, adp_step *step);

adp_mark *adp_mark_at(adp_derived *d, guint32 i);
adp_path *adp_path_at(adp_derived *d, guint32 i);

/** The same of a path. */
extern const adp_path_details adp_nothing_of_path;
adp_path_details *adp_path_own(adp_derived *d, adp_path *path);

/** Appends the observation to the step's chain and gives it its mark. */
void adp_attach(adp_derived *d, guint32 step_index, guint32 i);

/** Writes what the mark says as of its observation; to be called last. Always TRUE. */
gboolean adp_finish(adp_derived *d, guint32 i);

/** Marks an observation that stays in the log, but belongs to no step by itself. Always TRUE. */
gboolean adp_keep_aside(adp_derived *d);

#endif
