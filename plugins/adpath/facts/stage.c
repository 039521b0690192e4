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

const char *adp_stage_meaning(adp_stage stage)
{
    static const char *const meanings[ADP_STAGES] = {
        "no part of the path",
        "which controllers there are: locator names, addresses, LDAP pings",
        "tickets from the KDC",
        "a connection to a directory: TLS, bind, rootDSE",
        "what the directory is asked: service connection points",
        "a connection to an endpoint: address, TCP, TLS",
        "what the endpoint is asked",
    };

    return meanings[stage];
}
