/* crossed.h
 * LDAP in clear at a port of TLS, and TLS where LDAP in clear belongs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_CROSSED_H
#define ADPATH_READ_CROSSED_H

#include "read/frame.h"

/**
 * Does the payload of a TCP segment (header and payload) begin as what its port does not expect? By the
 * first bytes alone: most segments are none.
 */
gboolean adp_may_be_crossed(const adp_place *segment);

/** Such a segment, when the readers are done with the frame's tree. */
void adp_read_crossed(adp_frame *frame);

#endif
