/* steps_table.c
 * The table of steps in Wireshark's Statistics menu and in sharkd.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "show/steps_table.h"

#include "facts/outcome.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "session.h"
#include "show/collect.h"
#include "show/rows.h"
#include "show/tap_data.h"
#include "show/text_window.h"
#include "wire/text.h"

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>

static const char table_name[] = "Steps";

/* What belongs to one table; Wireshark's struct has no room for it. */
typedef struct {
    adp_collector *collector; /* owned */
    GHashTable *rows;         /* step + 1 -> row + 1 */
} table_state;

/*
 * In its window the table is as wide as it first opens; what came of a step stands in front there. Programs get the order of
 * the reports.
 */
static const adp_column in_window[ADP_COLUMNS] = {
    ADP_COLUMN_N,    ADP_COLUMN_FRAME,  ADP_COLUMN_OUTCOME, ADP_COLUMN_SUMMARY, ADP_COLUMN_KIND,
    ADP_COLUMN_TOOK, ADP_COLUMN_CLIENT, ADP_COLUMN_SERVER,  ADP_COLUMN_PATH,    ADP_COLUMN_TIME};

static adp_column column_at(int place)
{
    return adp_gui_is_there() ? in_window[place] : (adp_column)place;
}

static GHashTable *states; /* stat_tap_table* -> table_state, owned */

static void state_free(gpointer data)
{
    table_state *state = data;

    adp_collector_free(state->collector);
    g_hash_table_unref(state->rows);
    g_free(state);
}

static table_state *state_new(void)
{
    table_state *state = g_new0(table_state, 1);

    state->collector = adp_collector_new();
    state->rows = g_hash_table_new(NULL, NULL);
    return state;
}

/* Strings of the cells are copies: rows outlive the model when a file is closed. */
static void free_cell(stat_tap_table *table _U_, guint row _U_, guint column _U_,
                      stat_tap_table_item_type *cell)
{
    if (cell->type == TABLE_ITEM_STRING) {
        g_free((char *)cell->value.string_value);
        cell->value.string_value = NULL;
    }
}

static void free_cells(stat_tap_table *table, guint row)
{
    guint c;

    for (c = 0; c < table->num_fields; c++) {
        free_cell(table, row, c, &table->elements[row][c]);
    }
}

static void table_reset(stat_tap_table *table)
{
    guint row;

    for (row = 0; row < table->num_elements; row++) {
        free_cells(table, row);
        g_free(table->elements[row]);
    }
    table->num_elements = 0;
    g_hash_table_replace(states, table, state_new());
}

static void table_init(stat_tap_table_ui *ui)
{
    stat_tap_table *table = stat_tap_find_table(ui, table_name);

    if (!table) {
        table = stat_tap_init_table(table_name, ADP_COLUMNS, 0, NULL);
        stat_tap_add_table(ui, table);
    }
    table_reset(table);
}

static void set_uint(stat_tap_table_item_type *cell, guint value)
{
    cell->type = TABLE_ITEM_UINT;
    cell->value.uint_value = value;
}

static void set_string(stat_tap_table_item_type *cell, const char *value)
{
    cell->type = TABLE_ITEM_STRING;
    cell->value.string_value = g_strdup(value);
}

static void set_seconds(stat_tap_table_item_type *cell, gint64 ns)
{
    cell->type = TABLE_ITEM_FLOAT;
    cell->value.float_value = (double)ns / (double)ADP_NS_PER_S;
}

