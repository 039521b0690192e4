/* inferred_end.c
 * Whether a search that cannot be seen came to its end without settings.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/inferred_end.h"

#include "facts/absence.h"
#include "join/model.h"
#include "judge/endpoint.h"
#include "judge/inference.h"
#include "log/observation.h"

/* The statement that the client left a candidate, by URL. */
static GHashTable *left_candidates(const adp_inference *f, guint begin)
{
    GHashTable *left = g_hash_table_new(g_str_hash, g_str_equal);
    guint i;

    for (i = begin; i < f->found->len; i++) {
        adp_inferred *item = g_ptr_array_index(f->found, i);

        if (item->kind == ADP_INFERRED_LEFT) {
            (void)g_hash_table_insert(left, item->endpoint, item);
        }
    }
    return left;
}

/* Each candidate was tried, and either failed visibly or was left. The last that was left, NULL. */
static const adp_inferred *last_left(const adp_inference *f, const GPtrArray *list, guint begin)
{
    GHashTable *left = left_candidates(f, begin);
    const adp_inferred *last = NULL;
    guint i;

    for (i = 0; i < list->len; i++) {
        const adp_endpoint *endpoint = g_ptr_array_index(list, i);
        const adp_inferred *item = g_hash_table_lookup(left, endpoint->url);

        if (endpoint->is_service) {
            continue;
        }
        if (!endpoint->rank || !endpoint->order ||
            (endpoint->outcome != ADP_ENDPOINT_FAILED &&
             !(endpoint->outcome == ADP_ENDPOINT_HIDDEN && item))) {
            last = NULL;
            break;
        }
        last = item && (!last || item->step > last->step) ? item : last;
    }
    g_hash_table_unref(left);
    return last;
}

/* The last place to look is DNS. The frame of its answer for the mail domain, 0: it was not asked. */
static guint32 last_resort(const adp_inference *f)
{
    guint i;

    for (i = f->path->steps.count; i; i--) {
        const adp_step *step = adp_model_step(f->model, f->path->steps.items[i - 1]);

        if (step->kind == ADP_STEP_SRV && step->reply != ADP_NONE &&
            adp_model_obs(f->model, step->first)->u.dns->parts->role == ADP_ROLE_AUTODISCOVER) {
            return adp_inference_frame(f->model, step->reply);
        }
    }
    return 0;
}

/* Nothing more of the client for a while. */
static gboolean is_quiet_behind(const adp_inference *f)
{
    const adp_step *step = adp_model_step(f->model, f->path->steps.items[f->path->steps.count - 1]);
    const adp_obs *obs = adp_model_obs(f->model, step->last);

    return adp_inference_silence(f, obs->time) >= ADP_PATIENCE &&
           !adp_inference_went(f, obs->frame, obs->time).count &&
           !adp_inference_begins_anew(f, obs->time);
}

void adp_inference_end(adp_inference *f, const GPtrArray *list, guint begin)
{
    const adp_inferred *last;
    adp_inferred *item;
    guint32 answer;
    guint i;

    last = f->path->own->mail_domain ? last_left(f, list, begin) : NULL;
    answer = last ? last_resort(f) : 0;
    if (!answer || answer < g_array_index(last->frames, guint32, last->frames->len - 1) ||
        !is_quiet_behind(f)) {
        return;
    }
    item = adp_inference_add(
        f, ADP_INFERRED_GAVE_UP, last->step,
        g_strdup(
            "probably the client gave up without settings: it left each candidate that cannot be "
            "seen for the next one, the others failed visibly, DNS was the last place to "
            "look, and nothing came behind that"));
    for (i = 0; i < last->frames->len; i++) {
        adp_inference_cite(item, g_array_index(last->frames, guint32, i));
    }
    adp_inference_cite(item, answer);
}
