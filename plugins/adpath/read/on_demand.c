/* on_demand.c
 * A tree on the frames that are read, and on no others.
 *
 * To want fields makes Wireshark build a tree for every frame, which is most of what a plugin
 * costs. Here nothing is wanted. Stand-ins (stand_in.c) ask before a dissector is called whether
 * the message can matter; if so, it gets a tree of ours, which nobody else sees. A frame that has a
 * tree anyway keeps it, and our fields are put into it.
 *
 * TCP and UDP are asked first: all messages of a segment get a tree when every message on its port
 * is read, or when either end is a server that the log knows. So what the model knows of a
 * connection (a handshake that goes on, a request that waits) is never asked twice, and for all
 * others bytes alone decide (peek.c). TCP itself needs none, which is most of what a tree of a short
 * message costs: that a segment comes again, or that others are missing before it, stands in what
 * its dissector notes of the connection. It gets one where its payload may reach a dissector past the
 * stand-ins: Wireshark has written down who dissects the connection, or its port has a handle of
 * somebody else's.
 *
 * A message that got past the stand-ins shows in the frame's layers: it is counted, and the next
 * file is read in the ordinary way.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/on_demand.h"

#include "join/served.h"
#include "read/bypass.h"
#include "read/frame.h"
#include "read/http2.h"
#include "read/nodes.h"
#include "read/peek.h"
#include "read/stand_in.h"

#include <epan/conversation.h>
#include <epan/dissectors/packet-tcp.h>
#include <epan/dissectors/packet-udp.h>
#include <epan/epan.h>
#include <epan/epan_dissect.h>
#include <string.h>

/* Versions of Wireshark for which the tests have compared both ways. */
static const struct {
    int major;
    int minor;
} proven[] = {
    {4, 0},
    {4, 2},
    {4, 4},
    {4, 6},
};

/** The frame being dissected. */
typedef struct {
    guint32 number;
    gboolean begun;
    guint called; /* bits of adp_stand_in_kind: these were asked for */
    guint may_be; /* the bytes that were last guessed may be a message of these that matters */
    gboolean reads_all; /* its segment matters, and with it all of its messages */
    gboolean wanted;    /* a message needed a tree */
    proto_tree *tree;   /* ours */
    tvbuff_t *dns;      /* a message over UDP that needs none: its bytes are all that is read */
    enum {
        NOT_SEEN,
        SEEN,
        IN_TREE
    } transport;       /* the innermost */
    guint layers;      /* of the frame, with the transport's; 0: not counted */
    tvbuff_t *segment; /* of TCP, the innermost */
    gboolean turns;    /* its connection opens, closes or breaks */
    tvbuff_t *icmp;    /* a message of ICMP: what follows is quoted */
} frame_state;

/** What belongs to a part of it, and is set with it: so it need not be cleared for each frame. */
typedef struct {
    adp_bytes guessed;             /* what was captured of adp_guess_notes.bytes */
    const struct tcp_acked *noted; /* of the segment's connection, by the packet before */
    gboolean placed;               /* that has been looked up, and will be no other */
    const conversation_t *connection;
    address sender; /* of ICMP, by the header before it */
} frame_details;

/* Of the process. */
static int proto_adpath = -1;
static int proto_tcp = -1;
static int proto_udp = -1;
static guint
    layers[ADP_NODE_KINDS];   /* at an adp_node_kind: bits of adp_stand_in_kind, and those below */
static const char *step_back; /* why the next file is read in the ordinary way, NULL */

/* Of the file that is open. */
static adp_model *model;
static gboolean in_use;
static guint32 made;
static guint32 missed;
static epan_dissect_t *lender; /* of the last tree that was made */
static frame_state now;
static frame_details its;

/* ---- trees ---- */

/* Its items live in the memory of the packet, which goes now. */
static adp_early_bool end_tree(wmem_allocator_t *pool _U_, wmem_cb_event_t event _U_,
                               void *user_data)
{
    epan_dissect_t *edt = user_data;

    if (edt->tree) {
        proto_tree_free(edt->tree);
        edt->tree = NULL;
    }
    now.tree = NULL;
    return FALSE;
}

