/* ldap_ops.c
 * Operations of LDAP that are no steps: StartTLS, and those whose refusal tells something.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/ldap_ops.h"

#include "join/ldap_ops.h"
#include "join/stream.h"
#include "log/observation.h"
#include "read/ber.h"
#include "read/frame.h"
#include "read/ldap_message.h"
#include "wire/arena.h"
#include "wire/hash.h"

#include <string.h>

/* ---- what is asked ---- */

/* Searches that go on until the client ends them: a change may be told tomorrow, or never. */
static const char *const endless[] = {
    "1.2.840.113556.1.4.528",   /* LDAP_SERVER_NOTIFICATION_OID */
    "2.16.840.1.113730.3.4.3",  /* persistent search (from memory) */
    "1.3.6.1.4.1.4203.1.9.1.1", /* RFC 4533: may go on as well */
};

static gboolean is_endless(const adp_ldap_message *m)
{
    adp_ber list = m->controls;
    adp_tlv item;
    adp_tlv oid;
    guint i;

    if (adp_ber_length(&list) <= 0 || !adp_ber_enter(&list, BER_CLASS_CON, 0)) {
        return FALSE;
    }
    while (adp_ber_next(&list, &item)) {
        adp_ber value = item.content;

        if (!adp_ber_take(&value, BER_CLASS_UNI, BER_UNI_TAG_OCTETSTRING, &oid)) {
            continue;
        }
        for (i = 0; i < G_N_ELEMENTS(endless); i++) {
            if (adp_ber_length(&oid.content) == (int)strlen(endless[i]) &&
                memcmp(adp_ber_bytes(&oid.content), endless[i], strlen(endless[i])) == 0) {
                return TRUE;
            }
        }
    }
    return FALSE;
}

/* A request that is no step: kept, because nobody knows yet whether it will be answered. */
static void ask(const adp_ldap_message *m, adp_ldap_op op, guint64 subject)
{
    adp_obs obs = adp_frame_obs(m->frame, ADP_OBS_LDAP_OPERATION, FALSE);
    adp_obs_operation *operation;

    if (obs.flow.transport != ADP_TCP) {
        return;
    }
    operation = adp_arena_new_array(m->frame->arena, adp_obs_operation, 1);
    operation->op = op;
    operation->subject = subject;
    obs.id = m->id;
    obs.u.operation = operation;
    if (op == ADP_LDAP_OP_SEARCH && is_endless(m)) {
        adp_model_note_operation(m->frame->model, &obs);
        return;
    }
    operation->answer = adp_arena_new_array(m->frame->arena, adp_obs_answer, 1);
    adp_ldap_add(m, &obs);
}

/* Never 0, which stands for a subject that is not known. */
static guint64 subject_of(adp_ldap_op op, guint64 more, const guint8 *bytes, gsize len)
{
    guint64 hash = ADP_HASH_SEED + (guint64)op + (more << 8);
    guint8 lower[64];
    gsize i;

    /* Names mean the same in letters of either case. */
    for (i = 0; i < len; i++) {
        lower[i % sizeof(lower)] = (guint8)g_ascii_tolower(bytes[i]);
        if (i % sizeof(lower) == sizeof(lower) - 1 || i == len - 1) {
            hash = adp_hash_bytes(hash, lower, i % sizeof(lower) + 1);
        }
    }
    return hash | 1;
}

static guint64 subject_of_octets(adp_ldap_op op, guint64 more, const adp_ber *octets)
{
    return subject_of(op, more, adp_ber_bytes(octets), (gsize)MAX(0, adp_ber_length(octets)));
}

/* Another search from the same base does as well: programs leave out what a server cannot do. */
void adp_ldap_read_other_search(const adp_ldap_message *m, adp_ber op)
{
    adp_tlv base;
    adp_tlv scope;

    if (adp_ber_take(&op, BER_CLASS_UNI, BER_UNI_TAG_OCTETSTRING, &base) &&
        adp_ber_take(&op, BER_CLASS_UNI, BER_UNI_TAG_ENUMERATED, &scope)) {
        ask(m, ADP_LDAP_OP_SEARCH,
            subject_of_octets(ADP_LDAP_OP_SEARCH, (guint64)adp_ber_integer(&scope.content),
                              &base.content));
    }
}

/* An object may be added at another place when the first one is closed: its own name has to do. */
static guint64 subject_of_add(const adp_ber *name)
{
    const guint8 *bytes = adp_ber_bytes(name);
    gsize len = (gsize)MAX(0, adp_ber_length(name));
    const guint8 *comma = len ? memchr(bytes, ',', len) : NULL;

    return subject_of(ADP_LDAP_OP_ADD, 0, bytes, comma ? (gsize)(comma - bytes) : len);
}

