/* bypass.h
 * Connections whose packets reach their dissector past Wireshark's tables.
 *
 * A heuristic that took a packet takes the rest of its connection, and what a KDC is asked over UDP
 * gets its answer from any port: dissectors write that down in conversations.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_BYPASS_H
#define ADPATH_READ_BYPASS_H

#include "compat.h"

#include "join/model.h"
#include "read/peek.h"
#include "read/stand_in.h"

/** The ends of a packet; its ports may not be in `pinfo` yet. */
typedef struct {
    const packet_info *pinfo;
    port_type type;
    guint16 src_port;
    guint16 dst_port;
} adp_ends;

/** A file begins, and ends. */
void adp_bypass_begin(void);
void adp_bypass_end(void);

/** A heuristic has taken the connection for this protocol, by these bytes (none: they are not known). */
void adp_bypass_note_guess(const adp_ends *ends, adp_stand_in_kind kind, adp_bytes b);

/** A message was sent over UDP to a port that is read; its answer may come from any. */
void adp_bypass_note_asker(const adp_ends *ends);

/** Is either end one that waits for such an answer? What goes to and from it there is of the same conversation. */
gboolean adp_bypass_asked(const adp_ends *ends);

/**
 * Can a packet of a connection that was guessed matter? `kinds` become bits of adp_stand_in_kind: what the guess was, 0
 * without one; where the bytes rule out that it matters, what was guessed of any connection of such ports.
 */
gboolean adp_bypass_matters(const adp_ends *ends, const adp_model *model, adp_bytes payload,
                            guint32 *kinds);

#endif
