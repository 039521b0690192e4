/* sink.h
 * Where a long report goes, piece by piece, so that no more than a piece is kept.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_SINK_H
#define ADPATH_SHOW_SINK_H

#include <glib.h>

/** Takes a piece of the report; pieces end anywhere, also within a character. */
typedef void (*adp_sink)(const char *piece, gsize len, void *data);

/** Hands on what is pending when that is a piece, and empties it. */
void adp_sink_pass(adp_sink sink, void *data, GString *pending);

/** Hands on the rest, whatever its length, and frees it. */
void adp_sink_end(adp_sink sink, void *data, GString *pending);

/** An adp_sink for those who want the whole: appends to `data`, a GString. */
void adp_sink_gather(const char *piece, gsize len, void *data);

#endif
