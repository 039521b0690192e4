/* text_window.c
 * Text windows, which only Wireshark has.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "show/text_window.h"

#include "judge/analysis.h"
#include "session.h"
#include "show/wrap.h"

#include <epan/funnel.h>
#include <string.h>

/* Longer texts take a window many seconds to lay out. */
#define WINDOW_BYTES 1000000

gboolean adp_gui_is_there(void)
{
    const funnel_ops_t *ops = funnel_get_funnel_ops();

    /* tshark has text windows of a sort too, for Lua, but no buttons. */
    return ops && ops->new_text_window && ops->add_button;
}

/* ops->set_text() would take text that looks like HTML for markup; inserted text stays text. */
void adp_gui_put_text(const funnel_ops_t *ops, funnel_text_window_t *window, const char *text)
{
    const char *end = strlen(text) > WINDOW_BYTES ? strchr(text + WINDOW_BYTES, '\n') : NULL;

    ops->clear_text(window);
    if (end) {
        char *shown = g_strndup(text, (gsize)(end + 1 - text));

        ops->append_text(window, shown);
        ops->append_text(window, "\n(The window ends here, the text does not. A display filter or "
                                 "\"Only this path\"\nshows less; \"Copy as text\" copies all.)\n");
        g_free(shown);
    } else {
        ops->append_text(window, text);
    }
    ops->prepend_text(window, ""); /* back to the top */
}

void adp_gui_show_text(const char *title, const char *text)
{
    const funnel_ops_t *ops = funnel_get_funnel_ops();

    adp_gui_put_text(ops, ops->new_text_window(ops->ops_id, title), text);
}

void adp_gui_show(const char *title, void (*write)(adp_analysis *, GString *, guint32),
                  guint32 number)
{
    adp_analysis *analysis = adp_current_analysis();
    GString *text = g_string_new(NULL);

    adp_report_set_width(ADP_WINDOW_COLUMNS);
    if (analysis) {
        write(analysis, text, number);
    } else {
        g_string_append(text, "Open a capture first.\n");
    }
    adp_report_set_width(0);
    adp_gui_show_text(title, text->str);
    g_string_free(text, TRUE);
}
