/* keyed.h
 * Many short lists of numbers, each found by a key: written first, then sorted once, then read.
 *
 * A hash table that owns each of the lists would take eight times the memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_KEYED_H
#define ADPATH_WIRE_KEYED_H

#include <glib.h>

typedef struct {
    guint32 key_high;
    guint32 key_low;
    guint32 number;
} adp_keyed;

/** Appends it. Keys are hashes (hash.h): nobody can make two alike. */
void adp_keyed_add(GArray *keyed, guint64 key, guint32 number);

/** Sorts an array of adp_keyed by key, and those of a key by number. Takes next to no memory. */
void adp_keyed_sort(GArray *keyed);

/** Those of the key, `*count` of them, in such a sorted array; NULL when there is none. */
const adp_keyed *adp_keyed_find(const GArray *keyed, guint64 key, guint *count);

#endif
