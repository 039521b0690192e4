/* tunnels.h
 * Requests to a proxy for a connection to a candidate (CONNECT), and what it said.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_TUNNELS_H
#define ADPATH_JOIN_TUNNELS_H

#include "join/derived.h"
#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

#define ADP_TUNNELS_SOON 32

/** One CONNECT: host, port and credentials are in the request, the status is in the reply. */
typedef struct {
    adp_flow flow;   /* to the proxy */
    guint32 request; /* observation */
    guint32 reply;   /* observation, ADP_NONE: no answer */
} adp_tunnel;

/** In the order of the requests. */
guint32 adp_model_tunnel_count(const adp_model *model);
const adp_tunnel *adp_model_tunnel(const adp_model *model, guint32 i);

/** The path it belongs to, ADP_NONE: its client has none. */
guint32 adp_model_tunnel_path(const adp_model *model, const adp_tunnel *tunnel);

/** Host that the client wanted to reach; NULL when it is damaged. */
const char *adp_tunnel_host(const adp_model *model, const adp_tunnel *tunnel);

/** Status of the proxy's answer, 0 without one. */
guint adp_tunnel_status(const adp_model *model, const adp_tunnel *tunnel);

/**
 * Did a proxy make a tunnel to the host for this client, asked for soon after the observation? So many
 * tunnels behind it are looked at (ADP_TUNNELS_SOON) and no more.
 */
gboolean adp_model_tunnel_soon(const adp_model *model, guint32 client, const char *host,
                               guint32 after);

/** Does the proxy not make it: 403, 5xx, or 407, which may only be its question who asks? */
gboolean adp_tunnel_is_refused(const adp_model *model, const adp_tunnel *tunnel);

/* ---- for the pairing ---- */

void adp_tunnel_asked(adp_derived *d, const adp_obs *obs, guint32 i);
void adp_tunnel_answered(adp_derived *d, guint32 request, guint32 i);

#endif
