/* tree.c
 * The statistics tree: clients, their paths, steps by kind and outcome, findings, times.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "show/tree.h"

#include "facts/outcome.h"
#include "facts/stage.h"
#include "facts/step_stage.h"
#include "facts/view.h"
#include "join/identity.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/stages.h"
#include "log/observation.h"
#include "session.h"
#include "show/collect.h"
#include "show/rows.h"
#include "show/tap_data.h"
#include "show/text_window.h"
#include "show/verdict.h"
#include "wire/krb_error.h"
#include "wire/text.h"

#include <epan/stats_tree_priv.h>

#define ABBREVIATION "adpath"
#define NS_PER_MS    1000000

/*
 * The first so many paths have nodes of their own, the others share one. Wireshark's window lays itself out anew for
 * each node, so it takes minutes for thousands of them; libwireshark walks over all siblings to append one.
 */
#define PATHS_IN_WINDOW 50
#define PATHS_IN_TEXT   1000

static const char title[] = "AD Discovery Path";

/* Top nodes; a tree's nodes are numbered in the order of their making, for each tree alike. */
static int stages_node = -1;
static int seconds_node = -1;
static int clients_node = -1;
static int kinds_node = -1;
static int srv_node = -1;
static int errors_node = -1;
static int findings_node = -1;
static int times_node = -1;

static const char stages_name[] = "Stages";
static const char seconds_name[] = "Seconds of a path in the stage";
static const char clients_name[] = "Clients";
static const char kinds_name[] = "Steps";
static const char srv_name[] = "SRV results";
static const char errors_name[] = "Kerberos errors";
static const char findings_name[] = "Findings";
static const char times_name[] = "Milliseconds to the answer"; /* averages have two decimals */
/* Below a path: libwireshark finds top nodes by their names alone. */
static const char path_findings_name[] = "findings";

/** What belongs to one tree: trees have no room for data of their users. */
typedef struct {
    adp_collector *collector; /* owned */
    GHashTable *timed;        /* step + 1: its time is in */
    GHashTable *paths;        /* path + 1: it is in */
    GArray *new_paths;        /* of guint32: those without findings yet */
    GHashTable *own;          /* path + 1: it has a node of its own */
    GHashTable *
        labels; /* client's address + 1 -> its node's name, owned: a name learned later makes no other node */
    guint limit; /* of these */
} tree_state;

static GHashTable *states; /* stats_tree* -> tree_state, owned */

static tree_state *state_new(void)
{
    tree_state *state = g_new0(tree_state, 1);

    state->collector = adp_collector_new();
    state->timed = g_hash_table_new(NULL, NULL);
    state->paths = g_hash_table_new(NULL, NULL);
    state->new_paths = g_array_new(FALSE, FALSE, sizeof(guint32));
    state->own = g_hash_table_new(NULL, NULL);
    state->labels = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    state->limit = adp_gui_is_there() ? PATHS_IN_WINDOW : PATHS_IN_TEXT;
    return state;
}

static void state_free(gpointer data)
{
    tree_state *state = data;

    adp_collector_free(state->collector);
    g_hash_table_unref(state->timed);
    g_hash_table_unref(state->paths);
    g_array_unref(state->new_paths);
    g_hash_table_unref(state->own);
    g_hash_table_unref(state->labels);
    g_free(state);
}

static int add(stats_tree *st, const char *name, int parent, gboolean with_children, int by)
{
    return increase_stat_node(st, name, parent, with_children, by);
}

static const char *path_name(guint32 path, gboolean unattached, char *buf, gsize len)
{
    if (unattached) {
        return "No path";
    }
    (void)g_snprintf(buf, len, "Path %u", path + 1);
    return buf;
}

static gboolean has_own_node(tree_state *state, guint32 path)
{
    gpointer key = GUINT_TO_POINTER(path + 1);

    if (!g_hash_table_contains(state->own, key) && g_hash_table_size(state->own) < state->limit) {
        g_hash_table_add(state->own, key);
    }
    return g_hash_table_contains(state->own, key);
}

/** What the callbacks work on. */
typedef struct {
    stats_tree *st;
    tree_state *state;
} counting;

/* People know clients by their names; programs get the address. */
static const char *client_label(const adp_model *model, tree_state *state, adp_client client)
{
    gpointer key = GUINT_TO_POINTER(client.address + 1);
    const char *label = g_hash_table_lookup(state->labels, key);
    const char *address = adp_model_address_text(model, client.address);
    const char *name = adp_gui_is_there() ? adp_model_client_name(model, client) : NULL;

    if (!label) {
        char *made = name ? g_strdup_printf("%s (%s)", address, name) : g_strdup(address);

        g_hash_table_insert(state->labels, key, made);
        label = made;
    }
    return label;
}

