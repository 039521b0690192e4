/* collect.c
 * Which steps a tapped frame brings into a table, and which it changes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/collect.h"

#include "facts/facts.h"
#include "facts/kind_dns.h"
#include "facts/outcome.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "judge/finding.h"
#include "judge/lookup.h"
#include "log/observation.h"
#include "wire/sorted.h"
#include "wire/text.h"

struct adp_collector {
    GHashTable *steps; /* step + 1 -> adp_counted, owned: as it is in */
    GHashTable *paths; /* path + 1 -> number of its last step that is in, + 1 */
    guint taps;        /* since all that is in was looked at again */
};

adp_counted adp_counted_now(const adp_model *model, guint32 index)
{
    const adp_step *step = adp_model_step(model, index);
    const adp_view view = adp_view_whole(model, index, FALSE);
    adp_counted now = {.path = step->path,
                       .unattached =
                           adp_path_is_unattached(model, adp_model_path(model, step->path)),
                       .outcome = adp_step_outcome(model, step, FALSE)};

    if (step->kind == ADP_STEP_SRV) {
        now.result = adp_dns_result(model, &view);
    } else if (step->kind == ADP_STEP_KERBEROS && step->reply != ADP_NONE) {
        const adp_obs_krb *krb = adp_model_obs(model, step->reply)->u.krb;

        now.has_error = krb->is_error;
        now.error = krb->error;
    }
    return now;
}

static gboolean is_same(const adp_counted *a, const adp_counted *b)
{
    return a->path == b->path && a->unattached == b->unattached && a->outcome == b->outcome &&
           g_strcmp0(a->result, b->result) == 0 && a->has_error == b->has_error &&
           a->error == b->error;
}

adp_collector *adp_collector_new(void)
{
    adp_collector *collector = g_new0(adp_collector, 1);

    collector->steps = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    collector->paths = g_hash_table_new(NULL, NULL);
    return collector;
}

void adp_collector_free(gpointer data)
{
    adp_collector *collector = data;

    g_hash_table_unref(collector->steps);
    g_hash_table_unref(collector->paths);
    g_free(collector);
}

static void count(adp_collector *collector, const adp_model *model, guint32 step,
                  adp_collect_step callback, void *user_data)
{
    gpointer key = GUINT_TO_POINTER(step + 1);
    const adp_counted *before = g_hash_table_lookup(collector->steps, key);
    adp_counted now = adp_counted_now(model, step);

    if (before && is_same(before, &now)) {
        return;
    }
    if (before) {
        callback(model, step, before, -1, user_data);
    }
    callback(model, step, &now, 1, user_data);
    g_hash_table_insert(collector->steps, key, g_memdup2(&now, sizeof(now)));
}

/*
 * Brings in the steps of the path that are not in yet. Steps come at its end; but when it was split,
 * others may stand where some had been, so places tell nothing. The first one is no lone request any
 * more when others follow.
 */
static void count_path(adp_collector *collector, const adp_model *model, guint32 path,
                       adp_collect_step callback, void *user_data)
{
    gpointer key = GUINT_TO_POINTER(path + 1);
    guint32 behind = GPOINTER_TO_UINT(g_hash_table_lookup(collector->paths, key));
    const adp_numbers *steps = &adp_model_path(model, path)->steps;
    guint i = adp_place_of_number(steps->items, steps->count, behind);

    if (i > 0 && i < steps->count) {
        count(collector, model, steps->items[0], callback, user_data);
    }
    for (; i < steps->count; i++) {
        behind = steps->items[i] + 1;
        count(collector, model, behind - 1, callback, user_data);
    }
    g_hash_table_insert(collector->paths, key, GUINT_TO_POINTER(behind));
}

/*
 * While a capture is read, time makes "unanswered" of "pending", and a later step softens an
 * earlier one: neither has a packet of its own. All steps are looked at again after as many
 * packets as there are steps, so that the work for each packet stays constant.
 */
static void count_again(adp_collector *collector, const adp_model *model, adp_collect_step callback,
                        void *user_data)
{
    GArray *steps;
    GHashTableIter iter;
    gpointer key;
    guint i;

    if (++collector->taps < g_hash_table_size(collector->steps)) {
        return;
    }
    collector->taps = 0;
    steps = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_hash_table_iter_init(&iter, collector->steps);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        guint32 step = GPOINTER_TO_UINT(key) - 1;

        g_array_append_val(steps, step);
    }
    /* The table's order must not decide where anything stands. */
    g_array_sort(steps, adp_compare_numbers);
    for (i = 0; i < steps->len; i++) {
        guint32 step = g_array_index(steps, guint32, i);

        if (step < adp_model_step_count(model)) {
            count(collector, model, step, callback, user_data);
        }
    }
    g_array_unref(steps);
}

/* A frame may belong to a path only because a finding cites it. */
static void count_cited(adp_collector *collector, adp_analysis *analysis, guint32 first_obs,
                        adp_collect_step callback, void *user_data)
{
    const GPtrArray *findings =
        adp_findings_of_frame(analysis, first_obs, adp_findings_mailboxes(analysis));
    guint i;

    for (i = 0; findings && i < findings->len; i++) {
        const adp_finding *finding = g_ptr_array_index(findings, i);

        count_path(collector, adp_analysis_model(analysis), finding->path, callback, user_data);
    }
}

void adp_collect(adp_collector *collector, adp_analysis *analysis, guint32 first_obs,
                 gboolean final, adp_collect_step callback, void *user_data)
{
    const adp_model *model = adp_analysis_model(analysis);
    GArray *steps = adp_model_steps_of_frame(model, first_obs);
    guint i;

    for (i = 0; i < steps->len; i++) {
        guint32 step = g_array_index(steps, guint32, i);

        count_path(collector, model, adp_model_step(model, step)->path, callback, user_data);
        count(collector, model, step, callback, user_data);
    }
    g_array_unref(steps);
    if (final) {
        count_cited(collector, analysis, first_obs, callback, user_data);
    } else {
        count_again(collector, model, callback, user_data);
    }
}
