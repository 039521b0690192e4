/* fuzz_messages.c
 * The readers that are given items of Wireshark's tree: conversations of any messages, in items that
 * are made here, so that no dissector sorts out beforehand what a reader has to stand.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "fuzz_parsers.h"

#include "join/feed.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "log/observation.h"
#include "read/crossed.h"
#include "read/dns.h"
#include "read/frame.h"
#include "read/http.h"
#include "read/kerberos.h"
#include "read/kpasswd.h"
#include "read/ldap.h"
#include "read/netbios.h"
#include "read/nodes.h"
#include "read/other_end.h"
#include "read/peek.h"
#include "read/tcp.h"
#include "read/tls.h"
#include "read/tokens.h"

#include <string.h>

#define S(seconds) ((gint64)(seconds)*G_GINT64_CONSTANT(1000000000))

/* Flags of a message; its lower bits choose what stands beside it. */
enum {
    FROM_SERVER = 0x80,
    LATE = 0x40, /* a minute behind the one before */
    IN_TLS = 0x20,
    OTHER_PORT = 0x10,
    CHOICE = 0x0f
};

#define MAX_MESSAGES 24
#define MAX_ITEMS    16

/** A conversation on its way through a reader. */
typedef struct {
    adp_frame frame;
    packet_info pinfo;
    frame_data fd;
    tvbuff_t *tvb;
    int start;
    int length;
    guint8 flags;
} message;

typedef void (*message_reader)(message *m);

/* There is no Wireshark here whose TCP notes anything: any of it may be what a number says. */
void adp_other_end_note(const adp_frame *frame, adp_obs_tcp *tcp)
{
    (void)frame;
    tcp->met = tcp->number & 1;
    tcp->taken = tcp->number + (tcp->number >> 1 & 3);
    tcp->shut = tcp->number >> 3 & 1;
}

/* An item with children, as the tree of a frame has them. */
typedef struct {
    field_info fi[MAX_ITEMS];
    proto_node nodes[MAX_ITEMS];
    guint count;
} items;

static struct {
    header_field_info *http;
    header_field_info *smb;
    header_field_info *rpc;
    header_field_info *gss;
    header_field_info *kpasswd;
    header_field_info *kpasswd_result;
    header_field_info *kpasswd_text;
    header_field_info *tls;
    header_field_info *tls_message;
    header_field_info *tls_alert;
    header_field_info *tls_change;
    header_field_info *tls_data;
    header_field_info *kerberos;
} fields;

static header_field_info *field(const char *name)
{
    header_field_info *found = proto_registrar_get_byname(name);

    fuzz_demand(found != NULL, name);
    return found;
}

void fuzz_messages_init(void)
{
    adp_nodes_init();
    fields.http = field("http");
    fields.smb = field("smb2");
    fields.rpc = field("dcerpc");
    fields.gss = field("gss-api");
    fields.kpasswd = field("kpasswd");
    fields.kpasswd_result = field("kpasswd.result");
    fields.kpasswd_text = field("kpasswd.result_string");
    fields.tls = field("tls");
    fields.tls_message = field("tls.handshake.type");
    fields.tls_alert = field("tls.alert_message");
    fields.tls_change = field("tls.change_cipher_spec");
    fields.tls_data = field("tls.app_data");
    fields.kerberos = field("kerberos");
}

static void add_item(items *all, header_field_info *field_of_it, tvbuff_t *tvb, int start,
                     int length)
{
    field_info *fi = &all->fi[all->count];
    proto_node *node = &all->nodes[all->count];

    if (all->count == MAX_ITEMS) {
        return;
    }
    *fi = (field_info){.hfinfo = field_of_it, .ds_tvb = tvb, .start = start, .length = length};
    *node = (proto_node){.finfo = fi};
    if (all->count) {
        node->parent = &all->nodes[0];
        if (all->count == 1) {
            all->nodes[0].first_child = node;
        } else {
            all->nodes[all->count - 1].next = node;
        }
        all->nodes[0].last_child = node;
    }
    all->count++;
}

