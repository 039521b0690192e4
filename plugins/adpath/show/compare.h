/* compare.h
 * The open capture beside another one, of which there is a report: as a text, and in a window.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_COMPARE_H
#define ADPATH_SHOW_COMPARE_H

#include "judge/analysis.h"

#include <glib.h>

/** The report of another capture, and the name of its file. */
typedef struct adp_other_capture adp_other_capture;

/**
 * Reads the output of -z adpath,json of another capture. NULL: it cannot be read; `*problem`, which
 * the caller frees, goes on after "the file".
 */
adp_other_capture *adp_other_capture_open(const char *file, char **problem);

/** NULL is allowed. */
void adp_other_capture_free(adp_other_capture *other);

/** Appends what is different in the open capture and in the other one. */
void adp_compare_text(adp_analysis *analysis, const adp_other_capture *other, gboolean mailboxes,
                      GString *out);

/**
 * The same for a window, of the file that was chosen last; also tells what is wrong with that file.
 * In the form that adp_gui_show() takes.
 */
void adp_compare_choose(const char *file);
void adp_compare_write(adp_analysis *analysis, GString *out, guint32 number);

#define ADP_COMPARE_TITLE "AD Discovery: compare"

#endif
