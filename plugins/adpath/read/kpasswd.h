/* kpasswd.h
 * The password service of a KDC, as bytes (RFC 3244).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_KPASSWD_H
#define ADPATH_READ_KPASSWD_H

#include "read/frame.h"

/** Is one end of the frame the password service's port? */
gboolean adp_is_kpasswd(const adp_frame *frame);

/** A top-level `kpasswd` item of the tree; or `kerberos`, where a KRB-ERROR comes bare. */
void adp_read_kpasswd(adp_frame *frame, const proto_node *node);

#endif
