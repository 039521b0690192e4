/* html_ladder.c
 * The drawing of a path: its client and servers as columns, its steps as arrows between them.
 *
 * Each line is a drawing of its own, as high as a line: so paper breaks between lines, and a page of
 * any length is written line by line. Colours and fonts are in the style sheet; nothing refers to
 * anything outside.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/html_ladder.h"

#include "facts/outcome.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/fold_words.h"
#include "judge/folds.h"
#include "judge/stages.h"
#include "log/observation.h"
#include "show/frames.h"
#include "show/html_lanes.h"
#include "show/rows.h"
#include "wire/text.h"

#include <string.h>

#define LEFT   ADP_LADDER_LEFT
#define HEIGHT 40 /* of a line */

/* Below this a pause between two steps is not worth a line. */
#define GAP_SHOWN ADP_NS_PER_S

typedef struct {
    adp_page *page;
    adp_analysis *analysis;
    const adp_model *model;
    const adp_path *path;
    gboolean mailboxes;
    adp_lanes lanes;
    gint64 start;    /* of the path */
    GArray *notices; /* of adp_finding *, by their last evidence */
} ladder;

/* Of evidence that is no step: a connection that was tried, or a message on one. */
static const adp_obs *beside_steps(const ladder *l, const adp_finding *finding)
{
    guint32 last = finding->evidence->len
                       ? g_array_index(finding->evidence, guint32, finding->evidence->len - 1)
                       : ADP_NONE;

    if (last == ADP_NONE || adp_model_mark(l->model, last)->step != ADP_NONE ||
        adp_model_obs(l->model, last)->flow.client != l->path->client.address) {
        return NULL;
    }
    return adp_model_obs(l->model, last);
}

static void find_lanes(ladder *l, const GPtrArray *folds)
{
    guint i;
    guint s;

    for (i = 0; i < folds->len && i < ADP_LADDER_LINES; i++) {
        const GArray *steps = ((const adp_fold *)g_ptr_array_index(folds, i))->steps;

        for (s = 0; s < steps->len; s++) {
            const adp_step *step = adp_model_step(l->model, g_array_index(steps, guint32, s));

            adp_lanes_add(&l->lanes, adp_lane_of_step(l->model, step));
        }
    }
    for (i = 0; i < l->notices->len && i < ADP_LADDER_LINES; i++) {
        const adp_obs *obs = beside_steps(l, g_array_index(l->notices, adp_finding *, i));

        if (obs) {
            adp_lanes_add(&l->lanes, adp_lane_of_flow(&obs->flow));
        }
    }
    adp_lanes_lay_out(&l->lanes);
}

/* ---- drawing ---- */

static void begin_line(const ladder *l, guint height)
{
    adp_page_rawf(l->page,
                  "<tr><td><svg role=\"img\" width=\"%u\" height=\"%u\" viewBox=\"0 0 %u %u\">"
                  "<title>",
                  l->lanes.width, height, l->lanes.width, height);
}

/* The title is written; now the lines of life that all others lie over. */
static void end_title(const ladder *l, guint height, const char *class)
{
    guint i;

    adp_page_raw(l->page, "</title>");
    for (i = 0; i <= adp_lanes_columns(&l->lanes); i++) {
        adp_page_raw(l->page, "<line class=\"");
        adp_page_raw(l->page, class);
        adp_page_rawf(l->page, "\" x1=\"%u\" y1=\"0\" x2=\"%u\" y2=\"%u\"/>",
                      LEFT + i * l->lanes.space, LEFT + i * l->lanes.space, height);
    }
}

static void end_line(const ladder *l)
{
    adp_page_raw(l->page, "</svg></td></tr>\n");
}

/* "0.44 ms": near an arrow there is no room for more. */
static void rounded(const ladder *l, gint64 ns)
{
    guint64 us = (guint64)MAX(ns, 0) / 1000;

    if (us < 1000) {
        adp_page_rawf(l->page, "%u \xc2\xb5s", (guint)us);
    } else if (us < 1000000) {
        adp_page_rawf(l->page, "%u.%u ms", (guint)(us / 1000), (guint)(us / 100 % 10));
    } else {
        adp_page_rawf(l->page, "%" G_GUINT64_FORMAT ".%02u s", us / 1000000,
                      (guint)(us / 10000 % 100));
    }
}

static void arrow(const ladder *l, const char *class, guint from, guint to, guint y)
{
    int back = to > from ? -7 : 7;

    adp_page_raw(l->page, "<g class=\"arrow ");
    adp_page_raw(l->page, class);
    adp_page_rawf(l->page,
                  "\"><line x1=\"%u\" y1=\"%u\" x2=\"%u\" y2=\"%u\"/>"
                  "<path d=\"M%u %u l%d -4 v8 z\"/></g>",
                  from, y, to, y, to, y, back);
}

