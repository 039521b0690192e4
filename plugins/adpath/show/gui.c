/* gui.c
 * What only the Wireshark window has: reports in a text window.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "../compat.h"

#include "gui.h"

#include "../packet-adpath.h"
#include "json.h"
#include "explain.h"
#include "report.h"

#include <epan/funnel.h>
#include <epan/tap.h>

typedef struct {
    const funnel_ops_t *ops;
    funnel_text_window_t *window;
    adp_reporter report;
    adp_hits *hits; /* owned */
} report_window;

gboolean adp_gui_is_there(void)
{
    const funnel_ops_t *ops = funnel_get_funnel_ops();

    /* tshark has text windows of a sort too, for Lua, but no buttons. */
    return ops && ops->new_text_window && ops->add_button;
}

static void window_draw(void *data)
{
    report_window *w = data;
    const adp_model *model = adp_current_model();
    adp_selection selection;
    GString *text;

    if (!model) {
        return;
    }
    selection = adp_hits_selection(w->hits, model);
    text = g_string_new(NULL);
    w->report(model, &selection, adp_shows_mailboxes(), text);
    w->ops->set_text(w->window, text->str);
    g_string_free(text, TRUE);
    if (selection.paths) {
        g_hash_table_unref(selection.paths);
    }
}

static void window_reset(void *data)
{
    adp_hits_reset(((report_window *)data)->hits);
}

static tap_packet_status window_packet(void *data, packet_info *pinfo _U_, epan_dissect_t *edt _U_,
                                       const void *tapped, tap_flags_t flags _U_)
{
    adp_hits_add(((report_window *)data)->hits, ADP_TAP_OBS(tapped));
    return TAP_PACKET_REDRAW;
}

static void window_closed(void *data)
{
    report_window *w = data;

    remove_tap_listener(w);
    adp_hits_free(w->hits);
    g_free(w);
}

typedef struct {
    const char *label;
    adp_reporter report;
} report_choice;

static const report_choice choices[] = {
    {"Report", adp_report},
    {"Table", adp_rows_text},
    {"Tab-separated", adp_rows_tsv},
    {"JSON", adp_json},
};

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

static adp_bool copy_report(funnel_text_window_t *tw, void *data)
{
    const funnel_ops_t *ops = ((button *)data)->window->ops;
    GString *text = g_string_new(ops->get_text(tw));

    ops->copy_to_clipboard(text);
    g_string_free(text, TRUE);
    return TRUE;
}

static void add_button(report_window *w, const char *label, funnel_bt_cb_t func,
                       adp_reporter report)
{
    funnel_bt_t *bt = g_new0(funnel_bt_t, 1);
    button *b = g_new0(button, 1);

    b->window = w;
    b->report = report;
    bt->tw = w->window;
    bt->func = func;
    bt->data = b;
    bt->free_fcn = g_free;
    bt->free_data_fcn = g_free;
    w->ops->add_button(w->window, bt, label);
}

void adp_gui_open_report(adp_reporter report, const char *filter)
{
    report_window *w = g_new0(report_window, 1);
    GString *error;
    guint i;

    w->ops = funnel_get_funnel_ops();
    w->report = report;
    w->hits = adp_hits_new(filter == NULL);
    w->window = w->ops->new_text_window(w->ops->ops_id, "AD Discovery Path");
    w->ops->set_close_cb(w->window, window_closed, w);
    for (i = 0; i < G_N_ELEMENTS(choices); i++) {
        add_button(w, choices[i].label, choose_report, choices[i].report);
    }
    add_button(w, "Copy", copy_report, NULL);
    error = register_tap_listener(ADP_TAP, w, filter, TL_REQUIRES_NOTHING, window_reset,
                                  window_packet, window_draw, NULL);
    if (error) {
        w->ops->set_text(w->window, error->str);
        g_string_free(error, TRUE);
        return;
    }
    window_draw(w);
}

void adp_gui_explain(guint32 frame)
{
    const funnel_ops_t *ops = funnel_get_funnel_ops();
    const adp_model *model = adp_current_model();
    funnel_text_window_t *window = ops->new_text_window(ops->ops_id, "AD Discovery: this packet");
    GString *text = g_string_new(NULL);

    if (model) {
        adp_explain(model, frame, adp_shows_mailboxes(), text);
    }
    ops->set_text(window, text->str);
    g_string_free(text, TRUE);
}

static void open_from_menu(gpointer data _U_)
{
    if (adp_gui_is_there()) {
        adp_gui_open_report(adp_report, NULL);
    }
}

void adp_gui_register(void)
{
    funnel_register_menu("AD Discovery Path Report", REGISTER_PACKET_STAT_GROUP_UNSORTED,
                         open_from_menu, NULL, NULL, TRUE);
}
