/* step_stage.c
 * The part of a discovery that a step belongs to.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/step_stage.h"

#include "facts/kind.h"
#include "facts/stage.h"
#include "facts/step_kinds.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/ports.h"

adp_stage adp_step_stage(const adp_model *model, const adp_step *step)
{
    const adp_kind *kind = adp_kind_of(step->kind);

    return kind->stage_of ? kind->stage_of(model, step) : kind->stage;
}

adp_stage adp_flow_stage(const adp_flow *flow)
{
    if (adp_port_is_dns(flow->server_port)) {
        return ADP_STAGE_FIND;
    }
    if (adp_port_is_kdc(flow->server_port) || adp_port_is_kpasswd(flow->server_port)) {
        return ADP_STAGE_SIGN_IN;
    }
    return adp_port_is_ldap(flow->server_port) ? ADP_STAGE_OPEN : ADP_STAGE_REACH;
}
