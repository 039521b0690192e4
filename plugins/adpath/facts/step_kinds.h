/* step_kinds.h
 * The table of the kinds of steps.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_STEP_KINDS_H
#define ADPATH_FACTS_STEP_KINDS_H

#include "facts/kind.h"
#include "join/model.h"

/** The row of a kind; never NULL. */
const adp_kind *adp_kind_of(adp_step_kind kind);

#endif
