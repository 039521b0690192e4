/* kind_ldap.h
 * LDAP on a connection: binds, reads of the rootDSE, searches for service connection points, and what is sealed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_KIND_LDAP_H
#define ADPATH_FACTS_KIND_LDAP_H

#include "facts/kind.h"

extern const adp_kind adp_kind_bind;
extern const adp_kind adp_kind_rootdse;
extern const adp_kind adp_kind_scp;
extern const adp_kind adp_kind_hidden;

#endif
