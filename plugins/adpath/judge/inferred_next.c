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
#include "judge/inferred_sign_on.h"
#include "judge/tls_talk.h"
#include "log/observation.h"
#include "wire/text.h"

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

/* Is a candidate left that nobody tried? */
static gboolean has_candidate(const GPtrArray *list, const adp_endpoint *endpoint)
{
    guint i;

    for (i = 0; i < list->len; i++) {
        const adp_endpoint *other = g_ptr_array_index(list, i);

        if (other->rank > endpoint->rank && !other->order) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Did the directory, or what else the client knows, leave a place to try? */
static gboolean has_more(const adp_inference *f, const GPtrArray *list,
                         const adp_endpoint *endpoint)
{
    return has_candidate(list, endpoint) ||
           (endpoint->source == ADP_ENDPOINT_SCP && !f->path->own->mail_domain);
}

/* Did the client turn to its directory between the frames (0: to the end)? Then another search began. */
static gboolean asks_directory(const adp_inference *f, guint32 from, guint32 to)
{
    guint i;

    for (i = f->path->steps.count; i; i--) {
        const adp_step *step = adp_model_step(f->model, f->path->steps.items[i - 1]);
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

static gboolean say_left(adp_inference *f, const adp_sealed *s, const GPtrArray *list,
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
        return FALSE;
    }
    item = adp_inference_about(
        f, ADP_INFERRED_LEFT, s,
        g_strdup_printf("probably it gave no settings: after its last answer the client went on to "
                        "%s, the next candidate",
                        next->host));
    adp_inference_cite(item, last->end_frame);
    adp_inference_cite(item, frame);
    return TRUE;
}

/*
 * The challenge once more: as long as the first, perhaps without the line that offers NTLM, or with a
 * token that says no.
 */
#define SAME_PAGE_LESS (-32)
#define SAME_PAGE_MORE 16

static const char *tried_words(adp_sign_on_kind kind)
{
    switch (kind) {
    case ADP_SIGN_ON_KERBEROS:
        return "took a ticket and asked again";
    case ADP_SIGN_ON_NTLM:
        return "signed on by NTLM";
    default:
        return "got no ticket and asked again with something short";
    }
}

/* The answer to the credentials was the challenge once more, and the client left. */
static void say_refused(adp_inference *f, const adp_sealed *s, const adp_endpoint *next)
{
    const adp_sign_on on = adp_inference_sign_on(f, s);
    gint64 more = adp_sign_on_more(s, &on);
    adp_inferred *item;

    if (on.kind == ADP_SIGN_ON_NONE || on.answer != s->talk.count - 1 || more < SAME_PAGE_LESS ||
        more > SAME_PAGE_MORE) {
        return;
    }
    item = adp_inference_about(
        f, ADP_INFERRED_REFUSED, s,
        g_strdup_printf("probably refused: the client %s, the answer of %u bytes is as long as the "
                        "challenge, and the client left for %s, the next candidate",
                        tried_words(on.kind), s->talk.rounds[on.answer].heard, next->host));
    adp_inference_cite(item, s->talk.rounds[on.challenge].end_frame);
    adp_inference_cite(item, s->talk.rounds[on.answer].end_frame);
    adp_inference_cite(item, adp_inference_frame(f->model, next->first));
}

/* ---- a redirection ---- */

/* A client follows it without a pause; one that starts a program for the connection takes a second. */
#define FOLLOWS (2 * ADP_NS_PER_S)

/* Did the client look up or meet, between its first request and the last answer, what nothing had named? */
static gboolean went_meanwhile(const adp_inference *f, const adp_sealed *s)
{
    const adp_round *first = &s->talk.rounds[0];
    adp_gone gone = adp_inference_went(f, first->asked_frame, first->end_time);

    return gone.visit && gone.visit->frame < adp_inference_last(s)->end_frame;
}

/* Was the last answer one to credentials, and too short for settings? */
static gboolean may_redirect(const adp_inference *f, const adp_sealed *s)
{
    const adp_sign_on on = adp_inference_sign_on(f, s);

    return (on.kind == ADP_SIGN_ON_KERBEROS || on.kind == ADP_SIGN_ON_NTLM) &&
           on.answer == s->talk.count - 1 && adp_sign_on_more(s, &on) < ADP_SETTINGS_MORE;
}

/*
 * To a host that nothing names, at once, and never to a candidate that was left: something sent the client there.
 * It is the same program that went, and nothing else did.
 */
static gboolean say_redirect(adp_inference *f, const adp_sealed *s)
{
    const adp_round *last = adp_inference_last(s);
    adp_gone gone = adp_inference_went(f, last->end_frame, last->end_time);
    adp_inferred *item;
    const char *host;

    if (!gone.visit || adp_since(gone.visit->time, last->end_time) > FOLLOWS ||
        gone.count != adp_inference_went_alike(f, last->end_frame, last->end_time, s->offer) ||
        !adp_inference_is_unnamed(f->model, gone.visit->host) || went_meanwhile(f, s) ||
        adp_same_text(gone.visit->host, f->path->own->mail_domain) || !may_redirect(f, s) ||
        adp_since(adp_model_obs(f->model, gone.visit->guess->hello)->time, last->end_time) >
            ADP_INFERENCE_AT_ONCE ||
        adp_inference_silence(f, last->end_time) < ADP_PATIENCE ||
        asks_directory(f, s->talk.rounds[0].asked_frame, 0) ||
        adp_inference_begins_anew(f, last->end_time)) {
        return FALSE;
    }
    host = gone.visit->host;
    item = adp_inference_about(
        f, ADP_INFERRED_REDIRECT, s,
        g_strdup_printf("probably it sent the client to %s: after an answer of %u bytes, too short "
                        "for settings, the client went there at once, nothing that can be seen "
                        "names that host, and it tried none of the candidates that were left",
                        host, last->heard));
    item->host = g_strdup(host);
    adp_inference_cite(item, last->end_frame);
    adp_inference_cite(item, gone.visit->frame);
    adp_inference_cite(item, adp_inference_frame(f->model, gone.visit->guess->hello));
    return TRUE;
}

static void say_served(adp_inference *f, const adp_sealed *s)
{
    const adp_round *last = adp_inference_last(s);
    const adp_round *first = &s->talk.rounds[0];
    adp_inferred *item;

    if (s->talk.count < 2 || last->heard < first->heard + ADP_SETTINGS_MORE ||
        adp_inference_silence(f, last->end_time) < ADP_PATIENCE ||
        asks_directory(f, first->asked_frame, 0) ||
        adp_inference_went(f, first->asked_frame, first->end_time).count ||
        adp_inference_went(f, last->end_frame, last->end_time).count ||
        adp_inference_begins_anew(f, last->end_time)) {
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

    for (i = 0; i < f->path->steps.count; i++) {
        guint32 index = f->path->steps.items[i];
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
        if (say_left(f, s, list, next)) {
            say_refused(f, s, next);
        }
    } else if (has_candidate(list, s->endpoint) && say_redirect(f, s)) {
        adp_inference_redirected(f, s);
    } else if (has_more(f, list, s->endpoint)) {
        say_served(f, s);
    }
}
