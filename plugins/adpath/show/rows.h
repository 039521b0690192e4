/* rows.h
 * One line a step, and which steps a report is about.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_ROWS_H
#define ADPATH_SHOW_ROWS_H

#include "join/model.h"
#include "judge/analysis.h"
#include "show/sink.h"

/** The paths a report is about. */
typedef struct {
    GHashTable *paths; /* index + 1; NULL: all */
} adp_selection;

gboolean adp_selected(const adp_selection *selection, guint32 path);

typedef enum {
    ADP_COLUMN_N,
    ADP_COLUMN_PATH,
    ADP_COLUMN_FRAME,
    ADP_COLUMN_TIME,
    ADP_COLUMN_KIND,
    ADP_COLUMN_CLIENT,
    ADP_COLUMN_SERVER,
    ADP_COLUMN_OUTCOME,
    ADP_COLUMN_TOOK,
    ADP_COLUMN_SUMMARY,
    ADP_COLUMNS
} adp_column;

const char *adp_column_name(adp_column column);

/** A step as a row. Free with adp_row_clear(). */
typedef struct {
    guint32 n;
    guint32 path;
    guint32 frame; /* of the request; of the first PDU when that is missing */
    gint64 time;   /* ns since the first frame of the capture */
    const char *kind;
    const char *client;
    const char *server;
    const char *outcome;
    gboolean has_took;
    gint64 took;   /* ns */
    char *summary; /* owned */
} adp_row;

adp_row adp_row_of(const adp_model *model, guint32 step, gboolean mailboxes);
void adp_row_clear(adp_row *row);

/** All selected steps as aligned columns, or with tabs between them for scripts. */
void adp_rows_text(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
                   GString *out);
void adp_rows_tsv_write(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
                        adp_sink sink, void *data); /* piece by piece */
void adp_rows_tsv(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
                  GString *out);

#endif
