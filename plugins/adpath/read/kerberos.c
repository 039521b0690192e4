/* kerberos.c
 * Kerberos messages, as bytes (RFC 4120 5.4 to 5.9).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/kerberos.h"

#include "join/model.h"
#include "log/observation.h"
#include "read/ber.h"
#include "read/gss.h"
#include "read/read.h"
#include "wire/arena.h"
#include "wire/text.h"

#include <string.h>

#define TAG_SEQUENCE 16
/* A client offers about ten; a hostile one may list thousands. */
#define MAX_ETYPES     64
#define MAX_COMPONENTS 16
#define MAX_SECONDS    G_GINT64_CONSTANT(4000000000)

/* PA-DATA types and KERB-ERROR-DATA types that carry an NTSTATUS (MS-KILE 2.2.1, 2.2.2). */
#define DATA_TYPE_EXTENDED 3
#define EXTENDED_LEN       12

static gint64 integer_in(adp_ber field)
{
    adp_tlv tlv;

    return adp_ber_next(&field, &tlv) ? adp_ber_integer(&tlv.content) : 0;
}

static const char *text_in(adp_arena *arena, adp_ber field)
{
    adp_tlv tlv;

    return adp_ber_next(&field, &tlv) ? adp_ber_text(arena, &tlv.content) : NULL;
}

/* PrincipalName: its components, joined with '/'. */
static const char *principal_in(adp_arena *arena, adp_ber field)
{
    GString *name;
    const char *result;
    adp_ber components;
    adp_tlv tlv;
    guint n = 0;

    if (!adp_ber_enter(&field, BER_CLASS_UNI, TAG_SEQUENCE) ||
        !adp_ber_field(&field, 1, &components) ||
        !adp_ber_enter(&components, BER_CLASS_UNI, TAG_SEQUENCE)) {
        return NULL;
    }
    name = g_string_new(NULL);
    while (n < MAX_COMPONENTS && adp_ber_next(&components, &tlv) && !tlv.content.cut) {
        if (n++) {
            g_string_append_c(name, '/');
        }
        adp_text_append(name, adp_ber_bytes(&tlv.content), (gsize)adp_ber_length(&tlv.content));
    }
    /* Half a name is worse than none: it would be compared. */
    result = components.cut ? NULL : adp_arena_strndup(arena, name->str, name->len);
    g_string_free(name, TRUE);
    return result;
}

/* Ticket, with or without its [APPLICATION 1]. */
static void read_ticket(adp_arena *arena, adp_ber ticket, gboolean names, adp_obs_krb *krb)
{
    adp_ber field;
    adp_ber cipher;

    (void)adp_ber_enter(&ticket, BER_CLASS_APP, 1);
    if (!adp_ber_enter(&ticket, BER_CLASS_UNI, TAG_SEQUENCE)) {
        return;
    }
    if (names && adp_ber_field(&ticket, 1, &field)) {
        krb->realm = text_in(arena, field);
    }
    if (names && adp_ber_field(&ticket, 2, &field)) {
        krb->spn = principal_in(arena, field);
    }
    if (!adp_ber_field(&ticket, 3, &field) || !adp_ber_enter(&field, BER_CLASS_UNI, TAG_SEQUENCE) ||
        !adp_ber_field(&field, 0, &cipher)) {
        return;
    }
    krb->has_ticket = TRUE;
    krb->ticket_etype = (gint32)integer_in(cipher);
    if (adp_ber_field(&field, 2, &cipher)) {
        krb->ticket_hash =
            adp_hash_bytes(ADP_HASH_SEED, adp_ber_bytes(&cipher), (gsize)adp_ber_length(&cipher));
    }
}

