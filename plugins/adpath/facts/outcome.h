/* outcome.h
 * How a step ended.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_OUTCOME_H
#define ADPATH_FACTS_OUTCOME_H

#include "facts/outcomes.h"
#include "join/model.h"

#include <glib.h>

/**
 * How the step ended.
 * @param early  TRUE while the capture is still being read for the first time:
 *               what later evidence may soften is then "pending".
 */
adp_outcome adp_step_outcome(const adp_model *model, const adp_step *step, gboolean early);

#endif
