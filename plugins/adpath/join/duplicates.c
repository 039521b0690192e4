/* duplicates.c
 * Is a message a second capture of one packet?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/duplicates.h"

#include "join/derived.h"
#include "join/exchange.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/text.h"

#include <string.h>

typedef struct {
    guint8 type;
    guint8 from_server; /* what both ends say alike, as TLS's change of ciphers, is no copy */
    guint16 client_port;
    guint16 server_port;
    guint32 id;
    guint64 hash;
} copy_key;

/*
 * A translation of addresses between two taps changes the client's, the server's or both. What
 * one client sends to two servers at once may be a question to each, from one socket: pings and
 * questions of DNS are sent so. No client does so with TCP, or with a nonce in the request.
 */
static gboolean may_be_translated(const adp_obs *obs, const adp_obs *before)
{
    return obs->flow.server == before->flow.server || obs->flow.client != before->flow.client ||
           obs->flow.transport == ADP_TCP || obs->type == ADP_OBS_KDC_REQUEST;
}

/* The answer to a question of its own is no copy either. */
static gboolean may_be_copy(const adp_model *model, const adp_obs *obs, guint32 other)
{
    const adp_obs *before = adp_model_obs(model, other);
    adp_pair_key key;
    guint32 open;

    if (!obs->from_server) {
        return may_be_translated(obs, before);
    }
    adp_key_of(&key, obs);
    open = adp_open_step(&model->derived, &key);
    return open == ADP_NONE || open == adp_model_mark(model, other)->step ||
           adp_model_step(model, open)->request == ADP_NONE;
}

guint64 adp_copy_key(const adp_obs *obs)
{
    copy_key key;

    memset(&key, 0, sizeof(key));
    key.type = (guint8)obs->type;
    key.from_server = obs->from_server != FALSE;
    key.client_port = obs->flow.client_port;
    key.server_port = obs->flow.server_port;
    key.id = obs->id;
    key.hash = obs->hash;
    return adp_hash_bytes(ADP_HASH_SEED, (const guint8 *)&key, sizeof(key));
}

guint32 adp_original_of(const adp_model *model, const adp_obs *obs, guint64 key)
{
    const adp_derived *d = &model->derived;
    const adp_obs *before;
    guint32 other = adp_table_get(d->copies, key) - 1;
    gint64 apart;

    if (other == ADP_NONE) {
        return ADP_NONE;
    }
    before = adp_model_obs(model, other);
    apart = adp_since(obs->time, before->time);
    if (apart < -ADP_COPY_WINDOW || apart > ADP_COPY_WINDOW || !may_be_copy(model, obs, other)) {
        return ADP_NONE;
    }
    return other;
}

void adp_remember_for_copies(adp_derived *d, guint64 key, guint32 i)
{
    adp_table_set(d->copies, key, i + 1);
}