/* KDC-REQ-BODY; `body` is at its SEQUENCE. */
static void read_request_body(adp_arena *arena, adp_ber body, adp_obs_krb *krb)
{
    adp_ber field;
    adp_tlv tlv;

    if (!adp_ber_enter(&body, BER_CLASS_UNI, TAG_SEQUENCE)) {
        return;
    }
    if (adp_ber_field(&body, 1, &field)) {
        krb->client = principal_in(arena, field);
    }
    if (adp_ber_field(&body, 2, &field)) {
        krb->realm = text_in(arena, field);
    }
    if (adp_ber_field(&body, 3, &field)) {
        krb->spn = principal_in(arena, field);
    }
    if (!adp_ber_field(&body, 8, &field) || !adp_ber_enter(&field, BER_CLASS_UNI, TAG_SEQUENCE)) {
        return;
    }
    krb->etypes.count = 0;
    while (krb->etypes.count < MAX_ETYPES && adp_ber_next(&field, &tlv)) {
        gint32 etype = (gint32)adp_ber_integer(&tlv.content);

        adp_list_add(arena, &krb->etypes, etype);
    }
}

#define PA_TGS_REQ 1

/* PA-DATA of a request, one of which may be the AP-REQ that shows a ticket (RFC 4120 5.2.7.1). */
static void read_shown_ticket(adp_ber list, adp_obs_krb *krb)
{
    adp_tlv item;
    adp_tlv octets;
    adp_ber field;
    adp_obs_krb shown = {0};

    if (!adp_ber_enter(&list, BER_CLASS_UNI, TAG_SEQUENCE)) {
        return;
    }
    while (adp_ber_take(&list, BER_CLASS_UNI, TAG_SEQUENCE, &item)) {
        if (!adp_ber_field(&item.content, 1, &field) || integer_in(field) != PA_TGS_REQ) {
            continue;
        }
        if (adp_ber_field(&item.content, 2, &field) && adp_ber_next(&field, &octets) &&
            adp_ber_enter(&octets.content, BER_CLASS_APP, ADP_KRB_AP_REQ) &&
            adp_ber_enter(&octets.content, BER_CLASS_UNI, TAG_SEQUENCE) &&
            adp_ber_field(&octets.content, 3, &field)) {
            read_ticket(NULL, field, FALSE, &shown);
            krb->shown_hash = shown.has_ticket ? shown.ticket_hash : 0;
        }
        return;
    }
}

static void read_request(adp_arena *arena, adp_ber content, adp_obs_krb *krb)
{
    adp_ber field;

    if (!adp_ber_enter(&content, BER_CLASS_UNI, TAG_SEQUENCE)) {
        return;
    }
    if (adp_ber_field(&content, 3, &field)) {
        read_shown_ticket(field, krb);
    }
    if (adp_ber_field(&content, 4, &field)) {
        read_request_body(arena, field, krb);
    }
}

static void read_reply(adp_arena *arena, adp_ber content, adp_obs_krb *krb)
{
    adp_ber field;

    if (!adp_ber_enter(&content, BER_CLASS_UNI, TAG_SEQUENCE)) {
        return;
    }
    if (adp_ber_field(&content, 4, &field)) {
        krb->client = principal_in(arena, field);
    }
    if (adp_ber_field(&content, 5, &field)) {
        read_ticket(arena, field, TRUE, krb);
    }
}

/* KerberosTime "20261121194513Z" as ns since the epoch. */
static gboolean time_in(adp_ber field, gint64 *ret)
{
    adp_tlv tlv;
    const guint8 *s;
    int part[7];
    int i;
    GDateTime *time;
    gint64 seconds;

    if (!adp_ber_next(&field, &tlv) || adp_ber_length(&tlv.content) != 15) {
        return FALSE;
    }
    s = adp_ber_bytes(&tlv.content);
    for (i = 0; i < 14; i++) {
        if (!g_ascii_isdigit(s[i])) {
            return FALSE;
        }
    }
    for (i = 0; i < 7; i++) {
        part[i] = (s[2 * i] - '0') * 10 + (s[2 * i + 1] - '0');
    }
    time =
        g_date_time_new_utc(part[0] * 100 + part[1], part[2], part[3], part[4], part[5], part[6]);
    if (!time) {
        return FALSE;
    }
    seconds = g_date_time_to_unix(time);
    g_date_time_unref(time);
    /* Beyond this, nanoseconds do not fit, and no clock is meant. */
    if (seconds < -MAX_SECONDS || seconds > MAX_SECONDS) {
        return FALSE;
    }
    *ret = seconds * ADP_NS_PER_S;
    return TRUE;
}

