/* tcp.h
 * The opening and closing of TCP connections, and ICMP errors about requests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_TCP_H
#define ADPATH_READ_TCP_H

#include "read/read.h"

/** A `tcp` item: does the connection open or close? */
guint adp_tcp_flags(const field_info *fi);
gboolean adp_tcp_matters(guint flags);
void adp_read_tcp(adp_frame *frame, const field_info *fi);

/** Packets of the connection are missing before this one; to be called when its stream is known. */
void adp_read_tcp_gap(adp_frame *frame);

/** An `icmp` or `icmpv6` item: FALSE when it is no error about a request that we know. */
gboolean adp_read_icmp(adp_frame *frame, const field_info *fi);

#endif
