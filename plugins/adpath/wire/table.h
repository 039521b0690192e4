/* table.h
 * Numbers by 64-bit keys, in little memory.
 *
 * A GHashTable holds such a key only as a piece of memory of its own, which takes 48 bytes beside the 20 to 40 of its
 * place. The model has several such entries for each client and message of a capture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_TABLE_H
#define ADPATH_WIRE_TABLE_H

#include <glib.h>

typedef struct adp_table adp_table;

adp_table *adp_table_new(void);
void adp_table_free(adp_table *table);

/** The number of the key, 0 when there is none. */
guint32 adp_table_get(const adp_table *table, guint64 key);

/**
 * Gives the key a number; 0 takes it out. A key may be any number: places follow from a hash that nobody outside
 * can compute (hash.h).
 */
void adp_table_set(adp_table *table, guint64 key, guint32 number);

/** Structs of one size by 64-bit keys, side by side in one piece of memory. */
typedef struct adp_rows adp_rows;

/** `clear` gives back what a struct owns, NULL: nothing. */
adp_rows *adp_rows_new(gsize size, GDestroyNotify clear);
void adp_rows_free(adp_rows *rows);

/** The struct of the key, NULL when there is none. Valid until the next adp_rows_need(). */
void *adp_rows_find(const adp_rows *rows, guint64 key);

/** Likewise; one of zeros when there was none. */
void *adp_rows_need(adp_rows *rows, guint64 key);

/** From now on it is found by another key, which has none yet. FALSE: there is none. */
gboolean adp_rows_move(adp_rows *rows, guint64 from, guint64 to);

#endif
