/* shared_steps.h
 * The steps of earlier paths that a path rests on: each step is listed once, in its first path.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_SHARED_STEPS_H
#define ADPATH_JOIN_SHARED_STEPS_H

#include "join/model.h"

#include <glib.h>

/** Steps of other paths that this one rests on, ascending; free with g_array_unref(). */
GArray *adp_path_uses(const adp_model *model, guint32 index);

#endif
