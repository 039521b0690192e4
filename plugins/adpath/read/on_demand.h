/* on_demand.h
 * A tree on the frames that are read, and on no others.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_ON_DEMAND_H
#define ADPATH_READ_ON_DEMAND_H

#include "compat.h"

#include "join/model.h"
#include "read/frame.h"

#include <glib.h>

/** What the user asks for. */
typedef enum {
    ADP_TREE_AUTO,
    ADP_TREE_EVERYWHERE, /* Wireshark makes a tree for every frame, because we want its fields */
    ADP_TREE_ON_DEMAND
} adp_tree_choice;

/** Prepares what has to be there before any file; in the registration and the hand-off routine. */
void adp_on_demand_register(int proto);
void adp_on_demand_init(void);

/** Will the next file be read so? Its fields have to be wanted otherwise. */
gboolean adp_on_demand_applies(adp_tree_choice choice);

/** A file begins, to be read into this log (FALSE: in the ordinary way), and ends. */
gboolean adp_on_demand_begin(adp_model *log, adp_tree_choice choice);
void adp_on_demand_end(void);

/** What is known of a frame without a tree, and the tree that was made for it. */
typedef struct {
    proto_tree *tree;      /* NULL: none was needed */
    adp_place dns;         /* a message of DNS over UDP that needs none */
    adp_place segment;     /* the innermost TCP header; */
    gboolean turns;        /* it opens, closes or breaks a connection */
    gboolean reads_all;    /* either end is a server that is read */
    adp_place icmp;        /* an ICMP message: what follows it is quoted */
    address sender;        /* of that, by the header before it */
    gboolean needs_stream; /* TCP or UDP was dissected without a tree */
} adp_sight;

/** FALSE: this file is read by the trees that Wireshark makes for every frame. */
gboolean adp_on_demand_is_in_use(void);

/**
 * Takes what was seen of the frame that was dissected just now; `tree`: the user's own, or NULL.
 * FALSE: there is nothing to read in it. To be called for each frame while it is in use.
 */
gboolean adp_on_demand_take(packet_info *pinfo, proto_tree *tree, adp_sight *ret);

/** What Wireshark's TCP noted of a segment; all FALSE where it analyses none. */
typedef struct {
    gboolean repeats; /* it comes again (tcp.analysis.retransmission), */
    gboolean acked;   /* although it was acknowledged (tcp.analysis.spurious_retransmission) */
    gboolean has_gap; /* others are missing before it (tcp.analysis.lost_segment) */
} adp_segment_notes;

/** Of the frame's segment, without a tree. */
adp_segment_notes adp_on_demand_segment(packet_info *pinfo);

/** The number of the frame's TCP or UDP stream, ADP_NONE without. */
guint32 adp_on_demand_stream(packet_info *pinfo);

/** One line that says which way is taken, and why; owned by the caller. */
char *adp_on_demand_describe(adp_tree_choice choice);

/** So many frames had a tree made for them, and so many should have had one. */
guint32 adp_on_demand_made(void);
guint32 adp_on_demand_missed(void);

/** So many entries of Wireshark's tables have been taken over. */
guint adp_on_demand_entries(void);

#endif
