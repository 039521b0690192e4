/* tcp.c
 * The opening and closing of TCP connections, and ICMP errors about requests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/tcp.h"

#include "join/attempts.h"
#include "join/exchange.h"
#include "join/feed.h"
#include "join/identity.h"
#include "join/model.h"
#include "join/stream.h"
#include "log/observation.h"
#include "read/ber.h"
#include "read/frame.h"
#include "read/other_end.h"
#include "read/tls.h"
#include "wire/arena.h"
#include "wire/hash.h"
#include "wire/ports.h"

#include <epan/ipproto.h>

#include <string.h>

#define FLAG_FIN 0x01
#define FLAG_SYN 0x02
#define FLAG_RST 0x04
#define FLAG_ACK 0x10

#define FLAGS_AT   13
#define NUMBER_AT  4
#define HEARD_AT   8
#define NUMBER_LEN 4
/* Sequence and acknowledgement number, offset, flags: a repeated SYN has them, too. */
#define HASH_FROM NUMBER_AT
#define HASH_LEN  10

/* Destination unreachable, of either family (RFC 792, RFC 4443 3.1). */
#define ICMP_UNREACHABLE   3
#define ICMP_EXPIRED       11
#define ICMP_PARAMETER     12
#define ICMPV6_UNREACHABLE 1
#define ICMPV6_TOO_BIG     2
#define ICMPV6_EXPIRED     3
#define ICMPV6_PARAMETER   4
#define ICMP_HEADER_LEN    8
/* The flags without those of ECN. */
#define FLAGS_BASIC 0x3f
/* In front of a UDP message. */
#define UDP_HEADER_LEN 8

guint adp_tcp_flags(const adp_place *header)
{
    adp_ber range = adp_ber_range(header->tvb, header->start, header->length);

    return adp_ber_length(&range) > FLAGS_AT
               ? adp_ber_bytes(&range)[FLAGS_AT] & (FLAG_FIN | FLAG_SYN | FLAG_RST | FLAG_ACK)
               : 0;
}

/* 0 where the header is cut before it. */
static guint32 number_at(const adp_place *header, int at)
{
    adp_ber range = adp_ber_range(header->tvb, header->start, header->length);
    guint32 number = 0;

    if (adp_ber_length(&range) >= at + NUMBER_LEN) {
        memcpy(&number, adp_ber_bytes(&range) + at, NUMBER_LEN);
    }
    return g_ntohl(number);
}

gboolean adp_tcp_matters(guint flags)
{
    return (flags & (FLAG_FIN | FLAG_SYN | FLAG_RST)) != 0;
}

static adp_tcp_event event_of(guint flags)
{
    if (flags & FLAG_RST) {
        return ADP_TCP_RST;
    }
    if (flags & FLAG_SYN) {
        return flags & FLAG_ACK ? ADP_TCP_SYN_ACK : ADP_TCP_SYN;
    }
    return ADP_TCP_FIN;
}

/* Which end serves, an earlier message tells, or the port of a KDC or of DNS. */
static gboolean is_from_server(const adp_frame *frame)
{
    adp_obs obs = adp_frame_obs(frame, ADP_OBS_TCP, TRUE);
    adp_flow flow;

    if (adp_model_stream_flow(frame->model, ADP_TCP, frame->stream, &flow)) {
        return flow.server == obs.flow.server && flow.server_port == obs.flow.server_port;
    }
    return adp_port_is_kdc(obs.flow.server_port) || adp_port_is_dns(obs.flow.server_port) ||
           adp_model_knows_attempt(frame->model, &obs.flow);
}

/* A SYN that comes again, and the client's end of a connection that carries steps: what the server said last counts. */
static gboolean tells_of_server(const adp_frame *frame, const adp_obs *obs, adp_tcp_event event)
{
    if (event == ADP_TCP_SYN) {
        return adp_model_knows_attempt(frame->model, &obs->flow);
    }
    return event != ADP_TCP_SYN_ACK && !obs->from_server &&
           adp_model_stream(frame->model, &obs->flow);
}

