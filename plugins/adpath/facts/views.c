/* views.c
 * Which steps a frame shows, and from where to where.
 *
 * A frame may hold thousands of messages of as many steps, so no step is looked for among the
 * others: each observation knows its neighbours in its step.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/views.h"

#include "facts/view.h"
#include "join/model.h"
#include "log/observation.h"

static gboolean is_of_frame(const adp_model *model, guint32 i, guint32 frame)
{
    return i != ADP_NONE && adp_model_obs(model, i)->frame == frame;
}

/* The last observation of its step in the frame. */
static guint32 last_of_frame(const adp_model *model, guint32 i, guint32 frame)
{
    guint32 next;

    while (is_of_frame(model, next = adp_model_mark(model, i)->next, frame)) {
        i = next;
    }
    return i;
}

GArray *adp_views_of_frame(const adp_model *model, guint32 first, gboolean early,
                           gboolean mailboxes)
{
    GArray *views = g_array_new(FALSE, FALSE, sizeof(adp_view));
    guint32 frame = adp_model_obs(model, first)->frame;
    guint32 count = adp_model_obs_count(model);
    guint32 i;

    for (i = first; i < count && is_of_frame(model, i, frame); i++) {
        const adp_mark *mark = adp_model_mark(model, i);
        adp_view view = {.step = mark->step, .from = i, .early = early, .mailboxes = mailboxes};

        if (view.step == ADP_NONE || is_of_frame(model, mark->previous, frame)) {
            continue;
        }
        view.to = last_of_frame(model, i, frame);
        g_array_append_val(views, view);
    }
    return views;
}
