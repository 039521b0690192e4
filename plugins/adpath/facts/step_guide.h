/* step_guide.h
 * What each kind of step is for, and what healthy captures show around it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_STEP_GUIDE_H
#define ADPATH_FACTS_STEP_GUIDE_H

#include "facts/kind.h"
#include "join/model.h"

/** Sentences about a step's kind; for Kerberos and SRV about its sort. Never NULL. */
const adp_lore *adp_step_lore(const adp_model *model, const adp_step *step);

#endif
