/* gss.c
 * Which Kerberos message a GSS-API or SPNEGO token holds.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/gss.h"

#include "read/ber.h"
#include "wire/limits.h"

#include <string.h>

#define TAG_INTEGER      2
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

#define KERBEROS_VERSION 5
#define SEQUENCE         (0x20 | TAG_SEQUENCE) /* its identifier */

/*
 * Does the message begin as all of Kerberos do, with its version and its type? "n,,n=user" of
 * SCRAM has the tag of an AP-REQ. What was not captured does not speak against it.
 */
static gboolean is_kerberos(const adp_tlv *message)
{
    adp_ber content = message->content;
    adp_ber field;
    adp_tlv number;

    if (!adp_ber_enter(&content, BER_CLASS_UNI, TAG_SEQUENCE)) {
        return content.cut &&
               (adp_ber_length(&content) <= 0 || adp_ber_bytes(&content)[0] == SEQUENCE);
    }
    if (!adp_ber_field(&content, 0, &field) ||
        !adp_ber_take(&field, BER_CLASS_UNI, TAG_INTEGER, &number)) {
        return content.cut;
    }
    if (adp_ber_integer(&number.content) != KERBEROS_VERSION) {
        return FALSE;
    }
    if (!adp_ber_field(&content, 1, &field) ||
        !adp_ber_take(&field, BER_CLASS_UNI, TAG_INTEGER, &number)) {
        return content.cut;
    }
    return adp_ber_integer(&number.content) == message->tag;
}

static adp_gss_token kerberos_message(adp_ber token)
{
    adp_gss_token result = {0};
    adp_tlv tlv;

    if (adp_ber_next(&token, &tlv) && tlv.class == BER_CLASS_APP &&
        (tlv.tag == 14 || tlv.tag == 15 || tlv.tag == 30) && is_kerberos(&tlv)) {
        result.content = ADP_GSS_KERBEROS;
        result.message_tag = tlv.tag;
        result.message = tlv.content;
    }
    return result;
}

/* The mechanisms whose tokens hold Kerberos messages, or SPNEGO's, which may. */
static gboolean is_known_mechanism(const adp_ber *oid)
{
    static const struct {
        guint8 length;
        guint8 bytes[11];
    } known[] = {
        {6, {0x2b, 0x06, 0x01, 0x05, 0x05, 0x02}},                          /* SPNEGO */
        {9, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02}},        /* Kerberos */
        {9, {0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 0x01, 0x02, 0x02}},        /* Microsoft's */
        {10, {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02, 0x03}}, /* user-to-user */
        {6, {0x2b, 0x06, 0x01, 0x05, 0x02, 0x05}},                          /* IAKERB */
        {5, {0x2b, 0x05, 0x01, 0x05, 0x02}},                                /* its draft */
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(known); i++) {
        if (adp_ber_length(oid) == known[i].length &&
            memcmp(adp_ber_bytes(oid), known[i].bytes, known[i].length) == 0) {
            return TRUE;
        }
    }
    return FALSE;
}

static adp_gss_token read_token(adp_ber token, int depth)
{
    static const guint8 ntlm[] = "NTLMSSP";
    adp_gss_token result = {0};
    int length = adp_ber_length(&token);
    const guint8 *bytes = adp_ber_bytes(&token);
    adp_tlv tlv;

    if (depth > ADP_MAX_GSS_NESTING || length < 4) {
        result.too_deep = depth > ADP_MAX_GSS_NESTING;
        return result;
    }
    if (length >= (int)sizeof(ntlm) && memcmp(bytes, ntlm, sizeof(ntlm)) == 0) {
        result.content = ADP_GSS_NTLM;
        /* MS-NLMP 2.2.1: the type follows, little-endian. */
        result.ntlm_message = length > (int)sizeof(ntlm) ? bytes[sizeof(ntlm)] : 0;
        result.message = token;
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

        if (adp_ber_take(&tlv.content, BER_CLASS_UNI, TAG_OID, &oid) &&
            is_known_mechanism(&oid.content)) {
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
