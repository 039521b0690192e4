/* tcp.c
 * The opening and closing of TCP connections, and ICMP errors about requests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/tcp.h"

#include "join/model.h"
#include "join/pair_tcp.h"
#include "join/pairing.h"
#include "log/observation.h"
#include "read/ber.h"
#include "read/read.h"
#include "wire/arena.h"

#include <epan/ipproto.h>

#define FLAG_FIN 0x01
#define FLAG_SYN 0x02
#define FLAG_RST 0x04
#define FLAG_ACK 0x10

#define FLAGS_AT 13
/* Sequence and acknowledgement number, offset, flags: a repeated SYN has them, too. */
#define HASH_FROM 4
#define HASH_LEN  10

#define KDC_PORT 88

/* Destination unreachable, of either family (RFC 792, RFC 4443 3.1). */
#define ICMP_UNREACHABLE   3
#define ICMPV6_UNREACHABLE 1
#define ICMP_HEADER_LEN    8
#define CODE_FRAGMENT      4

guint adp_tcp_flags(const field_info *fi)
{
    adp_ber header = adp_ber_range(fi->ds_tvb, fi->start, fi->length);

    return adp_ber_length(&header) > FLAGS_AT
               ? adp_ber_bytes(&header)[FLAGS_AT] & (FLAG_FIN | FLAG_SYN | FLAG_RST | FLAG_ACK)
               : 0;
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

void adp_read_tcp(adp_frame *frame, const field_info *fi)
{
    guint flags = adp_tcp_flags(fi);
    adp_obs_tcp *tcp;
    adp_obs obs;

    if (!adp_tcp_matters(flags)) {
        return;
    }
    tcp = adp_arena_new_array(frame->arena, adp_obs_tcp, 1);
    tcp->event = event_of(flags);
    obs = adp_frame_obs(frame, ADP_OBS_TCP, tcp->event == ADP_TCP_SYN_ACK);
    /* Either end may close; only what opened before tells which end is which. */
    if ((tcp->event == ADP_TCP_FIN || tcp->event == ADP_TCP_RST) &&
        !adp_model_knows_attempt(frame->model, &obs.flow)) {
        obs = adp_frame_obs(frame, ADP_OBS_TCP, TRUE);
    }
    obs.hash = adp_hash_range(fi->ds_tvb, fi->start + HASH_FROM, HASH_LEN);
    obs.u.tcp = tcp;
    (void)adp_model_add(frame->model, &obs);
}

/* Which end serves, an earlier message tells, or the KDC's port. */
static gboolean is_from_server(const adp_frame *frame)
{
    adp_obs obs = adp_frame_obs(frame, ADP_OBS_TCP, TRUE);
    adp_flow flow;

    if (adp_model_stream_flow(frame->model, ADP_TCP, frame->stream, &flow)) {
        return flow.server == obs.flow.server && flow.server_port == obs.flow.server_port;
    }
    return obs.flow.server_port == KDC_PORT || adp_model_knows_attempt(frame->model, &obs.flow);
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

/* ---- ICMP ---- */

typedef struct {
    address_type type;
    int len; /* of an address */
    const guint8 *src;
    const guint8 *dst;
    guint8 protocol;
    const guint8 *ports;
} quoted;

static guint16 be16(const guint8 *p)
{
    return (guint16)((p[0] << 8) | p[1]);
}

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
        *ret = (quoted){AT_IPv4, 4, p + 12, p + 16, p[9], p + header};
        if (header < 20 || (be16(p + 6) & 0x1fff)) {
            return FALSE;
        }
    } else if (p[0] >> 4 == 6 && length >= 40) {
        header = 40;
        *ret = (quoted){AT_IPv6, 16, p + 8, p + 24, p[6], p + header};
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

static guint32 known_address(const adp_frame *frame, const quoted *q, const guint8 *bytes)
{
    return adp_model_address(frame->model, (guint8)q->type, bytes, (guint8)q->len, NULL);
}

gboolean adp_read_icmp(adp_frame *frame, const field_info *fi)
{
    adp_ber rest = adp_ber_range(fi->ds_tvb, fi->start, fi->length);
    const guint8 *p = adp_ber_bytes(&rest);
    adp_obs obs = {.type = ADP_OBS_ICMP, .frame = frame->pinfo->num, .time = frame->time};
    gboolean v6;
    adp_obs_icmp *icmp;
    quoted q;

    /* The item's length may leave out what is quoted. */
    rest.end = (int)tvb_captured_length(fi->ds_tvb);
    if (adp_ber_length(&rest) < ICMP_HEADER_LEN) {
        return FALSE;
    }
    rest.offset += ICMP_HEADER_LEN;
    if (!read_quoted(rest, &q)) {
        return FALSE;
    }
    v6 = q.type == AT_IPv6;
    if (p[0] != (v6 ? ICMPV6_UNREACHABLE : ICMP_UNREACHABLE) || (!v6 && p[1] == CODE_FRAGMENT)) {
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
    obs.hash = adp_hash_range(fi->ds_tvb, fi->start, ICMP_HEADER_LEN);
    icmp = adp_arena_new_array(frame->arena, adp_obs_icmp, 1);
    icmp->code = code_of(v6, p[1]);
    icmp->prohibited = icmp->code == 9 || icmp->code == 10 || icmp->code == 13;
    icmp->sender = adp_model_address_text(frame->model, frame->src);
    obs.u.icmp = icmp;
    return adp_model_add(frame->model, &obs);
}
