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

/**
 * Questions of autodiscover in clear that a proxy answered with 407 to the end: steps (const adp_step *) with a
 * reply, one at least, to one host.
 */
void adp_rules_proxy_plain(const adp_web_path *w, const char *host, const GPtrArray *steps);

#endif
