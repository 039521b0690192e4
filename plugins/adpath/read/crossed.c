/* crossed.c
 * LDAP in clear at a port of TLS, and TLS where LDAP in clear belongs.
 *
 * Wireshark gives each port's bytes to the dissector of that port, which takes them for damaged, or for
 * a part of something. So they are read where they stand in the segment. A connection that begins as its
 * port expects is never looked at twice: what the middle of a record looks like says nothing.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/crossed.h"

#include "join/attempts.h"
#include "join/pair_ldap.h"
#include "join/pair_tls.h"
#include "log/observation.h"
#include "read/ber.h"
#include "read/ldap.h"
#include "read/tcp.h"
#include "read/tls.h"
#include "wire/ports.h"

/* An LDAPMessage is a SEQUENCE (RFC 4511 4.1.1). */
#define LDAP_MESSAGE 0x30

/** The payload, and which of the ports is LDAP's. */
typedef struct {
    adp_place place;
    const guint8 *bytes;
    int length;
    guint16 port; /* 0: none */
    gboolean from_server;
} payload;

static payload payload_of(const adp_place *segment)
{
    payload p = {{NULL, 0, 0}, NULL, 0, 0, FALSE};
    adp_ber range = adp_ber_range(segment->tvb, segment->start, segment->length);
    guint head;

    if (!adp_tcp_payload(segment)) {
        return p;
    }
    p.from_server = adp_port_is_ldap(adp_tcp_source_port(segment));
    if (p.from_server == adp_port_is_ldap(adp_tcp_destination_port(segment))) {
        return p;
    }
    head = adp_tcp_header_length(segment);
    if (head >= (guint)adp_ber_length(&range)) {
        return p;
    }
    p.port = p.from_server ? adp_tcp_source_port(segment) : adp_tcp_destination_port(segment);
    p.place = (adp_place){segment->tvb, segment->start + (int)head, segment->length - (int)head};
    p.bytes = adp_ber_bytes(&range) + head;
    p.length = adp_ber_length(&range) - (int)head;
    return p;
}

static gboolean is_crossed(const payload *p)
{
    if (!p->port) {
        return FALSE;
    }
    return adp_port_is_ldaps(p->port)
               ? p->bytes[0] == LDAP_MESSAGE ||
                     (p->from_server && adp_tls_is_alert(p->bytes, p->length))
               : adp_tls_may_begin(p->bytes, p->length);
}

gboolean adp_may_be_crossed(const adp_place *segment)
{
    const payload p = payload_of(segment);

    return is_crossed(&p);
}

/* Where TLS was begun, or its records were seen, bytes that look like LDAP are none. */
static void read_clear(adp_frame *frame, const payload *p, const adp_flow *flow)
{
    if (p->from_server ? !adp_model_is_bare_ldap(frame->model, flow)
                       : !adp_model_may_be_bare_ldap(frame->model, flow)) {
        return;
    }
    if (p->bytes[0] == LDAP_MESSAGE) {
        adp_read_bare_ldap(frame, &p->place);
    } else {
        /* The alert answers nothing: what it is part of, is told with the silence (read/tcp.c). */
        frame->whole = FALSE;
    }
}

static void read_tls(adp_frame *frame, const payload *p, const adp_flow *flow)
{
    if (!adp_model_is_unasked_tls(frame->model, flow) &&
        !(!p->from_server && adp_tls_is_hello(p->bytes, p->length) &&
          adp_model_may_be_unasked_tls(frame->model, flow))) {
        return;
    }
    adp_read_tls_bytes(frame, &p->place);
    frame->whole = TRUE;
}

void adp_read_crossed(adp_frame *frame)
{
    const payload p = payload_of(&frame->segment);
    adp_obs obs = adp_frame_obs(frame, ADP_OBS_TLS, p.from_server);

    if (!is_crossed(&p)) {
        return;
    }
    if (adp_port_is_ldaps(p.port)) {
        read_clear(frame, &p, &obs.flow);
    } else {
        read_tls(frame, &p, &obs.flow);
    }
}
