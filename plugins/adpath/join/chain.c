/* chain.c
 * Steps, marks and paths while they are made; the chain of observations of a step.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/chain.h"

#include "join/derived.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/count.h"

adp_step *adp_step_at(adp_derived *d, guint32 i)
{
    ADP_COUNT();
    return &g_array_index(d->steps, adp_step, i);
}

adp_mark *adp_mark_at(adp_derived *d, guint32 i)
{
    ADP_COUNT();
    return &g_array_index(d->marks, adp_mark, i);
}

adp_path *adp_path_at(adp_derived *d, guint32 i)
{
    ADP_COUNT();
    return &g_array_index(d->paths, adp_path, i);
}

/* Appends the observation to the step's chain and gives it its mark. */
void adp_attach(adp_derived *d, guint32 step_index, guint32 i)
{
    adp_step *step = adp_step_at(d, step_index);
    adp_mark mark = {
        .step = step_index, .previous = step->last, .next = ADP_NONE, .attempt = ADP_NONE};

    g_array_append_val(d->marks, mark);
    if (step->first == ADP_NONE) {
        step->first = i;
    } else {
        adp_mark_at(d, step->last)->next = i;
    }
    step->last = i;
}

/* The mark tells what was known at its observation, so it is written last. */
gboolean adp_finish(adp_derived *d, guint32 i)
{
    adp_mark *mark = adp_mark_at(d, i);
    const adp_step *step = adp_step_at(d, mark->step);

    mark->reply = step->reply;
    mark->retries = step->retries;
    mark->count = step->kind == ADP_STEP_HIDDEN ? step->messages : step->entries;
    return TRUE;
}

gboolean adp_keep_aside(adp_derived *d)
{
    adp_mark mark = {.step = ADP_NONE,
                     .previous = ADP_NONE,
                     .next = ADP_NONE,
                     .reply = ADP_NONE,
                     .attempt = ADP_NONE};

    g_array_append_val(d->marks, mark);
    return TRUE;
}