/* The twelve bytes NTSTATUS, reserved, flags; little-endian. Flags must have bit 0. */
static gboolean read_extended(adp_ber value, adp_obs_krb *krb)
{
    adp_tlv octets;
    const guint8 *p;

    if (!adp_ber_next(&value, &octets) || adp_ber_length(&octets.content) != EXTENDED_LEN) {
        return FALSE;
    }
    p = adp_ber_bytes(&octets.content);
    /* A salt of twelve characters has the same form, but letters in it. */
    if (!(p[8] & 1) || p[4] || p[5] || p[6] || p[7] || p[9] || p[10] || p[11]) {
        return FALSE;
    }
    krb->has_ntstatus = TRUE;
    krb->ntstatus =
        (guint32)p[0] | ((guint32)p[1] << 8) | ((guint32)p[2] << 16) | ((guint32)p[3] << 24);
    return TRUE;
}

/* KERB-ERROR-DATA and PA-DATA have the same tags: [1] type, [2] value. */
static gboolean read_typed_data(adp_ber typed, adp_obs_krb *krb)
{
    adp_ber field;

    return adp_ber_field(&typed, 1, &field) && integer_in(field) == DATA_TYPE_EXTENDED &&
           adp_ber_field(&typed, 2, &field) && read_extended(field, krb);
}

#define PA_ETYPE_INFO2 19

/* One PA-DATA of an error: the encryption types that the KDC would take. */
static void read_allowed_etypes(adp_arena *arena, adp_ber pa_data, adp_obs_krb *krb)
{
    adp_ber field;
    adp_ber etype;
    adp_tlv octets;
    adp_tlv entry;
    adp_ber list;

    if (!adp_ber_field(&pa_data, 1, &field) || integer_in(field) != PA_ETYPE_INFO2 ||
        !adp_ber_field(&pa_data, 2, &field) || !adp_ber_next(&field, &octets)) {
        return;
    }
    list = octets.content;
    if (!adp_ber_enter(&list, BER_CLASS_UNI, TAG_SEQUENCE)) {
        return;
    }
    while (krb->etypes.count < MAX_ETYPES &&
           adp_ber_take(&list, BER_CLASS_UNI, TAG_SEQUENCE, &entry)) {
        if (adp_ber_field(&entry.content, 0, &etype)) {
            gint32 value = (gint32)integer_in(etype);

            adp_list_add(arena, &krb->etypes, value);
        }
    }
}

/*
 * e-data comes as one KERB-ERROR-DATA, as METHOD-DATA (a sequence of PA-DATA,
 * one of which may be that status), or as something else; its first tags tell.
 */
static void read_error_data(adp_arena *arena, adp_ber field, adp_obs_krb *krb)
{
    adp_tlv octets;
    adp_ber data;
    adp_tlv item;

    if (!adp_ber_next(&field, &octets)) {
        return;
    }
    data = octets.content;
    if (!adp_ber_enter(&data, BER_CLASS_UNI, TAG_SEQUENCE)) {
        return;
    }
    if (read_typed_data(data, krb)) {
        return;
    }
    while (adp_ber_take(&data, BER_CLASS_UNI, TAG_SEQUENCE, &item)) {
        if (read_typed_data(item.content, krb)) {
            return;
        }
        read_allowed_etypes(arena, item.content, krb);
    }
}

