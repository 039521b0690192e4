/* verdict.h
 * The parts of a report that judge: verdicts, endpoints, findings.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_VERDICT_H
#define ADPATH_SHOW_VERDICT_H

#include "join/model.h"
#include "judge/analysis.h"
#include "judge/health.h"
#include "show/rows.h"

/**
 * What is to be said first of a path: the finding that explains most, what was made good, or which
 * steps went wrong; free with g_free().
 */
char *adp_path_verdict(adp_analysis *analysis, guint32 path, gboolean mailboxes);

/** The same for all selected paths in one sentence; free with g_free(). NULL: there is none. */
char *adp_capture_verdict(adp_analysis *analysis, const adp_selection *selection,
                          gboolean mailboxes);

/**
 * The same for the first line, which programs read: it begins with adp_capture_outcome(), a comma or a dash
 * behind it, however many paths there are. Free with g_free().
 */
char *adp_verdict_line(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes);

/** Why there is no path to speak of: a sentence without its full stop. Constant. */
const char *adp_no_verdict(const adp_model *model, const adp_selection *selection);

/** The worst outcome of the selected paths; "none" when there is no path. */
const char *adp_capture_outcome(adp_analysis *analysis, const adp_selection *selection,
                                gboolean mailboxes);

/** The worst of the selected paths; not judged when there is none. */
adp_health adp_capture_health(adp_analysis *analysis, const adp_selection *selection,
                              gboolean mailboxes);

/** The endpoints of a path as a table; nothing when there are none. */
void adp_report_endpoints(adp_analysis *analysis, guint32 path, gboolean mailboxes, GString *out);

/** What sealed traffic of a path probably carried; nothing when nothing is inferred. */
void adp_report_inferred(adp_analysis *analysis, guint32 path, gboolean mailboxes, GString *out);

/** The findings of a path with evidence, causes and checks; nothing when there are none. */
void adp_report_findings(adp_analysis *analysis, guint32 path, gboolean mailboxes, GString *out);

#endif