static void fill(stat_tap_table *table, guint at, const adp_row *row)
{
    stat_tap_table_item_type cells[ADP_COLUMNS] = {{0}};
    stat_tap_table_item_type placed[ADP_COLUMNS] = {{0}};
    int c;

    set_uint(&cells[ADP_COLUMN_N], row->n);
    set_uint(&cells[ADP_COLUMN_PATH], row->path);
    set_uint(&cells[ADP_COLUMN_FRAME], row->frame);
    set_seconds(&cells[ADP_COLUMN_TIME], row->time);
    set_string(&cells[ADP_COLUMN_KIND], row->kind);
    set_string(&cells[ADP_COLUMN_CLIENT], row->client);
    set_string(&cells[ADP_COLUMN_SERVER], row->server);
    set_string(&cells[ADP_COLUMN_OUTCOME], row->outcome);
    if (row->has_took) {
        set_seconds(&cells[ADP_COLUMN_TOOK], row->took);
    }
    set_string(&cells[ADP_COLUMN_SUMMARY], row->summary);
    if (at < table->num_elements) {
        free_cells(table, at);
    }
    for (c = 0; c < ADP_COLUMNS; c++) {
        placed[c] = cells[column_at(c)];
    }
    stat_tap_init_table_row(table, at, ADP_COLUMNS, placed);
}

static void set_row(const adp_model *model, guint32 step, const adp_counted *as _U_, int by,
                    void *user_data)
{
    stat_tap_table *table = user_data;
    table_state *state = g_hash_table_lookup(states, table);
    gpointer key = GUINT_TO_POINTER(step + 1);
    guint at = GPOINTER_TO_UINT(g_hash_table_lookup(state->rows, key));
    adp_row row;

    /* A step that goes out comes in again at once, into the same row. */
    if (by < 0) {
        return;
    }
    if (!at) {
        at = table->num_elements + 1;
        g_hash_table_insert(state->rows, key, GUINT_TO_POINTER(at));
    }
    row = adp_row_of(model, step, adp_shows_mailboxes());
    fill(table, at - 1, &row);
    adp_row_clear(&row);
}

static tap_packet_status table_packet(void *data, packet_info *pinfo, epan_dissect_t *edt _U_,
                                      const void *tapped, tap_flags_t flags _U_)
{
    stat_data_t *stat = data;
    stat_tap_table *table = stat_tap_find_table(stat->stat_tap_data, table_name);
    table_state *state = table ? g_hash_table_lookup(states, table) : NULL;
    adp_analysis *analysis = adp_current_analysis();

    if (!state || !analysis) {
        return TAP_PACKET_DONT_REDRAW;
    }
    adp_collect(state->collector, analysis, adp_tap_first(tapped), pinfo->fd->visited, set_row,
                table);
    return TAP_PACKET_REDRAW;
}

/* The module may be unloaded before the process ends. */
static void shut_down(void)
{
    g_clear_pointer(&states, g_hash_table_unref);
}

void adp_steps_table_register(void)
{
    static stat_tap_table_item fields[ADP_COLUMNS];
    static stat_tap_table_ui ui = {
        .group = REGISTER_PACKET_STAT_GROUP_UNSORTED,
        .title = "AD Discovery Steps",
        .tap_name = ADPATH_TAP_NAME,
        .cli_string = "adpath,steps",
        .stat_tap_init_cb = table_init,
        .packet_func = table_packet,
        .stat_tap_reset_table_cb = table_reset,
        .stat_tap_free_table_item_cb = free_cell,
        .nfields = ADP_COLUMNS,
        .fields = fields,
    };
    int c;

    for (c = 0; c < ADP_COLUMNS; c++) {
        adp_column column = column_at(c);
        gboolean seconds = column == ADP_COLUMN_TIME || column == ADP_COLUMN_TOOK;
        gboolean whole = column < ADP_COLUMN_TIME;

        fields[c].column_name = adp_column_name(column);
        fields[c].type = seconds ? TABLE_ITEM_FLOAT : whole ? TABLE_ITEM_UINT : TABLE_ITEM_STRING;
        fields[c].align = seconds || whole ? TAP_ALIGN_RIGHT : TAP_ALIGN_LEFT;
        fields[c].field_format = seconds ? "%f" : whole ? "%u" : "%s";
    }
    states = g_hash_table_new_full(NULL, NULL, NULL, state_free);
    register_shutdown_routine(shut_down);
    register_stat_tap_table_ui(&ui);
}
