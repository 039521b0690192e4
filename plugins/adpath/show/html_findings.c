/* html_findings.c
 * What is concluded from a path, as parts of a page: its stages, findings and endpoints.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/html_findings.h"

#include "advise/advise.h"
#include "facts/stage.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "judge/catalogue.h"
#include "judge/endpoint.h"
#include "judge/endpoints.h"
#include "judge/finding.h"
#include "judge/inferred.h"
#include "judge/inferred_told.h"
#include "judge/lookup.h"
#include "judge/stages.h"
#include "show/frames.h"
#include "show/time_told.h"

/* Steps that are linked; others are counted. */
#define LINKS_SHOWN 12

/* How wide the bar of a stage is. */
#define BAR 160

void adp_html_chip(adp_page *page, const char *word)
{
    adp_page_raw(page, "<span class=\"chip ");
    adp_page_text(page, word);
    adp_page_raw(page, "\">");
    adp_page_text(page, word);
    adp_page_raw(page, "</span>");
}

void adp_html_step_links(adp_page *page, const GArray *numbers)
{
    guint i;

    adp_page_raw(page, numbers->len == 1 ? "step" : "steps");
    for (i = 0; i < numbers->len && i < LINKS_SHOWN; i++) {
        guint32 n = g_array_index(numbers, guint32, i) + 1;

        adp_page_rawf(page, i ? ", <a href=\"#s%u\">%u</a>" : " <a href=\"#s%u\">%u</a>", n, n);
    }
    if (numbers->len > LINKS_SHOWN) {
        adp_page_rawf(page, " and %u more", numbers->len - LINKS_SHOWN);
    }
}

/* ---- stages ---- */

static void time_cell(adp_page *page, gint64 ns, gboolean known, const char *label)
{
    adp_page_raw(page, "<td class=\"n\" data-l=\"");
    adp_page_raw(page, label);
    adp_page_raw(page, "\">");
    if (known) {
        adp_page_seconds(page, ns);
    } else {
        adp_page_raw(page, "-");
    }
    adp_page_raw(page, "</td>");
}

static guint share(gint64 part, gint64 whole)
{
    return whole > 0 ? (guint)((double)CLAMP(part, 0, whole) / (double)whole * BAR) : 0;
}

/* Its share of the path's time; dark: waiting, red: lost. */
static void bar(adp_page *page, const adp_path_stage *stage, gint64 whole)
{
    guint lost = share(stage->lost, whole);
    guint took = share(stage->duration, whole);

    adp_page_rawf(page,
                  "<td class=\"bar\"><svg aria-hidden=\"true\" width=\"%d\" height=\"12\" "
                  "viewBox=\"0 0 %d 12\"><rect class=\"all\" width=\"%d\" height=\"12\" rx=\"2\"/>",
                  BAR, BAR, BAR);
    if (stage->begun) {
        adp_page_rawf(page, "<rect class=\"took\" width=\"%u\" height=\"12\" rx=\"2\"/>",
                      MAX(took, 1));
        adp_page_rawf(page, "<rect class=\"waiting\" width=\"%u\" height=\"12\" rx=\"2\"/>",
                      share(stage->waiting, whole));
        adp_page_rawf(page, "<rect class=\"lost\" width=\"%u\" height=\"12\" rx=\"2\"/>", lost);
    }
    adp_page_raw(page, "</svg></td>");
}

/* Below a stage: the finding that stands in it. */
static void first_fault(adp_page *page, guint32 path, const adp_finding *finding)
{
    adp_page_raw(page, "<tr class=\"fault\"><td colspan=\"7\">");
    adp_html_chip(page, adp_severity_name(finding->severity));
    adp_page_rawf(page, " <a href=\"#p%u-", path + 1);
    adp_page_text(page, adp_finding_get(finding->id)->name);
    adp_page_raw(page, "\">");
    adp_page_text(page, finding->summary);
    adp_page_raw(page, "</a></td></tr>\n");
}

void adp_html_stages(adp_page *page, adp_analysis *analysis, guint32 path, gboolean mailboxes)
{
    adp_path_stage *stages = adp_stages_of(analysis, path, mailboxes);
    gint64 start;
    gint64 end;
    int i;

    adp_analysis_span(analysis, path, &start, &end);
    adp_page_raw(page, "<table class=\"stages\"><thead><tr><th scope=\"col\">stage</th>"
                       "<th scope=\"col\">outcome</th><th scope=\"col\">after, s</th>"
                       "<th scope=\"col\">took, s</th><th scope=\"col\">waiting, s</th>"
                       "<th scope=\"col\">lost, s</th><th scope=\"col\">share of the time</th></tr>"
                       "</thead><tbody>\n");
    for (i = ADP_STAGE_FIND; i < ADP_STAGES; i++) {
        const adp_path_stage *stage = &stages[i];

        adp_page_raw(page, "<tr><th scope=\"row\"><b>");
        adp_page_text(page, adp_stage_name((adp_stage)i));
        adp_page_raw(page, "</b> ");
        adp_page_element(page, "span", "more", adp_stage_meaning((adp_stage)i));
        adp_page_raw(page, "</th><td>");
        adp_html_chip(page, adp_stage_outcome_name(stage->outcome));
        adp_page_raw(page, "</td>");
        time_cell(page, stage->start - start, stage->begun, "after");
        time_cell(page, stage->duration, stage->begun, "took");
        time_cell(page, stage->waiting, stage->begun, "waiting");
        time_cell(page, stage->lost, stage->lost != 0, "lost");
        bar(page, stage, end - start);
        adp_page_raw(page, "</tr>\n");
        if (stage->first) {
            first_fault(page, path, stage->first);
        }
    }
    adp_page_raw(page, "</tbody></table>\n");
    adp_stages_free(stages);
}