/* Clients > client > path; `by` 0 only finds it. */
static int path_node(const adp_model *model, const counting *c, guint32 path, gboolean unattached,
                     int by)
{
    char buf[32];
    int node;

    (void)add(c->st, clients_name, 0, TRUE, by);
    if (!has_own_node(c->state, path)) {
        return add(c->st, "further paths (a filter shows them)", clients_node, TRUE, by);
    }
    node = add(c->st, client_label(model, c->state, adp_model_path(model, path)->client),
               clients_node, TRUE, by);
    return add(c->st, path_name(path, unattached, buf, sizeof(buf)), node, TRUE, by);
}

/* A time is that of a step which was answered: it does not go out again. */
static void count_time(const adp_model *model, guint32 index, tree_state *state, stats_tree *st)
{
    adp_view view = adp_view_whole(model, index, FALSE);
    gint64 took;
    float ms;

    if (adp_step_time(model, &view, &took) &&
        g_hash_table_add(state->timed, GUINT_TO_POINTER(index + 1))) {
        ms = (float)took / (float)NS_PER_MS;
        (void)avg_stat_node_add_value_float(st, times_name, 0, TRUE, ms);
        (void)avg_stat_node_add_value_float(
            st, adp_step_kind_name(adp_model_step(model, index)->kind), times_node, FALSE, ms);
    }
}

static void count_details(adp_step_kind kind, const adp_counted *as, int by, stats_tree *st)
{
    if (kind == ADP_STEP_SRV) {
        (void)add(st, srv_name, 0, TRUE, by);
        (void)add(st, as->result ? as->result : adp_outcome_name(as->outcome), srv_node, FALSE, by);
    }
    if (as->has_error) {
        char *name = g_strdup_printf("%d %s", as->error, adp_krb_error_name(as->error));

        (void)add(st, errors_name, 0, TRUE, by);
        (void)add(st, name, errors_node, FALSE, by);
        g_free(name);
    }
}

/* Stages > stage > kind > outcome; the stage of a step never changes. */
static void count_in_stage(const adp_model *model, guint32 index, const adp_counted *as, int by,
                           stats_tree *st)
{
    const adp_step *step = adp_model_step(model, index);
    int node;

    (void)add(st, stages_name, 0, TRUE, by);
    node = add(st, adp_stage_name(adp_step_stage(model, step)), stages_node, TRUE, by);
    node = add(st, adp_step_kind_name(step->kind), node, TRUE, by);
    (void)add(st, adp_outcome_name(as->outcome), node, FALSE, by);
}

/* Adds the step to the tree, or with by = -1 takes it away as it was counted. */
static void count_step(const adp_model *model, guint32 index, const adp_counted *as, int by,
                       void *user_data)
{
    const counting *c = user_data;
    adp_step_kind kind = adp_model_step(model, index)->kind;
    const char *kind_name = adp_step_kind_name(kind);
    gpointer path = GUINT_TO_POINTER(as->path + 1);
    int node = path_node(model, c, as->path, as->unattached, by);

    node = add(c->st, kind_name, node, TRUE, by);
    (void)add(c->st, adp_outcome_name(as->outcome), node, FALSE, by);
    count_in_stage(model, index, as, by, c->st);
    (void)add(c->st, kinds_name, 0, TRUE, by);
    node = add(c->st, kind_name, kinds_node, TRUE, by);
    (void)add(c->st, adp_outcome_name(as->outcome), node, FALSE, by);
    count_details(kind, as, by, c->st);
    if (by > 0) {
        count_time(model, index, c->state, c->st);
        if (!g_hash_table_contains(c->state->paths, path)) {
            g_hash_table_add(c->state->paths, path);
            g_array_append_val(c->state->new_paths, as->path);
        }
    }
}

/* How long the path was in each of its stages. */
static void count_seconds(adp_analysis *analysis, guint32 path, stats_tree *st)
{
    const adp_model *model = adp_analysis_model(analysis);
    adp_path_stage *stages;
    int i;

    if (adp_path_is_unattached(model, adp_model_path(model, path))) {
        return;
    }
    stages = adp_stages_of(analysis, path, adp_findings_mailboxes(analysis));
    for (i = ADP_STAGE_FIND; i < ADP_STAGES; i++) {
        float s = (float)((double)stages[i].duration / (double)ADP_NS_PER_S);

        if (stages[i].begun) {
            (void)avg_stat_node_add_value_float(st, seconds_name, 0, TRUE, s);
            (void)avg_stat_node_add_value_float(st, adp_stage_name((adp_stage)i), seconds_node,
                                                FALSE, s);
        }
    }
    adp_stages_free(stages);
}

/* In the window alone: below its path, how it ended and why. */
static void say_verdict(adp_analysis *analysis, guint32 path, const counting *c)
{
    const adp_model *model = adp_analysis_model(analysis);
    char *verdict;

    if (!adp_gui_is_there() || adp_path_is_unattached(model, adp_model_path(model, path)) ||
        !g_hash_table_contains(c->state->own, GUINT_TO_POINTER(path + 1))) {
        return;
    }
    verdict = adp_path_verdict(analysis, path, adp_findings_mailboxes(analysis));
    (void)add(c->st, verdict, path_node(model, c, path, FALSE, 0), FALSE, 1);
    g_free(verdict);
}

