/* facts.c
 * The fields of a step.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/facts.h"

#include "facts/fact_list.h"
#include "facts/fields.h"
#include "facts/kind.h"
#include "facts/ranks.h"
#include "facts/step_kinds.h"
#include "facts/view.h"
#include "join/model.h"

gboolean adp_field_of_kind(adp_field field, adp_step_kind kind)
{
    const adp_kind *of = adp_kind_of(kind);

    if (adp_field_get(field)->shape == ADP_SHAPE_OUTER) {
        return FALSE;
    }
    if (field == ADP_F_REPEAT_SHELL || field == ADP_F_REPEAT_POWERSHELL) {
        return of->repeat != NULL;
    }
    return field >= of->first && field <= of->last;
}

adp_facts *adp_facts_new(const adp_model *model, const adp_view *view)
{
    const adp_step *step = adp_model_step(model, view->step);
    const adp_kind *kind = adp_kind_of(step->kind);
    adp_facts *facts = g_new0(adp_facts, 1);
    adp_ranks *own = view->ranks ? NULL : adp_ranks_new(model);
    adp_fact_builder b = {.model = model,
                          .view = view,
                          .step = step,
                          .ranks = own ? own : view->ranks,
                          .repeat = kind->repeat,
                          .facts = facts};

    facts->items = g_array_new(FALSE, TRUE, sizeof(adp_fact));
    facts->owned = g_ptr_array_new_with_free_func(g_free);
    kind->facts(&b);
    if (own) {
        adp_ranks_free(own);
    }
    return facts;
}

void adp_facts_free(adp_facts *facts)
{
    g_array_unref(facts->items);
    g_ptr_array_unref(facts->owned);
    g_free(facts);
}
