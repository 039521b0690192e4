/* ldap_result.h
 * The catalogues of LDAP result codes and scopes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_LDAP_RESULT_H
#define ADPATH_WIRE_LDAP_RESULT_H

#include <glib.h>

/** LDAP result codes that the model itself looks at, RFC 4511 4.1.9. */
enum {
    ADP_LDAP_SUCCESS = 0,
    ADP_LDAP_OPERATIONS_ERROR = 1,
    ADP_LDAP_PROTOCOL_ERROR = 2,
    ADP_LDAP_COMPARE_FALSE = 5,
    ADP_LDAP_COMPARE_TRUE = 6,
    ADP_LDAP_STRONGER_AUTH_REQUIRED = 8,
    ADP_LDAP_REFERRAL = 10,
    ADP_LDAP_CONFIDENTIALITY_REQUIRED = 13,
    ADP_LDAP_SASL_BIND_IN_PROGRESS = 14,
    ADP_LDAP_NO_SUCH_OBJECT = 32,
    ADP_LDAP_INVALID_DN = 34,
    ADP_LDAP_BUSY = 51,
    ADP_LDAP_UNAVAILABLE = 52
};

/** "noSuchObject"; NULL for a number that RFC 4511 does not know. */
const char *adp_ldap_result_name(guint32 result);

/**
 * Does the result say that somebody has to be bound first? Active Directory says so with the
 * Win32 error 000004DC in the diagnostic message, Samba with 00002020.
 */
gboolean adp_ldap_wants_bind(guint32 result, const char *diagnostic);

/**
 * Did the server not do what was asked of it? Limits, and what is not there, are no refusals.
 * @param changes  the operation would change the directory
 */
gboolean adp_ldap_is_refusal(guint32 result, gboolean changes);

/** What the number in front of Active Directory's diagnostic message says, where it is known; NULL. */
const char *adp_ldap_reason(const char *diagnostic);

/** "base", "one" or "sub" as in an LDAP URL, "children", or NULL. */
const char *adp_ldap_scope_name(guint32 scope);

#endif
