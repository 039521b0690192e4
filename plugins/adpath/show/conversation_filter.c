/* conversation_filter.c
 * Right click > Conversation Filter.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "show/conversation_filter.h"

#include "judge/analysis.h"
#include "judge/lookup.h"
#include "log/observation.h"
#include "session.h"

#include <epan/conversation_filter.h>

/* Wireshark asks with the packet that is selected; NULL: it belongs to none. */
static char *filter_of(packet_info *pinfo, char *(*make)(adp_analysis *, guint32))
{
    adp_analysis *analysis = adp_current_analysis();
    guint32 first = adp_first_obs_of(pinfo);

    return analysis && first != ADP_NONE ? make(analysis, first) : NULL;
}

static char *path_filter(ADP_CONVERSATION_ARGUMENTS)
{
    return filter_of(pinfo, adp_filter_paths);
}

static char *step_filter(ADP_CONVERSATION_ARGUMENTS)
{
    return filter_of(pinfo, adp_filter_steps);
}

static adp_bool is_there(char *filter)
{
    adp_bool there = filter != NULL;

    g_free(filter);
    return there;
}

static adp_bool has_path(ADP_CONVERSATION_ARGUMENTS)
{
    return is_there(filter_of(pinfo, adp_filter_paths));
}

static adp_bool has_step(ADP_CONVERSATION_ARGUMENTS)
{
    return is_there(filter_of(pinfo, adp_filter_steps));
}

void adp_conversation_filter_register(void)
{
    adp_register_conversation_filter("adpath", "AD discovery path", has_path, path_filter);
    adp_register_conversation_filter("adpath.step", "AD discovery step", has_step, step_filter);
}
