/* html.c
 * The report as one page of HTML that needs nothing else: for a ticket, a colleague, a customer.
 *
 * The markup is XML, too, so that a strict parser can check it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compat.h"

#include "show/html.h"

#include "facts/client_caveats.h"
#include "facts/glossary.h"
#include "facts/outcome.h"
#include "join/identity.h"
#include "join/model.h"
#include "join/shared_steps.h"
#include "judge/analysis.h"
#include "judge/folds.h"
#include "judge/path_outcome.h"
#include "judge/stages.h"
#include "log/observation.h"
#include "show/html_findings.h"
#include "show/html_head.h"
#include "show/html_ladder.h"
#include "show/html_steps.h"
#include "show/html_text.h"
#include "show/rows.h"
#include "show/sink.h"
#include "show/verdict.h"
#include "wire/text.h"

#include <adpath_version.h>
#include <epan/epan.h>

typedef struct {
    adp_page *page;
    adp_analysis *analysis;
    const adp_model *model; /* the analysis's */
    const adp_selection *selection;
    const char *file; /* NULL: not known */
    gboolean mailboxes;
    guint shown; /* so many paths are */
} context;

/* ---- what is said of times and places ---- */

static void fact(const context *c, const char *label, const char *text)
{
    if (text && *text) {
        adp_page_raw(c->page, "<div>");
        adp_page_element(c->page, "dt", NULL, label);
        adp_page_element(c->page, "dd", NULL, text);
        adp_page_raw(c->page, "</div>\n");
    }
}

static void fact_seconds(const context *c, const char *label, gint64 ns)
{
    adp_page_raw(c->page, "<div>");
    adp_page_element(c->page, "dt", NULL, label);
    adp_page_raw(c->page, "<dd>");
    adp_page_seconds(c->page, ns);
    adp_page_raw(c->page, " s</dd></div>\n");
}

/* "2026-11-27 16:53:44.123456 UTC"; NULL: no calendar has it. Free with g_free(). */
static char *moment(gint64 ns)
{
    gint64 seconds = ns / ADP_NS_PER_S - (ns % ADP_NS_PER_S < 0 ? 1 : 0);
    GDateTime *time = g_date_time_new_from_unix_utc(seconds);
    char *day = time ? g_date_time_format(time, "%Y-%m-%d %H:%M:%S") : NULL;
    char *text =
        day ? g_strdup_printf("%s.%06u UTC", day, (guint)((ns - seconds * ADP_NS_PER_S) / 1000))
            : NULL;

    g_free(day);
    if (time) {
        g_date_time_unref(time);
    }
    return text;
}

static void fact_moment(const context *c, const char *label, gint64 ns)
{
    char *text = moment(ns);

    fact(c, label, text);
    g_free(text);
}

static void capture_facts(const context *c)
{
    gint64 first = 0;
    gint64 last = 0;
    guint32 frames = 0;
    char *made = g_strdup_printf("adpath %s, Wireshark %s", ADPATH_VERSION, epan_get_version());

    adp_page_raw(c->page, "<dl class=\"facts\">\n");
    fact(c, "capture", c->file);
    if (adp_model_span(c->model, &first, &last, &frames)) {
        fact_moment(c, "first frame", first);
        fact_seconds(c, "length", last - first);
    }
    adp_page_rawf(c->page, "<div><dt>frames</dt><dd>%u</dd></div>\n", frames);
    fact(c, "made with", made);
    adp_page_raw(c->page, "</dl>\n");
    g_free(made);
}

/* What was left out of the capture. */
static void limits(const context *c)
{
    GPtrArray *told = adp_model_limits_told(c->model);
    guint i;

    for (i = 0; i < told->len; i++) {
        adp_page_raw(c->page, "<p class=\"limit\">Limit reached: ");
        adp_page_text(c->page, g_ptr_array_index(told, i));
        adp_page_raw(c->page, "</p>\n");
    }
    g_ptr_array_unref(told);
}

/* ---- paths ---- */

static gboolean is_shown(const context *c, guint32 path)
{
    return adp_selected(c->selection, path) &&
           !adp_path_is_unattached(c->model, adp_model_path(c->model, path));
}

static void named(const context *c, adp_client client)
{
    const char *name = adp_model_client_name(c->model, client);

    adp_page_text(c->page, adp_model_address_text(c->model, client.address));
    if (name) {
        adp_page_raw(c->page, " (");
        adp_page_text(c->page, name);
        adp_page_raw(c->page, ")");
    }
}

