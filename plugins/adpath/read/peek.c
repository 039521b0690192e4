/* peek.c
 * A look at bytes before they are dissected: can the message matter to the readers?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/peek.h"

#include "join/learn.h"
#include "read/ber.h"
#include "read/http_message.h"
#include "wire/h2.h"
#include "wire/limits.h"
#include "wire/number.h"

#include <string.h>

static void skip(adp_bytes *b, gsize n)
{
    n = MIN(n, b->left);
    b->at += n;
    b->left -= n;
}

static guint be16(const guint8 *p)
{
    return (guint)p[0] << 8 | p[1];
}

static guint le16(const guint8 *p)
{
    return (guint)p[1] << 8 | p[0];
}

static const guint8 *find(adp_bytes in, const void *what, gsize len)
{
    const guint8 *end = in.at + in.left;
    const guint8 first = *(const guint8 *)what;

    while (in.left >= len) {
        const guint8 *hit = memchr(in.at, first, in.left - len + 1);

        if (!hit || memcmp(hit, what, len) == 0) {
            return hit;
        }
        in.at = hit + 1;
        in.left = (gsize)(end - in.at);
    }
    return NULL;
}

/* ---- TLS ---- */

enum {
    TLS_CIPHER_CHANGE = 20,
    TLS_HANDSHAKE = 22,
    TLS_DATA = 23
};

#define TLS_HEADER_LEN 5
#define TLS_MAJOR      3

gboolean adp_peek_may_begin_tls(adp_bytes b)
{
    return b.left && b.at[0] >= TLS_CIPHER_CHANGE && b.at[0] <= TLS_DATA;
}

gboolean adp_peek_tls(adp_bytes b)
{
    guint8 last = 0;

    while (adp_peek_may_begin_tls(b)) {
        last = b.at[0];
        if (last == TLS_HANDSHAKE) {
            return TRUE;
        }
        skip(&b, b.left < TLS_HEADER_LEN ? b.left : TLS_HEADER_LEN + be16(b.at + 3));
    }
    /* Alone it may be all that shows that a handshake went on whose answer was cut off. */
    return last == TLS_CIPHER_CHANGE && !b.left;
}

gboolean adp_peek_tls_data(adp_bytes b)
{
    return b.left >= 2 && b.at[0] == TLS_DATA && b.at[1] == TLS_MAJOR;
}

/* ---- HTTP ---- */

/** A message, as far as has been looked. */
typedef struct {
    gboolean reply;
    gboolean matters;
    gboolean has_length;
    guint64 length; /* of the body */
} http;

/* As g_ascii_tolower(), without a call: asked of each header. */
static inline guint8 lower(guint8 c)
{
    return c >= 'A' && c <= 'Z' ? c | 0x20 : c;
}

/* `name` is in lower case. */
static inline gboolean begins(const guint8 *line, gsize len, const char *name)
{
    gsize n = strlen(name);
    gsize i;

    if (len < n) {
        return FALSE;
    }
    for (i = 0; i < n && lower(line[i]) == (guint8)name[i]; i++) {
    }
    return i == n;
}

/* Does a path that begins anywhere in the line begin so? */
static gboolean has_path(const guint8 *line, gsize len, const char *path)
{
    const guint8 *end = line + len;
    const guint8 *slash;

    while (line < end && (slash = memchr(line, '/', (gsize)(end - line)))) {
        if (begins(slash, (gsize)(end - slash), path)) {
            return TRUE;
        }
        line = slash + 1;
    }
    return FALSE;
}

/*
 * Behind the method a path, by which autodiscover is known; where a whole URL stands there, or anything else, the
 * path may begin anywhere.
 */
static gboolean asks_autodiscover(const guint8 *line, gsize len)
{
    gsize i = 0;

    while (i < len && line[i] != ' ') {
        i++;
    }
    if (i + 1 < len && line[i + 1] == '/') {
        return begins(line + i + 1, len - i - 1, "/autodiscover/");
    }
    return has_path(line, len, "/autodiscover/");
}

static void look_at_host(const adp_model *model, const guint8 *text, gsize len, http *m)
{
    const guint8 *colon;

    while (len && g_ascii_isspace(*text)) {
        text++;
        len--;
    }
    colon = len ? memchr(text, ':', len) : NULL;
    len = colon ? (gsize)(colon - text) : len;
    while (len && g_ascii_isspace(text[len - 1])) {
        len--;
    }
    m->matters = m->matters || (len && adp_model_may_be_host(model, (const char *)text, len));
}

