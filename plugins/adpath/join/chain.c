/* chain.c
 * Steps, marks and paths while they are made; the chain of observations of a step.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/chain.h"

#include "join/derived.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/arena.h"
#include "wire/count.h"

#include <string.h>

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

const adp_step_details adp_nothing_own = {
    .netlogon = ADP_NONE,
    .older = ADP_NONE,
    .challenged = ADP_NONE,
    .attempt = ADP_NONE,
    .page_before = ADP_NONE,
    .page_after = ADP_NONE,
    .page_first = ADP_NONE,
    .page_last = ADP_NONE,
    .stray = ADP_NONE,
    .stray_before = ADP_NONE,
    .part = ADP_NONE,
    .handshake = ADP_NONE,
    .ticket = ADP_NONE,
    .shown = ADP_NONE,
    .more = ADP_NONE,
};

/* What it has, to be written: as long as that is what all share, it gets a copy. */
static void *own(const adp_derived *d, const void *now, const void *shared, gsize size)
{
    void *copy;

    if (now != shared) {
        return (void *)now;
    }
    copy = adp_arena_alloc(d->arena, size);
    memcpy(copy, shared, size);
    return copy;
}

adp_step_details *adp_step_own(adp_derived *d, adp_step *step)
{
    adp_step_details *details = own(d, step->own, &adp_nothing_own, sizeof(*details));

    step->own = details;
    return details;
}

const adp_path_details adp_nothing_of_path = {
    .also = ADP_NONE,
    .parent = ADP_NONE,
    .joined = ADP_NONE,
    .went_on = ADP_NONE,
    .scp_stream = ADP_NONE,
    .stray = ADP_NONE,
};

adp_path_details *adp_path_own(adp_derived *d, adp_path *path)
{
    adp_path_details *details = own(d, path->own, &adp_nothing_of_path, sizeof(*details));

    path->own = details;
    return details;
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
    mark->count = step->kind == ADP_STEP_HIDDEN ? step->own->messages : step->own->entries;
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
