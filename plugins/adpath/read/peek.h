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

/** Bytes that are left to look at. */
typedef struct {
    const guint8 *at;
    gsize left;
} adp_bytes;

/** What was captured of the buffer, from `offset` on. */
static inline adp_bytes adp_peek_bytes(tvbuff_t *tvb, guint offset)
{
    guint captured = tvb_captured_length(tvb);

    return offset < captured ? (adp_bytes){tvb_get_ptr(tvb, (int)offset, (int)(captured - offset)),
                                           captured - offset}
                             : (adp_bytes){NULL, 0};
}

/** Records of TLS with a handshake's messages among them, or nothing but a change of cipher. */
gboolean adp_peek_tls(adp_bytes b);

/** Application data of TLS, from its first byte on. */
gboolean adp_peek_tls_data(adp_bytes b);

/** PART: the headers of a message have no end there. */
typedef enum {
    ADP_PEEKED_NO,
    ADP_PEEKED_PART,
    ADP_PEEKED_YES
} adp_peeked;

/** HTTP that asks for autodiscover, a host or a tunnel, or has credentials. */
adp_peeked adp_peek_http(const adp_model *model, adp_bytes b);

/** HTTP/2 that asks for autodiscover or a tunnel, or has credentials. */
gboolean adp_peek_http2(adp_bytes b);

/** RPC whose PDUs take part in authentication. */
gboolean adp_peek_rpc(adp_bytes b);

/** SMB that opens a session, or carries such RPC. */
gboolean adp_peek_smb(adp_bytes b);

/** May a message of these begin so? A few bytes tell, before any of the above is asked. */
gboolean adp_peek_may_begin_tls(adp_bytes b);
gboolean adp_peek_may_begin_rpc(adp_bytes b);
gboolean adp_peek_may_begin_smb(adp_bytes b);

/** A token of GSS-API that may hold Kerberos. */
gboolean adp_peek_gss(adp_bytes b);

/** What Wireshark would guess to be DNS over UDP. */
gboolean adp_peek_dns(adp_bytes b);

#endif
