/* stray.c
 * Answers over UDP that come from another address than the one that was asked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/stray.h"

#include "join/chain.h"
#include "join/derived.h"
#include "join/exchange.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/text.h"

/* Later than this nobody waits for an answer, and the same question is a new one. */
#define WINDOW (30 * ADP_NS_PER_S)
/* So many questions that were answered from elsewhere are looked back at. */
#define LOOK_BACK 8

/* The same exchange, whoever answers. */
static void key_of_anybody(adp_pair_key *key, const adp_obs *obs)
{
    adp_key_of(key, obs);
    key->server = ADP_NONE;
}

static const adp_obs *request_of(const adp_model *model, const adp_step *step)
{
    return adp_model_obs(model, step->request);
}

/* Is it the same question to the same server, soon enough to be put again for want of an answer? */
static gboolean is_again(const adp_model *model, const adp_step *before, const adp_obs *obs)
{
    const adp_obs *asked = request_of(model, before);

    return asked->type == obs->type && before->flow.server == obs->flow.server &&
           before->flow.server_port == obs->flow.server_port &&
           (obs->type != ADP_OBS_DNS_QUERY ||
            (asked->u.dns->qtype == obs->u.dns->qtype &&
             adp_same_text(asked->u.dns->name, obs->u.dns->name))) &&
           adp_since(obs->time, adp_model_obs(model, before->own->stray)->time) <= WINDOW;
}

void adp_stray_asked(adp_model *model, const adp_obs *obs, guint32 i, guint32 index)
{
    adp_derived *d = &model->derived;
    adp_pair_key key;
    guint32 before = adp_path_at(d, adp_step_at(d, index)->path)->own->stray;
    guint n;

    if (obs->flow.transport != ADP_UDP || adp_step_at(d, index)->last != i) {
        return;
    }
    key_of_anybody(&key, obs);
    adp_set_open_step(d, &key, index);
    for (n = 0; before != ADP_NONE && n < LOOK_BACK; n++) {
        adp_step *step = adp_step_at(d, before);

        adp_step_own(d, step)->stray_drops += is_again(model, step, obs) ? 1 : 0;
        before = step->own->stray_before;
    }
}

/* The question that was put elsewhere and still waits; ADP_NONE. */
static guint32 question_of(const adp_model *model, const adp_obs *obs)
{
    adp_pair_key key;
    guint32 index;
    const adp_step *step;

    if (obs->flow.transport != ADP_UDP) {
        return ADP_NONE;
    }
    key_of_anybody(&key, obs);
    index = adp_open_step(&model->derived, &key);
    if (index == ADP_NONE) {
        return ADP_NONE;
    }
    step = adp_model_step(model, index);
    return step->request != ADP_NONE && step->reply == ADP_NONE &&
                   step->own->netlogon == ADP_NONE && step->flow.server != obs->flow.server &&
                   adp_since(obs->time, adp_model_obs(model, step->last)->time) <= WINDOW
               ? index
               : ADP_NONE;
}

/* What the client dropped before, of the same server's, it drops again. */
static guint drops_before(adp_derived *d, const adp_step *step, guint32 before)
{
    const adp_step *last = before == ADP_NONE ? NULL : adp_step_at(d, before);

    return last && last->flow.server == step->flow.server && last->kind == step->kind
               ? last->own->stray_drops
               : 0;
}

gboolean adp_stray_answered(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    guint32 index = question_of(model, obs);
    adp_step *step;
    adp_path *path;

    if (index == ADP_NONE) {
        return FALSE;
    }
    step = adp_step_at(d, index);
    path = adp_path_at(d, step->path);
    if (step->own->stray == ADP_NONE) {
        adp_step_details *own = adp_step_own(d, step);

        own->stray = i;
        own->stray_before = path->own->stray;
        own->stray_drops = drops_before(d, step, path->own->stray);
        adp_path_own(d, path)->stray = index;
    }
    return adp_keep_aside(d);
}

/* By these a client only looks for where to go. */
static gboolean is_search(adp_step_kind kind)
{
    return kind == ADP_STEP_SRV || kind == ADP_STEP_ADDRESS || kind == ADP_STEP_PING;
}

/* Asked again but once, it may have been the answer's turn to get lost. */
#define PROOF 2

void adp_stray_went_on(adp_derived *d, guint32 index)
{
    const adp_step *step = adp_step_at(d, index);
    adp_path *path = adp_path_at(d, step->path);
    guint32 stray = path->own->stray;
    guint n;

    if (stray == ADP_NONE || is_search(step->kind) || adp_step_at(d, stray)->kind == step->kind) {
        return;
    }
    for (n = 0; stray != ADP_NONE && n < LOOK_BACK; n++) {
        adp_step_details *taken = adp_step_own(d, adp_step_at(d, stray));

        taken->stray_drops = taken->stray_drops < PROOF ? 0 : taken->stray_drops;
        stray = taken->stray_before;
    }
    adp_path_own(d, path)->stray = ADP_NONE;
}
