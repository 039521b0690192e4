/* tokens.c
 * Kerberos in the GSS-API tokens of SMB, RPC and other protocols.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read.h"

#include "gss.h"
#include "kerberos.h"

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

static void visit_token(adp_node_kind kind, const field_info *fi, void *user_data)
{
    token_state *state = user_data;
    adp_gss_token token;

    if (kind != ADP_NODE_GSS || lies_in(fi, state->outer)) {
        return;
    }
    state->outer = fi;
    token = adp_gss_read(adp_ber_range(fi->ds_tvb, fi->start, fi->length));
    if (token.content != ADP_GSS_KERBEROS) {
        return;
    }
    if (token.message_tag == ADP_KRB_AP_REQ) {
        add(state, ADP_OBS_AP_REQUEST,
            adp_krb_read_ap_request(state->frame->arena, token.message, state->carrier), fi);
    } else {
        add(state, ADP_OBS_AP_REPLY,
            adp_krb_read_ap_reply(state->frame->arena, &token, state->carrier), fi);
    }
}

void adp_read_tokens(adp_frame *frame, const proto_node *node, adp_carrier carrier)
{
    token_state state = {.frame = frame, .carrier = carrier};

    adp_node_each(node, visit_token, &state);
}
