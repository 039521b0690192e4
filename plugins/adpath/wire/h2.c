/* h2.c
 * HTTP/2 as bytes (RFC 9113, RFC 7541): frames, header blocks, and a message's headers as the text that HTTP/1 has.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/h2.h"

#include "wire/number.h"

#include <string.h>

/** Bytes that are left. */
typedef struct {
    const guint8 *at;
    gsize left;
} bytes;

static void skip(bytes *b, gsize n)
{
    n = MIN(n, b->left);
    b->at += n;
    b->left -= n;
}

static guint32 be32(const guint8 *p)
{
    return (guint32)p[0] << 24 | (guint32)p[1] << 16 | (guint32)p[2] << 8 | p[3];
}

static gboolean is_text(bytes text, const char *what)
{
    return text.left == strlen(what) &&
           g_ascii_strncasecmp((const char *)text.at, what, text.left) == 0;
}

/* ---- frames ---- */

#define PREFACE     "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
#define PREFACE_LEN 24

gboolean adp_h2_head_at(const guint8 *begin, gsize len, adp_h2_head *ret)
{
    if (len < ADP_H2_HEAD_LEN || memcmp(begin, PREFACE, ADP_H2_HEAD_LEN) == 0) {
        return FALSE;
    }
    ret->length = be32(begin) >> 8;
    ret->type = begin[3];
    ret->flags = begin[4];
    ret->stream = be32(begin + 5) & 0x7fffffff;
    return TRUE;
}

/* ---- header blocks, as they are compressed ---- */

/* Places in the static table (RFC 7541 appendix A). */
enum {
    NAME_METHOD = 2,
    NAME_METHOD_TOO = 3,
    NAME_AUTHORIZATION = 23,
    NAME_PROXY_AUTHENTICATE = 48,
    NAME_PROXY_AUTHORIZATION = 49,
    NAME_WWW_AUTHENTICATE = 61
};

