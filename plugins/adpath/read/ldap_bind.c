/* ldap_bind.c
 * Binds, and the Kerberos exchange inside them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/ldap_bind.h"

#include "join/exchange.h"
#include "log/observation.h"
#include "read/ber.h"
#include "read/frame.h"
#include "read/gss.h"
#include "read/kerberos.h"
#include "read/krb_parts.h"
#include "read/ldap_message.h"
#include "read/ldap_names.h"
#include "wire/arena.h"
#include "wire/ldap_result.h"
#include "wire/limits.h"

/* AuthenticationChoice; the last three are Microsoft's sicily (MS-ADTS 5.1.1.1.3). */
enum {
    AUTH_SIMPLE = 0,
    AUTH_SASL = 3,
    AUTH_SICILY_DISCOVERY = 9,
    AUTH_SICILY_NEGOTIATE = 10,
    AUTH_SICILY_RESPONSE = 11
};

static void note_depth(const adp_ldap_message *m, const adp_gss_token *token)
{
    if (token->too_deep) {
        adp_limit_hit(m->frame->arena, ADP_LIMIT_GSS_NESTING);
    }
}

/* The AP-REQ in a token of GSS-API, or NULL. */
static adp_obs_krb *ap_request_in(const adp_ldap_message *m, adp_ber credentials)
{
    adp_gss_token token = adp_gss_read(credentials);

    note_depth(m, &token);
    return token.content == ADP_GSS_KERBEROS && token.message_tag == ADP_KRB_AP_REQ
               ? adp_krb_read_ap_request(m->frame->arena, token.message, ADP_CARRIER_LDAP)
               : NULL;
}

void adp_ldap_read_bind(const adp_ldap_message *m, adp_ber op)
{
    adp_arena *arena = m->frame->arena;
    adp_obs_bind *bind = adp_arena_new_array(arena, adp_obs_bind, 1);
    adp_obs obs = adp_frame_obs(m->frame, ADP_OBS_LDAP_BIND, FALSE);
    adp_tlv version;
    adp_tlv name;
    adp_tlv auth;
    adp_tlv tlv;
    gboolean has_credentials = FALSE;
    adp_obs_krb *krb;

    if (!adp_ber_take(&op, BER_CLASS_UNI, BER_UNI_TAG_INTEGER, &version) ||
        !adp_ber_take(&op, BER_CLASS_UNI, BER_UNI_TAG_OCTETSTRING, &name) ||
        !adp_ber_next(&op, &auth) || auth.class != BER_CLASS_CON) {
        return;
    }
    if (adp_ber_length(&version.content) == 1) {
        bind->version = adp_ber_bytes(&version.content)[0];
    }
    switch (auth.tag) {
    case AUTH_SIMPLE:
        bind->mechanism = "simple";
        bind->anonymous = adp_ber_length(&auth.content) <= 0 && !auth.content.cut;
        bind->name = adp_ber_length(&name.content) > 0 ? adp_ber_text(arena, &name.content) : NULL;
        break;
    case AUTH_SASL:
        bind->is_sasl = TRUE;
        if (!adp_ber_take(&auth.content, BER_CLASS_UNI, BER_UNI_TAG_OCTETSTRING, &tlv)) {
            return;
        }
        bind->mechanism = adp_ber_text(arena, &tlv.content);
        has_credentials = adp_ber_take(&auth.content, BER_CLASS_UNI, BER_UNI_TAG_OCTETSTRING, &tlv);
        break;
    case AUTH_SICILY_DISCOVERY:
    case AUTH_SICILY_NEGOTIATE:
    case AUTH_SICILY_RESPONSE:
        /* The server says success to each of the three rounds. */
        bind->continues = auth.tag != AUTH_SICILY_DISCOVERY;
        bind->unfinished = auth.tag != AUTH_SICILY_RESPONSE;
        bind->mechanism = "sicily";
        adp_read_ntlm_name(arena, &auth.content, bind);
        break;
    default:
        return;
    }
    if (has_credentials) {
        adp_read_sasl_name(arena, &tlv.content, bind);
    }
    krb = has_credentials ? ap_request_in(m, tlv.content) : NULL;
    bind->ticket_hash = krb && krb->has_ticket ? krb->ticket_hash : 0;
    obs.u.bind = bind;
    adp_ldap_add(m, &obs);
    if (krb) {
        obs = adp_frame_obs(m->frame, ADP_OBS_AP_REQUEST, FALSE);
        obs.u.krb = krb;
        adp_ldap_add(m, &obs);
    }
}

void adp_ldap_read_bind_response(const adp_ldap_message *m, adp_ber op)
{
    adp_obs obs = adp_frame_obs(m->frame, ADP_OBS_LDAP_BIND_REPLY, TRUE);
    adp_gss_token token = {0};
    adp_obs_krb *krb;
    guint32 result;
    adp_tlv tlv;

    obs.u.result = adp_ldap_read_result(m, &op);
    result = obs.u.result->result;
    adp_ldap_add(m, &obs);
    if (obs.u.result->damaged) {
        return;
    }
    while (adp_ber_next(&op, &tlv)) {
        /* serverSaslCreds */
        if (tlv.class == BER_CLASS_CON && tlv.tag == 7) {
            token = adp_gss_read(tlv.content);
            note_depth(m, &token);
        }
    }
    if (token.content != ADP_GSS_KERBEROS && !adp_model_ap_waits(m->frame->model, &obs.flow, 0)) {
        return;
    }
    krb = adp_krb_read_ap_reply(m->frame->arena, &token, ADP_CARRIER_LDAP);
    krb->goes_on = result == ADP_LDAP_SASL_BIND_IN_PROGRESS;
    krb->refused = result != ADP_LDAP_SUCCESS && !krb->goes_on;
    obs.type = ADP_OBS_AP_REPLY;
    obs.u.krb = krb;
    adp_ldap_add(m, &obs);
}
