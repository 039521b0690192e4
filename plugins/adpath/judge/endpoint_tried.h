/* endpoint_tried.h
 * Where a client did look for autodiscover, and what came of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_ENDPOINT_TRIED_H
#define ADPATH_JUDGE_ENDPOINT_TRIED_H

#include "judge/endpoint_private.h"

#include <glib.h>

/**
 * What the client did at its endpoints: its steps, the connections that were not accepted in
 * `attempts` and what it asked of proxies in `tunnels` (numbers of the path's), in the order of the
 * capture. Both are ascending; NULL when there is none.
 */
void adp_endpoint_follow(adp_endpoint_builder *b, const GArray *attempts, const GArray *tunnels);

#endif
