/* collect.c
 * Which steps a tapped frame brings into a table, and which it changes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "collect.h"

struct adp_collector {
    GHashTable *steps; /* step + 1 -> outcome + 1 as counted */
    GHashTable *paths; /* path + 1 -> number of its steps that are in */
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

void adp_collect(adp_collector *collector, const adp_model *model, guint32 first_obs,
                 adp_collect_step callback, void *user_data)
{
    guint32 i;

    for (i = first_obs; i < adp_model_obs_count(model) &&
                        adp_model_obs(model, i)->frame == adp_model_obs(model, first_obs)->frame;
         i++) {
        guint32 step = adp_model_mark(model, i)->step;

        if (step != ADP_NONE) {
            count_path(collector, model, adp_model_step(model, step)->path, callback, user_data);
            count(collector, model, step, callback, user_data);
        }
    }
}