static void path_row(const context *c, guint32 index)
{
    const adp_path *path = adp_model_path(c->model, index);
    char *verdict = adp_path_verdict(c->analysis, index, c->mailboxes);
    gint64 start;
    gint64 end;
    char *began;

    adp_analysis_span(c->analysis, index, &start, &end);
    began = moment(start);
    adp_page_rawf(c->page, "<tr><th scope=\"row\"><a href=\"#p%u\">%u</a></th><td>", index + 1,
                  index + 1);
    adp_html_chip(c->page, adp_path_outcome(c->analysis, path));
    adp_page_raw(c->page, "</td><td>");
    named(c, path->client);
    adp_page_raw(c->page, "</td><td class=\"n\">");
    adp_page_text(c->page, began);
    adp_page_raw(c->page, "</td><td class=\"what\">");
    adp_page_text(c->page, verdict);
    adp_page_raw(c->page, "</td></tr>\n");
    g_free(began);
    g_free(verdict);
}

/* Where there are several, a table to choose from. */
static void list_of_paths(const context *c)
{
    guint32 i;

    if (c->shown < 2) {
        return;
    }
    adp_page_raw(c->page, "<h2>Paths</h2>\n<table class=\"paths\"><thead><tr>"
                          "<th scope=\"col\">path</th><th scope=\"col\">outcome</th>"
                          "<th scope=\"col\">client</th><th scope=\"col\">began</th>"
                          "<th scope=\"col\">verdict</th></tr></thead><tbody>\n");
    for (i = 0; i < adp_model_path_count(c->model); i++) {
        if (is_shown(c, i)) {
            path_row(c, i);
        }
    }
    adp_page_raw(c->page, "</tbody></table>\n");
}

static void path_facts(const context *c, guint32 index)
{
    const adp_path *path = adp_model_path(c->model, index);
    gint64 lost = adp_path_lost(c->analysis, index);
    gint64 start;
    gint64 end;

    adp_analysis_span(c->analysis, index, &start, &end);
    adp_page_raw(c->page, "<dl class=\"facts\">\n");
    fact(c, "domain", path->domain);
    fact(c, "forest", path->own->forest);
    fact(c, "client in site", path->own->site && !*path->own->site ? "(none)" : path->own->site);
    fact(c, "mail domain", path->own->mail_domain);
    fact_moment(c, "began", start);
    fact_seconds(c, "took", end - start);
    if (lost) {
        fact_seconds(c, "lost by waiting", lost);
    }
    adp_page_rawf(c->page, "<div><dt>steps</dt><dd>%u</dd></div>\n", path->steps.count);
    adp_page_raw(c->page, "</dl>\n");
}

/* What is not plain about the client, and what the path rests on. */
static void remarks(const context *c, guint32 index)
{
    GPtrArray *lines = adp_path_remarks(c->model, index);
    GArray *uses = adp_path_uses(c->model, index);
    guint i;

    for (i = 0; i < lines->len; i++) {
        adp_page_element(c->page, "p", "remark", g_ptr_array_index(lines, i));
    }
    if (uses->len) {
        adp_page_raw(c->page, "<p class=\"remark\">It rests on ");
        adp_html_step_links(c->page, uses);
        adp_page_raw(c->page, " of other paths.</p>\n");
    }
    g_array_unref(uses);
    g_ptr_array_unref(lines);
}

static void path_verdict(const context *c, guint32 index, const char *outcome)
{
    char *verdict = adp_path_verdict(c->analysis, index, c->mailboxes);

    adp_page_raw(c->page, "<p class=\"verdict ");
    adp_page_text(c->page, outcome);
    adp_page_raw(c->page, "\">");
    adp_page_text(c->page, verdict);
    adp_page_raw(c->page, "</p>\n");
    g_free(verdict);
}

static void one_path(const context *c, guint32 index)
{
    const adp_path *path = adp_model_path(c->model, index);
    const char *outcome = adp_path_outcome(c->analysis, path);
    GPtrArray *folds = adp_folds_of(c->analysis, index, c->mailboxes);
    gint64 start;
    gint64 end;

    adp_analysis_span(c->analysis, index, &start, &end);
    adp_page_rawf(c->page, "<section id=\"p%u\">\n<h2>Path %u: client ", index + 1, index + 1);
    named(c, path->client);
    if (path->own->also != ADP_NONE) {
        adp_page_raw(c->page, ", also ");
        named(c, adp_client_at(path->own->also));
    }
    adp_page_raw(c->page, " ");
    adp_html_chip(c->page, outcome);
    adp_page_raw(c->page, "</h2>\n");
    if (c->shown > 1) { /* else it stands on top */
        path_verdict(c, index, outcome);
    }
    path_facts(c, index);
    remarks(c, index);
    adp_page_raw(c->page, "<h3>The path in six stages</h3>\n");
    adp_html_stages(c->page, c->analysis, index, c->mailboxes);
    adp_html_time(c->page, c->analysis, index);
    adp_page_raw(c->page, "<h3>Findings</h3>\n");
    adp_html_findings(c->page, c->analysis, index, c->mailboxes);
    adp_html_endpoints(c->page, c->analysis, index);
    adp_html_inferred(c->page, c->analysis, index);
    adp_page_raw(c->page, "<h3>Who asked whom</h3>\n");
    adp_html_ladder(c->page, c->analysis, index, folds, c->mailboxes);
    adp_page_raw(c->page, "<h3>Steps</h3>\n");
    adp_html_steps(c->page, c->analysis, folds, start, c->mailboxes);
    adp_page_raw(c->page, "</section>\n");
    g_ptr_array_unref(folds);
}