void adp_read_tcp(adp_frame *frame, const adp_place *header)
{
    guint flags = adp_tcp_flags(header);
    adp_obs_tcp *tcp;
    adp_obs obs;

    if (!adp_tcp_matters(flags)) {
        return;
    }
    tcp = adp_arena_new_array(frame->arena, adp_obs_tcp, 1);
    tcp->event = event_of(flags);
    obs = adp_frame_obs(frame, ADP_OBS_TCP, tcp->event == ADP_TCP_SYN_ACK);
    /* Either end may close; only what came before tells which end is which. */
    if (tcp->event == ADP_TCP_FIN || tcp->event == ADP_TCP_RST) {
        obs = adp_frame_obs(frame, ADP_OBS_TCP, is_from_server(frame));
    }
    /* Behind what the segment carries: a request and the end may be one. */
    tcp->number =
        number_at(header, NUMBER_AT) + (tcp->event == ADP_TCP_FIN ? adp_tcp_payload(header) : 0);
    tcp->bare = !(flags & FLAG_ACK);
    tcp->heard = number_at(header, HEARD_AT);
    if (tells_of_server(frame, &obs, tcp->event)) {
        adp_other_end_note(frame, tcp);
    }
    obs.hash = adp_hash_range(header->tvb, header->start + HASH_FROM, HASH_LEN);
    obs.u.tcp = tcp;
    (void)adp_model_add(frame->model, &obs);
}

void adp_read_tcp_gap(adp_frame *frame)
{
    adp_obs_tcp *tcp = adp_arena_new_array(frame->arena, adp_obs_tcp, 1);
    adp_obs obs;

    if (!is_from_server(frame)) {
        return;
    }
    tcp->event = ADP_TCP_GAP;
    obs = adp_frame_obs(frame, ADP_OBS_TCP, TRUE);
    obs.u.tcp = tcp;
    (void)adp_model_add(frame->model, &obs);
}

/* ---- bytes that are no whole message ---- */

#define TCP_OFFSET_AT  12
#define TCP_HEADER_LEN 20

/* As it says itself, options included. */
static guint length_of(const adp_ber *header)
{
    return (adp_ber_bytes(header)[TCP_OFFSET_AT] >> 4) * 4U;
}

gboolean adp_tcp_has_length(const adp_place *header)
{
    adp_ber range = adp_ber_range(header->tvb, header->start, header->length);

    return adp_ber_length(&range) > TCP_OFFSET_AT && length_of(&range) >= TCP_HEADER_LEN;
}

guint adp_tcp_header_length(const adp_place *header)
{
    adp_ber range = adp_ber_range(header->tvb, header->start, header->length);

    return adp_ber_length(&range) > TCP_OFFSET_AT ? length_of(&range) : 0;
}

static guint16 port_at(const adp_place *header, int at)
{
    adp_ber range = adp_ber_range(header->tvb, header->start, header->length);
    const guint8 *p = adp_ber_bytes(&range) + at;

    return adp_ber_length(&range) > at + 1 ? (guint16)(p[0] << 8 | p[1]) : 0;
}

guint16 adp_tcp_source_port(const adp_place *header)
{
    return port_at(header, 0);
}

guint16 adp_tcp_destination_port(const adp_place *header)
{
    return port_at(header, 2);
}

guint adp_tcp_payload(const adp_place *header)
{
    adp_ber range = adp_ber_range(header->tvb, header->start, header->length);
    guint all = (guint)header->length;
    guint head;

    if (adp_ber_length(&range) <= TCP_OFFSET_AT) {
        return 0;
    }
    head = length_of(&range);
    /* A probe that keeps a connection alive may carry one byte of no meaning. */
    return all > head + 1 ? all - head : 0;
}

/* Protocols of words begin so: HTTP, SSH, SMTP. */
static gboolean begins_with_letter(const adp_place *header)
{
    adp_ber range = adp_ber_range(header->tvb, header->start, header->length);
    guint head = adp_tcp_header_length(header);

    return head >= TCP_HEADER_LEN && (guint)adp_ber_length(&range) > head &&
           g_ascii_isalpha(adp_ber_bytes(&range)[head]);
}

