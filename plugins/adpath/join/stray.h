/* stray.h
 * Answers over UDP that come from another address than the one that was asked. Inside of the model.
 *
 * Most clients never see such an answer: their system drops it, or they do. A client that asks the
 * same again did not take it; one that goes on may have.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_STRAY_H
#define ADPATH_JOIN_STRAY_H

#include "join/derived.h"
#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

/** The client asks: step `index`, which observation `i` begins or repeats. Constant work but for a short look back. */
void adp_stray_asked(adp_model *model, const adp_obs *obs, guint32 i, guint32 index);

/**
 * Is the answer, observation `i`, one to a question that was put to another address? Then it is no
 * step, and the question's step names it.
 */
gboolean adp_stray_answered(adp_model *model, const adp_obs *obs, guint32 i);

/** A server answers in the step: whatever strayed before on its path may have brought the client there. */
void adp_stray_went_on(adp_derived *d, guint32 index);

#endif