/* `content` is at the SEQUENCE of a KRB-ERROR. */
static void read_error(adp_arena *arena, adp_ber content, adp_obs_krb *krb)
{
    adp_ber field;

    if (!adp_ber_enter(&content, BER_CLASS_UNI, TAG_SEQUENCE)) {
        return;
    }
    if (adp_ber_field(&content, 2, &field)) {
        krb->has_ctime = time_in(field, &krb->ctime);
    }
    if (adp_ber_field(&content, 3, &field) && krb->has_ctime) {
        krb->ctime += CLAMP(integer_in(field), 0, 999999) * 1000;
    }
    if (adp_ber_field(&content, 4, &field)) {
        krb->has_stime = time_in(field, &krb->stime);
    }
    if (adp_ber_field(&content, 5, &field) && krb->has_stime) {
        krb->stime += CLAMP(integer_in(field), 0, 999999) * 1000;
    }
    if (adp_ber_field(&content, 6, &field)) {
        krb->is_error = TRUE;
        krb->error = (gint32)integer_in(field);
    } else {
        krb->damaged = TRUE;
    }
    if (adp_ber_field(&content, 8, &field)) {
        krb->client = principal_in(arena, field);
    }
    if (adp_ber_field(&content, 9, &field)) {
        krb->realm = text_in(arena, field);
    }
    if (adp_ber_field(&content, 10, &field)) {
        krb->spn = principal_in(arena, field);
    }
    if (adp_ber_field(&content, 11, &field)) {
        krb->text = text_in(arena, field);
    }
    if (adp_ber_field(&content, 12, &field)) {
        read_error_data(arena, field, krb);
    }
}

adp_obs_krb *adp_krb_read_ap_request(adp_arena *arena, adp_ber content, adp_carrier carrier)
{
    adp_obs_krb *krb = adp_arena_new_array(arena, adp_obs_krb, 1);
    adp_ber field;

    krb->exchange = ADP_EXCHANGE_AP;
    krb->carrier = carrier;
    krb->has_token = TRUE;
    if (adp_ber_enter(&content, BER_CLASS_UNI, TAG_SEQUENCE) &&
        adp_ber_field(&content, 3, &field)) {
        read_ticket(arena, field, TRUE, krb);
        if (krb->has_ticket) {
            adp_list_add(arena, &krb->etypes, krb->ticket_etype);
        }
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
            read_error(arena, token->message, krb);
        }
    }
    return krb;
}

/* ---- messages from and to a KDC ---- */

typedef struct {
    adp_frame *frame;
    const field_info *outer;
    int tag;
    adp_obs_krb *krb;
} inner_state;

/*
 * With the armor key known, Wireshark shows what FAST hides in buffers of its
 * own: the true request body, or the true error. They replace the outer ones.
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
        read_request_body(state->frame->arena, content, state->krb);
    } else if (kind == ADP_NODE_KRB_ERROR && state->tag == ADP_KRB_ERROR) {
        read_error(state->frame->arena, content, state->krb);
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

void adp_read_kdc(adp_frame *frame, const proto_node *node)
{
    const field_info *fi = PNODE_FINFO(node);
    adp_ber cursor = adp_ber_range(fi->ds_tvb, fi->start, fi->length);
    inner_state state = {.frame = frame, .outer = fi};
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
    switch (tlv.tag) {
    case ADP_KRB_AS_REQ:
    case ADP_KRB_TGS_REQ:
        read_request(frame->arena, tlv.content, state.krb);
        break;
    case ADP_KRB_AS_REP:
    case ADP_KRB_TGS_REP:
        read_reply(frame->arena, tlv.content, state.krb);
        break;
    case ADP_KRB_ERROR:
        read_error(frame->arena, tlv.content, state.krb);
        break;
    default:
        return;
    }
    adp_node_each(node, visit_inner, &state);
    state.krb->exchange = exchange_of(tlv.tag, state.krb);
    obs =
        adp_frame_obs(frame,
                      tlv.tag == ADP_KRB_AS_REQ || tlv.tag == ADP_KRB_TGS_REQ ? ADP_OBS_KDC_REQUEST
                                                                              : ADP_OBS_KDC_REPLY,
                      tlv.tag != ADP_KRB_AS_REQ && tlv.tag != ADP_KRB_TGS_REQ);
    obs.hash = adp_hash_range(fi->ds_tvb, fi->start, fi->length);
    obs.u.krb = state.krb;
    (void)adp_model_add(frame->model, &obs);
}
