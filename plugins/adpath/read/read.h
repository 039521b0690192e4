/* read.h
 * From a dissected frame to observations.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_READ_H
#define ADPATH_READ_READ_H

#include "compat.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/arena.h"

/** Looks up the fields the readers need; once, in the hand-off routine. */
void adp_read_init(void);

/**
 * The fields Wireshark has to put into the tree for the readers, as
 * set_postdissector_wanted_hfids() takes them (it becomes the owner).
 */
GArray *adp_read_wanted_fields(void);

/**
 * Tells the model of the frame, whatever is in it. To be called on the frame's
 * first pass, before adp_read_frame().
 */
void adp_read_begin(adp_model *model, const packet_info *pinfo);

/** Adds what the frame shows to the model. `tree` may be NULL. */
void adp_read_frame(adp_model *model, packet_info *pinfo, proto_tree *tree);

/* ---- for the readers themselves ---- */

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
    gboolean in_tls;           /* what follows was carried by TLS */
    const field_info *segment; /* the innermost TCP header, NULL without */
} adp_frame;

/** An observation with frame, time and flow filled in; `from_server` turns the flow. */
adp_obs adp_frame_obs(const adp_frame *frame, adp_obs_type type, gboolean from_server);

/** The id of an address that the frame's content names; `type` is AT_IPv4 or AT_IPv6. */
guint32 adp_frame_address(const adp_frame *frame, address_type type, const guint8 *bytes, int len);

/** Hash of `length` bytes at `offset`, as far as captured. */
guint64 adp_hash_range(tvbuff_t *tvb, int offset, int length);

/** Hash of the frame's TCP sequence number, 0 without: tells repeats from copies. */
guint64 adp_hash_segment(const adp_frame *frame);

/* Which field a tree item is, of those the readers look for. */
typedef enum {
    ADP_NODE_UNKNOWN,
    ADP_NODE_DNS,
    ADP_NODE_LDAP,
    ADP_NODE_CLDAP,
    ADP_NODE_KERBEROS,
    ADP_NODE_HTTP,
    ADP_NODE_TLS,
    ADP_NODE_SMB,
    ADP_NODE_RPC,
    ADP_NODE_GSS,
    ADP_NODE_DATA,
    ADP_NODE_ICMP,
    ADP_NODE_TCP,
    ADP_NODE_TCP_STREAM,
    ADP_NODE_TCP_GAP,
    ADP_NODE_UDP_STREAM,
    ADP_NODE_LDAP_MESSAGE,
    ADP_NODE_SASL_LENGTH,
    ADP_NODE_KRB_ERROR,
    ADP_NODE_KRB_REQ_BODY,
    ADP_NODE_TLS_DATA,
    ADP_NODE_TLS_DATA_PROTOCOL,
    ADP_NODE_TLS_MESSAGE,
    ADP_NODE_TLS_ALERT,
    ADP_NODE_TLS_CIPHER_CHANGE,
    ADP_NODE_BODY
} adp_node_kind;

/** The kind of a tree item; UNKNOWN also for one without a field (Wireshark 4.6). */
adp_node_kind adp_node_kind_of(const proto_node *node);

/**
 * Calls `visit` for each descendant of `node` that is of a kind the readers
 * know, in the order of the tree.
 */
typedef void (*adp_node_visit)(adp_node_kind kind, const field_info *fi, void *user_data);
void adp_node_each(const proto_node *node, adp_node_visit visit, void *user_data);

#endif