/* The first attribute that is to be changed tells changes of one object apart. */
static guint64 subject_of_modify(const adp_ber *name, adp_ber rest)
{
    adp_tlv tlv;
    guint64 attribute = 0;

    if (adp_ber_enter(&rest, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE) &&
        adp_ber_enter(&rest, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE) &&
        adp_ber_take(&rest, BER_CLASS_UNI, BER_UNI_TAG_ENUMERATED, &tlv) &&
        adp_ber_enter(&rest, BER_CLASS_UNI, BER_UNI_TAG_SEQUENCE) &&
        adp_ber_take(&rest, BER_CLASS_UNI, BER_UNI_TAG_OCTETSTRING, &tlv)) {
        attribute = subject_of_octets(ADP_LDAP_OP_MODIFY, 0, &tlv.content);
    }
    return subject_of_octets(ADP_LDAP_OP_MODIFY, attribute, name);
}

static guint64 subject_of_change(adp_ldap_op operation, adp_ber op)
{
    adp_tlv name;

    if (operation == ADP_LDAP_OP_DELETE) {
        /* The bare name. */
        return subject_of_octets(operation, 0, &op);
    }
    if (!adp_ber_take(&op, BER_CLASS_UNI, BER_UNI_TAG_OCTETSTRING, &name)) {
        return 0;
    }
    if (operation == ADP_LDAP_OP_ADD) {
        return subject_of_add(&name.content);
    }
    return operation == ADP_LDAP_OP_MODIFY ? subject_of_modify(&name.content, op)
                                           : subject_of_octets(operation, 0, &name.content);
}

/* ---- what becomes of it ---- */

void adp_ldap_note_answer(const adp_ldap_message *m, gboolean part)
{
    adp_obs obs = adp_frame_obs(m->frame, ADP_OBS_LDAP_OPERATION, part);
    adp_obs_answer *answer = adp_model_answer(m->frame->model, &obs.flow, m->id);

    if (answer && part && !answer->heard) {
        answer->heard = obs.frame;
        answer->heard_time = obs.time;
    } else if (answer && !part && !answer->given_up) {
        answer->given_up = obs.frame;
    }
}

static void note_answered(const adp_ldap_message *m, const adp_obs *obs)
{
    adp_obs_answer *answer = adp_model_answer(m->frame->model, &obs->flow, m->id);

    if (answer && !answer->answered) {
        answer->answered = obs->frame;
        answer->answered_time = obs->time;
    }
}

/* A notice of the server answers no operation: that it ends the connection (RFC 4511 4.4). */
static void read_notice(const adp_ldap_message *m, adp_ldap_op op, adp_obs *obs,
                        const adp_obs_operation *operation)
{
    const adp_stream *stream = adp_model_stream(m->frame->model, &obs->flow);
    adp_obs_operation *kept;

    if (op != ADP_LDAP_OP_EXTENDED || operation->result.damaged || !stream ||
        stream->notice != ADP_NONE) {
        return;
    }
    kept = adp_arena_new_array(m->frame->arena, adp_obs_operation, 1);
    *kept = *operation;
    kept->op = ADP_LDAP_OP_NOTICE;
    obs->u.operation = kept;
    adp_ldap_add(m, obs);
}

void adp_ldap_read_operation_reply(const adp_ldap_message *m, adp_ldap_op op,
                                   const adp_obs_result *result)
{
    adp_obs obs = adp_frame_obs(m->frame, ADP_OBS_LDAP_OPERATION_REPLY, TRUE);
    adp_obs_operation operation = {.op = op, .result = *result};
    adp_obs_operation *kept;

    if (m->id == 0) {
        read_notice(m, op, &obs, &operation);
        return;
    }
    note_answered(m, &obs);
    if (result->damaged) {
        return;
    }
    if (op == ADP_LDAP_OP_EXTENDED &&
        adp_model_awaits_starttls(m->frame->model, &obs.flow, m->id)) {
        operation.op = ADP_LDAP_OP_STARTTLS;
    }
    adp_model_noted_operation(m->frame->model, &obs, m->id, &operation);
    if (operation.op != ADP_LDAP_OP_STARTTLS &&
        !adp_model_wants_result(m->frame->model, &obs, &operation)) {
        return;
    }
    kept = adp_arena_new_array(m->frame->arena, adp_obs_operation, 1);
    *kept = operation;
    obs.u.operation = kept;
    adp_ldap_add(m, &obs);
}

/* ---- messages ---- */

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
    adp_tlv name;

    if (!is_starttls(op)) {
        ask(m, ADP_LDAP_OP_EXTENDED,
            adp_ber_take(&op, BER_CLASS_CON, 0, &name)
                ? subject_of_octets(ADP_LDAP_OP_EXTENDED, 0, &name.content)
                : 0);
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
        ask(m, operation, subject_of_change(operation, op));
    }
}
