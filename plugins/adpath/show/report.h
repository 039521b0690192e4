/* report.h
 * The report for people.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_REPORT_H
#define ADPATH_SHOW_REPORT_H

#include "judge/analysis.h"
#include "show/rows.h"

/** Appends the report: plain ASCII of its own, at most 100 columns. */
void adp_report(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
                GString *out);

/** The report of -z adpath,stages: of each path whose it is, its verdict and its stages. */
void adp_report_short(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
                      GString *out);

/** An adp_reporter: one word alone, of judge/health.h. */
void adp_report_word(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
                     GString *out);

#endif
