/* pairing.c
 * Which step an observation belongs to. One pass over the log, constant work
 * for each observation, no look ahead.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/pairing.h"

#include "join/attempts.h"
#include "join/chain.h"
#include "join/derived.h"
#include "join/exchange.h"
#include "join/guess.h"
#include "join/hosts.h"
#include "join/identity.h"
#include "join/model.h"
#include "join/path.h"
#include "join/stray.h"
#include "log/krb.h"
#include "log/observation.h"
#include "wire/text.h"

#include <string.h>

/*
 * Identical bytes on the same ports later than this are a new request: Windows
 * pings with message id 1 for ever. Resolvers, locators and KDC clients repeat
 * within this time (from memory).
 */
#define RETRY_WINDOW (30 * ADP_NS_PER_S)

/* ---- steps and paths ---- */

/* Steps by which a client turns to its directory: names made from the mailbox may follow. */
static gboolean is_about_directory(adp_step_kind kind)
{
    return kind == ADP_STEP_SRV || kind == ADP_STEP_PING || kind == ADP_STEP_BIND ||
           kind == ADP_STEP_ROOTDSE || kind == ADP_STEP_SCP;
}

/* A connection is one machine's. */
static void remember_sender(adp_derived *d, const adp_flow *flow, guint32 machine,
                            adp_client client, adp_conn *conn, guint32 index)
{
    guint32 attempt = adp_find_attempt(d, flow);

    if (conn) {
        conn->placed = client;
        conn->last = index;
        conn->machine = machine != ADP_NONE ? machine : conn->machine;
    }
    if (attempt != ADP_NONE) {
        g_array_index(d->attempts, adp_attempt, attempt).client = client;
    }
}

guint32 adp_new_step(adp_model *model, adp_step_kind kind, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    adp_step step = {
        .own = &adp_nothing_own,
        .flow = obs->flow,
        .machine = ADP_NONE,
        .request = ADP_NONE,
        .reply = ADP_NONE,
        .first = ADP_NONE,
        .last = ADP_NONE,
        .icmp = ADP_NONE,
        .heard = ADP_NONE,
        .kind = kind,
    };
    guint32 index = d->steps->len;
    adp_conn *conn = adp_find_conn(d, &obs->flow);
    adp_path *path;

    if (kind != ADP_STEP_SRV && kind != ADP_STEP_ADDRESS && kind != ADP_STEP_KERBEROS && conn &&
        conn->mechanism) {
        adp_step_own(d, &step)->mechanism = conn->mechanism;
    }
    step.server_name = adp_model_address_name(model, obs->flow.server);
    step.to_web =
        kind == ADP_STEP_ADDRESS && adp_is_web_host(model, obs->flow.client, obs->u.dns->name);
    step.path = adp_path_for(model, kind, obs, &step);
    path = adp_path_at(d, step.path);
    if (obs->flow.transport == ADP_TCP) {
        remember_sender(d, &obs->flow, step.machine, path->client, conn, index);
    }
    step.path_index = path->steps.count;
    adp_list_add(d->arena, &path->steps, index);
    g_array_append_val(d->steps, step);
    adp_attach(d, index, i);
    if (is_about_directory(kind)) {
        adp_guess_begin(model, obs->flow.client, obs->time);
    }
    return index;
}

/* ---- repetitions ---- */

static gboolean is_repetition(const adp_model *model, const adp_step *step, const adp_obs *obs)
{
    const adp_obs *request;

    /* TCP repeats segments, not messages: the same bytes there are asked anew. */
    if (step->request == ADP_NONE || obs->flow.transport == ADP_TCP) {
        return FALSE;
    }
    request = adp_model_obs(model, step->request);
    return request->hash == obs->hash && request->type == obs->type &&
           adp_since(obs->time, adp_model_obs(model, step->last)->time) <= RETRY_WINDOW;
}

/* Two taps may deliver a request a moment after its answer. */
#define LATE_WINDOW (5 * (ADP_NS_PER_S / 1000))

/* 25 asks for the proof that this request brings: it is the next one, not the one that 25 answers. */
static gboolean is_the_next(const adp_obs *reply, const adp_obs *obs)
{
    return obs->type == ADP_OBS_KDC_REQUEST && reply->type == ADP_OBS_KDC_REPLY &&
           reply->u.krb->is_error && reply->u.krb->error == ADP_KRB_PREAUTH_REQUIRED &&
           adp_krb_has_proof(obs->u.krb);
}

