/* pair_http.h
 * Autodiscover over HTTP, and how the two ends authenticate.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_PAIR_HTTP_H
#define ADPATH_JOIN_PAIR_HTTP_H

#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

/** Does a request bring what the server may accept or refuse, and not only begin to? */
gboolean adp_http_has_credentials(const adp_obs_http *request);

/** Does the answer say that the server does not know questions of this form (JSON)? */
gboolean adp_http_is_unknown_form(const adp_obs_http *request, const adp_obs_http *reply);

/** A redirect that was cut before it said where to: nothing can be told of the place. */
gboolean adp_http_lacks_place(const adp_obs_http *reply);

/** Does an HTTP request that was kept wait for its answer on this connection? */
gboolean adp_model_http_waits(const adp_model *model, const adp_flow *flow);
/**
 * The request that an answer on the connection is to; NULL: none waits. `id`: its stream in HTTP/2, 0
 * in HTTP/1, where the first one that waits is answered.
 */
const adp_obs_http *adp_model_http_asked(const adp_model *model, const adp_flow *flow, guint32 id);
gboolean adp_feed_http_request(adp_model *model, const adp_obs *obs, guint32 i);
gboolean adp_feed_http_reply(adp_model *model, const adp_obs *obs, guint32 i);

#endif
