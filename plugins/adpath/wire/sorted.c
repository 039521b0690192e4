/* sorted.c
 * Places in arrays that are sorted by a number.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/sorted.h"

guint adp_sorted_place(const GArray *sorted, gsize member, guint32 value)
{
    gsize size = g_array_get_element_size((GArray *)sorted);
    guint low = 0;
    guint high = sorted->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (*(const guint32 *)(const void *)(sorted->data + middle * size + member) < value) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

guint adp_place_of_number(const guint32 *numbers, guint count, guint32 value)
{
    guint low = 0;
    guint high = count;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (numbers[middle] < value) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static gint compare_keyed(gconstpointer a, gconstpointer b)
{
    const adp_keyed *one = a;
    const adp_keyed *other = b;

    if (one->key != other->key) {
        return one->key < other->key ? -1 : 1;
    }
    return (one->number > other->number) - (one->number < other->number);
}

void adp_keyed_sort(GArray *keyed)
{
    g_array_sort(keyed, compare_keyed);
}

/* The first place whose key is not below `key`, or (`behind`) the first above it. */
static guint keyed_place(const GArray *keyed, guint64 key, gboolean behind)
{
    guint low = 0;
    guint high = keyed->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        guint64 found = g_array_index(keyed, adp_keyed, middle).key;

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
    guint first = keyed_place(keyed, key, FALSE);

    *count = keyed_place(keyed, key, TRUE) - first;
    return *count ? &g_array_index(keyed, adp_keyed, first) : NULL;
}
