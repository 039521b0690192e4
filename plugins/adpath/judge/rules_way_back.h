/* rules_way_back.h
 * Findings about answers over TCP that are repeated and never acknowledged.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_WAY_BACK_H
#define ADPATH_JUDGE_RULES_WAY_BACK_H

#include "judge/finding.h"
#include "judge/rules.h"
#include "log/observation.h"

void adp_rules_way_back(adp_rules *r);

/** Does the server's TCP repeat its last answer on the connection, and the client, which is there, acknowledge nothing of it? */
gboolean adp_rules_is_swallowed(const adp_rules *r, const adp_flow *flow);

/** Cites the repetitions of the connection's last answer that a client, which is there, never acknowledged. FALSE: there are none. */
gboolean adp_rules_sign_way_back(const adp_rules *r, adp_finding *f, const adp_flow *flow);

#endif
