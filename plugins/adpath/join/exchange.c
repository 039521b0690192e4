/* exchange.c
 * Which exchange and which connection a message belongs to, and the questions readers ask of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/exchange.h"

#include "join/derived.h"
#include "join/identity.h"
#include "join/model.h"
#include "join/served.h"
#include "log/observation.h"
#include "wire/count.h"
#include "wire/hash.h"

#include <string.h>

static guint64 number_of(const adp_pair_key *key)
{
    return adp_hash_bytes(ADP_HASH_SEED, (const guint8 *)key, sizeof(*key));
}

guint adp_pair_hash(gconstpointer data)
{
    G_STATIC_ASSERT(sizeof(adp_pair_key) % 8 == 0 && sizeof(adp_pair_key) <= ADP_HASH_WORDS_MOST);
    return adp_hash_words(data, sizeof(adp_pair_key));
}

gboolean adp_pair_equal(gconstpointer a, gconstpointer b)
{
    ADP_COUNT();
    return memcmp(a, b, sizeof(adp_pair_key)) == 0;
}

/* ---- keys ---- */

static void stream_key(adp_pair_key *key, const adp_flow *flow)
{
    memset(key, 0, sizeof(*key));
    key->space = ADP_SPACE_STREAM;
    key->transport = (guint8)flow->transport;
    key->stream = flow->stream;
    if (flow->stream == ADP_NONE) {
        key->client = flow->client;
        key->server = flow->server;
        key->client_port = flow->client_port;
        key->server_port = flow->server_port;
    }
}

void adp_exchange_key(adp_pair_key *key, adp_key_space space, const adp_flow *flow, guint32 id,
                      guint64 extra)
{
    memset(key, 0, sizeof(*key));
    key->space = (guint8)space;
    key->transport = (guint8)flow->transport;
    key->client = flow->client;
    key->server = flow->server;
    key->client_port = flow->client_port;
    key->server_port = flow->server_port;
    /* A port pair used again for another connection is another stream. */
    key->stream = flow->transport == ADP_TCP ? flow->stream : 0;
    key->id = id;
    key->extra = extra;
}

static guint64 question_hash(const char *name)
{
    return adp_hash_lower(ADP_HASH_SEED, name);
}

void adp_key_of(adp_pair_key *key, const adp_obs *obs)
{
    switch (obs->type) {
    case ADP_OBS_DNS_QUERY:
    case ADP_OBS_DNS_REPLY:
        adp_exchange_key(key, ADP_SPACE_DNS, &obs->flow, obs->id,
                         question_hash(obs->u.dns->name) + obs->u.dns->qtype);
        break;
    case ADP_OBS_KDC_REQUEST:
    case ADP_OBS_KDC_REPLY:
        adp_exchange_key(key, ADP_SPACE_KDC, &obs->flow, 0, 0);
        break;
    default:
        adp_exchange_key(key, ADP_SPACE_SEARCH, &obs->flow, obs->id, 0);
        break;
    }
}

guint32 adp_open_step(const adp_derived *d, const adp_pair_key *key)
{
    return adp_table_get(d->open, number_of(key)) - 1; /* ADP_NONE when there is none */
}

void adp_set_open_step(adp_derived *d, const adp_pair_key *key, guint32 step)
{
    if (key->space == ADP_SPACE_DNS) {
        d->dns_ids[key->id % ADP_DNS_IDS / 8] |= (guint8)(1U << key->id % 8);
    }
    adp_table_set(d->open, number_of(key), step + 1);
}

gboolean adp_may_have_open_step(const adp_derived *d, guint32 id)
{
    return d->dns_ids[id % ADP_DNS_IDS / 8] >> id % 8 & 1;
}

adp_conn *adp_find_conn(const adp_derived *d, const adp_flow *flow)
{
    adp_pair_key key;

    stream_key(&key, flow);
    return g_hash_table_lookup(d->conns, &key);
}

adp_conn *adp_need_conn(adp_derived *d, const adp_flow *flow)
{
    adp_conn *conn = adp_find_conn(d, flow);
    adp_pair_key key;

    if (conn) {
        return conn;
    }
    conn = g_new0(adp_conn, 1);
    conn->flow = *flow;
    conn->machine = ADP_NONE;
    conn->placed = adp_client_at(ADP_NONE);
    conn->bind = conn->ap = conn->ap_request = conn->hidden = conn->tls = ADP_NONE;
    conn->last = conn->starttls = ADP_NONE;
    stream_key(&key, flow);
    adp_served_note(d, flow);
    g_hash_table_insert(d->conns, g_memdup2(&key, sizeof(key)), conn);
    return conn;
}

/* ---- questions of the readers ---- */

gboolean adp_model_search_kind(const adp_model *model, const adp_flow *flow, guint32 id,
                               adp_step_kind *ret)
{
    adp_pair_key key;
    guint32 index;

    adp_exchange_key(&key, ADP_SPACE_SEARCH, flow, id, 0);
    index = adp_open_step(&model->derived, &key);
    if (index == ADP_NONE) {
        return FALSE;
    }
    *ret = adp_model_step(model, index)->kind;
    return TRUE;
}

const adp_obs_search *adp_model_search(const adp_model *model, const adp_flow *flow, guint32 id)
{
    adp_pair_key key;
    guint32 index;
    const adp_step *step;

    adp_exchange_key(&key, ADP_SPACE_SEARCH, flow, id, 0);
    index = adp_open_step(&model->derived, &key);
    step = index == ADP_NONE ? NULL : adp_model_step(model, index);
    return step && step->request != ADP_NONE ? adp_model_obs(model, step->request)->u.search : NULL;
}

gboolean adp_model_stream_flow(const adp_model *model, adp_transport transport, guint32 stream,
                               adp_flow *ret)
{
    const adp_flow flow = {.transport = transport, .stream = stream};
    const adp_conn *conn = stream == ADP_NONE ? NULL : adp_find_conn(&model->derived, &flow);

    if (!conn) {
        return FALSE;
    }
    *ret = conn->flow;
    return TRUE;
}

guint32 adp_ap_waiting(const adp_derived *d, const adp_flow *flow, guint32 id)
{
    const adp_conn *conn = adp_find_conn(d, flow);
    adp_pair_key key;

    if (!conn || !id) {
        return conn ? conn->ap : ADP_NONE;
    }
    adp_exchange_key(&key, ADP_SPACE_SHOWN, flow, id, 0);
    return adp_open_step(d, &key);
}

void adp_set_ap_waiting(adp_derived *d, const adp_flow *flow, guint32 id, guint32 step)
{
    adp_pair_key key;

    if (!id) {
        adp_need_conn(d, flow)->ap = step;
        return;
    }
    adp_exchange_key(&key, ADP_SPACE_SHOWN, flow, id, 0);
    if (step == ADP_NONE) {
        adp_table_set(d->open, number_of(&key), 0);
    } else {
        adp_set_open_step(d, &key, step);
    }
}

gboolean adp_model_ap_waits(const adp_model *model, const adp_flow *flow, guint32 id)
{
    return adp_ap_waiting(&model->derived, flow, id) != ADP_NONE;
}
