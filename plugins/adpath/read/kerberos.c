/* kerberos.c
 * Kerberos messages, as bytes (RFC 4120 5.4 to 5.9).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/kerberos.h"

#include "join/feed.h"
#include "log/observation.h"
#include "read/ber.h"
#include "read/frame.h"
#include "read/gss.h"
#include "read/krb_error_message.h"
#include "read/krb_parts.h"
#include "read/krb_request.h"
#include "read/nodes.h"
#include "wire/arena.h"
#include "wire/text.h"

/* ---- AP-REQ and what answers it ---- */

/* The ticket that the message is about becomes part of the observation. */
static void take_ticket(adp_obs_krb *krb, const adp_krb_ticket *ticket, gboolean has_cipher)
{
    krb->realm = ticket->realm;
    krb->spn = ticket->spn;
    krb->has_ticket = has_cipher;
    krb->ticket_etype = ticket->etype;
    krb->has_ticket_kvno = ticket->has_kvno;
    krb->ticket_kvno = ticket->kvno;
    krb->ticket_hash = ticket->hash;
}

adp_obs_krb *adp_krb_read_ap_request(adp_arena *arena, adp_ber content, adp_carrier carrier)
{
    adp_obs_krb *krb = adp_arena_new_array(arena, adp_obs_krb, 1);
    adp_krb_ticket ticket = {0};
    gboolean has_cipher;

    krb->exchange = ADP_EXCHANGE_AP;
    krb->carrier = carrier;
    krb->has_token = TRUE;
    has_cipher = adp_krb_ticket_of_ap_req(arena, content, &ticket);
    take_ticket(krb, &ticket, has_cipher);
    if (krb->has_ticket) {
        adp_list_add(arena, &krb->etypes, krb->ticket_etype);
    }
    return krb;
}

adp_obs_krb *adp_krb_read_ap_reply(adp_arena *arena, const adp_gss_token *token,
                                   adp_carrier carrier)
{
    adp_obs_krb *krb = adp_arena_new_array(arena, adp_obs_krb, 1);

    krb->exchange = ADP_EXCHANGE_AP;
    krb->carrier = carrier;
    if (token->content == ADP_GSS_KERBEROS) {
        krb->has_token = token->message_tag != ADP_KRB_AP_REQ;
        if (token->message_tag == ADP_KRB_ERROR) {
            adp_krb_read_error(arena, token->message, krb);
        }
    }
    return krb;
}

/* ---- messages from and to a KDC ---- */

static void read_request(adp_arena *arena, adp_ber content, adp_obs_krb *krb)
{
    adp_ber field;

    if (!adp_ber_enter(&content, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE)) {
        return;
    }
    if (adp_ber_field(&content, 3, &field)) {
        adp_krb_read_request_padata(arena, field, krb);
    }
    if (adp_ber_field(&content, 4, &field)) {
        adp_krb_read_request_body(arena, field, krb);
    }
}

static void read_reply_padata(adp_arena *arena, adp_ber field, adp_obs_krb *krb)
{
    gint32 type;
    adp_ber value;

    if (!adp_ber_enter(&field, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE)) {
        return;
    }
    while (adp_krb_next_padata(&field, &type, &value)) {
        adp_krb_note_padata(arena, krb, type);
    }
}

static void read_reply(adp_arena *arena, adp_ber content, adp_obs_krb *krb)
{
    adp_krb_ticket ticket;
    adp_ber field;

    if (!adp_ber_enter(&content, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE)) {
        return;
    }
    if (adp_ber_field(&content, 2, &field)) {
        read_reply_padata(arena, field, krb);
    }
    if (adp_ber_field(&content, 3, &field)) {
        krb->client_realm = adp_krb_text(arena, field);
    }
    if (adp_ber_field(&content, 4, &field)) {
        krb->client = adp_krb_principal(arena, field, &krb->client_type);
    }
    if (adp_ber_field(&content, 5, &field)) {
        gboolean has_cipher = adp_krb_ticket_in(arena, field, &ticket);

        take_ticket(krb, &ticket, has_cipher);
    }
}

typedef struct {
    adp_frame *frame;
    const field_info *outer;
    int tag;
    adp_obs_krb *krb;
} inner_state;

