/* hits.h
 * Which paths a report is about: those of the frames that passed its filter.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_HITS_H
#define ADPATH_SHOW_HITS_H

#include "judge/analysis.h"
#include "show/rows.h"

#include <glib.h>

/** Appends a report to `out`. */
typedef void (*adp_reporter)(adp_analysis *analysis, const adp_selection *selection,
                             gboolean mailboxes, GString *out);

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
adp_selection adp_hits_selection(const adp_hits *hits, adp_analysis *analysis);

#endif
