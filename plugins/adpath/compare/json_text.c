/* json_text.c
 * A JSON text as a tree of values.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compare/json_text.h"

#include "wire/text.h"

#include <math.h>
#include <string.h>

/* Digits of a number that are looked at; a double has 17. */
#define NUMBER_LENGTH 64

/* Times further from 1970 do not fit. */
#define SECONDS_MAX 9.2e9

typedef struct {
    adp_arena *arena;
    const char *at;
    const char *end;
    guint values;
    adp_json_result result; /* once it is not ADP_JSON_READ, all is over */
    GString *piece;         /* the string that is being read */
} reader;

static gboolean fail(reader *r, adp_json_result result)
{
    if (r->result == ADP_JSON_READ) {
        r->result = result;
    }
    return FALSE;
}

static void skip_space(reader *r)
{
    while (r->at < r->end && strchr(" \t\r\n", *r->at) && *r->at) {
        r->at++;
    }
}

/* The next character that is no space; 0 at the end, which then is no JSON. */
static char peek(reader *r)
{
    skip_space(r);
    if (r->at == r->end) {
        fail(r, ADP_JSON_ENDS);
        return 0;
    }
    return *r->at;
}

static gboolean take(reader *r, const char *word)
{
    gsize len = strlen(word);
    gsize left = (gsize)(r->end - r->at);

    if (strncmp(r->at, word, MIN(len, left)) != 0) {
        return fail(r, ADP_JSON_WRONG);
    }
    if (left < len) {
        return fail(r, ADP_JSON_ENDS);
    }
    r->at += len;
    return TRUE;
}

/* Four hexadecimal digits. */
static gboolean read_unit(reader *r, gunichar *unit)
{
    int i;

    *unit = 0;
    for (i = 0; i < 4; i++) {
        if (r->at == r->end) {
            return fail(r, ADP_JSON_ENDS);
        }
        if (!g_ascii_isxdigit(*r->at)) {
            return fail(r, ADP_JSON_WRONG);
        }
        *unit = *unit << 4 | (gunichar)g_ascii_xdigit_value(*r->at++);
    }
    return TRUE;
}

/* Behind "\u". Half of a pair alone stands as the replacement character. */
static gboolean read_unicode(reader *r)
{
    gunichar unit;
    gunichar low;

    if (!read_unit(r, &unit)) {
        return FALSE;
    }
    if (unit >= 0xD800 && unit < 0xDC00 && r->end - r->at >= 2 && r->at[0] == '\\' &&
        r->at[1] == 'u') {
        r->at += 2;
        if (!read_unit(r, &low)) {
            return FALSE;
        }
        if (low >= 0xDC00 && low < 0xE000) {
            unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
        }
    }
    if (!unit || (unit >= 0xD800 && unit < 0xE000)) {
        unit = 0xFFFD;
    }
    g_string_append_unichar(r->piece, unit);
    return TRUE;
}

