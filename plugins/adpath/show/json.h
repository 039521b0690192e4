/* json.h
 * The report for programs; docs/adpath.schema.json describes it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_JSON_H
#define ADPATH_SHOW_JSON_H

#include "judge/analysis.h"
#include "show/rows.h"
#include "show/sink.h"

/** Writes the JSON document, with a newline at its end, piece by piece. */
void adp_json_write(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
                    adp_sink sink, void *data);

/** An adp_reporter: the whole document at once. */
void adp_json(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
              GString *out);

#endif
