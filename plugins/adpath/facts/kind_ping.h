/* kind_ping.h
 * LDAP pings.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_KIND_PING_H
#define ADPATH_FACTS_KIND_PING_H

#include "facts/kind.h"

extern const adp_kind adp_kind_ping;

#endif
