/* rules_ldap.h
 * Findings about LDAP connections: binds, protection, silence.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_LDAP_H
#define ADPATH_JUDGE_RULES_LDAP_H

#include "join/model.h"
#include "judge/rules.h"

#include <glib.h>

/** Hidden messages of a connection whose bind the capture does not have; TLS needs none. */
gboolean adp_rules_is_unbound(const adp_rules *r, const adp_step *step);

/** Did the search fail only because nobody was bound? */
gboolean adp_rules_is_not_bound(const adp_rules *r, const adp_step *step);

void adp_rules_learn_ldap(adp_rules *r);
void adp_rules_ldap(adp_rules *r);

#endif