static void look_at_length(const guint8 *text, gsize len, http *m)
{
    while (len && g_ascii_isspace(*text)) {
        text++;
        len--;
    }
    m->has_length = adp_number_at((const char *)text, len, G_MAXUINT64, &m->length) > 0;
}

/* By the first letter: most headers are none of these. */
static void look_at_header(const adp_model *model, const guint8 *line, gsize len, http *m)
{
    switch (lower(*line)) {
    case 'a':
        m->matters = m->matters || begins(line, len, "authorization:");
        break;
    case 'p':
        m->matters = m->matters || begins(line, len, "proxy-auth");
        break;
    case 'w':
        m->matters = m->matters || begins(line, len, "www-authenticate:");
        break;
    case 'h':
        if (begins(line, len, "host:")) {
            look_at_host(model, line + strlen("Host:"), len - strlen("Host:"), m);
        }
        break;
    case 'c':
        if (begins(line, len, "content-length:")) {
            look_at_length(line + strlen("Content-Length:"), len - strlen("Content-Length:"), m);
        }
        break;
    default:
        break;
    }
}

/* The next line without its end, NULL: it was not captured whole. */
static const guint8 *take_line(adp_bytes *b, gsize *len)
{
    const guint8 *line = b->at;
    const guint8 *newline = b->left ? memchr(b->at, '\n', b->left) : NULL;

    if (!newline) {
        return NULL;
    }
    *len = (gsize)(newline - line);
    skip(b, *len + 1);
    if (*len && line[*len - 1] == '\r') {
        (*len)--;
    }
    return line;
}

/* Leaves `b` behind the headers; FALSE when they have no end there. */
static gboolean look_at_headers(const adp_model *model, adp_bytes *b, http *m)
{
    gsize len;
    const guint8 *line = take_line(b, &len);

    if (!line || !len) {
        return FALSE;
    }
    m->reply = begins(line, len, "http/1.");
    m->matters = !m->reply && (begins(line, len, "connect") || asks_autodiscover(line, len));
    while ((line = take_line(b, &len)) && len) {
        look_at_header(model, line, len, m);
    }
    return line != NULL;
}

#define MOST_OF_A_METHOD 20

/* A word and a blank, or the version of a reply: the rest of a body seldom begins so. */
static gboolean begins_message(adp_bytes b)
{
    gsize i = 0;

    while (i < b.left && i < MOST_OF_A_METHOD && g_ascii_isupper((char)b.at[i])) {
        i++;
    }
    return i == b.left || (i && b.at[i] == ' ') || begins(b.at, b.left, "http/");
}

/* Lines may be empty before a message: some clients send one more behind a body. */
static void skip_empty_lines(adp_bytes *b)
{
    while (b->left && (*b->at == '\r' || *b->at == '\n')) {
        skip(b, 1);
    }
}

static inline gboolean may_begin_http(adp_bytes *b)
{
    skip_empty_lines(b);
    return b->left && adp_http_may_begin((const char *)b->at, b->left);
}

/* The first of them begins so. */
static G_GNUC_NO_INLINE adp_peeked peek_messages(const adp_model *model, adp_bytes b)
{
    do {
        http m = {0};
        adp_bytes message = b;

        if (!look_at_headers(model, &b, &m)) {
            /* More headers than are read are told of. */
            return m.matters || message.left > ADP_MAX_HTTP_HEADERS ? ADP_PEEKED_YES
                   : begins_message(message)                        ? ADP_PEEKED_PART
                                                                    : ADP_PEEKED_NO;
        }
        if (m.matters) {
            return ADP_PEEKED_YES;
        }
        if (m.has_length) {
            skip(&b, (gsize)MIN(m.length, (guint64)b.left));
        } else if (m.reply) {
            return find(b, "HTTP/1.", strlen("HTTP/1.")) ? ADP_PEEKED_YES : ADP_PEEKED_NO;
        }
    } while (may_begin_http(&b));
    return ADP_PEEKED_NO;
}

/* The rest of a body is asked about most often, and needs none of that. */
adp_peeked adp_peek_http(const adp_model *model, adp_bytes b)
{
    return may_begin_http(&b) ? peek_messages(model, b) : ADP_PEEKED_NO;
}

gboolean adp_peek_http2(adp_bytes b)
{
    return adp_h2_may_matter(b.at, b.left);
}

/* ---- RPC ---- */

#define RPC_HEADER_LEN 16

/* C706 12.6.3: a bind and what belongs to it, or a fault, with an authentication trailer. */
static gboolean is_authentication(const guint8 *p)
{
    return p[0] == 5 && p[1] <= 1 && (p[2] == 3 || (p[2] >= 11 && p[2] <= 16)) &&
           (p[4] & 0xef) == 0 && (p[10] || p[11]);
}

