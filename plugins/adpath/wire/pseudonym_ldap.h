/* pseudonym_ldap.h
 * Pseudonyms in filters of LDAP and in keywords of service connection points.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_PSEUDONYM_LDAP_H
#define ADPATH_WIRE_PSEUDONYM_LDAP_H

#include "wire/pseudonym.h"

#include <glib.h>

/** A filter in the form of RFC 4515. */
void adp_pseudonym_filter(adp_pseudonyms *names, GString *out, const char *text);

/** A keyword of an SCP: "Site=HQ", a GUID, or a word. */
void adp_pseudonym_keyword(adp_pseudonyms *names, GString *out, const char *text);

#endif
