/* lost.h
 * Answers that the capture lost: the client shows that it had them, or where they may have been.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_LOST_H
#define ADPATH_FACTS_LOST_H

#include "join/model.h"

#include <glib.h>

/**
 * May the answer to the request have been sent, although the capture does not hold it behind the request?
 *
 * @param repeated  the client asked for the same again: hardly because of an answer
 */
gboolean adp_answer_is_lost(const adp_model *model, const adp_step *step, gboolean repeated);

#endif
