/* path.h
 * Which path a step belongs to. Inside of the model, but for the questions in model.h.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_MODEL_PATH_H
#define ADPATH_MODEL_PATH_H

#include "model_private.h"

/**
 * The path of the step that is about to be made of `obs`. Constant work, but for the
 * steps since a pause, each of which moves at most once.
 * @param after_pause  set when the step may turn out to begin a path.
 */
guint32 adp_path_for(adp_model *model, adp_step_kind kind, const adp_obs *obs,
                     gboolean *after_pause);

/** Frees a client's state. */
void adp_client_state_free(gpointer data);

/** Frees what a path owns. */
void adp_path_clear(gpointer data);

#endif
