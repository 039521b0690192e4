/* tokens.c
 * Kerberos in the GSS-API tokens of SMB, RPC and other protocols.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/tokens.h"

#include "join/feed.h"
#include "log/observation.h"
#include "read/ber.h"
#include "read/frame.h"
#include "read/gss.h"
#include "read/kerberos.h"
#include "read/krb_parts.h"
#include "read/nodes.h"
#include "wire/limits.h"

#include <string.h>

#define NTLM_AUTHENTICATE 3 /* MS-NLMP 2.2.1.3 */

/* MS-SMB2 2.2.1, MS-CIFS 2.2.3.1: places in the header. */
enum {
    SMB2_STATUS = 8,
    SMB2_COMMAND = 12,
    SMB2_FLAGS = 16,
    SMB2_HEADER_LEN = 64,
    SMB1_COMMAND = 4,
    SMB1_STATUS = 5,
    SMB1_FLAGS = 9,
    SMB1_HEADER_LEN = 32
};

#define SMB2_SESSION_SETUP 1
#define SMB1_SESSION_SETUP 0x73
#define SMB1_REPLY         0x80

#define STATUS_SUCCESS         0U
#define STATUS_LOGON_FAILURE   0xC000006DU
#define STATUS_MORE_PROCESSING 0xC0000016U

typedef struct {
    adp_frame *frame;
    adp_carrier carrier;
    const field_info *outer; /* the token being read: those inside it are its parts */
} token_state;

static gboolean lies_in(const field_info *inner, const field_info *outer)
{
    return outer && inner->ds_tvb == outer->ds_tvb && inner->start >= outer->start &&
           inner->start + inner->length <= outer->start + outer->length;
}

static void add(const token_state *state, adp_obs_type type, const adp_obs_krb *krb,
                const field_info *fi)
{
    adp_obs obs = adp_frame_obs(state->frame, type, type == ADP_OBS_AP_REPLY);

    obs.hash = adp_hash_range(fi->ds_tvb, fi->start, fi->length);
    obs.u.krb = krb;
    (void)adp_model_add(state->frame->model, &obs);
}

static void add_token(const token_state *state, const adp_gss_token *token, const field_info *fi)
{
    if (token->content != ADP_GSS_KERBEROS) {
        return;
    }
    if (token->message_tag == ADP_KRB_AP_REQ) {
        add(state, ADP_OBS_AP_REQUEST,
            adp_krb_read_ap_request(state->frame->arena, token->message, state->carrier), fi);
    } else {
        add(state, ADP_OBS_AP_REPLY,
            adp_krb_read_ap_reply(state->frame->arena, token, state->carrier), fi);
    }
}

/* `opened`: the server's answer, by which the session is open. */
static void add_ntlm(const adp_frame *frame, const field_info *fi, gboolean opened)
{
    adp_obs obs = adp_frame_obs(frame, ADP_OBS_NTLM, opened);

    obs.hash = adp_hash_range(fi->ds_tvb, fi->start, fi->length);
    (void)adp_model_add(frame->model, &obs);
}

static void note_depth(const adp_frame *frame, const adp_gss_token *token)
{
    if (token->too_deep) {
        adp_limit_hit(frame->arena, ADP_LIMIT_GSS_NESTING);
    }
}

static void visit_token(adp_node_kind kind, const field_info *fi, void *user_data)
{
    token_state *state = user_data;
    adp_gss_token token;

    if (kind != ADP_NODE_GSS || lies_in(fi, state->outer)) {
        return;
    }
    state->outer = fi;
    token = adp_gss_read(adp_ber_range(fi->ds_tvb, fi->start, fi->length));
    note_depth(state->frame, &token);
    add_token(state, &token, fi);
    if (state->carrier == ADP_CARRIER_SMB && token.content == ADP_GSS_NTLM &&
        token.ntlm_message == NTLM_AUTHENTICATE) {
        add_ntlm(state->frame, fi, FALSE);
    }
}

static guint32 four_bytes(const guint8 *p)
{
    return p[0] | (guint32)p[1] << 8 | (guint32)p[2] << 16 | (guint32)p[3] << 24;
}

/* Is it the answer to a session's setup, and with which status? MS-SMB2 2.2.6, MS-SMB 2.2.4.6.2. */
static gboolean is_setup_reply(const field_info *fi, guint32 *status)
{
    adp_ber message = adp_ber_range(fi->ds_tvb, fi->start, fi->length);
    const guint8 *p = adp_ber_bytes(&message);
    int len = adp_ber_length(&message);

    if (len >= SMB2_HEADER_LEN && memcmp(p, "\xfeSMB", 4) == 0) {
        *status = four_bytes(p + SMB2_STATUS);
        return p[SMB2_COMMAND] == SMB2_SESSION_SETUP && p[SMB2_COMMAND + 1] == 0 &&
               (p[SMB2_FLAGS] & 1);
    }
    if (len >= SMB1_HEADER_LEN && memcmp(p, "\xffSMB", 4) == 0) {
        *status = four_bytes(p + SMB1_STATUS);
        return p[SMB1_COMMAND] == SMB1_SESSION_SETUP && (p[SMB1_FLAGS] & SMB1_REPLY);
    }
    return FALSE;
}

