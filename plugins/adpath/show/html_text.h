/* html_text.h
 * What a page of HTML is written with. Text of any origin goes through one function, which escapes it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_HTML_TEXT_H
#define ADPATH_SHOW_HTML_TEXT_H

#include "show/sink.h"

#include <glib.h>

/** A page that is being written. */
typedef struct adp_page adp_page;

/** Hands the page on to `sink` piece by piece, so that no more than a piece is kept. */
adp_page *adp_page_new(adp_sink sink, void *data, gboolean mailboxes);

/** Hands on what is left, and frees. */
void adp_page_end(adp_page *page);

/** Markup of ours: a constant, nothing that comes from a capture. */
void adp_page_raw(adp_page *page, const char *markup);

/** Likewise, with numbers in it. No %s: text goes through adp_page_text(). */
void adp_page_rawf(adp_page *page, const char *format, ...) G_GNUC_PRINTF(2, 3);

/**
 * Text, as content or within a quoted attribute, of HTML and of SVG. No character of it is markup;
 * what breaks lines, turns the direction or cannot be seen is shown as \xNN. Mailboxes are masked
 * as the page wants it. NULL is nothing.
 */
void adp_page_text(adp_page *page, const char *text);

/** The same of a command: advice leaves out those with a mailbox, so that each works as it stands. */
void adp_page_command(adp_page *page, const char *text);

/** Text, no longer than so many columns: what is cut ends with an ellipsis. */
void adp_page_short(adp_page *page, const char *text, guint columns);

/** Seconds with six decimals, as in all reports. */
void adp_page_seconds(adp_page *page, gint64 ns);

/** `<TAG class="CLASS">TEXT</TAG>`; tag and class are constants of ours, the class may be NULL. */
void adp_page_element(adp_page *page, const char *tag, const char *class, const char *text);

/** Was the term (its place in facts/glossary.h) in any text so far? */
gboolean adp_page_has_term(const adp_page *page, guint term);

#endif
