/* nodes.h
 * Items of Wireshark's tree that the readers look for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_NODES_H
#define ADPATH_READ_NODES_H

#include "compat.h"

#include <glib.h>

/* Which field a tree item is, of those the readers look for. */
typedef enum {
    ADP_NODE_UNKNOWN,
    ADP_NODE_DNS,
    ADP_NODE_MDNS,
    ADP_NODE_NBNS,
    ADP_NODE_LDAP,
    ADP_NODE_CLDAP,
    ADP_NODE_KERBEROS,
    ADP_NODE_KPASSWD,
    ADP_NODE_HTTP,
    ADP_NODE_HTTP2,
    ADP_NODE_TLS,
    ADP_NODE_SMB,
    ADP_NODE_RPC,
    ADP_NODE_GSS,
    ADP_NODE_DATA,
    ADP_NODE_ICMP,
    ADP_NODE_IP,
    ADP_NODE_IPV6,
    ADP_NODE_IP_FRAGMENT,
    ADP_NODE_TCP,
    ADP_NODE_TCP_STREAM,
    ADP_NODE_TCP_GAP,
    ADP_NODE_TCP_AGAIN,
    ADP_NODE_TCP_ACKED,
    ADP_NODE_TCP_LEN,
    ADP_NODE_UDP, /* layers only: no tree is asked for these two */
    ADP_NODE_QUIC,
    ADP_NODE_UDP_STREAM,
    ADP_NODE_LDAP_MESSAGE,
    ADP_NODE_SASL_LENGTH,
    ADP_NODE_KRB_ERROR,
    ADP_NODE_KRB_REQ_BODY,
    ADP_NODE_KPASSWD_RESULT,
    ADP_NODE_KPASSWD_TEXT,
    ADP_NODE_TLS_DATA,
    ADP_NODE_TLS_DATA_PROTOCOL,
    ADP_NODE_TLS_MESSAGE,
    ADP_NODE_TLS_ALERT,
    ADP_NODE_TLS_CIPHER_CHANGE,
    ADP_NODE_BODY,
    ADP_NODE_HTTP2_HEADERS,
    ADP_NODE_HTTP2_DATA,
    ADP_NODE_KINDS
} adp_node_kind;

/** Filled by adp_nodes_init(): at a field's id its adp_node_kind; ids are smaller than the count. */
extern const guint8 *adp_node_kinds;
extern guint adp_node_kind_count;

/* The two are asked for each layer and each branch of a frame, hence inline. */

/** The kind of a field's id, as layers have it. */
static inline adp_node_kind adp_node_kind_of_id(int id)
{
    return (guint)id < adp_node_kind_count ? (adp_node_kind)adp_node_kinds[id] : ADP_NODE_UNKNOWN;
}

/** The kind of a tree item; UNKNOWN also for one without a field (Wireshark 4.6). */
static inline adp_node_kind adp_node_kind_of(const proto_node *node)
{
    const field_info *fi = PNODE_FINFO(node);

    return fi ? adp_node_kind_of_id(fi->hfinfo->id) : ADP_NODE_UNKNOWN;
}

/**
 * Calls `visit` for each descendant of `node` that is of a kind the readers
 * know, in the order of the tree.
 */
typedef void (*adp_node_visit)(adp_node_kind kind, const field_info *fi, void *user_data);
void adp_node_each(const proto_node *node, adp_node_visit visit, void *user_data);

/** Does Wireshark say that packets are missing before this frame of a TCP connection? */
gboolean adp_nodes_have_gap(const proto_tree *tree);

/** Does Wireshark say that this packet of a TCP connection repeats an earlier one? */
gboolean adp_nodes_repeat(const proto_tree *tree);

/** Likewise one that the other end has acknowledged in this capture: it, or its word, was late. */
gboolean adp_nodes_repeat_acked(const proto_tree *tree);

/** Looks up the fields the readers need; once, in the hand-off routine. */
void adp_nodes_init(void);

/**
 * The fields Wireshark has to put into the tree for the readers, as
 * set_postdissector_wanted_hfids() takes them (it becomes the owner).
 */
GArray *adp_nodes_wanted(void);

/** Calls `visit` with each protocol of which every message is read; -1 for one that Wireshark lacks. */
void adp_nodes_each_read_whole(void (*visit)(int proto));

/** Is every message of the container's protocol read? */
gboolean adp_nodes_are_read_whole(adp_node_kind kind);

/** Has Wireshark put the same fields into the tree that is made next. */
void adp_nodes_prime(struct epan_dissect *edt);

#endif
