/* report_window.c
 * The window with the report, and its buttons.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "show/report_window.h"

#include "join/model.h"
#include "judge/analysis.h"
#include "judge/lookup.h"
#include "log/observation.h"
#include "session.h"
#include "show/hits.h"
#include "show/html_file.h"
#include "show/json.h"
#include "show/markdown.h"
#include "show/report.h"
#include "show/rows.h"
#include "show/shown.h"
#include "show/tap_data.h"
#include "show/text_window.h"

#include <epan/funnel.h>
#include <epan/plugin_if.h>
#include <epan/tap.h>

typedef struct {
    const funnel_ops_t *ops;
    funnel_text_window_t *window;
    adp_reporter report;
    adp_hits *hits; /* owned; everything, unless a filter was given on the command line */
    gboolean all;   /* no such filter: the display filter decides */
    guint32 only;   /* the one path that is shown, plus 1; 0: all */
    char *text;     /* owned: what the window holds */
} report_window;

static adp_selection selection_of(const report_window *w, adp_analysis *analysis)
{
    adp_selection selection = {0};

    if (w->only) {
        selection.paths = g_hash_table_new(NULL, NULL);
        g_hash_table_add(selection.paths, GUINT_TO_POINTER(w->only));
    } else if (w->all) {
        selection = adp_shown_paths(analysis);
    } else {
        selection = adp_hits_selection(w->hits, analysis);
    }
    return selection;
}

static void selection_clear(const adp_selection *selection)
{
    if (selection->paths) {
        g_hash_table_unref(selection->paths);
    }
}

/* Above the report for people: why it may not be of the whole capture. */
static void preface(const report_window *w, GString *out)
{
    char *filter = w->all ? adp_shown_filter() : NULL;

    if (w->only) {
        g_string_append_printf(out,
                               "(Only path %u. \"Only this path\" shows that of the selected "
                               "packet, and once more all of them.)\n\n",
                               w->only);
    } else if (filter) {
        g_string_append_printf(
            out, "(Only paths with a packet that passes the display filter: %s)\n\n", filter);
    }
    g_free(filter);
}

static char *text_of(const report_window *w, adp_analysis *analysis, adp_reporter report)
{
    adp_selection selection = selection_of(w, analysis);
    GString *text = g_string_new(NULL);
    GString *top = g_string_new(NULL);

    report(analysis, &selection, adp_shows_mailboxes(), text);
    if (report == adp_report) {
        preface(w, top);
    }
    g_string_prepend(text, top->str);
    g_string_free(top, TRUE);
    selection_clear(&selection);
    return g_string_free(text, FALSE);
}

static void window_draw(void *data)
{
    report_window *w = data;
    adp_analysis *analysis = adp_current_analysis();
    char *text;

    if (!analysis) {
        return;
    }
    if (w->only > adp_model_path_count(adp_analysis_model(analysis))) {
        w->only = 0; /* of another file */
    }
    text = text_of(w, analysis, w->report);
    /* What is there already stays, and so does the place where somebody reads. */
    if (g_strcmp0(text, w->text) != 0) {
        adp_gui_put_text(w->ops, w->window, text);
        g_free(w->text);
        w->text = text;
    } else {
        g_free(text);
    }
}

static void window_reset(void *data)
{
    adp_hits_reset(((report_window *)data)->hits);
}

static tap_packet_status window_packet(void *data, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                                       const void *tapped, tap_flags_t flags _U_)
{
    adp_hits_add(((report_window *)data)->hits, adp_tap_first(tapped));
    return TAP_PACKET_REDRAW;
}

static void window_closed(void *data)
{
    report_window *w = data;

    remove_tap_listener(w);
    adp_hits_free(w->hits);
    g_free(w->text);
    g_free(w);
}

/* ---- buttons ---- */

/* A button's data: the window, and the report it changes to. */
typedef struct {
    report_window *window;
    adp_reporter report;
} button;

static adp_bool choose_report(funnel_text_window_t *tw _U_, void *data)
{
    button *b = data;

    b->window->report = b->report;
    window_draw(b->window);
    return TRUE;
}

