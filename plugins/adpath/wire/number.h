/* number.h
 * Digits of packets as numbers: bounded by their length and by a greatest value, never by a NUL.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_NUMBER_H
#define ADPATH_WIRE_NUMBER_H

#include <glib.h>

/**
 * The decimal digits at the beginning of the `len` bytes of `text`. No sign, no white space.
 *
 * @param[out] ret  their value, only when it is at most `max`.
 * @return how many digits there are; 0: none, or their value is above `max`.
 */
gsize adp_number_at(const char *text, gsize len, guint64 max, guint64 *ret);

/** Likewise, but the digits must be all of the text. */
gboolean adp_number(const char *text, gsize len, guint64 max, guint64 *ret);

#endif