static void begin_items(items *all, const message *m, header_field_info *container)
{
    memset(all, 0, sizeof(*all));
    add_item(all, container, m->tvb, m->start, m->length);
}

/* ---- the readers ---- */

static void read_http(message *m)
{
    items all;

    begin_items(&all, m, fields.http);
    adp_read_http(&m->frame, &all.fi[0], m->flags & 1 ? &all.fi[0] : NULL);
}

/* The token may stand anywhere in the message: where one may begin, an item says so. */
static void read_tokens(message *m)
{
    const guint8 *bytes = m->length ? tvb_get_ptr(m->tvb, m->start, m->length) : NULL;
    guint choice = (m->flags & CHOICE) % 3;
    items all;
    int i;

    begin_items(&all, m, choice == 0 ? fields.smb : choice == 1 ? fields.rpc : fields.kerberos);
    for (i = 0; i < m->length; i++) {
        if (bytes[i] == 0x60 || bytes[i] == 0x6e || bytes[i] == 'N' || bytes[i] == 0xa0 ||
            bytes[i] == 0xa1) {
            add_item(&all, fields.gss, m->tvb, m->start + i, m->length - i);
        }
    }
    if (choice == 0) {
        adp_read_smb(&m->frame, all.nodes);
    } else if (choice == 1) {
        adp_read_rpc(&m->frame, all.nodes);
    } else {
        adp_read_tokens(&m->frame, all.nodes, ADP_CARRIER_OTHER);
    }
}

static void read_kpasswd(message *m)
{
    items all;
    int half = m->length / 2;

    begin_items(&all, m, fields.kpasswd);
    if (m->flags & 1) {
        add_item(&all, fields.kpasswd_result, m->tvb, m->start + half, MIN(2, m->length - half));
        add_item(&all, fields.kpasswd_text, m->tvb, m->start + half, m->length - half);
    }
    adp_read_kpasswd(&m->frame, all.nodes);
}

/* Records as TLS frames them: type, version, length. */
static void read_tls(message *m)
{
    const guint8 *bytes = m->length ? tvb_get_ptr(m->tvb, m->start, m->length) : NULL;
    int at = 0;
    items all;

    begin_items(&all, m, fields.tls);
    while (m->length - at > 5) {
        int length = MIN(bytes[at + 3] << 8 | bytes[at + 4], m->length - at - 5);
        header_field_info *kind = bytes[at] == 20   ? fields.tls_change
                                  : bytes[at] == 21 ? fields.tls_alert
                                  : bytes[at] == 22 ? fields.tls_message
                                                    : fields.tls_data;

        at += 5;
        if (length) {
            add_item(&all, kind, m->tvb, m->start + at, length);
        }
        at += length;
    }
    adp_read_tls(&m->frame, all.nodes);
}

/* Over TCP its length stands in front. */
static void read_dns(message *m)
{
    guint choice = (m->flags & CHOICE) % 4;

    m->frame.transport = choice == 1 ? ADP_TCP : ADP_UDP;
    if (choice == 2) {
        adp_read_mdns(&m->frame, m->tvb, m->start, m->length);
    } else if (choice == 3) {
        adp_read_netbios(&m->frame, m->tvb, m->start);
    } else {
        adp_read_dns(&m->frame, m->tvb, m->start, m->length);
    }
}

static void read_ldap(message *m)
{
    const adp_place place = {m->tvb, m->start, m->length};

    m->frame.transport = m->flags & 2 ? ADP_UDP : ADP_TCP;
    if (m->flags & 1) {
        adp_read_bare_ldap(&m->frame, &place);
    } else {
        adp_read_ldap_bytes(&m->frame, m->tvb, m->start, m->length);
    }
}