/* It leads to nothing: a cross before the column. */
static void vain_arrow(const ladder *l, const char *class, guint to, guint y)
{
    adp_page_raw(l->page, "<g class=\"arrow ");
    adp_page_raw(l->page, class);
    adp_page_rawf(l->page,
                  "\"><line x1=\"%u\" y1=\"%u\" x2=\"%u\" y2=\"%u\"/>"
                  "<path class=\"cross\" d=\"M%u %u l9 9 m0 -9 l-9 9\"/></g>",
                  LEFT, y, to - 14, y, to - 13, y - 4);
}

static void label(const ladder *l, const char *class, const char *text, guint x, guint y)
{
    adp_page_raw(l->page, "<text class=\"");
    adp_page_raw(l->page, class);
    adp_page_rawf(l->page, "\" x=\"%u\" y=\"%u\">", x, y);
    adp_page_short(l->page, text, (guint)((l->lanes.width - x - 4) / ADP_LADDER_LETTER));
    adp_page_raw(l->page, "</text>");
}

/* ---- lines ---- */

/* The words under an arrow's end: what came of the line, and how long its slowest answer took. */
static void result(const ladder *l, const adp_fold *fold, const char *outcome, guint x)
{
    gint64 took;

    adp_page_rawf(l->page, "<text class=\"took\" x=\"%u\" y=\"34\">", x + 6);
    if (strcmp(outcome, adp_outcome_name(ADP_OK)) != 0) {
        adp_page_text(l->page, outcome);
        adp_page_raw(l->page, " ");
    }
    if (adp_fold_longest(l->model, fold, &took)) {
        adp_page_raw(l->page, fold->steps->len > 1 ? "at most " : "");
        rounded(l, took);
    }
    adp_page_raw(l->page, "</text>");
}

/* To each server of the line once: only what went well shares one. */
static void arrows(const ladder *l, const adp_fold *fold, const char *outcome)
{
    GHashTable *drawn = g_hash_table_new(NULL, NULL); /* where an arrow ends */
    guint farthest = 0;
    guint i;

    for (i = 0; i < fold->steps->len; i++) {
        const adp_step *step = adp_model_step(l->model, g_array_index(fold->steps, guint32, i));
        adp_outcome ended = adp_step_outcome(l->model, step, FALSE);
        guint x = adp_lanes_x(&l->lanes, adp_lane_of_step(l->model, step));

        if (!g_hash_table_add(drawn, GUINT_TO_POINTER(x))) {
            continue;
        }
        if (step->reply == ADP_NONE && (ended == ADP_UNANSWERED || ended == ADP_PENDING)) {
            vain_arrow(l, outcome, x, 25);
        } else {
            arrow(l, outcome, LEFT, x, 23);
            arrow(l, outcome, x, LEFT, 32);
        }
        farthest = MAX(farthest, x);
    }
    result(l, fold, outcome, farthest);
    g_hash_table_unref(drawn);
}

/* "3", or "3 +4" with those that share the line, and when that began. */
static void margin(const ladder *l, const adp_row *row, guint count, gint64 after)
{
    adp_page_rawf(l->page, "<text class=\"axis\" x=\"44\" y=\"14\">%u", row->n);
    if (count > 1) {
        adp_page_rawf(l->page, " +%u", count - 1);
    }
    adp_page_raw(l->page, "</text>");
    adp_page_raw(l->page, "<text class=\"axis\" x=\"116\" y=\"14\">");
    adp_page_seconds(l->page, after);
    adp_page_raw(l->page, "</text>");
}

static void step_line(const ladder *l, const adp_fold *fold)
{
    guint32 index = g_array_index(fold->steps, guint32, 0);
    const adp_step *step = adp_model_step(l->model, index);
    adp_row row = adp_row_of(l->model, index, l->mailboxes);
    const char *outcome = adp_outcome_name(adp_fold_outcome(l->model, fold));
    gint64 after = adp_since(adp_model_obs(l->model, step->first)->time, l->start);
    char *text = fold->kind == ADP_FOLD_ALONE ? g_strdup(row.summary)
                                              : adp_fold_words(l->model, fold, l->mailboxes);

    begin_line(l, HEIGHT);
    adp_page_rawf(l->page, "Step %u, ", row.n);
    adp_page_seconds(l->page, after);
    adp_page_raw(l->page, " s after the start, ");
    adp_page_text(l->page, outcome);
    adp_page_rawf(l->page, ", frame %u: ", row.frame);
    adp_page_text(l->page, text);
    end_title(l, HEIGHT, "life");
    margin(l, &row, fold->steps->len, after);
    arrows(l, fold, outcome);
    label(l, "said", text, LEFT + 8, 14);
    end_line(l);
    g_free(text);
    adp_row_clear(&row);
}

static void pause_line(const ladder *l, gint64 ns)
{
    begin_line(l, 24);
    adp_page_seconds(l->page, ns);
    adp_page_raw(l->page, " s without a step");
    end_title(l, 24, "life idle");
    adp_page_rawf(l->page, "<text class=\"pause\" x=\"%u\" y=\"16\">", LEFT + 8);
    adp_page_seconds(l->page, ns);
    adp_page_raw(l->page, " s without a step</text>");
    end_line(l);
}

