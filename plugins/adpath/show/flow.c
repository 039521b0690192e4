/* flow.c
 * The flow graph: one arrow a step, from client to server.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "show/flow.h"

#include "facts/outcome.h"
#include "facts/summary.h"
#include "facts/view.h"
#include "join/identity.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/lookup.h"
#include "log/observation.h"
#include "session.h"
#include "show/collect.h"
#include "show/gui.h"
#include "show/rows.h"
#include "show/sequence.h"
#include "show/tap_data.h"
#include "show/taps.h"
#include "wire/hash.h"
#include "wire/text.h"

#include <epan/stat_tap_ui.h>
#include <epan/tap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Versions of Wireshark that we do not know may have longer items. */
#define SPARE 128

/* ---- who: names where the capture has them ---- */

/** Addresses as the graph shows them. */
typedef struct {
    GHashTable *labels; /* address + 1 -> owned text */
    GHashTable *taken;  /* text of `labels` -> address + 1 */
} names;

static void names_init(names *n)
{
    n->labels = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    n->taken = g_hash_table_new(adp_str_hash, adp_str_equal);
}

static void names_clear(const names *n)
{
    g_hash_table_unref(n->taken);
    g_hash_table_unref(n->labels);
}

/* Two machines of one name would be one column: the second has its address behind the name. */
static const char *label_of(const names *n, const adp_model *model, adp_client end)
{
    gpointer key = adp_client_key(end);
    char *label = g_hash_table_lookup(n->labels, key);
    const char *text = adp_model_address_text(model, end.address);
    const char *name = adp_model_client_name(model, end);

    if (!label) {
        label = g_strdup(name ? name : text);
        if (g_hash_table_contains(n->taken, label)) {
            g_free(label);
            label = g_strdup_printf("%s (%s)", name ? name : text, text);
        }
        g_hash_table_insert(n->labels, key, label);
        g_hash_table_insert(n->taken, label, key);
    }
    return label;
}

static void set_end(address *end, const char *label)
{
    alloc_address_wmem(NULL, end, AT_STRINGZ, (int)strlen(label) + 1, label);
}

/* ---- how it ended ---- */

/* The colours of the profile "AD Discovery". */
static void colour(seq_analysis_item_t *item, adp_outcome outcome)
{
    static const struct {
        unsigned back;
        unsigned text;
    } colours[ADP_OUTCOMES] = {
        [ADP_OK] = {0xcfe8dc, 0x0b2a1c},     [ADP_NORMAL] = {0xeef3c4, 0x26290c},
        [ADP_FAILED] = {0xf6b8a8, 0x3a0a0a}, [ADP_UNANSWERED] = {0xf6b8a8, 0x3a0a0a},
        [ADP_HIDDEN] = {0xd9d2ea, 0x251a40}, [ADP_PENDING] = {0xdfe9f5, 0x102332},
    };

    item->bg_color = colours[outcome].back;
    item->fg_color = colours[outcome].text;
    item->has_color_filter = TRUE;
}

/* Step + 1 -> what the findings say that cite it, owned. */
static GHashTable *comments_of(adp_analysis *analysis, gboolean mailboxes)
{
    const adp_model *model = adp_analysis_model(analysis);
    GHashTable *comments = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    const GPtrArray *findings = adp_findings(analysis, mailboxes);
    guint f;
    guint s;

    for (f = 0; f < findings->len; f++) {
        const adp_finding *finding = g_ptr_array_index(findings, f);
        GArray *steps = adp_finding_steps(model, finding);

        for (s = 0; s < steps->len; s++) {
            gpointer key = GUINT_TO_POINTER(g_array_index(steps, guint32, s) + 1);
            const char *before = g_hash_table_lookup(comments, key);

            g_hash_table_replace(
                comments, key,
                g_strdup_printf("%s%s%s: %s", before ? before : "", before ? "; " : "",
                                adp_severity_name(finding->severity), finding->summary));
        }
        g_array_unref(steps);
    }
    return comments;
}

/* ---- arrows ---- */

/** What arrows are made with. */
typedef struct {
    const adp_model *model;
    names names;
    GHashTable *comments; /* owned; NULL: the capture is still being read */
    gboolean mailboxes;
} drawing;

