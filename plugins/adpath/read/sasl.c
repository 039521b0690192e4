/* sasl.c
 * How a SASL buffer of LDAP is protected: by Kerberos (RFC 4121, RFC 1964) or NTLM.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/sasl.h"

#include "log/observation.h"
#include "read/ber.h"
#include "wire/limits.h"

#include <string.h>

#define CFX_HEADER_LEN 16

/* Payload and checksum behind the header, turned back by `rrc` bytes (RFC 4121 4.2.5). */
static adp_ber unrotate(const adp_ber *token, guint rrc)
{
    adp_ber body = *token;
    gsize length;
    guint8 *turned;
    tvbuff_t *tvb;

    body.offset = MIN(body.offset + CFX_HEADER_LEN, body.end);
    length = (gsize)adp_ber_length(&body);
    if (length == 0 || rrc % length == 0) {
        return body;
    }
    turned = g_malloc(length);
    rrc %= length;
    memcpy(turned, adp_ber_bytes(&body) + rrc, length - rrc);
    memcpy(turned + length - rrc, adp_ber_bytes(&body), rrc);
    /* The buffer frees what it is given. NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
    tvb = tvb_new_child_real_data(token->tvb, turned, (guint)length, (gint)length);
    tvb_set_free_cb(tvb, g_free);
    return adp_ber_range(tvb, 0, (int)length);
}

/* RFC 4121 4.2.6.2: 05 04, flags, filler, EC, RRC, sequence number. */
static void read_cfx(adp_sasl_layer *layer)
{
    const guint8 *p = adp_ber_bytes(&layer->token);
    guint ec = (guint)(p[4] << 8) | p[5];
    guint rrc = (guint)(p[6] << 8) | p[7];

    if (p[2] & 0x02) {
        layer->protection = ADP_PROTECTION_SEALED;
        return;
    }
    layer->protection = ADP_PROTECTION_SIGNED;
    layer->plain = unrotate(&layer->token, rrc);
    layer->plain.end = MAX(layer->plain.offset, layer->plain.end - (int)ec);
}

/* RFC 1964 1.2.2: GSS header, 02 01, SGN_ALG, SEAL_ALG; FFFF means not sealed. */
static void read_gss_v1(adp_sasl_layer *layer)
{
    adp_ber cursor = layer->token;
    adp_tlv tlv;
    adp_tlv oid;

    if (adp_ber_take(&cursor, BER_CLASS_APP, 0, &tlv) &&
        adp_ber_take(&tlv.content, BER_CLASS_UNI, 6, &oid) && adp_ber_length(&tlv.content) >= 8) {
        const guint8 *p = adp_ber_bytes(&tlv.content);

        if (p[0] == 0x02 && p[1] == 0x01) {
            layer->protection =
                p[4] == 0xff && p[5] == 0xff ? ADP_PROTECTION_SIGNED : ADP_PROTECTION_SEALED;
        }
    }
}

/* NTLM's message signature (MS-NLMP 2.2.2.9); a message that is only signed follows as it is. */
#define NTLM_SIGNATURE_LEN 16

/* Begins `cursor` with a whole LDAPMessage? Sealed bytes may begin with 30, too. */
static gboolean is_message(adp_ber cursor)
{
    adp_tlv whole;
    adp_tlv id;
    adp_tlv op;

    return adp_ber_take(&cursor, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE, &whole) &&
           !whole.content.cut &&
           adp_ber_take(&whole.content, BER_CLASS_UNI, BER_UNI_TAG_INTEGER, &id) &&
           adp_ber_next(&whole.content, &op) && op.class == BER_CLASS_APP;
}

adp_sasl_layer adp_read_sasl(tvbuff_t *tvb, int at, guint32 token_length)
{
    adp_sasl_layer layer = {.protection = ADP_PROTECTION_UNKNOWN};
    const guint8 *p;
    int length;

    layer.token = adp_ber_range(tvb, at + 4, (int)MIN(token_length, (guint)ADP_MAX_SASL_BUFFER));
    layer.plain = layer.token;
    layer.plain.offset = layer.plain.end;
    length = adp_ber_length(&layer.token);
    p = adp_ber_bytes(&layer.token);
    if (length >= 16 && p[0] == 0x05 && p[1] == 0x04) {
        read_cfx(&layer);
    } else if (length >= 16 && p[0] == 0x60) {
        read_gss_v1(&layer);
    } else if (length > NTLM_SIGNATURE_LEN && p[0] == 0x01 && !p[1] && !p[2] && !p[3]) {
        adp_ber behind = layer.token;

        behind.offset += NTLM_SIGNATURE_LEN;
        layer.protection = ADP_PROTECTION_SEALED;
        if (is_message(behind)) {
            layer.protection = ADP_PROTECTION_SIGNED;
            layer.plain = behind;
        }
    }
    return layer;
}
