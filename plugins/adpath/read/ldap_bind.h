/* ldap_bind.h
 * Binds, and the Kerberos exchange inside them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_LDAP_BIND_H
#define ADPATH_READ_LDAP_BIND_H

#include "read/ber.h"
#include "read/ldap_message.h"

void adp_ldap_read_bind(const adp_ldap_message *m, adp_ber op);
void adp_ldap_read_bind_response(const adp_ldap_message *m, adp_ber op);

#endif
