/* read.h
 * From a dissected frame to observations.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_READ_H
#define ADPATH_READ_READ_H

#include "compat.h"
#include "join/model.h"

/**
 * Tells the model of the frame, whatever is in it. To be called on the frame's
 * first pass, before adp_read_frame().
 * @return the id of its destination, as adp_model_frame().
 */
guint32 adp_read_begin(adp_model *model, const packet_info *pinfo);

/**
 * Adds what the frame shows to the model. `dst` is what adp_read_begin() gave, `tvb` has the whole
 * frame, `tree` may be NULL.
 */
void adp_read_frame(adp_model *model, packet_info *pinfo, guint32 dst, tvbuff_t *tvb,
                    proto_tree *tree);

#endif
