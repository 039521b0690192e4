/* arena.c
 * Memory of one capture file: many small pieces, given back all at once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/arena.h"

#include <string.h>

#define BLOCK_SIZE ((gsize)64 * 1024)
#define ALIGNMENT  ((gsize)16)

typedef struct {
    char *base; /* owned, g_malloc0 */
    gsize size;
    gsize used;
} block;

struct adp_arena {
    GArray *blocks; /* of block; the last one is being filled */
    guint32 counters[ADP_ARENA_COUNTERS];
};

static void block_clear(gpointer data)
{
    g_free(((block *)data)->base);
}

adp_arena *adp_arena_new(void)
{
    adp_arena *arena = g_new0(adp_arena, 1);

    arena->blocks = g_array_new(FALSE, TRUE, sizeof(block));
    g_array_set_clear_func(arena->blocks, block_clear);
    return arena;
}

void adp_arena_free(adp_arena *arena)
{
    if (!arena) {
        return;
    }
    g_array_unref(arena->blocks);
    g_free(arena);
}

guint32 *adp_arena_counters(adp_arena *arena)
{
    return arena->counters;
}

static block *last_block(const adp_arena *arena)
{
    return arena->blocks->len ? &g_array_index(arena->blocks, block, arena->blocks->len - 1) : NULL;
}

void *adp_arena_alloc(adp_arena *arena, gsize size)
{
    block *b = last_block(arena);
    void *memory;

    size = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
    if (!b || b->size - b->used < size) {
        block fresh = {.size = MAX(BLOCK_SIZE, size)};

        fresh.base = g_malloc0(fresh.size);
        g_array_append_val(arena->blocks, fresh);
        b = last_block(arena);
    }
    memory = b->base + b->used;
    b->used += size;
    return memory;
}

const char *adp_arena_strndup(adp_arena *arena, const char *str, gsize len)
{
    char *copy = adp_arena_alloc(arena, len + 1);

    if (len) {
        memcpy(copy, str, len);
    }
    return copy;
}

adp_arena_mark adp_arena_get_mark(const adp_arena *arena)
{
    const block *b = last_block(arena);
    adp_arena_mark mark = {.block = arena->blocks->len, .used = b ? b->used : 0};

    return mark;
}

void adp_arena_release(adp_arena *arena, adp_arena_mark mark)
{
    block *b;

    g_array_set_size(arena->blocks, mark.block);
    b = last_block(arena);
    if (b && b->used > mark.used) {
        /* Allocations promise zeroed memory. */
        memset(b->base + mark.used, 0, b->used - mark.used);
        b->used = mark.used;
    }
}

void adp_list_grow(adp_arena *arena, void **items, guint count, guint *room, gsize size)
{
    void *bigger;

    if (count < *room) {
        return;
    }
    /* Most lists have one element, and those that have more are few. */
    *room = *room ? MAX(4, *room * 2) : 1;
    bigger = adp_arena_alloc(arena, size * *room);
    if (count) {
        memcpy(bigger, *items, size * count);
    }
    *items = bigger;
}
