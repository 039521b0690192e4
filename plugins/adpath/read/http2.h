/* http2.h
 * HTTP/2: the frames of a message put together, to be read as a message of HTTP/1.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_HTTP2_H
#define ADPATH_READ_HTTP2_H

#include "read/frame.h"

/**
 * An `http2` item: one frame of HTTP/2. Its headers are read as Wireshark has decompressed them, a
 * body as it was put together and decoded. A message that goes on in another packet is kept
 * until it ends; of most messages nothing is.
 */
void adp_read_http2(adp_frame *frame, const proto_node *node);

/**
 * Was a message that matters met on any TCP stream, and on this one? What follows there may be named by
 * numbers alone, in tables that nobody knows who has not read all of it (RFC 7541 2.3.2), or go on.
 */
gboolean adp_http2_knows_any(void);
gboolean adp_http2_is_known(guint32 stream);

/** At the end of a file: all that is kept. */
void adp_http2_forget(void);

#endif
