/* on_demand.c
 * A tree on the frames that are read, and on no others.
 *
 * To want fields makes Wireshark build a tree for every frame, which is most of what a plugin
 * costs. Here nothing is wanted. Stand-ins (stand_in.c) ask before a dissector is called whether
 * the message can matter; if so, it gets a tree of ours, which nobody else sees. A frame that has a
 * tree anyway keeps it, and our fields are put into it.
 *
 * TCP and UDP are asked first: the whole of a segment gets a tree when every message on its port
 * is read, or when either end is a server that the log knows. So what the model knows of a
 * connection (a handshake that goes on, a request that waits) is never asked twice, and for all
 * others bytes alone decide (peek.c).
 *
 * A message that got past the stand-ins shows in the frame's layers: it is counted, and the next
 * file is read in the ordinary way.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/on_demand.h"

#include "join/served.h"
#include "read/frame.h"
#include "read/nodes.h"
#include "read/peek.h"
#include "read/stand_in.h"
#include "wire/hash.h"

#include <epan/conversation.h>
#include <epan/dissectors/packet-tcp.h>
#include <epan/dissectors/packet-udp.h>
#include <epan/epan.h>
#include <epan/epan_dissect.h>

/* Versions of Wireshark for which the tests have compared both ways. */
static const struct {
    int major;
    int minor;
} proven[] = {
    {4, 0},
};

/** The frame being dissected. */
typedef struct {
    guint32 number;
    gboolean begun;
    guint called;    /* bits of adp_stand_in_kind: these were asked for */
    gboolean wanted; /* one of them needed a tree */
    adp_sight sight; /* its tree: ours */
} frame_state;

/* Of the process. */
static int proto_adpath = -1;
static int proto_tcp = -1;
static int proto_udp = -1;
static int proto_quic = -1;
static const char *step_back; /* why the next file is read in the ordinary way, NULL */

/* Of the file that is open. */
static adp_model *model;
static gboolean in_use;
static guint32 made;
static guint32 missed;
static GHashTable *guessed_connections; /* both ends (guint64, owned) -> adp_stand_in_kind */
static epan_dissect_t *lender;          /* of the last tree that was made */
static frame_state now;

/* ---- trees ---- */

/* Its items live in the memory of the packet, which goes now. */
static adp_bool end_tree(wmem_allocator_t *pool _U_, wmem_cb_event_t event _U_, void *user_data)
{
    epan_dissect_t *edt = user_data;

    if (edt->tree) {
        proto_tree_free(edt->tree);
        edt->tree = NULL;
    }
    now.sight.tree = NULL;
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
    if (!tree && !now.sight.tree) {
        now.sight.tree = make_tree(pinfo);
    }
    return tree ? tree : now.sight.tree;
}

/* ---- who gets one ---- */

static guint64 end_hash(const address *addr, guint32 port)
{
    return adp_hash_bytes(ADP_HASH_SEED + port, addr->data, adp_address_len(addr));
}

/* The same for both directions. */
static guint64 connection_hash(const packet_info *pinfo)
{
    return end_hash(&pinfo->src, pinfo->srcport) + end_hash(&pinfo->dst, pinfo->destport) +
           (guint64)pinfo->ptype;
}

static gboolean serves(const address *addr, guint32 port)
{
    return adp_model_serves_on(model, port) &&
           adp_model_serves(model, adp_known_address(model, addr));
}

/* What a heuristic took once goes to the same dissector ever after, past all tables. */
static gboolean guessed_matters(const packet_info *pinfo, tvbuff_t *tvb, int payload)
{
    guint64 key;
    guint kind;

    if (g_hash_table_size(guessed_connections) == 0) {
        return FALSE;
    }
    key = connection_hash(pinfo);
    kind = GPOINTER_TO_UINT(g_hash_table_lookup(guessed_connections, &key));
    now.called |= 1U << kind;
    return kind != ADP_STANDS_FOR_NOTHING &&
           !(kind == ADP_STANDS_FOR_TLS && adp_peek_tls_data(tvb, payload));
}

