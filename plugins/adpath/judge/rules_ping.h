/* rules_ping.h
 * What the rules about LDAP pings share. Inside of the model.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_PING_H
#define ADPATH_JUDGE_RULES_PING_H

#include "join/model.h"
#include "judge/rules.h"
#include "log/observation.h"
#include "wire/netlogon.h"

#include <glib.h>

/** What a ping asks; NULL when its request was not captured. */
const adp_ping_request *adp_ping_asked(const adp_rules *r, const adp_step *step);

/** What the controller says; NULL when it says nothing. */
const adp_netlogon *adp_ping_said(const adp_rules *r, const adp_step *step);

/** Is an answer of this kind one of a controller that serves? */
gboolean adp_ping_is_serving(guint16 opcode);

void adp_rules_learn_pings(adp_rules *r);
void adp_rules_pings(adp_rules *r);

#endif