gboolean adp_peek_may_begin_rpc(adp_bytes b)
{
    return b.left >= RPC_HEADER_LEN && b.at[0] == 5;
}

gboolean adp_peek_rpc(adp_bytes b)
{
    while (adp_peek_may_begin_rpc(b)) {
        guint fragment = b.at[4] & 0x10 ? le16(b.at + 8) : be16(b.at + 8);

        if (is_authentication(b.at)) {
            return TRUE;
        }
        skip(&b, MAX(fragment, RPC_HEADER_LEN));
    }
    return FALSE;
}

/* ---- SMB ---- */

/* MS-SMB2 2.2.1.2, MS-CIFS 2.2.3.1. */
enum {
    SMB2_COMMAND = 12,
    SMB2_NEXT = 20,
    SMB2_HEADER_LEN = 64,
    SMB2_SESSION_SETUP = 1,
    SMB2_READ = 8,
    SMB2_WRITE = 9,
    SMB2_IOCTL = 11,
    SMB1_COMMAND = 4,
    SMB1_TRANSACTION = 0x25,
    SMB1_READ = 0x2e,
    SMB1_WRITE = 0x2f,
    SMB1_NEGOTIATE = 0x72,
    SMB1_SETUP = 0x73
};

/* Behind the headers of any of its carriers. */
#define RPC_WITHIN 160

static gboolean carries_rpc(adp_bytes b)
{
    gsize i;

    for (i = 0; i < RPC_WITHIN && i + RPC_HEADER_LEN <= b.left; i++) {
        if (is_authentication(b.at + i)) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean smb2_matters(adp_bytes b)
{
    while (b.left >= SMB2_HEADER_LEN) {
        guint command = le16(b.at + SMB2_COMMAND);
        guint next = le16(b.at + SMB2_NEXT) | le16(b.at + SMB2_NEXT + 2) << 16;

        if (command <= SMB2_SESSION_SETUP) {
            return TRUE;
        }
        if (command == SMB2_READ || command == SMB2_WRITE || command == SMB2_IOCTL) {
            adp_bytes body = b;

            skip(&body, SMB2_HEADER_LEN);
            if (carries_rpc(body)) {
                return TRUE;
            }
        }
        if (next == 0) {
            return FALSE;
        }
        skip(&b, next);
    }
    return FALSE;
}

gboolean adp_peek_may_begin_smb(adp_bytes b)
{
    return b.left > SMB1_COMMAND && b.at[0] >= 0xfe && memcmp(b.at + 1, "SMB", 3) == 0;
}

gboolean adp_peek_smb(adp_bytes b)
{
    if (!adp_peek_may_begin_smb(b)) {
        return FALSE;
    }
    if (b.at[0] == 0xfe) {
        return smb2_matters(b);
    }
    switch (b.at[0] == 0xff ? b.at[SMB1_COMMAND] : 0) {
    case SMB1_NEGOTIATE:
    case SMB1_SETUP:
        return TRUE;
    case SMB1_TRANSACTION:
    case SMB1_READ:
    case SMB1_WRITE:
        return carries_rpc(b);
    default:
        return FALSE;
    }
}

/* ---- others ---- */

/* Object identifiers of the mechanisms: Kerberos, Microsoft's, and SPNEGO, which negotiates them. */
static gboolean is_mechanism(const guint8 *p, gsize left)
{
    static const guint8 kerberos[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86,
                                      0xf7, 0x12, 0x01, 0x02, 0x02};
    static const guint8 microsoft[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x82,
                                       0xf7, 0x12, 0x01, 0x02, 0x02};
    static const guint8 spnego[] = {0x06, 0x06, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02};

    return (left >= sizeof(spnego) && memcmp(p, spnego, sizeof(spnego)) == 0) ||
           (left >= sizeof(kerberos) && (memcmp(p, kerberos, sizeof(kerberos)) == 0 ||
                                         memcmp(p, microsoft, sizeof(microsoft)) == 0));
}

gboolean adp_peek_gss(adp_bytes b)
{
    const guint8 *hit;

    while (b.left && (hit = memchr(b.at, 0x06, b.left))) {
        skip(&b, (gsize)(hit - b.at));
        if (is_mechanism(b.at, b.left)) {
            return TRUE;
        }
        skip(&b, 1);
    }
    return FALSE;
}

#define DNS_HEADER_LEN 12

gboolean adp_peek_dns(adp_bytes b)
{
    /* Few questions, no more answers than fit. */
    return b.left >= DNS_HEADER_LEN && be16(b.at + 4) <= 4 && be16(b.at + 6) <= 100;
}
