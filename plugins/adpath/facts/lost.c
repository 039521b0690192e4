/* lost.c
 * Answers that the capture lost.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/lost.h"

#include "join/attempts.h"
#include "join/client.h"
#include "join/identity.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/limits.h"
#include "wire/text.h"

/* No client that waits for an answer does anything else sooner. */
#define AT_ONCE ADP_NS_PER_S

/* Another lookup, or a ticket of the same kind, may be asked for beside the first; the next stage is not. */
static gboolean is_another_wish(const adp_model *model, const adp_step *step, const adp_step *next)
{
    const adp_obs *a = adp_model_obs(model, step->request);
    const adp_obs *b = adp_model_obs(model, next->request);

    return next->kind != step->kind || b->type == ADP_OBS_AP_REQUEST ||
           (a->type == ADP_OBS_KDC_REQUEST && b->type == ADP_OBS_KDC_REQUEST &&
            a->u.krb->exchange == ADP_EXCHANGE_AS && b->u.krb->exchange == ADP_EXCHANGE_TGS);
}

/*
 * All clients repeat over UDP what is not answered. One that does not, and gets on within a second, had its answer.
 */
static gboolean went_on(const adp_model *model, const adp_step *step)
{
    const adp_numbers *steps = &adp_model_path(model, step->path)->steps;
    const adp_step *next;

    if ((step->kind != ADP_STEP_SRV && step->kind != ADP_STEP_KERBEROS) ||
        step->path_index + 1 >= steps->count) {
        return FALSE;
    }
    next = adp_model_step(model, steps->items[step->path_index + 1]);
    return next->request != ADP_NONE && next->reply != ADP_NONE &&
           is_another_wish(model, step, next) &&
           adp_since(adp_model_obs(model, next->request)->time,
                     adp_model_obs(model, step->last)->time) < AT_ONCE;
}

/* Two machines captured one direction each, and their clocks are not so far apart. */
#define CLOCKS_APART (10 * ADP_NS_PER_S)

/* Shortly before it the same ports have an answer whose question is not in the capture before it. */
static gboolean follows_answer(const adp_model *model, const adp_step *step)
{
    const adp_numbers *steps = &adp_model_path(model, step->path)->steps;
    guint i;

    for (i = 1; i <= ADP_MAX_SMALLER && i <= step->path_index; i++) {
        const adp_step *other = adp_model_step(model, steps->items[step->path_index - i]);

        if (other->request == ADP_NONE && other->reply != ADP_NONE &&
            (other->kind == step->kind || step->flow.transport == ADP_TCP) &&
            other->flow.server == step->flow.server &&
            other->flow.server_port == step->flow.server_port &&
            other->flow.client_port == step->flow.client_port &&
            other->flow.transport == step->flow.transport &&
            adp_since(adp_model_obs(model, step->first)->time,
                      adp_model_obs(model, other->reply)->time) <= CLOCKS_APART) {
            return TRUE;
        }
    }
    return FALSE;
}

/* So many observations are looked at for what the client hears next. */
#define NEXT_HEARD 16

/* The machine that named itself first at the address; NULL. */
static const char *machine_at(const adp_model *model, guint32 address)
{
    const adp_machine_users *users = adp_machine_users_of(model, address);

    return users ? adp_machine_at(model, users->first)->name : NULL;
}

/* Its old address, and its new one: a router's card sends for more. */
#define BOTH 2

/* Does the same card go on by another address, with a machine of the same name? An answer to the old one finds nobody. */
static gboolean has_moved(const adp_model *model, const adp_step *step)
{
    const char *name = machine_at(model, step->flow.client);
    guint64 link = adp_model_obs(model, step->first)->link;
    guint32 count = adp_model_obs_count(model);
    guint32 i;

    for (i = step->last + 1; name && link && i < count && i <= step->last + NEXT_HEARD; i++) {
        const adp_obs *obs = adp_model_obs(model, i);

        if (obs->from_server || obs->link != link) {
            continue;
        }
        return obs->flow.client != step->flow.client &&
               adp_client_card_users(model, step->flow.client) == BOTH &&
               adp_machine_by_name(model, obs->flow.client, name) != ADP_NONE;
    }
    return FALSE;
}

/* What the client hears next of anybody follows packets that the capture lost: the answer may be one of them. */
static gboolean comes_before_gap(const adp_model *model, const adp_step *step)
{
    guint32 count = adp_model_obs_count(model);
    guint32 i;

    for (i = step->last + 1; i < count && i <= step->last + NEXT_HEARD; i++) {
        const adp_obs *obs = adp_model_obs(model, i);

        if (obs->flow.client == step->flow.client && obs->from_server) {
            return obs->type == ADP_OBS_TCP && obs->u.tcp->event == ADP_TCP_GAP;
        }
    }
    return FALSE;
}

/* Of a connection whose beginning is there, no question came before the capture. */
static gboolean has_beginning(const adp_model *model, const adp_flow *flow)
{
    guint32 attempt = flow->transport == ADP_TCP ? adp_model_find_attempt(model, flow) : ADP_NONE;

    return attempt != ADP_NONE && adp_model_attempt(model, attempt)->syns;
}

gboolean adp_answer_is_lost(const adp_model *model, const adp_step *step, gboolean repeated)
{
    if (step->request == ADP_NONE) {
        return FALSE;
    }
    if (step->flow.transport != ADP_UDP) {
        return has_beginning(model, &step->flow) && follows_answer(model, step);
    }
    return (!step->retries && follows_answer(model, step)) ||
           (!repeated &&
            (went_on(model, step) || has_moved(model, step) || comes_before_gap(model, step)));
}
