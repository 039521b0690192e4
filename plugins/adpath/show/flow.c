/* flow.c
 * The flow graph: one arrow a step, from client to server, and one a connection that was tried in vain.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "show/flow.h"

#include "join/model.h"
#include "judge/analysis.h"
#include "session.h"
#include "show/arrows.h"
#include "show/collect.h"
#include "show/report_window.h"
#include "show/rows.h"
#include "show/sequence.h"
#include "show/tap_data.h"
#include "show/taps.h"
#include "show/text_window.h"

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- packet by packet, for Wireshark and sharkd ---- */

/** Where an arrow stands. */
typedef struct {
    guint32 frame;
    guint32 step;
    GList *link; /* of the graph's queue */
} place;

typedef struct {
    adp_arrows drawing;
    adp_collector *collector; /* owned */
    GHashTable *items;        /* step + 1 -> its arrow, the graph's */
    GSequence *places;        /* of place, owned: by frame, then by step */
    GHashTable *tried;        /* path + 1: its connections in vain are drawn */
} flow_state;

/* seq_analysis_info_t* -> flow_state, owned: a graph has no room for it. */
static GHashTable *states;

static void state_free(gpointer data)
{
    flow_state *state = data;

    adp_arrows_clear(&state->drawing);
    adp_collector_free(state->collector);
    g_hash_table_unref(state->items);
    g_hash_table_unref(state->tried);
    g_sequence_free(state->places);
    g_free(state);
}

static flow_state *state_new(adp_analysis *analysis, gboolean with_findings)
{
    flow_state *state = g_new0(flow_state, 1);

    adp_arrows_init(&state->drawing, analysis, with_findings);
    state->collector = adp_collector_new();
    state->items = g_hash_table_new(NULL, NULL);
    state->places = g_sequence_new(g_free);
    state->tried = g_hash_table_new(NULL, NULL);
    return state;
}

static gint by_place(gconstpointer a, gconstpointer b, gpointer user_data _U_)
{
    const place *x = a;
    const place *y = b;

    if (x->frame != y->frame) {
        return x->frame < y->frame ? -1 : 1;
    }
    return x->step < y->step ? -1 : x->step > y->step;
}

/* Paths come in whole, so an arrow may belong before others; the graph draws its queue. */
static void insert(flow_state *state, GQueue *queue, guint32 step, seq_analysis_item_t *item)
{
    place *new_place = g_new0(place, 1);
    GSequenceIter *at;

    new_place->frame = item->frame_number;
    new_place->step = step;
    at = g_sequence_insert_sorted(state->places, new_place, by_place, NULL);
    if (g_sequence_iter_is_begin(at)) {
        g_queue_push_head(queue, item);
        new_place->link = queue->head;
    } else {
        GList *before = ((place *)g_sequence_get(g_sequence_iter_prev(at)))->link;

        g_queue_insert_after(queue, before, item);
        new_place->link = before->next;
    }
    if (step != ADP_NONE) {
        g_hash_table_insert(state->items, GUINT_TO_POINTER(step + 1), item);
    }
}

/* With its steps, a path's connections in vain come in. */
static void collect_tried(flow_state *state, GQueue *queue, guint32 path)
{
    const GArray *tried = state->drawing.tried;
    guint i;

    if (!tried || !g_hash_table_add(state->tried, GUINT_TO_POINTER(path + 1))) {
        return;
    }
    for (i = 0; i < tried->len; i++) {
        const adp_vain *v = &g_array_index(tried, adp_vain, i);

        if (v->path == path) {
            insert(state, queue, ADP_NONE, adp_arrow_in_vain(&state->drawing, v));
        }
    }
}

static void collect_step(const adp_model *model _U_, guint32 step, const adp_counted *as _U_,
                         int by, void *user_data)
{
    seq_analysis_info_t *graph = user_data;
    flow_state *state = g_hash_table_lookup(states, graph);
    seq_analysis_item_t *item = g_hash_table_lookup(state->items, GUINT_TO_POINTER(step + 1));

    if (by < 0) {
        return; /* it comes in again at once */
    }
    collect_tried(state, graph->items, adp_model_step(state->drawing.model, step)->path);
    if (item) {
        adp_arrow_describe(&state->drawing, step, item);
    } else {
        insert(state, graph->items, step, adp_arrow_new(&state->drawing, step));
    }
}

static tap_packet_status flow_packet(void *data, packet_info *pinfo, epan_dissect_t *edt _U_,
                                     const void *tapped, tap_flags_t flags _U_)
{
    seq_analysis_info_t *graph = data;
    adp_analysis *analysis = adp_current_analysis();
    flow_state *state = g_hash_table_lookup(states, graph);

    if (!analysis) {
        return TAP_PACKET_DONT_REDRAW;
    }
    /* Wireshark empties a graph to fill it anew. */
    if (!state || g_queue_is_empty(graph->items)) {
        state = state_new(analysis, pinfo->fd->visited);
        g_hash_table_replace(states, graph, state);
    }
    state->drawing.model = adp_analysis_model(analysis);
    adp_collect(state->collector, analysis, adp_tap_first(tapped), pinfo->fd->visited, collect_step,
                graph);
    return TAP_PACKET_REDRAW;
}

