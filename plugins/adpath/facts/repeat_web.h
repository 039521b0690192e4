/* repeat_web.h
 * The captured TLS handshake or autodiscover request as a command: openssl, curl, .NET.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_REPEAT_WEB_H
#define ADPATH_FACTS_REPEAT_WEB_H

#include "facts/repeat_private.h"

void adp_repeat_tls(adp_repeat_context *c);
void adp_repeat_autodiscover(adp_repeat_context *c);

#endif
