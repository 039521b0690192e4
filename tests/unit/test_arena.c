/* test_arena.c
 * The bump allocator.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "wire/arena.h"

#include <string.h>

static gboolean all_zero(const guint8 *p, gsize len)
{
    while (len && *p == 0) {
        p++;
        len--;
    }
    return len == 0;
}

static void test_alloc(void)
{
    static const gsize sizes[] = {0, 1, 15, 16, 17, 1000, 65535, 65536, 65537, 1000000};
    adp_arena *arena = adp_arena_new();
    guint round;
    guint i;

    /* Filled each time: a piece that overlaps another would not be zero. */
    for (round = 0; round < 20; round++) {
        for (i = 0; i < G_N_ELEMENTS(sizes); i++) {
            guint8 *p = adp_arena_alloc(arena, sizes[i]);

            g_assert_nonnull(p);
            g_assert_cmpuint((gsize)(guintptr)p % sizeof(guint64), ==, 0);
            g_assert_true(all_zero(p, sizes[i]));
            memset(p, 0xa5, sizes[i]);
        }
    }
    adp_arena_free(arena);
    adp_arena_free(NULL);
}

static void test_strndup(void)
{
    adp_arena *arena = adp_arena_new();
    const char *copy = adp_arena_strndup(arena, "abc\0def", 7);

    g_assert_cmpmem(copy, 8, "abc\0def", 8);
    g_assert_cmpstr(adp_arena_strndup(arena, "abcdef", 3), ==, "abc");
    g_assert_cmpstr(adp_arena_strndup(arena, NULL, 0), ==, "");
    adp_arena_free(arena);
}

static void test_release(void)
{
    adp_arena *arena = adp_arena_new();
    const adp_arena_mark empty = adp_arena_get_mark(arena);
    adp_arena_mark mark;
    guint8 *kept;
    guint8 *p;
    guint i;

    kept = adp_arena_alloc(arena, 100);
    memset(kept, 0x11, 100);
    mark = adp_arena_get_mark(arena);
    for (i = 0; i < 100; i++) {
        memset(adp_arena_alloc(arena, 5000), 0xff, 5000);
    }
    adp_arena_release(arena, mark);
    for (i = 0; i < 100; i++) {
        g_assert_cmpint(kept[i], ==, 0x11);
    }
    /* What is given out again is zeroed again. */
    p = adp_arena_alloc(arena, 5000);
    g_assert_true(all_zero(p, 5000));
    memset(p, 0xff, 5000);
    g_assert_cmpint(kept[99], ==, 0x11);

    /* Nothing happened in between, and back to the very beginning. */
    mark = adp_arena_get_mark(arena);
    adp_arena_release(arena, mark);
    adp_arena_release(arena, empty);
    g_assert_true(all_zero(adp_arena_alloc(arena, 70000), 70000));
    adp_arena_free(arena);
}

/*
 * Texts are shared, marks are gone back to: what is still there has the bytes that were asked for, and whoever fills what is given
 * out writes over none of it.
 */
static void test_shared_texts(void)
{
    enum {
        KEPT = 400
    };
    adp_arena *arena = adp_arena_new();
    GRand *dice = g_rand_new_with_seed(20261128);
    const char *kept[KEPT] = {NULL};
    char *want[KEPT] = {NULL};
    adp_arena_mark marks[KEPT]; /* before each */
    guint count = 0;
    guint shared = 0;
    guint round;
    guint i;

    for (round = 0; round < 20000; round++) {
        gint what = g_rand_int_range(dice, 0, 10);

        if (what == 0 && count) {
            guint back = (guint)g_rand_int_range(dice, 0, (gint)count);

            adp_arena_release(arena, marks[back]);
            for (; count > back; count--) {
                g_free(want[count - 1]);
            }
        } else if (what < 3) {
            adp_arena_release(arena, adp_arena_get_mark(arena));
        } else if (what < 5) {
            adp_arena_mark mark = adp_arena_get_mark(arena);

            (void)adp_arena_strndup(arena, "given back", 10);
            memset(adp_arena_alloc(arena, 24), 0xff, 24);
            adp_arena_release(arena, mark);
        } else if (count < KEPT) {
            char *text = g_strdup_printf("host%d.example", g_rand_int_range(dice, 0, 40));

            marks[count] = adp_arena_get_mark(arena);
            kept[count] = adp_arena_strndup(arena, text, strlen(text));
            want[count] = text;
            for (i = 0; i < count && kept[i] != kept[count]; i++) {
            }
            shared += i < count;
            count++;
        }
        for (i = 0; i < count; i++) {
            g_assert_cmpstr(kept[i], ==, want[i]);
        }
    }
    g_assert_cmpuint(shared, >, 100);
    while (count) {
        g_free(want[--count]);
    }
    g_rand_free(dice);
    adp_arena_free(arena);
}

/* Where all differ nothing is looked for: the same text twice is two. */
static void test_texts_differ(void)
{
    adp_arena *arena = adp_arena_new();
    const char *one = adp_arena_strndup(arena, "dc1.corp.example", 16);
    const char *other;

    g_assert_true(adp_arena_strndup(arena, "dc1.corp.example", 16) == one);
    adp_arena_texts_differ(arena);
    other = adp_arena_strndup(arena, "dc1.corp.example", 16);
    g_assert_true(other != one);
    g_assert_cmpstr(other, ==, one);
    adp_arena_free(arena);
}

static void test_list(void)
{
    adp_arena *arena = adp_arena_new();
    ADP_LIST(guint32) list = {0};
    adp_strings strings = {0};
    guint32 i;

    for (i = 0; i < 10000; i++) {
        adp_list_add(arena, &list, i * 7);
        /* Another list that grows beside it must not be touched. */
        adp_list_add(arena, &strings, "x");
    }
    g_assert_cmpuint(list.count, ==, 10000);
    g_assert_cmpuint(list.room, >=, list.count);
    for (i = 0; i < 10000; i++) {
        g_assert_cmpuint(list.items[i], ==, i * 7);
        g_assert_cmpstr(strings.items[i], ==, "x");
    }
    adp_arena_free(arena);
}

int main(int argc, char **argv)
{
    test_init(&argc, &argv);
    g_test_add_func("/arena/alloc", test_alloc);
    g_test_add_func("/arena/strndup", test_strndup);
    g_test_add_func("/arena/release", test_release);
    g_test_add_func("/arena/shared-texts", test_shared_texts);
    g_test_add_func("/arena/texts-differ", test_texts_differ);
    g_test_add_func("/arena/list", test_list);
    return g_test_run();
}