/* What a server of TLS says to bytes that are none. Where TLS was begun, nobody waits for a part. */
static gboolean begins_as_alert(const adp_place *header)
{
    adp_ber range = adp_ber_range(header->tvb, header->start, header->length);
    guint head = adp_tcp_header_length(header);

    return head >= TCP_HEADER_LEN && (guint)adp_ber_length(&range) > head &&
           adp_tls_is_alert(adp_ber_bytes(&range) + head, adp_ber_length(&range) - (int)head);
}

static gboolean add_bytes(adp_frame *frame, adp_obs *obs, adp_tcp_event event)
{
    adp_obs_tcp *tcp = adp_arena_new_array(frame->arena, adp_obs_tcp, 1);

    tcp->event = event;
    tcp->bytes = frame->segment.tvb ? adp_tcp_payload(&frame->segment) : 0;
    tcp->damaged = frame->pinfo->fd->cap_len < frame->pinfo->fd->pkt_len;
    tcp->words = event == ADP_TCP_PART && frame->segment.tvb && begins_with_letter(&frame->segment);
    tcp->alert = event == ADP_TCP_PART && frame->segment.tvb && begins_as_alert(&frame->segment);
    tcp->number =
        event == ADP_TCP_AGAIN && frame->segment.tvb ? number_at(&frame->segment, NUMBER_AT) : 0;
    obs->u.tcp = tcp;
    return adp_model_add(frame->model, obs);
}

gboolean adp_read_tcp_part(adp_frame *frame)
{
    adp_obs obs = adp_frame_obs(frame, ADP_OBS_TCP, TRUE);
    adp_obs_answer *answer = frame->whole ? NULL : adp_model_part_of(frame->model, &obs.flow);

    if (answer && !answer->heard && !begins_as_alert(&frame->segment)) {
        answer->heard = obs.frame;
        answer->heard_time = obs.time;
    }
    return adp_model_wants_part(frame->model, &obs.flow, !frame->whole) &&
           add_bytes(frame, &obs, frame->whole ? ADP_TCP_WHOLE : ADP_TCP_PART);
}

gboolean adp_read_tcp_again(adp_frame *frame)
{
    adp_obs obs = adp_frame_obs(frame, ADP_OBS_TCP, FALSE);

    return adp_model_wants_again(frame->model, &obs.flow) && add_bytes(frame, &obs, ADP_TCP_AGAIN);
}

gboolean adp_read_tcp_back(adp_frame *frame)
{
    adp_obs obs = adp_frame_obs(frame, ADP_OBS_TCP, TRUE);

    return adp_model_wants_back(frame->model, &obs.flow) && add_bytes(frame, &obs, ADP_TCP_AGAIN);
}

/* ---- IP fragments ---- */

#define IP_HEADER_LEN     20
#define IP_FLAGS_AT       6
#define IP_PROTOCOL_AT    9
#define IP_MORE_FRAGMENTS 0x2000
#define IP_OFFSET_MASK    0x1fff

#define IPV6_HEADER_LEN  40
#define IPV6_NEXT_AT     6
#define IPV6_OFFSET_MASK 0xfff8
/* Of extension headers (RFC 8200 4): the next one's kind, a length in units of 8 bytes. */
#define IPV6_UNIT 8

static guint16 be16(const guint8 *p)
{
    return (guint16)((p[0] << 8) | p[1]);
}

gboolean adp_ip_is_fragment(const adp_place *ip)
{
    adp_ber header = adp_ber_range(ip->tvb, ip->start, IP_HEADER_LEN);

    return adp_ber_length(&header) == IP_HEADER_LEN && adp_ber_bytes(&header)[0] >> 4 == 4 &&
           (be16(adp_ber_bytes(&header) + IP_FLAGS_AT) & (IP_MORE_FRAGMENTS | IP_OFFSET_MASK));
}

/* Where the message of a first fragment over UDP begins; 0 for what is none. */
static int first_of_ipv4(const guint8 *p, int length)
{
    int head = (p[0] & 0x0f) * 4;

    return length >= IP_HEADER_LEN && head >= IP_HEADER_LEN && p[IP_PROTOCOL_AT] == IP_PROTO_UDP &&
                   !(be16(p + IP_FLAGS_AT) & IP_OFFSET_MASK)
               ? head
               : 0;
}

