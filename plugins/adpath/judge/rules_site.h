/* rules_site.h
 * Findings about what a controller says of the client: its account and its site.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_SITE_H
#define ADPATH_JUDGE_RULES_SITE_H

#include "judge/rules.h"

/** What controllers say of the client's account and site. */
void adp_rules_client(adp_rules *r);
void adp_rules_learn_client(adp_rules *r);

#endif
