/* read.c
 * From a dissected frame to observations: which parts of the tree go to which reader.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/read.h"

#include "join/model.h"
#include "join/pair_tcp.h"
#include "log/observation.h"
#include "read/ber.h"
#include "read/dns.h"
#include "read/http.h"
#include "read/kerberos.h"
#include "read/ldap.h"
#include "read/tcp.h"
#include "read/tls.h"
#include "read/tokens.h"
#include "wire/arena.h"
#include "wire/text.h"

#include <epan/to_str.h>
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
} wanted[] = {
    {"dns", ADP_NODE_DNS, TRUE},
    {"ldap", ADP_NODE_LDAP, TRUE},
    {"cldap", ADP_NODE_CLDAP, TRUE},
    {"kerberos", ADP_NODE_KERBEROS, TRUE},
    {"http", ADP_NODE_HTTP, TRUE},
    {"tls", ADP_NODE_TLS, TRUE},
    {"smb", ADP_NODE_SMB, TRUE},
    {"smb2", ADP_NODE_SMB, TRUE},
    {"dcerpc", ADP_NODE_RPC, TRUE},
    {"gss-api", ADP_NODE_GSS, FALSE},
    {"spnego", ADP_NODE_GSS, FALSE},
    {"spnego-krb5", ADP_NODE_GSS, FALSE},
    {"data", ADP_NODE_DATA, TRUE},
    {"icmp", ADP_NODE_ICMP, TRUE},
    {"icmpv6", ADP_NODE_ICMP, TRUE},
    {"tcp", ADP_NODE_TCP, TRUE},
    {"tcp.stream", ADP_NODE_TCP_STREAM, FALSE},
    {"tcp.analysis.lost_segment", ADP_NODE_TCP_GAP, FALSE},
    {"udp.stream", ADP_NODE_UDP_STREAM, FALSE},
    {"ldap.LDAPMessage_element", ADP_NODE_LDAP_MESSAGE, FALSE},
    {"ldap.sasl_buffer_length", ADP_NODE_SASL_LENGTH, FALSE},
    {"kerberos.krb_error_element", ADP_NODE_KRB_ERROR, FALSE},
    {"kerberos.req_body_element", ADP_NODE_KRB_REQ_BODY, FALSE},
    {"tls.app_data", ADP_NODE_TLS_DATA, FALSE},
    {"tls.app_data_proto", ADP_NODE_TLS_DATA_PROTOCOL, FALSE},
    {"tls.handshake.type", ADP_NODE_TLS_MESSAGE, FALSE},
    {"tls.alert_message", ADP_NODE_TLS_ALERT, FALSE},
    {"tls.change_cipher_spec", ADP_NODE_TLS_CIPHER_CHANGE, FALSE},
    {"xml", ADP_NODE_BODY, TRUE},
    {"json", ADP_NODE_BODY, TRUE},
    {"data-text-lines", ADP_NODE_BODY, TRUE},
    {"media", ADP_NODE_BODY, TRUE},
};

/*
 * Set once at start-up, like hf_ and ett_ variables; field ids live as long as the process. The
 * kinds are asked for several times a frame, hence no hash table.
 */
static GByteArray *node_kinds; /* at a field's id its adp_node_kind */
static GArray *wanted_ids;     /* int */
static int gap_field = -1;     /* Wireshark's word that packets are missing before this one */

static void set_kind(int id, adp_node_kind kind)
{
    guint old = node_kinds->len;

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
            g_array_append_val(wanted_ids, info->id);
        }
    }
}

/* The module may be unloaded before the process ends. */
static void shut_down(void)
{
    g_clear_pointer(&node_kinds, g_byte_array_unref);
    g_clear_pointer(&wanted_ids, g_array_unref);
}

