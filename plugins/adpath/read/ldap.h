/* ldap.h
 * LDAP messages, as bytes (RFC 4511), and how they were carried.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_LDAP_H
#define ADPATH_READ_LDAP_H

#include "read/frame.h"

/** An `ldap` or `cldap` item of the tree. */
void adp_read_ldap(adp_frame *frame, const proto_node *node);

/**
 * Decrypted content that Wireshark does not take for LDAP, on the port of the
 * global catalog over TLS, which it does not know.
 */
gboolean adp_is_gc_over_tls(const adp_frame *frame);
void adp_read_ldap_bytes(adp_frame *frame, tvbuff_t *tvb, int offset, int length);

/** Messages that stand in clear at the beginning of a segment's payload, at a port of TLS. */
void adp_read_bare_ldap(adp_frame *frame, const adp_place *bytes);

/** TLS records without visible content on a connection that carries LDAP. */
void adp_read_hidden_tls(adp_frame *frame, const proto_node *node);

#endif
