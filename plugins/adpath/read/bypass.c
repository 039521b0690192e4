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

/** One end; bytes that an address lacks are 0. */
typedef struct {
    guint64 address[2];
    guint32 port;
    guint32 type; /* of the address */
} one_end;

/** Of a connection both, in the same order for both directions. */
typedef struct {
    one_end low;
    one_end high;
    guint64 transport;
} both_ends;

/** A connection whose protocol a heuristic has guessed. */
typedef struct {
    both_ends ends;
    adp_stand_in_kind kind;
    gboolean in_headers; /* HTTP: they go on in the next segment */
    gboolean
        secret[2]; /* TLS: application data came from the end with the lower port, the higher */
} guessed;

/* Most ports have none of either: they need not be looked up. */
#define PORTS 4096

/* Of the connections that were found last, by their ports: each packet of theirs asks. */
#define RECENT_BITS 13
#define RECENT      (1U << RECENT_BITS)

/* Of the file that is open. */
static GHashTable *guesses; /* of guessed by its ends, owned */
static guessed *recent[RECENT];
static GHashTable *askers; /* one_end, owned */
static guint8 guess_ports[PORTS];
static guint8 asker_ports[PORTS];

static guint hash_of_end(gconstpointer end)
{
    return adp_hash_words(end, sizeof(one_end));
}

static gboolean is_same_end(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(one_end)) == 0;
}

static guint hash_of_ends(gconstpointer ends)
{
    return adp_hash_words(ends, sizeof(both_ends));
}

static gboolean are_same_ends(gconstpointer a, gconstpointer b)
{
    const both_ends *one = a;
    const both_ends *other = b;

    /* Asked for each packet of such a connection; without a call. */
    return one->low.address[0] == other->low.address[0] && one->low.port == other->low.port &&
           one->high.address[0] == other->high.address[0] && one->high.port == other->high.port &&
           one->low.address[1] == other->low.address[1] && one->low.type == other->low.type &&
           one->high.address[1] == other->high.address[1] && one->high.type == other->high.type &&
           one->transport == other->transport;
}

void adp_bypass_begin(void)
{
    guesses = g_hash_table_new_full(hash_of_ends, are_same_ends, NULL, g_free);
    askers = g_hash_table_new_full(hash_of_end, is_same_end, g_free, NULL);
    memset(recent, 0, sizeof(recent));
    memset(guess_ports, FALSE, sizeof(guess_ports));
    memset(asker_ports, FALSE, sizeof(asker_ports));
}

void adp_bypass_end(void)
{
    memset(recent, 0, sizeof(recent));
    g_clear_pointer(&guesses, g_hash_table_unref);
    g_clear_pointer(&askers, g_hash_table_unref);
}

static inline void fill_end(one_end *end, const address *addr, guint16 port)
{
    guint32 four;

    end->port = port;
    end->type = (guint32)addr->type;
    end->address[0] = end->address[1] = 0;
    /* Nearly always of four bytes. */
    if (addr->len == (int)sizeof(four)) {
        memcpy(&four, addr->data, sizeof(four));
        end->address[0] = four;
    } else if (addr->len > 0) {
        memcpy(end->address, addr->data, adp_address_len(addr));
    }
}

/* The end with the lower port, or address, comes first. */
static void fill_ends(both_ends *both, const adp_ends *ends)
{
    const packet_info *p = ends->pinfo;
    gboolean turned = ends->src_port != ends->dst_port ? ends->src_port > ends->dst_port
                                                       : cmp_address(&p->src, &p->dst) > 0;

    fill_end(turned ? &both->high : &both->low, &p->src, ends->src_port);
    fill_end(turned ? &both->low : &both->high, &p->dst, ends->dst_port);
    both->transport = (guint64)ends->type;
}

/* ---- guesses ---- */

static guint side_of(const adp_ends *ends)
{
    return ends->src_port > ends->dst_port;
}

