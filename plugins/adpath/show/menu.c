/* menu.c
 * The menu Tools > AD Discovery Path.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "show/menu.h"

#include "facts/filters.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "judge/lookup.h"
#include "log/observation.h"
#include "session.h"
#include "show/compare.h"
#include "show/decrypt.h"
#include "show/html_file.h"
#include "show/manual.h"
#include "show/packet_window.h"
#include "show/pages.h"
#include "show/report.h"
#include "show/report_window.h"
#include "show/rows.h"
#include "show/shown.h"
#include "show/text_window.h"
#include "show/wrap.h"

#include <epan/funnel.h>
#include <epan/plugin_if.h>

#define MENU "AD Discovery Path/"

/* As wide as a text window is at first. */
#define DOCUMENTATION_COLUMNS 72

static void show_report(gpointer data _U_)
{
    if (adp_gui_is_there()) {
        adp_gui_open_report(adp_report, NULL);
    }
}

static void say(const char *text)
{
    adp_gui_show_text("AD Discovery Path", text);
}

static void save_page(gpointer data _U_)
{
    adp_analysis *analysis = adp_current_analysis();
    adp_selection selection;

    if (!adp_gui_is_there()) {
        return;
    }
    if (!analysis) {
        say("Open a capture first.\n");
        return;
    }
    selection = adp_shown_paths(analysis);
    adp_html_save(analysis, &selection);
    if (selection.paths) {
        g_hash_table_unref(selection.paths);
    }
}

static void find(gpointer filter)
{
    plugin_if_apply_filter(filter, TRUE);
}

/* The first observation of the selected packet; says why when there is none. */
static guint32 selected(const adp_model *model)
{
    guint32 frame = adp_shown_frame();
    guint32 first = frame && model ? adp_model_first_of_frame(model, frame) : ADP_NONE;
    char *text;

    if (!frame) {
        say("Select a packet in the packet list first.\n");
    } else if (first == ADP_NONE) {
        text = g_strdup_printf("Packet %u belongs to no step of a discovery path.\n"
                               "Tools > AD Discovery Path > Find > Whole path shows those that "
                               "do.\n",
                               frame);
        say(text);
        g_free(text);
    }
    return first;
}

static guint32 first_fault(adp_analysis *analysis, guint32 first)
{
    GArray *paths = adp_paths_of_frame(analysis, first);
    guint32 frame = 0;
    guint i;

    for (i = 0; i < paths->len && !frame; i++) {
        frame = adp_path_first_fault(analysis, g_array_index(paths, guint32, i));
    }
    g_array_unref(paths);
    return frame;
}

static void follow(gpointer data _U_)
{
    const adp_model *model = adp_current_model();
    adp_analysis *analysis = adp_current_analysis();
    guint32 first = selected(model);
    guint32 frame = adp_shown_frame();
    char *filter;

    if (first == ADP_NONE) {
        return;
    }
    filter = adp_filter_paths(analysis, first);
    if (!filter) {
        /* A lone request: it is in no path, but it is a step. */
        filter = adp_filter_steps(analysis, first);
    } else {
        guint32 fault = first_fault(analysis, first);

        frame = fault ? fault : frame;
    }
    if (filter) {
        plugin_if_apply_filter(filter, TRUE);
        plugin_if_goto_frame(frame);
    } else {
        say("This packet was looked at, but it belongs to no step of a path.\n");
    }
    g_free(filter);
}

static void explain(gpointer data _U_)
{
    guint32 frame = adp_shown_frame();

    if (frame) {
        adp_packet_window(frame);
    } else {
        say("Select a packet in the packet list first.\n");
    }
}

/* Wireshark's dialog hands over what was typed. */
static void compare_with(gchar **typed, void *data _U_)
{
    char *file = typed && typed[0] ? g_strstrip(g_strdup(typed[0])) : NULL;

    if (file && *file) {
        adp_compare_choose(file);
        adp_gui_show(ADP_COMPARE_TITLE, adp_compare_write, 0);
    }
    g_free(file);
    g_strfreev(typed);
}

/* Plugins in C have no window to choose a file: its name is typed, or pasted. */
static void compare(gpointer data _U_)
{
    static const gchar *names[] = {"JSON report of the other capture (file)", NULL};
    static const gchar *values[] = {"", NULL};
    const funnel_ops_t *ops = funnel_get_funnel_ops();

    if (ops && ops->new_dialog) {
        ops->new_dialog(ops->ops_id, ADP_COMPARE_TITLE " with", names, values, compare_with, NULL,
                        NULL);
    }
}