/* Libwireshark gives out trees as parts of a dissection only, so one is made that never runs. */
static proto_tree *make_tree(packet_info *pinfo)
{
    if (lender) {
        epan_dissect_free(lender);
    }
    lender = epan_dissect_new(pinfo->epan, TRUE, FALSE);
    adp_nodes_prime(lender);
    PTREE_DATA(lender->tree)->pinfo = pinfo;
    wmem_register_callback(pinfo->pool, end_tree, lender);
    made++;
    return lender->tree;
}

static proto_tree *give_tree(packet_info *pinfo, proto_tree *tree)
{
    if (tree && !now.wanted) {
        epan_dissect_t edt = {.session = pinfo->epan, .tree = tree};

        adp_nodes_prime(&edt);
        made++;
    }
    now.wanted = TRUE;
    if (!tree && !now.tree) {
        now.tree = make_tree(pinfo);
    }
    return tree ? tree : now.tree;
}

/* ---- who gets one ---- */

static gboolean serves(const address *addr, guint32 port)
{
    return adp_model_serves_on(model, port) &&
           adp_model_serves(model, adp_known_address(model, addr));
}

#define TCP_OFFSET_AT  12
#define TCP_FLAGS_AT   13
#define UDP_HEADER_LEN 8
/* Of the flags: the connection opens, closes or breaks. */
#define TCP_FIN_SYN_RST 7

static guint16 be16(const guint8 *p)
{
    return (guint16)(p[0] << 8 | p[1]);
}

/* `head`: how many of the bytes are a header. */
static gboolean bypasses(const adp_ends *e, adp_bytes b, guint head)
{
    const adp_bytes payload =
        head < b.left ? (adp_bytes){b.at + head, b.left - head} : (adp_bytes){NULL, 0};
    guint32 kinds;
    gboolean yes = adp_bypass_matters(e, model, payload, &kinds);

    now.called |= kinds;
    return yes;
}

/* By the ends in the headers: also within what a proxy passes on. */
static const conversation_t *conversation_of(packet_info *pinfo)
{
    tvbuff_t *segment = now.number == pinfo->num ? now.segment : NULL;
    const conversation_t *conversation;
    adp_saved_ends saved;

    if (segment && its.placed) {
        return its.connection;
    }
    saved = adp_ends_as_sent(pinfo, segment, 0);
    conversation = find_conversation_pinfo(pinfo, 0);
    adp_ends_restore(pinfo, &saved);
    return conversation;
}

static const struct tcp_analysis *analysis_of(const conversation_t *conversation)
{
    return conversation ? conversation_get_proto_data(conversation, proto_tcp) : NULL;
}

/*
 * May its payload reach a dissector past the stand-ins? What was noted of the connection is remembered.
 * Its ports, and that it is TCP, are not yet in `pinfo`.
 */
static gboolean is_bespoken(const packet_info *pinfo, guint16 src_port, guint16 dst_port)
{
    conversation_t *conversation =
        find_conversation(pinfo->num, adp_frame_source(pinfo), adp_frame_destination(pinfo),
                          CONVERSATION_TCP, src_port, dst_port, 0);
    const struct tcp_analysis *tcp = analysis_of(conversation);

    its.noted = tcp ? tcp->ta : NULL;
    /* One that opens, or opens again, becomes another. */
    its.placed = tcp && !now.turns;
    its.connection = conversation;
    return (conversation && conversation_get_dissector(conversation, pinfo->num)) ||
           adp_stand_in_is_passed(src_port) || adp_stand_in_is_passed(dst_port);
}

/* Sets what is known of the segment in `now`. */
static void look_at_segment(packet_info *pinfo, tvbuff_t *tvb)
{
    const adp_bytes b = adp_peek_bytes(tvb, 0);
    const guint8 *p = b.at;
    gboolean loaded;
    guint head;
    adp_ends e;

    now.segment = tvb;
    now.transport = SEEN;
    its.noted = NULL;
    its.placed = FALSE;
    if (b.left <= TCP_FLAGS_AT) {
        return;
    }
    head = (guint)(p[TCP_OFFSET_AT] >> 4) * 4;
    loaded = tvb_reported_length(tvb) > head;
    e = (adp_ends){pinfo, PT_TCP, be16(p), be16(p + 2)};
    now.turns = (p[TCP_FLAGS_AT] & TCP_FIN_SYN_RST) != 0;
    if (adp_stand_in_reads_tcp(e.src_port) || serves(&pinfo->src, e.src_port) ||
        (loaded && (adp_stand_in_reads_tcp(e.dst_port) || serves(&pinfo->dst, e.dst_port)))) {
        now.reads_all = TRUE;
        now.transport = loaded && is_bespoken(pinfo, e.src_port, e.dst_port) ? IN_TREE : SEEN;
    } else if (loaded && bypasses(&e, b, head)) {
        now.reads_all = TRUE;
        now.transport = IN_TREE;
    }
}

