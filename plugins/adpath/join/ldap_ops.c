/* ldap_ops.c
 * Operations of LDAP that are no steps, but tell something.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/ldap_ops.h"

#include "join/chain.h"
#include "join/derived.h"
#include "join/exchange.h"
#include "join/model.h"
#include "join/path.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/limits.h"

typedef struct {
    guint64 key; /* of the connection and the message id */
    gint64 time;
    guint32 frame; /* 0: the place is free */
    adp_ldap_op op;
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

/* ---- requests that are only noted ---- */

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

void adp_model_note_operation(adp_model *model, const adp_obs *request, guint32 id, adp_ldap_op op)
{
    struct adp_noted *noted = need_noted(model);
    noted_operation *place = &noted->ring[noted->next];

    noted->next = (noted->next + 1) % ADP_MAX_LDAP_NOTED;
    if (place->frame && g_hash_table_lookup(noted->index, &place->key) == place) {
        g_hash_table_remove(noted->index, &place->key);
    }
    place->key = noted_key(&request->flow, id);
    place->time = request->time;
    place->frame = request->frame;
    place->op = op;
    g_hash_table_replace(noted->index, &place->key, place);
}

void adp_model_noted_operation(const adp_model *model, const adp_obs *reply, guint32 id,
                               adp_obs_operation *operation)
{
    guint64 key = noted_key(&reply->flow, id);
    const noted_operation *place =
        model->noted ? g_hash_table_lookup(model->noted->index, &key) : NULL;

    if (place && place->op == operation->op && place->frame <= reply->frame) {
        operation->request_frame = place->frame;
        operation->request_time = place->time;
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
                                    .tls = ADP_NONE};

    g_array_append_val(d->operations, operation);
    return d->operations->len - 1;
}

static gboolean feed_reply(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    adp_conn *conn = adp_need_conn(d, &obs->flow);

    if (obs->u.operation->op == ADP_LDAP_OP_STARTTLS) {
        if (conn->starttls == ADP_NONE || operation_at(d, conn->starttls)->reply != ADP_NONE) {
            return FALSE;
        }
        operation_at(d, conn->starttls)->reply = i;
        return adp_keep_aside(d);
    }
    if (conn->refused == ADP_MAX_LDAP_REFUSED) {
        adp_model_limit(model, ADP_LIMIT_LDAP_REFUSED);
        return FALSE;
    }
    conn->refused++;
    operation_at(d, new_operation(d, obs, conn))->reply = i;
    return adp_keep_aside(d);
}

gboolean adp_feed_operation(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    adp_conn *conn;

    if (obs->from_server) {
        return feed_reply(model, obs, i);
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
    };

    return names[op];
}
