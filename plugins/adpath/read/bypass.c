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

#define CACHE_LINE 64

/** A connection whose protocol a heuristic has guessed: all of it on one line of the processor's cache. */
typedef struct {
    both_ends ends;
    guint8 kind;       /* adp_stand_in_kind; nothing: a free place */
    guint8 in_headers; /* HTTP: they go on in the next segment */
    guint8 secret[2];  /* TLS: application data came from the end with the lower port, the higher */
    guint8 unused[4];
} guessed;

G_STATIC_ASSERT(sizeof(guessed) == CACHE_LINE);

/* Most ports have none of either: they need not be looked up. */
#define PORTS 4096

/*
 * Each packet of a guessed connection asks, and with many connections what is asked for is far from the processor:
 * so a guess stands in a table, at the first free one of a few places behind its own. Twice as many places as guesses.
 */
#define FEWEST_BITS 10
#define MOST_BITS   20
#define FEW         8

/* Of the file that is open. */
static gpointer memory; /* of the places, owned */
static guessed *places;
static guint place_bits;
static guint taken;
static GHashTable *elsewhere; /* of guessed by its ends, owned: all of its places were taken */
static GHashTable *askers;    /* one_end, owned */
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

static void make_places(guint bits)
{
    const gsize size = CACHE_LINE * ((gsize)1 << bits);

    memory = g_malloc0(size + CACHE_LINE);
    places = (guessed *)(((guintptr)memory + CACHE_LINE - 1) & ~(guintptr)(CACHE_LINE - 1));
    place_bits = bits;
    taken = 0;
}

void adp_bypass_begin(void)
{
    elsewhere = g_hash_table_new_full(hash_of_ends, are_same_ends, NULL, g_free);
    askers = g_hash_table_new_full(hash_of_end, is_same_end, g_free, NULL);
    make_places(FEWEST_BITS);
    memset(guess_ports, FALSE, sizeof(guess_ports));
    memset(asker_ports, FALSE, sizeof(asker_ports));
}

void adp_bypass_end(void)
{
    g_clear_pointer(&memory, g_free);
    places = NULL;
    g_clear_pointer(&elsewhere, g_hash_table_unref);
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

/* Who makes many connections for one place has them looked for elsewhere, no more. */
static guint first_place(const both_ends *both)
{
    const guint64 factor = G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
    guint64 mixed = both->low.address[0] ^ both->low.address[1] ^
                    ((guint64)both->low.port << 48 | (guint64)both->high.port << 32);

    mixed *= factor;
    mixed ^= mixed >> 32;
    mixed = (mixed ^ both->high.address[0] ^ both->high.address[1]) * factor;
    return (guint)(mixed >> (64 - place_bits));
}

static guessed *place_at(guint at)
{
    return &places[at & ((1U << place_bits) - 1)];
}

/* The guess, or the free place where it would stand; NULL when all are taken by others. */
static guessed *look(const both_ends *both)
{
    const guint first = first_place(both);
    guint i;

    for (i = 0; i < FEW; i++) {
        guessed *g = place_at(first + i);

        if (g->kind == ADP_STANDS_FOR_NOTHING || are_same_ends(&g->ends, both)) {
            return g;
        }
    }
    return NULL;
}

static guessed *find(const both_ends *both)
{
    guessed *g = look(both);

    if (!g) {
        return g_hash_table_lookup(elsewhere, both);
    }
    return g->kind != ADP_STANDS_FOR_NOTHING ? g : NULL;
}

static guessed *add(const both_ends *both)
{
    guessed *g = look(both);

    if (!g) {
        g = g_new0(guessed, 1);
        g->ends = *both;
        g_hash_table_insert(elsewhere, &g->ends, g);
        return g;
    }
    g->ends = *both;
    taken++;
    return g;
}

static void grow(void)
{
    gpointer old_memory = memory;
    const guessed *old = places;
    const guint count = 1U << place_bits;
    GHashTable *others = elsewhere;
    GHashTableIter iter;
    gpointer value;
    guint i;

    elsewhere = g_hash_table_new_full(hash_of_ends, are_same_ends, NULL, g_free);
    make_places(place_bits + 1);
    for (i = 0; i < count; i++) {
        if (old[i].kind != ADP_STANDS_FOR_NOTHING) {
            *add(&old[i].ends) = old[i];
        }
    }
    g_hash_table_iter_init(&iter, others);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const guessed *other = value;

        *add(&other->ends) = *other;
    }
    g_hash_table_unref(others);
    g_free(old_memory);
}

void adp_bypass_note_guess(const adp_ends *ends, adp_stand_in_kind kind, adp_bytes b)
{
    both_ends both;
    guessed *g;

    fill_ends(&both, ends);
    g = find(&both);
    if (!g) {
        if (taken >= 1U << (place_bits - 1) && place_bits < MOST_BITS) {
            grow();
        }
        g = add(&both);
    }
    g->kind = (guint8)kind;
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
    guint8 *secret = &g->secret[side_of(ends)];

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

    *kind = g ? (adp_stand_in_kind)g->kind : ADP_STANDS_FOR_NOTHING;
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
