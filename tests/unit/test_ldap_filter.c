/* test_ldap_filter.c
 * Search filters: their text, and what they ask for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "support.h"

#include "wire/arena.h"
#include "wire/ldap_filter.h"

#include <string.h>

static void check_text(adp_arena *arena, const adp_filter *f, const char *want)
{
    check_str(want, "text", adp_filter_text(arena, f), want);
}

static void test_text(void)
{
    adp_arena *a = adp_arena_new();

    check_text(a, f_eq(a, "cn", "x"), "(cn=x)");
    check_text(a, f_eq(a, "cn", ""), "(cn=)");
    /* What no attribute can be called must not read as the rest of a filter. */
    check_text(a, f_eq(a, "x)(objectClass", "y"), "(x\\x29\\x28objectClass=y)");
    check_text(a, f_eq(a, "a=b*\\", "y"), "(a\\x3db\\x2a\\x5c=y)");
    check_text(a, f_eq(a, "cn;lang-de", "y"), "(cn;lang-de=y)");
    check_text(a, f_eq(a, "1.2.840.113556.1.4.48", "y"), "(1.2.840.113556.1.4.48=y)");
    check_text(a, f_leaf(a, ADP_FILTER_PRESENT, "objectClass", NULL), "(objectClass=*)");
    check_text(a, f_leaf(a, ADP_FILTER_GREATER, "whenChanged", "2024"), "(whenChanged>=2024)");
    check_text(a, f_leaf(a, ADP_FILTER_LESS, "uSNChanged", "7"), "(uSNChanged<=7)");
    check_text(a, f_leaf(a, ADP_FILTER_APPROX, "cn", "x"), "(cn~=x)");
    /* The attribute of an extensible match carries the rule. */
    check_text(a,
               f_leaf(a, ADP_FILTER_EXTENSIBLE, "userAccountControl:1.2.840.113556.1.4.803", "2"),
               "(userAccountControl:1.2.840.113556.1.4.803:=2)");
    check_text(a, f_leaf(a, ADP_FILTER_EXTENSIBLE, ":dn:2.4.6", "x"), "(:dn:2.4.6:=x)");

    check_text(a, f_sub(a, "cn", "a", NULL, NULL), "(cn=a*)");
    check_text(a, f_sub(a, "cn", NULL, NULL, "z"), "(cn=*z)");
    check_text(a, f_sub(a, "cn", NULL, "m", NULL), "(cn=*m*)");
    check_text(a, f_sub(a, "cn", "a", "m", "z"), "(cn=a*m*z)");
    check_text(a, f_sub(a, "cn", "a", NULL, "z"), "(cn=a*z)");
    check_text(a, f_sub(a, "cn", "a*", "(", "\\"), "(cn=a\\2a*\\28*\\5c)");
    {
        adp_filter *two = f_sub(a, "cn", "a", "b", "d");
        adp_blob c = {(const guint8 *)"c", 1};

        adp_list_add(a, &two->any, c);
        check_text(a, two, "(cn=a*b*c*d)");
    }

    check_text(a, f_op(a, ADP_FILTER_NOT, f_eq(a, "cn", "x"), NULL), "(!(cn=x))");
    check_text(
        a,
        f_op(a, ADP_FILTER_AND, f_eq(a, "objectClass", "serviceConnectionPoint"),
             f_op(a, ADP_FILTER_OR, f_eq(a, "keywords", "67661d7F-8FC4-4fa7-BFAC-E1D7794C1F68"),
                  f_eq(a, "keywords", "77378F46-2C66-4aa9-A6A6-3E7A48B19596"), NULL),
             NULL),
        "(&(objectClass=serviceConnectionPoint)(|(keywords=67661d7F-8FC4-4fa7-BFAC-"
        "E1D7794C1F68)(keywords=77378F46-2C66-4aa9-A6A6-3E7A48B19596)))");
    /* More than two operands stay side by side; none at all is RFC 4526's true and false. */
    check_text(
        a, f_op(a, ADP_FILTER_OR, f_eq(a, "a", "1"), f_eq(a, "b", "2"), f_eq(a, "c", "3"), NULL),
        "(|(a=1)(b=2)(c=3))");
    check_text(a, f_op(a, ADP_FILTER_AND, NULL), "(&)");
    check_text(a, f_op(a, ADP_FILTER_OR, NULL), "(|)");
    adp_arena_free(a);
}

static void test_escaping(void)
{
    static const struct {
        const char *row;
        const char *bytes;
        gsize len;
        const char *want;
    } rows[] = {
        {"the five of RFC 4515", "\0()*\\", 5, "(a=\\00\\28\\29\\2a\\5c)"},
        {"binary", "\x01\x80\xff", 3, "(a=\\01\\80\\ff)"},
        {"utf-8", "Z\xc3\xbcrich", 7, "(a=Z\xc3\xbcrich)"},
        {"cut utf-8", "Z\xc3", 2, "(a=Z\\c3)"},
        {"right-to-left override", "\xe2\x80\xae", 3, "(a=\\e2\\80\\ae)"},
        {"line break", "a\r\nb", 4, "(a=a\\0d\\0ab)"},
        {"signs that need none", "&|!=<>~:-# ", 11, "(a=&|!=<>~:-# )"},
        {"a filter in a value", ")(cn=*", 6, "(a=\\29\\28cn=\\2a)"},
        {"zeros", "\0\0", 2, "(a=\\00\\00)"},
    };
    adp_arena *arena = adp_arena_new();
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        guint8 *exact = g_memdup2(rows[i].bytes, rows[i].len);
        adp_filter *f = f_leaf(arena, ADP_FILTER_EQUAL, "a", NULL);

        f->value.bytes = exact;
        f->value.len = rows[i].len;
        check_str(rows[i].row, "text", adp_filter_text(arena, f), rows[i].want);
        g_free(exact);
    }
    adp_arena_free(arena);
}

