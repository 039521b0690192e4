/* manual.c
 * The short documentation that comes with the module: made from the catalogues, so that it
 * cannot say anything else than they do.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/manual.h"

#include "facts/fields.h"
#include "facts/filters.h"
#include "judge/catalogue.h"
#include "show/report_names.h"
#include "show/wrap.h"

static const struct {
    const char *what;
    const char *where;
} places[] = {
    {"report", "Tools > AD Discovery Path > Report, or Statistics > AD Discovery Path Report"},
    {"HTML page", "Tools > AD Discovery Path > HTML page, or a button of the report"},
    {"steps as a table", "Statistics > AD Discovery Steps; to the packet of a step: Tools > AD "
                         "Discovery Path > Go to step"},
    {"counters", "Statistics > AD Discovery Path"},
    {"flow graph", "Statistics > Flow Graph, flow type \"AD discovery path\""},
    {"times", "Statistics > Service Response Time > ADPath"},
    {"findings", "Analyze > Expert Information, and below each step in the packet details"},
    {"one path", "Tools > AD Discovery Path > Follow this path, or a right click on a packet: "
                 "Conversation Filter > AD discovery path"},
    {"one packet", "Tools > AD Discovery Path > Explain this packet; the window goes with the "
                   "selection, and opens the page of the finding"},
    {"keys", "Tools > AD Discovery Path > Decrypt"},
    {"settings", "Edit > Preferences > Protocols > ADPath"},
    {"in tshark", "-z adpath,path and adpath," ADP_REPORT_NAMES
                  ", each with an optional ,FILTER; adpath,explain,FRAME; flow,adpath,standard"},
};

static void line(GString *out, const char *name, int width, const char *text)
{
    g_string_append_printf(out, "  %-*s  ", width, name);
    adp_report_wrap(out, text, (guint)width + 4, (guint)width + 4);
}

void adp_manual(GString *out)
{
    guint i;
    int id;

    g_string_append(out, "AD Discovery Path: how a client finds its directory and mail server\n\n"
                         "Where things are\n");
    for (i = 0; i < G_N_ELEMENTS(places); i++) {
        line(out, places[i].what, 16, places[i].where);
    }
    g_string_append(out, "\nReady filters (Tools > AD Discovery Path > Find)\n");
    for (i = 0; i < adp_ready_filter_count(); i++) {
        const adp_ready_filter *ready = adp_ready_filter_get(i);

        line(out, ready->title, 16, ready->meaning);
        line(out, "", 16, ready->filter);
    }
    g_string_append(out, "\nFindings: what they are called, and what they say\n");
    for (id = 0; id < ADP_FINDING_COUNT; id++) {
        const adp_finding_info *info = adp_finding_get((adp_finding_id)id);

        line(out, info->name, 29, info->title);
    }
    g_string_append(
        out,
        "\nEach finding has a page: Tools > AD Discovery Path > Pages on findings.\n\nFields\n");
    for (id = 0; id < ADP_FIELD_COUNT; id++) {
        const adp_field_info *info = adp_field_get((adp_field)id);

        line(out, info->name, 29, info->meaning);
    }
}
