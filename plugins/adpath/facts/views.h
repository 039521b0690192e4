/* views.h
 * Which steps a frame shows, and from where to where.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_VIEWS_H
#define ADPATH_FACTS_VIEWS_H

#include "join/model.h"

#include <glib.h>

/**
 * The steps of the frame whose first observation is `first`, as adp_view with the first and last
 * observation of each in it, in the order in which the frame shows them. Free with
 * g_array_unref().
 */
GArray *adp_views_of_frame(const adp_model *model, guint32 first, gboolean early,
                           gboolean mailboxes);

#endif
