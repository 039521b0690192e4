/* stages.c
 * A path in six lines: what became of each part of it, and where its time went.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/stages.h"

#include "facts/stage.h"
#include "join/identity.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/path_time.h"
#include "judge/stages.h"
#include "show/wrap.h"
#include "wire/text.h"

#include <string.h>

#define OUTCOME_WIDTH 9

/* A path that took less has no time worth telling, unless it waited in vain; a server no share of it. */
#define TOLD      (2 * ADP_NS_PER_S)
#define TOLD_VAIN (ADP_NS_PER_S / 2)
#define TOLD_AT   (ADP_NS_PER_S / 10)
#define TOLD_MOST 3

/* Below a stage: the finding that stands in it. */
static void append_fault(const adp_finding *finding, GString *out)
{
    char *text = g_strdup_printf("%s: %s", adp_severity_name(finding->severity), finding->summary);

    g_string_append_printf(out, "%17s", "");
    adp_report_wrap(out, text, 17, 19);
    g_free(text);
}

static void append_stage(adp_stage which, const adp_path_stage *stage, gint64 start, GString *out)
{
    char after[ADP_SECONDS_LEN];
    char took[ADP_SECONDS_LEN];
    char waiting[ADP_SECONDS_LEN];
    char lost[ADP_SECONDS_LEN];

    const char *outcome = adp_stage_outcome_name(stage->outcome);

    g_string_append_printf(out, "  %-14s %s", adp_stage_name(which), outcome);
    if (stage->begun) {
        g_string_append_printf(out, "%*s %11s %11s %11s %11s", OUTCOME_WIDTH - (int)strlen(outcome),
                               "", adp_seconds(adp_since(stage->start, start), after),
                               adp_seconds(stage->duration, took),
                               adp_seconds(stage->waiting, waiting),
                               stage->lost ? adp_seconds(stage->lost, lost) : "-");
    }
    g_string_append_c(out, '\n');
    if (stage->first) {
        append_fault(stage->first, out);
    }
}

/* "dc1.contoso.test (10.0.0.1) 21 s (3), ..." of those that took longest; "" when none did. */
static char *servers_told(const adp_model *model, const GArray *servers, gboolean vain)
{
    GString *out = g_string_new(NULL);
    guint told = 0;
    guint more = 0;
    guint i;

    for (i = 0; i < servers->len; i++) {
        const adp_time_at *at = &g_array_index(servers, adp_time_at, i);
        const char *name = adp_model_address_name(model, at->server);
        const char *address = adp_model_address_text(model, at->server);
        gint64 time = vain ? at->vain : at->answers;
        guint times = vain ? at->in_vain : at->answered;
        char buf[ADP_SECONDS_LEN];

        if (time < TOLD_AT) {
            continue;
        }
        if (told == TOLD_MOST) {
            more++;
            continue;
        }
        g_string_append(out, told++ ? ", " : "");
        g_string_append_printf(out, name ? "%s (%s)" : "%s", name ? name : address, address);
        g_string_append_printf(out, " %s (%u %s%s)", adp_seconds_said(time, buf), times,
                               vain ? "tr" : "answer",
                               times == 1 ? (vain ? "y" : "") : (vain ? "ies" : "s"));
    }
    if (more) {
        g_string_append_printf(out, " and %u more", more);
    }
    return g_string_free(out, FALSE);
}

static void append_part(const char *label, gint64 time, const char *text, GString *out)
{
    char buf[ADP_SECONDS_LEN];

    g_string_append_printf(out, "    %-12s %11s%s", label, adp_seconds(time, buf),
                           *text ? "   " : "");
    adp_report_wrap(out, text, 31, 31);
}

/* By what the client was kept waiting: nothing of a path that was quick. */
static void append_time(adp_analysis *analysis, guint32 path, GString *out)
{
    const adp_model *model = adp_analysis_model(analysis);
    adp_path_time *time = adp_path_time_of(model, adp_analysis_timeline(analysis),
                                           adp_analysis_waits(analysis), path);
    char buf[ADP_SECONDS_LEN];

    if (time->duration >= TOLD || time->vain >= TOLD_VAIN) {
        char *vain = servers_told(model, time->servers, TRUE);
        char *answers = servers_told(model, time->servers, FALSE);
        char *longest = g_strdup_printf("the longest %s", adp_seconds_said(time->longest, buf));

        g_string_append_printf(out, "\n  where the time went: %s\n",
                               adp_seconds_said(time->duration, buf));
        if (time->vain >= TOLD_AT) {
            append_part("in vain", time->vain, vain, out);
        }
        append_part("for answers", time->answers, answers, out);
        append_part("own pauses", time->pauses, time->longest >= TOLD_AT ? longest : "", out);
        g_free(longest);
        g_free(answers);
        g_free(vain);
    }
    adp_path_time_free(time);
}

void adp_report_stages(adp_analysis *analysis, guint32 path, gboolean mailboxes, GString *out)
{
    adp_path_stage *stages = adp_stages_of(analysis, path, mailboxes);
    gint64 start;
    gint64 end;
    int i;

    adp_analysis_span(analysis, path, &start, &end);
    g_string_append_printf(out, "\n  %-14s %-*s %11s %11s %11s %11s\n", "stage", OUTCOME_WIDTH,
                           "outcome", "after", "took", "waiting", "lost");
    for (i = ADP_STAGE_FIND; i < ADP_STAGES; i++) {
        append_stage((adp_stage)i, &stages[i], start, out);
    }
    adp_stages_free(stages);
    append_time(analysis, path, out);
}