void adp_html_time(adp_page *page, adp_analysis *analysis, guint32 path)
{
    adp_time_told *told = adp_time_tell(analysis, path);
    guint i;

    if (told->lines) {
        adp_page_raw(page, "<h3>Where the time went</h3>\n<dl class=\"spent\">\n");
        for (i = 0; i < told->lines; i++) {
            adp_page_element(page, "dt", NULL, told->line[i].label);
            adp_page_raw(page, "<dd>");
            adp_page_seconds(page, told->line[i].time);
            adp_page_raw(page, " s ");
            adp_page_element(page, "span", "more", told->line[i].text);
            adp_page_raw(page, "</dd>\n");
        }
        adp_page_raw(page, "</dl>\n");
    }
    adp_time_told_free(told);
}

/* ---- findings ---- */

static void item(adp_page *page, const char *label, const char *text)
{
    if (text && *text) {
        adp_page_element(page, "dt", NULL, label);
        adp_page_element(page, "dd", NULL, text);
    }
}

static void evidence(adp_page *page, const adp_model *model, const adp_finding *finding)
{
    GArray *steps = adp_finding_steps(model, finding);
    char *frames = adp_report_frames(model, finding->evidence);

    adp_page_raw(page, "<dt>evidence</dt><dd>");
    adp_page_text(page, frames);
    if (steps->len) {
        adp_page_raw(page, " (");
        adp_html_step_links(page, steps);
        adp_page_raw(page, ")");
    }
    adp_page_raw(page, "</dd>");
    g_array_unref(steps);
    g_free(frames);
}

static void causes(adp_page *page, const adp_model *model, const GPtrArray *list)
{
    guint i;

    if (list->len) {
        adp_page_raw(page, "<dt>causes</dt><dd><ul class=\"causes\">\n");
    }
    for (i = 0; i < list->len; i++) {
        const adp_cause *cause = g_ptr_array_index(list, i);

        adp_page_raw(page, "<li>");
        adp_html_chip(page, cause->supported ? "supported" : "possible");
        adp_page_raw(page, " <span>");
        adp_page_text(page, cause->text);
        if (cause->evidence->len) {
            char *frames = adp_report_frames(model, cause->evidence);

            adp_page_raw(page, " <span class=\"at\">");
            adp_page_text(page, frames);
            adp_page_raw(page, "</span>");
            g_free(frames);
        }
        adp_page_raw(page, "</span></li>\n");
    }
    if (list->len) {
        adp_page_raw(page, "</ul></dd>");
    }
}

static void checks(adp_page *page, const GPtrArray *list)
{
    guint i;

    if (list->len) {
        adp_page_raw(page, "<dt>check</dt><dd>");
    }
    for (i = 0; i < list->len; i++) {
        const adp_check *check = g_ptr_array_index(list, i);

        adp_page_raw(page, check->changes ? "<pre class=\"changes\"><code>" : "<pre><code>");
        adp_page_command(page, check->text);
        if (check->changes) {
            adp_page_raw(page, " # changes ");
            adp_page_text(page, check->changes);
        }
        adp_page_raw(page, "</code></pre>\n");
    }
    if (list->len) {
        adp_page_raw(page, "</dd>");
    }
}

static void recovered(adp_page *page, const adp_finding *finding)
{
    if (finding->recovered_by) {
        adp_page_rawf(page, "<dt>recovered</dt><dd>by step <a href=\"#s%u\">%u</a>: ",
                      finding->recovered_by, finding->recovered_by);
        adp_page_text(page, finding->recovery);
        adp_page_raw(page, "</dd>");
    } else {
        item(page, "recovered", finding->recovery);
    }
}

