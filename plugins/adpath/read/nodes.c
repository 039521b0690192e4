/* nodes.c
 * Items of Wireshark's tree that the readers look for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/nodes.h"

#include <epan/epan.h>
#include <string.h>

/*
 * Containers only: their bytes are parsed by the readers, so that the tree stays small. What
 * costs is that there is a tree at all; but each wanted field that a frame has costs, too, so
 * those are not asked for that Wireshark makes by itself once there is a tree.
 */
static const struct {
    const char *name;
    adp_node_kind kind;
    gboolean top; /* looked for at the top of the tree only */
    gboolean
        all; /* a protocol of which every message is read; of others their bytes decide (peek.c) */
} wanted[] = {
    {"dns", ADP_NODE_DNS, TRUE, FALSE},
    {"mdns", ADP_NODE_MDNS, TRUE, TRUE},
    {"nbns", ADP_NODE_NBNS, TRUE, TRUE},
    {"ldap", ADP_NODE_LDAP, TRUE, TRUE},
    {"cldap", ADP_NODE_CLDAP, TRUE, TRUE},
    {"kerberos", ADP_NODE_KERBEROS, TRUE, TRUE},
    {"kpasswd", ADP_NODE_KPASSWD, TRUE, TRUE},
    {"http", ADP_NODE_HTTP, TRUE, FALSE},
    {"http2", ADP_NODE_HTTP2, TRUE, FALSE},
    {"tls", ADP_NODE_TLS, TRUE, FALSE},
    {"smb", ADP_NODE_SMB, TRUE, FALSE},
    {"smb2", ADP_NODE_SMB, TRUE, FALSE},
    {"dcerpc", ADP_NODE_RPC, TRUE, FALSE},
    {"gss-api", ADP_NODE_GSS, FALSE, FALSE},
    {"spnego", ADP_NODE_GSS, FALSE, FALSE},
    {"spnego-krb5", ADP_NODE_GSS, FALSE, FALSE},
    {"data", ADP_NODE_DATA, TRUE, FALSE},
    {"icmp", ADP_NODE_ICMP, TRUE, FALSE},
    {"icmpv6", ADP_NODE_ICMP, TRUE, FALSE},
    {"ip", ADP_NODE_IP, TRUE, FALSE},
    {"ipv6", ADP_NODE_IPV6, TRUE, FALSE},
    {"ipv6.fraghdr", ADP_NODE_IP_FRAGMENT, TRUE, FALSE},
    {"tcp", ADP_NODE_TCP, TRUE, FALSE},
    {"tcp.stream", ADP_NODE_TCP_STREAM, FALSE, FALSE},
    {"tcp.len", ADP_NODE_TCP_LEN, FALSE, FALSE},
    {"tcp.analysis.lost_segment", ADP_NODE_TCP_GAP, FALSE, FALSE},
    {"tcp.analysis.retransmission", ADP_NODE_TCP_AGAIN, FALSE, FALSE},
    {"tcp.analysis.spurious_retransmission", ADP_NODE_TCP_ACKED, FALSE, FALSE},
    {"udp.stream", ADP_NODE_UDP_STREAM, FALSE, FALSE},
    {"ldap.LDAPMessage_element", ADP_NODE_LDAP_MESSAGE, FALSE, FALSE},
    {"ldap.sasl_buffer_length", ADP_NODE_SASL_LENGTH, FALSE, FALSE},
    {"kerberos.krb_error_element", ADP_NODE_KRB_ERROR, FALSE, FALSE},
    {"kerberos.req_body_element", ADP_NODE_KRB_REQ_BODY, FALSE, FALSE},
    {"kpasswd.result", ADP_NODE_KPASSWD_RESULT, FALSE, FALSE},
    {"kpasswd.result_string", ADP_NODE_KPASSWD_TEXT, FALSE, FALSE},
    {"tls.app_data", ADP_NODE_TLS_DATA, FALSE, FALSE},
    {"tls.app_data_proto", ADP_NODE_TLS_DATA_PROTOCOL, FALSE, FALSE},
    {"tls.handshake.type", ADP_NODE_TLS_MESSAGE, FALSE, FALSE},
    {"tls.ssl2.handshake.type", ADP_NODE_TLS_MESSAGE, FALSE, FALSE}, /* since 4.2 */
    {"tls.alert_message", ADP_NODE_TLS_ALERT, FALSE, FALSE},
    {"tls.change_cipher_spec", ADP_NODE_TLS_CIPHER_CHANGE, FALSE, FALSE},
    {"xml", ADP_NODE_BODY, TRUE, FALSE},
    {"json", ADP_NODE_BODY, TRUE, FALSE},
    {"data-text-lines", ADP_NODE_BODY, TRUE, FALSE},
    {"media", ADP_NODE_BODY, TRUE, FALSE},
    {"http2.header.length", ADP_NODE_HTTP2_HEADERS, FALSE, FALSE},
    {"http2.data.data", ADP_NODE_HTTP2_DATA, FALSE, FALSE},
};

/** What Wireshark knows of a field and of its protocol, which is NULL for a protocol itself. */
typedef struct {
    const header_field_info *info;
    const header_field_info *protocol;
} wanted_field;

/*
 * Set once at start-up, like hf_ and ett_ variables; field ids live as long as the process. The
 * kinds are asked for several times a frame, hence no hash table.
 */