static gboolean segment_matters(const packet_info *pinfo, tvbuff_t *tvb)
{
    int all = (int)tvb_reported_length(tvb);
    int head = tvb_captured_length(tvb) > 12 ? (adp_tvb_byte(tvb, 12) >> 4) * 4 : all;

    if (serves(&pinfo->src, pinfo->srcport) || adp_stand_in_reads_tcp(pinfo->srcport)) {
        return TRUE;
    }
    return all > head &&
           (adp_stand_in_reads_tcp(pinfo->destport) || serves(&pinfo->dst, pinfo->destport) ||
            guessed_matters(pinfo, tvb, head));
}

static gboolean matters(adp_stand_in_kind kind, gboolean guessed, const packet_info *pinfo,
                        tvbuff_t *tvb)
{
    switch (kind) {
    case ADP_STANDS_FOR_TCP:
        return segment_matters(pinfo, tvb);
    case ADP_STANDS_FOR_UDP:
        return adp_stand_in_reads_udp(pinfo->srcport) || adp_stand_in_reads_udp(pinfo->destport) ||
               guessed_matters(pinfo, tvb, 8);
    case ADP_STANDS_FOR_DIRECTORY:
        return TRUE;
    case ADP_STANDS_FOR_DNS:
        return !guessed || adp_peek_dns(tvb);
    case ADP_STANDS_FOR_TLS:
        return adp_peek_tls(tvb);
    case ADP_STANDS_FOR_HTTP:
        return adp_peek_http(model, tvb);
    case ADP_STANDS_FOR_RPC:
        return adp_peek_rpc(tvb, 0);
    case ADP_STANDS_FOR_SMB:
        return adp_peek_smb(tvb);
    case ADP_STANDS_FOR_CARRIER:
        return adp_peek_gss(tvb);
    default:
        return FALSE;
    }
}

static adp_place place_of(tvbuff_t *tvb)
{
    return (adp_place){tvb_get_ds_tvb(tvb), (int)tvb_raw_offset(tvb), -1};
}

static void begin_frame(const packet_info *pinfo)
{
    if (!now.begun || now.number != pinfo->num) {
        now = (frame_state){.number = pinfo->num, .begun = TRUE};
    }
}

/*
 * UDP's and TCP's ports are not known yet when their dissectors are called: they stand in front of
 * either header.
 */
static packet_info with_ports(const packet_info *pinfo, adp_stand_in_kind kind, tvbuff_t *tvb)
{
    packet_info ends = *pinfo;

    ends.ptype = kind == ADP_STANDS_FOR_TCP ? PT_TCP : PT_UDP;
    ends.srcport = tvb_captured_length(tvb) >= 4 ? tvb_get_ntohs(tvb, 0) : 0;
    ends.destport = tvb_captured_length(tvb) >= 4 ? tvb_get_ntohs(tvb, 2) : 0;
    return ends;
}

/* For the stand-ins. */
static proto_tree *ask(adp_stand_in_kind kind, gboolean guessed, tvbuff_t *tvb, packet_info *pinfo,
                       proto_tree *tree)
{
    gboolean needs_one;

    begin_frame(pinfo);
    /* What an error quotes is another packet. */
    if (now.sight.icmp.tvb) {
        return tree;
    }
    now.called |= 1U << kind;
    switch (kind) {
    case ADP_STANDS_FOR_ICMP:
        now.sight.icmp = place_of(tvb);
        now.sight.sender = pinfo->net_src;
        return tree;
    case ADP_STANDS_FOR_TCP:
    case ADP_STANDS_FOR_UDP: {
        packet_info ends = with_ports(pinfo, kind, tvb);

        now.sight.transport = TRUE;
        if (kind == ADP_STANDS_FOR_TCP) {
            now.sight.segment = place_of(tvb);
        }
        needs_one = matters(kind, guessed, &ends, tvb);
        break;
    }
    default:
        needs_one = matters(kind, guessed, pinfo, tvb);
        break;
    }
    return needs_one ? give_tree(pinfo, tree) : tree;
}