/* ---- at once, for tshark ---- */

static gint by_frame(gconstpointer a, gconstpointer b, gpointer user_data _U_)
{
    const seq_analysis_item_t *x = a;
    const seq_analysis_item_t *y = b;

    return (x->frame_number > y->frame_number) - (x->frame_number < y->frame_number);
}

static void fill(adp_analysis *analysis, const adp_selection *selection, seq_analysis_info_t *graph)
{
    const adp_model *model = adp_analysis_model(analysis);
    adp_arrows d;
    guint32 i;

    adp_arrows_init(&d, analysis, TRUE);
    for (i = 0; i < adp_model_step_count(model); i++) {
        if (adp_selected(selection, adp_model_step(model, i)->path)) {
            g_queue_push_tail(graph->items, adp_arrow_new(&d, i));
        }
    }
    for (i = 0; i < d.tried->len; i++) {
        const adp_vain *v = &g_array_index(d.tried, adp_vain, i);

        if (adp_selected(selection, v->path)) {
            g_queue_push_tail(graph->items, adp_arrow_in_vain(&d, v));
        }
    }
    g_queue_sort(graph->items, by_frame, NULL); /* of one frame, steps keep their order */
    adp_arrows_clear(&d);
}

/* libwireshark gives an end without a column the number behind the last; its ladder then breaks. */
static guint hide_without_column(const seq_analysis_info_t *graph)
{
    guint hidden = 0;
    const GList *link;

    for (link = graph->items->head; link; link = link->next) {
        seq_analysis_item_t *item = link->data;

        if (item->src_node >= ADP_SEQUENCE_COLUMNS || item->dst_node >= ADP_SEQUENCE_COLUMNS) {
            item->display = FALSE;
            hidden++;
        }
    }
    return hidden;
}

/* libwireshark writes to files only. */
static void dump(seq_analysis_info_t *graph, GString *out)
{
    FILE *file = tmpfile();
    char part[4096];
    gsize len;

    if (!file) {
        sequence_analysis_dump_to_file(stdout, graph, 0);
        return;
    }
    sequence_analysis_dump_to_file(file, graph, 0);
    rewind(file);
    while ((len = fread(part, 1, sizeof(part), file)) > 0) {
        g_string_append_len(out, part, (gssize)len);
    }
    (void)fclose(file);
}

static void ladder(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes _U_,
                   GString *out)
{
    seq_analysis_info_t *graph = sequence_analysis_info_new();
    guint hidden;
    guint all;

    fill(analysis, selection, graph);
    (void)sequence_analysis_get_nodes(graph);
    hidden = hide_without_column(graph);
    all = g_queue_get_length(graph->items);
    dump(graph, out);
    sequence_analysis_info_free(graph);
    if (hidden) {
        g_string_append_printf(out,
                               "%u of %u arrows are not drawn: there are more hosts than the %d "
                               "columns. Choose paths with a filter: "
                               "-z 'flow,adpath,standard,adpath.path == 1'\n",
                               hidden, all, ADP_SEQUENCE_COLUMNS);
    }
}

static void refuse(const char *reason)
{
    (void)fprintf(stderr, "tshark: flow - %s\n", reason);
    exit(1);
}

/* "flow,adpath,standard,FILTER": tshark's own words for what is wrong. */
static adp_stat_started start_flow(const char *arg, void *data _U_)
{
    static const char *const modes[] = {",standard", ",network"};
    const char *rest = arg + strlen("flow,adpath");
    gsize known = 0;
    guint i;

    for (i = 0; i < G_N_ELEMENTS(modes); i++) {
        if (g_str_has_prefix(rest, modes[i])) {
            known = strlen(modes[i]);
        }
    }
    if (!known) {
        refuse("Invalid address type.");
    }
    rest += known;
    rest = *rest == ',' && rest[1] ? rest + 1 : NULL;
    if (adp_gui_is_there()) {
        adp_gui_open_report(ladder, rest);
    } else {
        adp_taps_start(arg, ladder, rest);
    }
    ADP_RETURN_STARTED;
}

/* The module may be unloaded before the process ends. */
static void shut_down(void)
{
    g_clear_pointer(&states, g_hash_table_unref);
}

void adp_flow_register(int proto)
{
    stat_tap_ui ui = {.group = REGISTER_STAT_GROUP_GENERIC,
                      .cli_string = "flow,adpath",
                      .tap_init_cb = start_flow};

    /*
     * sharkd asks by name. Wireshark shows the first by name as chosen when it opens its window,
     * but draws "any", which is to stay the first.
     */
    const char *name = adp_gui_is_there() ? "directory" : "adpath";

    states = g_hash_table_new_full(NULL, NULL, NULL, state_free);
    register_shutdown_routine(shut_down);
    register_seq_analysis(name, "AD discovery path", proto, ADPATH_TAP_NAME, TL_REQUIRES_NOTHING,
                          flow_packet);
    /* Ours comes first, so that tshark's own, which knows one pass only, does not. */
    register_stat_tap_ui(&ui, NULL);
}
