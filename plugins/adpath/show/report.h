/* report.h
 * The report for people.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_REPORT_H
#define ADPATH_SHOW_REPORT_H

#include "join/model.h"
#include "show/rows.h"

/** Appends the report: plain ASCII of its own, at most 100 columns. */
void adp_report(const adp_model *model, const adp_selection *selection, gboolean mailboxes,
                GString *out);

#endif
