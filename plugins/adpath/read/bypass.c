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

/** What is known of a guess, in a byte; 0: there is none. */
enum {
    GIST_KIND = 0x0f,       /* adp_stand_in_kind */
    GIST_IN_HEADERS = 0x10, /* HTTP: they go on in the next segment */
    GIST_SECRET =
        0x20, /* TLS: application data came from the end with the lower port; the next bit: the higher */
    GIST_SHARED = 0x80 /* several guesses have it */
};

#define CACHE_LINE 64

/** A connection whose protocol a heuristic has guessed: all of it on one line of the processor's cache. */
typedef struct {
    both_ends ends;
    guint8 gist; /* 0: a free place */
    guint8 unused[7];
} guessed;

G_STATIC_ASSERT(sizeof(guessed) == CACHE_LINE);
G_STATIC_ASSERT((guint)ADP_STANDS_FOR_CARRIER <= (guint)GIST_KIND);

/* Most ports have none of either: they need not be looked up. */
#define PORTS 4096

/*
 * With many connections what is known of each is far from the processor: most packets are ruled out without it, by their
 * bytes and by `waiting`. The others ask here. A guess stands in a table, at the first free one of a few places from its own on, and its gist in a smaller one, which is
 * enough for most packets. Twice as many places as guesses.
 */
#define FEWEST_BITS 10
#define MOST_BITS   20
#define FEW         8
#define GIST_BITS   2

#define WAITS       1024
#define WAITS_SHIFT 24
#define MOST_WAITS  255

/* Of the file that is open. */
static gpointer memory; /* of the places, owned */
static guessed *places;
static guint8 *gists; /* four for each place, owned: so few guesses share one */
static guint place_bits;
static guint taken;
/*
 * How many guesses with this hash wait for any packet from the lower port (or the higher one), whatever its bytes: too
 * few to be far from the processor. MOST_WAITS: so many that nobody counts any more.
 */
static guint8 waiting[2][WAITS];
static GHashTable *elsewhere; /* of guessed by its ends, owned: all of its places were taken */
static GHashTable *askers;    /* one_end, owned */
/* Of guesses: a server has the lower port, nearly always. With it: of which kinds, a bit for each. */
static guint32 low_ports[PORTS];
static guint8 high_ports[PORTS];
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
    gists = g_new0(guint8, (gsize)1 << (bits + GIST_BITS));
    place_bits = bits;
    taken = 0;
}

void adp_bypass_begin(void)
{
    elsewhere = g_hash_table_new_full(hash_of_ends, are_same_ends, NULL, g_free);
    askers = g_hash_table_new_full(hash_of_end, is_same_end, g_free, NULL);
    make_places(FEWEST_BITS);
    memset(waiting, 0, sizeof(waiting));
    memset(low_ports, 0, sizeof(low_ports));
    memset(high_ports, FALSE, sizeof(high_ports));
    memset(asker_ports, FALSE, sizeof(asker_ports));
}

void adp_bypass_end(void)
{
    g_clear_pointer(&memory, g_free);
    g_clear_pointer(&gists, g_free);
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
static guint64 hash_of(const both_ends *both)
{
    const guint64 factor = G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
    guint64 mixed = both->low.address[0] ^ both->low.address[1] ^
                    ((guint64)both->low.port << 48 | (guint64)both->high.port << 32);

    mixed *= factor;
    mixed ^= mixed >> 32;
    return (mixed ^ both->high.address[0] ^ both->high.address[1]) * factor;
}

static guint gist_place(guint64 hash)
{
    return (guint)(hash >> (64 - place_bits - GIST_BITS));
}

/* Does any packet of this side matter to the guess? */
static gboolean waits(guint gist, guint side)
{
    switch (gist & GIST_KIND) {
    case ADP_STANDS_FOR_NOTHING:
        return FALSE;
    case ADP_STANDS_FOR_TLS:
        return !(gist & (guint)GIST_SECRET << side);
    case ADP_STANDS_FOR_HTTP:
        return (gist & GIST_IN_HEADERS) != 0;
    default:
        return TRUE;
    }
}

static guint8 *waiting_at(guint64 hash, guint side)
{
    return &waiting[side][(hash >> WAITS_SHIFT) % WAITS];
}

static void count_waits(guint64 hash, guint before, guint after)
{
    guint side;

    for (side = 0; side < 2; side++) {
        guint8 *count = waiting_at(hash, side);

        if (*count < MOST_WAITS) {
            *count = (guint8)(*count + waits(after, side) - waits(before, side));
        }
    }
}

static guessed *place_at(guint number)
{
    return &places[number & ((1U << place_bits) - 1)];
}

/* The guess, or the free place where it would stand; NULL when all are taken by others. */
static guessed *look(const both_ends *both, guint at)
{
    guint i;

    for (i = 0; i < FEW; i++) {
        guessed *g = place_at((at >> GIST_BITS) + i);

        if (!g->gist || are_same_ends(&g->ends, both)) {
            return g;
        }
    }
    return NULL;
}

static guessed *find(const both_ends *both, guint at)
{
    guessed *g = look(both, at);

    if (!g) {
        return g_hash_table_lookup(elsewhere, both);
    }
    return g->gist ? g : NULL;
}

static void set_gist(guessed *g, guint at, guint gist)
{
    g->gist = (guint8)gist;
    if (!(gists[at] & GIST_SHARED)) {
        gists[at] = (guint8)gist;
    }
}

/* A connection that has no guess yet. */
static void add(const both_ends *both, guint gist)
{
    const guint at = gist_place(hash_of(both));
    guessed *g = look(both, at);

    if (g) {
        g->ends = *both;
        taken++;
    } else {
        g = g_new0(guessed, 1);
        g->ends = *both;
        g_hash_table_insert(elsewhere, &g->ends, g);
    }
    gists[at] |= gists[at] ? GIST_SHARED : 0;
    set_gist(g, at, gist);
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

    g_free(gists);
    elsewhere = g_hash_table_new_full(hash_of_ends, are_same_ends, NULL, g_free);
    make_places(place_bits + 1);
    for (i = 0; i < count; i++) {
        if (old[i].gist) {
            add(&old[i].ends, old[i].gist);
        }
    }
    g_hash_table_iter_init(&iter, others);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const guessed *other = value;

        add(&other->ends, other->gist);
    }
    g_hash_table_unref(others);
    g_free(old_memory);
}

