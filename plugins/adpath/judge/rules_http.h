/* rules_http.h
 * Findings about what the endpoints of autodiscover answer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_HTTP_H
#define ADPATH_JUDGE_RULES_HTTP_H

#include "judge/web.h"

void adp_rules_http(const adp_web_path *w);

#endif
