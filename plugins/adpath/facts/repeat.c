/* repeat.c
 * The captured question as a command that a person can run to ask it again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/repeat.h"

#include "facts/repeat_words.h"
#include "facts/step_kinds.h"
#include "facts/view.h"
#include "join/model.h"

gboolean adp_repeat(const adp_model *model, const adp_view *view, char **shell, char **powershell)
{
    const adp_step *step = adp_model_step(model, view->step);

    return adp_repeat_by(adp_kind_of(step->kind)->repeat, model, view, shell, powershell);
}
