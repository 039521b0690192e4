/* ldap_ops.c
 * Operations of LDAP that are no steps, but tell something.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/ldap_ops.h"

#include "join/chain.h"
#include "join/derived.h"
#include "join/duplicates.h"
#include "join/exchange.h"
#include "join/model.h"
#include "join/path.h"
#include "join/stream.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/ldap_result.h"
#include "wire/limits.h"
#include "wire/text.h"

/* What a controller says of a base that none of its naming contexts holds (from memory). */
#define NO_SUCH_BASE "000020D6"

typedef struct {
    guint64 key; /* of the connection and the message id */
    guint64 subject;
    gint64 time;
    guint32 frame; /* 0: the place is free */
    guint32 obs;   /* ADP_NONE: the request is not kept */
    adp_ldap_op op;
    adp_obs_answer *answer; /* of an observation, NULL */
} noted_operation;

/** The last ones, whatever their hashes: what is pushed out must not depend on them. */
struct adp_noted {
    noted_operation ring[ADP_MAX_LDAP_NOTED];
    guint next;
    GHashTable *index; /* key of a place in the ring -> the last place with it */
};

void adp_noted_free(struct adp_noted *noted)
{
    if (noted) {
        g_hash_table_unref(noted->index);
        g_free(noted);
    }
}

/* ---- requests that are noted ---- */

static guint64 noted_key(const adp_flow *flow, guint32 id)
{
    const guint32 parts[] = {flow->client, flow->server,
                             (guint32)flow->client_port << 16 | flow->server_port, flow->stream,
                             id};

    return adp_hash_bytes(ADP_HASH_SEED, (const guint8 *)parts, sizeof(parts));
}

static struct adp_noted *need_noted(adp_model *model)
{
    if (!model->noted) {
        model->noted = g_new0(struct adp_noted, 1);
        model->noted->index = g_hash_table_new(adp_int64_hash, g_int64_equal);
    }
    return model->noted;
}

static const noted_operation *find_noted(const adp_model *model, const adp_flow *flow, guint32 id)
{
    guint64 key = noted_key(flow, id);

    return model->noted ? g_hash_table_lookup(model->noted->index, &key) : NULL;
}

static void note(adp_model *model, const adp_obs *request, guint32 i)
{
    struct adp_noted *noted = need_noted(model);
    noted_operation *place = &noted->ring[noted->next];

    noted->next = (noted->next + 1) % ADP_MAX_LDAP_NOTED;
    if (place->frame && g_hash_table_lookup(noted->index, &place->key) == place) {
        g_hash_table_remove(noted->index, &place->key);
    }
    place->key = noted_key(&request->flow, request->id);
    place->subject = request->u.operation->subject;
    place->time = request->time;
    place->frame = request->frame;
    place->obs = i;
    place->op = request->u.operation->op;
    place->answer = i == ADP_NONE ? NULL : request->u.operation->answer;
    g_hash_table_replace(noted->index, &place->key, place);
}

void adp_model_note_operation(adp_model *model, const adp_obs *request)
{
    note(model, request, ADP_NONE);
}

void adp_model_noted_operation(const adp_model *model, const adp_obs *reply, guint32 id,
                               adp_obs_operation *operation)
{
    const noted_operation *place = find_noted(model, &reply->flow, id);

    if (place && place->op == operation->op && place->frame <= reply->frame) {
        operation->request_frame = place->frame;
        operation->request_time = place->time;
        operation->subject = place->subject;
    }
}

adp_obs_answer *adp_model_answer(const adp_model *model, const adp_flow *flow, guint32 id)
{
    const noted_operation *place = find_noted(model, flow, id);

    return place ? place->answer : NULL;
}

void adp_operation_forget(const adp_obs *request, guint32 frame)
{
    adp_obs_answer *answer =
        request->type == ADP_OBS_LDAP_OPERATION ? request->u.operation->answer : NULL;

    if (answer) {
        answer->answered = answer->answered < frame ? answer->answered : 0;
        answer->heard = answer->heard < frame ? answer->heard : 0;
        answer->given_up = answer->given_up < frame ? answer->given_up : 0;
    }
}