/* Where a guess was noted last, or found; none is elsewhere while it is free. Two that share it are found more slowly. */
static guessed **place_of(const both_ends *both)
{
    return &recent[(both->low.port << 16 | both->high.port) * 0x9e3779b1U >> (32 - RECENT_BITS)];
}

static guessed *find(const both_ends *both)
{
    guessed **last = place_of(both);
    guessed *found = *last;

    if (found && !are_same_ends(&found->ends, both)) {
        found = g_hash_table_lookup(guesses, both);
        *last = found ? found : *last;
    }
    return found;
}

void adp_bypass_note_guess(const adp_ends *ends, adp_stand_in_kind kind, adp_bytes b)
{
    both_ends both;
    guessed *g;

    fill_ends(&both, ends);
    g = find(&both);
    if (!g) {
        g = g_new0(guessed, 1);
        g->ends = both;
        g_hash_table_insert(guesses, &g->ends, g);
        *place_of(&g->ends) = g;
    }
    g->kind = kind;
    g->in_headers = g->secret[0] = g->secret[1] = FALSE;
    g->secret[side_of(ends)] = kind == ADP_STANDS_FOR_TLS && adp_peek_tls_data(b);
    guess_ports[ends->src_port % PORTS] = guess_ports[ends->dst_port % PORTS] = TRUE;
}

static guessed *find_guess(const adp_ends *ends)
{
    both_ends both;

    if (!guess_ports[ends->src_port % PORTS] || !guess_ports[ends->dst_port % PORTS]) {
        return NULL;
    }
    fill_ends(&both, ends);
    return find(&both);
}

/* A message of HTTP whose headers go on in the next segment is dissected there. */
static gboolean http_matters(guessed *g, const adp_model *model, adp_bytes b)
{
    adp_peeked peeked = adp_peek_http(model, b);
    gboolean went_on = g->in_headers;

    g->in_headers = peeked == ADP_PEEKED_PART;
    return went_on || peeked != ADP_PEEKED_NO;
}

/*
 * Until application data comes, all of it: a message of the handshake may go on in the next segment. From
 * then on what begins like nothing but data is the rest of a long record.
 */
static gboolean tls_matters(guessed *g, const adp_ends *ends, adp_bytes b)
{
    gboolean *secret = &g->secret[side_of(ends)];

    if (adp_peek_tls_data(b)) {
        *secret = TRUE;
        return FALSE;
    }
    return !*secret || adp_peek_may_begin_tls(b);
}

gboolean adp_bypass_matters(const adp_ends *ends, const adp_model *model, adp_bytes payload,
                            adp_stand_in_kind *kind)
{
    guessed *g = find_guess(ends);

    *kind = g ? g->kind : ADP_STANDS_FOR_NOTHING;
    switch (*kind) {
    case ADP_STANDS_FOR_NOTHING:
        return FALSE;
    case ADP_STANDS_FOR_TLS:
        return tls_matters(g, ends, payload);
    case ADP_STANDS_FOR_HTTP:
        return http_matters(g, model, payload);
    default:
        return TRUE;
    }
}

/* ---- askers ---- */

void adp_bypass_note_asker(const adp_ends *ends)
{
    one_end end;

    fill_end(&end, &ends->pinfo->src, ends->src_port);
    asker_ports[ends->src_port % PORTS] = TRUE;
    if (!g_hash_table_contains(askers, &end)) {
        g_hash_table_add(askers, g_memdup2(&end, sizeof(end)));
    }
}

static gboolean is_asker(const address *addr, guint16 port)
{
    one_end end;

    if (!asker_ports[port % PORTS]) {
        return FALSE;
    }
    fill_end(&end, addr, port);
    return g_hash_table_contains(askers, &end);
}

gboolean adp_bypass_asked(const adp_ends *ends)
{
    return is_asker(&ends->pinfo->dst, ends->dst_port) ||
           is_asker(&ends->pinfo->src, ends->src_port);
}