static gboolean udp_matters(packet_info *pinfo, tvbuff_t *tvb)
{
    const adp_bytes b = adp_peek_bytes(tvb, 0);
    const guint8 *p = b.at;
    adp_ends e;

    if (b.left < UDP_HEADER_LEN) {
        return FALSE;
    }
    e = (adp_ends){pinfo, PT_UDP, be16(p), be16(p + 2)};
    if (adp_stand_in_reads_udp(e.dst_port)) {
        if (!adp_stand_in_reads_udp(e.src_port)) {
            adp_bypass_note_asker(&e);
        }
        return TRUE;
    }
    return adp_stand_in_reads_udp(e.src_port) || adp_bypass_asked(&e) ||
           bypasses(&e, b, UDP_HEADER_LEN);
}

/* By the bytes of a message alone, but for what goes on. */
static gboolean message_matters(adp_stand_in_kind kind, adp_bytes b, packet_info *pinfo)
{
    switch (kind) {
    case ADP_STANDS_FOR_DIRECTORY:
    case ADP_STANDS_FOR_DNS:
        return TRUE;
    case ADP_STANDS_FOR_TLS:
        return adp_peek_tls(b);
    case ADP_STANDS_FOR_HTTP:
        return adp_peek_http(model, b) == ADP_PEEKED_YES;
    case ADP_STANDS_FOR_HTTP2:
        return adp_peek_http2(b) ||
               (adp_http2_knows_any() && adp_http2_is_known(adp_on_demand_stream(pinfo)));
    case ADP_STANDS_FOR_RPC:
        return adp_peek_rpc(b);
    case ADP_STANDS_FOR_SMB:
        return adp_peek_smb(b);
    case ADP_STANDS_FOR_CARRIER:
        return adp_peek_gss(b);
    default:
        return FALSE;
    }
}

static void begin_frame(const packet_info *pinfo)
{
    if (!now.begun || now.number != pinfo->num) {
        now = (frame_state){.number = pinfo->num, .begun = TRUE};
        adp_guess_notes.bytes = NULL;
    }
}

/* For the stand-ins. */
static proto_tree *ask(adp_stand_in_kind kind, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree)
{
    gboolean needs_one;

    begin_frame(pinfo);
    /* What an error quotes is another packet. */
    if (now.icmp) {
        return tree;
    }
    now.called |= 1U << kind;
    switch (kind) {
    case ADP_STANDS_FOR_ICMP:
        now.icmp = tvb;
        its.sender = pinfo->net_src;
        return tree;
    case ADP_STANDS_FOR_TCP:
        now.layers = wmem_list_count(pinfo->layers);
        look_at_segment(pinfo, tvb);
        needs_one = now.transport == IN_TREE;
        break;
    case ADP_STANDS_FOR_UDP:
        now.layers = wmem_list_count(pinfo->layers);
        needs_one = udp_matters(pinfo, tvb);
        now.transport = needs_one ? IN_TREE : SEEN;
        break;
    case ADP_STANDS_FOR_DNS:
        if (now.transport == SEEN && pinfo->ptype == PT_UDP && !now.wanted && !now.dns) {
            now.dns = tvb;
            return tree;
        }
        needs_one = TRUE;
        break;
    default:
        /* Once a frame has a tree, all of its messages do. */
        needs_one =
            now.wanted || now.reads_all || message_matters(kind, adp_peek_bytes(tvb, 0), pinfo);
        break;
    }
    return needs_one ? give_tree(pinfo, tree) : tree;
}