/* Headers, as they are read without a tree, and segments of which no dissector told anything. */
static void read_packet(message *m)
{
    static const guint8 sender[] = {10, 0, 0, 9};
    const adp_place whole = {m->tvb, m->start, m->length};
    adp_senders senders = {ADDRESS_INIT_NONE, ADDRESS_INIT_NONE};

    m->frame.segment = whole;
    set_address(&senders.v4, AT_IPv4, sizeof(sender), sender);
    switch ((m->flags & CHOICE) % 7) {
    case 0:
        if (adp_tcp_matters(adp_tcp_flags(&whole))) {
            adp_read_tcp(&m->frame, &whole);
        }
        break;
    case 1:
        (void)adp_read_tcp_part(&m->frame);
        break;
    case 2:
        (void)adp_read_tcp_again(&m->frame);
        break;
    case 3:
        adp_read_tcp_gap(&m->frame);
        break;
    case 4:
        m->frame.transport = ADP_UDP;
        (void)adp_ip_is_fragment(&whole);
        (void)adp_read_fragment(&m->frame, &whole);
        break;
    case 5:
        (void)adp_read_icmp(&m->frame, &whole, &senders);
        break;
    default:
        if (adp_tcp_has_length(&whole) && adp_may_be_crossed(&whole)) {
            m->pinfo.srcport = adp_tcp_source_port(&whole);
            m->pinfo.destport = adp_tcp_destination_port(&whole);
            adp_read_crossed(&m->frame);
        }
        break;
    }
    m->frame.segment = (adp_place){0};
}

/* The same bytes tell the same, and what cannot begin is not said to matter. */
static void peek(message *m)
{
    const adp_bytes b = adp_peek_bytes(m->tvb, (guint)m->start);
    const adp_peeked http = adp_peek_http(m->frame.model, b);

    fuzz_demand(http == adp_peek_http(m->frame.model, b), "a second look sees the same");
    fuzz_demand(!adp_peek_tls(b) || adp_peek_may_begin_tls(b), "TLS that matters may begin so");
    fuzz_demand(!adp_peek_tls_data(b) || adp_peek_may_begin_tls(b), "data of TLS may begin so");
    fuzz_demand(!adp_peek_rpc(b) || adp_peek_may_begin_rpc(b), "RPC that matters may begin so");
    fuzz_demand(!adp_peek_smb(b) || adp_peek_may_begin_smb(b), "SMB that matters may begin so");
    fuzz_demand(b.left || http == ADP_PEEKED_NO, "nothing is no message");
    (void)adp_peek_http2(b);
    (void)adp_peek_gss(b);
    (void)adp_peek_dns(b);
}

/* ---- a conversation ---- */

static void set_ends(message *m, guint8 flags, guint32 client, guint32 server, guint16 port)
{
    gboolean turned = (flags & FROM_SERVER) != 0;
    guint16 serves = flags & OTHER_PORT ? 389 : port;

    m->frame.src = turned ? server : client;
    m->frame.dst = turned ? client : server;
    m->pinfo.srcport = turned ? serves : 50000;
    m->pinfo.destport = turned ? 50000 : serves;
    m->frame.in_tls = (flags & IN_TLS) != 0;
    m->frame.whole = FALSE;
}

/* Names that a client asked for: what is said later of hosts and domains is then of use to somebody. */
static void add_lookup(message *m, const char *name, guint16 type)
{
    guint8 query[128] = {0, 1, 1, 0, 0, 1};
    gsize at = 12;
    char **labels = g_strsplit(name, ".", -1);
    guint i;
    tvbuff_t *tvb;

    for (i = 0; labels[i]; i++) {
        gsize len = strlen(labels[i]);

        query[at++] = (guint8)len;
        memcpy(query + at, labels[i], len);
        at += len;
    }
    g_strfreev(labels);
    query[at + 2] = (guint8)type;
    query[at + 4] = 1;
    at += 5;
    tvb = tvb_new_real_data(query, (guint)at, (gint)at);
    m->frame.transport = ADP_UDP;
    m->pinfo.srcport = 50001;
    m->pinfo.destport = 53;
    adp_read_dns(&m->frame, tvb, 0, -1);
    tvb_free(tvb);
}

static void next_frame(message *m, adp_model *model, gint64 later)
{
    m->pinfo.num++;
    m->frame.time += later;
    (void)adp_model_frame(model, m->pinfo.num, m->frame.time, 0, NULL, 0);
}

