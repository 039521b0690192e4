/* explain.c
 * One frame explained to somebody who wants to learn from it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/explain.h"

#include "facts/facts.h"
#include "facts/step_guide.h"
#include "facts/summary.h"
#include "facts/view.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/lookup.h"
#include "log/observation.h"
#include "show/rows.h"
#include "show/wrap.h"
#include "wire/text.h"

#include <string.h>

typedef struct {
    adp_analysis *analysis;
    const adp_model *model; /* the analysis's */
    gboolean mailboxes;
    GString *out;
} context;

static void say(const context *c, const char *label, const char *text)
{
    g_string_append_printf(c->out, "  %-10s ", label);
    adp_report_wrap(c->out, text, 13, 13);
}

static void neighbour(const context *c, const adp_step *step, const char *label, gint by)
{
    const adp_step *other = adp_model_neighbour(c->model, step, by);
    adp_view view;
    char *summary;
    char *text;

    if (!other) {
        return;
    }
    view = adp_view_whole(c->model, adp_model_mark(c->model, other->first)->step, c->mailboxes);
    summary = adp_summary(c->model, &view);
    text = g_strdup_printf("%s [frame %u]", summary, adp_model_obs(c->model, other->first)->frame);
    say(c, label, text);
    g_free(text);
    g_free(summary);
}

/* The commands that repeat the step, as its fields give them. */
static void repeat(const context *c, guint32 step_index)
{
    adp_view view = adp_view_whole(c->model, step_index, c->mailboxes);
    adp_facts *facts;
    guint i;

    view.ranks = adp_analysis_ranks(c->analysis);
    facts = adp_facts_new(c->model, &view);
    for (i = 0; i < facts->items->len; i++) {
        const adp_fact *fact = &g_array_index(facts->items, adp_fact, i);

        /* Commands are not broken into lines: they are there to be copied. */
        if (fact->field == ADP_F_REPEAT_SHELL) {
            g_string_append_printf(c->out, "  %-10s %s\n", "shell", fact->v.s);
        } else if (fact->field == ADP_F_REPEAT_POWERSHELL) {
            g_string_append_printf(c->out, "  %-10s %s\n", "powershell", fact->v.s);
        }
    }
    adp_facts_free(facts);
}

static void remarks(const context *c, const adp_step *step, guint32 obs)
{
    const GPtrArray *findings = adp_findings_of_frame(c->analysis, obs, c->mailboxes);
    gboolean any = FALSE;
    guint i;

    for (i = 0; findings && i < findings->len; i++) {
        const adp_finding *finding = g_ptr_array_index(findings, i);
        char *text = g_strdup_printf("%s: %s - %s", adp_severity_name(finding->severity),
                                     adp_finding_get(finding->id)->name, finding->summary);

        say(c, any ? "" : "remarks", text);
        g_free(text);
        if (finding->inferred) {
            say(c, "", finding->inferred);
        }
        any = TRUE;
    }
    if (step->retries) {
        char *text = g_strdup_printf("the request was repeated %u %s", step->retries,
                                     step->retries == 1 ? "time" : "times");

        say(c, any ? "" : "remarks", text);
        g_free(text);
        any = TRUE;
    }
    if (!any) {
        say(c, "remarks", "none");
    }
}

static void one_step(const context *c, guint32 step_index, guint32 obs)
{
    const adp_step *step = adp_model_step(c->model, step_index);
    const adp_lore *lore = adp_step_lore(c->model, step);
    adp_row row = adp_row_of(c->model, step_index, c->mailboxes);
    char seconds[ADP_SECONDS_LEN];

    g_string_append_printf(c->out, "Frame %u: step %u (%s) of path %u\n",
                           adp_model_obs(c->model, obs)->frame, row.n, row.kind, row.path);
    say(c, "step", row.summary);
    if (row.has_took) {
        char *text =
            g_strdup_printf("%s, answered after %s s", row.outcome, adp_seconds(row.took, seconds));

        say(c, "outcome", text);
        g_free(text);
    } else {
        say(c, "outcome", row.outcome);
    }
    say(c, "what it is", lore->what);
    say(c, "before it", lore->before);
    neighbour(c, step, "here", -1);
    say(c, "after it", lore->after);
    neighbour(c, step, "here", 1);
    remarks(c, step, obs);
    repeat(c, step_index);
    adp_row_clear(&row);
}

gboolean adp_explain(adp_analysis *analysis, guint32 frame, gboolean mailboxes, GString *out)
{
    gint64 begin;
    gint64 end;
    guint32 frames = 0;

    const adp_model *model = adp_analysis_model(analysis);
    context c = {.analysis = analysis, .model = model, .mailboxes = mailboxes, .out = out};
    guint32 first = adp_model_first_of_frame(model, frame);
    GArray *steps = first == ADP_NONE ? g_array_new(FALSE, FALSE, sizeof(guint32))
                                      : adp_model_steps_of_frame(model, first);
    guint i;

    (void)adp_model_span(model, &begin, &end, &frames);
    if (frame > frames) {
        g_string_append_printf(out, "There is no frame %u: the capture has %u.\n", frame, frames);
        g_array_unref(steps);
        return FALSE;
    }
    for (i = 0; i < steps->len; i++) {
        one_step(&c, g_array_index(steps, guint32, i), first);
    }
    if (steps->len == 0) {
        const GPtrArray *findings =
            first == ADP_NONE ? NULL : adp_findings_of_frame(analysis, first, mailboxes);

        g_string_append_printf(out, "Frame %u belongs to no step of a discovery path.\n", frame);
        if (findings) {
            const adp_finding *finding = g_ptr_array_index(findings, 0);

            say(&c, "finding", finding->summary);
        }
    }
    g_array_unref(steps);
    return TRUE;
}
