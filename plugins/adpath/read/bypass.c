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

/** One end of a connection, as bytes. */
typedef struct {
    guint8 address[16];
    guint16 port;
    guint16 type;
} end;

static end end_of(const address *addr, guint16 port)
{
    end e = {.port = port, .type = (guint16)addr->type};

    if (addr->len > 0) {
        memcpy(e.address, addr->data, adp_address_len(addr));
    }
    return e;
}

static guint64 hash_of_end(const address *addr, guint16 port)
{
    end e = end_of(addr, port);

    return adp_hash_bytes(ADP_HASH_SEED, (const guint8 *)&e, sizeof(e));
}

/* The same for both directions. */
static guint64 hash_of(const adp_ends *ends)
{
    end both[2] = {end_of(&ends->pinfo->src, ends->src_port),
                   end_of(&ends->pinfo->dst, ends->dst_port)};
    end lower;

    if (memcmp(&both[0], &both[1], sizeof(end)) > 0) {
        lower = both[1];
        both[1] = both[0];
        both[0] = lower;
    }
    return adp_hash_bytes((guint64)ends->type, (const guint8 *)both, sizeof(both));
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
