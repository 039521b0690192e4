/* ranks.c
 * The places of SCP answers' entries, kept because drawing asks for one at a time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/ranks.h"

#include "join/model.h"
#include "join/pages.h"
#include "log/observation.h"
#include "wire/scp.h"

/** Of one step. */
typedef struct {
    guint cuts;       /* of the model, */
    guint32 last;     /* observation of the answer, */
    const char *site; /* and site of the path, when they were computed */
    adp_rank *ranks;  /* owned */
    guint count;
} step_ranks;

struct adp_ranks {
    const adp_model *model;
    GHashTable *by_step; /* scp step + 1 -> step_ranks, owned */
};

static void step_ranks_free(gpointer data)
{
    g_free(((step_ranks *)data)->ranks);
    g_free(data);
}

adp_ranks *adp_ranks_new(const adp_model *model)
{
    adp_ranks *ranks = g_new0(adp_ranks, 1);

    ranks->model = model;
    ranks->by_step = g_hash_table_new_full(NULL, NULL, NULL, step_ranks_free);
    return ranks;
}

void adp_ranks_free(adp_ranks *ranks)
{
    g_hash_table_unref(ranks->by_step);
    g_free(ranks);
}

static void add_entries(const adp_model *model, const adp_step *step, GPtrArray *entries)
{
    guint32 i;

    for (i = step->first; i != ADP_NONE; i = adp_model_mark(model, i)->next) {
        const adp_obs *obs = adp_model_obs(model, i);

        if (obs->type == ADP_OBS_LDAP_ENTRY && !adp_model_mark(model, i)->copy) {
            g_ptr_array_add(entries, (gpointer)&obs->u.entry->scp);
        }
    }
}

/* What the places follow from, besides what does not change. */
static step_ranks made_of(const adp_model *model, guint32 first)
{
    const adp_step *step = adp_model_step(model, first);

    return (step_ranks){.cuts = adp_model_cuts(model),
                        .last = adp_model_step(model, adp_page_last(model, first))->last,
                        .site = adp_model_path(model, step->path)->own->site};
}

/* Of all pages of a search, the first of which is `index`: they are one answer. */
static step_ranks *compute_ranks(const adp_model *model, guint32 index)
{
    step_ranks *ranks = g_new0(step_ranks, 1);
    GPtrArray *entries = g_ptr_array_new();

    *ranks = made_of(model, index);
    for (; index != ADP_NONE; index = adp_page_next(model, index)) {
        add_entries(model, adp_model_step(model, index), entries);
    }
    ranks->count = entries->len;
    ranks->ranks = g_new0(adp_rank, entries->len + 1);
    adp_scp_rank((adp_scp_entry *const *)entries->pdata, entries->len, ranks->site, ranks->ranks);
    g_ptr_array_unref(entries);
    return ranks;
}

adp_rank adp_rank_of(adp_ranks *ranks, guint32 step, guint32 n)
{
    guint32 first = adp_page_first(ranks->model, step);
    gpointer key = GUINT_TO_POINTER(first + 1);
    step_ranks *kept = g_hash_table_lookup(ranks->by_step, key);
    step_ranks now = made_of(ranks->model, first);
    adp_rank none = {0};

    if (!kept || kept->cuts != now.cuts || kept->last != now.last || kept->site != now.site) {
        kept = compute_ranks(ranks->model, first);
        g_hash_table_replace(ranks->by_step, key, kept);
    }
    n += adp_model_step(ranks->model, step)->own->page_offset;
    return n < kept->count ? kept->ranks[n] : none;
}
