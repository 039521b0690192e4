/* ldap_message.c
 * What the readers of LDAP share.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/ldap_message.h"

#include "join/feed.h"
#include "log/observation.h"
#include "read/ber.h"
#include "wire/ldap_result.h"

void adp_ldap_add(const adp_ldap_message *m, adp_obs *obs)
{
    obs->id = m->id;
    obs->hash = m->hash;
    obs->protection = m->protection;
    obs->decrypted = m->decrypted;
    (void)adp_model_add(m->frame->model, obs);
}

/* referral [3], RFC 4511 4.1.10. */
static void read_referral(const adp_ldap_message *m, adp_ber op, adp_obs_result *result)
{
    adp_tlv url;

    if (adp_ber_enter(&op, BER_CLASS_CON, 3) &&
        adp_ber_take(&op, BER_CLASS_UNI, BER_UNI_TAG_OCTETSTRING, &url) &&
        adp_ber_length(&url.content) > 0) {
        result->referral = adp_ber_text(m->frame->arena, &url.content);
    }
}

adp_obs_result *adp_ldap_read_result(const adp_ldap_message *m, adp_ber *op)
{
    adp_obs_result *result = adp_arena_new_array(m->frame->arena, adp_obs_result, 1);
    adp_tlv tlv;

    if (!adp_ber_take(op, BER_CLASS_UNI, BER_UNI_TAG_ENUMERATED, &tlv) || tlv.content.cut) {
        result->damaged = TRUE;
        return result;
    }
    result->result = (guint32)adp_ber_integer(&tlv.content);
    if (adp_ber_take(op, BER_CLASS_UNI, BER_UNI_TAG_OCTETSTRING, &tlv) &&
        adp_ber_take(op, BER_CLASS_UNI, BER_UNI_TAG_OCTETSTRING, &tlv) &&
        adp_ber_length(&tlv.content) > 0) {
        result->diagnostic = adp_ber_text(m->frame->arena, &tlv.content);
    }
    if (result->result == ADP_LDAP_REFERRAL) {
        read_referral(m, *op, result);
    }
    return result;
}