/* ---- operations ---- */

static adp_ldap_operation *operation_at(const adp_derived *d, guint32 i)
{
    return &g_array_index(d->operations, adp_ldap_operation, i);
}

static guint32 new_operation(adp_derived *d, const adp_obs *obs, const adp_conn *conn)
{
    adp_ldap_operation operation = {.op = obs->u.operation->op,
                                    .flow = obs->flow,
                                    .request = ADP_NONE,
                                    .reply = ADP_NONE,
                                    .bind = conn->bind,
                                    .tls = ADP_NONE,
                                    .good = ADP_NONE,
                                    .before = ADP_NONE};

    g_array_append_val(d->operations, operation);
    return d->operations->len - 1;
}

/*
 * The same again, of one client: whatever the connection. Nobody knows what was asked where the
 * request is not in the capture; then the connection has to do.
 */
static guint64 same_key(const adp_obs *reply, const adp_obs_operation *operation)
{
    const guint64 parts[] = {operation->op, reply->flow.client, operation->subject,
                             operation->subject ? 0 : (guint64)reply->flow.stream + 1};

    return adp_hash_bytes(ADP_HASH_SEED, (const guint8 *)parts, sizeof(parts));
}

/*
 * A search from a place that the server does not have, or that another server has: the client then looks where the
 * rootDSE says, or leaves it at that.
 */
static gboolean is_about_base(const adp_obs_operation *operation)
{
    const adp_obs_result *result = &operation->result;

    return operation->op == ADP_LDAP_OP_SEARCH &&
           (result->result == ADP_LDAP_INVALID_DN || result->result == ADP_LDAP_REFERRAL ||
            (result->result == ADP_LDAP_OPERATIONS_ERROR && result->diagnostic &&
             adp_has_prefix(result->diagnostic, NO_SUCH_BASE)));
}

/* Any search of the client at the server, whatever its base. */
static guint64 base_key(const adp_obs *reply)
{
    const guint64 parts[] = {ADP_LDAP_OP_SEARCH, reply->flow.client, reply->flow.server, 0, 0};

    return adp_hash_bytes(ADP_HASH_SEED, (const guint8 *)parts, sizeof(parts));
}

/* The last refusal with this key that nothing has made good, ADP_NONE. */
static guint32 refused_as(const adp_derived *d, guint64 key)
{
    return adp_table_get(d->refused, key) - 1;
}

/* A search from a base that the server should have, and has not. */
static gboolean is_missed(const adp_obs_operation *operation)
{
    return operation->op == ADP_LDAP_OP_SEARCH &&
           operation->result.result == ADP_LDAP_NO_SUCH_OBJECT;
}

static gboolean is_refusal(const adp_obs_operation *operation)
{
    guint32 result = operation->result.result;

    switch (operation->op) {
    case ADP_LDAP_OP_EXTENDED:
        /* Clients try which ones a server knows. */
        return result != ADP_LDAP_PROTOCOL_ERROR && adp_ldap_is_refusal(result, FALSE);
    case ADP_LDAP_OP_SEARCH:
        return is_missed(operation) || adp_ldap_is_refusal(result, FALSE);
    case ADP_LDAP_OP_COMPARE:
        return adp_ldap_is_refusal(result, FALSE);
    default:
        return adp_ldap_is_refusal(result, TRUE);
    }
}

static gboolean is_done(const adp_obs_operation *operation)
{
    guint32 result = operation->result.result;

    return result == ADP_LDAP_SUCCESS ||
           (operation->op == ADP_LDAP_OP_COMPARE &&
            (result == ADP_LDAP_COMPARE_FALSE || result == ADP_LDAP_COMPARE_TRUE));
}

