/* inferred_next.c
 * What the client did next tells what a sealed answer was: settings, or none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/inferred_next.h"

#include "facts/absence.h"
#include "join/model.h"
#include "join/tls_records.h"
#include "judge/endpoint.h"
#include "judge/inference.h"
#include "judge/tls_talk.h"
#include "log/observation.h"
#include "wire/text.h"

/* An answer with settings is so much longer than the challenge before it; a second challenge has a token more. */
#define SETTINGS_MORE 500

/* The candidate that was tried first behind the frame, NULL. */
static const adp_endpoint *next_tried(const adp_inference *f, const GPtrArray *list, guint32 frame)
{
    const adp_endpoint *next = NULL;
    guint i;

    for (i = 0; i < list->len; i++) {
        const adp_endpoint *other = g_ptr_array_index(list, i);

        if (other->order && !other->is_service &&
            adp_inference_frame(f->model, other->first) > frame &&
            (!next || other->first < next->first)) {
            next = other;
        }
    }
    return next;
}

/* Did the directory, or what else the client knows, leave a place to try? */
static gboolean has_more(const adp_inference *f, const GPtrArray *list,
                         const adp_endpoint *endpoint)
{
    guint i;

    for (i = 0; i < list->len; i++) {
        const adp_endpoint *other = g_ptr_array_index(list, i);

        if (other->rank > endpoint->rank && !other->order) {
            return TRUE;
        }
    }
    return endpoint->source == ADP_ENDPOINT_SCP && !f->path->mail_domain;
}