static GByteArray *node_kinds; /* what adp_node_kinds points into */
const guint8 *adp_node_kinds;
guint adp_node_kind_count;
static GArray *wanted_fields; /* wanted_field */
static guint64 read_whole;    /* bits of adp_node_kind */
static int gap_field = -1;    /* Wireshark's word that packets are missing before this one, */
static int again_field = -1;  /* that it repeats an earlier one, */
static int acked_field = -1;  /* and one that was acknowledged */

static void set_kind(int id, adp_node_kind kind)
{
    guint old = node_kinds->len;

    if (id < 0) {
        return;
    }
    if ((guint)id >= old) {
        g_byte_array_set_size(node_kinds, (guint)id + 1);
        memset(node_kinds->data + old, ADP_NODE_UNKNOWN, node_kinds->len - old);
    }
    node_kinds->data[id] = (guint8)kind;
}

static void add_field_ids(const char *name, adp_node_kind kind, gboolean is_wanted)
{
    header_field_info *info;

    /* Several fields may have one name. */
    for (info = proto_registrar_get_byname(name); info;
         info = info->same_name_prev_id != -1
                    ? proto_registrar_get_nth((guint)info->same_name_prev_id)
                    : NULL) {
        set_kind(info->id, kind);
        if (is_wanted) {
            const wanted_field field = {
                info, info->parent < 0 ? NULL : proto_registrar_get_nth((guint)info->parent)};

            g_array_append_val(wanted_fields, field);
        }
    }
}

/* The module may be unloaded before the process ends. */
static void shut_down(void)
{
    adp_node_kinds = NULL;
    adp_node_kind_count = 0;
    g_clear_pointer(&node_kinds, g_byte_array_unref);
    g_clear_pointer(&wanted_fields, g_array_unref);
}

void adp_nodes_init(void)
{
    guint i;

    node_kinds = g_byte_array_new();
    wanted_fields = g_array_new(FALSE, FALSE, sizeof(wanted_field));
    register_shutdown_routine(shut_down);
    for (i = 0; i < G_N_ELEMENTS(wanted); i++) {
        read_whole |= (guint64)wanted[i].all << wanted[i].kind;
        add_field_ids(wanted[i].name, wanted[i].kind, !wanted[i].top || ADP_TOP_ITEMS_ARE_FAKED);
    }
    set_kind(proto_get_id_by_filter_name("udp"), ADP_NODE_UDP);
    set_kind(proto_get_id_by_filter_name("quic"), ADP_NODE_QUIC);
    adp_node_kinds = node_kinds->data;
    adp_node_kind_count = node_kinds->len;
    gap_field = proto_registrar_get_id_byname("tcp.analysis.lost_segment");
    again_field = proto_registrar_get_id_byname("tcp.analysis.retransmission");
    acked_field = proto_registrar_get_id_byname("tcp.analysis.spurious_retransmission");
}

GArray *adp_nodes_wanted(void)
{
    GArray *ids = g_array_new(FALSE, FALSE, sizeof(int));
    guint i;

    for (i = 0; i < wanted_fields->len; i++) {
        g_array_append_val(ids, g_array_index(wanted_fields, wanted_field, i).info->id);
    }
    return ids;
}

void adp_nodes_each_read_whole(void (*visit)(int proto))
{
    guint i;

    for (i = 0; i < G_N_ELEMENTS(wanted); i++) {
        if (wanted[i].all) {
            visit(proto_get_id_by_filter_name(wanted[i].name));
        }
    }
}

gboolean adp_nodes_are_read_whole(adp_node_kind kind)
{
    return read_whole >> kind & 1;
}

/* Until a tree with the field is thrown away, it and its protocol stay wanted. */
static gboolean is_primed(const wanted_field *field)
{
    return field->info->ref_type == HF_REF_TYPE_DIRECT &&
           (!field->protocol || field->protocol->ref_type != HF_REF_TYPE_NONE);
}

void adp_nodes_prime(struct epan_dissect *edt)
{
    guint i;

    for (i = 0; i < wanted_fields->len; i++) {
        const wanted_field *field = &g_array_index(wanted_fields, wanted_field, i);

        if (!is_primed(field)) {
            epan_dissect_prime_with_hfid(edt, field->info->id);
        }
    }
}

void adp_node_each(const proto_node *node, adp_node_visit visit, void *user_data)
{
    const proto_node *child;

    for (child = node->first_child; child; child = child->next) {
        adp_node_kind kind = adp_node_kind_of(child);

        if (kind != ADP_NODE_UNKNOWN) {
            visit(kind, PNODE_FINFO(child), user_data);
        }
        adp_node_each(child, visit, user_data);
    }
}

static gboolean has_field(const proto_tree *tree, int field)
{
    const GPtrArray *found = field > 0 ? proto_get_finfo_ptr_array(tree, field) : NULL;

    return found && found->len;
}

gboolean adp_nodes_have_gap(const proto_tree *tree)
{
    return has_field(tree, gap_field);
}

gboolean adp_nodes_repeat(const proto_tree *tree)
{
    return has_field(tree, again_field);
}

gboolean adp_nodes_repeat_acked(const proto_tree *tree)
{
    return has_field(tree, acked_field);
}
