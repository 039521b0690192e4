/* hits.c
 * Which paths a report is about: those of the frames that passed its filter.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/hits.h"

#include "join/model.h"
#include "judge/analysis.h"
#include "judge/finding.h"
#include "judge/lookup.h"
#include "session.h"
#include "show/rows.h"

struct adp_hits {
    gboolean all;
    GArray *obs; /* guint32: first observations of the frames that passed */
};

adp_hits *adp_hits_new(gboolean all)
{
    adp_hits *hits = g_new0(adp_hits, 1);

    hits->all = all;
    hits->obs = g_array_new(FALSE, FALSE, sizeof(guint32));
    return hits;
}

void adp_hits_free(adp_hits *hits)
{
    g_array_unref(hits->obs);
    g_free(hits);
}

void adp_hits_reset(adp_hits *hits)
{
    g_array_set_size(hits->obs, 0);
}

void adp_hits_add(adp_hits *hits, guint32 obs)
{
    if (!hits->all) {
        g_array_append_val(hits->obs, obs);
    }
}

/* A frame may belong to a path only because a finding cites it. */
static void add_paths_of_findings(adp_selection *selection, adp_analysis *analysis, guint32 obs)
{
    const adp_model *model = adp_analysis_model(analysis);
    const GPtrArray *findings = obs < adp_model_obs_count(model)
                                    ? adp_findings_of_frame(analysis, obs, adp_shows_mailboxes())
                                    : NULL;
    guint i;

    for (i = 0; findings && i < findings->len; i++) {
        const adp_finding *finding = g_ptr_array_index(findings, i);

        g_hash_table_add(selection->paths, GUINT_TO_POINTER(finding->path + 1));
    }
}

adp_selection adp_hits_selection(const adp_hits *hits, adp_analysis *analysis)
{
    const adp_model *model = adp_analysis_model(analysis);
    adp_selection selection = {0};
    guint h;

    if (hits->all) {
        return selection;
    }
    selection.paths = g_hash_table_new(NULL, NULL);
    for (h = 0; h < hits->obs->len; h++) {
        guint32 first = g_array_index(hits->obs, guint32, h);
        GArray *steps = adp_model_steps_of_frame(model, first);
        guint i;

        for (i = 0; i < steps->len; i++) {
            const adp_step *step = adp_model_step(model, g_array_index(steps, guint32, i));

            g_hash_table_add(selection.paths, GUINT_TO_POINTER(step->path + 1));
        }
        g_array_unref(steps);
        add_paths_of_findings(&selection, analysis, first);
    }
    return selection;
}
