/* about.c
 * How the plugin itself works here, in words.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "show/about.h"

#include "judge/analysis.h"
#include "read/on_demand.h"
#include "session.h"
#include "show/rows.h"

#include <adpath_version.h>
#include <epan/epan.h>

void adp_about(adp_analysis *analysis _U_, const adp_selection *selection _U_,
               gboolean mailboxes _U_, GString *out)
{
    char *way = adp_session_tree_text();

    g_string_append_printf(out,
                           "AD Discovery Path %s, with Wireshark %s\n"
                           "  protocol trees  %s\n",
                           ADPATH_VERSION, epan_get_version(), way);
    if (adp_session_is_on_demand()) {
        g_string_append_printf(out, "  frames          %u had a tree on demand, %u were missed\n",
                               adp_on_demand_made(), adp_on_demand_missed());
        g_string_append_printf(
            out, "  dissectors      %u entries of Wireshark's tables lead past the plugin\n",
            adp_on_demand_entries());
    }
    g_free(way);
}
