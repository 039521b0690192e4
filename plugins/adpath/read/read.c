/* read.c
 * From a dissected frame to observations: which parts of the tree go to which reader.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/read.h"

#include "join/feed.h"
#include "join/model.h"
#include "join/pair_kerberos.h"
#include "join/pair_tcp.h"
#include "join/stream.h"
#include "log/observation.h"
#include "read/ber.h"
#include "read/crossed.h"
#include "read/dns.h"
#include "read/frame.h"
#include "read/http.h"
#include "read/http2.h"
#include "read/kerberos.h"
#include "read/kpasswd.h"
#include "read/ldap.h"
#include "read/netbios.h"
#include "read/nodes.h"
#include "read/on_demand.h"
#include "read/tcp.h"
#include "read/tls.h"
#include "read/tokens.h"
#include "wire/arena.h"
#include "wire/hash.h"
#include "wire/limits.h"
#include "wire/text.h"

#include <epan/to_str.h>
#include <string.h>

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
    gboolean content; /* a protocol that the readers know */
    gboolean smb;     /* SMB: it may be an answer without a token */
    adp_place tcp;    /* the innermost TCP header, of a connection that opens or closes */
    adp_place icmp;
    adp_senders senders; /* of the ICMP message */
    gboolean gap;        /* packets of its connection are missing before it */
    adp_place segment;   /* its innermost TCP, header and payload */
    adp_place ip;        /* the innermost header of IP */
    gboolean fragmented; /* IPv6: it has a fragment header */
    gboolean alone;      /* IP without TCP or UDP in it: a fragment, maybe */
    gboolean part;       /* bytes of a server that may be an answer's */
    gboolean again;      /* bytes that a client repeats, to a server that may owe an answer, */
    gboolean back;       /* or such a server repeats */
    gboolean crossed;    /* bytes that may be what their port of LDAP does not expect */
} finds;

/* By the layers alone: most frames have nothing for us, and their trees are not looked at. */
static void look_at_layers(const packet_info *pinfo, finds *f, gboolean *has_tcp)
{
    wmem_list_frame_t *layer;

    for (layer = wmem_list_tail(pinfo->layers); layer; layer = wmem_list_frame_prev(layer)) {
        switch (adp_node_kind_of_id(GPOINTER_TO_INT(wmem_list_frame_data(layer)))) {
        case ADP_NODE_DNS:
        case ADP_NODE_MDNS:
        case ADP_NODE_NBNS:
        case ADP_NODE_LDAP:
        case ADP_NODE_CLDAP:
        case ADP_NODE_KERBEROS:
        case ADP_NODE_KPASSWD:
        case ADP_NODE_HTTP:
        case ADP_NODE_HTTP2:
        case ADP_NODE_TLS:
        case ADP_NODE_GSS:
        case ADP_NODE_RPC:
        case ADP_NODE_ICMP:
            f->content = TRUE;
            break;
        case ADP_NODE_SMB:
            f->smb = TRUE;
            break;
        case ADP_NODE_TCP:
            *has_tcp = TRUE;
            break;
        case ADP_NODE_IP_FRAGMENT:
            f->fragmented = TRUE;
            break;
        case ADP_NODE_IP:
            /* A fragment by itself has no transport that was dissected. */
            f->alone = pinfo->ptype == PT_NONE;
            break;
        case ADP_NODE_IPV6:
            /* Its fragment header stands behind it, so it was met before. */
            f->alone = f->alone || (f->fragmented && pinfo->ptype == PT_NONE);
            break;
        default:
            break;
        }
    }
}

/* Either end may be the server of a connection that closes. */
static gboolean may_be_an_attempt(adp_model *model, const packet_info *pinfo, guint32 dst)
{
    return adp_model_may_attempt(model, dst, (guint16)pinfo->destport) ||
           adp_model_may_attempt(model, adp_known_address(model, &pinfo->src),
                                 (guint16)pinfo->srcport);
}

#define IPV4_HEADER_LEN  20
#define IPV4_SOURCE_AT   12
#define IPV4_ADDRESS_LEN 4
#define IPV6_HEADER_LEN  40
#define IPV6_SOURCE_AT   8
#define IPV6_ADDRESS_LEN 16

