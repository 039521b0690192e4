/* rules_proxy.h
 * Findings about proxies between the client and the endpoints of autodiscover.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_PROXY_H
#define ADPATH_JUDGE_RULES_PROXY_H

#include "judge/web.h"

/** CONNECT to a candidate that was refused to the end. */
void adp_rules_proxy(const adp_web_path *w);

#endif
