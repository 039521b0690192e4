/* markdown.h
 * The report as Markdown, to be put into a ticket.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_MARKDOWN_H
#define ADPATH_SHOW_MARKDOWN_H

#include "judge/analysis.h"
#include "show/rows.h"

/** An adp_reporter. Text of packets is escaped: it can become no markup. */
void adp_markdown(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
                  GString *out);

#endif
