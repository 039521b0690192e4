/* krb_error.c
 * Kerberos error codes: RFC names, what they mean, and whether they are faults.
 *
 * Wireshark's own two tables stop at 76 or leave codes out, and print names of
 * their own making, so the product carries this one.
 *
 * Sources: RFC 4120 7.5.9, RFC 4556 3.1.3, RFC 6113 5.2, RFC 6560, RFC 8636;
 * numbers checked against MIT's and Heimdal's krb5_err.et. Class and meaning:
 * MicrosoftDocs event-4768 for codes up to 49, the rest from memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/krb_error.h"

#include "wire/text.h"

#include <string.h>

/* Ordered by code; 30, 53 to 59, 82 to 84 and 87 to 89 are unassigned. */
static const adp_krb_error krb_errors[] = {
    {0, "KDC_ERR_NONE", ADP_KRB_FAULT, "no error"},
    {1, "KDC_ERR_NAME_EXP", ADP_KRB_FAULT, "client entry expired"},
    {2, "KDC_ERR_SERVICE_EXP", ADP_KRB_FAULT, "service entry expired"},
    {3, "KDC_ERR_BAD_PVNO", ADP_KRB_FAULT, "protocol version not supported"},
    {4, "KDC_ERR_C_OLD_MAST_KVNO", ADP_KRB_FAULT, "client key is under an old master key"},
    {5, "KDC_ERR_S_OLD_MAST_KVNO", ADP_KRB_FAULT, "server key is under an old master key"},
    {6, "KDC_ERR_C_PRINCIPAL_UNKNOWN", ADP_KRB_CONTEXT, "client principal unknown to this KDC"},
    {7, "KDC_ERR_S_PRINCIPAL_UNKNOWN", ADP_KRB_CONTEXT,
     "service principal not found, or registered more than once"},
    {8, "KDC_ERR_PRINCIPAL_NOT_UNIQUE", ADP_KRB_FAULT, "principal not unique"},
    {9, "KDC_ERR_NULL_KEY", ADP_KRB_FAULT, "account has no key"},
    {10, "KDC_ERR_CANNOT_POSTDATE", ADP_KRB_CONTEXT, "postdating refused"},
    {11, "KDC_ERR_NEVER_VALID", ADP_KRB_FAULT, "requested start after end"},
    {12, "KDC_ERR_POLICY", ADP_KRB_FAULT, "policy refuses the logon or the ticket"},
    {13, "KDC_ERR_BADOPTION", ADP_KRB_CONTEXT, "a requested option is not possible here"},
    {14, "KDC_ERR_ETYPE_NOSUPP", ADP_KRB_CONTEXT, "no encryption type in common"},
    {15, "KDC_ERR_SUMTYPE_NOSUPP", ADP_KRB_FAULT, "checksum type unsupported"},
    {16, "KDC_ERR_PADATA_TYPE_NOSUPP", ADP_KRB_FAULT, "preauth data type unsupported"},
    {17, "KDC_ERR_TRTYPE_NOSUPP", ADP_KRB_FAULT, "transited type not supported"},
    {18, "KDC_ERR_CLIENT_REVOKED", ADP_KRB_FAULT,
     "client account disabled, locked, expired or outside its hours"},
    {19, "KDC_ERR_SERVICE_REVOKED", ADP_KRB_FAULT, "service account disabled"},
    {20, "KDC_ERR_TGT_REVOKED", ADP_KRB_FAULT, "TGT revoked"},
    {21, "KDC_ERR_CLIENT_NOTYET", ADP_KRB_FAULT, "client not yet valid"},
    {22, "KDC_ERR_SERVICE_NOTYET", ADP_KRB_FAULT, "service not yet valid"},
    {23, "KDC_ERR_KEY_EXP", ADP_KRB_CONTEXT, "client password expired or must be changed"},
    {24, "KDC_ERR_PREAUTH_FAILED", ADP_KRB_CONTEXT,
     "preauthentication failed: usually a wrong password or key"},
    {25, "KDC_ERR_PREAUTH_REQUIRED", ADP_KRB_NORMAL,
     "preauthentication required: the first step of every ordinary logon"},
    {26, "KDC_ERR_SERVER_NOMATCH", ADP_KRB_FAULT, "server and ticket do not match"},
    {27, "KDC_ERR_MUST_USE_USER2USER", ADP_KRB_CONTEXT,
     "the target takes user-to-user tickets only"},
    {28, "KDC_ERR_PATH_NOT_ACCEPTED", ADP_KRB_FAULT, "transited path rejected"},
    {29, "KDC_ERR_SVC_UNAVAILABLE", ADP_KRB_FAULT,
     "the KDC or a service it needs is not available"},
    {31, "KRB_AP_ERR_BAD_INTEGRITY", ADP_KRB_FAULT,
     "the receiver could not verify the ticket or authenticator with its key"},
    {32, "KRB_AP_ERR_TKT_EXPIRED", ADP_KRB_NORMAL, "ticket expired; the client fetches a new one"},
    {33, "KRB_AP_ERR_TKT_NYV", ADP_KRB_FAULT, "ticket not yet valid"},
    {34, "KRB_AP_ERR_REPEAT", ADP_KRB_CONTEXT, "replay: the same authenticator was seen before"},
    {35, "KRB_AP_ERR_NOT_US", ADP_KRB_FAULT, "ticket is for somebody else"},
    {36, "KRB_AP_ERR_BADMATCH", ADP_KRB_FAULT, "ticket and authenticator differ"},
    {37, "KRB_AP_ERR_SKEW", ADP_KRB_CONTEXT, "clocks differ by more than the server allows"},
    {38, "KRB_AP_ERR_BADADDR", ADP_KRB_FAULT, "address mismatch"},
    {39, "KRB_AP_ERR_BADVERSION", ADP_KRB_FAULT, "version mismatch"},
    {40, "KRB_AP_ERR_MSG_TYPE", ADP_KRB_FAULT, "message type not acceptable"},
    {41, "KRB_AP_ERR_MODIFIED", ADP_KRB_FAULT,
     "the receiver could not decrypt or verify the ticket or message with its key"},
    {42, "KRB_AP_ERR_BADORDER", ADP_KRB_FAULT, "out of order"},
    {43, "KRB_AP_ERR_ILL_CR_TKT", ADP_KRB_FAULT, "illegal cross-realm ticket"},
    {44, "KRB_AP_ERR_BADKEYVER", ADP_KRB_FAULT,
     "the receiver has no key of the version the ticket was made with"},
    {45, "KRB_AP_ERR_NOKEY", ADP_KRB_FAULT, "no key for this service"},
    {46, "KRB_AP_ERR_MUT_FAIL", ADP_KRB_FAULT, "mutual authentication failed"},
    {47, "KRB_AP_ERR_BADDIRECTION", ADP_KRB_FAULT, "message came from the wrong direction"},
    {48, "KRB_AP_ERR_METHOD", ADP_KRB_FAULT, "obsolete"},
    {49, "KRB_AP_ERR_BADSEQ", ADP_KRB_FAULT, "wrong sequence number"},
    {50, "KRB_AP_ERR_INAPP_CKSUM", ADP_KRB_FAULT, "inappropriate checksum"},
    {51, "KRB_AP_PATH_NOT_ACCEPTED", ADP_KRB_FAULT, "transited path not accepted"},
    {52, "KRB_ERR_RESPONSE_TOO_BIG", ADP_KRB_NORMAL,
     "the reply is too big for UDP; the client repeats over TCP"},
    {60, "KRB_ERR_GENERIC", ADP_KRB_CONTEXT, "generic error: read the e-text and the NTSTATUS"},
    {61, "KRB_ERR_FIELD_TOOLONG", ADP_KRB_FAULT, "a length field is too long"},
    {62, "KDC_ERROR_CLIENT_NOT_TRUSTED", ADP_KRB_FAULT, "client certificate not trusted"},
    {63, "KDC_ERROR_KDC_NOT_TRUSTED", ADP_KRB_FAULT, "KDC not trusted"},
    {64, "KDC_ERROR_INVALID_SIG", ADP_KRB_FAULT, "invalid signature"},
    {65, "KDC_ERR_KEY_TOO_WEAK", ADP_KRB_CONTEXT,
     "key too weak, or Diffie-Hellman group not accepted"},
    {66, "KDC_ERR_CERTIFICATE_MISMATCH", ADP_KRB_FAULT, "certificate mismatch"},
    {67, "KRB_AP_ERR_NO_TGT", ADP_KRB_CONTEXT, "no TGT supplied for user-to-user"},
    {68, "KDC_ERR_WRONG_REALM", ADP_KRB_CONTEXT, "the principal lives in another realm"},
    {69, "KRB_AP_ERR_USER_TO_USER_REQUIRED", ADP_KRB_CONTEXT,
     "the peer asks for user-to-user authentication"},
    {70, "KDC_ERR_CANT_VERIFY_CERTIFICATE", ADP_KRB_FAULT, "cannot verify certificate"},
    {71, "KDC_ERR_INVALID_CERTIFICATE", ADP_KRB_FAULT, "invalid certificate"},
    {72, "KDC_ERR_REVOKED_CERTIFICATE", ADP_KRB_FAULT, "revoked certificate"},
    {73, "KDC_ERR_REVOCATION_STATUS_UNKNOWN", ADP_KRB_FAULT, "revocation status unknown"},
    {74, "KDC_ERR_REVOCATION_STATUS_UNAVAILABLE", ADP_KRB_FAULT, "revocation status unavailable"},
    {75, "KDC_ERR_CLIENT_NAME_MISMATCH", ADP_KRB_FAULT, "client name mismatch"},
    {76, "KDC_ERR_KDC_NAME_MISMATCH", ADP_KRB_FAULT, "KDC name mismatch"},
    {77, "KDC_ERR_INCONSISTENT_KEY_PURPOSE", ADP_KRB_FAULT,
     "the certificate is not meant for this purpose"},
    {78, "KDC_ERR_DIGEST_IN_CERT_NOT_ACCEPTED", ADP_KRB_FAULT,
     "the digest in the certificate is not accepted"},
    {79, "KDC_ERR_PA_CHECKSUM_MUST_BE_INCLUDED", ADP_KRB_FAULT,
     "the PKINIT request must include a checksum"},
    {80, "KDC_ERR_DIGEST_IN_SIGNED_DATA_NOT_ACCEPTED", ADP_KRB_FAULT,
     "the digest in the signed data is not accepted"},
    {81, "KDC_ERR_PUBLIC_KEY_ENCRYPTION_NOT_SUPPORTED", ADP_KRB_FAULT,
     "public key encryption not supported"},
    {85, "KRB_AP_ERR_IAKERB_KDC_NOT_FOUND", ADP_KRB_FAULT,
     "the service could not find a KDC for the client (IAKERB)"},
    {86, "KRB_AP_ERR_IAKERB_KDC_NO_RESPONSE", ADP_KRB_FAULT,
     "the KDC did not answer the service (IAKERB)"},
    {90, "KDC_ERR_PREAUTH_EXPIRED", ADP_KRB_NORMAL,
     "preauthentication expired; the client starts again"},
    {91, "KDC_ERR_MORE_PREAUTH_DATA_REQUIRED", ADP_KRB_NORMAL,
     "more preauthentication data required: a further round"},
    {92, "KDC_ERR_PREAUTH_BAD_AUTHENTICATION_SET", ADP_KRB_CONTEXT,
     "preauthentication set not acceptable; the client picks another"},
    {93, "KDC_ERR_UNKNOWN_CRITICAL_FAST_OPTIONS", ADP_KRB_FAULT, "unknown critical FAST option"},
    {94, "KDC_ERR_INVALID_HASH_ALG", ADP_KRB_FAULT,
     "one-time password: hash algorithm not supported"},
    {95, "KDC_ERR_INVALID_ITERATION_COUNT", ADP_KRB_FAULT,
     "one-time password: iteration count not supported"},
    {100, "KDC_ERR_NO_ACCEPTABLE_KDF", ADP_KRB_FAULT, "no key derivation function in common"},
};

