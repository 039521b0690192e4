/* stages.c
 * A path in six lines: what became of each part of it, and where its time went.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/stages.h"

#include "facts/stage.h"
#include "judge/analysis.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/stages.h"
#include "show/time_told.h"
#include "show/wrap.h"
#include "wire/text.h"

#include <string.h>

#define OUTCOME_WIDTH 9

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
    adp_time_told *told = adp_time_tell(analysis, path);
    char buf[ADP_SECONDS_LEN];
    guint i;

    if (told->lines) {
        g_string_append_printf(out, "\n  where the time went: %s\n",
                               adp_seconds_said(told->duration, buf));
    }
    for (i = 0; i < told->lines; i++) {
        append_part(told->line[i].label, told->line[i].time, told->line[i].text, out);
    }
    adp_time_told_free(told);
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
