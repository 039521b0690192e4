/* h2.h
 * HTTP/2 as bytes (RFC 9113, RFC 7541): frames, header blocks, and a message's headers as the text that HTTP/1 has.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_H2_H
#define ADPATH_WIRE_H2_H

#include <glib.h>

/** Types of frames, and flags, as far as anybody looks at them (RFC 9113 6). */
enum {
    ADP_H2_DATA = 0,
    ADP_H2_HEADERS = 1,
    ADP_H2_RST_STREAM = 3,
    ADP_H2_CONTINUATION = 9
};

enum {
    ADP_H2_END_STREAM = 0x01,
    ADP_H2_END_HEADERS = 0x04,
    ADP_H2_PADDED = 0x08,
    ADP_H2_PRIORITY = 0x20
};

#define ADP_H2_HEAD_LEN 9
/* RFC 9113 7: of RST_STREAM, the request has to come again by HTTP/1.1. */
#define ADP_H2_HTTP_1_1_REQUIRED 13

/** What stands before a frame's content. */
typedef struct {
    guint32 length; /* of the content, bytes */
    guint8 type;
    guint8 flags;
    guint32 stream;
} adp_h2_head;

/** FALSE: the bytes are too few, or those with which a client begins, which are no frame. */
gboolean adp_h2_head_at(const guint8 *begin, gsize len, adp_h2_head *ret);

/**
 * Can one of these frames matter to somebody who knows nothing of the connection: does it ask for
 * a path like autodiscover's, or for a tunnel, or has it credentials or a challenge? Of header
 * blocks, only what stands there in full is looked at, not what refers to earlier ones: so each of
 * these is noticed when it first comes. A wrong yes is possible.
 */
gboolean adp_h2_may_matter(const guint8 *begin, gsize len);

/** What the headers of a message tell of it. */
typedef struct {
    gboolean reply;
    gboolean trailers; /* neither a request nor a reply: they stand behind a body */
    guint status;      /* reply: 0 when it has none that is a number */
    gboolean encoded;  /* its body is compressed */
    gboolean has_length;
    guint64 length; /* of the body, as announced */
} adp_h2_message;

/**
 * A message's first line and headers as HTTP/1 writes them, without what tells of its body and
 * without the empty line at the end. A header that would not be one line is left out.
 * @param pairs  headers, decompressed: of each its name and its value, and before either its length
 *               in four bytes
 * @return the text, which the caller frees; NULL for trailers, and when something is missing.
 */
GString *adp_h2_text(const guint8 *pairs, gsize len, adp_h2_message *ret);

#endif
