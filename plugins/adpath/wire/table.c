/* table.c
 * Numbers by 64-bit keys, in little memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/table.h"

#include "wire/hash.h"

#include <string.h>

#define FIRST_ROOM 64
/* From here on it counts more that a table is small than that a key is found at the first look. */
#define MUCH_ROOM 65536

/* Open addressing: a key stands in the first free place at or behind its own. */
struct adp_table {
    guint64 *keys;    /* `room` of them, 0: a free place */
    guint32 *numbers; /* likewise; 0: the key was taken out */
    guint32 of_zero;  /* the number of the key that is 0 */
    adp_number_key key;
    guint room; /* a power of two */
    guint used; /* places that are taken, also by keys that were taken out */
};

static void make_room(adp_table *table, guint room)
{
    table->keys = g_new0(guint64, room);
    table->numbers = g_new(guint32, room);
    table->room = room;
    table->used = 0;
}

adp_table *adp_table_new(void)
{
    adp_table *table = g_new0(adp_table, 1);

    table->key = adp_hash_number_key();
    make_room(table, FIRST_ROOM);
    return table;
}

void adp_table_free(adp_table *table)
{
    g_free(table->keys);
    g_free(table->numbers);
    g_free(table);
}

/* The place of the key, or the free one where it belongs. */
static guint place_of(const adp_table *table, guint64 key)
{
    guint place = adp_hash_number(table->key, key) & (table->room - 1);

    while (table->keys[place] && table->keys[place] != key) {
        place = (place + 1) & (table->room - 1);
    }
    return place;
}

static void put(adp_table *table, guint place, guint64 key, guint32 number)
{
    table->keys[place] = key;
    table->numbers[place] = number;
    table->used++;
}

/* Twice the room, or as much again without the keys that were taken out. */
static void grow(adp_table *table)
{
    adp_table old = *table;
    guint left = 0;
    guint i;

    for (i = 0; i < old.room; i++) {
        left += old.keys[i] && old.numbers[i];
    }
    make_room(table, left > old.room / 2 ? old.room * 2 : old.room);
    for (i = 0; i < old.room; i++) {
        if (old.keys[i] && old.numbers[i]) {
            put(table, place_of(table, old.keys[i]), old.keys[i], old.numbers[i]);
        }
    }
    g_free(old.keys);
    g_free(old.numbers);
}

guint32 adp_table_get(const adp_table *table, guint64 key)
{
    guint place;

    if (!key) {
        return table->of_zero;
    }
    place = place_of(table, key);
    return table->keys[place] ? table->numbers[place] : 0;
}

void adp_table_set(adp_table *table, guint64 key, guint32 number)
{
    guint place;

    if (!key) {
        table->of_zero = number;
        return;
    }
    place = place_of(table, key);
    if (table->keys[place]) {
        table->numbers[place] = number;
        return;
    }
    if (!number) {
        return;
    }
    if (table->used >= table->room - table->room / (table->room < MUCH_ROOM ? 4 : 8)) {
        grow(table);
        place = place_of(table, key);
    }
    put(table, place, key, number);
}

/* ---- rows ---- */

struct adp_rows {
    adp_table *numbers; /* key -> place + 1 */
    GArray *rows;
};

adp_rows *adp_rows_new(gsize size, GDestroyNotify clear)
{
    adp_rows *rows = g_new0(adp_rows, 1);

    rows->numbers = adp_table_new();
    rows->rows = g_array_new(FALSE, TRUE, (guint)size);
    if (clear) {
        g_array_set_clear_func(rows->rows, clear);
    }
    return rows;
}

void adp_rows_free(adp_rows *rows)
{
    adp_table_free(rows->numbers);
    g_array_unref(rows->rows);
    g_free(rows);
}

static void *row_at(const adp_rows *rows, guint32 number)
{
    return rows->rows->data + (gsize)(number - 1) * g_array_get_element_size(rows->rows);
}

void *adp_rows_find(const adp_rows *rows, guint64 key)
{
    guint32 number = adp_table_get(rows->numbers, key);

    return number ? row_at(rows, number) : NULL;
}

void *adp_rows_need(adp_rows *rows, guint64 key)
{
    void *found = adp_rows_find(rows, key);

    if (found) {
        return found;
    }
    g_array_set_size(rows->rows, rows->rows->len + 1);
    adp_table_set(rows->numbers, key, rows->rows->len);
    return row_at(rows, rows->rows->len);
}

gboolean adp_rows_move(adp_rows *rows, guint64 from, guint64 to)
{
    guint32 number = adp_table_get(rows->numbers, from);

    if (!number) {
        return FALSE;
    }
    adp_table_set(rows->numbers, from, 0);
    adp_table_set(rows->numbers, to, number);
    return TRUE;
}