/* Most payload is no message of these kinds, by its first byte: bits of adp_stand_in_kind. */
static guint excluded(adp_bytes b)
{
    return (adp_peek_may_begin_tls(b) ? 0 : 1U << ADP_STANDS_FOR_TLS) |
           (adp_peek_may_begin_rpc(b) ? 0 : 1U << ADP_STANDS_FOR_RPC) |
           (adp_peek_may_begin_smb(b) ? 0 : 1U << ADP_STANDS_FOR_SMB);
}

/*
 * Asked by heuristics, which are tried on whatever nobody else took: several on the same bytes, which are looked at
 * once.
 */
static proto_tree *ask_about_guess(adp_stand_in_kind kind, tvbuff_t *tvb, packet_info *pinfo,
                                   proto_tree *tree)
{
    adp_guessing *notes = &adp_guess_notes;
    const guint bit = 1U << kind;

    begin_frame(pinfo);
    if (notes->bytes != tvb) {
        notes->bytes = tvb;
        its.guessed = adp_peek_bytes(tvb, 0);
        notes->no_tree = now.reads_all ? 0 : excluded(its.guessed);
        now.may_be = 0;
    }
    if (now.reads_all) {
        return ask(kind, tvb, pinfo, tree);
    }
    if (!((now.may_be | notes->no_tree) & bit)) {
        gboolean matters = kind == ADP_STANDS_FOR_DNS ? adp_peek_dns(its.guessed)
                                                      : message_matters(kind, its.guessed, pinfo);

        *(matters ? &now.may_be : &notes->no_tree) |= bit;
    }
    return now.may_be & bit ? ask(kind, tvb, pinfo, tree) : tree;
}

/* Has Wireshark written down who gets the next packet of the connection? */
static gboolean is_settled(packet_info *pinfo)
{
    conversation_t *conversation = find_conversation_pinfo(pinfo, 0);

    return conversation && conversation_get_dissector(conversation, pinfo->num + 1);
}

static void note_guessed(adp_stand_in_kind kind, packet_info *pinfo)
{
    const adp_ends e = {pinfo, pinfo->ptype, (guint16)pinfo->srcport, (guint16)pinfo->destport};

    now.called |= 1U << kind;
    /* What is guessed of the bytes in TLS, its dissector keeps to itself. */
    if (now.called >> ADP_STANDS_FOR_TLS & 1 || is_settled(pinfo)) {
        adp_bypass_note_guess(&e, kind, adp_guess_notes.bytes ? its.guessed : (adp_bytes){0});
    }
}

static void end_guess(adp_stand_in_kind kind, packet_info *pinfo, gboolean took)
{
    if (took) {
        note_guessed(kind, pinfo);
    } else if (kind == ADP_STANDS_FOR_DNS) {
        now.dns = NULL;
    }
}

/* One that never came back took a damaged message, and may take what follows. */
static void end_guesses(packet_info *pinfo)
{
    guint left = adp_guess_notes.at_work;
    guint kind;

    for (kind = 0; left >> kind; kind++) {
        if (left >> kind & 1) {
            note_guessed((adp_stand_in_kind)kind, pinfo);
        }
    }
    adp_guess_notes = (adp_guessing){.bytes = NULL};
}

/* ---- what got past ---- */

/* What a layer is, beside the stand-ins that it has to have come by; asked for each of a frame, hence a table. */
#define LAYER_TRANSPORT (1U << 29)
/* Tokens, and Kerberos in them, are the message's that carries them. */
#define LAYER_TOKEN (1U << 30)
/* It carries TLS too deep in the tree for the readers. */
#define LAYER_QUIC (1U << 31)

