/* step_guide.c
 * What each kind of step is for, and what healthy captures show around it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/step_guide.h"

#include "facts/kind.h"
#include "facts/step_kinds.h"
#include "join/model.h"

const adp_lore *adp_step_lore(const adp_model *model, const adp_step *step)
{
    const adp_kind *kind = adp_kind_of(step->kind);
    const adp_lore *sort =
        kind->guide_of ? kind->guide_of(adp_model_obs(model, step->first)) : NULL;

    return sort ? sort : kind->guide;
}