static void one_finding(adp_page *page, const adp_model *model, const adp_finding *finding,
                        gboolean first, gboolean mailboxes)
{
    const char *name = adp_finding_get(finding->id)->name;
    const char *severity = adp_severity_name(finding->severity);
    adp_advice_list *advice = adp_advise(finding, mailboxes);

    adp_page_raw(page, "<article class=\"finding ");
    adp_page_text(page, severity);
    adp_page_raw(page, "\"");
    if (first) { /* others of the name have no anchor: an id stands once */
        adp_page_rawf(page, " id=\"p%u-", finding->path + 1);
        adp_page_text(page, name);
        adp_page_raw(page, "\"");
    }
    adp_page_raw(page, "><h4>");
    adp_html_chip(page, severity);
    adp_page_raw(page, " ");
    adp_page_text(page, finding->summary);
    adp_page_raw(page, "</h4>\n<dl>");
    adp_page_raw(page, "<dt>finding</dt><dd>");
    adp_page_element(page, "code", NULL, name);
    adp_page_raw(page, " <span class=\"at\">");
    adp_page_text(page, adp_finding_title(finding));
    adp_page_raw(page, "</span></dd>");
    item(page, "observed", finding->observed);
    evidence(page, model, finding);
    item(page, "inferred", finding->inferred);
    recovered(page, finding);
    if (finding->cost) {
        adp_page_raw(page, "<dt>cost</dt><dd>");
        adp_page_seconds(page, finding->cost);
        adp_page_raw(page, " s lost</dd>");
    }
    causes(page, model, advice->causes);
    checks(page, advice->checks);
    adp_page_raw(page, "</dl></article>\n");
    adp_advice_list_free(advice);
}

void adp_html_findings(adp_page *page, adp_analysis *analysis, guint32 path, gboolean mailboxes)
{
    GPtrArray *sorted = adp_findings_by_weight(analysis, path, mailboxes);
    gboolean met[ADP_FINDING_COUNT] = {FALSE};
    guint i;

    for (i = 0; i < sorted->len; i++) {
        const adp_finding *finding = g_ptr_array_index(sorted, i);

        one_finding(page, adp_analysis_model(analysis), finding, !met[finding->id], mailboxes);
        met[finding->id] = TRUE;
    }
    if (sorted->len == 0) {
        adp_page_raw(page, "<p class=\"none\">None.</p>\n");
    }
    g_ptr_array_unref(sorted);
}

/* ---- endpoints ---- */

static void place(adp_page *page, guint number, const char *label)
{
    adp_page_raw(page, "<td class=\"n\" data-l=\"");
    adp_page_raw(page, label);
    adp_page_raw(page, "\">");
    if (number) {
        adp_page_rawf(page, "%u", number);
    } else {
        adp_page_raw(page, "-");
    }
    adp_page_raw(page, "</td>");
}

void adp_html_endpoints(adp_page *page, adp_analysis *analysis, guint32 path)
{
    GPtrArray *list = adp_endpoints_of(adp_analysis_endpoints(analysis), path);
    guint i;

    if (list->len) {
        adp_page_raw(page, "<h3>Endpoints of autodiscover, in the documented order</h3>\n<table "
                           "class=\"endpoints\"><thead>"
                           "<tr><th scope=\"col\">order</th>"
                           "<th scope=\"col\">tried</th><th scope=\"col\">outcome</th>"
                           "<th scope=\"col\">endpoint</th><th scope=\"col\">named by</th></tr>"
                           "</thead><tbody>\n");
    }
    for (i = 0; i < list->len; i++) {
        const adp_endpoint *endpoint = g_ptr_array_index(list, i);

        adp_page_raw(page, "<tr>");
        place(page, endpoint->rank, "order");
        place(page, endpoint->order, "tried");
        adp_page_raw(page, "<td>");
        adp_html_chip(page, adp_inferred_outcome(adp_analysis_inferred(analysis), path, endpoint));
        adp_page_raw(page, "</td><td class=\"what\">");
        adp_page_element(page, "code", NULL, endpoint->url);
        adp_page_raw(page, "</td><td>");
        adp_page_text(page, adp_endpoint_source_name(endpoint->source));
        adp_page_raw(page, ", ");
        adp_page_text(page, endpoint->reason);
        adp_page_raw(page, "</td></tr>\n");
    }
    if (list->len) {
        adp_page_raw(page, "</tbody></table>\n");
    }
    g_ptr_array_unref(list);
}

void adp_html_inferred(adp_page *page, adp_analysis *analysis, guint32 path)
{
    const GPtrArray *all = adp_analysis_inferred(analysis);
    guint count;
    guint i = adp_inferred_of_path(all, path, &count);
    gboolean any = count > 0;

    if (any) {
        adp_page_raw(page, "<h3>Inferred: what cannot be seen probably was</h3>\n<ul>\n");
    }
    for (; count; count--, i++) {
        const adp_inferred *item = g_ptr_array_index(all, i);
        char *frames = adp_report_frame_list(item->frames);

        adp_page_raw(page, "<li>");
        if (item->endpoint) {
            adp_page_element(page, "code", NULL, item->endpoint);
            adp_page_raw(page, ": ");
        }
        adp_page_text(page, item->text);
        adp_page_rawf(page, " [<a href=\"#s%u\">step %u</a>, ", item->step + 1, item->step + 1);
        adp_page_text(page, frames);
        adp_page_raw(page, "]</li>\n");
        g_free(frames);
    }
    if (any) {
        adp_page_raw(page, "</ul>\n");
    }
}
