/* text.h
 * Packet bytes as text that is safe to show, and small formatting.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_TEXT_H
#define ADPATH_WIRE_TEXT_H

#include "wire/arena.h"

#include "wire/limits.h"

#include <glib.h>

/** Longest text kept of one packet string, in bytes; the rest becomes "...". */
#define ADP_TEXT_MAX ADP_MAX_TEXT

#define ADP_NS_PER_S G_GINT64_CONSTANT(1000000000)

/**
 * `len` bytes of a packet as printable UTF-8: valid printable characters stay,
 * everything else (controls, bidi marks, broken UTF-8) becomes \xNN.
 * Bounded by ADP_TEXT_MAX. The result is the arena's. Never NULL.
 */
const char *adp_text(adp_arena *arena, const guint8 *bytes, gsize len);

/** Is it shown as it is? Not what breaks a line, turns its direction, or cannot be seen. */
gboolean adp_is_printable(gunichar c);

/** adp_text(), appended to `out`. */
void adp_text_append(GString *out, const guint8 *bytes, gsize len);

/**
 * Nanoseconds as seconds with six decimals and a point, whatever the locale
 * ("-0.000001"). `buf` has at least ADP_SECONDS_LEN bytes; it is returned.
 */
#define ADP_SECONDS_LEN 32
const char *adp_seconds(gint64 ns, char *buf);

/** "4.0 s", "21 s", "2 min 5 s": as exact as a person wants it; `buf` likewise. */
const char *adp_seconds_said(gint64 ns, char *buf);

/**
 * A copy in which white space, and the escapes of what breaks lines, stand as one space: for
 * sentences. NULL stays NULL; the caller frees it with g_free().
 */
char *adp_one_line(const char *text);

/** For g_array_sort() of guint32. */
gint adp_compare_numbers(gconstpointer a, gconstpointer b);

/** How many of the numbers are below `number`: its place, if it is there. `numbers` are guint32, ascending. */
guint adp_numbers_below(const GArray *numbers, guint32 number);

/** a - b, or the nearest number there is: times in packets may be anything. */
gint64 adp_since(gint64 a, gint64 b);

/** True when the two ASCII strings are equal without regard to case; NULLs are equal only to NULL. */
gboolean adp_same_text(const char *a, const char *b);

/** True when `text` begins (ends) with the ASCII string, without regard to case. */
gboolean adp_has_prefix(const char *text, const char *prefix);
gboolean adp_has_suffix(const char *text, const char *suffix);

/**
 * A copy of `text` in which each mail address stands as "<mailbox>".
 * The caller frees it with g_free(); NULL when nothing had to be masked, so
 * that `text` itself can be used.
 */
char *adp_mask_mailboxes(const char *text);

#endif
