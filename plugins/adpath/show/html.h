/* html.h
 * The report as one page of HTML that needs nothing else: for a ticket, a colleague, a customer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_HTML_H
#define ADPATH_SHOW_HTML_H

#include "judge/analysis.h"
#include "show/rows.h"
#include "show/sink.h"

#include <glib.h>

/**
 * Writes the page piece by piece. It holds no script, refers to nothing outside, and says so to the
 * browser, which then refuses both (Content-Security-Policy).
 * @param file  name of the capture; NULL: nobody knows it
 */
void adp_html_write(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
                    const char *file, adp_sink sink, void *data);

/** An adp_reporter: the whole page at once. */
void adp_html(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
              GString *out);

#endif