static void test_damaged(void)
{
    adp_arena *a = adp_arena_new();
    adp_filter *deep = f_eq(a, "cn", "x");
    const char *text;
    guint i;

    check_text(a, f_leaf(a, ADP_FILTER_DAMAGED, NULL, NULL), "(?)");
    check_text(
        a,
        f_op(a, ADP_FILTER_AND, f_eq(a, "a", "1"), f_leaf(a, ADP_FILTER_DAMAGED, NULL, NULL), NULL),
        "(&(a=1)(?))");
    for (i = 0; i < ADP_FILTER_MAX_DEPTH; i++) {
        deep = f_op(a, ADP_FILTER_NOT, deep, NULL);
    }
    text = adp_filter_text(a, deep);
    g_assert_nonnull(strstr(text, "(cn=x)"));
    g_assert_null(strstr(text, "(?)"));
    for (i = 0; i < 100000; i++) {
        deep = f_op(a, ADP_FILTER_NOT, deep, NULL);
    }
    text = adp_filter_text(a, deep);
    g_assert_null(strstr(text, "cn"));
    g_assert_nonnull(strstr(text, "(?)"));
    g_assert_false(adp_filter_any_leaf(deep, NULL, NULL));
    adp_arena_free(a);
}

/* Notes the attribute of each leaf that it is shown; ends at "stop". */
static gboolean note_leaf(const adp_filter *leaf, gpointer user_data)
{
    GString *seen = user_data;

    g_string_append(seen, leaf->attribute);
    return strcmp(leaf->attribute, "stop") == 0;
}

static void check_leaves(const adp_filter *f, const char *want, gboolean found)
{
    GString *seen = g_string_new(NULL);

    g_assert_cmpint(adp_filter_any_leaf(f, note_leaf, seen), ==, found);
    check_str(want, "leaves", seen->str, want);
    g_string_free(seen, TRUE);
}

static void test_leaves(void)
{
    adp_arena *a = adp_arena_new();
    adp_filter *not_b;
    adp_filter *not_not_c;

    check_leaves(NULL, "", FALSE);
    check_leaves(f_eq(a, "a", "1"), "a", FALSE);
    check_leaves(f_leaf(a, ADP_FILTER_PRESENT, "p", NULL), "p", FALSE);
    check_leaves(f_sub(a, "s", "x", NULL, NULL), "s", FALSE);
    check_leaves(f_leaf(a, ADP_FILTER_DAMAGED, NULL, NULL), "", FALSE);
    not_b = f_op(a, ADP_FILTER_NOT, f_eq(a, "b", "1"), NULL);
    not_not_c = f_op(a, ADP_FILTER_NOT, f_op(a, ADP_FILTER_NOT, f_eq(a, "c", "1"), NULL), NULL);
    /* Below one NOT a leaf excludes, below two it selects again. */
    check_leaves(
        f_op(a, ADP_FILTER_AND, f_eq(a, "a", "1"), not_b, not_not_c, f_eq(a, "d", "1"), NULL),
        "acd", FALSE);
    check_leaves(f_op(a, ADP_FILTER_NOT,
                      f_op(a, ADP_FILTER_OR, f_eq(a, "a", "1"),
                           f_op(a, ADP_FILTER_NOT, f_eq(a, "b", "1"), NULL), NULL),
                      NULL),
                 "b", FALSE);
    check_leaves(
        f_op(a, ADP_FILTER_OR, f_eq(a, "a", "1"), f_eq(a, "stop", "1"), f_eq(a, "z", "1"), NULL),
        "astop", TRUE);
    adp_arena_free(a);
}

static void test_find(void)
{
    adp_arena *a = adp_arena_new();
    adp_filter *first = f_eq(a, "DnsDomain", "one");
    const adp_filter *f = f_op(a, ADP_FILTER_AND, f_leaf(a, ADP_FILTER_PRESENT, "dnsdomain", NULL),
                               f_sub(a, "dnsdomain", "x", NULL, NULL),
                               f_op(a, ADP_FILTER_NOT, f_eq(a, "dnsdomain", "never"), NULL), first,
                               f_eq(a, "dnsdomain", "two"), NULL);

    g_assert_true(adp_filter_find_equal(f, "dNSdOMAIN") == first);
    g_assert_null(adp_filter_find_equal(f, "Host"));
    g_assert_null(adp_filter_find_equal(NULL, "Host"));
    adp_arena_free(a);
}

int main(int argc, char **argv)
{
    test_init(&argc, &argv);
    g_test_add_func("/ldap-filter/text", test_text);
    g_test_add_func("/ldap-filter/escaping", test_escaping);
    g_test_add_func("/ldap-filter/damaged", test_damaged);
    g_test_add_func("/ldap-filter/leaves", test_leaves);
    g_test_add_func("/ldap-filter/find", test_find);
    return g_test_run();
}
