/* keyed.c
 * Many short lists of numbers, each found by a key: written first, then sorted once, then read.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/keyed.h"

#include <stdlib.h>

#define PARTS 256

static guint64 key_of(const adp_keyed *item)
{
    return (guint64)item->key_high << 32 | item->key_low;
}

static adp_keyed *item_at(const GArray *keyed, guint i)
{
    return &g_array_index(keyed, adp_keyed, i);
}

void adp_keyed_add(GArray *keyed, guint64 key, guint32 number)
{
    adp_keyed item = {(guint32)(key >> 32), (guint32)key, number};

    g_array_append_val(keyed, item);
}

static gint compare(gconstpointer a, gconstpointer b)
{
    const adp_keyed *one = a;
    const adp_keyed *other = b;
    guint64 x = key_of(one);
    guint64 y = key_of(other);

    if (x != y) {
        return x < y ? -1 : 1;
    }
    return (one->number > other->number) - (one->number < other->number);
}

static guint part_of(const adp_keyed *item)
{
    return item->key_high >> 24;
}

/*
 * By the first byte of the key in place, then each part by itself: qsort() takes as much memory again as what it is given, and
 * hashes make parts of equal size.
 */
void adp_keyed_sort(GArray *keyed)
{
    guint begin[PARTS + 1] = {0};
    guint next[PARTS];
    guint part;
    guint i;

    for (i = 0; i < keyed->len; i++) {
        begin[part_of(item_at(keyed, i)) + 1]++;
    }
    for (part = 0; part < PARTS; part++) {
        begin[part + 1] += begin[part];
        next[part] = begin[part];
    }
    for (part = 0; part < PARTS; part++) {
        while (next[part] < begin[part + 1]) {
            adp_keyed *item = item_at(keyed, next[part]);
            adp_keyed *place = item_at(keyed, next[part_of(item)]++);
            adp_keyed other = *place;

            *place = *item;
            *item = other;
        }
    }
    for (part = 0; part < PARTS; part++) {
        if (begin[part + 1] > begin[part]) {
            qsort(item_at(keyed, begin[part]), begin[part + 1] - begin[part], sizeof(adp_keyed),
                  compare);
        }
    }
}

/* The first place whose key is not below `key`, or (`behind`) the first above it. */
static guint place_of(const GArray *keyed, guint64 key, gboolean behind)
{
    guint low = 0;
    guint high = keyed->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        guint64 found = key_of(item_at(keyed, middle));

        if (found < key || (behind && found == key)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const adp_keyed *adp_keyed_find(const GArray *keyed, guint64 key, guint *count)
{
    guint first = place_of(keyed, key, FALSE);

    *count = place_of(keyed, key, TRUE) - first;
    return *count ? item_at(keyed, first) : NULL;
}
