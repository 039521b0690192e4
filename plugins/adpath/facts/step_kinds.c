/* step_kinds.c
 * The table of the kinds of steps. Without a row the unit tests do not link; one of them fails when a
 * row is not whole.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/step_kinds.h"

#include "facts/kind.h"
#include "join/model.h"

#define ROW_OF(id, name) [ADP_STEP_##id] = &adp_kind_##name,
static const adp_kind *const kinds[ADP_STEP_KINDS] = {ADP_STEP_KIND_LIST(ROW_OF)};

const adp_kind *adp_kind_of(adp_step_kind kind)
{
    return kinds[kind];
}
