/* health.c
 * A verdict in one word, for programs that only choose between captures.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/health.h"

#include "join/model.h"
#include "judge/analysis.h"
#include "judge/headline.h"
#include "judge/path_outcome.h"

const char *adp_health_word(adp_health health)
{
    static const char *const words[] = {
        [ADP_HEALTHY] = "healthy", [ADP_NOT_JUDGED] = "not-judged", [ADP_FAULTY] = "faulty"};

    return words[health];
}

adp_health adp_path_health(adp_analysis *analysis, guint32 path, gboolean mailboxes)
{
    const adp_path *p = adp_model_path(adp_analysis_model(analysis), path);
    const char *outcome = adp_path_outcome(analysis, p);

    if (g_str_equal(outcome, "failed") || adp_headline_of(analysis, path, mailboxes).finding) {
        return ADP_FAULTY;
    }
    return g_str_equal(outcome, "ok") ? ADP_HEALTHY : ADP_NOT_JUDGED;
}
