/* pair_tls.h
 * TLS handshakes with candidates of autodiscover and with LDAP servers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_PAIR_TLS_H
#define ADPATH_JOIN_PAIR_TLS_H

#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

/** Is a handshake on this connection, seen from its client, still of interest? */
gboolean adp_model_tls_goes_on(const adp_model *model, const adp_flow *flow);
/**
 * A client's hello may begin this connection, of which the capture holds the opening and no message; and
 * such a hello did.
 */
gboolean adp_model_may_be_unasked_tls(const adp_model *model, const adp_flow *flow);
gboolean adp_model_is_unasked_tls(const adp_model *model, const adp_flow *flow);

gboolean adp_feed_tls(adp_model *model, const adp_obs *obs, guint32 i);

#endif
