/* arena.c
 * Memory of one capture file: many small pieces, given back all at once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/arena.h"

#include <string.h>

#define BLOCK_SIZE ((gsize)64 * 1024)
#define ALIGNMENT  ((gsize)8)

/* So many texts that were copied last are found again, each in the one place that follows from its bytes. */
#define TEXT_BITS    11
#define TEXTS        (1U << TEXT_BITS)
#define LONGEST_TEXT 255
/* And so many that were copied since the last mark; they may be given back. */
#define FRESH_TEXTS 16

typedef struct {
    char *base; /* owned, g_malloc0 */
    gsize size;
    gsize used;
} block;

typedef struct {
    const char *text;
    guint32 len;
    adp_arena_mark end; /* where it ends in the arena */
} copied;

struct adp_arena {
    GArray *blocks; /* of block; the last one is being filled */
    copied *texts;  /* TEXTS of them, owned; NULL until there is one */
    copied fresh[FRESH_TEXTS];
    guint fresh_count;
    gboolean all_differ; /* its texts: none is looked for */
    adp_arena_mark end;  /* of what is allocated */
    adp_arena_mark mark; /* the last one that was given */
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
    g_free(arena->texts);
    g_free(arena);
}

void adp_arena_texts_differ(adp_arena *arena)
{
    arena->all_differ = TRUE;
}

guint32 *adp_arena_counters(adp_arena *arena)
{
    return arena->counters;
}

static block *last_block(const adp_arena *arena)
{
    return arena->blocks->len ? &g_array_index(arena->blocks, block, arena->blocks->len - 1) : NULL;
}

static adp_arena_mark here(const adp_arena *arena)
{
    const block *b = last_block(arena);

    return (adp_arena_mark){.block = arena->blocks->len, .used = b ? (guint32)b->used : 0};
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
    arena->end = here(arena);
    return memory;
}

/* Which place: whoever makes many texts for one place only has them copied more often. */
static guint place_of(const char *str, gsize len)
{
    const guint64 factor = G_GUINT64_CONSTANT(0x9e3779b97f4a7c15);
    guint64 hash = len;
    guint64 word;
    gsize i;

    for (i = 0; i + sizeof(word) <= len; i += sizeof(word)) {
        memcpy(&word, str + i, sizeof(word));
        hash = (hash ^ word) * factor;
        hash ^= hash >> 32;
    }
    for (; i < len; i++) {
        hash = hash * 31 + (guchar)str[i];
    }
    return (guint)((hash * factor) >> (64 - TEXT_BITS));
}

static gboolean is_copy(const copied *c, const char *str, gsize len)
{
    return c->text && c->len == len && memcmp(c->text, str, len) == 0;
}

static const char *find_copy(const adp_arena *arena, const char *str, gsize len)
{
    guint i;

    for (i = 0; i < arena->fresh_count; i++) {
        if (is_copy(&arena->fresh[i], str, len)) {
            return arena->fresh[i].text;
        }
    }
    if (arena->texts) {
        const copied *c = &arena->texts[place_of(str, len)];

        return is_copy(c, str, len) ? c->text : NULL;
    }
    return NULL;
}

const char *adp_arena_strndup(adp_arena *arena, const char *str, gsize len)
{
    const gboolean comes_again = len && len <= LONGEST_TEXT && !arena->all_differ;
    const char *before = comes_again ? find_copy(arena, str, len) : NULL;
    char *copy;

    if (before) {
        return before;
    }
    copy = adp_arena_alloc(arena, len + 1);
    if (len) {
        memcpy(copy, str, len);
    }
    if (comes_again && arena->fresh_count < FRESH_TEXTS) {
        arena->fresh[arena->fresh_count++] =
            (copied){.text = copy, .len = (guint32)len, .end = arena->end};
    }
    return copy;
}

/* What was copied until now stays, unless the arena goes back to an older mark. */
static void keep_fresh(adp_arena *arena)
{
    guint i;

    if (!arena->texts) {
        arena->texts = g_new0(copied, TEXTS);
    }
    for (i = 0; i < arena->fresh_count; i++) {
        const copied *c = &arena->fresh[i];

        arena->texts[place_of(c->text, c->len)] = *c;
    }
    arena->fresh_count = 0;
}

/* Asked for each frame. */
adp_arena_mark adp_arena_get_mark(adp_arena *arena)
{
    if (arena->fresh_count) {
        keep_fresh(arena);
    }
    arena->mark = arena->end;
    return arena->mark;
}

static gboolean is_before(adp_arena_mark a, adp_arena_mark b)
{
    return a.block < b.block || (a.block == b.block && a.used < b.used);
}

/* Of what was kept, that behind the mark is gone. */
static void forget_texts(adp_arena *arena, adp_arena_mark mark)
{
    guint i;

    for (i = 0; arena->texts && i < TEXTS; i++) {
        if (is_before(mark, arena->texts[i].end)) {
            arena->texts[i] = (copied){.text = NULL};
        }
    }
}

void adp_arena_release(adp_arena *arena, adp_arena_mark mark)
{
    block *b;

    arena->fresh_count = 0;
    if (is_before(mark, arena->mark)) {
        arena->mark = mark;
        forget_texts(arena, mark);
    }
    g_array_set_size(arena->blocks, mark.block);
    b = last_block(arena);
    if (b && b->used > mark.used) {
        /* Allocations promise zeroed memory. */
        memset(b->base + mark.used, 0, b->used - mark.used);
        b->used = mark.used;
    }
    arena->end = here(arena);
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
