/* peek.h
 * A look at bytes before they are dissected: can the message matter to the readers?
 *
 * A wrong yes costs time, a wrong no costs a step. All hold for connections of which nothing is
 * known so far; of a known one each message is read.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_PEEK_H
#define ADPATH_READ_PEEK_H

#include "compat.h"

#include "join/model.h"

/** Records of TLS with a handshake's messages among them, or nothing but a change of cipher. */
gboolean adp_peek_tls(tvbuff_t *tvb);

/** Application data of TLS, from its first byte on. */
gboolean adp_peek_tls_data(tvbuff_t *tvb, int offset);

/** PART: the headers of a message have no end there. */
typedef enum {
    ADP_PEEKED_NO,
    ADP_PEEKED_PART,
    ADP_PEEKED_YES
} adp_peeked;

/** HTTP that asks for autodiscover, a host or a tunnel, or has credentials. */
adp_peeked adp_peek_http(const adp_model *model, tvbuff_t *tvb, int offset);

/** HTTP/2 that asks for autodiscover or a tunnel, or has credentials. */
gboolean adp_peek_http2(tvbuff_t *tvb);

/** RPC whose PDUs take part in authentication. */
gboolean adp_peek_rpc(tvbuff_t *tvb, int offset);

/** SMB that opens a session, or carries such RPC. */
gboolean adp_peek_smb(tvbuff_t *tvb);

/** A token of GSS-API that may hold Kerberos. */
gboolean adp_peek_gss(tvbuff_t *tvb);

/** What Wireshark would guess to be DNS over UDP. */
gboolean adp_peek_dns(tvbuff_t *tvb);

#endif
