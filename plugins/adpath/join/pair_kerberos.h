/* pair_kerberos.h
 * Exchanges with a KDC, and the AP exchange inside other protocols.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_PAIR_KERBEROS_H
#define ADPATH_JOIN_PAIR_KERBEROS_H

#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

gboolean adp_feed_kdc(adp_model *model, const adp_obs *obs, guint32 i);
/** Does a ticket that was shown in SMB wait for an answer? Then the answers there matter. */
gboolean adp_model_shown_waits(const adp_model *model);

gboolean adp_feed_ap_request(adp_model *model, const adp_obs *obs, guint32 i);
gboolean adp_feed_ap_reply(adp_model *model, const adp_obs *obs, guint32 i);

#endif
