/* model.c
 * What others may ask of observations, steps and paths.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/model.h"

#include "join/derived.h"
#include "log/log.h"
#include "log/observation.h"
#include "wire/arena.h"
#include "wire/count.h"

#include <string.h>

adp_arena *adp_model_arena(adp_model *model)
{
    return model->log->arena;
}

void adp_model_limit(const adp_model *model, adp_limit limit)
{
    adp_limit_hit(model->log->arena, limit);
}

GPtrArray *adp_model_limits_told(const adp_model *model)
{
    return adp_limits_told(model->log->arena);
}

guint32 adp_model_address(adp_model *model, guint8 type, const guint8 *bytes, guint8 len,
                          const char *text)
{
    return adp_log_address(model->log, type, bytes, len, text);
}

guint32 adp_model_obs_count(const adp_model *model)
{
    return model->log->obs->len;
}

const adp_obs *adp_model_obs(const adp_model *model, guint32 i)
{
    ADP_COUNT();
    return adp_log_obs(model->log, i);
}

const adp_mark *adp_model_mark(const adp_model *model, guint32 i)
{
    ADP_COUNT();
    return &g_array_index(model->derived.marks, adp_mark, i);
}

guint32 adp_model_step_count(const adp_model *model)
{
    return model->derived.steps->len;
}

const adp_step *adp_model_step(const adp_model *model, guint32 i)
{
    ADP_COUNT();
    return &g_array_index(model->derived.steps, adp_step, i);
}

const adp_handshake *adp_model_handshake(const adp_model *model, const adp_step *tls_step)
{
    return &g_array_index(model->derived.handshakes, adp_handshake, tls_step->own->handshake);
}

guint32 adp_model_path_count(const adp_model *model)
{
    return model->derived.paths->len;
}

const adp_path *adp_model_path(const adp_model *model, guint32 i)
{
    ADP_COUNT();
    return &g_array_index(model->derived.paths, adp_path, i);
}

gboolean adp_model_asks_dns(const adp_model *model, const adp_obs *question)
{
    const adp_table *askers = model->derived.askers;

    return adp_table_get(askers, question->flow.client) ||
           (question->link && adp_table_get(askers, ADP_CARD | question->link));
}

/* Asked again and again of everybody, and of nobody else: no lone request. */
static gboolean insists_on_neighbours(const adp_model *model, const adp_step *step)
{
    return step->kind == ADP_STEP_SRV && step->retries &&
           adp_model_obs(model, step->first)->u.dns->by_mdns &&
           !adp_model_asks_dns(model, adp_model_obs(model, step->first));
}

gboolean adp_path_is_unattached(const adp_model *model, const adp_path *path)
{
    const adp_step *step = adp_model_step(model, path->steps.items[0]);

    return path->steps.count == 1 && step->kind != ADP_STEP_HIDDEN && adp_step_is_lone(step) &&
           !insists_on_neighbours(model, step);
}

gboolean adp_step_is_lone(const adp_step *step)
{
    return step->reply == ADP_NONE && step->own->netlogon == ADP_NONE && step->own->entries == 0 &&
           step->own->stray == ADP_NONE &&
           !(step->own->tls_seen & (ADP_TLS_SEEN_ALERT | ADP_TLS_SEEN_FATAL));
}

gboolean adp_model_frame_has_step(const adp_model *model, guint32 first)
{
    guint32 i;

    for (i = first; i < model->log->obs->len &&
                    adp_model_obs(model, i)->frame == adp_model_obs(model, first)->frame;
         i++) {
        if (adp_model_mark(model, i)->step != ADP_NONE) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean adp_model_span(const adp_model *model, gint64 *first, gint64 *last, guint32 *frames)
{
    *first = model->log->first_time;
    *last = model->log->last_time;
    *frames = model->log->frames;
    return model->log->frames > 0;
}

guint64 adp_model_generation(const adp_model *model)
{
    return model->generation;
}

guint32 adp_model_ticket(const adp_model *model, guint64 hash)
{
    return adp_table_get(model->derived.tickets, hash) - 1; /* ADP_NONE when there is none */
}

guint adp_model_cuts(const adp_model *model)
{
    return model->cuts;
}

gboolean adp_model_is_host(const adp_model *model, const char *name)
{
    char *lower = g_ascii_strdown(name, -1);
    gboolean found = g_hash_table_contains(model->derived.hosts, lower);

    g_free(lower);
    return found;
}

const adp_step *adp_model_neighbour(const adp_model *model, const adp_step *step, gint by)
{
    const adp_path *path = adp_model_path(model, step->path);
    gint64 at = (gint64)step->path_index + by;
    const adp_step *other;

    if (at < 0 || at >= path->steps.count || (by < 0 && step->after_pause)) {
        return NULL;
    }
    other = adp_model_step(model, path->steps.items[(guint)at]);
    return by > 0 && other->after_pause ? NULL : other;
}

const GArray *adp_model_urls(const adp_model *model, guint32 step)
{
    return g_hash_table_lookup(model->derived.urls, GUINT_TO_POINTER(step + 1));
}

const char *adp_step_kind_name(adp_step_kind kind)
{
#define KIND_NAME(id, name) [ADP_STEP_##id] = #name,
    static const char *const names[ADP_STEP_KINDS] = {ADP_STEP_KIND_LIST(KIND_NAME)};
#undef KIND_NAME

    return names[kind];
}
