/* tls.h
 * The visible messages of a TLS handshake, as bytes (RFC 5246 7.4, RFC 8446 4).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_TLS_H
#define ADPATH_READ_TLS_H

#include "read/frame.h"

/** A `tls` item: what is visible of a handshake. */
void adp_read_tls(adp_frame *frame, const proto_node *node);

#endif