/* Of the item of an IP header, which may be NULL. */
static address source_of(const field_info *fi, gboolean v6)
{
    int len = v6 ? IPV6_HEADER_LEN : IPV4_HEADER_LEN;
    adp_ber header = fi ? adp_ber_range(fi->ds_tvb, fi->start, len) : (adp_ber){0};
    address source = ADDRESS_INIT_NONE;

    if (adp_ber_length(&header) >= len) {
        set_address(&source, v6 ? AT_IPv6 : AT_IPv4, v6 ? IPV6_ADDRESS_LEN : IPV4_ADDRESS_LEN,
                    adp_ber_bytes(&header) + (v6 ? IPV6_SOURCE_AT : IPV4_SOURCE_AT));
    }
    return source;
}

/* Header and payload; what follows in the frame is the link's own, as are zeros that fill a short one. */
static adp_place segment_of(const proto_node *node)
{
    adp_place place = adp_place_of(PNODE_FINFO(node));
    const proto_node *child;

    for (child = node->first_child; child; child = child->next) {
        if (adp_node_kind_of(child) == ADP_NODE_TCP_LEN) {
            place.length += (int)MIN(adp_fvalue_uint(PNODE_FINFO(child)), G_MAXINT / 2);
        }
    }
    return place;
}

/* What stands at the top of a tree that is made for every frame. */
static void look_at_tree(const proto_tree *tree, finds *f)
{
    const proto_node *child;
    const field_info *ip = NULL;
    const field_info *ipv6 = NULL;

    for (child = tree->first_child; child; child = child->next) {
        switch (adp_node_kind_of(child)) {
        case ADP_NODE_ICMP:
            /* What follows is another packet, quoted in an error. */
            f->icmp = adp_place_of(PNODE_FINFO(child));
            f->senders.v4 = source_of(ip, FALSE);
            f->senders.v6 = source_of(ipv6, TRUE);
            return;
        case ADP_NODE_TCP:
            f->segment = segment_of(child);
            break;
        case ADP_NODE_IP:
            ip = PNODE_FINFO(child);
            f->ip = adp_place_of(ip);
            break;
        case ADP_NODE_IPV6:
            ipv6 = PNODE_FINFO(child);
            f->ip = adp_place_of(ipv6);
            break;
        default:
            break;
        }
    }
}

/*
 * The innermost IPv4 header without a tree: the frame's addresses are those in it. One that was
 * put together, or decrypted, is not found.
 */
static adp_place ip_header(tvbuff_t *tvb, const packet_info *pinfo)
{
    adp_ber frame = adp_ber_range(tvb, 0, -1);
    const guint8 *begin = adp_ber_length(&frame) > 0 ? adp_ber_bytes(&frame) : NULL;
    const guint8 *source = pinfo->net_src.data;
    gsize at;

    if (!begin || pinfo->net_src.type != AT_IPv4 || source < begin + IPV4_SOURCE_AT) {
        return (adp_place){0};
    }
    at = (gsize)(source - begin) - IPV4_SOURCE_AT;
    if (at + IPV4_HEADER_LEN > (gsize)adp_ber_length(&frame)) {
        return (adp_place){0};
    }
    return (adp_place){tvb, (int)at, -1};
}

/* Of IPv6 the frame has copies of the addresses: the last place where both stand is its header. */
static adp_place ipv6_header(tvbuff_t *tvb, const packet_info *pinfo)
{
    adp_ber frame = adp_ber_range(tvb, 0, -1);
    const guint8 *begin = adp_ber_length(&frame) > 0 ? adp_ber_bytes(&frame) : NULL;
    int at = adp_ber_length(&frame) - IPV6_HEADER_LEN;

    if (!begin || pinfo->net_src.type != AT_IPv6 || pinfo->net_dst.type != AT_IPv6) {
        return (adp_place){0};
    }
    for (; at >= 0; at--) {
        const guint8 *source = begin + at + IPV6_SOURCE_AT;

        if (begin[at] >> 4 == 6 && memcmp(source, pinfo->net_src.data, IPV6_ADDRESS_LEN) == 0 &&
            memcmp(source + IPV6_ADDRESS_LEN, pinfo->net_dst.data, IPV6_ADDRESS_LEN) == 0) {
            return (adp_place){tvb, at, -1};
        }
    }
    return (adp_place){0};
}

/* The same for a frame that has a tree on demand, or none. */
static void look_at_sight(const adp_sight *sight, tvbuff_t *tvb, const packet_info *pinfo, finds *f)
{
    f->icmp = sight->icmp;
    if (sight->icmp.tvb) {
        *(sight->sender.type == AT_IPv6 ? &f->senders.v6 : &f->senders.v4) = sight->sender;
        return;
    }
    f->content = f->content && (sight->tree || sight->dns.tvb);
    f->segment = sight->segment;
    if (f->alone || pinfo->ptype == PT_UDP) {
        f->ip = ip_header(tvb, pinfo);
        if (f->alone && f->fragmented && !f->ip.tvb) {
            f->ip = ipv6_header(tvb, pinfo);
        }
    }
}

