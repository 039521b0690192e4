/* view.c
 * From where to where a step is looked at, and what lies in between.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/view.h"

#include "join/model.h"
#include "log/observation.h"
#include "wire/netlogon.h"
#include "wire/text.h"

adp_view adp_view_whole(const adp_model *model, guint32 step, gboolean mailboxes)
{
    const adp_step *s = adp_model_step(model, step);
    adp_view view = {
        .step = step, .from = s->first, .to = s->last, .whole = TRUE, .mailboxes = mailboxes};

    return view;
}

const adp_obs *adp_view_request(const adp_model *model, const adp_view *view)
{
    const adp_step *step = adp_model_step(model, view->step);

    return step->request != ADP_NONE && step->request <= view->to
               ? adp_model_obs(model, step->request)
               : NULL;
}

const adp_obs *adp_view_reply(const adp_model *model, const adp_view *view)
{
    guint32 reply = adp_model_mark(model, view->to)->reply;

    return reply != ADP_NONE ? adp_model_obs(model, reply) : NULL;
}

const adp_netlogon *adp_view_netlogon(const adp_model *model, const adp_view *view)
{
    guint32 i = adp_model_step(model, view->step)->own->netlogon;

    return i != ADP_NONE && i <= view->to ? &adp_model_obs(model, i)->u.entry->netlogon : NULL;
}

guint32 adp_step_request_frame(const adp_model *model, const adp_step *step)
{
    return step->request != ADP_NONE ? adp_model_obs(model, step->request)->frame : 0;
}

guint32 adp_step_reply_frame(const adp_model *model, const adp_step *step)
{
    return step->reply != ADP_NONE ? adp_model_obs(model, step->reply)->frame : 0;
}

gboolean adp_step_time(const adp_model *model, const adp_view *view, gint64 *ret)
{
    const adp_obs *request = adp_view_request(model, view);
    const adp_obs *reply = view->early ? adp_view_reply(model, view) : NULL;
    const adp_step *step = adp_model_step(model, view->step);

    if (!view->early && step->reply != ADP_NONE) {
        reply = adp_model_obs(model, step->reply);
    }
    if (!request || !reply) {
        return FALSE;
    }
    *ret = adp_since(reply->time, request->time);
    return TRUE;
}
