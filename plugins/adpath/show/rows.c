/* rows.c
 * One line a step.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/rows.h"
#include "show/sink.h"

#include "facts/outcome.h"
#include "facts/summary.h"
#include "facts/view.h"
#include "join/identity.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "log/observation.h"
#include "wire/text.h"

#include <string.h>

static const char *const column_names[ADP_COLUMNS] = {
    "n", "path", "frame", "time", "kind", "client", "server", "outcome", "took", "summary"};

const char *adp_column_name(adp_column column)
{
    return column_names[column];
}

gboolean adp_selected(const adp_selection *selection, guint32 path)
{
    return !selection->paths || g_hash_table_contains(selection->paths, GUINT_TO_POINTER(path + 1));
}

adp_row adp_row_of(const adp_model *model, guint32 step_index, gboolean mailboxes)
{
    const adp_step *step = adp_model_step(model, step_index);
    const adp_obs *start =
        adp_model_obs(model, step->request != ADP_NONE ? step->request : step->first);
    adp_view view = adp_view_whole(model, step_index, mailboxes);
    gint64 first = 0;
    gint64 last;
    guint32 frames;
    adp_row row = {
        .n = step_index + 1,
        .path = step->path + 1,
        .frame = start->frame,
        .kind = adp_step_kind_name(step->kind),
        .client = adp_model_address_text(model, step->flow.client),
        .server = adp_model_address_text(model, step->flow.server),
        .outcome = adp_outcome_name(adp_step_outcome(model, step, FALSE)),
        .summary = adp_summary(model, &view),
    };

    (void)adp_model_span(model, &first, &last, &frames);
    row.time = adp_since(start->time, first);
    row.has_took = adp_step_time(model, &view, &row.took);
    return row;
}

void adp_row_clear(adp_row *row)
{
    g_free(row->summary);
    row->summary = NULL;
}

/* The cells of a row as text; free with g_strfreev(). */
static char **cells_of(const adp_row *row)
{
    char **cells = g_new0(char *, ADP_COLUMNS + 1);
    char seconds[ADP_SECONDS_LEN];

    cells[ADP_COLUMN_N] = g_strdup_printf("%u", row->n);
    cells[ADP_COLUMN_PATH] = g_strdup_printf("%u", row->path);
    cells[ADP_COLUMN_FRAME] = g_strdup_printf("%u", row->frame);
    cells[ADP_COLUMN_TIME] = g_strdup(adp_seconds(row->time, seconds));
    cells[ADP_COLUMN_KIND] = g_strdup(row->kind);
    cells[ADP_COLUMN_CLIENT] = g_strdup(row->client);
    cells[ADP_COLUMN_SERVER] = g_strdup(row->server);
    cells[ADP_COLUMN_OUTCOME] = g_strdup(row->outcome);
    cells[ADP_COLUMN_TOOK] = g_strdup(row->has_took ? adp_seconds(row->took, seconds) : "");
    cells[ADP_COLUMN_SUMMARY] = g_strdup(row->summary);
    return cells;
}

static char **cells_of_step(const adp_model *model, guint32 step, gboolean mailboxes)
{
    adp_row row = adp_row_of(model, step, mailboxes);
    char **cells = cells_of(&row);

    adp_row_clear(&row);
    return cells;
}

static char **heading(void)
{
    char **cells = g_new0(char *, ADP_COLUMNS + 1);
    int c;

    for (c = 0; c < ADP_COLUMNS; c++) {
        cells[c] = g_strdup(column_names[c]);
    }
    return cells;
}

/* Rows of cells, each an owned string vector; the first is the heading. */
static GPtrArray *all_cells(const adp_model *model, const adp_selection *selection,
                            gboolean mailboxes)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    guint32 i;

    g_ptr_array_add(rows, heading());
    for (i = 0; i < adp_model_step_count(model); i++) {
        if (adp_selected(selection, adp_model_step(model, i)->path)) {
            g_ptr_array_add(rows, cells_of_step(model, i, mailboxes));
        }
    }
    return rows;
}

static gboolean is_number(int column)
{
    return column <= ADP_COLUMN_TIME || column == ADP_COLUMN_TOOK;
}

void adp_rows_text(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
                   GString *out)
{
    GPtrArray *rows = all_cells(adp_analysis_model(analysis), selection, mailboxes);
    int width[ADP_COLUMNS] = {0};
    guint r;
    int c;

    for (r = 0; r < rows->len; r++) {
        for (c = 0; c < ADP_COLUMNS; c++) {
            char *const *cells = g_ptr_array_index(rows, r);

            width[c] = MAX(width[c], (int)strlen(cells[c]));
        }
    }
    for (r = 0; r < rows->len; r++) {
        char *const *cells = g_ptr_array_index(rows, r);

        for (c = 0; c < ADP_COLUMN_SUMMARY; c++) {
            g_string_append_printf(out, is_number(c) ? "%*s  " : "%-*s  ", width[c], cells[c]);
        }
        g_string_append(out, cells[ADP_COLUMN_SUMMARY]);
        g_string_append_c(out, '\n');
    }
    g_ptr_array_unref(rows);
}

/* No cell holds a tab: text of packets is escaped when it enters the model. */
static void append_tsv(GString *out, char **cells)
{
    char *line = g_strjoinv("\t", cells);

    g_string_append(out, line);
    g_string_append_c(out, '\n');
    g_free(line);
    g_strfreev(cells);
}

void adp_rows_tsv_write(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
                        adp_sink sink, void *data)
{
    const adp_model *model = adp_analysis_model(analysis);
    GString *out = g_string_new(NULL);
    guint32 i;

    append_tsv(out, heading());
    for (i = 0; i < adp_model_step_count(model); i++) {
        if (adp_selected(selection, adp_model_step(model, i)->path)) {
            append_tsv(out, cells_of_step(model, i, mailboxes));
            /* g_strfreev() freed the cells. NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
            adp_sink_pass(sink, data, out);
        }
    }
    adp_sink_end(sink, data, out);
}

void adp_rows_tsv(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
                  GString *out)
{
    adp_rows_tsv_write(analysis, selection, mailboxes, adp_sink_gather, out);
}
