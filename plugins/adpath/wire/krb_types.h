/* krb_types.h
 * Numbers of Kerberos that are no error codes: preauthentication data, options of a request,
 * kinds of names, results of the password service.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_KRB_TYPES_H
#define ADPATH_WIRE_KRB_TYPES_H

#include <glib.h>

/** PA-DATA types that mean something to us (IANA registry; MS-KILE 2.2.8, MS-SFU 2.2.1). */
enum {
    ADP_PA_TGS_REQ = 1,
    ADP_PA_ENC_TIMESTAMP = 2,
    ADP_PA_PW_SALT = 3,
    ADP_PA_PK_AS_REQ_OLD = 14,
    ADP_PA_PK_AS_REP_OLD = 15, /* Windows 2000 asks with it, too */
    ADP_PA_PK_AS_REQ = 16,
    ADP_PA_ETYPE_INFO2 = 19,
    ADP_PA_PAC_REQUEST = 128,
    ADP_PA_FOR_USER = 129,
    ADP_PA_S4U_X509_USER = 130,
    ADP_PA_FX_FAST = 136,
    ADP_PA_ENCRYPTED_CHALLENGE = 138,
    ADP_PA_KEY_LIST_REQ = 161, /* the keys that a cloud's read-only controller asks for */
    ADP_PA_PAC_OPTIONS = 167
};

/** Bits of kdc-options, the first of the string as the highest (RFC 4120 5.4.1, 6112, MS-SFU). */
enum {
    ADP_KDC_FORWARDABLE = 0x40000000,
    ADP_KDC_FORWARDED = 0x20000000,
    ADP_KDC_CNAME_IN_ADDL_TKT = 0x00020000, /* S4U2Proxy: for the user of the additional ticket */
    ADP_KDC_CANONICALIZE = 0x00010000,
    ADP_KDC_REQUEST_ANONYMOUS = 0x00008000,
    ADP_KDC_ENC_TKT_IN_SKEY = 0x00000008, /* user-to-user */
    ADP_KDC_RENEW = 0x00000002,
    ADP_KDC_VALIDATE = 0x00000001
};

/** Bits of PA-PAC-OPTIONS, the first as the highest (MS-KILE 2.2.10, MS-SFU 2.2.5). */
enum {
    ADP_PAC_RESOURCE_BASED_DELEGATION = 0x10000000
};

/** Kinds of principal names (RFC 4120 6.2, RFC 6111). */
enum {
    ADP_NAME_WELL_KNOWN = 11
};

/** Results of the password service (RFC 3244 2). */
enum {
    ADP_KPASSWD_SUCCESS = 0
};

/** "PA-ENC-TIMESTAMP", ...; NULL for a type that the catalogue does not have. */
const char *adp_pa_name(gint32 type);

/** "success", "access denied", ...; NULL for a result that no RFC assigns. */
const char *adp_kpasswd_result_name(guint16 result);

/** Is it the anonymous principal (RFC 8062 3)? A client without an account armors with it. */
gboolean adp_krb_name_is_anonymous(const char *name);

/** Is it the principal of the password service? */
gboolean adp_krb_name_is_kpasswd(const char *name);

#endif
