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

/** Does any message go on, and does one on this TCP stream? */
gboolean adp_http2_has_open(void);
gboolean adp_http2_is_open(guint32 stream);

/** At the end of a file: all that is kept. */
void adp_http2_forget(void);

#endif
