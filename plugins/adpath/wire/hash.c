/* hash.c
 * Hashes with a key that nobody outside the process knows.
 *
 * The function is SipHash (J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF",
 * 2012) with one round for each word and three at the end, written from the paper.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/hash.h"

#include "wire/count.h"

#include <string.h>

static guint64 key[2];
static guint32 factors[ADP_HASH_WORDS_MOST / sizeof(guint32)];
static gsize key_is_drawn;

static void draw_key(void)
{
    /* GLib seeds it from the system's source of random numbers. */
    GRand *random = g_rand_new();
    guint i;

    for (i = 0; i < 2; i++) {
        key[i] = (guint64)g_rand_int(random) << 32 | g_rand_int(random);
    }
    for (i = 0; i < G_N_ELEMENTS(factors); i++) {
        factors[i] = g_rand_int(random);
    }
    g_rand_free(random);
}

static inline void need_key(void)
{
    if (g_once_init_enter(&key_is_drawn)) {
        draw_key();
        g_once_init_leave(&key_is_drawn, 1);
    }
}

void adp_hash_set_key(guint64 k0, guint64 k1)
{
    need_key();
    key[0] = k0;
    key[1] = k1;
}

typedef struct {
    guint64 v[4];
} state;

static guint64 rotate(guint64 x, guint by)
{
    return x << by | x >> (64 - by);
}

static void one_round(state *s)
{
    guint64 *v = s->v;

    v[0] += v[1];
    v[2] += v[3];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] = rotate(v[0], 32);
    v[2] += v[1];
    v[0] += v[3];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] = rotate(v[2], 32);
}

static void begin(state *s, guint64 salt)
{
    guint64 k1;

    need_key();
    k1 = key[1] ^ salt;
    s->v[0] = key[0] ^ G_GUINT64_CONSTANT(0x736f6d6570736575);
    s->v[1] = k1 ^ G_GUINT64_CONSTANT(0x646f72616e646f6d);
    s->v[2] = key[0] ^ G_GUINT64_CONSTANT(0x6c7967656e657261);
    s->v[3] = k1 ^ G_GUINT64_CONSTANT(0x7465646279746573);
}

static void add_word(state *s, guint64 word)
{
    s->v[3] ^= word;
    one_round(s);
    s->v[0] ^= word;
}

/* `word` holds the bytes behind the last whole one; of all there were `len`. */
static guint64 end(state *s, guint64 word, gsize len)
{
    int i;

    add_word(s, word | (guint64)len << 56);
    s->v[2] ^= 0xff;
    for (i = 0; i < 3; i++) {
        one_round(s);
    }
    return s->v[0] ^ s->v[1] ^ s->v[2] ^ s->v[3];
}

/* The next eight bytes. */
static guint64 word_at(const guint8 *bytes)
{
    guint64 word;

    memcpy(&word, bytes, sizeof(word));
    return GUINT64_FROM_LE(word);
}

/* The bytes from `at` to the end, fewer than eight; where there are eight, they are the top of the last eight. */
static guint64 last_word(const guint8 *bytes, gsize at, gsize len)
{
    guint64 word = 0;
    gsize i;

    if (at == len) {
        return 0;
    }
    if (len >= sizeof(word)) {
        return word_at(bytes + len - sizeof(word)) >> 8 * (sizeof(word) - (len - at));
    }
    for (i = len; i > at; i--) {
        word = word << 8 | bytes[i - 1];
    }
    return word;
}

guint64 adp_hash_bytes(guint64 salt, const guint8 *bytes, gsize len)
{
    gsize at;
    state s;

    begin(&s, salt);
    for (at = 0; at + sizeof(guint64) <= len; at += sizeof(guint64)) {
        add_word(&s, word_at(bytes + at));
    }
    return end(&s, last_word(bytes, at, len), len);
}

/* As g_ascii_tolower(), of eight characters at once. */
static guint64 lower_word(guint64 word)
{
    const guint64 ones = G_GUINT64_CONSTANT(0x0101010101010101);
    guint64 ascii = word & ones * 0x7f;
    guint64 from_a = ascii + ones * (0x80 - 'A');   /* bit 7 of a byte: it is 'A' or more, */
    guint64 beyond_z = ascii + ones * (0x7f - 'Z'); /* and more than 'Z' */
    guint64 upper = from_a & ~beyond_z & ~word & ones * 0x80;

    return word | upper >> 2;
}

guint64 adp_hash_lower(guint64 salt, const char *text)
{
    const guint8 *bytes = (const guint8 *)text;
    gsize len = strlen(text);
    gsize at;
    state s;

    begin(&s, salt);
    for (at = 0; at + sizeof(guint64) <= len; at += sizeof(guint64)) {
        add_word(&s, lower_word(word_at(bytes + at)));
    }
    return end(&s, lower_word(last_word(bytes, at, len)), len);
}

guint adp_hash_words(gconstpointer words, gsize len)
{
    const guint8 *at = words;
    guint64 sum = 0;
    gsize i;

    need_key();
    for (i = 0; i < len / sizeof(guint32); i += 2) {
        guint32 pair[2];

        memcpy(pair, at + i * sizeof(guint32), sizeof(pair));
        sum += (guint64)(guint32)(pair[0] + factors[i]) * (guint32)(pair[1] + factors[i + 1]);
    }
    /* Tables take the lower bits, which depend on fewer of the key's. */
    return (guint)(sum >> 32 ^ sum);
}

adp_number_key adp_hash_number_key(void)
{
    need_key();
    return (adp_number_key){{factors[0], factors[1]}};
}

guint adp_str_hash(gconstpointer text)
{
    ADP_COUNT();
    return (guint)adp_hash_bytes(ADP_HASH_SEED, text, strlen(text));
}

gboolean adp_str_equal(gconstpointer a, gconstpointer b)
{
    ADP_COUNT();
    return strcmp(a, b) == 0;
}

guint adp_int64_hash(gconstpointer number)
{
    ADP_COUNT();
    return (guint)adp_hash_bytes(ADP_HASH_SEED, number, sizeof(guint64));
}
