/* view.h
 * From where to where a step is looked at, and what lies in between.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_VIEW_H
#define ADPATH_FACTS_VIEW_H

#include "facts/ranks.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/netlogon.h"

#include <glib.h>

/**
 * From which observation to which a step is looked at. What a reply said is
 * part of the view only when the reply lies before its end, so that one pass and
 * two passes tell the same of a frame.
 */
typedef struct {
    guint32 step;
    guint32 from; /* entries of the observations from..to are listed */
    guint32 to;
    gboolean whole;     /* the end of the capture is known: absences count */
    gboolean early;     /* see adp_step_outcome() */
    gboolean mailboxes; /* show mailbox names */
    adp_ranks *ranks;   /* of the analysis; NULL: places are computed anew for each list of facts */
} adp_view;

/** The whole step, as reports see it. */
adp_view adp_view_whole(const adp_model *model, guint32 step, gboolean mailboxes);

/** From request to reply in ns. FALSE when the view lacks one of them. */
gboolean adp_step_time(const adp_model *model, const adp_view *view, gint64 *ret);

/** Frame of the request or reply in the view, 0 when it has none. */
guint32 adp_step_request_frame(const adp_model *model, const adp_step *step);
guint32 adp_step_reply_frame(const adp_model *model, const adp_step *step);

/** What the view holds of the step; NULL: not that. */
const adp_obs *adp_view_request(const adp_model *model, const adp_view *view);
const adp_obs *adp_view_reply(const adp_model *model, const adp_view *view);
const adp_netlogon *adp_view_netlogon(const adp_model *model, const adp_view *view);

#endif