/* All refusals with this key; FALSE: there are none. */
static gboolean make_good(adp_derived *d, guint64 key, guint32 by)
{
    guint32 index = refused_as(d, key);

    if (index == ADP_NONE) {
        return FALSE;
    }
    for (; index != ADP_NONE; index = operation_at(d, index)->before) {
        operation_at(d, index)->good = by;
    }
    adp_table_set(d->refused, key, 0);
    return TRUE;
}

static gboolean feed_done(adp_derived *d, const adp_obs *obs, guint32 i)
{
    gboolean same = make_good(d, same_key(obs, obs->u.operation), i);
    gboolean base = obs->u.operation->op == ADP_LDAP_OP_SEARCH && make_good(d, base_key(obs), i);

    return (same || base) && adp_keep_aside(d);
}

/* The observation of the request, when it is kept. */
static guint32 request_of(const adp_model *model, const adp_obs *reply)
{
    const noted_operation *place = find_noted(model, &reply->flow, reply->id);

    return place && place->op == reply->u.operation->op && place->frame <= reply->frame ? place->obs
                                                                                        : ADP_NONE;
}

static gboolean feed_refusal(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    adp_conn *conn = adp_need_conn(d, &obs->flow);
    guint64 key = is_about_base(obs->u.operation) ? base_key(obs) : same_key(obs, obs->u.operation);
    guint32 before = refused_as(d, key);
    guint32 index;

    if (is_missed(obs->u.operation)) {
        /* Healthy programs look for what may be there, and often: that takes no place of a refusal's. */
        if (conn->missed == ADP_MAX_LDAP_REFUSED) {
            return FALSE;
        }
        conn->missed++;
    } else if (conn->refused == ADP_MAX_LDAP_REFUSED) {
        adp_model_limit(model, ADP_LIMIT_LDAP_REFUSED);
        return FALSE;
    } else {
        conn->refused++;
    }
    index = new_operation(d, obs, conn);
    operation_at(d, index)->reply = i;
    operation_at(d, index)->before = before;
    operation_at(d, index)->request = request_of(model, obs);
    adp_table_set(d->refused, key, index + 1);
    return adp_keep_aside(d);
}

static gboolean feed_reply(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    adp_conn *conn;

    if (obs->u.operation->op == ADP_LDAP_OP_NOTICE) {
        return adp_feed_notice(model, obs, i);
    }
    if (obs->u.operation->op != ADP_LDAP_OP_STARTTLS) {
        return is_done(obs->u.operation) ? feed_done(d, obs, i) : feed_refusal(model, obs, i);
    }
    conn = adp_need_conn(d, &obs->flow);
    if (conn->starttls == ADP_NONE || operation_at(d, conn->starttls)->reply != ADP_NONE) {
        return FALSE;
    }
    operation_at(d, conn->starttls)->reply = i;
    return adp_keep_aside(d);
}

/* The same message once more, by TCP or in a capture that holds each packet twice. */
static gboolean is_asked_again(const adp_model *model, const adp_obs *obs)
{
    const noted_operation *place = find_noted(model, &obs->flow, obs->id);
    const adp_obs *before =
        place && place->obs != ADP_NONE ? adp_model_obs(model, place->obs) : NULL;

    return before && before->hash == obs->hash &&
           (adp_model_is_asked_in_vain(model, place->obs) ||
            adp_since(obs->time, before->time) < ADP_COPY_WINDOW);
}

static gboolean feed_asked(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;

    if (is_asked_again(model, obs)) {
        return FALSE;
    }
    if (d->asked_aside->len == ADP_MAX_LDAP_ASKED) {
        adp_model_limit(model, ADP_LIMIT_LDAP_ASKED);
        note(model, obs, ADP_NONE);
        return FALSE;
    }
    (void)adp_need_conn(d, &obs->flow);
    g_array_append_val(d->asked_aside, i);
    note(model, obs, i);
    adp_stream_has_operation(model, obs, i);
    return adp_keep_aside(d);
}

