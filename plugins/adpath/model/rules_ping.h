/* rules_ping.h
 * What the rules about LDAP pings share. Inside of the model.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_MODEL_RULES_PING_H
#define ADPATH_MODEL_RULES_PING_H

#include "rules.h"

/** What a ping asks; NULL when its request was not captured. */
const adp_ping_request *adp_ping_asked(const adp_rules *r, const adp_step *step);

/** What the controller says; NULL when it says nothing. */
const adp_netlogon *adp_ping_said(const adp_rules *r, const adp_step *step);

/** Is an answer of this kind one of a controller that serves? */
gboolean adp_ping_is_serving(guint16 opcode);

/** Does an answer of this kind say that the account asked for is not there? */
gboolean adp_ping_is_user_unknown(guint16 opcode);

#endif
