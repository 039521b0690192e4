/* collect.c
 * Which steps a tapped frame brings into a table, and which it changes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/collect.h"

#include "facts/outcome.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "judge/finding.h"
#include "judge/lookup.h"

struct adp_collector {
    GHashTable *steps; /* step + 1 -> outcome + 1 as counted */
    GHashTable *paths; /* path + 1 -> number of its steps that are in */
    guint taps;        /* since all that is in was looked at again */
};

adp_collector *adp_collector_new(void)
{
    adp_collector *collector = g_new0(adp_collector, 1);

    collector->steps = g_hash_table_new(NULL, NULL);
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

void adp_collector_reset(adp_collector *collector)
{
    g_hash_table_remove_all(collector->steps);
    g_hash_table_remove_all(collector->paths);
    collector->taps = 0;
}

static void count(adp_collector *collector, const adp_model *model, guint32 step,
                  adp_collect_step callback, void *user_data)
{
    gpointer key = GUINT_TO_POINTER(step + 1);
    guint before = GPOINTER_TO_UINT(g_hash_table_lookup(collector->steps, key));
    adp_outcome now = adp_step_outcome(model, adp_model_step(model, step), FALSE);

    if (before == (guint)now + 1) {
        return;
    }
    if (before) {
        callback(model, step, (adp_outcome)(before - 1), -1, user_data);
    }
    callback(model, step, now, 1, user_data);
    g_hash_table_insert(collector->steps, key, GUINT_TO_POINTER((guint)now + 1));
}

/* Brings in the steps of the path that are not in yet; steps only come at its end. */
static void count_path(adp_collector *collector, const adp_model *model, guint32 path,
                       adp_collect_step callback, void *user_data)
{
    gpointer key = GUINT_TO_POINTER(path + 1);
    guint in = GPOINTER_TO_UINT(g_hash_table_lookup(collector->paths, key));
    const GArray *steps = adp_model_path(model, path)->steps;

    for (; in < steps->len; in++) {
        count(collector, model, g_array_index(steps, guint32, in), callback, user_data);
    }
    g_hash_table_insert(collector->paths, key, GUINT_TO_POINTER(in));
}

/*
 * While a capture is read, time makes "unanswered" of "pending", and a later step softens an
 * earlier one: neither has a packet of its own. All steps are looked at again after as many
 * packets as there are steps, so that the work for each packet stays constant.
 */
static void count_again(adp_collector *collector, const adp_model *model, adp_collect_step callback,
                        void *user_data)
{
    GList *steps;
    const GList *s;

    if (++collector->taps < g_hash_table_size(collector->steps)) {
        return;
    }
    collector->taps = 0;
    steps = g_hash_table_get_keys(collector->steps);
    for (s = steps; s; s = s->next) {
        guint32 step = GPOINTER_TO_UINT(s->data) - 1;

        if (step < adp_model_step_count(model)) {
            count(collector, model, step, callback, user_data);
        }
    }
    g_list_free(steps);
}

/* A frame may belong to a path only because a finding cites it. */
static void count_cited(adp_collector *collector, const adp_model *model, guint32 first_obs,
                        adp_collect_step callback, void *user_data)
{
    const GPtrArray *findings =
        adp_model_findings_of_frame(model, first_obs, adp_model_findings_mailboxes(model));
    guint i;

    for (i = 0; findings && i < findings->len; i++) {
        const adp_finding *finding = g_ptr_array_index(findings, i);

        count_path(collector, model, finding->path, callback, user_data);
    }
}

void adp_collect(adp_collector *collector, const adp_model *model, guint32 first_obs,
                 gboolean final, adp_collect_step callback, void *user_data)
{
    GArray *steps = adp_model_steps_of_frame(model, first_obs);
    guint i;

    for (i = 0; i < steps->len; i++) {
        guint32 step = g_array_index(steps, guint32, i);

        count_path(collector, model, adp_model_step(model, step)->path, callback, user_data);
        count(collector, model, step, callback, user_data);
    }
    g_array_unref(steps);
    if (final) {
        count_cited(collector, model, first_obs, callback, user_data);
    } else {
        count_again(collector, model, callback, user_data);
    }
}
