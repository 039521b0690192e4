/* tap_data.h
 * What the tap gives to its listeners.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_TAP_DATA_H
#define ADPATH_SHOW_TAP_DATA_H

#include "adpath_tap.h"

#include "join/model.h"

#include <glib.h>

#include <epan/packet_info.h>

/**
 * The data for the frame whose first observation is `first`. It is of the packet's own memory.
 * @param early  the frame is on its first pass
 */
const adpath_tap_frame *adp_tap_frame(const adp_model *model, guint32 first, packet_info *pinfo,
                                      gboolean early);

/** The frame's first observation, for listeners of our own. */
guint32 adp_tap_first(const void *data);

#endif
