/* http.h
 * HTTP messages, as HTTP/1 writes them: what is asked of autodiscover, and how both ends authenticate.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_HTTP_H
#define ADPATH_READ_HTTP_H

#include "read/frame.h"

/** An `http` item: one message. `body` is the item of its decoded body, or NULL. */
void adp_read_http(adp_frame *frame, const field_info *fi, const field_info *body);

/**
 * A message of HTTP/2 as HTTP/1 would write it: headers, an empty line, and the decoded body.
 * `stream`: which of the connection's it was on, not 0.
 */
void adp_read_http_text(adp_frame *frame, tvbuff_t *text, guint32 stream);

/** Likewise a request, sent at `time` (ns since the epoch), to which the packet has the answer. */
void adp_read_http_question(adp_frame *frame, tvbuff_t *text, guint32 stream, gint64 time);

/** Does such a message, of which `text` has the headers, matter to anybody? */
gboolean adp_http_may_matter(adp_frame *frame, tvbuff_t *text, guint32 stream);

/** The server resets the stream, since it wants the request by HTTP/1.1 (RFC 9113 7). */
void adp_read_http_1_required(adp_frame *frame, guint32 stream);

#endif