gboolean adp_feed_operation(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    adp_conn *conn;

    if (obs->from_server) {
        return feed_reply(model, obs, i);
    }
    if (obs->u.operation->op != ADP_LDAP_OP_STARTTLS) {
        return feed_asked(model, obs, i);
    }
    conn = adp_need_conn(d, &obs->flow);
    conn->starttls = new_operation(d, obs, conn);
    operation_at(d, conn->starttls)->request = i;
    return adp_keep_aside(d);
}

void adp_operation_has_tls(adp_model *model, const adp_obs *obs, guint32 step)
{
    const adp_conn *conn = adp_find_conn(&model->derived, &obs->flow);

    if (conn && conn->starttls != ADP_NONE) {
        operation_at(&model->derived, conn->starttls)->tls = step;
    }
}

/* ---- questions ---- */

gboolean adp_model_awaits_starttls(const adp_model *model, const adp_flow *flow, guint32 id)
{
    const adp_conn *conn = adp_find_conn(&model->derived, flow);
    const adp_ldap_operation *operation;

    if (!conn || conn->starttls == ADP_NONE) {
        return FALSE;
    }
    operation = operation_at(&model->derived, conn->starttls);
    return operation->reply == ADP_NONE && adp_model_obs(model, operation->request)->id == id;
}

gboolean adp_model_wants_result(const adp_model *model, const adp_obs *reply,
                                const adp_obs_operation *operation)
{
    const adp_derived *d = &model->derived;

    if (!is_done(operation)) {
        return is_refusal(operation);
    }
    return refused_as(d, same_key(reply, operation)) != ADP_NONE ||
           (operation->op == ADP_LDAP_OP_SEARCH && refused_as(d, base_key(reply)) != ADP_NONE);
}

const adp_ldap_operation *adp_model_starttls(const adp_model *model, const adp_flow *flow)
{
    const adp_conn *conn = adp_find_conn(&model->derived, flow);

    return conn && conn->starttls != ADP_NONE ? operation_at(&model->derived, conn->starttls)
                                              : NULL;
}

guint32 adp_model_asked_count(const adp_model *model)
{
    return model->derived.asked_aside->len;
}

guint32 adp_model_asked(const adp_model *model, guint32 i)
{
    return g_array_index(model->derived.asked_aside, guint32, i);
}

gboolean adp_model_asked_until(const adp_model *model, guint32 obs, gint64 *ret)
{
    const adp_obs_answer *answer = adp_model_obs(model, obs)->u.operation->answer;

    /* A search that tells of changes has no end, and nobody waits for its entries. */
    if (!answer || !answer->answered) {
        return FALSE;
    }
    *ret = answer->heard && answer->heard <= answer->answered ? answer->heard_time
                                                              : answer->answered_time;
    return TRUE;
}

guint32 adp_model_operation_count(const adp_model *model)
{
    return model->derived.operations->len;
}

const adp_ldap_operation *adp_model_operation(const adp_model *model, guint32 i)
{
    return operation_at(&model->derived, i);
}

guint32 adp_operation_first(const adp_ldap_operation *operation)
{
    return operation->request != ADP_NONE ? operation->request : operation->reply;
}

guint32 adp_model_operation_path(const adp_model *model, const adp_ldap_operation *operation)
{
    return adp_path_around(model, &operation->flow, adp_operation_first(operation));
}

const char *adp_ldap_op_name(adp_ldap_op op)
{
    static const char *const names[ADP_LDAP_OPS] = {
        [ADP_LDAP_OP_SEARCH] = "search",     [ADP_LDAP_OP_MODIFY] = "modify",
        [ADP_LDAP_OP_ADD] = "add",           [ADP_LDAP_OP_DELETE] = "delete",
        [ADP_LDAP_OP_MODIFY_DN] = "rename",  [ADP_LDAP_OP_COMPARE] = "compare",
        [ADP_LDAP_OP_EXTENDED] = "extended", [ADP_LDAP_OP_STARTTLS] = "StartTLS",
        [ADP_LDAP_OP_NOTICE] = "notice",
    };

    return names[op];
}
