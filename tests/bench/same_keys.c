/* same_keys.c
 * Hash tables draw a key at each start, in Wireshark as in adpath: two counts of the same work then differ by up to
 * one in a hundred. Loaded before GLib (LD_PRELOAD), this gives every start the same keys.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <glib.h>

#define SEED 20000

guint32 g_random_int(void)
{
    return SEED;
}

GRand *g_rand_new(void)
{
    return g_rand_new_with_seed(SEED);
}
