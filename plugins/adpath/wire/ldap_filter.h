/* ldap_filter.h
 * An LDAP search filter: as a tree, as RFC 4515 text, and what it asks for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_LDAP_FILTER_H
#define ADPATH_WIRE_LDAP_FILTER_H

#include "wire/arena.h"

#include "wire/limits.h"

#include <glib.h>

/** The CHOICE numbers of Filter, RFC 4511 4.5.1. */
typedef enum {
    ADP_FILTER_AND = 0,
    ADP_FILTER_OR = 1,
    ADP_FILTER_NOT = 2,
    ADP_FILTER_EQUAL = 3,
    ADP_FILTER_SUBSTRINGS = 4,
    ADP_FILTER_GREATER = 5,
    ADP_FILTER_LESS = 6,
    ADP_FILTER_PRESENT = 7,
    ADP_FILTER_APPROX = 8,
    ADP_FILTER_EXTENSIBLE = 9,
    ADP_FILTER_DAMAGED = 100 /* could not be read: cut short, or nonsense */
} adp_filter_op;

/** A filter deeper or wider than this is shown only so far. */
#define ADP_FILTER_MAX_DEPTH ADP_MAX_FILTER_DEPTH
#define ADP_FILTER_MAX_NODES ADP_MAX_FILTER_NODES

typedef struct {
    const guint8 *bytes; /* the arena's; never NULL when len > 0 */
    gsize len;
} adp_blob;

typedef struct adp_filter adp_filter;

/** A node; all it points to is the arena's. */
struct adp_filter {
    adp_filter_op op;
    const char *attribute; /* description or matching rule "attr:dn:rule"; NULL for and/or/not */
    adp_blob value;        /* equal, greater, less, approx, extensible */
    adp_blob initial;      /* substrings: value before the first star, len 0 = none */
    ADP_LIST(adp_blob) any;
    adp_blob final;
    adp_filter *child; /* and, or, not: the first operand */
    adp_filter *next;  /* the next operand of the same parent */
};

/**
 * The filter as RFC 4515 writes it, with its nesting and every byte escaped
 * that has to be. What could not be read stands as "(?)", which no server
 * accepts, so that nobody takes it for the whole filter.
 * The result is the arena's.
 */
const char *adp_filter_text(adp_arena *arena, const adp_filter *filter);

/**
 * Calls `visit` for each leaf that selects entries, which is every leaf that
 * does not stand below an odd number of NOTs. Stops when it returns TRUE, and
 * returns that.
 */
typedef gboolean (*adp_filter_visit)(const adp_filter *leaf, gpointer user_data);
gboolean adp_filter_any_leaf(const adp_filter *filter, adp_filter_visit visit, gpointer user_data);

/** The first equality on `attribute` (without regard to case), or NULL. */
const adp_filter *adp_filter_find_equal(const adp_filter *filter, const char *attribute);

#endif
