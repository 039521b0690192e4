/* srt.h
 * Service response times by kind of step.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_SRT_H
#define ADPATH_SHOW_SRT_H

#include "judge/analysis.h"
#include "show/rows.h"

/** Registers the table: Statistics > Service Response Time, and sharkd's srt:adpath. */
void adp_srt_register(int proto);

/** An adp_reporter: the same table as text. */
void adp_srt_text(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
                  GString *out);

#endif
