/* http2.c
 * HTTP/2: the frames of a message put together, to be read as a message of HTTP/1.
 *
 * A connection carries many messages at once, each on a stream of its own, and a message is several
 * frames: headers, maybe more of them, a body in parts, maybe trailers. It is read when it ends, like
 * one of HTTP/1.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/http2.h"

#include "read/ber.h"
#include "read/http.h"
#include "read/nodes.h"
#include "wire/arena.h"
#include "wire/h2.h"
#include "wire/limits.h"

#include <string.h>

/** A message that goes on. */
typedef struct {
    guint32 connection; /* number of the TCP stream */
    guint32 stream;     /* within it */
    guint32 sender;     /* id of its address, */
    guint16 port;       /* and its port */
    gint64 time;        /* of its first frame */
    gboolean last;      /* its headers are all of it: no body follows */
    GByteArray *pairs;  /* headers, until they are whole; then NULL */
    GString *text;      /* then they are here */
    adp_h2_message told;
    GByteArray *body; /* as it came */
    guint32 ended;    /* packet that ended it; 0: it goes on */
} open_message;

/** A frame of HTTP/2 in the tree. */
typedef struct {
    adp_h2_head head;
    tvbuff_t *tvb;
    int start;
    const field_info *headers; /* its item says where they are decompressed */
    const field_info *data;    /* where a stream ends: its whole body, decoded */
} h2_frame;

/* Of the file that is open. */
static GPtrArray *open_messages;
static GHashTable *known; /* numbers of TCP streams on which one was kept; NULL: none */

static void free_message(gpointer data)
{
    open_message *m = data;

    if (m->pairs) {
        g_byte_array_unref(m->pairs);
    }
    if (m->text) {
        g_string_free(m->text, TRUE);
    }
    if (m->body) {
        g_byte_array_unref(m->body);
    }
    g_free(m);
}

void adp_http2_forget(void)
{
    g_clear_pointer(&open_messages, g_ptr_array_unref);
    g_clear_pointer(&known, g_hash_table_unref);
}

gboolean adp_http2_knows_any(void)
{
    return known != NULL;
}

gboolean adp_http2_is_known(guint32 stream)
{
    return known && g_hash_table_contains(known, GUINT_TO_POINTER(stream));
}

/* Wireshark may dissect a packet twice: one that ended a message does so again. */
static void drop_ended(guint32 packet)
{
    guint i;

    for (i = open_messages ? open_messages->len : 0; i > 0; i--) {
        const open_message *m = g_ptr_array_index(open_messages, i - 1);

        if (m->ended && m->ended != packet) {
            (void)g_ptr_array_remove_index(open_messages, i - 1);
        }
    }
}

/* The message on this stream, of the packet's sender or of the other end; NULL: none is kept. */
static open_message *find(const adp_frame *frame, guint32 stream, gboolean other_end, guint *at)
{
    guint32 sender = other_end ? frame->dst : frame->src;
    guint32 port = other_end ? frame->pinfo->destport : frame->pinfo->srcport;
    guint i;

    for (i = 0; open_messages && i < open_messages->len; i++) {
        open_message *m = g_ptr_array_index(open_messages, i);

        if (m->connection == frame->stream && m->stream == stream && m->sender == sender &&
            m->port == port) {
            *at = i;
            return m;
        }
    }
    return NULL;
}

static void forget_message(const adp_frame *frame, guint32 stream, gboolean other_end)
{
    guint at;

    if (find(frame, stream, other_end, &at)) {
        (void)g_ptr_array_remove_index(open_messages, at);
    }
}

static void keep_message(adp_frame *frame, open_message *m)
{
    if (!open_messages) {
        open_messages = g_ptr_array_new_with_free_func(free_message);
        known = g_hash_table_new(NULL, NULL);
    }
    if (open_messages->len >= ADP_MAX_HTTP2_OPEN) {
        (void)g_ptr_array_remove_index(open_messages, 0);
        adp_limit_hit(frame->arena, ADP_LIMIT_HTTP2_OPEN);
    }
    g_ptr_array_add(open_messages, m);
    g_hash_table_add(known, GUINT_TO_POINTER(m->connection));
}

/* ---- messages ---- */

static tvbuff_t *text_buffer(tvbuff_t *parent, GString *text)
{
    guint len = (guint)text->len;
    tvbuff_t *tvb =
        tvb_new_child_real_data(parent, (const guint8 *)g_string_free(text, FALSE), len, (gint)len);

    tvb_set_free_cb(tvb, g_free);
    return tvb;
}

