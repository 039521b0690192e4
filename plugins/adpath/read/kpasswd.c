/* kpasswd.c
 * The password service of a KDC, as bytes (RFC 3244).
 *
 * A request is an AP-REQ with a ticket for kadmin/changepw, and the new password in a KRB-PRIV.
 * The answer is an AP-REP and a KRB-PRIV with the result, or a KRB-ERROR with the result in its
 * e-data. What the KRB-PRIV of a request seals is never looked at, even where the key is known.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/kpasswd.h"

#include "join/feed.h"
#include "log/observation.h"
#include "read/ber.h"
#include "read/frame.h"
#include "read/kerberos.h"
#include "read/krb_error_message.h"
#include "read/krb_parts.h"
#include "read/nodes.h"
#include "wire/hash.h"
#include "wire/arena.h"
#include "wire/ports.h"

#include <epan/packet.h>

#define HEADER_LEN 6 /* length of all, version, length of the AP message */
#define MARK_LEN   4 /* over TCP */

gboolean adp_is_kpasswd(const adp_frame *frame)
{
    return adp_port_is_kpasswd(frame->pinfo->srcport) ||
           adp_port_is_kpasswd(frame->pinfo->destport);
}

/* A KRB-ERROR may come without the header (MIT's clients take both). */
static gboolean is_bare_error(const adp_ber *cursor)
{
    return adp_ber_length(cursor) > 0 &&
           adp_ber_bytes(cursor)[0] == (0x60 | ADP_KRB_ERROR); /* APPLICATION, constructed */
}

/* A length of all of it stands in front over TCP: its upper half is zero, that of a header never. */
static gboolean has_mark(const adp_ber *cursor)
{
    const guint8 *bytes = adp_ber_bytes(cursor);

    return adp_ber_length(cursor) > MARK_LEN && bytes[0] == 0 && bytes[1] == 0;
}

/*
 * The message from its first byte to its last as it says itself: items of the tree have other
 * lengths when nobody looks at it.
 */
static adp_ber message_at(const field_info *fi)
{
    adp_ber cursor = adp_ber_range(fi->ds_tvb, fi->start, -1);
    const guint8 *bytes;

    if (has_mark(&cursor)) {
        cursor.offset += MARK_LEN;
    }
    if (!is_bare_error(&cursor) && adp_ber_length(&cursor) >= HEADER_LEN) {
        bytes = adp_ber_bytes(&cursor);
        cursor.end = MIN(cursor.end, cursor.offset + (bytes[0] << 8 | bytes[1]));
    }
    return cursor;
}

/* The version in the header: 1 changes the asker's own password; 0xff80 sets one, perhaps another's (RFC 3244 2). */
static gboolean is_change(const adp_ber *message)
{
    const guint8 *bytes = adp_ber_bytes(message);

    return adp_ber_length(message) >= HEADER_LEN && bytes[2] == 0 && bytes[3] == 1;
}

/* With the key Wireshark shows the result; a password it shows elsewhere. */
typedef struct {
    adp_arena *arena;
    const field_info *code;
    const field_info *text;
} result_state;

static void visit_result(adp_node_kind kind, const field_info *fi, void *user_data)
{
    result_state *state = user_data;

    if (kind == ADP_NODE_KPASSWD_RESULT) {
        state->code = fi;
    } else if (kind == ADP_NODE_KPASSWD_TEXT) {
        state->text = fi;
    }
}

static void read_opened_result(adp_arena *arena, const proto_node *node, adp_obs_krb *krb)
{
    result_state state = {.arena = arena};
    adp_ber data;

    adp_node_each(node, visit_result, &state);
    if (!state.code) {
        return;
    }
    data = adp_ber_range(state.code->ds_tvb, state.code->start, state.code->length);
    if (state.text && state.text->ds_tvb == state.code->ds_tvb) {
        data.end = adp_ber_range(state.text->ds_tvb, state.text->start, state.text->length).end;
    }
    adp_krb_read_kpasswd_result(arena, data, krb);
}

static adp_obs_krb *read_reply(adp_frame *frame, const proto_node *node, const adp_tlv *tlv,
                               const adp_ber *behind)
{
    adp_obs_krb *krb = adp_arena_new_array(frame->arena, adp_obs_krb, 1);

    krb->exchange = ADP_EXCHANGE_AP;
    krb->carrier = ADP_CARRIER_KPASSWD;
    krb->has_token = TRUE;
    if (tlv->tag == ADP_KRB_ERROR) {
        adp_krb_read_error(frame->arena, tlv->content, krb);
        return krb;
    }
    read_opened_result(frame->arena, node, krb);
    krb->sealed = !krb->has_result && adp_ber_length(behind) > 0;
    krb->damaged = !krb->has_result && !krb->sealed;
    return krb;
}

void adp_read_kpasswd(adp_frame *frame, const proto_node *node)
{
    const field_info *fi = PNODE_FINFO(node);
    adp_ber message = message_at(fi);
    adp_ber cursor = message;
    adp_obs_krb *krb;
    gboolean asks;
    adp_tlv tlv;
    adp_obs obs;

    if (!is_bare_error(&cursor)) {
        cursor.offset += MIN(HEADER_LEN, MAX(0, adp_ber_length(&cursor)));
    }
    if (!adp_ber_next(&cursor, &tlv) || tlv.class != BER_CLASS_APP) {
        return;
    }
    asks = tlv.tag == ADP_KRB_AP_REQ;
    if (asks) {
        krb = adp_krb_read_ap_request(frame->arena, tlv.content, ADP_CARRIER_KPASSWD);
        krb->shown_hash = krb->ticket_hash;
        krb->changes_own = is_change(&message);
    } else if (tlv.tag == ADP_KRB_AP_REP || tlv.tag == ADP_KRB_ERROR) {
        krb = read_reply(frame, node, &tlv, &cursor);
    } else {
        return;
    }
    obs = adp_frame_obs(frame, asks ? ADP_OBS_KDC_REQUEST : ADP_OBS_KDC_REPLY, !asks);
    obs.hash = adp_hash_range(message.tvb, message.offset, tlv.content.end - message.offset);
    obs.u.krb = krb;
    (void)adp_model_add(frame->model, &obs);
}
