/* health.c
 * A verdict in one word, for programs that only choose between captures.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/health.h"

#include "judge/analysis.h"
#include "judge/catalogue.h"
#include "judge/finding.h"

const char *adp_health_word(adp_health health)
{
    static const char *const words[] = {
        [ADP_HEALTHY] = "healthy", [ADP_NOT_JUDGED] = "not-judged", [ADP_FAULTY] = "faulty"};

    return words[health];
}

adp_health adp_path_health(adp_analysis *analysis, guint32 path, const char *outcome,
                           gboolean mailboxes)
{
    guint count;
    adp_finding *const *list = adp_findings_of_path(analysis, path, mailboxes, &count);
    gboolean faulty = g_str_equal(outcome, "failed");
    guint i;

    for (i = 0; i < count; i++) {
        faulty = faulty || list[i]->severity > ADP_SEVERITY_NOTE;
    }
    return faulty ? ADP_FAULTY : g_str_equal(outcome, "ok") ? ADP_HEALTHY : ADP_NOT_JUDGED;
}
