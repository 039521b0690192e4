/* json_text.h
 * A JSON text as a tree of values.
 *
 * wsutil's reader (json_parse(), jsmn) walks back over all neighbours at each bracket that closes,
 * so a report of 10,000 steps takes seconds, and a hostile file hours; and it is not there for
 * what links no Wireshark. This one is a single walk forward.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_COMPARE_JSON_TEXT_H
#define ADPATH_COMPARE_JSON_TEXT_H

#include "wire/arena.h"

#include <glib.h>

/** The report has eight levels; the reader calls itself. */
#define ADP_JSON_DEPTH 32
/** What stands in memory is bounded: each takes 40 bytes, beside its text. */
#define ADP_JSON_VALUES 4000000

typedef enum {
    ADP_JSON_NULL,
    ADP_JSON_FALSE,
    ADP_JSON_TRUE,
    ADP_JSON_NUMBER,
    ADP_JSON_STRING,
    ADP_JSON_ARRAY,
    ADP_JSON_OBJECT
} adp_json_type;

/** A value; the arena's, like all that it points to. */
typedef struct adp_json_value {
    adp_json_type type;
    const char *name; /* of the member of an object, else NULL */
    union {
        const char *text; /* printable UTF-8, see adp_text() */
        double number;
        const struct adp_json_value *first; /* of an array or an object */
    } u;
    const struct adp_json_value *next; /* beside it */
} adp_json_value;

typedef enum {
    ADP_JSON_READ,
    ADP_JSON_WRONG, /* no JSON */
    ADP_JSON_ENDS,  /* JSON so far, but not all of it */
    ADP_JSON_MORE,  /* something stands behind it */
    ADP_JSON_LARGE  /* too deep, or too many values */
} adp_json_result;

/** Reads the text, which may hold anything. `*value` is set where the result is ADP_JSON_READ. */
adp_json_result adp_value_read(adp_arena *arena, const char *text, gsize len,
                               const adp_json_value **value);

/** A member of an object by its name; NULL: there is none, or `object` is NULL or no object. */
const adp_json_value *adp_value_member(const adp_json_value *object, const char *name);

/** The first value of an array; NULL: it is empty, or no array. Go on with `next`. */
const adp_json_value *adp_value_items(const adp_json_value *array);

/** The text of a member; NULL when it is no string. */
const char *adp_value_string(const adp_json_value *object, const char *name);

/** The number of a member, within 0 and G_MAXUINT32; `otherwise` when it is none such. */
guint32 adp_value_uint(const adp_json_value *object, const char *name, guint32 otherwise);

/** Seconds of a member as nanoseconds, exact to the microsecond; `otherwise` when it is no number. */
gint64 adp_value_time(const adp_json_value *object, const char *name, gint64 otherwise);

/** Is the member true? */
gboolean adp_value_true(const adp_json_value *object, const char *name);

#endif