static void read_inner_error(adp_arena *arena, adp_ber content, adp_obs_krb *krb)
{
    gboolean outer_has_stime = krb->has_stime;
    gint64 outer_stime = krb->stime;

    adp_krb_read_error(arena, content, krb);
    if (outer_has_stime) {
        krb->has_stime = TRUE;
        krb->stime = outer_stime;
    }
}

/*
 * With the armor key known, Wireshark shows what FAST hides in buffers of its
 * own: the true request body, or the true error. They replace the outer ones,
 * but for the time of the answer: the outer one is nearer to the wire, and known
 * to versions that open no armor, too.
 */
static void visit_inner(adp_node_kind kind, const field_info *fi, void *user_data)
{
    inner_state *state = user_data;
    adp_ber content = adp_ber_range(fi->ds_tvb, fi->start, fi->length);

    if (fi->ds_tvb == state->outer->ds_tvb) {
        return;
    }
    if (kind == ADP_NODE_KRB_REQ_BODY &&
        (state->tag == ADP_KRB_AS_REQ || state->tag == ADP_KRB_TGS_REQ)) {
        adp_krb_read_request_body(state->frame->arena, content, state->krb);
    } else if (kind == ADP_NODE_KRB_ERROR && state->tag == ADP_KRB_ERROR) {
        read_inner_error(state->frame->arena, content, state->krb);
    }
}

static adp_exchange exchange_of(int tag, const adp_obs_krb *krb)
{
    if (tag == ADP_KRB_ERROR) {
        /* The request tells when it is known; alone, AS is for krbtgt. */
        return krb->spn && adp_has_prefix(krb->spn, "krbtgt") ? ADP_EXCHANGE_AS : ADP_EXCHANGE_TGS;
    }
    return tag == ADP_KRB_AS_REQ || tag == ADP_KRB_AS_REP ? ADP_EXCHANGE_AS : ADP_EXCHANGE_TGS;
}

/* FALSE when it is a message of another sort. */
static gboolean read_kdc_message(adp_arena *arena, const adp_tlv *tlv, adp_obs_krb *krb)
{
    switch (tlv->tag) {
    case ADP_KRB_AS_REQ:
    case ADP_KRB_TGS_REQ:
        read_request(arena, tlv->content, krb);
        return TRUE;
    case ADP_KRB_AS_REP:
    case ADP_KRB_TGS_REP:
        read_reply(arena, tlv->content, krb);
        return TRUE;
    case ADP_KRB_ERROR:
        adp_krb_read_error(arena, tlv->content, krb);
        return TRUE;
    default:
        return FALSE;
    }
}

void adp_read_kdc(adp_frame *frame, const proto_node *node)
{
    const field_info *fi = PNODE_FINFO(node);
    adp_ber cursor = adp_ber_range(fi->ds_tvb, fi->start, fi->length);
    inner_state state = {.frame = frame, .outer = fi};
    gboolean asks;
    adp_tlv tlv;
    adp_obs obs;

    /* Over TCP a length of four bytes stands in front, the first of them small. */
    if (frame->transport == ADP_TCP && adp_ber_length(&cursor) > 4 &&
        adp_ber_bytes(&cursor)[0] < 0x60) {
        cursor.offset += 4;
    }
    if (!adp_ber_next(&cursor, &tlv) || tlv.class != BER_CLASS_APP) {
        return;
    }
    state.tag = tlv.tag;
    state.krb = adp_arena_new_array(frame->arena, adp_obs_krb, 1);
    state.krb->carrier = ADP_CARRIER_KDC;
    if (!read_kdc_message(frame->arena, &tlv, state.krb)) {
        return;
    }
    adp_node_each(node, visit_inner, &state);
    state.krb->exchange = exchange_of(tlv.tag, state.krb);
    asks = tlv.tag == ADP_KRB_AS_REQ || tlv.tag == ADP_KRB_TGS_REQ;
    obs = adp_frame_obs(frame, asks ? ADP_OBS_KDC_REQUEST : ADP_OBS_KDC_REPLY, !asks);
    obs.hash = adp_hash_range(fi->ds_tvb, fi->start, fi->length);
    obs.u.krb = state.krb;
    (void)adp_model_add(frame->model, &obs);
}
