/* arena.h
 * Memory of one capture file: many small pieces, given back all at once.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_ARENA_H
#define ADPATH_WIRE_ARENA_H

#include <glib.h>

/**
 * A bump allocator. The log owns one; everything an observation points to
 * lives in it and dies with it. Nothing in it is freed one by one.
 */
typedef struct adp_arena adp_arena;

adp_arena *adp_arena_new(void);
void adp_arena_free(adp_arena *arena);

/** Counters of the open file, all 0 at first: limits.h gives them their meaning. */
#define ADP_ARENA_COUNTERS 64
guint32 *adp_arena_counters(adp_arena *arena);

/** Zeroed memory of `size` bytes, aligned for any type of ours (numbers and pointers of 64 bits). Never NULL. */
void *adp_arena_alloc(adp_arena *arena, gsize size);

#define adp_arena_new_array(arena, type, count)                                                    \
    ((type *)adp_arena_alloc((arena), sizeof(type) * (gsize)(count)))

/**
 * A NUL-terminated copy of the first `len` bytes of `str`, as they are. The same text again soon gives the same copy: names of
 * hosts and domains come again and again.
 */
const char *adp_arena_strndup(adp_arena *arena, const char *str, gsize len);

/** Each text of this arena gets a copy of its own from now on, without a look for one that is the same. */
void adp_arena_texts_differ(adp_arena *arena);

/** A mark to which adp_arena_release() returns, for work that is given up. */
typedef struct {
    guint32 block;
    guint32 used;
} adp_arena_mark;

adp_arena_mark adp_arena_get_mark(adp_arena *arena);

/** Gives back everything allocated since `mark`; pointers to it are dead. */
void adp_arena_release(adp_arena *arena, adp_arena_mark mark);

/**
 * A growing array whose memory is the arena's: `items` holds `count`
 * elements. Starts zeroed. An outgrown copy stays in the arena until the end,
 * which costs at most as much again as the array itself.
 */
#define ADP_LIST(type)                                                                             \
    struct {                                                                                       \
        type *items;                                                                               \
        guint count;                                                                               \
        guint room;                                                                                \
    }

typedef ADP_LIST(guint32) adp_numbers;

/** Grows `*items` so that one more element of `size` bytes fits. */
void adp_list_grow(adp_arena *arena, void **items, guint count, guint *room, gsize size);

#define adp_list_add(arena, list, value)                                                           \
    do {                                                                                           \
        adp_list_grow((arena), (void **)&(list)->items, (list)->count, &(list)->room,              \
                      sizeof(*(list)->items));                                                     \
        (list)->items[(list)->count++] = (value);                                                  \
    } while (0)

/** A list of strings, each owned by the arena. */
typedef ADP_LIST(const char *) adp_strings;

#endif