void adp_read_init(void)
{
    guint i;

    node_kinds = g_byte_array_new();
    wanted_ids = g_array_new(FALSE, FALSE, sizeof(int));
    register_shutdown_routine(shut_down);
    for (i = 0; i < G_N_ELEMENTS(wanted); i++) {
        add_field_ids(wanted[i].name, wanted[i].kind, !wanted[i].top || ADP_TOP_ITEMS_ARE_FAKED);
    }
    gap_field = proto_registrar_get_id_byname("tcp.analysis.lost_segment");
}

GArray *adp_read_wanted_fields(void)
{
    return g_array_copy(wanted_ids);
}

static inline adp_node_kind kind_of_id(int id)
{
    return (guint)id < node_kinds->len ? (adp_node_kind)node_kinds->data[id] : ADP_NODE_UNKNOWN;
}

adp_node_kind adp_node_kind_of(const proto_node *node)
{
    const field_info *fi = PNODE_FINFO(node);

    return fi ? kind_of_id(fi->hfinfo->id) : ADP_NODE_UNKNOWN;
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

/* Six bytes of Ethernet as a number, 0 for other links. */
static guint64 link_address(const address *addr)
{
    const guint8 *bytes = addr->data;
    guint64 number = 0;
    int i;

    for (i = 0; addr->type == AT_ETHER && i < addr->len; i++) {
        number = (number << 8) | bytes[i];
    }
    return number;
}

adp_obs adp_frame_obs(const adp_frame *frame, adp_obs_type type, gboolean from_server)
{
    const packet_info *pinfo = frame->pinfo;
    adp_obs obs = {
        .type = type,
        .frame = pinfo->num,
        .time = frame->time,
        .from_server = from_server,
        .link = link_address(from_server ? &pinfo->dl_dst : &pinfo->dl_src),
        .flow =
            {
                .client = from_server ? frame->dst : frame->src,
                .server = from_server ? frame->src : frame->dst,
                .client_port = (guint16)(from_server ? pinfo->destport : pinfo->srcport),
                .server_port = (guint16)(from_server ? pinfo->srcport : pinfo->destport),
                .transport = frame->transport,
                .stream = frame->stream,
            },
    };

    return obs;
}

guint64 adp_hash_range(tvbuff_t *tvb, int offset, int length)
{
    adp_ber range = adp_ber_range(tvb, offset, length);

    return adp_hash_bytes(ADP_HASH_SEED, adp_ber_bytes(&range), (gsize)adp_ber_length(&range));
}

/* The sequence number stands behind the two ports. */
guint64 adp_hash_segment(const adp_frame *frame)
{
    return frame->segment ? adp_hash_range(frame->segment->ds_tvb, frame->segment->start + 4, 4)
                          : 0;
}

static guint8 address_len(const address *addr)
{
    return (guint8)CLAMP(addr->len, 0, 16);
}

static guint32 known_address(adp_model *model, const address *addr)
{
    return adp_model_address(model, (guint8)addr->type, addr->data, address_len(addr), NULL);
}

static guint32 address_id(adp_model *model, packet_info *pinfo, const address *addr)
{
    guint32 id = known_address(model, addr);

    /* Its text is made once. */
    if (id != ADP_NONE && *adp_model_address_text(model, id)) {
        return id;
    }
    return adp_model_address(model, (guint8)addr->type, addr->data, address_len(addr),
                             address_to_str(pinfo->pool, addr));
}

guint32 adp_frame_address(const adp_frame *frame, address_type type, const guint8 *bytes, int len)
{
    address addr;

    set_address(&addr, type, len, bytes);
    return address_id(frame->model, frame->pinfo, &addr);
}

static adp_transport transport_of(const packet_info *pinfo)
{
    switch (pinfo->ptype) {
    case PT_UDP:
        return ADP_UDP;
    case PT_TCP:
        return ADP_TCP;
    default:
        return ADP_TRANSPORT_OTHER;
    }
}

/** What a frame has that is worth reading. */
typedef struct {
    gboolean content;      /* a protocol that the readers know */
    const field_info *tcp; /* of the innermost connection, when it opens or closes */
    const field_info *icmp;
    gboolean gap;              /* packets of its connection are missing before it */
    const field_info *segment; /* its innermost TCP header */
} finds;

/* By the layers alone: most frames have nothing for us, and their trees are not looked at. */
static void look_at_layers(const packet_info *pinfo, finds *f, gboolean *has_tcp)
{
    wmem_list_frame_t *layer;

    for (layer = wmem_list_tail(pinfo->layers); layer; layer = wmem_list_frame_prev(layer)) {
        switch (kind_of_id(GPOINTER_TO_INT(wmem_list_frame_data(layer)))) {
        case ADP_NODE_DNS:
        case ADP_NODE_LDAP:
        case ADP_NODE_CLDAP:
        case ADP_NODE_KERBEROS:
        case ADP_NODE_HTTP:
        case ADP_NODE_TLS:
        case ADP_NODE_GSS:
        case ADP_NODE_RPC:
        case ADP_NODE_ICMP:
            f->content = TRUE;
            break;
        case ADP_NODE_TCP:
            *has_tcp = TRUE;
            break;
        default:
            break;
        }
    }
}

/* Either end may be the server of a connection that closes. */
static gboolean may_be_an_attempt(adp_model *model, const packet_info *pinfo)
{
    return adp_model_may_attempt(model, known_address(model, &pinfo->dst),
                                 (guint16)pinfo->destport) ||
           adp_model_may_attempt(model, known_address(model, &pinfo->src), (guint16)pinfo->srcport);
}

static gboolean has_gap(const proto_tree *tree)
{
    const GPtrArray *found = gap_field > 0 ? proto_get_finfo_ptr_array(tree, gap_field) : NULL;

    return found && found->len;
}

static finds look_at(adp_model *model, const packet_info *pinfo, const proto_tree *tree)
{
    finds f = {0};
    gboolean has_tcp = FALSE;
    const proto_node *child;

    look_at_layers(pinfo, &f, &has_tcp);
    for (child = f.content || has_tcp ? tree->first_child : NULL; child; child = child->next) {
        adp_node_kind kind = adp_node_kind_of(child);

        if (kind == ADP_NODE_ICMP) {
            /* What follows is another packet, quoted in an error. */
            f.icmp = PNODE_FINFO(child);
            f.tcp = NULL;
            return f;
        }
        if (kind == ADP_NODE_TCP) {
            f.tcp = f.segment = PNODE_FINFO(child);
        }
    }
    f.gap = f.tcp && has_gap(tree);
    if (f.tcp && (!adp_tcp_matters(adp_tcp_flags(f.tcp)) || !may_be_an_attempt(model, pinfo))) {
        f.tcp = NULL;
    }
    return f;
}

typedef struct {
    adp_frame *frame;
} stream_state;

static void visit_stream(adp_node_kind kind, const field_info *fi, void *user_data)
{
    adp_frame *frame = ((stream_state *)user_data)->frame;

    if (kind == ADP_NODE_TCP_STREAM || kind == ADP_NODE_UDP_STREAM) {
        frame->stream = adp_fvalue_uint(fi);
    }
}

/* What HTTP carries stands behind it, decoded; the next message ends the search. */
static const field_info *body_of(const proto_node *node)
{
    for (node = node->next; node && adp_node_kind_of(node) != ADP_NODE_HTTP; node = node->next) {
        if (adp_node_kind_of(node) == ADP_NODE_BODY || adp_node_kind_of(node) == ADP_NODE_DATA) {
            return PNODE_FINFO(node);
        }
    }
    return NULL;
}

/* One branch below the root. */
static void read_branch(adp_frame *frame, const proto_node *node, gboolean content_visible)
{
    const field_info *fi = PNODE_FINFO(node);
    stream_state state = {.frame = frame};

    switch (adp_node_kind_of(node)) {
    case ADP_NODE_DNS:
        adp_read_dns(frame, fi->ds_tvb, fi->start, fi->length);
        break;
    case ADP_NODE_LDAP:
    case ADP_NODE_CLDAP:
        adp_read_ldap(frame, node);
        break;
    case ADP_NODE_KERBEROS:
        adp_read_kdc(frame, node);
        break;
    case ADP_NODE_HTTP:
        adp_read_http(frame, fi, body_of(node));
        break;
    case ADP_NODE_TLS:
        frame->in_tls = TRUE;
        adp_read_tls(frame, node);
        if (!content_visible) {
            adp_read_hidden_tls(frame, node);
        }
        break;
    case ADP_NODE_DATA:
        if (frame->in_tls && adp_is_gc_over_tls(frame)) {
            adp_read_ldap_bytes(frame, fi->ds_tvb, fi->start, fi->length);
        }
        break;
    case ADP_NODE_SMB:
        adp_read_tokens(frame, node, ADP_CARRIER_SMB);
        break;
    case ADP_NODE_RPC:
        adp_read_rpc(frame, node);
        break;
    default:
        /* The stream's number stands below tcp or udp, of a tunnel's the last. */
        adp_node_each(node, visit_stream, &state);
        adp_read_tokens(frame, node, ADP_CARRIER_OTHER);
        break;
    }
}

#define MAX_SECONDS G_GINT64_CONSTANT(4000000000)

static gint64 frame_time(const packet_info *pinfo)
{
    /* Until 2096; a hostile file may claim more than the number holds. */
    gint64 seconds = CLAMP((gint64)pinfo->abs_ts.secs, -MAX_SECONDS, MAX_SECONDS);

    return seconds * ADP_NS_PER_S + pinfo->abs_ts.nsecs;
}

void adp_read_begin(adp_model *model, const packet_info *pinfo)
{
    adp_model_frame(model, pinfo->num, frame_time(pinfo), (guint8)pinfo->dst.type, pinfo->dst.data,
                    address_len(&pinfo->dst));
}

static gboolean has_visible_content(const proto_tree *tree)
{
    const proto_node *child;

    for (child = tree->first_child; child; child = child->next) {
        adp_node_kind kind = adp_node_kind_of(child);

        if (kind == ADP_NODE_LDAP || kind == ADP_NODE_DATA) {
            return TRUE;
        }
    }
    return FALSE;
}

void adp_read_frame(adp_model *model, packet_info *pinfo, proto_tree *tree)
{
    const proto_node *child;
    gboolean content_visible;
    adp_frame frame = {
        .model = model,
        .arena = adp_model_arena(model),
        .pinfo = pinfo,
        .time = frame_time(pinfo),
        .transport = transport_of(pinfo),
        .stream = ADP_NONE,
    };
    finds f = {0};

    if (tree) {
        f = look_at(model, pinfo, tree);
    }
    if (!f.content && !f.tcp && !f.gap) {
        return;
    }
    frame.src = address_id(model, pinfo, &pinfo->src);
    frame.dst = address_id(model, pinfo, &pinfo->dst);
    if (f.icmp) {
        adp_arena_mark mark = adp_arena_get_mark(frame.arena);

        if (!adp_read_icmp(&frame, f.icmp)) {
            adp_arena_release(frame.arena, mark);
        }
        return;
    }
    frame.segment = f.segment;
    content_visible = has_visible_content(tree);
    for (child = tree->first_child; child; child = child->next) {
        adp_arena_mark mark;
        guint32 before;

        if (!child->first_child && adp_node_kind_of(child) == ADP_NODE_UNKNOWN) {
            continue;
        }
        mark = adp_arena_get_mark(frame.arena);
        before = adp_model_obs_count(model);
        read_branch(&frame, child, content_visible);
        if (f.gap && adp_node_kind_of(child) == ADP_NODE_TCP) {
            adp_read_tcp_gap(&frame);
        }
        if (f.tcp && PNODE_FINFO(child) == f.tcp) {
            adp_read_tcp(&frame, f.tcp);
        }
        if (adp_model_obs_count(model) == before) {
            adp_arena_release(frame.arena, mark);
        }
    }
}