/* Requests that stand alone: listed, and not judged. */
static void unattached(const context *c)
{
    gboolean any = FALSE;
    guint32 i;

    for (i = 0; i < adp_model_path_count(c->model); i++) {
        GPtrArray *folds;
        gint64 start;
        gint64 end;

        if (!adp_selected(c->selection, i) ||
            !adp_path_is_unattached(c->model, adp_model_path(c->model, i))) {
            continue;
        }
        if (!any) {
            adp_page_raw(c->page, "<section>\n<h2>Requests that belong to no path</h2>\n");
            any = TRUE;
        }
        folds = adp_folds_of(c->analysis, i, c->mailboxes);
        adp_analysis_span(c->analysis, i, &start, &end);
        adp_html_steps(c->page, c->analysis, folds, start, c->mailboxes);
        g_ptr_array_unref(folds);
    }
    if (any) {
        adp_page_raw(c->page, "</section>\n");
    }
}

/* ---- the end ---- */

/* The terms that the page uses, and no others. */
static void glossary(const context *c)
{
    gboolean any = FALSE;
    guint i;

    for (i = 0; i < adp_glossary_count(); i++) {
        const adp_term *term = adp_glossary_get(i);

        if (!adp_page_has_term(c->page, i)) {
            continue;
        }
        if (!any) {
            adp_page_raw(c->page, "<section class=\"glossary\">\n<h2>Words</h2>\n<dl>\n");
            any = TRUE;
        }
        adp_page_raw(c->page, "<div><dt>");
        adp_page_raw(c->page, term->name);
        adp_page_raw(c->page, "</dt><dd>");
        adp_page_raw(c->page, term->meaning);
        adp_page_raw(c->page, "</dd></div>\n");
    }
    if (any) {
        adp_page_raw(c->page, "</dl>\n</section>\n");
    }
}

static void foot(const context *c)
{
    adp_page_raw(
        c->page,
        "<footer><p>Frames are those of the capture, steps are numbered in the capture. A "
        "cause is <i>supported</i> where the capture speaks for it, else "
        "<i>possible</i>; what the capture refutes is left out. Commands only read, but for "
        "those that end with <code># changes</code>. Each finding has a page of its name in "
        "adpath's documentation.");
    if (!c->mailboxes) {
        adp_page_raw(c->page, " Names of mailboxes are replaced.");
    }
    adp_page_raw(c->page, " All other names and addresses are those of the capture.</p>\n"
                          "<p>This page runs no script and loads nothing.</p></footer>\n");
}

void adp_html_write(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
                    const char *file, adp_sink sink, void *data)
{
    const adp_model *model = adp_analysis_model(analysis);
    context c = {.page = adp_page_new(sink, data, mailboxes),
                 .analysis = analysis,
                 .model = model,
                 .selection = selection,
                 .file = file,
                 .mailboxes = mailboxes};
    const char *outcome = adp_capture_outcome(analysis, selection, mailboxes);
    char *verdict = adp_capture_verdict(analysis, selection, mailboxes);
    guint32 i;

    for (i = 0; i < adp_model_path_count(model); i++) {
        c.shown += is_shown(&c, i) ? 1 : 0;
    }
    adp_html_head(c.page, outcome, file);
    adp_page_raw(c.page, "<header>\n<h1>Active Directory discovery</h1>\n<p class=\"verdict top ");
    adp_page_text(c.page, outcome);
    adp_page_raw(c.page, "\">");
    adp_page_text(c.page, verdict ? verdict : adp_no_verdict(model, selection));
    adp_page_raw(c.page, "</p>\n");
    capture_facts(&c);
    limits(&c);
    adp_page_raw(c.page, "</header>\n<main>\n");
    list_of_paths(&c);
    for (i = 0; i < adp_model_path_count(model); i++) {
        if (is_shown(&c, i)) {
            one_path(&c, i);
        }
    }
    unattached(&c);
    glossary(&c);
    adp_page_raw(c.page, "</main>\n");
    foot(&c);
    adp_page_raw(c.page, "</body>\n</html>\n");
    adp_page_end(c.page);
    g_free(verdict);
}

void adp_html(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
              GString *out)
{
    adp_html_write(analysis, selection, mailboxes, NULL, adp_sink_gather, out);
}
