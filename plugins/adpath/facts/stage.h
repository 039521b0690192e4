/* stage.h
 * The parts of a discovery, as an expert tells it in a few lines.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_STAGE_H
#define ADPATH_FACTS_STAGE_H

#include <glib.h>

/** In the order in which a healthy client goes through them. */
typedef enum {
    ADP_STAGE_NONE,         /* of no step: so that a row without a stage is found */
    ADP_STAGE_FIND,         /* which controllers there are: SRV, their addresses, LDAP pings */
    ADP_STAGE_SIGN_IN,      /* what the KDC and the password service are asked */
    ADP_STAGE_OPEN,         /* a connection to a directory: TLS, bind, rootDSE */
    ADP_STAGE_LOOK_UP,      /* what the directory is asked: SCPs, and what is hidden */
    ADP_STAGE_REACH,        /* an endpoint: its address, TCP and TLS */
    ADP_STAGE_AUTODISCOVER, /* what the endpoint is asked */
    ADP_STAGES
} adp_stage;

/** "find", "sign-in", ...: the values of adpath.stage. */
const char *adp_stage_name(adp_stage stage);

/** What the client does in it, in a few words. */
const char *adp_stage_meaning(adp_stage stage);

#endif
