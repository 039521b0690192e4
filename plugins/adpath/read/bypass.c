/* bypass.c
 * Connections whose packets reach their dissector past Wireshark's tables.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "read/bypass.h"

#include "read/frame.h"
#include "read/peek.h"
#include "wire/hash.h"

#include <string.h>

/** A connection whose protocol a heuristic has guessed. */
typedef struct {
    guint64 key;
    adp_stand_in_kind kind;
    gboolean in_headers; /* HTTP: they go on in the next segment */
} guessed;

/* Most ports have none of either: they need not be looked up. */
#define PORTS 4096

/* Of the file that is open. */
static GHashTable *guesses; /* hash of both ends -> guessed, owned */
static GHashTable *askers;  /* hash of one end, owned */
static guint8 guess_ports[PORTS];
static guint8 asker_ports[PORTS];

void adp_bypass_begin(void)
{
    /* Their keys are hashes with a key of ours already. */
    guesses = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
    askers = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    memset(guess_ports, FALSE, sizeof(guess_ports));
    memset(asker_ports, FALSE, sizeof(asker_ports));
}

void adp_bypass_end(void)
{
    g_clear_pointer(&guesses, g_hash_table_unref);
    g_clear_pointer(&askers, g_hash_table_unref);
}

/** Of one end of a connection, or of both, the bytes of address and port: for IPv4 only few. */
typedef struct {
    guint8 bytes[2 * (16 + 2)];
    gsize length;
} ends_bytes;

static void add_end(ends_bytes *b, const address *addr, guint16 port)
{
    gsize length = addr->len > 0 ? adp_address_len(addr) : 0;

    if (length) {
        memcpy(b->bytes + b->length, addr->data, length);
    }
    memcpy(b->bytes + b->length + length, &port, sizeof(port));
    b->length += length + sizeof(port);
}

static guint64 hash_of_end(const address *addr, guint16 port)
{
    ends_bytes b = {.length = 0};

    add_end(&b, addr, port);
    return adp_hash_bytes((guint64)addr->type, b.bytes, b.length);
}

/* The same for both directions: the end with the lower port, or address, comes first. */
static guint64 hash_of(const adp_ends *ends)
{
    const packet_info *p = ends->pinfo;
    ends_bytes b = {.length = 0};
    gboolean turned = ends->src_port != ends->dst_port ? ends->src_port > ends->dst_port
                                                       : cmp_address(&p->src, &p->dst) > 0;

    add_end(&b, turned ? &p->dst : &p->src, turned ? ends->dst_port : ends->src_port);
    add_end(&b, turned ? &p->src : &p->dst, turned ? ends->src_port : ends->dst_port);
    return adp_hash_bytes((guint64)ends->type << 8 | (guint64)p->src.type, b.bytes, b.length);
}

/* ---- guesses ---- */

void adp_bypass_note_guess(const adp_ends *ends, adp_stand_in_kind kind)
{
    guessed *g = g_new0(guessed, 1);

    g->key = hash_of(ends);
    g->kind = kind;
    g_hash_table_replace(guesses, &g->key, g);
    guess_ports[ends->src_port % PORTS] = guess_ports[ends->dst_port % PORTS] = TRUE;
}

/* A message of HTTP whose headers go on in the next segment is dissected there. */
static gboolean http_matters(guessed *g, const adp_model *model, tvbuff_t *tvb, int payload)
{
    adp_peeked peeked = adp_peek_http(model, tvb, payload);
    gboolean went_on = g->in_headers;

    g->in_headers = peeked == ADP_PEEKED_PART;
    return went_on || peeked != ADP_PEEKED_NO;
}

gboolean adp_bypass_matters(const adp_ends *ends, const adp_model *model, tvbuff_t *tvb,
                            int payload, adp_stand_in_kind *kind)
{
    guessed *g = NULL;
    guint64 key;

    if (guess_ports[ends->src_port % PORTS] && guess_ports[ends->dst_port % PORTS]) {
        key = hash_of(ends);
        g = g_hash_table_lookup(guesses, &key);
    }
    *kind = g ? g->kind : ADP_STANDS_FOR_NOTHING;
    switch (*kind) {
    case ADP_STANDS_FOR_NOTHING:
        return FALSE;
    case ADP_STANDS_FOR_TLS:
        return !adp_peek_tls_data(tvb, payload);
    case ADP_STANDS_FOR_HTTP:
        return http_matters(g, model, tvb, payload);
    default:
        return TRUE;
    }
}

/* ---- askers ---- */

void adp_bypass_note_asker(const adp_ends *ends)
{
    guint64 key = hash_of_end(&ends->pinfo->src, ends->src_port);

    asker_ports[ends->src_port % PORTS] = TRUE;
    if (!g_hash_table_contains(askers, &key)) {
        g_hash_table_add(askers, g_memdup2(&key, sizeof(key)));
    }
}

static gboolean is_asker(const address *addr, guint16 port)
{
    guint64 key;

    if (!asker_ports[port % PORTS]) {
        return FALSE;
    }
    key = hash_of_end(addr, port);
    return g_hash_table_contains(askers, &key);
}

gboolean adp_bypass_asked(const adp_ends *ends)
{
    return is_asker(&ends->pinfo->dst, ends->dst_port) ||
           is_asker(&ends->pinfo->src, ends->src_port);
}