/* The bytes of a body: what was compressed, as Wireshark has decoded it. `len` 0: they are not there. */
static const guint8 *bytes_of(const open_message *m, const field_info *data, gsize *len)
{
    adp_ber range;

    if (!m->told.encoded || !data) {
        *len = m->body ? m->body->len : 0;
        return *len ? m->body->data : NULL;
    }
    range = adp_ber_range(data->ds_tvb, data->start, data->length);
    *len = (gsize)MAX(0, adp_ber_length(&range));
    return *len ? adp_ber_bytes(&range) : NULL;
}

/* Does a body that was compressed look as if it had been decoded? */
static gboolean is_decoded(const guint8 *body, gsize len)
{
    return len && (g_ascii_isspace(*body) || *body == '<' || *body == '{' || *body == 0xef);
}

/* Is it all of the body? */
static gboolean is_whole(const adp_h2_message *told, const guint8 *body, gsize len)
{
    if (told->encoded) {
        return is_decoded(body, len);
    }
    return !told->has_length || told->length == len;
}

/* As HTTP/1 writes it, with its body; `data` NULL: it has none, or it is not here. */
static tvbuff_t *whole_text(tvbuff_t *parent, const open_message *m, const field_info *data,
                            gboolean cut)
{
    GString *text = g_string_new_len(m->text->str, (gssize)m->text->len);
    gsize len;
    const guint8 *body = bytes_of(m, data, &len);
    gsize kept = MIN(len, (gsize)ADP_MAX_HTTP_BODY + 1);
    gboolean whole = !cut && (m->last || is_whole(&m->told, body, len));

    /* A length that is not reached says that something is missing. */
    g_string_append_printf(text, "Content-Length: %" G_GSIZE_FORMAT "\r\n\r\n",
                           whole ? kept : kept + 1);
    if (kept) {
        g_string_append_len(text, (const char *)body, (gssize)kept);
    }
    return text_buffer(parent, text);
}

static void end_message(adp_frame *frame, const h2_frame *f, open_message *m,
                        const field_info *data)
{
    adp_read_http_text(frame, whole_text(f->tvb, m, data, FALSE), m->stream);
    m->ended = frame->pinfo->num;
}

/* A server may answer before all of the question has come: then that is as much as counts. */
static void end_question(adp_frame *frame, const h2_frame *f)
{
    guint at;
    const open_message *m = find(frame, f->head.stream, TRUE, &at);

    if (m && !m->ended && m->text && !m->told.reply) {
        adp_read_http_question(frame, whole_text(f->tvb, m, NULL, TRUE), m->stream, m->time);
        (void)g_ptr_array_remove_index(open_messages, at);
    }
}

static gboolean matters(adp_frame *frame, const h2_frame *f, const open_message *m)
{
    GString *text = g_string_new_len(m->text->str, (gssize)m->text->len);

    g_string_append(text, "\r\n");
    return adp_http_may_matter(frame, text_buffer(f->tvb, text), m->stream);
}

/* ---- frames ---- */

static void append_pairs(adp_frame *frame, open_message *m, const h2_frame *f)
{
    int room = ADP_MAX_HTTP_HEADERS - (int)m->pairs->len;
    adp_ber range;
    int len;

    if (!f->headers) {
        return;
    }
    range = adp_ber_range(f->headers->ds_tvb, f->headers->start, -1);
    len = adp_ber_length(&range);
    if (len > room) {
        adp_limit_hit(frame->arena, ADP_LIMIT_HTTP_HEADERS);
    }
    if (MIN(len, room) > 0) {
        g_byte_array_append(m->pairs, adp_ber_bytes(&range), (guint)MIN(len, room));
    }
}

/* A message whose headers are whole: kept when it goes on and matters. Owns `m`. */
static void end_headers(adp_frame *frame, const h2_frame *f, open_message *m)
{
    m->text = adp_h2_text(m->pairs->data, m->pairs->len, &m->told);
    g_byte_array_unref(m->pairs);
    m->pairs = NULL;
    /* Interim answers are followed by the true one. */
    if (!m->text || (m->told.reply && m->told.status < 200)) {
        free_message(m);
        return;
    }
    if (m->told.reply) {
        end_question(frame, f);
    }
    forget_message(frame, m->stream, FALSE);
    if (!matters(frame, f, m)) {
        free_message(m);
        return;
    }
    keep_message(frame, m);
    if (m->last) {
        end_message(frame, f, m, NULL);
    }
}

static gboolean are_trailers(const open_message *m)
{
    adp_h2_message told;
    GString *text = adp_h2_text(m->pairs->data, m->pairs->len, &told);

    if (text) {
        g_string_free(text, TRUE);
    }
    return told.trailers;
}

