/* stand_in.h
 * Handles that stand in Wireshark's dissector tables for those of the protocols that are read.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_STAND_IN_H
#define ADPATH_READ_STAND_IN_H

#include "compat.h"

#include <glib.h>

/** What a stand-in stands for. */
typedef enum {
    ADP_STANDS_FOR_NOTHING,
    ADP_STANDS_FOR_TCP,
    ADP_STANDS_FOR_UDP,
    ADP_STANDS_FOR_ICMP,
    ADP_STANDS_FOR_DIRECTORY, /* a protocol whose every message is read */
    ADP_STANDS_FOR_DNS,
    ADP_STANDS_FOR_TLS,
    ADP_STANDS_FOR_HTTP,
    ADP_STANDS_FOR_HTTP2,
    ADP_STANDS_FOR_RPC,
    ADP_STANDS_FOR_SMB,
    ADP_STANDS_FOR_CARRIER /* another protocol that may carry GSS-API tokens */
} adp_stand_in_kind;

/** Asked before a dissector is called, in the first pass: which tree it gets. */
typedef proto_tree *(*adp_stand_in_ask)(adp_stand_in_kind kind, tvbuff_t *tvb, packet_info *pinfo,
                                        proto_tree *tree);

/** Told after a guess that has asked or was taken: did the dissector take it? Not told when an exception left it. */
typedef void (*adp_stand_in_end)(adp_stand_in_kind kind, packet_info *pinfo, gboolean took);

/**
 * What is known of the bytes that heuristics are tried on, most of which are no message of any: kept by whoever is
 * asked, so that few need to ask.
 */
typedef struct {
    const tvbuff_t *bytes; /* NULL: nothing, as at the beginning of each frame */
    guint no_tree;         /* bits of adp_stand_in_kind: these need none */
    guint at_work;         /* likewise: these have been called, and have not come back */
} adp_guessing;

extern adp_guessing adp_guess_notes;

/** Makes the table that leads to the original dissectors; once, in the registration routine. */
void adp_stand_in_register(int proto);

/** Learns which protocols are which; once, in the hand-off routine, after adp_nodes_init(). */
void adp_stand_in_init(void);

/**
 * Puts stand-ins into all tables; `about_guess` is asked instead where a heuristic may yet say that
 * the bytes are not its protocol's. Returns NULL, or why that cannot be done; then no table has one.
 */
const char *adp_stand_in_install(adp_stand_in_ask ask, adp_stand_in_ask about_guess,
                                 adp_stand_in_end end);

/** Gives the tables back what they had. FALSE: somebody else has put something there meanwhile. */
gboolean adp_stand_in_remove(void);

/** Is every message to or from this port read, by the tables? */
gboolean adp_stand_in_reads_tcp(guint32 port);
gboolean adp_stand_in_reads_udp(guint32 port);

/** Has this TCP port a dissector that is no stand-in? It may call one that is read by itself. */
gboolean adp_stand_in_is_passed(guint32 port);

/** So many entries have a stand-in now. */
guint adp_stand_in_count(void);

#endif