/* The first path of the selected packet, plus 1; 0: it has none. */
static guint32 selected_path(adp_analysis *analysis)
{
    guint32 first = adp_model_first_of_frame(adp_analysis_model(analysis), adp_shown_frame());
    GArray *paths = first == ADP_NONE ? NULL : adp_paths_of_frame(analysis, first);
    guint32 path = paths && paths->len ? g_array_index(paths, guint32, 0) + 1 : 0;

    if (paths) {
        g_array_unref(paths);
    }
    return path;
}

static adp_bool only_this_path(funnel_text_window_t *tw _U_, void *data)
{
    report_window *w = ((button *)data)->window;
    adp_analysis *analysis = adp_current_analysis();
    guint32 path = analysis ? selected_path(analysis) : 0;

    w->only = path == w->only ? 0 : path;
    window_draw(w);
    return TRUE;
}

static adp_bool first_fault(funnel_text_window_t *tw _U_, void *data)
{
    const report_window *w = ((button *)data)->window;
    adp_analysis *analysis = adp_current_analysis();
    adp_selection selection;
    guint32 frame = 0;
    guint32 i;

    if (!analysis) {
        return TRUE;
    }
    selection = selection_of(w, analysis);
    for (i = 0; i < adp_model_path_count(adp_analysis_model(analysis)) && !frame; i++) {
        frame = adp_selected(&selection, i) ? adp_path_first_fault(analysis, i) : 0;
    }
    selection_clear(&selection);
    if (frame) {
        plugin_if_goto_frame(frame);
    }
    return TRUE;
}

static adp_bool copy_report(funnel_text_window_t *tw _U_, void *data)
{
    const button *b = data;
    adp_analysis *analysis = adp_current_analysis();
    char *made = b->report && analysis ? text_of(b->window, analysis, b->report) : NULL;
    GString *text = g_string_new(made ? made : b->window->text);

    b->window->ops->copy_to_clipboard(text);
    g_string_free(text, TRUE);
    g_free(made);
    return TRUE;
}

static adp_bool save_page(funnel_text_window_t *tw _U_, void *data)
{
    const report_window *w = ((button *)data)->window;
    adp_analysis *analysis = adp_current_analysis();
    adp_selection selection;

    if (analysis) {
        selection = selection_of(w, analysis);
        adp_html_save(analysis, &selection);
        selection_clear(&selection);
    }
    return TRUE;
}

static adp_bool refresh(funnel_text_window_t *tw _U_, void *data)
{
    window_draw(((button *)data)->window);
    return TRUE;
}

static const struct {
    const char *label;
    funnel_bt_cb_t func;
    adp_reporter report; /* to change to, or to copy; NULL: none */
} buttons[] = {
    {"Report", choose_report, adp_report},
    {"Table", choose_report, adp_rows_text},
    {"Tab-separated", choose_report, adp_rows_tsv},
    {"JSON", choose_report, adp_json},
    {"Only this path", only_this_path, NULL},
    {"First fault", first_fault, NULL},
    {"Copy as text", copy_report, NULL},
    {"Copy as Markdown", copy_report, adp_markdown},
    {"HTML page...", save_page, NULL},
    {"Refresh", refresh, NULL},
};

static void add_button(report_window *w, guint i)
{
    funnel_bt_t *bt = g_new0(funnel_bt_t, 1);
    button *b = g_new0(button, 1);

    b->window = w;
    b->report = buttons[i].report;
    bt->tw = w->window;
    bt->func = buttons[i].func;
    bt->data = b;
    bt->free_fcn = g_free;
    bt->free_data_fcn = g_free;
    w->ops->add_button(w->window, bt, buttons[i].label);
}

void adp_gui_open_report(adp_reporter report, const char *filter)
{
    report_window *w = g_new0(report_window, 1);
    GString *error;
    guint i;

    w->ops = funnel_get_funnel_ops();
    w->report = report;
    w->all = filter == NULL;
    w->hits = adp_hits_new(w->all);
    w->window = w->ops->new_text_window(w->ops->ops_id, "AD Discovery Path");
    w->ops->set_close_cb(w->window, window_closed, w);
    for (i = 0; i < G_N_ELEMENTS(buttons); i++) {
        add_button(w, i);
    }
    error = register_tap_listener(ADPATH_TAP_NAME, w, filter, TL_REQUIRES_NOTHING, window_reset,
                                  window_packet, window_draw, NULL);
    if (error) {
        adp_gui_put_text(w->ops, w->window, error->str);
        g_string_free(error, TRUE);
        return;
    }
    window_draw(w);
}