void adp_bypass_note_guess(const adp_ends *ends, adp_stand_in_kind kind, adp_bytes b)
{
    const gboolean secret = kind == ADP_STANDS_FOR_TLS && adp_peek_tls_data(b);
    const guint gist = (guint)kind | (secret ? GIST_SECRET << side_of(ends) : 0);
    both_ends both;
    guint64 hash;
    guessed *g;

    fill_ends(&both, ends);
    hash = hash_of(&both);
    g = find(&both, gist_place(hash));
    count_waits(hash, g ? g->gist : 0, gist);
    if (g) {
        set_gist(g, gist_place(hash), gist);
    } else {
        if (taken >= 1U << (place_bits - 1) && place_bits < MOST_BITS) {
            grow();
        }
        add(&both, gist);
    }
    low_ports[MIN(ends->src_port, ends->dst_port) % PORTS] |= 1U << kind;
    high_ports[MAX(ends->src_port, ends->dst_port) % PORTS] = TRUE;
}

/* A message of HTTP whose headers go on in the next segment is dissected there. */
static gboolean http_matters(guint *gist, const adp_model *model, adp_bytes b)
{
    const adp_peeked peeked = adp_peek_http(model, b);
    const gboolean went_on = (*gist & GIST_IN_HEADERS) != 0;

    *gist &= ~(guint)GIST_IN_HEADERS;
    *gist |= peeked == ADP_PEEKED_PART ? GIST_IN_HEADERS : 0;
    return went_on || peeked != ADP_PEEKED_NO;
}

/*
 * Until application data comes, all of it: a message of the handshake may go on in the next segment. From
 * then on what begins like nothing but data is the rest of a long record.
 */
static gboolean tls_matters(guint *gist, guint side, adp_bytes b)
{
    if (adp_peek_tls_data(b)) {
        *gist |= (guint)GIST_SECRET << side;
        return FALSE;
    }
    return !(*gist & (guint)GIST_SECRET << side) || adp_peek_may_begin_tls(b);
}

/* May these bytes matter to a guess that waits for nothing? */
static gboolean may_matter(const adp_model *model, adp_bytes b)
{
    return (adp_peek_may_begin_tls(b) && !adp_peek_tls_data(b)) ||
           adp_peek_http(model, b) != ADP_PEEKED_NO;
}

gboolean adp_bypass_matters(const adp_ends *ends, const adp_model *model, adp_bytes payload,
                            guint32 *kinds)
{
    both_ends both;
    guessed *g = NULL;
    guint64 hash;
    guint at;
    guint before;
    guint gist;
    guint kind;
    gboolean yes = TRUE;

    *kinds = low_ports[MIN(ends->src_port, ends->dst_port) % PORTS];
    if (!*kinds || !high_ports[MAX(ends->src_port, ends->dst_port) % PORTS]) {
        *kinds = 0;
        return FALSE;
    }
    fill_ends(&both, ends);
    hash = hash_of(&both);
    if (!*waiting_at(hash, side_of(ends)) && !may_matter(model, payload)) {
        return FALSE;
    }
    *kinds = 0;
    at = gist_place(hash);
    gist = gists[at];
    if (gist & GIST_SHARED) {
        g = find(&both, at);
        gist = g ? g->gist : 0;
    }
    if (!gist) {
        return FALSE;
    }
    before = gist;
    kind = gist & GIST_KIND;
    if (kind == ADP_STANDS_FOR_TLS) {
        yes = tls_matters(&gist, side_of(ends), payload);
    } else if (kind == ADP_STANDS_FOR_HTTP) {
        yes = http_matters(&gist, model, payload);
    }
    *kinds = 1U << kind;
    if (!yes && gist == before) {
        /* It does not matter, be it the guess that begins there or another connection. */
        return FALSE;
    }
    g = g ? g : find(&both, at);
    if (!g) {
        *kinds = 0;
        return FALSE;
    }
    if (gist != before) {
        count_waits(hash, before, gist);
        set_gist(g, at, gist);
    }
    return yes;
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
