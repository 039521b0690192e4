/* tcp.h
 * The opening and closing of TCP connections, and ICMP errors about requests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_TCP_H
#define ADPATH_READ_TCP_H

#include "read/frame.h"

/** A `tcp` item: does the connection open or close? */
guint adp_tcp_flags(const field_info *fi);
gboolean adp_tcp_matters(guint flags);
void adp_read_tcp(adp_frame *frame, const field_info *fi);

/** How many bytes a `tcp` item's segment carries; 0 also for a probe that keeps it alive. */
guint adp_tcp_payload(const field_info *fi);

/**
 * The frame carries bytes of a server, and the readers are done with it: are they a whole
 * message or a part of one? FALSE: nobody waits for them.
 */
gboolean adp_read_tcp_part(adp_frame *frame);

/** Is the packet of this IPv4 header a fragment? */
gboolean adp_ip_is_fragment(const field_info *ip);

/** The first fragment of a server's answer over UDP; FALSE when it is none that is waited for. */
gboolean adp_read_fragment(adp_frame *frame, const field_info *ip);

/** The frame repeats bytes of a client; FALSE: no request on its connection waits. */
gboolean adp_read_tcp_again(adp_frame *frame);

/** Packets of the connection are missing before this one; to be called when its stream is known. */
void adp_read_tcp_gap(adp_frame *frame);

/**
 * An `icmp` or `icmpv6` item: FALSE when it is no error about a request that we know. `ip`, `ipv6`:
 * the items of the headers before it, or NULL. Wireshark 4.2 leaves the addresses of the quoted packet in the
 * frame's.
 */
gboolean adp_read_icmp(adp_frame *frame, const field_info *fi, const field_info *ip,
                       const field_info *ipv6);

#endif
