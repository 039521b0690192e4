/* tls.h
 * The visible messages of a TLS handshake, as bytes (RFC 5246 7.4, RFC 8446 4).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_TLS_H
#define ADPATH_READ_TLS_H

#include "read/frame.h"

/** Once, when Wireshark has all of its protocols. */
void adp_tls_init(void);

/** A `tls` item: what is visible of a handshake. */
void adp_read_tls(adp_frame *frame, const proto_node *node);

/** Do the bytes begin as a record does; as an alert that is not encrypted; as the hello of a client? */
gboolean adp_tls_may_begin(const guint8 *p, int length);
gboolean adp_tls_is_alert(const guint8 *p, int length);
gboolean adp_tls_is_hello(const guint8 *p, int length);

/** The records at the beginning of a segment's payload, where Wireshark expects another protocol. */
void adp_read_tls_bytes(adp_frame *frame, const adp_place *bytes_of_segment);

#endif