static void add_lookups(message *m, adp_model *model, guint32 client, guint32 server)
{
    static const struct {
        const char *name;
        guint16 type;
    } lookups[] = {{"_ldap._tcp.dc._msdcs.contoso.test", 33},
                   {"_kerberos._tcp.dc._msdcs.contoso.test", 33},
                   {"autodiscover.contoso.test", 1},
                   {"contoso.test", 1}};
    guint i;

    m->frame.src = client;
    m->frame.dst = server;
    for (i = 0; i < G_N_ELEMENTS(lookups); i++) {
        next_frame(m, model, S(1));
        add_lookup(m, lookups[i].name, lookups[i].type);
    }
}

/* Whatever was read is judged, too. */
static void judge(adp_model *model)
{
    adp_analysis *analysis = adp_analysis_new(model);

    (void)adp_findings(analysis, TRUE);
    adp_analysis_free(analysis);
}

/* Bytes in front of a message: it need not begin where its buffer does. */
#define LEAD 3

/* In a piece of memory of its own, which is gone when the message was read: a sanitizer sees both. */
static void read_message(message *m, const guint8 *bytes, message_reader reader)
{
    guint size = (guint)m->length + LEAD;
    guint8 *exact = g_malloc0(size);

    if (m->length) {
        memcpy(exact + LEAD, bytes, (gsize)m->length);
    }
    m->tvb = tvb_new_real_data(exact, size, (gint)size);
    m->start = LEAD;
    reader(m);
    tvb_free_chain(m->tvb);
    g_free(exact);
}

static void converse(const guint8 *data, gsize size, message_reader reader, adp_transport transport,
                     guint16 port)
{
    adp_model *model = adp_model_new();
    const guint8 client_byte = 1;
    const guint8 server_byte = 2;
    guint32 client = adp_model_address(model, 2, &client_byte, 1, "10.0.0.1");
    guint32 server = adp_model_address(model, 2, &server_byte, 1, "10.0.0.2");
    message m = {.tvb = NULL};
    gsize at = 0;
    guint count;

    m.pinfo.pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    m.pinfo.layers = wmem_list_new(m.pinfo.pool); /* none: nothing is opened */
    m.pinfo.fd = &m.fd;
    m.frame.model = model;
    m.frame.arena = adp_model_arena(model);
    m.frame.pinfo = &m.pinfo;
    m.frame.time = S(1700000000);
    add_lookups(&m, model, client, server);
    for (count = 0; count < MAX_MESSAGES && at + 3 <= size; count++) {
        gsize length = (gsize)data[at + 1] << 8 | data[at + 2];

        m.flags = data[at];
        m.length = (int)MIN(length, size - at - 3);
        m.fd.pkt_len = (guint32)length;
        m.fd.cap_len = (guint32)m.length;
        m.frame.transport = transport;
        next_frame(&m, model, m.flags & LATE ? S(60) : S(1));
        set_ends(&m, m.flags, client, server, port);
        read_message(&m, data + at + 3, reader);
        at += 3 + (gsize)m.length;
    }
    judge(model);
    wmem_destroy_allocator(m.pinfo.pool);
    adp_model_free(model);
}

#define CONVERSATION(name, reader, transport, port)                                                \
    void fuzz_##name(adp_arena *arena, tvbuff_t *tvb, const guint8 *data, gsize size)              \
    {                                                                                              \
        (void)arena;                                                                               \
        (void)tvb;                                                                                 \
        converse(data, size, reader, transport, port);                                             \
    }

CONVERSATION(http, read_http, ADP_TCP, 80)
CONVERSATION(tokens, read_tokens, ADP_TCP, 445)
CONVERSATION(kpasswd, read_kpasswd, ADP_UDP, 464)
CONVERSATION(tls, read_tls, ADP_TCP, 443)
CONVERSATION(dns, read_dns, ADP_UDP, 53)
CONVERSATION(ldap, read_ldap, ADP_TCP, 389)
CONVERSATION(packet, read_packet, ADP_TCP, 636)
CONVERSATION(peek, peek, ADP_TCP, 80)