static void note_guessed(adp_stand_in_kind kind, packet_info *pinfo)
{
    conversation_t *conversation = find_conversation_pinfo(pinfo, 0);
    guint64 key = connection_hash(pinfo);

    if (conversation && conversation_get_dissector(conversation, pinfo->num + 1)) {
        g_hash_table_replace(guessed_connections, g_memdup2(&key, sizeof(key)),
                             GUINT_TO_POINTER(kind));
    }
}

/* ---- what got past ---- */

static guint bit_of(adp_node_kind kind)
{
    switch (kind) {
    case ADP_NODE_DNS:
        return 1U << ADP_STANDS_FOR_DNS;
    case ADP_NODE_MDNS:
    case ADP_NODE_NBNS:
    case ADP_NODE_LDAP:
    case ADP_NODE_CLDAP:
    case ADP_NODE_KPASSWD:
        return 1U << ADP_STANDS_FOR_DIRECTORY;
    case ADP_NODE_HTTP:
        return 1U << ADP_STANDS_FOR_HTTP;
    case ADP_NODE_TLS:
        return 1U << ADP_STANDS_FOR_TLS;
    case ADP_NODE_RPC:
        return 1U << ADP_STANDS_FOR_RPC | 1U << ADP_STANDS_FOR_SMB;
    case ADP_NODE_SMB:
        return 1U << ADP_STANDS_FOR_SMB;
    case ADP_NODE_TCP:
        return 1U << ADP_STANDS_FOR_TCP;
    default:
        return 0;
    }
}

/* Others than these carry what is read too deep in the tree for the readers (QUIC: TLS). */
static gboolean got_past(const packet_info *pinfo)
{
    wmem_list_frame_t *layer;

    for (layer = wmem_list_head(pinfo->layers); layer; layer = wmem_list_frame_next(layer)) {
        int id = GPOINTER_TO_INT(wmem_list_frame_data(layer));
        adp_node_kind kind = adp_node_kind_of_id(id);
        guint bit = bit_of(kind);

        if (kind == ADP_NODE_ICMP || id == proto_quic) {
            return FALSE;
        }
        if (bit && !(now.called & bit)) {
            return TRUE;
        }
        if (kind == ADP_NODE_GSS && now.called == 1U << ADP_STANDS_FOR_TCP) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean adp_on_demand_take(packet_info *pinfo, proto_tree *tree, adp_sight *ret)
{
    if (!in_use) {
        return FALSE;
    }
    begin_frame(pinfo);
    *ret = now.sight;
    if (!now.wanted) {
        missed += got_past(pinfo);
    } else if (tree) {
        ret->tree = tree;
    }
    now.begun = FALSE;
    return TRUE;
}

guint32 adp_on_demand_stream(packet_info *pinfo)
{
    const conversation_t *conversation = find_conversation_pinfo(pinfo, 0);
    const struct tcp_analysis *tcp;
    const struct udp_analysis *udp;

    if (conversation && pinfo->ptype == PT_TCP) {
        tcp = conversation_get_proto_data(conversation, proto_tcp);
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
    proto_quic = proto_get_id_by_filter_name("quic");
    adp_stand_in_init();
}

gboolean adp_on_demand_begin(adp_model *log, adp_tree_choice choice)
{
    made = missed = 0;
    now = (frame_state){0};
    if (!adp_on_demand_applies(choice) ||
        !proto_is_protocol_enabled(find_protocol_by_id(proto_adpath))) {
        return FALSE;
    }
    step_back = adp_stand_in_install(ask, note_guessed);
    if (step_back) {
        return FALSE;
    }
    model = log;
    guessed_connections = g_hash_table_new_full(adp_int64_hash, g_int64_equal, g_free, NULL);
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
    g_clear_pointer(&guessed_connections, g_hash_table_unref);
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
