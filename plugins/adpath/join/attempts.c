/* attempts.c
 * Attempts to open a TCP connection: what is kept of each.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/attempts.h"

#include "join/derived.h"
#include "join/exchange.h"
#include "join/identity.h"
#include "join/model.h"
#include "join/served.h"
#include "log/observation.h"
#include "wire/text.h"

guint32 adp_model_attempt_count(const adp_model *model)
{
    return model->derived.attempts->len;
}

const adp_attempt *adp_model_attempt(const adp_model *model, guint32 i)
{
    return &g_array_index(model->derived.attempts, adp_attempt, i);
}

adp_attempt *adp_attempt_at(adp_derived *d, guint32 i)
{
    return &g_array_index(d->attempts, adp_attempt, i);
}

static void attempt_key(adp_pair_key *key, const adp_flow *flow)
{
    adp_flow ends = *flow;

    ends.stream = ADP_NONE;
    adp_exchange_key(key, ADP_SPACE_ATTEMPT, &ends, 0, 0);
}

guint32 adp_last_attempt(const adp_derived *d, const adp_flow *flow)
{
    adp_pair_key key;

    attempt_key(&key, flow);
    return adp_open_step(d, &key);
}

guint32 adp_find_attempt(const adp_derived *d, const adp_flow *flow)
{
    guint32 index = adp_last_attempt(d, flow);
    const adp_attempt *attempt;

    if (index == ADP_NONE) {
        return ADP_NONE;
    }
    attempt = &g_array_index(d->attempts, adp_attempt, index);
    /* The ports were used again. */
    if (flow->stream != ADP_NONE && attempt->flow.stream != ADP_NONE &&
        flow->stream != attempt->flow.stream) {
        return ADP_NONE;
    }
    return index;
}

guint32 adp_model_find_attempt(const adp_model *model, const adp_flow *flow)
{
    return adp_find_attempt(&model->derived, flow);
}

gboolean adp_model_knows_attempt(const adp_model *model, const adp_flow *flow)
{
    return adp_model_find_attempt(model, flow) != ADP_NONE;
}

guint32 adp_new_attempt(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    adp_attempt attempt = {.flow = obs->flow,
                           .first = i,
                           .last = i,
                           .first_time = obs->time,
                           .last_time = obs->time,
                           .acceptance = ADP_NONE,
                           .asked_before = ADP_NONE,
                           .step = ADP_NONE,
                           .icmp = ADP_NONE,
                           .client = adp_machine_recent(model, obs->flow.client)};
    adp_pair_key key;

    adp_served_note(d, &obs->flow);
    g_array_append_val(d->attempts, attempt);
    attempt_key(&key, &obs->flow);
    adp_set_open_step(d, &key, d->attempts->len - 1);
    return d->attempts->len - 1;
}

void adp_attempt_is_accepted(adp_model *model, guint32 index, guint32 i)
{
    adp_attempt *attempt = adp_attempt_at(&model->derived, index);

    attempt->accepted = TRUE;
    attempt->acceptance = i;
    if (attempt->asked_before != ADP_NONE) {
        attempt->unheard = TRUE;
        adp_attempt_at(&model->derived, attempt->asked_before)->unheard = TRUE;
    }
}

/* With it those that asked for the same connection. */
static void talks(adp_derived *d, guint32 index)
{
    while (index != ADP_NONE && !adp_attempt_at(d, index)->talked) {
        adp_attempt_at(d, index)->talked = TRUE;
        index = adp_attempt_at(d, index)->asked_before;
    }
}

void adp_attempt_has_words(adp_derived *d, const adp_obs *obs)
{
    if (obs->flow.transport == ADP_TCP) {
        talks(d, adp_find_attempt(d, &obs->flow));
    }
}

void adp_attempt_has_message(adp_model *model, const adp_obs *obs)
{
    adp_derived *d = &model->derived;
    guint32 index = obs->flow.transport == ADP_TCP ? adp_find_attempt(d, &obs->flow) : ADP_NONE;

    if (index != ADP_NONE) {
        adp_attempt_at(d, index)->accepted = TRUE;
        talks(d, index);
    }
    adp_server_note(model, obs, index);
}