/*
 * An answer without a word about the ticket. Samba refuses so where its key is another one, and a server that
 * goes on chose another mechanism. Where Kerberos came with it, that was the answer.
 */
static void add_wordless(adp_frame *frame, const field_info *fi, guint32 status)
{
    static const adp_gss_token nothing;
    adp_obs obs = adp_frame_obs(frame, ADP_OBS_AP_REPLY, TRUE);
    adp_obs_krb *krb = adp_krb_read_ap_reply(frame->arena, &nothing, ADP_CARRIER_SMB);

    krb->refused = status == STATUS_LOGON_FAILURE;
    krb->goes_on = !krb->refused;
    krb->has_ntstatus = krb->refused;
    krb->ntstatus = status;
    obs.hash = adp_hash_range(fi->ds_tvb, fi->start, fi->length);
    obs.u.krb = krb;
    (void)adp_model_add(frame->model, &obs);
}

void adp_read_smb(adp_frame *frame, const proto_node *node)
{
    const field_info *fi = PNODE_FINFO(node);
    guint32 status;

    adp_read_tokens(frame, node, ADP_CARRIER_SMB);
    if (!is_setup_reply(fi, &status)) {
        return;
    }
    if (status == STATUS_SUCCESS) {
        add_ntlm(frame, fi, TRUE);
    } else if (status == STATUS_LOGON_FAILURE || status == STATUS_MORE_PROCESSING) {
        add_wordless(frame, fi, status);
    }
}

void adp_read_tokens(adp_frame *frame, const proto_node *node, adp_carrier carrier)
{
    token_state state = {.frame = frame, .carrier = carrier};

    adp_node_each(node, visit_token, &state);
}

/* ---- RPC ---- */

/* PDUs that take part in authentication (C706 12.6.4, MS-RPCE 2.2.2.1). */
enum {
    RPC_FAULT = 3,
    RPC_BIND = 11,
    RPC_BIND_ACK = 12,
    RPC_BIND_NAK = 13,
    RPC_ALTER_CONTEXT = 14,
    RPC_ALTER_CONTEXT_RESPONSE = 15,
    RPC_AUTH3 = 16
};

/* auth_type (MS-RPCE 2.2.1.1.7). */
enum {
    RPC_AUTH_SPNEGO = 9,
    RPC_AUTH_KERBEROS = 16
};

#define RPC_HEADER_LEN  16
#define RPC_TRAILER_LEN 8

static guint two_bytes(const guint8 *p, gboolean little)
{
    return little ? p[0] | (guint)p[1] << 8 : p[1] | (guint)p[0] << 8;
}

/*
 * The token in the auth trailer, by hand: Wireshark does not look into every
 * sort of it, and calls what it finds by different names.
 */
void adp_read_rpc(adp_frame *frame, const proto_node *node)
{
    const field_info *fi = PNODE_FINFO(node);
    token_state state = {.frame = frame, .carrier = ADP_CARRIER_RPC};
    adp_ber pdu = adp_ber_range(fi->ds_tvb, fi->start, fi->length);
    int captured = adp_ber_length(&pdu);
    const guint8 *p = adp_ber_bytes(&pdu);
    guint fragment;
    guint length;
    guint8 kind;
    adp_gss_token token;

    if (captured < RPC_HEADER_LEN || p[0] != 5) {
        return;
    }
    fragment = two_bytes(p + 8, p[4] & 0x10);
    length = two_bytes(p + 10, p[4] & 0x10);
    kind = p[2];
    if ((kind != RPC_FAULT && (kind < RPC_BIND || kind > RPC_AUTH3)) || length == 0 ||
        fragment < RPC_HEADER_LEN + RPC_TRAILER_LEN + length || fragment > (guint)captured) {
        return;
    }
    p += fragment - length - RPC_TRAILER_LEN;
    if (p[0] != RPC_AUTH_SPNEGO && p[0] != RPC_AUTH_KERBEROS) {
        return;
    }
    pdu.offset += (int)(fragment - length);
    pdu.end = pdu.offset + (int)length;
    token = adp_gss_read(pdu);
    note_depth(frame, &token);
    /* The client ends the exchange with an AP-REP of its own (MS-KILE 3.4.5.1). */
    if (kind == RPC_BIND || kind == RPC_ALTER_CONTEXT || kind == RPC_AUTH3) {
        if (token.message_tag != ADP_KRB_AP_REQ) {
            return;
        }
    }
    add_token(&state, &token, fi);
}
