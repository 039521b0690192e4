/* rules_ports.h
 * Findings about ports of LDAP that are taken for one another: in clear, and in TLS.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_PORTS_H
#define ADPATH_JUDGE_RULES_PORTS_H

#include "join/model.h"
#include "judge/rules.h"
#include "log/observation.h"

#include <glib.h>

/** The request of LDAP stands in clear at a port of TLS of this server, where nothing in clear is ever answered. */
gboolean adp_rules_is_clear_at_tls(const adp_rules *r, const adp_obs *asked);

/** The handshake begins its connection at a port of LDAP in clear. */
gboolean adp_rules_is_tls_at_clear(const adp_rules *r, const adp_step *step);

void adp_rules_learn_ports(adp_rules *r);
void adp_rules_ports(adp_rules *r);

#endif