/* A finding, where its last evidence lies. */
static void notice_line(const ladder *l, const adp_finding *finding)
{
    const char *severity = adp_severity_name(finding->severity);
    const adp_obs *obs = beside_steps(l, finding);
    char *text = g_strdup_printf("%s: %s", severity, finding->summary);
    guint height = obs ? HEIGHT + 4 : 28;

    begin_line(l, height);
    adp_page_text(l->page, text);
    end_title(l, height, "life");
    adp_page_raw(l->page, "<g class=\"notice ");
    adp_page_raw(l->page, severity);
    adp_page_rawf(l->page, "\"><rect x=\"%u\" y=\"3\" width=\"%u\" height=\"20\" rx=\"4\"/>",
                  LEFT + 2, l->lanes.width - LEFT - 6);
    label(l, "found", text, LEFT + 10, 17);
    adp_page_raw(l->page, "</g>");
    if (obs) {
        char *frames = adp_report_frames(l->model, finding->evidence);
        guint x = adp_lanes_x(&l->lanes, adp_lane_of_flow(&obs->flow));

        adp_page_raw(l->page, "<text class=\"axis\" x=\"116\" y=\"37\">");
        adp_page_seconds(l->page, adp_since(obs->time, l->start));
        adp_page_raw(l->page, "</text>");
        vain_arrow(l, severity, x, 33);
        label(l, "took", frames, x + 6, 37);
        g_free(frames);
    }
    end_line(l);
    g_free(text);
}

/* ---- the whole ---- */

static guint32 last_of(const adp_finding *finding)
{
    return finding->evidence->len
               ? g_array_index(finding->evidence, guint32, finding->evidence->len - 1)
               : 0;
}

static gint by_last_evidence(gconstpointer a, gconstpointer b)
{
    guint32 x = last_of(*(adp_finding *const *)a);
    guint32 y = last_of(*(adp_finding *const *)b);

    return (x > y) - (x < y);
}

/* Findings whose evidence ends before the observation; `*next` is the first that is not drawn. */
static void notices_before(const ladder *l, guint *next, guint32 obs)
{
    while (*next < l->notices->len &&
           last_of(g_array_index(l->notices, adp_finding *, *next)) < obs) {
        notice_line(l, g_array_index(l->notices, adp_finding *, *next));
        (*next)++;
    }
}

static void draw(const ladder *l, const GPtrArray *folds)
{
    guint notice = 0;
    guint i;

    for (i = 0; i < folds->len && i < ADP_LADDER_LINES; i++) {
        const adp_fold *fold = g_ptr_array_index(folds, i);
        guint32 first = g_array_index(fold->steps, guint32, 0);

        notices_before(l, &notice, adp_model_step(l->model, first)->first);
        if (fold->gap >= GAP_SHOWN) {
            pause_line(l, fold->gap);
        }
        step_line(l, fold);
    }
    if (i == folds->len) {
        notices_before(l, &notice, ADP_NONE);
    }
}

static void not_drawn(const ladder *l, const GPtrArray *folds)
{
    guint rest = 0;
    guint i;

    for (i = ADP_LADDER_LINES; i < folds->len; i++) {
        rest += ((const adp_fold *)g_ptr_array_index(folds, i))->steps->len;
    }
    if (rest) {
        adp_page_rawf(l->page,
                      "<p class=\"limit\">The drawing ends here: %u later steps are not drawn. The "
                      "steps below have all of them.</p>\n",
                      rest);
    }
    if (adp_lanes_sharing(&l->lanes)) {
        adp_page_rawf(l->page,
                      "<p class=\"limit\">%u more servers share the last column, <q>other "
                      "servers</q>.</p>\n",
                      adp_lanes_sharing(&l->lanes));
    }
}

void adp_html_ladder(adp_page *page, adp_analysis *analysis, guint32 path, const GPtrArray *folds,
                     gboolean mailboxes)
{
    const adp_model *model = adp_analysis_model(analysis);
    ladder l = {.page = page,
                .analysis = analysis,
                .model = model,
                .path = adp_model_path(model, path),
                .mailboxes = mailboxes,
                .notices = g_array_new(FALSE, FALSE, sizeof(adp_finding *))};
    guint count;
    adp_finding *const *found = adp_findings_of_path(analysis, path, mailboxes, &count);
    gint64 end;

    adp_lanes_init(&l.lanes);
    adp_analysis_span(analysis, path, &l.start, &end);
    g_array_append_vals(l.notices, found, count);
    g_array_sort(l.notices, by_last_evidence);
    find_lanes(&l, folds);
    adp_page_raw(page, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" "
                       "aria-label=\"The drawing of the path\">\n"
                       "<table class=\"ladder\" role=\"presentation\">\n");
    adp_lanes_head(page, model, &l.lanes, l.path->client);
    adp_page_raw(page, "<tbody>\n");
    draw(&l, folds);
    adp_page_raw(page, "</tbody></table></div>\n");
    not_drawn(&l, folds);
    adp_lanes_clear(&l.lanes);
    g_array_unref(l.notices);
}
