/* html_findings.h
 * What is concluded from a path, as parts of a page: its stages, findings and endpoints.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_HTML_FINDINGS_H
#define ADPATH_SHOW_HTML_FINDINGS_H

#include "judge/analysis.h"
#include "show/html_text.h"

#include <glib.h>

/** The path in six lines, with a bar for the share of its time. */
void adp_html_stages(adp_page *page, adp_analysis *analysis, guint32 path, gboolean mailboxes);

/** Where the path's time went, as in the report; nothing of a path that was quick. */
void adp_html_time(adp_page *page, adp_analysis *analysis, guint32 path);

/** The findings, the worst first: what was seen, what follows, causes, commands. */
void adp_html_findings(adp_page *page, adp_analysis *analysis, guint32 path, gboolean mailboxes);

/** What sealed traffic of a path probably carried; nothing when nothing is inferred. */
void adp_html_inferred(adp_page *page, adp_analysis *analysis, guint32 path);

/** The endpoints in the documented order, beside when the client tried them; nothing without any. */
void adp_html_endpoints(adp_page *page, adp_analysis *analysis, guint32 path);

/** An outcome, a severity: a word of ours that has a colour of its own. */
void adp_html_chip(adp_page *page, const char *word);

/** Links to steps, "step 3, 4 and 7 more"; `numbers` are guint32, from 0. */
void adp_html_step_links(adp_page *page, const GArray *numbers);

#endif