static void write_keys(adp_analysis *analysis, GString *out, guint32 number _U_)
{
    adp_selection everything = {0};

    adp_decrypt(analysis, &everything, adp_shows_mailboxes(), out);
}

static void decrypt(gpointer data _U_)
{
    adp_gui_show("AD Discovery: keys", write_keys, 0);
}

static void pages(gpointer data _U_)
{
    if (adp_gui_is_there()) {
        adp_packet_window_page(ADP_PAGE_OF_FINDINGS);
    }
}

/* The request of the step, or of it what the capture has first. */
static void go_to_step(gchar **typed, void *data _U_)
{
    const adp_model *model = adp_current_model();
    guint64 number = 0;
    gboolean is_number =
        typed && typed[0] &&
        g_ascii_string_to_unsigned(g_strstrip(typed[0]), 10, 1, G_MAXUINT32 - 1, &number, NULL);

    if (!model) {
        say("Open a capture first.\n");
    } else if (is_number && number <= adp_model_step_count(model)) {
        adp_row row = adp_row_of(model, (guint32)number - 1, FALSE);

        plugin_if_goto_frame(row.frame);
        adp_row_clear(&row);
    } else {
        char *text = g_strdup_printf("There is no such step: the capture has %u.\n",
                                     adp_model_step_count(model));

        say(text);
        g_free(text);
    }
    g_strfreev(typed);
}

/* Wireshark's tables of plugins know no double click: the number that stands in them leads to the packet. */
static void ask_for_step(gpointer data _U_)
{
    static const gchar *names[] = {
        "Number of the step (first column of the tables and of the report)", NULL};
    static const gchar *values[] = {"", NULL};
    const funnel_ops_t *ops = funnel_get_funnel_ops();

    if (ops && ops->new_dialog) {
        ops->new_dialog(ops->ops_id, "AD Discovery: go to step", names, values, go_to_step, NULL,
                        NULL);
    }
}

static void documentation(gpointer data _U_)
{
    GString *text = g_string_new(NULL);

    adp_report_set_width(DOCUMENTATION_COLUMNS);
    adp_manual(text);
    adp_report_set_width(0);
    adp_gui_show_text("AD Discovery Path: documentation", text->str);
    g_string_free(text, TRUE);
}

/* Nothing here needs the packets to be tapped again: the model has what there is to know. */
static void add(const char *name, register_stat_group_t group, funnel_menu_callback callback,
                const void *data)
{
    funnel_register_menu(name, group, callback, (gpointer)data, NULL, FALSE);
}

void adp_menu_register(void)
{
    guint i;

    add("AD Discovery Path Report", REGISTER_PACKET_STAT_GROUP_UNSORTED, show_report, NULL);
    add(MENU "Report...", REGISTER_TOOLS_GROUP_UNSORTED, show_report, NULL);
    add(MENU "HTML page...", REGISTER_TOOLS_GROUP_UNSORTED, save_page, NULL);
    for (i = 0; i < adp_ready_filter_count(); i++) {
        const adp_ready_filter *ready = adp_ready_filter_get(i);
        char *name = g_strdup_printf(MENU "Find/%s", ready->title);

        add(name, REGISTER_TOOLS_GROUP_UNSORTED, find, ready->filter);
        g_free(name);
    }
    add(MENU "Follow this path", REGISTER_TOOLS_GROUP_UNSORTED, follow, NULL);
    add(MENU "Go to step...", REGISTER_TOOLS_GROUP_UNSORTED, ask_for_step, NULL);
    add(MENU "Explain this packet", REGISTER_TOOLS_GROUP_UNSORTED, explain, NULL);
    add(MENU "Compare...", REGISTER_TOOLS_GROUP_UNSORTED, compare, NULL);
    add(MENU "Decrypt...", REGISTER_TOOLS_GROUP_UNSORTED, decrypt, NULL);
    add(MENU "Pages on findings", REGISTER_TOOLS_GROUP_UNSORTED, pages, NULL);
    add(MENU "Documentation", REGISTER_TOOLS_GROUP_UNSORTED, documentation, NULL);
}