static int first_of_ipv6(const guint8 *p, int length)
{
    guint8 next = length >= IPV6_HEADER_LEN ? p[IPV6_NEXT_AT] : IP_PROTO_NONE;
    int at = IPV6_HEADER_LEN;

    while (at + IPV6_UNIT <= length) {
        if (next == IP_PROTO_FRAGMENT) {
            return p[at] == IP_PROTO_UDP && !(be16(p + at + 2) & IPV6_OFFSET_MASK) ? at + IPV6_UNIT
                                                                                   : 0;
        }
        if (next != IP_PROTO_HOPOPTS && next != IP_PROTO_ROUTING && next != IP_PROTO_DSTOPTS) {
            return 0;
        }
        next = p[at];
        at += (p[at + 1] + 1) * IPV6_UNIT;
    }
    return 0;
}

gboolean adp_read_fragment(adp_frame *frame, const adp_place *ip)
{
    adp_ber header = adp_ber_range(ip->tvb, ip->start, -1);
    const guint8 *p = adp_ber_bytes(&header);
    int length = adp_ber_length(&header);
    int head;
    adp_obs obs;

    if (length < IP_HEADER_LEN) {
        return FALSE;
    }
    head = p[0] >> 4 == 6 ? first_of_ipv6(p, length) : first_of_ipv4(p, length);
    if (head == 0 || length < head + UDP_HEADER_LEN + 2) {
        return FALSE;
    }
    p += head;
    obs = adp_frame_obs(frame, ADP_OBS_TCP, TRUE);
    obs.flow.transport = ADP_UDP;
    obs.flow.server_port = be16(p);
    obs.flow.client_port = be16(p + 2);
    if (!adp_port_is_dns(obs.flow.server_port) && !adp_port_is_kdc(obs.flow.server_port) &&
        obs.flow.server_port != ADP_PORT_LDAP) {
        return FALSE;
    }
    obs.id = adp_port_is_dns(obs.flow.server_port) ? be16(p + UDP_HEADER_LEN) : ADP_NONE;
    obs.fragmented = TRUE;
    return add_bytes(frame, &obs, ADP_TCP_PART);
}

/* ---- ICMP ---- */

typedef struct {
    address_type type;
    int len; /* of an address */
    const guint8 *src;
    const guint8 *dst;
    guint8 protocol;
    const guint8 *ports;
    int left; /* bytes from there on */
} quoted;

/* The packet that the error quotes; FALSE when it is none of TCP or UDP. */
static gboolean read_quoted(adp_ber rest, quoted *ret)
{
    const guint8 *p = adp_ber_bytes(&rest);
    int length = adp_ber_length(&rest);
    int header;

    if (length < 20) {
        return FALSE;
    }
    if (p[0] >> 4 == 4) {
        header = (p[0] & 0x0f) * 4;
        *ret = (quoted){AT_IPv4, 4, p + 12, p + 16, p[9], p + header, length - header};
        if (header < 20 || (be16(p + 6) & 0x1fff)) {
            return FALSE;
        }
    } else if (p[0] >> 4 == 6 && length >= 40) {
        header = 40;
        *ret = (quoted){AT_IPv6, 16, p + 8, p + 24, p[6], p + header, length - header};
    } else {
        return FALSE;
    }
    return length >= header + 4 && (ret->protocol == IP_PROTO_TCP || ret->protocol == IP_PROTO_UDP);
}

/* RFC 4443 3.1 in the numbers of RFC 792 and RFC 1812 5.2.7.1. */
static guint8 code_of(gboolean v6, guint8 code)
{
    static const guint8 codes[] = {0, 13, 1, 1, 3, 13, 13};

    return v6 ? (code < G_N_ELEMENTS(codes) ? codes[code] : 0) : code;
}

static adp_icmp_kind kind_of_code(guint8 code)
{
    switch (code) {
    case 0:
    case 6:
    case 11:
        return ADP_ICMP_NET;
    case 1:
    case 7:
    case 8:
    case 12:
        return ADP_ICMP_HOST;
    case 2:
        return ADP_ICMP_PROTOCOL;
    case 3:
        return ADP_ICMP_PORT;
    case 4:
        return ADP_ICMP_TOO_BIG;
    case 9:
    case 10:
    case 13:
        return ADP_ICMP_PROHIBITED;
    default:
        return ADP_ICMP_OTHER;
    }
}

