/* stage.c
 * The parts of a discovery.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/stage.h"

const char *adp_stage_name(adp_stage stage)
{
    static const char *const names[ADP_STAGES] = {"none",    "find",  "sign-in",     "open",
                                                  "look-up", "reach", "autodiscover"};

    return names[stage];
}
