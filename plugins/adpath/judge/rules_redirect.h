/* rules_redirect.h
 * Findings about redirects of autodiscover.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_REDIRECT_H
#define ADPATH_JUDGE_RULES_REDIRECT_H

#include "judge/web.h"

void adp_rules_redirects(const adp_web_path *w);

#endif
