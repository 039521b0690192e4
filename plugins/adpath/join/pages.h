/* pages.h
 * The pages of one search (RFC 2696): several requests and answers that are one question.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_PAGES_H
#define ADPATH_JOIN_PAGES_H

#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

/** The step of the first page; the step itself when it is no page. */
guint32 adp_page_first(const adp_model *model, guint32 step);

/** Likewise of the last page that the capture shows. */
guint32 adp_page_last(const adp_model *model, guint32 step);

/** The step of the page behind it, ADP_NONE at the end; the other way for a page before it. */
guint32 adp_page_next(const adp_model *model, guint32 step);
/** Has the server more entries that the client did not ask for, as far as the capture shows? */
gboolean adp_page_is_unfinished(const adp_model *model, guint32 step);

/** Entries of all pages of the search together. */
guint32 adp_page_entries(const adp_model *model, guint32 step);

/* ---- for the pairing ---- */

/** Search step `step` was asked; it may be the next page of an earlier one. */
void adp_page_asked(adp_model *model, const adp_obs *obs, guint32 step);

/** Search step `step` was answered; a cookie says that there is more. */
void adp_page_answered(adp_model *model, const adp_obs *obs, guint32 step);

#endif
