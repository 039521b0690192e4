/* sink.c
 * Where a long report goes, piece by piece.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/sink.h"

/* Enough that handing it on costs nothing, little beside the capture. */
#define PIECE (64 * 1024)

void adp_sink_pass(adp_sink sink, void *data, GString *pending)
{
    if (pending->len >= PIECE) {
        sink(pending->str, pending->len, data);
        g_string_truncate(pending, 0);
    }
}

void adp_sink_end(adp_sink sink, void *data, GString *pending)
{
    sink(pending->str, pending->len, data);
    g_string_free(pending, TRUE);
}

void adp_sink_gather(const char *piece, gsize len, void *data)
{
    g_string_append_len(data, piece, (gssize)len);
}
