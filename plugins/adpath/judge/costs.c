/* costs.c
 * What a fault cost.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/costs.h"

#include "join/model.h"
#include "join/tunnels.h"
#include "judge/waits.h"
#include "log/observation.h"
#include "wire/count.h"
#include "wire/text.h"

struct adp_costs {
    const adp_model *model;
    const GArray *waits;
    GHashTable *of_step;    /* step + 1 -> its wait + 1 */
    GHashTable *of_attempt; /* attempt + 1 -> its wait + 1 */
    GHashTable *of_other;   /* observation of a request that is no step + 1 -> its wait + 1 */
};

static void keep(GHashTable *table, guint32 number, guint wait)
{
    g_hash_table_insert(table, GUINT_TO_POINTER(number + 1), GUINT_TO_POINTER(wait + 1));
}

static gpointer kept(GHashTable *table, guint32 number)
{
    return number == ADP_NONE ? NULL : g_hash_table_lookup(table, GUINT_TO_POINTER(number + 1));
}

adp_costs *adp_costs_new(const adp_model *model, const GArray *waits)
{
    adp_costs *costs = g_new0(adp_costs, 1);
    guint i;

    costs->model = model;
    costs->waits = waits;
    costs->of_step = g_hash_table_new(NULL, NULL);
    costs->of_attempt = g_hash_table_new(NULL, NULL);
    costs->of_other = g_hash_table_new(NULL, NULL);
    for (i = 0; i < waits->len; i++) {
        const adp_wait *wait = &g_array_index(waits, adp_wait, i);

        ADP_COUNT();
        if (wait->weight == ADP_WAIT_BRIEF) {
            continue;
        }
        if (wait->step != ADP_NONE) {
            keep(costs->of_step, wait->step, i);
        } else if (wait->attempt != ADP_NONE) {
            keep(costs->of_attempt, wait->attempt, i);
        } else if (wait->asked != ADP_NONE) {
            keep(costs->of_other, wait->asked, i);
        } else {
            keep(costs->of_other, adp_model_tunnel(model, wait->tunnel)->request, i);
        }
    }
    return costs;
}

void adp_costs_free(adp_costs *costs)
{
    g_hash_table_unref(costs->of_step);
    g_hash_table_unref(costs->of_attempt);
    g_hash_table_unref(costs->of_other);
    g_free(costs);
}

/* The wait that the observation belongs to, or NULL. */
static const adp_wait *wait_of(const adp_costs *costs, guint32 obs)
{
    const adp_mark *mark = adp_model_mark(costs->model, obs);
    gpointer found = kept(costs->of_step, mark->step);

    if (!found) {
        found = kept(costs->of_attempt, mark->attempt);
    }
    if (!found) {
        found = kept(costs->of_other, obs);
    }
    return found ? &g_array_index(costs->waits, adp_wait, GPOINTER_TO_UINT(found) - 1) : NULL;
}

gint64 adp_cost_of(const adp_costs *costs, const GArray *evidence)
{
    gint64 cost = 0;
    gint64 until = 0;
    gboolean any = FALSE;
    guint i;

    for (i = 0; i < evidence->len; i++) {
        const adp_wait *wait = wait_of(costs, g_array_index(evidence, guint32, i));

        ADP_COUNT();
        if (!wait) {
            continue;
        }
        /* Evidence is in order of time, so that what was counted lies before. */
        until = any ? MAX(until, wait->from) : wait->from;
        any = TRUE;
        cost += MAX(0, adp_since(wait->to, until));
        until = MAX(until, wait->to);
    }
    return cost;
}
