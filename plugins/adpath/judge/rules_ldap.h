/* rules_ldap.h
 * Findings about LDAP connections: binds, protection, silence.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_LDAP_H
#define ADPATH_JUDGE_RULES_LDAP_H

#include "join/model.h"
#include "judge/finding.h"
#include "judge/rules.h"

#include <glib.h>

/** Hidden messages of a connection whose bind the capture does not have; TLS needs none. */
gboolean adp_rules_is_unbound(const adp_rules *r, const adp_step *step);

/** Did the search fail only because nobody was bound? */
gboolean adp_rules_is_not_bound(const adp_rules *r, const adp_step *step);

/**
 * What follows from a request's silence, by the way it went: `pause`, the minutes that its connection had been idle, 0: none;
 * `otherwise`: how "and the ..." goes on of a connection. Names the row of advice, too.
 */
void adp_rules_infer_unanswered(const adp_rules *r, adp_finding *f, const adp_flow *flow,
                                guint pause, guint32 asked, const char *otherwise);

/** " over UDP", or nothing. */
const char *adp_rules_over_udp(const adp_flow *flow);

void adp_rules_learn_ldap(adp_rules *r);
void adp_rules_ldap(adp_rules *r);

#endif
