/* ldap_filter.c
 * An LDAP search filter: as a tree, as RFC 4515 text, and what it asks for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "wire/ldap_filter.h"

#include "wire/arena.h"
#include "wire/text.h"

#include <string.h>

static void append_value(GString *out, const adp_blob *value)
{
    const char *p = (const char *)value->bytes;
    const char *end = value->len ? p + value->len : p; /* nothing may be NULL */

    while (p < end) {
        gunichar c = g_utf8_get_char_validated(p, end - p);
        const char *next = p + 1;
        /* RFC 4515 3: NUL ( ) * \ must be escaped, anything may be. */
        gboolean plain = c != (gunichar)-1 && c != (gunichar)-2 && c != '(' && c != ')' &&
                         c != '*' && c != '\\' && adp_is_printable(c);

        if (plain) {
            next = g_utf8_next_char(p);
            g_string_append_len(out, p, next - p);
        } else {
            g_string_append_printf(out, "\\%02x", (guint8)*p);
        }
        p = next;
    }
}

/* RFC 4512 2.5, and the colons of an extensible match: nothing else is an attribute. */
static void append_attribute(GString *out, const char *attribute)
{
    const char *p;

    for (p = attribute; *p; p++) {
        if (g_ascii_isalnum(*p) || strchr("-.;:_@", *p)) {
            g_string_append_c(out, *p);
        } else {
            g_string_append_printf(out, "\\x%02x", (guint8)*p);
        }
    }
}

static void append_substrings(GString *out, const adp_filter *f)
{
    guint i;

    append_value(out, &f->initial);
    g_string_append_c(out, '*');
    for (i = 0; i < f->any.count; i++) {
        append_value(out, &f->any.items[i]);
        g_string_append_c(out, '*');
    }
    append_value(out, &f->final);
}

static void append_filter(GString *out, const adp_filter *f, guint depth)
{
    static const char *const signs[] = {
        [ADP_FILTER_AND] = "&",         [ADP_FILTER_OR] = "|",         [ADP_FILTER_NOT] = "!",
        [ADP_FILTER_EQUAL] = "=",       [ADP_FILTER_SUBSTRINGS] = "=", [ADP_FILTER_GREATER] = ">=",
        [ADP_FILTER_LESS] = "<=",       [ADP_FILTER_PRESENT] = "=*",   [ADP_FILTER_APPROX] = "~=",
        [ADP_FILTER_EXTENSIBLE] = ":=",
    };
    const adp_filter *child;

    if (f->op == ADP_FILTER_DAMAGED || depth > ADP_FILTER_MAX_DEPTH) {
        g_string_append(out, "(?)");
        return;
    }
    g_string_append_c(out, '(');
    switch (f->op) {
    case ADP_FILTER_AND:
    case ADP_FILTER_OR:
    case ADP_FILTER_NOT:
        g_string_append(out, signs[f->op]);
        for (child = f->child; child; child = child->next) {
            append_filter(out, child, depth + 1);
        }
        break;
    case ADP_FILTER_SUBSTRINGS:
        append_attribute(out, f->attribute);
        g_string_append(out, signs[f->op]);
        append_substrings(out, f);
        break;
    default:
        append_attribute(out, f->attribute);
        g_string_append(out, signs[f->op]);
        append_value(out, &f->value);
        break;
    }
    g_string_append_c(out, ')');
}

const char *adp_filter_text(adp_arena *arena, const adp_filter *filter)
{
    GString *out = g_string_new(NULL);
    const char *text;

    append_filter(out, filter, 0);
    text = adp_arena_strndup(arena, out->str, out->len);
    g_string_free(out, TRUE);
    return text;
}

static gboolean visit_leaves(const adp_filter *f, gboolean negated, guint depth,
                             adp_filter_visit visit, gpointer user_data)
{
    const adp_filter *child;

    if (depth > ADP_FILTER_MAX_DEPTH) {
        return FALSE;
    }
    switch (f->op) {
    case ADP_FILTER_AND:
    case ADP_FILTER_OR:
    case ADP_FILTER_NOT:
        for (child = f->child; child; child = child->next) {
            if (visit_leaves(child, negated != (f->op == ADP_FILTER_NOT), depth + 1, visit,
                             user_data)) {
                return TRUE;
            }
        }
        return FALSE;
    case ADP_FILTER_DAMAGED:
        return FALSE;
    default:
        return !negated && visit(f, user_data);
    }
}

gboolean adp_filter_any_leaf(const adp_filter *filter, adp_filter_visit visit, gpointer user_data)
{
    return filter && visit_leaves(filter, FALSE, 0, visit, user_data);
}

typedef struct {
    const char *attribute;
    const adp_filter *found;
} find_state;

static gboolean is_wanted(const adp_filter *leaf, gpointer user_data)
{
    find_state *state = user_data;

    if (leaf->op == ADP_FILTER_EQUAL && adp_same_text(leaf->attribute, state->attribute)) {
        state->found = leaf;
    }
    return state->found != NULL;
}

const adp_filter *adp_filter_find_equal(const adp_filter *filter, const char *attribute)
{
    find_state state = {.attribute = attribute};

    (void)adp_filter_any_leaf(filter, is_wanted, &state);
    return state.found;
}