/* RFC 7541 5.1: `bits` of the first byte, and more bytes when these are all ones. */
static gboolean take_number(bytes *b, guint bits, guint32 *ret)
{
    guint32 most = (1U << bits) - 1;
    guint shift;

    if (!b->left) {
        return FALSE;
    }
    *ret = *b->at & most;
    skip(b, 1);
    if (*ret < most) {
        return TRUE;
    }
    for (shift = 0; b->left && shift <= 21; shift += 7) {
        guint8 byte = *b->at;

        skip(b, 1);
        *ret += (guint32)(byte & 0x7f) << shift;
        if (!(byte & 0x80)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* RFC 7541 5.2. What stands in `value` may be packed by the code of appendix B. */
static gboolean take_string(bytes *b, bytes *value, gboolean *packed)
{
    guint32 length;

    *packed = b->left && (*b->at & 0x80);
    if (!take_number(b, 7, &length) || length > b->left) {
        return FALSE;
    }
    *value = (bytes){b->at, length};
    skip(b, length);
    return TRUE;
}

/*
 * Does a value begin as autodiscover's path? Its first three letters are enough: /au, in either case.
 * Packed, a letter has its own number of bits, and the first ones stand at the left.
 */
static gboolean begins_as_path(bytes value, gboolean packed)
{
    static const struct {
        guint32 code; /* of "/au", "/aU", "/Au", "/AU" */
        guint bits;
    } codes[] = {{0x0c0ed, 17}, {0x181f0, 18}, {0x1886d, 18}, {0x310f0, 19}};
    guint32 first;
    guint i;

    if (value.left < 3) {
        return FALSE;
    }
    if (!packed) {
        return g_ascii_strncasecmp((const char *)value.at, "/au", 3) == 0;
    }
    first = (guint32)value.at[0] << 16 | (guint32)value.at[1] << 8 | value.at[2];
    for (i = 0; i < G_N_ELEMENTS(codes); i++) {
        if (first >> (24 - codes[i].bits) == codes[i].code) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean is_name_that_matters(guint32 name)
{
    /* A method that has no entry of its own may be CONNECT. */
    return name == NAME_METHOD || name == NAME_METHOD_TOO || name == NAME_AUTHORIZATION ||
           name == NAME_PROXY_AUTHENTICATE || name == NAME_PROXY_AUTHORIZATION ||
           name == NAME_WWW_AUTHENTICATE;
}

/* The same where a name stands there in full; nobody packs a name of the table. */
static gboolean is_text_that_matters(bytes name)
{
    static const char *const names[] = {"authorization", "proxy-authenticate",
                                        "proxy-authorization", "www-authenticate"};
    guint i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        if (is_text(name, names[i])) {
            return TRUE;
        }
    }
    return FALSE;
}

/* A header whose value stands there in full; FALSE: the block is damaged. */
static gboolean look_at_literal(bytes *b, guint bits, gboolean *matters)
{
    bytes name = {0};
    bytes value;
    gboolean packed;
    guint32 place;

    if (!take_number(b, bits, &place) || (place == 0 && !take_string(b, &name, &packed)) ||
        !take_string(b, &value, &packed)) {
        return FALSE;
    }
    *matters = (place ? is_name_that_matters(place) : is_text_that_matters(name)) ||
               begins_as_path(value, packed);
    return TRUE;
}

/* RFC 7541 6. What is damaged may be anything. */
static gboolean block_may_matter(bytes block)
{
    gboolean matters = FALSE;
    gboolean whole = TRUE;
    guint32 number;

    while (block.left && whole && !matters) {
        guint8 first = *block.at;

        if (first & 0x80) {
            whole = take_number(&block, 7, &number);
        } else if (first & 0x40) {
            whole = look_at_literal(&block, 6, &matters);
        } else if (first & 0x20) {
            whole = take_number(&block, 5, &number);
        } else {
            whole = look_at_literal(&block, 4, &matters);
        }
    }
    return matters || !whole;
}

/* The header block of a frame of type HEADERS (RFC 9113 6.2). */
static gboolean headers_may_matter(const adp_h2_head *head, bytes content)
{
    guint padding = 0;

    if (!(head->flags & ADP_H2_END_HEADERS)) {
        return TRUE;
    }
    if (head->flags & ADP_H2_PADDED && content.left) {
        padding = *content.at;
        skip(&content, 1);
    }
    if (head->flags & ADP_H2_PRIORITY) {
        skip(&content, 5);
    }
    content.left -= MIN(padding, content.left);
    return block_may_matter(content);
}

gboolean adp_h2_may_matter(const guint8 *begin, gsize len)
{
    bytes b = {begin, len};
    adp_h2_head head;

    if (len >= PREFACE_LEN && memcmp(begin, PREFACE, PREFACE_LEN) == 0) {
        skip(&b, PREFACE_LEN);
    }
    /* What goes on in another packet is looked at there, as a whole. */
    while (adp_h2_head_at(b.at, b.left, &head) && head.length <= b.left - ADP_H2_HEAD_LEN) {
        skip(&b, ADP_H2_HEAD_LEN);
        if (head.type == ADP_H2_CONTINUATION ||
            (head.type == ADP_H2_HEADERS &&
             headers_may_matter(&head, (bytes){b.at, head.length}))) {
            return TRUE;
        }
        skip(&b, head.length);
    }
    return FALSE;
}

/* ---- headers, decompressed ---- */

static gboolean take_text(bytes *b, bytes *text)
{
    guint32 length;

    if (b->left < 4) {
        return FALSE;
    }
    length = be32(b->at);
    skip(b, 4);
    if (length > b->left) {
        return FALSE;
    }
    *text = (bytes){b->at, length};
    skip(b, length);
    return TRUE;
}

/* Bytes that would end a line, or text. */
static gboolean is_one_line(bytes text)
{
    gsize i;

    for (i = 0; i < text.left; i++) {
        if (text.at[i] == '\r' || text.at[i] == '\n' || text.at[i] == '\0') {
            return FALSE;
        }
    }
    return TRUE;
}

/** What begins with a colon: the first line of HTTP/1 and its Host. */
typedef struct {
    bytes method;
    bytes path;
    bytes authority;
    bytes status;
} pseudo;

static void take_pseudo(pseudo *p, bytes name, bytes value)
{
    static const struct {
        const char *name;
        gsize at;
    } names[] = {
        {":method", G_STRUCT_OFFSET(pseudo, method)},
        {":path", G_STRUCT_OFFSET(pseudo, path)},
        {":authority", G_STRUCT_OFFSET(pseudo, authority)},
        {":status", G_STRUCT_OFFSET(pseudo, status)},
    };
    guint i;

    for (i = 0; i < G_N_ELEMENTS(names); i++) {
        bytes *place = G_STRUCT_MEMBER_P(p, names[i].at);

        if (is_text(name, names[i].name) && !place->left) {
            *place = value;
        }
    }
}

/* Of the body itself tells who has it. */
static gboolean take_body_header(adp_h2_message *m, bytes name, bytes value)
{
    if (is_text(name, "content-length")) {
        m->has_length =
            adp_number_at((const char *)value.at, value.left, G_MAXUINT64, &m->length) > 0;
        return TRUE;
    }
    if (is_text(name, "content-encoding")) {
        m->encoded = m->encoded || !is_text(value, "identity");
        return TRUE;
    }
    return is_text(name, "transfer-encoding");
}

static void append(GString *text, bytes what)
{
    g_string_append_len(text, (const char *)what.at, (gssize)what.left);
}

static void append_line(GString *text, bytes name, bytes value)
{
    append(text, name);
    g_string_append(text, ": ");
    append(text, value);
    g_string_append(text, "\r\n");
}

/* FALSE: it is neither a request nor a reply. */
static gboolean append_first_line(GString *text, const pseudo *p, adp_h2_message *m)
{
    static const bytes host = {(const guint8 *)"Host", 4};
    guint64 status;

    if (p->status.left) {
        m->reply = TRUE;
        if (adp_number_at((const char *)p->status.at, p->status.left, 999, &status) == 3) {
            m->status = (guint)status;
        }
        g_string_append_printf(text, "HTTP/1.1 %03u\r\n", m->status);
        return TRUE;
    }
    /* A tunnel has no path (RFC 9113 8.5). */
    if (!p->method.left || (!p->path.left && !p->authority.left)) {
        return FALSE;
    }
    append(text, p->method);
    g_string_append_c(text, ' ');
    append(text, p->path.left ? p->path : p->authority);
    g_string_append(text, " HTTP/1.1\r\n");
    if (p->authority.left) {
        append_line(text, host, p->authority);
    }
    return TRUE;
}

GString *adp_h2_text(const guint8 *pairs, gsize len, adp_h2_message *ret)
{
    bytes b = {pairs, len};
    GString *text = g_string_new(NULL);
    GString *lines = g_string_new(NULL);
    pseudo p = {0};
    bytes name;
    bytes value;

    *ret = (adp_h2_message){0};
    while (take_text(&b, &name) && take_text(&b, &value)) {
        if (!name.left || !is_one_line(name) || !is_one_line(value)) {
            continue;
        }
        if (*name.at == ':') {
            take_pseudo(&p, name, value);
        } else if (!take_body_header(ret, name, value)) {
            append_line(lines, name, value);
        }
    }
    ret->trailers = !p.status.left && !p.method.left;
    if (!append_first_line(text, &p, ret)) {
        g_string_free(lines, TRUE);
        g_string_free(text, TRUE);
        return NULL;
    }
    g_string_append_len(text, lines->str, (gssize)lines->len);
    g_string_free(lines, TRUE);
    return text;
}