static void fill_layers(void)
{
    guint kind;

    for (kind = 0; kind < G_N_ELEMENTS(layers); kind++) {
        layers[kind] =
            adp_nodes_are_read_whole((adp_node_kind)kind) ? 1U << ADP_STANDS_FOR_DIRECTORY : 0;
    }
    layers[ADP_NODE_KERBEROS] = layers[ADP_NODE_GSS] = LAYER_TOKEN;
    layers[ADP_NODE_DNS] = 1U << ADP_STANDS_FOR_DNS;
    layers[ADP_NODE_HTTP] = 1U << ADP_STANDS_FOR_HTTP;
    layers[ADP_NODE_HTTP2] = 1U << ADP_STANDS_FOR_HTTP2;
    layers[ADP_NODE_TLS] = 1U << ADP_STANDS_FOR_TLS;
    layers[ADP_NODE_RPC] = 1U << ADP_STANDS_FOR_RPC | 1U << ADP_STANDS_FOR_SMB;
    layers[ADP_NODE_SMB] = 1U << ADP_STANDS_FOR_SMB;
    layers[ADP_NODE_TCP] = LAYER_TRANSPORT | 1U << ADP_STANDS_FOR_TCP;
    layers[ADP_NODE_UDP] = LAYER_TRANSPORT;
    layers[ADP_NODE_QUIC] = LAYER_QUIC;
}

static gboolean layer_got_past(guint layer)
{
    const guint others = ~(1U << ADP_STANDS_FOR_TCP | 1U << ADP_STANDS_FOR_UDP);
    const guint kinds = LAYER_TRANSPORT - 1;

    return (layer & kinds && !(now.called & layer & kinds)) ||
           (layer & LAYER_TOKEN && !(now.called & others));
}

static guint layer_at(wmem_list_frame_t *at)
{
    return layers[adp_node_kind_of_id(GPOINTER_TO_INT(wmem_list_frame_data(at)))];
}

/* From the last layer back to the transport. What an error quotes is not read. */
static gboolean got_past(const packet_info *pinfo)
{
    const guint above = now.layers ? wmem_list_count(pinfo->layers) - now.layers : 2;
    gboolean past = FALSE;
    wmem_list_frame_t *at;

    /* Most packets carry one message, or the rest of one, which is no layer. */
    if (above == 0 || now.icmp) {
        return FALSE;
    }
    at = wmem_list_tail(pinfo->layers);
    if (above == 1) {
        return layer_got_past(layer_at(at));
    }
    for (; at; at = wmem_list_frame_prev(at)) {
        guint layer = layer_at(at);

        if (layer & LAYER_QUIC) {
            return FALSE;
        }
        past = past || layer_got_past(layer);
        if (layer & LAYER_TRANSPORT) {
            break;
        }
    }
    return past;
}

static adp_place place_of(tvbuff_t *tvb, int length)
{
    return tvb ? (adp_place){tvb_get_ds_tvb(tvb), (int)tvb_raw_offset(tvb), length}
               : (adp_place){0};
}

/* Without what the link adds to a short frame. */
static adp_place segment_place(tvbuff_t *tvb)
{
    return place_of(tvb, tvb ? (int)tvb_reported_length(tvb) : 0);
}

gboolean adp_on_demand_is_in_use(void)
{
    return in_use;
}

gboolean adp_on_demand_take(packet_info *pinfo, proto_tree *tree, adp_sight *ret)
{
    gboolean nothing;

    begin_frame(pinfo);
    end_guesses(pinfo);
    if (!now.wanted) {
        missed += got_past(pinfo);
    }
    now.begun = FALSE;
    /* A packet of IP without ports may be a fragment. */
    nothing = !now.wanted && !now.reads_all && !now.dns && !now.turns && !now.icmp &&
              (pinfo->ptype != PT_NONE ||
               (pinfo->net_src.type != AT_IPv4 && pinfo->net_src.type != AT_IPv6));
    if (!nothing) {
        *ret = (adp_sight){.tree = now.wanted && tree ? tree : now.tree,
                           .dns = now.dns ? (adp_place){now.dns, 0, -1} : (adp_place){0},
                           .segment = segment_place(now.segment),
                           .turns = now.turns,
                           .reads_all = now.reads_all,
                           .icmp = place_of(now.icmp, -1),
                           .sender = its.sender,
                           .needs_stream = now.transport != IN_TREE};
    }
    return !nothing;
}

/*
 * Of a segment, as packet-tcp.c numbers them in all versions that are proven; the tests compare with its fields. Where
 * options are damaged it notes, but shows nothing: that alone is known on demand and not where every frame has a tree.
 */
#define TCP_A_RETRANSMISSION          0x0001
#define TCP_A_LOST_PACKET             0x0002
#define TCP_A_FAST_RETRANSMISSION     0x0400
#define TCP_A_SPURIOUS_RETRANSMISSION 0x4000

