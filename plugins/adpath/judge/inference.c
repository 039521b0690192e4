/* inference.c
 * What statements about sealed traffic are made with: where clients went that nothing had named.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/inference.h"

#include "join/guess.h"
#include "join/hosts.h"
#include "join/model.h"
#include "judge/tls_talk.h"
#include "log/observation.h"
#include "wire/text.h"

#include <string.h>

const char *adp_inferred_name(adp_inferred_kind kind)
{
    static const char *const names[ADP_INFERRED_KINDS] = {
        [ADP_INFERRED_ANSWERED] = "answered",   [ADP_INFERRED_NEGOTIATE] = "negotiate",
        [ADP_INFERRED_NTLM] = "ntlm",           [ADP_INFERRED_ACCEPTED] = "accepted",
        [ADP_INFERRED_REFUSED] = "refused",     [ADP_INFERRED_REDIRECT] = "redirect",
        [ADP_INFERRED_SERVED] = "served",       [ADP_INFERRED_LEFT] = "left",
        [ADP_INFERRED_DIRECTORY] = "directory", [ADP_INFERRED_GAVE_UP] = "gave-up",
    };

    return names[kind];
}

guint32 adp_inference_frame(const adp_model *model, guint32 obs)
{
    return adp_model_obs(model, obs)->frame;
}

/* ---- hosts that nothing named, and where clients went all the same ---- */

static void collect_visit(guint32 address, const char *host, const adp_guess *guess, gpointer data)
{
    adp_inference *f = data;
    guint32 begin = guess->asked != ADP_NONE ? guess->asked : guess->hello;
    adp_visit visit = {.address = address, .host = host, .guess = guess};

    if (begin != ADP_NONE) {
        visit.time = adp_model_obs(f->model, begin)->time;
        visit.frame = adp_inference_frame(f->model, begin);
        g_array_append_val(f->visits, visit);
    }
}

static gint by_visit(gconstpointer a, gconstpointer b)
{
    const adp_visit *x = a;
    const adp_visit *y = b;

    if (x->address != y->address) {
        return x->address < y->address ? -1 : 1;
    }
    return (x->frame > y->frame) - (x->frame < y->frame);
}

/* The first place in the visits of the address behind the frame. */
static guint visits_after(const adp_inference *f, guint32 address, guint32 frame)
{
    guint low = 0;
    guint high = f->visits->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        const adp_visit *visit = &g_array_index(f->visits, adp_visit, middle);

        if (visit->address < address || (visit->address == address && visit->frame <= frame)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/** What is looked for among the visits. */
typedef struct {
    guint32 frame;
    gint64 time;
    guint32 offer; /* 0: any */
    adp_gone gone;
} wanted_visits;

static gboolean is_alike(const adp_inference *f, const adp_visit *visit, guint32 offer)
{
    return !offer || (visit->guess->hello != ADP_NONE &&
                      adp_model_obs(f->model, visit->guess->hello)->u.tls->offer == offer);
}

static void went_from(const adp_inference *f, guint32 address, wanted_visits *wanted)
{
    guint i = visits_after(f, address, wanted->frame);

    for (; i < f->visits->len; i++) {
        const adp_visit *visit = &g_array_index(f->visits, adp_visit, i);
        adp_gone *gone = &wanted->gone;

        if (visit->address != address ||
            adp_since(visit->time, wanted->time) > ADP_INFERENCE_AT_ONCE) {
            break;
        }
        if (is_alike(f, visit, wanted->offer)) {
            gone->visit = gone->visit && gone->visit->frame < visit->frame ? gone->visit : visit;
            gone->count++;
        }
    }
}

static adp_gone visits_of(const adp_inference *f, guint32 frame, gint64 time, guint32 offer)
{
    wanted_visits wanted = {.frame = frame, .time = time, .offer = offer};

    went_from(f, f->path->client.address, &wanted);
    if (f->path->own->also != ADP_NONE) {
        went_from(f, f->path->own->also, &wanted);
    }
    return wanted.gone;
}

adp_gone adp_inference_went(const adp_inference *f, guint32 frame, gint64 time)
{
    return visits_of(f, frame, time, 0);
}

guint adp_inference_went_alike(const adp_inference *f, guint32 frame, gint64 time, guint32 offer)
{
    return offer ? visits_of(f, frame, time, offer).count : 0;
}

/* More paths than this hardly begin within seconds. */
#define PATHS_LOOKED_AT 16

gboolean adp_inference_begins_anew(const adp_inference *f, gint64 time)
{
    guint32 i;

    for (i = f->path_index + 1;
         i < adp_model_path_count(f->model) && i <= f->path_index + PATHS_LOOKED_AT; i++) {
        const adp_path *other = adp_model_path(f->model, i);
        const adp_step *first = adp_model_step(f->model, other->steps.items[0]);

        if (other->client.address == f->path->client.address &&
            adp_model_obs(f->model, first->first)->time <= time + ADP_INFERENCE_AT_ONCE) {
            return TRUE;
        }
    }
    return FALSE;
}

gint64 adp_inference_silence(const adp_inference *f, gint64 time)
{
    gint64 begin;
    gint64 end;
    guint32 frames;

    return adp_model_span(f->model, &begin, &end, &frames) ? MAX(end - time, 0) : 0;
}

/* Nothing that the capture shows names the host; a ticket for it follows from going there. */
gboolean adp_inference_is_unnamed(const adp_model *model, const char *host)
{
    return !(adp_model_named(model, host) & ~(guint)ADP_NAMED_BY_SPN) && !adp_mail_domain_of(host);
}

/* Hosts of other houses may have been asked for by other programs. */
gboolean adp_inference_is_of_house(const adp_path *path, const char *host)
{
    const char *dot = strchr(host, '.');

    return dot &&
           (adp_same_text(dot + 1, path->domain) || adp_same_text(dot + 1, path->own->forest) ||
            adp_same_text(dot + 1, path->own->mail_domain));
}

/* ---- statements ---- */

adp_inferred *adp_inference_add(adp_inference *f, adp_inferred_kind kind, guint32 step, char *text)
{
    adp_inferred *item = g_new0(adp_inferred, 1);

    item->kind = kind;
    item->path = f->path_index;
    item->step = step;
    item->text = text;
    item->frames = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_ptr_array_add(f->found, item);
    return item;
}

void adp_inference_cite(adp_inferred *item, guint32 frame)
{
    guint i = item->frames->len;

    while (i && g_array_index(item->frames, guint32, i - 1) > frame) {
        i--;
    }
    if (!i || g_array_index(item->frames, guint32, i - 1) != frame) {
        g_array_insert_val(item->frames, i, frame);
    }
}

adp_inferred *adp_inference_about(adp_inference *f, adp_inferred_kind kind, const adp_sealed *s,
                                  char *text)
{
    adp_inferred *item = adp_inference_add(f, kind, s->step, text);

    item->endpoint = g_strdup(s->endpoint->url);
    return item;
}

const adp_round *adp_inference_last(const adp_sealed *s)
{
    return &s->talk.rounds[s->talk.count - 1];
}

static void inferred_free(gpointer data)
{
    adp_inferred *item = data;

    g_free(item->endpoint);
    g_free(item->host);
    g_free(item->text);
    g_array_unref(item->frames);
    g_free(item);
}

void adp_inference_begin(adp_inference *f, const adp_model *model)
{
    *f = (adp_inference){.model = model,
                         .found = g_ptr_array_new_with_free_func(inferred_free),
                         .visits = g_array_new(FALSE, FALSE, sizeof(adp_visit))};
    adp_guess_each(model, collect_visit, f);
    g_array_sort(f->visits, by_visit);
}