/* Did the client turn to its directory between the frames (0: to the end)? Then another search began. */
static gboolean asks_directory(const adp_inference *f, guint32 from, guint32 to)
{
    guint i;

    for (i = f->path->steps->len; i; i--) {
        const adp_step *step =
            adp_model_step(f->model, g_array_index(f->path->steps, guint32, i - 1));
        guint32 last = adp_inference_frame(f->model, step->last);

        if ((step->kind == ADP_STEP_SCP || step->kind == ADP_STEP_HIDDEN ||
             step->kind == ADP_STEP_ROOTDSE || step->kind == ADP_STEP_BIND) &&
            last > from && (!to || adp_inference_frame(f->model, step->first) < to)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Did the client come back to the endpoint behind the frame? */
static gboolean came_back(const adp_inference *f, const adp_sealed *s, guint32 frame)
{
    const GArray *evidence = s->endpoint->evidence;
    guint i;

    for (i = evidence->len; i; i--) {
        guint32 obs = g_array_index(evidence, guint32, i - 1);
        guint32 step = adp_model_mark(f->model, obs)->step;

        if (adp_inference_frame(f->model, obs) > frame && step != s->step) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Was a candidate between the two passed over? Then something sent the client to the second. */
static gboolean passes_over(const GPtrArray *list, const adp_endpoint *from, const adp_endpoint *to)
{
    guint i;

    for (i = 0; i < list->len; i++) {
        const adp_endpoint *other = g_ptr_array_index(list, i);

        if (other->rank > from->rank && other->rank < to->rank && !other->order &&
            !adp_same_text(other->host, from->host)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Did the client go somewhere else, between its first request and the frame, than to the candidate? */
static gboolean strays(const adp_inference *f, const adp_sealed *s, const adp_endpoint *next,
                       guint32 frame)
{
    const adp_round *first = &s->talk.rounds[0];
    adp_gone gone = adp_inference_went(f, first->asked_frame, first->end_time);

    return gone.visit && gone.visit->frame < frame && !adp_same_text(gone.visit->host, next->host);
}

static void say_left(adp_inference *f, const adp_sealed *s, const GPtrArray *list,
                     const adp_endpoint *next)
{
    const adp_round *last = adp_inference_last(s);
    gint64 time = adp_model_obs(f->model, next->first)->time;
    guint32 frame = adp_inference_frame(f->model, next->first);
    adp_inferred *item;

    if (next->rank <= s->endpoint->rank || !s->endpoint->rank ||
        adp_same_text(next->host, s->endpoint->host) ||
        time - last->end_time > ADP_INFERENCE_AT_ONCE || passes_over(list, s->endpoint, next) ||
        strays(f, s, next, frame) || asks_directory(f, s->talk.rounds[0].asked_frame, frame)) {
        return;
    }
    item = adp_inference_about(
        f, ADP_INFERRED_LEFT, s,
        g_strdup_printf("probably it gave no settings: after its last answer the client went on to "
                        "%s, the next candidate",
                        next->host));
    adp_inference_cite(item, last->end_frame);
    adp_inference_cite(item, frame);
}

/* More paths than this hardly begin within seconds. */
#define PATHS_LOOKED_AT 16

/* Did the client begin another discovery at once? An answer may have sent it there. */
static gboolean begins_anew(const adp_inference *f, gint64 time)
{
    guint32 i;

    for (i = f->path_index + 1;
         i < adp_model_path_count(f->model) && i <= f->path_index + PATHS_LOOKED_AT; i++) {
        const adp_path *other = adp_model_path(f->model, i);
        const adp_step *first = adp_model_step(f->model, g_array_index(other->steps, guint32, 0));

        if (other->client.address == f->path->client.address &&
            adp_model_obs(f->model, first->first)->time <= time + ADP_INFERENCE_AT_ONCE) {
            return TRUE;
        }
    }
    return FALSE;
}

static void say_served(adp_inference *f, const adp_sealed *s)
{
    const adp_round *last = adp_inference_last(s);
    const adp_round *first = &s->talk.rounds[0];
    gint64 begin;
    gint64 end;
    guint32 frames;
    adp_inferred *item;

    if (s->talk.count < 2 || last->heard < first->heard + SETTINGS_MORE ||
        !adp_model_span(f->model, &begin, &end, &frames) || end - last->end_time < ADP_PATIENCE ||
        asks_directory(f, first->asked_frame, 0) ||
        adp_inference_went(f, first->asked_frame, first->end_time).count ||
        adp_inference_went(f, last->end_frame, last->end_time).count ||
        begins_anew(f, last->end_time)) {
        return;
    }
    item = adp_inference_about(
        f, ADP_INFERRED_SERVED, s,
        g_strdup_printf(
            "probably it served the client: its last answer of %u bytes is %u longer than "
            "its first, and the client tried none of the candidates that were left",
            last->heard, last->heard - first->heard));
    adp_inference_cite(item, first->heard_frame);
    adp_inference_cite(item, last->end_frame);
}

/* Does another connection of the path carry something at the same time? Then two searches are at work. */
static gboolean is_busy(const adp_inference *f, const adp_sealed *s)
{
    guint32 from = s->talk.rounds[0].asked_frame;
    guint32 to = adp_inference_last(s)->end_frame;
    guint i;
    guint k;

    for (i = 0; i < f->path->steps->len; i++) {
        guint32 index = g_array_index(f->path->steps, guint32, i);
        const adp_tls_records *records =
            index == s->step ? NULL
                             : adp_step_tls_records(f->model, adp_model_step(f->model, index));

        for (k = 0; records && k < records->count; k++) {
            if (records->items[k].frame >= from && records->items[k].frame <= to) {
                return TRUE;
            }
        }
    }
    return FALSE;
}

void adp_inference_next(adp_inference *f, const adp_sealed *s, const GPtrArray *list)
{
    const adp_round *last = adp_inference_last(s);
    const adp_endpoint *next;

    if (s->talk.waits || !s->talk.whole || came_back(f, s, last->end_frame) || is_busy(f, s)) {
        return;
    }
    next = next_tried(f, list, last->end_frame);
    if (next) {
        say_left(f, s, list, next);
    } else if (has_more(f, list, s->endpoint)) {
        say_served(f, s);
    }
}
