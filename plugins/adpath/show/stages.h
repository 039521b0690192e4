/* stages.h
 * A path in six lines.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_STAGES_H
#define ADPATH_SHOW_STAGES_H

#include "judge/analysis.h"

#include <glib.h>

/**
 * The table of the stages of a path, a line each, with the first fault below the stage that it stands in;
 * and where the time went, if the path took any.
 */
void adp_report_stages(adp_analysis *analysis, guint32 path, gboolean mailboxes, GString *out);

#endif
