/* repeat_ldap.h
 * The captured ping, bind or search as a command: ldapsearch, nltest, Get-AD*.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_REPEAT_LDAP_H
#define ADPATH_FACTS_REPEAT_LDAP_H

#include "facts/repeat_private.h"

void adp_repeat_ping(adp_repeat_context *c);
void adp_repeat_rootdse(adp_repeat_context *c);
void adp_repeat_scp(adp_repeat_context *c);
void adp_repeat_bind(adp_repeat_context *c);

#endif
