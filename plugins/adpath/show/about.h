/* about.h
 * How the plugin itself works here, in words.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_ABOUT_H
#define ADPATH_SHOW_ABOUT_H

#include "judge/analysis.h"
#include "show/rows.h"

/** An adp_reporter. */
void adp_about(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
               GString *out);

#endif
