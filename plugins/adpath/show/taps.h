/* taps.h
 * The reports behind -z adpath,...
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_TAPS_H
#define ADPATH_SHOW_TAPS_H

#include "join/model.h"
#include "show/rows.h"

/** Registers the command-line statistics. */
void adp_taps_register(void);

/** Appends a report to `out`. */
typedef void (*adp_reporter)(const adp_model *model, const adp_selection *selection,
                             gboolean mailboxes, GString *out);

/**
 * Prints a report when the capture has been read. `filter` may be NULL; a wrong one ends the
 * program, and `arg` is what the user wrote.
 */
void adp_taps_start(const char *arg, adp_reporter report, const char *filter);

/**
 * Frames that passed a tap's filter. Their paths are found when the report is
 * made, because only then is the whole capture known.
 */
typedef struct adp_hits adp_hits;

/** `all`: no filter was given, everything is selected. Free with adp_hits_free(). */
adp_hits *adp_hits_new(gboolean all);
void adp_hits_free(adp_hits *hits);
void adp_hits_reset(adp_hits *hits);
void adp_hits_add(adp_hits *hits, guint32 obs);
/** The caller frees `paths` with g_hash_table_unref() when it is not NULL. */
adp_selection adp_hits_selection(const adp_hits *hits, const adp_model *model);

#endif
