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
        0x20 /* TLS: application data came from the end with the lower port; the next bit: the higher */
};

/** A connection whose protocol a heuristic has guessed. */
typedef struct {
    both_ends ends; /* first: by them it is found */
    guint8 gist;    /* never 0 */
} guessed;

G_STATIC_ASSERT((guint)ADP_STANDS_FOR_CARRIER <= (guint)GIST_KIND);

/* Most ports have none of either: they need not be looked up. */
#define PORTS 4096

#define WAITS      1024
#define MOST_WAITS 255

/*
 * Of the file that is open. With many connections what is known of each is far from the processor: most packets are ruled
 * out without it, by their ports, their bytes and `waiting`.
 */
static GHashTable *guesses; /* of guessed by its ends, owned */
static GHashTable *askers;  /* one_end, owned */
/*
 * How many guesses with this hash wait for any packet from the lower port (or the higher one), whatever its bytes: too
 * few to be far from the processor. MOST_WAITS: so many that nobody counts any more.
 */
static guint8 waiting[2][WAITS];
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

/* With numbers that nobody outside knows: who writes a capture cannot put all of its connections into one place. */
static guint hash_of_ends(gconstpointer ends)
{
    return adp_hash_words(ends, sizeof(both_ends));
}

static gboolean are_same_ends(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(both_ends)) == 0;
}

void adp_bypass_begin(void)
{
    guesses = g_hash_table_new_full(hash_of_ends, are_same_ends, g_free, NULL);
    askers = g_hash_table_new_full(hash_of_end, is_same_end, g_free, NULL);
    memset(waiting, 0, sizeof(waiting));
    memset(low_ports, 0, sizeof(low_ports));
    memset(high_ports, FALSE, sizeof(high_ports));
    memset(asker_ports, FALSE, sizeof(asker_ports));
}

void adp_bypass_end(void)
{
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

/* Asked for each packet: a cheaper one than the table's. Who makes connections alike has them looked up, no more. */
static guint8 *waiting_at(const both_ends *both, guint side)
{
    const guint64 factor = G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
    guint64 mixed = both->low.address[0] ^ both->low.address[1] ^
                    ((guint64)both->low.port << 48 | (guint64)both->high.port << 32);

    mixed *= factor;
    mixed ^= mixed >> 32;
    mixed = (mixed ^ both->high.address[0] ^ both->high.address[1]) * factor;
    return &waiting[side][(mixed >> 32) % WAITS];
}

static void count_waits(const both_ends *both, guint before, guint after)
{
    guint side;

    for (side = 0; side < 2; side++) {
        guint8 *count = waiting_at(both, side);

        if (*count < MOST_WAITS) {
            *count = (guint8)(*count + waits(after, side) - waits(before, side));
        }
    }
}

void adp_bypass_note_guess(const adp_ends *ends, adp_stand_in_kind kind, adp_bytes b)
{
    const gboolean secret = kind == ADP_STANDS_FOR_TLS && adp_peek_tls_data(b);
    const guint gist = (guint)kind | (secret ? GIST_SECRET << side_of(ends) : 0);
    both_ends both;
    guessed *g;

    fill_ends(&both, ends);
    g = g_hash_table_lookup(guesses, &both);
    count_waits(&both, g ? g->gist : 0, gist);
    if (!g) {
        g = g_new(guessed, 1);
        g->ends = both;
        g_hash_table_add(guesses, g);
    }
    g->gist = (guint8)gist;
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
    guessed *g;
    guint gist;
    guint kind;
    gboolean yes = TRUE;

    *kinds = low_ports[MIN(ends->src_port, ends->dst_port) % PORTS];
    if (!*kinds || !high_ports[MAX(ends->src_port, ends->dst_port) % PORTS]) {
        *kinds = 0;
        return FALSE;
    }
    fill_ends(&both, ends);
    if (!*waiting_at(&both, side_of(ends)) && !may_matter(model, payload)) {
        return FALSE;
    }
    *kinds = 0;
    g = g_hash_table_lookup(guesses, &both);
    if (!g) {
        return FALSE;
    }
    gist = g->gist;
    kind = gist & GIST_KIND;
    if (kind == ADP_STANDS_FOR_TLS) {
        yes = tls_matters(&gist, side_of(ends), payload);
    } else if (kind == ADP_STANDS_FOR_HTTP) {
        yes = http_matters(&gist, model, payload);
    }
    *kinds = 1U << kind;
    if (gist != g->gist) {
        count_waits(&both, g->gist, gist);
        g->gist = (guint8)gist;
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
