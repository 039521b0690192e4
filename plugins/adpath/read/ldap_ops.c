/* ldap_ops.c
 * Operations of LDAP that are no steps: StartTLS, and those whose refusal tells something.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/ldap_ops.h"

#include "join/ldap_ops.h"
#include "log/observation.h"
#include "read/ber.h"
#include "read/frame.h"
#include "read/ldap_message.h"
#include "wire/ldap_result.h"

#include <string.h>

/* Of a search that is no step only its number is kept, for a moment: its result may matter. */
void adp_ldap_note_operation(const adp_ldap_message *m, adp_ldap_op op)
{
    adp_obs obs = adp_frame_obs(m->frame, ADP_OBS_LDAP_OPERATION, FALSE);

    if (obs.flow.transport == ADP_TCP) {
        adp_model_note_operation(m->frame->model, &obs, m->id, op);
    }
}

/* The result of one: kept when it says what the client lacked. */
void adp_ldap_read_operation_reply(const adp_ldap_message *m, adp_ldap_op op,
                                   const adp_obs_result *result)
{
    adp_obs obs = adp_frame_obs(m->frame, ADP_OBS_LDAP_OPERATION_REPLY, TRUE);
    adp_obs_operation *operation;
    gboolean tells = op == ADP_LDAP_OP_SEARCH
                         ? adp_ldap_wants_bind(result->result, result->diagnostic)
                         : result->result == ADP_LDAP_OPERATIONS_ERROR ||
                               result->result == ADP_LDAP_STRONGER_AUTH_REQUIRED ||
                               result->result == ADP_LDAP_CONFIDENTIALITY_REQUIRED;

    if (op == ADP_LDAP_OP_EXTENDED &&
        adp_model_awaits_starttls(m->frame->model, &obs.flow, m->id)) {
        op = ADP_LDAP_OP_STARTTLS;
        tells = TRUE;
    }
    if (!tells || result->damaged) {
        return;
    }
    operation = adp_arena_new_array(m->frame->arena, adp_obs_operation, 1);
    operation->op = op;
    operation->result = *result;
    adp_model_noted_operation(m->frame->model, &obs, m->id, operation);
    obs.u.operation = operation;
    adp_ldap_add(m, &obs);
}

/* requestName [0], RFC 4511 4.12; RFC 4511 4.14.1. */
static gboolean is_starttls(adp_ber op)
{
    static const char oid[] = "1.3.6.1.4.1.1466.20037";
    adp_tlv name;

    return adp_ber_take(&op, BER_CLASS_CON, 0, &name) &&
           adp_ber_length(&name.content) == (int)strlen(oid) &&
           memcmp(adp_ber_bytes(&name.content), oid, strlen(oid)) == 0;
}

static void read_extended(const adp_ldap_message *m, adp_ber op)
{
    adp_obs obs = adp_frame_obs(m->frame, ADP_OBS_LDAP_OPERATION, FALSE);
    adp_obs_operation *operation;

    if (!is_starttls(op)) {
        adp_ldap_note_operation(m, ADP_LDAP_OP_EXTENDED);
        return;
    }
    operation = adp_arena_new_array(m->frame->arena, adp_obs_operation, 1);
    operation->op = ADP_LDAP_OP_STARTTLS;
    obs.u.operation = operation;
    adp_ldap_add(m, &obs);
}

static void read_unbind(const adp_ldap_message *m)
{
    adp_obs obs = adp_frame_obs(m->frame, ADP_OBS_LDAP_UNBIND, FALSE);

    adp_ldap_add(m, &obs);
}

/* Which operation a protocolOp asks for or answers; ADP_LDAP_OPS: none of these. */
static adp_ldap_op operation_of(int tag)
{
    switch (tag) {
    case ADP_LDAP_TAG_MODIFY_REQUEST:
    case ADP_LDAP_TAG_MODIFY_RESPONSE:
        return ADP_LDAP_OP_MODIFY;
    case ADP_LDAP_TAG_ADD_REQUEST:
    case ADP_LDAP_TAG_ADD_RESPONSE:
        return ADP_LDAP_OP_ADD;
    case ADP_LDAP_TAG_DELETE_REQUEST:
    case ADP_LDAP_TAG_DELETE_RESPONSE:
        return ADP_LDAP_OP_DELETE;
    case ADP_LDAP_TAG_MODIFY_DN_REQUEST:
    case ADP_LDAP_TAG_MODIFY_DN_RESPONSE:
        return ADP_LDAP_OP_MODIFY_DN;
    case ADP_LDAP_TAG_COMPARE_REQUEST:
    case ADP_LDAP_TAG_COMPARE_RESPONSE:
        return ADP_LDAP_OP_COMPARE;
    case ADP_LDAP_TAG_EXTENDED_RESPONSE:
        return ADP_LDAP_OP_EXTENDED;
    default:
        return ADP_LDAP_OPS;
    }
}

void adp_ldap_read_operation(const adp_ldap_message *m, int tag, adp_ber op)
{
    adp_ldap_op operation = operation_of(tag);

    if (tag == ADP_LDAP_TAG_UNBIND) {
        read_unbind(m);
        return;
    }
    if (tag == ADP_LDAP_TAG_EXTENDED_REQUEST) {
        read_extended(m, op);
        return;
    }
    if (operation == ADP_LDAP_OPS) {
        return;
    }
    if (tag == ADP_LDAP_TAG_EXTENDED_RESPONSE || tag % 2) {
        adp_ldap_read_operation_reply(m, operation, adp_ldap_read_result(m, &op));
    } else {
        adp_ldap_note_operation(m, operation);
    }
}
