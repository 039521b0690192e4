/* krb_types.c
 * Numbers of Kerberos that are no error codes.
 *
 * Sources: IANA registry "Kerberos Parameters", MS-KILE 2.2, MS-SFU 2.2, RFC 3244 2.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/krb_types.h"

#include "wire/text.h"

const char *adp_pa_name(gint32 type)
{
    static const struct {
        gint32 type;
        const char *name;
    } names[] = {
        {ADP_PA_TGS_REQ, "PA-TGS-REQ"},
        {ADP_PA_ENC_TIMESTAMP, "PA-ENC-TIMESTAMP"},
        {ADP_PA_PW_SALT, "PA-PW-SALT"},
        {11, "PA-ETYPE-INFO"},
        {13, "PA-SAM-RESPONSE"},
        {ADP_PA_PK_AS_REQ_OLD, "PA-PK-AS-REQ-OLD"},
        {ADP_PA_PK_AS_REP_OLD, "PA-PK-AS-REP-OLD"},
        {ADP_PA_PK_AS_REQ, "PA-PK-AS-REQ"},
        {17, "PA-PK-AS-REP"},
        {ADP_PA_ETYPE_INFO2, "PA-ETYPE-INFO2"},
        {20, "PA-SVR-REFERRAL-INFO"},
        {25, "PA-REFERRAL"},
        {109, "TD-REQ-NONCE"},
        {111, "TD-CMS-DATA-DIGEST-ALGORITHMS"},
        {ADP_PA_PAC_REQUEST, "PA-PAC-REQUEST"},
        {ADP_PA_FOR_USER, "PA-FOR-USER"},
        {ADP_PA_S4U_X509_USER, "PA-S4U-X509-USER"},
        {132, "PA-AS-CHECKSUM"},
        {133, "PA-FX-COOKIE"},
        {134, "PA-AUTHENTICATION-SET"},
        {ADP_PA_FX_FAST, "PA-FX-FAST"},
        {137, "PA-FX-ERROR"},
        {ADP_PA_ENCRYPTED_CHALLENGE, "PA-ENCRYPTED-CHALLENGE"},
        {141, "PA-OTP-CHALLENGE"},
        {142, "PA-OTP-REQUEST"},
        {144, "PA-OTP-PIN-CHANGE"},
        {147, "PA-PKINIT-KX"},
        {149, "PA-REQ-ENC-PA-REP"},
        {150, "PA-AS-FRESHNESS"},
        {151, "PA-SPAKE"},
        {ADP_PA_KEY_LIST_REQ, "KERB-KEY-LIST-REQ"},
        {162, "KERB-KEY-LIST-REP"},
        {165, "PA-SUPPORTED-ENCTYPES"},
        {166, "PA-EXTENDED-ERROR"},
        {ADP_PA_PAC_OPTIONS, "PA-PAC-OPTIONS"},
        {170, "KERB-SUPERSEDED-BY-USER"},
        {171, "KERB-DMSA-KEY-PACKAGE"},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        if (names[i].type == type) {
            return names[i].name;
        }
    }
    return NULL;
}

const char *adp_kpasswd_result_name(guint16 result)
{
    static const char *const names[] = {
        "success",    "malformed",     "hard error",  "authentication error",
        "soft error", "access denied", "bad version", "initial flag needed",
    };

    return result < G_N_ELEMENTS(names) ? names[result] : NULL;
}

gboolean adp_krb_name_is_anonymous(const char *name)
{
    return name && adp_same_text(name, "WELLKNOWN/ANONYMOUS");
}

gboolean adp_krb_name_is_kpasswd(const char *name)
{
    /* Old clients and servers call it otherwise (RFC 3244 2, from memory). */
    return name &&
           (adp_same_text(name, "kadmin/changepw") || adp_same_text(name, "changepw/kerberos"));
}
