/* netbios.h
 * Questions for NetBIOS names, and their answers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_NETBIOS_H
#define ADPATH_READ_NETBIOS_H

#include "read/frame.h"

/** An `nbns` item: a message of the NetBIOS name service (RFC 1002 4.2). */
void adp_read_netbios(adp_frame *frame, tvbuff_t *tvb, int offset);

#endif