static gboolean came_late(const adp_model *model, const adp_step *step, const adp_obs *obs)
{
    gint64 apart;

    if (step->request != ADP_NONE || step->reply == ADP_NONE) {
        return FALSE;
    }
    apart = adp_since(obs->time, adp_model_obs(model, step->reply)->time);
    return apart >= -LATE_WINDOW && apart <= LATE_WINDOW &&
           !is_the_next(adp_model_obs(model, step->reply), obs);
}

/* A request that is paired by an id: a repetition, or a new step of `kind`. */
guint32 adp_feed_request(adp_model *model, const adp_obs *obs, guint32 i, adp_step_kind kind)
{
    adp_derived *d = &model->derived;
    adp_pair_key key;
    guint32 index;

    adp_key_of(&key, obs);
    index = adp_open_step(d, &key);
    if (index != ADP_NONE && is_repetition(model, adp_step_at(d, index), obs)) {
        adp_attach(d, index, i);
        adp_step_at(d, index)->retries++;
        adp_stray_asked(model, obs, i, index);
        return index;
    }
    if (index != ADP_NONE && came_late(model, adp_step_at(d, index), obs)) {
        adp_attach(d, index, i);
        adp_step_at(d, index)->request = i;
        return index;
    }
    {
        guint32 older = index;

        index = adp_new_step(model, kind, obs, i);
        if (older != ADP_NONE) {
            adp_step_own(d, adp_step_at(d, index))->older = older;
        }
    }
    adp_step_at(d, index)->request = i;
    adp_set_open_step(d, &key, index);
    adp_stray_asked(model, obs, i, index);
    return index;
}

static gboolean is_recent(const adp_model *model, guint32 index, const adp_obs *obs,
                          gint64 patience)
{
    const adp_obs *last = adp_model_obs(model, adp_model_step(model, index)->last);

    return adp_since(obs->time, last->time) <= patience;
}

gboolean adp_is_awaited(const adp_model *model, guint32 index, const adp_obs *obs)
{
    return obs->flow.transport != ADP_UDP || is_recent(model, index, obs, ADP_ANSWER_WINDOW);
}

guint32 adp_awaited_step(const adp_model *model, const adp_obs *obs, adp_pair_key *key)
{
    guint32 index;

    adp_key_of(key, obs);
    index = adp_open_step(&model->derived, key);
    return index != ADP_NONE && adp_is_awaited(model, index, obs) ? index : ADP_NONE;
}

/* ---- UDP whose ports alone are told ---- */

/* So many exchanges of the same ports are looked at, the last first: hardly any program has more of them at once. */
#define PORTS_BACK 8

void adp_set_last_of_ports(adp_model *model, const adp_pair_key *key, guint32 index)
{
    adp_derived *d = &model->derived;
    guint32 before = adp_open_step(d, key);

    if (before != ADP_NONE && before < index) {
        adp_step_own(d, adp_step_at(d, index))->older = before;
    }
    adp_set_open_step(d, key, index);
}

guint32 adp_last_of_ports(const adp_model *model, const adp_pair_key *key, const adp_obs *obs,
                          gint64 patience)
{
    guint32 index = adp_open_step(&model->derived, key);
    /* Before a question with a number of its own stand those with others. */
    guint most = key->space == ADP_SPACE_DNS && key->id != ADP_NONE ? 1 : PORTS_BACK;
    guint i;

    for (i = 0; index != ADP_NONE && i < most; i++) {
        const adp_step *step = adp_model_step(model, index);

        if (!is_recent(model, index, obs, patience)) {
            return ADP_NONE;
        }
        if (step->reply == ADP_NONE) {
            return index;
        }
        index = step->own->older;
    }
    return ADP_NONE;
}

/* The step that a reply answers; ADP_NONE when its request was not captured. */
guint32 adp_asked_step(const adp_model *model, const adp_obs *obs, adp_pair_key *key)
{
    guint32 index = adp_awaited_step(model, obs, key);

    if (index != ADP_NONE) {
        const adp_step *step = adp_model_step(model, index);

        /* A step made by a reply alone has room for one. */
        if (step->request == ADP_NONE && step->reply != ADP_NONE &&
            adp_model_obs(model, step->reply)->hash != obs->hash) {
            index = ADP_NONE;
        }
    }
    return index;
}

guint32 adp_feed_reply(adp_model *model, const adp_obs *obs, guint32 i, adp_step_kind kind)
{
    adp_derived *d = &model->derived;
    adp_pair_key key;
    guint32 index = adp_asked_step(model, obs, &key);

    if (index == ADP_NONE) {
        index = adp_new_step(model, kind, obs, i);
        adp_set_open_step(d, &key, index);
    } else {
        adp_attach(d, index, i);
    }
    if (adp_step_at(d, index)->reply == ADP_NONE) {
        adp_step_at(d, index)->reply = i;
    }
    return index;
}