static void read_headers(adp_frame *frame, const h2_frame *f)
{
    open_message *m = g_new0(open_message, 1);
    open_message *before;
    guint at;

    *m = (open_message){.connection = frame->stream,
                        .stream = f->head.stream,
                        .sender = frame->src,
                        .port = (guint16)frame->pinfo->srcport,
                        .time = frame->time,
                        .last = (f->head.flags & ADP_H2_END_STREAM) != 0,
                        .pairs = g_byte_array_new()};
    append_pairs(frame, m, f);
    before = find(frame, m->stream, FALSE, &at);
    if (before && before->text && are_trailers(m)) {
        if (m->last) {
            end_message(frame, f, before, f->data);
        }
        free_message(m);
    } else if (f->head.flags & ADP_H2_END_HEADERS) {
        end_headers(frame, f, m);
    } else {
        forget_message(frame, m->stream, FALSE);
        keep_message(frame, m);
    }
}

static void read_continuation(adp_frame *frame, const h2_frame *f)
{
    guint at;
    open_message *m = find(frame, f->head.stream, FALSE, &at);

    if (!m || !m->pairs) {
        return;
    }
    append_pairs(frame, m, f);
    if (f->head.flags & ADP_H2_END_HEADERS) {
        (void)g_ptr_array_steal_index(open_messages, at);
        end_headers(frame, f, m);
    }
}

/* The body in a frame of type DATA, without its padding. */
static adp_ber content_of(const h2_frame *f)
{
    adp_ber content = adp_ber_range(f->tvb, f->start + ADP_H2_HEAD_LEN,
                                    (int)MIN(f->head.length, (guint32)G_MAXINT));
    int len = adp_ber_length(&content);
    int padding = f->head.flags & ADP_H2_PADDED && len > 0 ? *adp_ber_bytes(&content) : -1;

    return padding < 0 ? content
                       : adp_ber_range(content.tvb, content.offset + 1, MAX(0, len - 1 - padding));
}

static void append_body(open_message *m, const h2_frame *f)
{
    adp_ber content = content_of(f);
    int room;

    m->body = m->body ? m->body : g_byte_array_new();
    room = ADP_MAX_HTTP_BODY + 1 - (int)m->body->len;
    if (MIN(adp_ber_length(&content), room) > 0) {
        g_byte_array_append(m->body, adp_ber_bytes(&content),
                            (guint)MIN(adp_ber_length(&content), room));
    }
}

/*
 * A client that has all of what the headers announce need not wait for the stream's end, which may come
 * without a body, or not at all.
 */
static gboolean is_all_there(const open_message *m)
{
    return m->told.has_length && !m->told.encoded && m->body->len >= m->told.length;
}

static void read_data(adp_frame *frame, const h2_frame *f)
{
    guint at;
    open_message *m = find(frame, f->head.stream, FALSE, &at);

    if (!m || !m->text || (m->ended && !f->head.length)) {
        return;
    }
    if (!m->ended) {
        append_body(m, f);
    }
    if (m->ended || f->head.flags & ADP_H2_END_STREAM || is_all_there(m)) {
        end_message(frame, f, m, f->data);
    }
}

static void read_reset(adp_frame *frame, const h2_frame *f)
{
    adp_ber code = adp_ber_range(f->tvb, f->start + ADP_H2_HEAD_LEN, 4);
    const guint8 *p = adp_ber_length(&code) == 4 ? adp_ber_bytes(&code) : NULL;

    if (p && (p[0] | p[1] | p[2]) == 0 && p[3] == ADP_H2_HTTP_1_1_REQUIRED) {
        end_question(frame, f);
        adp_read_http_1_required(frame, f->head.stream);
    }
    forget_message(frame, f->head.stream, FALSE);
    forget_message(frame, f->head.stream, TRUE);
}

static void visit(adp_node_kind kind, const field_info *fi, void *user_data)
{
    h2_frame *f = user_data;

    if (kind == ADP_NODE_HTTP2_HEADERS) {
        f->headers = fi;
    } else if (kind == ADP_NODE_HTTP2_DATA) {
        f->data = fi;
    }
}

void adp_read_http2(adp_frame *frame, const proto_node *node)
{
    const field_info *fi = PNODE_FINFO(node);
    adp_ber range = adp_ber_range(fi->ds_tvb, fi->start, ADP_H2_HEAD_LEN);
    h2_frame f = {.tvb = fi->ds_tvb, .start = fi->start};

    drop_ended(frame->pinfo->num);
    if (frame->stream == ADP_NONE || adp_ber_length(&range) < ADP_H2_HEAD_LEN ||
        !adp_h2_head_at(adp_ber_bytes(&range), ADP_H2_HEAD_LEN, &f.head)) {
        return;
    }
    adp_node_each(node, visit, &f);
    switch (f.head.type) {
    case ADP_H2_HEADERS:
        read_headers(frame, &f);
        break;
    case ADP_H2_CONTINUATION:
        read_continuation(frame, &f);
        break;
    case ADP_H2_DATA:
        read_data(frame, &f);
        break;
    case ADP_H2_RST_STREAM:
        read_reset(frame, &f);
        break;
    default:
        break;
    }
}
