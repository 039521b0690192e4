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