/* What the error says; FALSE for what is no error about a packet. */
static gboolean read_kind(gboolean v6, guint8 type, guint8 code, adp_obs_icmp *icmp)
{
    if (type == (v6 ? ICMPV6_UNREACHABLE : ICMP_UNREACHABLE)) {
        icmp->code = code_of(v6, code);
        icmp->kind = kind_of_code(icmp->code);
        icmp->prohibited = icmp->kind == ADP_ICMP_PROHIBITED;
        return TRUE;
    }
    if (v6 && type == ICMPV6_TOO_BIG) {
        icmp->kind = ADP_ICMP_TOO_BIG;
        return TRUE;
    }
    if (type == (v6 ? ICMPV6_EXPIRED : ICMP_EXPIRED)) {
        icmp->kind = code == 1 ? ADP_ICMP_REASSEMBLY : ADP_ICMP_TTL;
        return TRUE;
    }
    icmp->kind = ADP_ICMP_OTHER;
    return type == (v6 ? ICMPV6_PARAMETER : ICMP_PARAMETER);
}

static guint32 known_address(const adp_frame *frame, const quoted *q, const guint8 *bytes)
{
    return adp_model_address(frame->model, (guint8)q->type, bytes, (guint8)q->len, NULL);
}

/* Who sent the error, by the header before it: of the same version as the one that is quoted. */
static guint32 icmp_sender(const adp_frame *frame, const quoted *q, const adp_senders *senders)
{
    const address *sender = q->type == AT_IPv6 ? &senders->v6 : &senders->v4;

    return sender->type == (int)q->type ? adp_address_id(frame->model, frame->pinfo, sender)
                                        : frame->src;
}

gboolean adp_read_icmp(adp_frame *frame, const adp_place *message, const adp_senders *senders)
{
    adp_ber rest = adp_ber_range(message->tvb, message->start, message->length);
    const guint8 *p;
    adp_obs obs = {.type = ADP_OBS_ICMP, .frame = frame->pinfo->num, .time = frame->time};
    adp_obs_icmp *icmp;
    guint32 from;
    quoted q;

    /* The item's length may leave out what is quoted. */
    rest.end = (int)tvb_captured_length(message->tvb);
    if (adp_ber_length(&rest) < ICMP_HEADER_LEN) {
        return FALSE;
    }
    p = adp_ber_bytes(&rest);
    rest.offset += ICMP_HEADER_LEN;
    if (!read_quoted(rest, &q)) {
        return FALSE;
    }
    icmp = adp_arena_new_array(frame->arena, adp_obs_icmp, 1);
    if (!read_kind(q.type == AT_IPv6, p[0], p[1], icmp)) {
        return FALSE;
    }
    obs.flow.client = known_address(frame, &q, q.src);
    obs.flow.server = known_address(frame, &q, q.dst);
    if (obs.flow.client == ADP_NONE || obs.flow.server == ADP_NONE) {
        return FALSE;
    }
    obs.flow.client_port = be16(q.ports);
    obs.flow.server_port = be16(q.ports + 2);
    obs.flow.transport = q.protocol == IP_PROTO_TCP ? ADP_TCP : ADP_UDP;
    obs.flow.stream = ADP_NONE;
    obs.from_server = TRUE;
    obs.hash = adp_hash_range(message->tvb, message->start, ICMP_HEADER_LEN);
    from = icmp_sender(frame, &q, senders);
    icmp->from_host = from == obs.flow.server;
    icmp->of_syn = q.protocol == IP_PROTO_TCP && q.left > FLAGS_AT &&
                   (q.ports[FLAGS_AT] & FLAGS_BASIC) == FLAG_SYN;
    icmp->id = adp_port_is_dns(obs.flow.server_port) && q.left >= UDP_HEADER_LEN + 2
                   ? be16(q.ports + UDP_HEADER_LEN)
                   : ADP_NONE;
    icmp->sender = adp_model_address_text(frame->model, from);
    obs.u.icmp = icmp;
    return adp_model_add(frame->model, &obs);
}