/*
 * As TCP has noted it: by its fields, where every frame has a tree. Of a header whose length is damaged it
 * shows none.
 */
static adp_segment_notes notes_of(packet_info *pinfo, const adp_place *header,
                                  const adp_sight *sight, const proto_tree *tree)
{
    if (!adp_tcp_has_length(header)) {
        return (adp_segment_notes){0};
    }
    return sight ? adp_on_demand_segment(pinfo)
                 : (adp_segment_notes){.repeats = adp_nodes_repeat(tree),
                                       .acked = adp_nodes_repeat_acked(tree),
                                       .has_gap = adp_nodes_have_gap(tree)};
}

/* `tree` may be NULL only when there is a sight. */
static finds look_at(adp_model *model, packet_info *pinfo, guint32 dst, tvbuff_t *tvb,
                     const adp_sight *sight, proto_tree *tree)
{
    finds f = {0};
    gboolean has_tcp = FALSE;

    look_at_layers(pinfo, &f, &has_tcp);
    f.content = f.content || (f.smb && adp_model_shown_waits(model));
    if (!f.content && !has_tcp && !f.alone) {
        return f;
    }
    if (sight) {
        look_at_sight(sight, tvb, pinfo, &f);
    } else if (tree) {
        look_at_tree(tree, &f);
    }
    if (f.icmp.tvb) {
        return f;
    }
    if (!sight || sight->turns) {
        f.tcp = f.segment;
    }
    if (f.segment.tvb && (tree || (sight && sight->reads_all))) {
        const adp_segment_notes notes = notes_of(pinfo, &f.segment, sight, tree);

        f.gap = notes.has_gap;
        f.crossed = !notes.repeats && adp_may_be_crossed(&f.segment);
        if (adp_model_has_streams(model) && adp_tcp_payload(&f.segment) > 0) {
            /*
             * Bytes of a server that are there twice tell no more than the first time. But TCP takes
             * for a repetition, too, what comes after an ACK of another connection with these ports:
             * then nobody has acknowledged it.
             */
            f.part =
                (!notes.repeats || !notes.acked) &&
                adp_model_may_have_part(model, adp_known_address(model, adp_frame_source(pinfo)));
            f.back = notes.repeats && f.part;
            /* What was acknowledged did arrive, although its sender does not know it. */
            f.again = notes.repeats && !notes.acked && adp_model_may_have_part(model, dst);
        }
    }
    if (f.tcp.tvb &&
        (!adp_tcp_matters(adp_tcp_flags(&f.tcp)) || !may_be_an_attempt(model, pinfo, dst))) {
        f.tcp.tvb = NULL;
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
    guint32 before;

    switch (adp_node_kind_of(node)) {
    case ADP_NODE_DNS:
        frame->whole = TRUE;
        adp_read_dns(frame, fi->ds_tvb, fi->start, fi->length);
        break;
    case ADP_NODE_MDNS:
        adp_read_mdns(frame, fi->ds_tvb, fi->start, fi->length);
        break;
    case ADP_NODE_NBNS:
        adp_read_netbios(frame, fi->ds_tvb, fi->start);
        break;
    case ADP_NODE_LDAP:
    case ADP_NODE_CLDAP:
        adp_read_ldap(frame, node);
        break;
    case ADP_NODE_KERBEROS:
        before = adp_model_obs_count(frame->model);
        if (adp_is_kpasswd(frame)) {
            adp_read_kpasswd(frame, node);
        } else {
            adp_read_kdc(frame, node);
        }
        frame->whole = frame->whole || adp_model_obs_count(frame->model) > before;
        break;
    case ADP_NODE_KPASSWD:
        frame->whole = TRUE;
        adp_read_kpasswd(frame, node);
        break;
    case ADP_NODE_HTTP:
        frame->whole = TRUE;
        adp_read_http(frame, fi, body_of(node));
        break;
    case ADP_NODE_HTTP2:
        before = adp_model_obs_count(frame->model);
        adp_read_http2(frame, node);
        frame->whole = frame->whole || adp_model_obs_count(frame->model) > before;
        break;
    case ADP_NODE_TLS:
        frame->in_tls = frame->whole = TRUE;
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
        adp_read_smb(frame, node);
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

#define MAX_SECONDS (ADP_MAX_CLOCK_DAYS * G_GINT64_CONSTANT(86400))

/* Until 2096; a hostile file may claim more than the number holds. */
static inline gboolean is_in_reach(const packet_info *pinfo)
{
    return pinfo->abs_ts.secs <= MAX_SECONDS && pinfo->abs_ts.secs >= -MAX_SECONDS;
}

static gint64 frame_time(const packet_info *pinfo)
{
    gint64 seconds = pinfo->abs_ts.secs;

    if (!is_in_reach(pinfo)) {
        seconds = seconds > 0 ? MAX_SECONDS : -MAX_SECONDS;
    }
    return seconds * ADP_NS_PER_S + pinfo->abs_ts.nsecs;
}

guint32 adp_read_begin(adp_model *model, const packet_info *pinfo)
{
    const address *to = adp_frame_destination(pinfo);

    if (!is_in_reach(pinfo)) {
        adp_model_limit(model, ADP_LIMIT_CLOCK_DAYS);
    }
    return adp_model_frame(model, pinfo->num, frame_time(pinfo), (guint8)to->type, to->data,
                           adp_address_len(to));
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

/* A fragment that was not put together with others: the first one tells the ports. */
static void read_fragment(adp_frame *frame, const adp_place *ip)
{
    adp_arena_mark mark = adp_arena_get_mark(frame->arena);

    frame->src = adp_known_address(frame->model, &frame->pinfo->src);
    frame->dst = adp_known_address(frame->model, &frame->pinfo->dst);
    if (frame->src == ADP_NONE || frame->dst == ADP_NONE || !adp_read_fragment(frame, ip)) {
        adp_arena_release(frame->arena, mark);
    }
}

static void read_part(adp_frame *frame)
{
    adp_arena_mark mark = adp_arena_get_mark(frame->arena);

    if (!adp_read_tcp_part(frame)) {
        adp_arena_release(frame->arena, mark);
    }
}

static void read_again(adp_frame *frame, gboolean (*read)(adp_frame *frame))
{
    adp_arena_mark mark = adp_arena_get_mark(frame->arena);

    if (!read(frame)) {
        adp_arena_release(frame->arena, mark);
    }
}

/* With Decode As, LDAP in clear has its tree at any port. */
static void read_crossed(adp_frame *frame, const proto_tree *tree)
{
    adp_arena_mark mark = adp_arena_get_mark(frame->arena);
    guint32 before = adp_model_obs_count(frame->model);
    const proto_node *child;

    for (child = tree ? tree->first_child : NULL; child; child = child->next) {
        if (adp_node_kind_of(child) == ADP_NODE_LDAP) {
            return;
        }
    }
    adp_read_crossed(frame);
    if (adp_model_obs_count(frame->model) == before) {
        adp_arena_release(frame->arena, mark);
    }
}

/* Is it the item of the segment's own header? */
static gboolean is_segment(const proto_node *node, const adp_place *segment)
{
    const field_info *fi = PNODE_FINFO(node);

    return segment->tvb && adp_node_kind_of(node) == ADP_NODE_TCP && fi->ds_tvb == segment->tvb &&
           fi->start == segment->start;
}

static gboolean has_segment(const proto_tree *tree, const adp_place *segment)
{
    const proto_node *child;

    for (child = tree ? tree->first_child : NULL; child; child = child->next) {
        if (is_segment(child, segment)) {
            return TRUE;
        }
    }
    return FALSE;
}

static void read_segment(adp_frame *frame, const finds *f)
{
    adp_arena_mark mark = adp_arena_get_mark(frame->arena);
    guint32 before = adp_model_obs_count(frame->model);

    if (f->gap) {
        adp_read_tcp_gap(frame);
    }
    if (f->tcp.tvb) {
        adp_read_tcp(frame, &f->tcp);
    }
    if (adp_model_obs_count(frame->model) == before) {
        adp_arena_release(frame->arena, mark);
    }
}

static void read_tree(adp_frame *frame, const finds *f, const proto_tree *tree)
{
    const proto_node *child;
    gboolean content_visible = has_visible_content(tree);

    for (child = tree->first_child; child; child = child->next) {
        adp_arena_mark mark;
        guint32 before;

        if (!child->first_child && adp_node_kind_of(child) == ADP_NODE_UNKNOWN) {
            continue;
        }
        mark = adp_arena_get_mark(frame->arena);
        before = adp_model_obs_count(frame->model);
        read_branch(frame, child, content_visible);
        if (adp_model_obs_count(frame->model) == before) {
            adp_arena_release(frame->arena, mark);
        }
        if (is_segment(child, &f->segment)) {
            read_segment(frame, f);
        }
    }
}

/* TLS that has no tree of its own may carry what has one. */
static gboolean is_in_tls(const packet_info *pinfo, const proto_tree *tree)
{
    const proto_node *child;
    wmem_list_frame_t *layer;

    for (child = tree->first_child; child; child = child->next) {
        if (adp_node_kind_of(child) == ADP_NODE_TLS) {
            return FALSE;
        }
    }
    for (layer = wmem_list_head(pinfo->layers); layer; layer = wmem_list_frame_next(layer)) {
        if (adp_node_kind_of_id(GPOINTER_TO_INT(wmem_list_frame_data(layer))) == ADP_NODE_TLS) {
            return TRUE;
        }
    }
    return FALSE;
}

/* A tree on demand may begin above the transport. */
static void begin_sight(adp_frame *frame, const adp_sight *sight)
{
    if (sight->needs_stream && sight->dns.tvb && !sight->tree) {
        frame->find_stream = adp_on_demand_stream;
    } else if (sight->needs_stream) {
        frame->stream = adp_on_demand_stream(frame->pinfo);
    }
    frame->in_tls = sight->tree && is_in_tls(frame->pinfo, sight->tree);
}

/* Over UDP, without a tree. */
static void read_dns(adp_frame *frame, const adp_place *dns)
{
    adp_arena_mark mark = adp_arena_get_mark(frame->arena);
    guint32 before = adp_model_obs_count(frame->model);

    frame->whole = TRUE;
    adp_read_dns(frame, dns->tvb, dns->start, dns->length);
    if (adp_model_obs_count(frame->model) == before) {
        adp_arena_release(frame->arena, mark);
    }
}

static void read_icmp(adp_frame *frame, const finds *f)
{
    adp_arena_mark mark = adp_arena_get_mark(frame->arena);

    if (!adp_read_icmp(frame, &f->icmp, &f->senders)) {
        adp_arena_release(frame->arena, mark);
    }
}

/* `sight`: NULL when there is a tree for every frame. */
static void read_finds(adp_model *model, packet_info *pinfo, const finds *f, const adp_sight *sight,
                       proto_tree *tree)
{
    adp_frame frame = {
        .model = model,
        .arena = adp_model_arena(model),
        .pinfo = pinfo,
        .time = frame_time(pinfo),
        .transport = transport_of(pinfo),
        .stream = ADP_NONE,
    };

    if (!f->content && !f->tcp.tvb && !f->gap && !f->part && !f->again && !f->crossed) {
        if (f->alone && f->ip.tvb) {
            read_fragment(&frame, &f->ip);
        }
        return;
    }
    frame.src = adp_address_id(model, pinfo, &pinfo->src);
    frame.dst = adp_address_id(model, pinfo, &pinfo->dst);
    if (f->icmp.tvb) {
        read_icmp(&frame, f);
        return;
    }
    frame.segment = f->segment;
    frame.fragmented =
        frame.transport == ADP_UDP && (f->fragmented || (f->ip.tvb && adp_ip_is_fragment(&f->ip)));
    if (sight) {
        begin_sight(&frame, sight);
        if (sight->dns.tvb) {
            read_dns(&frame, &sight->dns);
        }
    }
    if (!has_segment(tree, &f->segment)) {
        read_segment(&frame, f);
    }
    if (tree) {
        read_tree(&frame, f, tree);
    }
    if (f->crossed) {
        read_crossed(&frame, tree);
    }
    if (f->part) {
        read_part(&frame);
    }
    if (f->again) {
        read_again(&frame, adp_read_tcp_again);
    }
    if (f->back) {
        read_again(&frame, adp_read_tcp_back);
    }
}

static void read_frame(adp_model *model, packet_info *pinfo, guint32 dst, tvbuff_t *tvb,
                       const adp_sight *sight, proto_tree *tree)
{
    const finds f = look_at(model, pinfo, dst, tvb, sight, tree);
    adp_saved_ends saved =
        adp_ends_as_sent(pinfo, f.icmp.tvb ? NULL : f.segment.tvb, f.segment.start);

    read_finds(model, pinfo, &f, sight, tree);
    adp_ends_restore(pinfo, &saved);
}

void adp_read_frame(adp_model *model, packet_info *pinfo, guint32 dst, tvbuff_t *tvb,
                    proto_tree *tree)
{
    adp_sight sight;

    if (!adp_on_demand_is_in_use()) {
        if (tree) {
            read_frame(model, pinfo, dst, tvb, NULL, tree);
        }
    } else if (adp_on_demand_take(pinfo, tree, &sight)) {
        read_frame(model, pinfo, dst, tvb, &sight, sight.tree);
    }
}