/* Stages and findings of the paths that came in since; the whole capture is known. */
static void count_paths(adp_analysis *analysis, const counting *c)
{
    const adp_model *model = adp_analysis_model(analysis);
    GArray *paths = c->state->new_paths;
    guint p;
    guint i;

    for (p = 0; p < paths->len; p++) {
        guint32 path = g_array_index(paths, guint32, p);
        guint count;
        adp_finding *const *list =
            adp_findings_of_path(analysis, path, adp_findings_mailboxes(analysis), &count);

        count_seconds(analysis, path, c->st);
        say_verdict(analysis, path, c);
        for (i = 0; i < count; i++) {
            const char *severity = adp_severity_name(list[i]->severity);
            const char *id = adp_finding_get(list[i]->id)->name;
            int node = add(c->st, path_findings_name, path_node(model, c, path, FALSE, 0), TRUE, 1);
            char *name = g_strdup_printf("%s: %s", severity, id);

            (void)add(c->st, name, node, FALSE, 1);
            g_free(name);
            (void)add(c->st, findings_name, 0, TRUE, 1);
            node = add(c->st, severity, findings_node, TRUE, 1);
            (void)add(c->st, id, node, FALSE, 1);
        }
    }
    g_array_set_size(paths, 0);
}

static void make_nodes(stats_tree *st)
{
    stages_node = stats_tree_create_node(st, stages_name, 0, STAT_DT_INT, TRUE);
    seconds_node = stats_tree_create_node(st, seconds_name, 0, STAT_DT_FLOAT, TRUE);
    clients_node = stats_tree_create_node(st, clients_name, 0, STAT_DT_INT, TRUE);
    kinds_node = stats_tree_create_node(st, kinds_name, 0, STAT_DT_INT, TRUE);
    srv_node = stats_tree_create_node(st, srv_name, 0, STAT_DT_INT, TRUE);
    errors_node = stats_tree_create_node(st, errors_name, 0, STAT_DT_INT, TRUE);
    findings_node = stats_tree_create_node(st, findings_name, 0, STAT_DT_INT, TRUE);
    times_node = stats_tree_create_node(st, times_name, 0, STAT_DT_FLOAT, TRUE);
    /* The window sorts from Z to A whatever it is told, but for what is to stay on top: whose paths they are. */
    if (adp_gui_is_there()) {
        (void)stat_node_set_flags(st, clients_name, 0, TRUE, ST_FLG_SORT_TOP);
    }
}

static void tree_init(stats_tree *st)
{
    make_nodes(st);
    g_hash_table_replace(states, st, state_new());
}

static void tree_cleanup(stats_tree *st)
{
    g_hash_table_remove(states, st);
}

static tap_packet_status tree_packet(stats_tree *st, packet_info *pinfo, epan_dissect_t *edt _U_,
                                     const void *data, tap_flags_t flags _U_)
{
    counting c = {.st = st, .state = g_hash_table_lookup(states, st)};
    adp_analysis *analysis = adp_current_analysis();

    if (!c.state || !analysis) {
        return TAP_PACKET_DONT_REDRAW;
    }
    adp_collect(c.state->collector, analysis, adp_tap_first(data), pinfo->fd->visited, count_step,
                &c);
    if (pinfo->fd->visited) {
        /* The window draws its tree by itself when all packets have been tapped. */
        count_paths(analysis, &c);
        return TAP_PACKET_DONT_REDRAW;
    }
    return TAP_PACKET_REDRAW;
}

void adp_tree_text(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes _U_,
                   GString *out)
{
    const adp_model *model = adp_analysis_model(analysis);
    char *abbreviation = g_strdup(ABBREVIATION);
    stats_tree_cfg *cfg = stats_tree_get_cfg_by_abbr(abbreviation);
    counting c = {.st = stats_tree_new(cfg, NULL, NULL), .state = state_new()};
    GString *text;
    guint32 i;

    g_free(abbreviation);
    make_nodes(c.st);
    for (i = 0; i < adp_model_step_count(model); i++) {
        const adp_step *step = adp_model_step(model, i);

        if (adp_selected(selection, step->path)) {
            const adp_counted now = adp_counted_now(model, i);

            count_step(model, i, &now, 1, &c);
        }
    }
    count_paths(analysis, &c);
    text = stats_tree_format_as_str(c.st, ST_FORMAT_PLAIN, stats_tree_get_default_sort_col(c.st),
                                    stats_tree_is_default_sort_DESC(c.st));
    g_string_append(out, text->str);
    g_string_free(text, TRUE);
    stats_tree_free(c.st);
    state_free(c.state);
}

/* The module may be unloaded before the process ends. */
static void shut_down(void)
{
    g_clear_pointer(&states, g_hash_table_unref);
}

void adp_tree_register(void)
{
    states = g_hash_table_new_full(NULL, NULL, NULL, state_free);
    register_shutdown_routine(shut_down);
    stats_tree_register_plugin(ADPATH_TAP_NAME, ABBREVIATION, title, 0, tree_packet, tree_init,
                               tree_cleanup);
}
