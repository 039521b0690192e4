/* path_expert.c
 * The verdict on a path as an expert item of the frame where the path begins: so the first column, the
 * status bar and the list of expert items tell that there is something to see.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "show/path_expert.h"

#include "join/identity.h"
#include "join/model.h"
#include "join/path.h"
#include "judge/headline.h"
#include "judge/path_outcome.h"
#include "log/observation.h"
#include "show/verdict.h"

#include <string.h>

/* Never an error: the findings behind it are. */
enum {
    CHAT,
    NOTE,
    WARN,
    SEVERITIES
};
static expert_field ei[SEVERITIES];

void adp_path_expert_register(expert_module_t *module)
{
    static const int severities[SEVERITIES] = {
        [CHAT] = PI_CHAT, [NOTE] = PI_NOTE, [WARN] = PI_WARN};
    /* libwireshark keeps pointers into it. */
    static ei_register_info rows[SEVERITIES];
    int i;

    for (i = 0; i < SEVERITIES; i++) {
        ei_register_info row = {
            &ei[i],
            {ADP_VERDICT_EXPERT, PI_ASSUMPTION, severities[i], "Verdict on a path", EXPFILL}};

        row.eiinfo.hf_info.hfinfo.blurb = "How the path that begins here ended";
        ei[i].ei = -1;
        ei[i].hf = -1;
        rows[i] = row;
    }
    expert_register_field_array(module, rows, SEVERITIES);
}

static int severity_of(adp_analysis *analysis, guint32 path, gboolean mailboxes)
{
    const char *outcome =
        adp_path_outcome(analysis, adp_model_path(adp_analysis_model(analysis), path));
    adp_headline headline = adp_headline_of(analysis, path, mailboxes);

    if (strcmp(outcome, "failed") == 0) {
        return WARN;
    }
    return strcmp(outcome, "ok") != 0 || headline.finding || headline.failed ||
                   headline.unanswered || headline.refused
               ? NOTE
               : CHAT;
}

/* Does the path of its step begin with this observation? */
static gboolean begins_path(const adp_model *model, guint32 obs)
{
    guint32 index = adp_model_mark(model, obs)->step;
    const adp_path *path;

    if (index == ADP_NONE || adp_model_step(model, index)->first != obs) {
        return FALSE;
    }
    path = adp_model_path(model, adp_model_step(model, index)->path);
    return !adp_path_is_unattached(model, path) && path->steps.items[0] == index;
}

void adp_path_expert_say(adp_analysis *analysis, guint32 first, packet_info *pinfo,
                         proto_item *item, gboolean mailboxes)
{
    const adp_model *model = adp_analysis_model(analysis);
    guint32 frame = adp_model_obs(model, first)->frame;
    guint32 i;

    for (i = first; i < adp_model_obs_count(model) && adp_model_obs(model, i)->frame == frame;
         i++) {
        guint32 path;
        char *verdict;

        if (!begins_path(model, i)) {
            continue;
        }
        path = adp_model_step(model, adp_model_mark(model, i)->step)->path;
        verdict = adp_path_verdict(analysis, path, mailboxes);
        expert_add_info_format(
            pinfo, item, &ei[severity_of(analysis, path, mailboxes)], "Path %u, client %s: %s",
            path + 1, adp_model_address_text(model, adp_model_path(model, path)->client.address),
            verdict);
        g_free(verdict);
    }
}

void adp_path_expert_light(adp_analysis *analysis, packet_info *pinfo, gboolean mailboxes)
{
    const adp_model *model = adp_analysis_model(analysis);
    int gravest = -1;
    guint32 i;

    for (i = 0; i < adp_model_path_count(model) && gravest < WARN; i++) {
        if (!adp_path_is_unattached(model, adp_model_path(model, i))) {
            gravest = MAX(gravest, severity_of(analysis, i, mailboxes));
        }
    }
    if (gravest >= 0) {
        expert_add_info(pinfo, NULL, &ei[gravest]);
    }
}
