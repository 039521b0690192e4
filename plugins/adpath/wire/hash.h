/* hash.h
 * Hashes with a key that nobody outside the process knows.
 *
 * Names and messages in a capture are chosen by their senders. With a hash that everybody can
 * compute, a sender fills one chain of a hash table with his names, and each look-up becomes a
 * walk. So every table that is keyed by text or bytes of packets uses these; the key is drawn when
 * the first of them is called. Nothing that is shown may depend on it: what a table holds is
 * never listed in the table's own order.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_HASH_H
#define ADPATH_WIRE_HASH_H

#include <glib.h>

/**
 * SipHash-1-3: recognises equal messages too, as nobody can make two of the same hash. `salt` tells
 * kinds apart; it may be an earlier hash, which this one then goes on from.
 */
guint64 adp_hash_bytes(guint64 salt, const guint8 *bytes, gsize len);

/** Likewise of a string in lower case (ASCII). */
guint64 adp_hash_lower(guint64 salt, const char *text);

/**
 * Of a key of a fixed length: `len` bytes, a multiple of 8 and at most ADP_HASH_WORDS_MOST. A sum of products
 * with secret numbers (NH, of J. Black and others, "UMAC", 1999), which nobody without them can make alike for two
 * keys: enough for a table that compares the keys, not to recognise messages by.
 */
#define ADP_HASH_WORDS_MOST 64
guint adp_hash_words(gconstpointer words, gsize len);

/** Likewise of one number, with the two secret ones of a table. */
typedef struct {
    guint32 factors[2];
} adp_number_key;

adp_number_key adp_hash_number_key(void);

static inline guint adp_hash_number(adp_number_key key, guint64 number)
{
    guint64 product = (guint64)(guint32)((guint32)number + key.factors[0]) *
                      (guint32)((guint32)(number >> 32) + key.factors[1]);

    return (guint)(product >> 32 ^ product);
}

/** The salt where there is only one kind. */
#define ADP_HASH_SEED G_GUINT64_CONSTANT(0)

/** For GHashTable: keys are strings, or point to 64-bit numbers. */
guint adp_str_hash(gconstpointer text);
gboolean adp_str_equal(gconstpointer a, gconstpointer b);
guint adp_int64_hash(gconstpointer number);

/** For tests alone, while no table holds anything: the key. */
void adp_hash_set_key(guint64 k0, guint64 k1);

#endif