static void drawing_init(drawing *d, adp_analysis *analysis, gboolean with_findings)
{
    d->model = adp_analysis_model(analysis);
    d->mailboxes = adp_shows_mailboxes();
    d->comments = with_findings ? comments_of(analysis, d->mailboxes) : NULL;
    names_init(&d->names);
}

static void drawing_clear(const drawing *d)
{
    if (d->comments) {
        g_hash_table_unref(d->comments);
    }
    names_clear(&d->names);
}

/* Sets what may change while a capture is read. */
static void describe(const drawing *d, guint32 index, seq_analysis_item_t *item)
{
    const adp_step *step = adp_model_step(d->model, index);
    adp_view view = adp_view_whole(d->model, index, d->mailboxes);
    adp_outcome outcome = adp_step_outcome(d->model, step, FALSE);
    const char *finding =
        d->comments ? g_hash_table_lookup(d->comments, GUINT_TO_POINTER(index + 1)) : NULL;

    g_free(item->frame_label);
    g_free(item->comment);
    item->frame_label = adp_summary(d->model, &view);
    /* The finding comes first: windows cut comments off at their end, and ladders the label. */
    item->comment = g_strdup_printf("%s%s%u %s: %s", finding ? finding : "", finding ? " - " : "",
                                    index + 1, adp_outcome_name(outcome), item->frame_label);
    colour(item, outcome);
}

static seq_analysis_item_t *new_item(const drawing *d, guint32 index)
{
    const adp_step *step = adp_model_step(d->model, index);
    const adp_obs *start =
        adp_model_obs(d->model, step->request != ADP_NONE ? step->request : step->first);
    seq_analysis_item_t *item = g_malloc0(sizeof(*item) + SPARE);
    char seconds[ADP_SECONDS_LEN];
    gint64 begin = 0;
    gint64 end;
    guint32 frames;

    (void)adp_model_span(d->model, &begin, &end, &frames);
    item->frame_number = start->frame;
    set_end(&item->src_addr, label_of(&d->names, d->model, step->client));
    set_end(&item->dst_addr, label_of(&d->names, d->model, adp_client_at(step->flow.server)));
    item->port_src = step->flow.client_port;
    item->port_dst = step->flow.server_port;
    item->time_str = g_strdup(adp_seconds(adp_since(start->time, begin), seconds));
    item->display = TRUE;
    item->line_style = 1;
    describe(d, index, item);
    return item;
}

/* ---- packet by packet, for Wireshark and sharkd ---- */

/** Where an arrow stands. */
typedef struct {
    guint32 frame;
    guint32 step;
    GList *link; /* of the graph's queue */
} place;

typedef struct {
    drawing drawing;
    adp_collector *collector; /* owned */
    GHashTable *items;        /* step + 1 -> its arrow, the graph's */
    GSequence *places;        /* of place, owned: by frame, then by step */
} flow_state;

/* seq_analysis_info_t* -> flow_state, owned: a graph has no room for it. */
static GHashTable *states;

static void state_free(gpointer data)
{
    flow_state *state = data;

    drawing_clear(&state->drawing);
    adp_collector_free(state->collector);
    g_hash_table_unref(state->items);
    g_sequence_free(state->places);
    g_free(state);
}

static flow_state *state_new(adp_analysis *analysis, gboolean with_findings)
{
    flow_state *state = g_new0(flow_state, 1);

    drawing_init(&state->drawing, analysis, with_findings);
    state->collector = adp_collector_new();
    state->items = g_hash_table_new(NULL, NULL);
    state->places = g_sequence_new(g_free);
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
    g_hash_table_insert(state->items, GUINT_TO_POINTER(step + 1), item);
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
    if (item) {
        describe(&state->drawing, step, item);
    } else {
        insert(state, graph->items, step, new_item(&state->drawing, step));
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

static void fill(adp_analysis *analysis, const adp_selection *selection, seq_analysis_info_t *graph)
{
    const adp_model *model = adp_analysis_model(analysis);
    drawing d;
    guint32 i;

    drawing_init(&d, analysis, TRUE);
    for (i = 0; i < adp_model_step_count(model); i++) {
        if (adp_selected(selection, adp_model_step(model, i)->path)) {
            g_queue_push_tail(graph->items, new_item(&d, i));
        }
    }
    drawing_clear(&d);
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
                               "%u of %u steps are not drawn: there are more hosts than the %d "
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