/* ---- accepted in vain ---- */

/* Whoever takes a connection and has no use for it ends it in this time. */
#define AT_ONCE (2 * ADP_NS_PER_S)

gboolean adp_attempt_is_cut_off(const adp_model *model, const adp_attempt *attempt)
{
    const adp_obs *end = adp_model_obs(model, attempt->last);

    return attempt->acceptance != ADP_NONE && attempt->syns && attempt->closed &&
           attempt->server_closed && !attempt->talked && attempt->flow.stream != ADP_NONE &&
           end->type == ADP_OBS_TCP &&
           end->u.tcp->event == (attempt->reset ? ADP_TCP_RST : ADP_TCP_FIN) &&
           adp_since(end->time, attempt->last_time) <= AT_ONCE &&
           ((attempt->reset && end->u.tcp->number == 0) ||
            end->u.tcp->number == adp_model_obs(model, attempt->acceptance)->u.tcp->number + 1);
}

guint32 adp_attempt_took(const adp_model *model, const adp_attempt *attempt)
{
    const adp_obs_tcp *end;
    guint32 took;

    if (!adp_attempt_is_cut_off(model, attempt)) {
        return 0;
    }
    end = adp_model_obs(model, attempt->last)->u.tcp;
    took = end->heard - adp_model_obs(model, attempt->acceptance)->u.tcp->heard;
    /* A FIN counts as a byte; more than a window cannot be under way. */
    return end->bare || took <= 1 || took > G_MAXUINT16 ? 0 : took;
}

gboolean adp_attempt_is_in_vain(const adp_model *model, const adp_attempt *attempt)
{
    return (attempt->unheard && !attempt->talked) || adp_attempt_is_cut_off(model, attempt);
}

/* ---- servers whose answers are not in the capture ---- */

#define SPOKE  1U /* something that it sent is there */
#define MISSED 2U /* a client went on as if it had answered */

static guint seen_of(const adp_derived *d, guint32 server)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(d->servers, GUINT_TO_POINTER(server + 1)));
}

void adp_server_note(adp_model *model, const adp_obs *obs, guint32 index)
{
    adp_derived *d = &model->derived;
    adp_attempt *attempt = index == ADP_NONE ? NULL : adp_attempt_at(d, index);
    guint before = seen_of(d, obs->flow.server);
    guint seen = before | (obs->from_server ? SPOKE : 0);

    if (attempt) {
        attempt->heard = attempt->heard || obs->from_server;
        seen |= attempt->accepted && attempt->syns && !attempt->heard ? MISSED : 0;
    }
    if (seen != before) {
        if (seen == MISSED) {
            g_hash_table_replace(d->missed, GUINT_TO_POINTER(obs->flow.client + 1),
                                 GUINT_TO_POINTER(obs->flow.server + 1));
        }
        g_hash_table_replace(d->servers, GUINT_TO_POINTER(obs->flow.server + 1),
                             GUINT_TO_POINTER(seen));
    }
}

gboolean adp_model_misses_server(const adp_model *model, guint32 server)
{
    return seen_of(&model->derived, server) == MISSED;
}

gboolean adp_model_may_miss_server(const adp_model *model, const adp_flow *flow)
{
    gpointer missed =
        g_hash_table_lookup(model->derived.missed, GUINT_TO_POINTER(flow->client + 1));

    return missed && adp_model_misses_server(model, GPOINTER_TO_UINT(missed) - 1) &&
           !(seen_of(&model->derived, flow->server) & SPOKE);
}

gboolean adp_model_misses_answers(const adp_model *model, const adp_flow *flow)
{
    guint32 index = flow->transport == ADP_TCP ? adp_model_find_attempt(model, flow) : ADP_NONE;
    const adp_attempt *attempt = index == ADP_NONE ? NULL : adp_model_attempt(model, index);

    return attempt && attempt->accepted && attempt->syns && !attempt->heard;
}
