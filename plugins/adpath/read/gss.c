/* gss.c
 * Which Kerberos message a GSS-API or SPNEGO token holds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/gss.h"

#include "read/ber.h"

#include <string.h>

/* SPNEGO around Kerberos is two levels; nobody nests deeper. */
#define MAX_NESTING 6

#define TAG_OID          6
#define TAG_OCTET_STRING 4
#define TAG_SEQUENCE     16

static adp_gss_token read_token(adp_ber token, int depth);

/* NegTokenInit has its token in [2] mechToken, NegTokenResp in [2] responseToken. */
static adp_gss_token read_negotiation(adp_ber content, int depth)
{
    adp_gss_token nothing = {0};
    adp_ber field;
    adp_tlv octets;

    if (!adp_ber_enter(&content, BER_CLASS_UNI, TAG_SEQUENCE) ||
        !adp_ber_field(&content, 2, &field) ||
        !adp_ber_take(&field, BER_CLASS_UNI, TAG_OCTET_STRING, &octets)) {
        return nothing;
    }
    return read_token(octets.content, depth + 1);
}

static adp_gss_token kerberos_message(adp_ber token)
{
    adp_gss_token result = {0};
    adp_tlv tlv;

    if (adp_ber_next(&token, &tlv) && tlv.class == BER_CLASS_APP &&
        (tlv.tag == 14 || tlv.tag == 15 || tlv.tag == 30)) {
        result.content = ADP_GSS_KERBEROS;
        result.message_tag = tlv.tag;
        result.message = tlv.content;
    }
    return result;
}

static adp_gss_token read_token(adp_ber token, int depth)
{
    static const guint8 ntlm[] = "NTLMSSP";
    adp_gss_token result = {0};
    int length = adp_ber_length(&token);
    const guint8 *bytes = adp_ber_bytes(&token);
    adp_tlv tlv;

    if (depth > MAX_NESTING || length < 4) {
        return result;
    }
    if (length >= (int)sizeof(ntlm) && memcmp(bytes, ntlm, sizeof(ntlm)) == 0) {
        result.content = ADP_GSS_NTLM;
        /* MS-NLMP 2.2.1: the type follows, little-endian. */
        result.ntlm_message = length > (int)sizeof(ntlm) ? bytes[sizeof(ntlm)] : 0;
        return result;
    }
    /* RFC 4121 4.1: a token id of two bytes stands before the message. */
    if (bytes[1] == 0x00 && bytes[0] >= 0x01 && bytes[0] <= 0x03) {
        token.offset += 2;
        return kerberos_message(token);
    }
    if (!adp_ber_next(&token, &tlv)) {
        return result;
    }
    if (tlv.class == BER_CLASS_APP && tlv.tag == 0) {
        adp_tlv oid;

        if (adp_ber_take(&tlv.content, BER_CLASS_UNI, TAG_OID, &oid)) {
            return read_token(tlv.content, depth + 1);
        }
        return result;
    }
    if (tlv.class == BER_CLASS_CON && (tlv.tag == 0 || tlv.tag == 1)) {
        return read_negotiation(tlv.content, depth);
    }
    token.offset = tlv.start;
    token.end = tlv.content.end;
    return kerberos_message(token);
}

adp_gss_token adp_gss_read(adp_ber token)
{
    return read_token(token, 0);
}
