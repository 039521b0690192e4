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
} guessed;

/* Most ports have none of either: they need not be looked up. */
#define PORTS 4096

/* Of the file that is open. */
static GHashTable *guesses; /* of guessed by its ends, owned */
static GHashTable *askers;  /* one_end, owned */
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
    return memcmp(a, b, sizeof(both_ends)) == 0;
}

void adp_bypass_begin(void)
{
    guesses = g_hash_table_new_full(hash_of_ends, are_same_ends, NULL, g_free);
    askers = g_hash_table_new_full(hash_of_end, is_same_end, g_free, NULL);
    memset(guess_ports, FALSE, sizeof(guess_ports));
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

void adp_bypass_note_guess(const adp_ends *ends, adp_stand_in_kind kind)
{
    both_ends both;
    guessed *g;

    fill_ends(&both, ends);
    g = g_hash_table_lookup(guesses, &both);
    if (!g) {
        g = g_new0(guessed, 1);
        g->ends = both;
        g_hash_table_insert(guesses, &g->ends, g);
    }
    g->kind = kind;
    g->in_headers = FALSE;
    guess_ports[ends->src_port % PORTS] = guess_ports[ends->dst_port % PORTS] = TRUE;
}

static guessed *find_guess(const adp_ends *ends)
{
    both_ends both;

    if (!guess_ports[ends->src_port % PORTS] || !guess_ports[ends->dst_port % PORTS]) {
        return NULL;
    }
    fill_ends(&both, ends);
    return g_hash_table_lookup(guesses, &both);
}

/* A message of HTTP whose headers go on in the next segment is dissected there. */
static gboolean http_matters(guessed *g, const adp_model *model, tvbuff_t *tvb, guint payload)
{
    adp_peeked peeked = adp_peek_http(model, adp_peek_bytes(tvb, payload));
    gboolean went_on = g->in_headers;

    g->in_headers = peeked == ADP_PEEKED_PART;
    return went_on || peeked != ADP_PEEKED_NO;
}

gboolean adp_bypass_matters(const adp_ends *ends, const adp_model *model, tvbuff_t *tvb,
                            guint payload, adp_stand_in_kind *kind)
{
    guessed *g = find_guess(ends);

    *kind = g ? g->kind : ADP_STANDS_FOR_NOTHING;
    switch (*kind) {
    case ADP_STANDS_FOR_NOTHING:
        return FALSE;
    case ADP_STANDS_FOR_TLS:
        return !adp_peek_tls_data(adp_peek_bytes(tvb, payload));
    case ADP_STANDS_FOR_HTTP:
        return http_matters(g, model, tvb, payload);
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
