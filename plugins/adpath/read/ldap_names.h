/* ldap_names.h
 * In whose name a bind is made, as far as its bytes say it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_LDAP_NAMES_H
#define ADPATH_READ_LDAP_NAMES_H

#include "log/observation.h"
#include "read/ber.h"
#include "wire/arena.h"

/** Fills in name and domain from SASL credentials. Passwords are stepped over, never copied. */
void adp_read_sasl_name(adp_arena *arena, const adp_ber *credentials, adp_obs_bind *bind);

/** Likewise of an NTLM message, bare or in SPNEGO. */
void adp_read_ntlm_name(adp_arena *arena, const adp_ber *token, adp_obs_bind *bind);

#endif
