/* feed.h
 * Observations come in: the log grows, and what is derived from it with it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_FEED_H
#define ADPATH_JOIN_FEED_H

#include "join/model.h"
#include "log/observation.h"
#include "wire/pseudonym.h"

#include <glib.h>

adp_model *adp_model_new(void);
void adp_model_free(adp_model *model);

/**
 * A model of the same capture with pseudonyms in place of names (log/disguise.h). It must be thrown away when the
 * other one is cut (adp_model_cuts()).
 */
adp_model *adp_model_new_shadow(const adp_model *model);

/**
 * Takes over the observations from `from` on, and which frames there are.
 * @param places  of guint32: under the number of each observation its number in the shadow; ADP_NONE: it has none
 */
void adp_model_shadow(adp_model *shadow, const adp_model *model, guint32 from,
                      adp_pseudonyms *names, GArray *places);

/**
 * To be called for each frame on its first pass, before anything is added.
 * A frame number that the log already holds truncates the log from there.
 * `dst` is the frame's destination (len 0: none).
 * @return the destination's id, as adp_log_frame().
 */
guint32 adp_model_frame(adp_model *model, guint32 frame, gint64 time, guint8 dst_type,
                        const guint8 *dst, guint8 dst_len);

/**
 * Appends an observation, when it belongs to a step: the log takes over `obs`
 * and all it points to.
 * @return FALSE when it belongs to none; it is then forgotten.
 */
gboolean adp_model_add(adp_model *model, const adp_obs *obs);

#endif
