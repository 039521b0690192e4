/* endpoints.h
 * The endpoints of all paths: made when somebody asks, because every surface does, and kept.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_ENDPOINTS_H
#define ADPATH_JUDGE_ENDPOINTS_H

#include "facts/ranks.h"
#include "join/model.h"

#include <glib.h>

/** Filled when asked; holds until the model changes. The analysis owns it. */
typedef struct adp_endpoints adp_endpoints;

adp_endpoints *adp_endpoints_new(const adp_model *model, adp_ranks *ranks);
void adp_endpoints_free(adp_endpoints *endpoints);

/**
 * The endpoints of a path, ranked ones first in their order. Each has a reference
 * to be given back with g_ptr_array_unref(). The documented order is that of the
 * EWS Managed API; Outlook sorts entries of equal rank by age instead.
 */
GPtrArray *adp_endpoints_of(adp_endpoints *endpoints, guint32 path);

/** What the path's client asked of proxies: numbers (join/tunnels.h), ascending; NULL: nothing. */
const GArray *adp_endpoints_tunnels(adp_endpoints *endpoints, guint32 path);

/** May an endpoint have answered the client without our seeing it, and none was seen to? */
gboolean adp_path_is_served_hidden(adp_endpoints *endpoints, guint32 path);

#endif
