/* tap_data.c
 * What the tap gives to its listeners.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "show/tap_data.h"

#include "adpath_tap.h"
#include "facts/outcome.h"
#include "facts/view.h"
#include "facts/views.h"
#include "join/identity.h"
#include "join/model.h"
#include "join/path.h"
#include "log/observation.h"

#include <epan/packet_info.h>

/* A reply behind the frame is not known at it, in whichever pass. */
static adpath_tap_step step_of(const adp_model *model, const adp_view *view)
{
    const adp_step *step = adp_model_step(model, view->step);
    const adp_obs *request = adp_view_request(model, view);
    const adp_obs *reply = adp_view_reply(model, view);
    gboolean has_path = !adp_path_is_unattached(model, adp_model_path(model, step->path)) &&
                        (!view->early || adp_path_is_certain(model, step));
    adpath_tap_step told = {.number = view->step + 1,
                            .path = has_path ? step->path + 1 : 0,
                            .kind = adp_step_kind_name(step->kind),
                            .outcome = adp_outcome_name(adp_step_outcome(model, step, view->early)),
                            .client = adp_model_address_text(model, step->flow.client),
                            .server = adp_model_address_text(model, step->flow.server),
                            .request = request ? request->frame : 0,
                            .reply = reply ? reply->frame : 0};

    return told;
}

const adpath_tap_frame *adp_tap_frame(const adp_model *model, guint32 first, packet_info *pinfo,
                                      gboolean early)
{
    GArray *views = adp_views_of_frame(model, first, early, FALSE);
    adpath_tap_frame *frame = wmem_new0(pinfo->pool, adpath_tap_frame);
    adpath_tap_step *steps = wmem_alloc_array(pinfo->pool, adpath_tap_step, views->len + 1);
    guint i;

    for (i = 0; i < views->len; i++) {
        steps[i] = step_of(model, &g_array_index(views, adp_view, i));
    }
    frame->version = ADPATH_TAP_VERSION;
    frame->observation = first;
    frame->step_count = views->len;
    frame->steps = steps;
    g_array_unref(views);
    return frame;
}

guint32 adp_tap_first(const void *data)
{
    return ((const adpath_tap_frame *)data)->observation;
}
