/* sorted.h
 * Places in arrays that are sorted by a number.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_SORTED_H
#define ADPATH_WIRE_SORTED_H

#include <glib.h>

/**
 * The first element whose number is not below `value`; the length of the array when there is none.
 * g_array_binary_search() finds one that is equal, and no other.
 * @param sorted  of structs, ascending by a member of the type guint32
 * @param member  where that member is: G_STRUCT_OFFSET(type, member)
 */
guint adp_sorted_place(const GArray *sorted, gsize member, guint32 value);

/** The same of plain numbers, ascending. */
guint adp_place_of_number(const guint32 *numbers, guint count, guint32 value);

/**
 * A number that is found by a key, one of several with it. A table of many short lists: a hash table that
 * owns each of them would take five times the memory. Keys are hashes (wire/hash.h): nobody can make two alike.
 */
typedef struct {
    guint64 key;
    guint32 number;
} adp_keyed;

/** Sorts them by key, and those of a key by number. */
void adp_keyed_sort(GArray *keyed);

/** Those of the key, `*count` of them, in such a sorted array; NULL when there is none. */
const adp_keyed *adp_keyed_find(const GArray *keyed, guint64 key, guint *count);

#endif