adp_segment_notes adp_on_demand_segment(packet_info *pinfo)
{
    const struct tcp_analysis *tcp;
    guint flags;

    its.connection = conversation_of(pinfo);
    its.placed = TRUE;
    tcp = analysis_of(its.connection);
    flags = tcp && tcp->ta && tcp->ta != its.noted ? tcp->ta->flags : 0;
    return (adp_segment_notes){
        .repeats = (flags & (TCP_A_RETRANSMISSION | TCP_A_FAST_RETRANSMISSION |
                             TCP_A_SPURIOUS_RETRANSMISSION)) != 0,
        .acked = (flags & TCP_A_SPURIOUS_RETRANSMISSION) != 0,
        .has_gap = (flags & TCP_A_LOST_PACKET) != 0,
    };
}

guint32 adp_on_demand_stream(packet_info *pinfo)
{
    const conversation_t *conversation = conversation_of(pinfo);
    const struct tcp_analysis *tcp;
    const struct udp_analysis *udp;

    if (pinfo->ptype == PT_TCP) {
        tcp = analysis_of(conversation);
        return tcp ? tcp->stream : ADP_NONE;
    }
    if (conversation && pinfo->ptype == PT_UDP) {
        udp = conversation_get_proto_data(conversation, proto_udp);
        return udp ? udp->stream : ADP_NONE;
    }
    return ADP_NONE;
}

/* ---- files ---- */

static gboolean is_proven(void)
{
    int major;
    int minor;
    int micro;
    guint i;

    epan_get_version_number(&major, &minor, &micro);
    for (i = 0; i < G_N_ELEMENTS(proven); i++) {
        if (proven[i].major == major && proven[i].minor == minor) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean adp_on_demand_applies(adp_tree_choice choice)
{
    return !step_back && (choice == ADP_TREE_ON_DEMAND || (choice == ADP_TREE_AUTO && is_proven()));
}

void adp_on_demand_register(int proto)
{
    proto_adpath = proto;
    adp_stand_in_register(proto);
}

void adp_on_demand_init(void)
{
    proto_tcp = proto_get_id_by_filter_name("tcp");
    proto_udp = proto_get_id_by_filter_name("udp");
    fill_layers();
    adp_stand_in_init();
}

gboolean adp_on_demand_begin(adp_model *log, adp_tree_choice choice)
{
    made = missed = 0;
    memset(&now, 0, sizeof(now));
    adp_guess_notes = (adp_guessing){.bytes = NULL};
    if (!adp_on_demand_applies(choice) ||
        !proto_is_protocol_enabled(find_protocol_by_id(proto_adpath))) {
        return FALSE;
    }
    step_back = adp_stand_in_install(ask, ask_about_guess, end_guess);
    if (step_back) {
        return FALSE;
    }
    model = log;
    adp_bypass_begin();
    in_use = TRUE;
    return TRUE;
}

void adp_on_demand_end(void)
{
    if (!in_use) {
        return;
    }
    if (!adp_stand_in_remove()) {
        step_back = "another plugin took over the same dissectors";
    } else if (missed) {
        step_back = "a message of the last file reached its dissector on a way that is not known";
    }
    if (lender) {
        epan_dissect_free(lender);
        lender = NULL;
    }
    adp_bypass_end();
    model = NULL;
    in_use = FALSE;
}

char *adp_on_demand_describe(adp_tree_choice choice)
{
    if (in_use) {
        return g_strdup(choice == ADP_TREE_ON_DEMAND
                            ? "on demand, because the preference says so"
                            : "on demand: this version of Wireshark is proven for it");
    }
    if (step_back) {
        return g_strdup_printf("everywhere, because %s", step_back);
    }
    if (choice == ADP_TREE_EVERYWHERE) {
        return g_strdup("everywhere, because the preference says so");
    }
    return g_strdup(is_proven() ? "on demand, from the next file on"
                                : "everywhere, because this version of Wireshark is not proven for "
                                  "trees on demand");
}

guint32 adp_on_demand_made(void)
{
    return made;
}

guint32 adp_on_demand_missed(void)
{
    return missed;
}

guint adp_on_demand_entries(void)
{
    return adp_stand_in_count();
}
