/* step_stage.h
 * The part of a discovery that a step belongs to.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_STEP_STAGE_H
#define ADPATH_FACTS_STEP_STAGE_H

#include "facts/stage.h"
#include "join/model.h"
#include "log/observation.h"

/** Known with its first observation; later ones do not change it. */
adp_stage adp_step_stage(const adp_model *model, const adp_step *step);

/** Of what is no step, a connection that was tried or a message on one: what its server's port serves. */
adp_stage adp_flow_stage(const adp_flow *flow);

#endif
