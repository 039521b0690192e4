/* kind_krb.h
 * Kerberos: tickets asked for, tickets shown, passwords changed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_KIND_KRB_H
#define ADPATH_FACTS_KIND_KRB_H

#include "facts/kind.h"

extern const adp_kind adp_kind_kerberos;

#endif