static gboolean read_escape(reader *r)
{
    static const char letters[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    const char *found;

    if (r->at == r->end) {
        return fail(r, ADP_JSON_ENDS);
    }
    if (*r->at == 'u') {
        r->at++;
        return read_unicode(r);
    }
    found = *r->at ? strchr(letters, *r->at) : NULL;
    if (!found) {
        return fail(r, ADP_JSON_WRONG);
    }
    r->at++;
    g_string_append_c(r->piece, meanings[found - letters]);
    return TRUE;
}

/* At the opening quote. What is shown of it can break no line and turn no direction. */
static const char *read_string(reader *r)
{
    r->at++;
    g_string_truncate(r->piece, 0);
    for (;;) {
        const char *from = r->at;

        while (r->at < r->end && *r->at != '"' && *r->at != '\\' && (guchar)*r->at >= 0x20) {
            r->at++;
        }
        g_string_append_len(r->piece, from, r->at - from);
        if (r->at == r->end) {
            fail(r, ADP_JSON_ENDS);
            return NULL;
        }
        if (*r->at == '"') {
            r->at++;
            return adp_text(r->arena, (const guint8 *)r->piece->str, r->piece->len);
        }
        if (*r->at != '\\') {
            fail(r, ADP_JSON_WRONG);
            return NULL;
        }
        r->at++;
        if (!read_escape(r)) {
            return NULL;
        }
    }
}

static gboolean read_number(reader *r, double *number)
{
    char digits[NUMBER_LENGTH + 1];
    gsize len = 0;
    char *rest;

    while (r->at < r->end && *r->at && strchr("+-.0123456789eE", *r->at)) {
        if (len < NUMBER_LENGTH) {
            digits[len++] = *r->at;
        }
        r->at++;
    }
    digits[len] = '\0';
    *number = g_ascii_strtod(digits, &rest);
    if (!len || *rest || !isfinite(*number)) {
        return fail(r, ADP_JSON_WRONG);
    }
    return TRUE;
}

static gboolean read_value(reader *r, guint depth, adp_json_value *value);

/* Behind the opening bracket, as far as the closing one. */
static gboolean read_list(reader *r, guint depth, adp_json_value *list, char closing)
{
    const adp_json_value **link = &list->u.first;

    if (depth >= ADP_JSON_DEPTH) {
        return fail(r, ADP_JSON_LARGE);
    }
    if (peek(r) == closing) {
        r->at++;
        return TRUE;
    }
    for (;;) {
        adp_json_value *value;
        char c;

        if (r->values++ >= ADP_JSON_VALUES) {
            return fail(r, ADP_JSON_LARGE);
        }
        value = adp_arena_alloc(r->arena, sizeof *value);
        *link = value;
        link = &value->next;
        if (closing == '}') {
            if (peek(r) != '"') {
                return fail(r, ADP_JSON_WRONG);
            }
            value->name = read_string(r);
            if (!value->name || peek(r) != ':') {
                return fail(r, ADP_JSON_WRONG);
            }
            r->at++;
        }
        if (!read_value(r, depth + 1, value)) {
            return FALSE;
        }
        c = peek(r);
        if (c != closing && c != ',') {
            return fail(r, ADP_JSON_WRONG);
        }
        r->at++;
        if (c == closing) {
            return TRUE;
        }
    }
}

static gboolean read_value(reader *r, guint depth, adp_json_value *value)
{
    switch (peek(r)) {
    case '{':
        r->at++;
        value->type = ADP_JSON_OBJECT;
        return read_list(r, depth, value, '}');
    case '[':
        r->at++;
        value->type = ADP_JSON_ARRAY;
        return read_list(r, depth, value, ']');
    case '"':
        value->type = ADP_JSON_STRING;
        value->u.text = read_string(r);
        return value->u.text != NULL;
    case 't':
        value->type = ADP_JSON_TRUE;
        return take(r, "true");
    case 'f':
        value->type = ADP_JSON_FALSE;
        return take(r, "false");
    case 'n':
        value->type = ADP_JSON_NULL;
        return take(r, "null");
    default:
        value->type = ADP_JSON_NUMBER;
        return read_number(r, &value->u.number);
    }
}

adp_json_result adp_value_read(adp_arena *arena, const char *text, gsize len,
                               const adp_json_value **value)
{
    reader r = {.arena = arena, .at = text, .end = text + len, .piece = g_string_new(NULL)};
    adp_json_value *root = adp_arena_alloc(arena, sizeof *root);

    if (read_value(&r, 0, root)) {
        skip_space(&r);
        if (r.at < r.end) {
            fail(&r, ADP_JSON_MORE);
        }
    }
    g_string_free(r.piece, TRUE);
    *value = r.result == ADP_JSON_READ ? root : NULL;
    return r.result;
}

const adp_json_value *adp_value_member(const adp_json_value *object, const char *name)
{
    const adp_json_value *value;

    if (!object || object->type != ADP_JSON_OBJECT) {
        return NULL;
    }
    for (value = object->u.first; value; value = value->next) {
        if (strcmp(value->name, name) == 0) {
            return value;
        }
    }
    return NULL;
}

const adp_json_value *adp_value_items(const adp_json_value *array)
{
    return array && array->type == ADP_JSON_ARRAY ? array->u.first : NULL;
}

const char *adp_value_string(const adp_json_value *object, const char *name)
{
    const adp_json_value *value = adp_value_member(object, name);

    return value && value->type == ADP_JSON_STRING ? value->u.text : NULL;
}

guint32 adp_value_uint(const adp_json_value *object, const char *name, guint32 otherwise)
{
    const adp_json_value *value = adp_value_member(object, name);

    if (!value || value->type != ADP_JSON_NUMBER || value->u.number < 0 ||
        value->u.number > (double)G_MAXUINT32) {
        return otherwise;
    }
    return (guint32)value->u.number;
}

gint64 adp_value_time(const adp_json_value *object, const char *name, gint64 otherwise)
{
    const adp_json_value *value = adp_value_member(object, name);
    double micros;

    if (!value || value->type != ADP_JSON_NUMBER || fabs(value->u.number) > SECONDS_MAX) {
        return otherwise;
    }
    micros = value->u.number * 1e6;
    return (gint64)(micros < 0 ? micros - 0.5 : micros + 0.5) * 1000;
}

gboolean adp_value_true(const adp_json_value *object, const char *name)
{
    const adp_json_value *value = adp_value_member(object, name);

    return value && value->type == ADP_JSON_TRUE;
}
