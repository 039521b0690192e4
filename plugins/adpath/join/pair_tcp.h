/* pair_tcp.h
 * Attempts to open a TCP connection, and ICMP errors about requests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_PAIR_TCP_H
#define ADPATH_JOIN_PAIR_TCP_H

#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

/**
 * May a connection to this server be of interest? A quick question of the readers, before
 * addresses are made known; `server` may be ADP_NONE.
 */
gboolean adp_model_may_attempt(const adp_model *model, guint32 server, guint16 port);

/**
 * Are packets of the step's server missing that it sent after the step began? What looks
 * like silence may be in them.
 */
gboolean adp_model_has_gap(const adp_model *model, const adp_step *step);
/** Likewise of a connection, after the observation. */
gboolean adp_model_has_gap_after(const adp_model *model, const adp_flow *flow, guint32 obs);
gboolean adp_feed_tcp(adp_model *model, const adp_obs *obs, guint32 i);
gboolean adp_feed_icmp(adp_model *model, const adp_obs *obs, guint32 i);

/** Has the server's address been given to a host that may serve autodiscover at this port? */
gboolean adp_is_web_server(const adp_model *model, const adp_flow *flow);

#endif
