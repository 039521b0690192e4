/* packet_window.c
 * The window that explains the selected packet, and the pages that it leads to.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "show/packet_window.h"

#include "join/model.h"
#include "judge/analysis.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/lookup.h"
#include "log/observation.h"
#include "session.h"
#include "show/explain.h"
#include "show/pages.h"
#include "show/shown.h"
#include "show/text_window.h"
#include "show/wrap.h"

#include <epan/funnel.h>
#include <epan/plugin_if.h>

void adp_packet_window_page(const char *finding)
{
    const funnel_ops_t *ops = funnel_get_funnel_ops();
    char *url = adp_page_url(finding);
    char *place = adp_page_place(finding);
    char *text = NULL;

    if (!url) {
        text = g_strdup_printf(
            "The pages were not installed with this module. In the source of adpath it is\n%s\n",
            place);
    } else if (!ops->browser_open_url || !ops->browser_open_url(url)) {
        text = g_strdup_printf("No browser could be started. The page is\n%s\n", place);
    }
    if (text) {
        adp_gui_show_text("AD Discovery Path", text);
    }
    g_free(text);
    g_free(place);
    g_free(url);
}

static struct {
    const funnel_ops_t *ops;
    funnel_text_window_t *window; /* NULL: closed */
    guint32 frame;
    char *text; /* owned: what it holds */
} explained;

static void explained_closed(void *data _U_)
{
    explained.window = NULL;
    g_clear_pointer(&explained.text, g_free);
}

static void explained_draw(void)
{
    adp_analysis *analysis = adp_current_analysis();
    GString *text = g_string_new(NULL);

    adp_report_set_width(ADP_WINDOW_COLUMNS);
    if (analysis) {
        (void)adp_explain(analysis, explained.frame, adp_shows_mailboxes(), text);
    } else {
        g_string_append(text, "Open a capture first.\n");
    }
    adp_report_set_width(0);
    if (g_strcmp0(text->str, explained.text) != 0) {
        adp_gui_put_text(explained.ops, explained.window, text->str);
        g_free(explained.text);
        explained.text = g_strdup(text->str);
    }
    g_string_free(text, TRUE);
}

/* The page of the frame's gravest finding; without any, the one that leads to all. */
static adp_bool open_page(funnel_text_window_t *tw _U_, void *data _U_)
{
    adp_analysis *analysis = adp_current_analysis();
    guint32 first = analysis
                        ? adp_model_first_of_frame(adp_analysis_model(analysis), explained.frame)
                        : ADP_NONE;
    const GPtrArray *findings =
        first == ADP_NONE
            ? NULL
            : adp_findings_of_frame(analysis, first, adp_findings_mailboxes(analysis));
    const adp_finding *worst = NULL;
    guint i;

    for (i = 0; findings && i < findings->len; i++) {
        const adp_finding *finding = g_ptr_array_index(findings, i);

        if (!worst || finding->severity > worst->severity) {
            worst = finding;
        }
    }
    adp_packet_window_page(worst ? adp_finding_get(worst->id)->name : ADP_PAGE_OF_FINDINGS);
    return TRUE;
}

static adp_bool go_there(funnel_text_window_t *tw _U_, void *data _U_)
{
    plugin_if_goto_frame(explained.frame);
    return TRUE;
}

static void explained_button(const char *label, funnel_bt_cb_t func)
{
    funnel_bt_t *bt = g_new0(funnel_bt_t, 1);

    bt->tw = explained.window;
    bt->func = func;
    bt->free_fcn = g_free;
    explained.ops->add_button(explained.window, bt, label);
}

void adp_packet_window(guint32 frame)
{
    explained.frame = frame;
    if (!explained.window) {
        explained.ops = funnel_get_funnel_ops();
        explained.window =
            explained.ops->new_text_window(explained.ops->ops_id, "AD Discovery: this packet");
        explained.ops->set_close_cb(explained.window, explained_closed, NULL);
        explained_button("Page on the finding", open_page);
        explained_button("Show the packet", go_there);
    }
    explained_draw();
}

void adp_packet_window_follow(guint32 frame)
{
    if (explained.window && frame != explained.frame && frame == adp_shown_frame()) {
        adp_packet_window(frame);
    }
}
