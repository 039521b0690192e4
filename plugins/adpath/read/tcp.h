/* tcp.h
 * The opening and closing of TCP connections, and ICMP errors about requests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_TCP_H
#define ADPATH_READ_TCP_H

#include "read/frame.h"

/** A TCP header: does the connection open or close? */
guint adp_tcp_flags(const adp_place *header);
gboolean adp_tcp_matters(guint flags);
void adp_read_tcp(adp_frame *frame, const adp_place *header);

/** Does it give itself a length that a header can have? Else Wireshark shows nothing behind it. */
gboolean adp_tcp_has_length(const adp_place *header);

/** The header's length as it says itself, with options, and its ports; 0 where it is not captured. */
guint adp_tcp_header_length(const adp_place *header);
guint16 adp_tcp_source_port(const adp_place *header);
guint16 adp_tcp_destination_port(const adp_place *header);

/** How many bytes its segment carries; 0 also for a probe that keeps the connection alive. */
guint adp_tcp_payload(const adp_place *header);

/**
 * The frame carries bytes of a server, and the readers are done with it: are they a whole
 * message or a part of one? FALSE: nobody waits for them.
 */
gboolean adp_read_tcp_part(adp_frame *frame);

/** Is the packet of this IPv4 header a fragment? */
gboolean adp_ip_is_fragment(const adp_place *ip);

/** The first fragment of a server's answer over UDP; FALSE when it is none that is waited for. */
gboolean adp_read_fragment(adp_frame *frame, const adp_place *ip);

/** The frame repeats bytes of a client; FALSE: no request on its connection waits. */
gboolean adp_read_tcp_again(adp_frame *frame);

/** Bytes that a server sends once more: its answer may not have arrived. FALSE: nobody wants to know. */
gboolean adp_read_tcp_back(adp_frame *frame);

/** Packets of the connection are missing before this one; to be called when its stream is known. */
void adp_read_tcp_gap(adp_frame *frame);

/** By the IP headers before a message of ICMP: who sent it. AT_NONE where there is none. */
typedef struct {
    address v4;
    address v6;
} adp_senders;

/**
 * A message of ICMP: FALSE when it is no error about a request that we know. Wireshark 4.2 leaves the
 * addresses of the quoted packet in the frame's, hence `senders`.
 */
gboolean adp_read_icmp(adp_frame *frame, const adp_place *message, const adp_senders *senders);

#endif
