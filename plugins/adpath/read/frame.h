/* frame.h
 * A frame being read: what all its observations have in common.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_FRAME_H
#define ADPATH_READ_FRAME_H

#include "compat.h"

#include "join/model.h"
#include "log/observation.h"
#include "wire/arena.h"

#include <glib.h>

/** Where in a buffer a protocol's bytes are; no buffer: there are none. */
typedef struct {
    tvbuff_t *tvb;
    int start;
    int length; /* -1: to the end */
} adp_place;

/** A frame being read. */
typedef struct {
    adp_model *model;
    adp_arena *arena; /* the model's */
    packet_info *pinfo;
    guint32 src; /* address ids */
    guint32 dst;
    gint64 time;
    adp_transport transport;
    guint32 stream;
    guint32 (*find_stream)(
        packet_info *pinfo); /* DNS alone: for a message that needs it; else NULL */
    gboolean in_tls;         /* what follows was carried by TLS */
    adp_place segment;       /* the innermost TCP, header and payload */
    gboolean fragmented;     /* UDP: put together from IP fragments */
    gboolean whole;          /* a reader found a whole message */
} adp_frame;

/** The place of an item of the tree. */
static inline adp_place adp_place_of(const field_info *fi)
{
    return (adp_place){fi->ds_tvb, fi->start, fi->length};
}

/** An observation with frame, time and flow filled in; `from_server` turns the flow. */
adp_obs adp_frame_obs(const adp_frame *frame, adp_obs_type type, gboolean from_server);

/** The id of an address that the frame's content names; `type` is AT_IPv4 or AT_IPv6. */
guint32 adp_frame_address(const adp_frame *frame, address_type type, const guint8 *bytes, int len);

/** Hash of `length` bytes at `offset`, as far as captured. */
guint64 adp_hash_range(tvbuff_t *tvb, int offset, int length);

/** Hash of the frame's TCP sequence number, 0 without: tells repeats from copies. */
guint64 adp_hash_segment(const adp_frame *frame);

/** How many bytes of an address count; those of unknown families may be longer. */
guint8 adp_address_len(const address *addr);

/**
 * The ends by the headers of IP. HTTP puts the name of a proxy's destination, and its port, in the place of one
 * end while it dissects what the proxy passes on (a name since 4.6), and leaves them there when the packet is cut.
 */
const address *adp_frame_source(const packet_info *pinfo);
const address *adp_frame_destination(const packet_info *pinfo);

/** What adp_ends_as_sent() has taken out of a packet's info. */
typedef struct {
    address src;
    address dst;
    guint32 srcport;
    guint32 destport;
} adp_saved_ends;

/**
 * Puts the ends of the headers into `pinfo`: addresses, and ports of the TCP header that begins at `start` of
 * `segment` (NULL: as they are), until adp_ends_restore().
 */
adp_saved_ends adp_ends_as_sent(packet_info *pinfo, tvbuff_t *segment, int start);
void adp_ends_restore(packet_info *pinfo, const adp_saved_ends *saved);

/** The id of an address of the frame; `known` is for those that nobody asked for: ADP_NONE. */
guint32 adp_address_id(adp_model *model, packet_info *pinfo, const address *addr);
guint32 adp_known_address(adp_model *model, const address *addr);

#endif
