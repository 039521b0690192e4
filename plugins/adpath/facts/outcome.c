/* outcome.c
 * How a step ended.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/outcome.h"

#include "facts/absence.h"
#include "facts/kind.h"
#include "facts/outcomes.h"
#include "facts/step_kinds.h"
#include "join/model.h"

adp_outcome adp_step_outcome(const adp_model *model, const adp_step *step, gboolean early)
{
    const adp_kind *kind = adp_kind_of(step->kind);

    if (step->reply == ADP_NONE && !kind->judges_silence) {
        return adp_silence_outcome(model, step, early);
    }
    return kind->outcome(model, step, early);
}