const adp_krb_error *adp_krb_error_find(gint32 code)
{
    guint low = 0;
    guint high = G_N_ELEMENTS(krb_errors);

    while (low < high) {
        guint middle = (low + high) / 2;

        if (krb_errors[middle].code < code) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low < G_N_ELEMENTS(krb_errors) && krb_errors[low].code == code) {
        return &krb_errors[low];
    }
    return NULL;
}

const char *adp_krb_error_name(gint32 code)
{
    const adp_krb_error *row = adp_krb_error_find(code);

    return row ? row->name : "KRB_ERROR_UNASSIGNED";
}

const char *adp_krb_error_meaning(gint32 code)
{
    const adp_krb_error *row = adp_krb_error_find(code);

    return row ? row->meaning : "a code that no RFC assigns";
}

gboolean adp_krb_error_is_normal(gint32 code)
{
    const adp_krb_error *row = adp_krb_error_find(code);

    return row && row->class == ADP_KRB_NORMAL;
}

gsize adp_krbtgt_len(const char *spn)
{
    return adp_has_prefix(spn, "krbtgt/") ? strcspn(spn, ".") : strlen(spn);
}

/* Numbers: IANA registry of Kerberos encryption types. */
const char *adp_etype_name(gint32 etype)
{
    static const struct {
        gint32 etype;
        const char *name;
    } names[] = {
        {1, "DES-CRC"},    {3, "DES-MD5"},        {16, "3DES"},        {17, "AES128"},
        {18, "AES256"},    {19, "AES128-SHA2"},   {20, "AES256-SHA2"}, {23, "RC4"},
        {24, "RC4-EXP"},   {25, "Camellia128"},   {26, "Camellia256"}, {-128, "RC4-old"},
        {-133, "RC4-old"}, {-135, "RC4-old-EXP"},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        if (names[i].etype == etype) {
            return names[i].name;
        }
    }
    return NULL;
}

gboolean adp_etype_is_weak(gint32 etype)
{
    return etype == 1 || etype == 2 || etype == 3 || etype == 23 || etype == 24;
}
