/* pair_ldap.h
 * Searches, binds, and LDAP whose content is hidden.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_PAIR_LDAP_H
#define ADPATH_JOIN_PAIR_LDAP_H

#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

gboolean adp_feed_search(adp_model *model, const adp_obs *obs, guint32 i);
gboolean adp_feed_bind(adp_model *model, const adp_obs *obs, guint32 i);
gboolean adp_feed_hidden(adp_model *model, const adp_obs *obs, guint32 i);

/** A connection that shows messages of LDAP, and nothing of TLS; and one that may come to be such. */
gboolean adp_model_is_bare_ldap(const adp_model *model, const adp_flow *flow);
gboolean adp_model_may_be_bare_ldap(const adp_model *model, const adp_flow *flow);

#endif
