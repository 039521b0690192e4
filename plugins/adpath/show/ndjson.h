/* ndjson.h
 * One line of JSON for the capture, for each path and for each finding, for log collectors.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_NDJSON_H
#define ADPATH_SHOW_NDJSON_H

#include "judge/analysis.h"
#include "show/rows.h"
#include "show/sink.h"

#include <glib.h>

/** Field names of the Elastic Common Schema, ours below "adpath"; piece by piece. */
void adp_ndjson_write(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
                      adp_sink sink, void *data);

/** An adp_reporter: all of it at once. */
void adp_ndjson(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
                GString *out);

#endif
