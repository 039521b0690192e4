/* read.h
 * From a dissected frame to observations.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_READ_H
#define ADPATH_READ_READ_H

#include "../compat.h"
#include "../model/model.h"
#include "ber.h"

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

/** A DNS message in `length` bytes at `offset`. */
void adp_read_dns(adp_frame *frame, tvbuff_t *tvb, int offset, int length);

/** An `ldap` or `cldap` item of the tree. */
void adp_read_ldap(adp_frame *frame, const proto_node *node);

/**
 * Decrypted content that Wireshark does not take for LDAP, on the port of the
 * global catalog over TLS, which it does not know.
 */
gboolean adp_is_gc_over_tls(const adp_frame *frame);
void adp_read_ldap_bytes(adp_frame *frame, tvbuff_t *tvb, int offset, int length);

/** A `tcp` item: does the connection open or close? */
guint adp_tcp_flags(const field_info *fi);
gboolean adp_tcp_matters(guint flags);
void adp_read_tcp(adp_frame *frame, const field_info *fi);

/** Packets of the connection are missing before this one; to be called when its stream is known. */
void adp_read_tcp_gap(adp_frame *frame);

/** An `icmp` or `icmpv6` item: FALSE when it is no error about a request that we know. */
gboolean adp_read_icmp(adp_frame *frame, const field_info *fi);

/** A `tls` item: what is visible of a handshake. */
void adp_read_tls(adp_frame *frame, const proto_node *node);

/** TLS records without visible content on a connection that carries LDAP. */
void adp_read_hidden_tls(adp_frame *frame, const proto_node *node);

/** A top-level `kerberos` item of the tree: a message from or to a KDC. */
void adp_read_kdc(adp_frame *frame, const proto_node *node);

/** An `http` item: one message. `body` is the item of its decoded body, or NULL. */
void adp_read_http(adp_frame *frame, const field_info *fi, const field_info *body);

/**
 * Another protocol's item of the tree that may hold GSS-API tokens: SMB and
 * whatever else authenticates with them.
 */
void adp_read_tokens(adp_frame *frame, const proto_node *node, adp_carrier carrier);

/** A connection-oriented RPC PDU: only the token in its auth trailer is looked at. */
void adp_read_rpc(adp_frame *frame, const proto_node *node);

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
