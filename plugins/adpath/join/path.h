/* path.h
 * Which path a step belongs to. Inside of the model, but for the questions in model.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_PATH_H
#define ADPATH_JOIN_PATH_H

#include "join/model.h"
#include "log/observation.h"
#include "wire/table.h"
#include "wire/text.h"

#include <glib.h>

/*
 * A client that searches the directory again on another connection, after nothing was
 * seen of it for so long, has begun anew (from memory, a heuristic).
 */
#define ADP_PATH_IDLE (30 * ADP_NS_PER_S)

/**
 * The path of the step that is about to be made of `obs`. Constant work, but for the
 * steps since a pause, each of which moves at most once.
 * @param step  gets `after_pause`, and whose it is: `machine` and `client`.
 */
guint32 adp_path_for(adp_model *model, adp_step_kind kind, const adp_obs *obs, adp_step *step);

/**
 * The path in which something lies that is no step: that of the last step on its connection,
 * else the path of its client that had begun by observation `i`, or the first one after it.
 * ADP_NONE when the client has none.
 */
guint32 adp_path_around(const adp_model *model, const adp_flow *flow, guint32 i);

/** What is known of each client while its steps come in. */
adp_rows *adp_client_states_new(void);

/**
 * Is it certain which path the step belongs to, or may a search that is still to come
 * show that a new discovery had begun before it?
 */
gboolean adp_path_is_certain(const adp_model *model, const adp_step *step);

#endif
