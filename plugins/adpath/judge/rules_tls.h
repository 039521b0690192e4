/* rules_tls.h
 * Findings about TLS with the endpoints of autodiscover.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_TLS_H
#define ADPATH_JUDGE_RULES_TLS_H

#include "judge/web.h"

void adp_rules_tls(const adp_web_path *w);

#endif
