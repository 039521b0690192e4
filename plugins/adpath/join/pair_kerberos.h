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
gboolean adp_feed_ap_request(adp_model *model, const adp_obs *obs, guint32 i);
gboolean adp_feed_ap_reply(adp_model *model, const adp_obs *obs, guint32 i);

/**
 * Does the KDC send the client on to another realm, with a ticket for that realm's KDC in place of
 * the one that was asked for?
 */
gboolean adp_krb_is_referral(const adp_obs_krb *ask, const adp_obs_krb *reply);

#endif
