/* tokens.h
 * Kerberos in the GSS-API tokens of SMB, RPC and other protocols.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_TOKENS_H
#define ADPATH_READ_TOKENS_H

#include "log/observation.h"
#include "read/frame.h"

/**
 * Another protocol's item of the tree that may hold GSS-API tokens: SMB and
 * whatever else authenticates with them.
 */
void adp_read_tokens(adp_frame *frame, const proto_node *node, adp_carrier carrier);

/** A message of SMB: its tokens, and where NTLM opens a session. */
void adp_read_smb(adp_frame *frame, const proto_node *node);

/** A connection-oriented RPC PDU: only the token in its auth trailer is looked at. */
void adp_read_rpc(adp_frame *frame, const proto_node *node);

#endif
