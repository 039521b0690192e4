/* markdown.c
 * The report as Markdown, to be put into a ticket.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/markdown.h"

#include "advise/advise.h"
#include "facts/client_caveats.h"
#include "join/identity.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "judge/catalogue.h"
#include "judge/endpoint.h"
#include "judge/endpoints.h"
#include "judge/finding.h"
#include "judge/inferred.h"
#include "judge/inferred_told.h"
#include "log/observation.h"
#include "show/frames.h"
#include "show/rows.h"
#include "show/verdict.h"
#include "wire/text.h"

#include <string.h>

typedef struct {
    adp_analysis *analysis;
    const adp_model *model; /* the analysis's */
    gboolean mailboxes;
    GString *out;
} context;

/* "www." makes a link of what follows where Markdown is GitHub's. */
static gboolean follows_www(const char *dot, const char *begin)
{
    return dot - begin >= 3 && g_ascii_strncasecmp(dot - 3, "www", 3) == 0;
}

/*
 * What Markdown could take for markup within a line; nothing of a packet stands at the
 * beginning of one. An entity is no markup anywhere, a backslash is one in old dialects.
 */
static void escaped(GString *out, const char *text)
{
    const char *begin = text;

    for (; *text; text++) {
        if (strchr("<>&|@", *text) || g_str_has_prefix(text, "://") ||
            (*text == '.' && follows_www(text, begin))) {
            g_string_append_printf(out, "&#%d;", *text);
        } else if (strchr("\\`*_[]~$", *text)) {
            g_string_append_c(out, '\\');
            g_string_append_c(out, *text);
        } else {
            g_string_append_c(out, (guchar)*text < ' ' ? ' ' : *text);
        }
    }
}

static void say(const context *c, const char *text)
{
    char *masked = c->mailboxes ? NULL : adp_mask_mailboxes(text);

    escaped(c->out, masked ? masked : text);
    g_free(masked);
}

/* A command as code: fenced by more backticks than it holds. */
static void code(const context *c, const char *text)
{
    guint longest = 0;
    guint run = 0;
    const char *s;
    char *fence;

    for (s = text; *s; s++) {
        run = *s == '`' ? run + 1 : 0;
        longest = MAX(longest, run);
    }
    fence = g_strnfill(longest + 1, '`');
    g_string_append_printf(c->out, "%s %s %s", fence, text, fence);
    g_free(fence);
}

static void steps(const context *c, const adp_path *path)
{
    char seconds[ADP_SECONDS_LEN];
    guint i;

    g_string_append(c->out, "\n| step | frame | kind | outcome | took | what happened |\n"
                            "|---:|---:|---|---|---:|---|\n");
    for (i = 0; i < path->steps.count; i++) {
        adp_row row = adp_row_of(c->model, path->steps.items[i], c->mailboxes);

        g_string_append_printf(c->out, "| %u | %u | %s | %s | %s | ", row.n, row.frame, row.kind,
                               row.outcome, row.has_took ? adp_seconds(row.took, seconds) : "");
        say(c, row.summary);
        g_string_append(c->out, " |\n");
        adp_row_clear(&row);
    }
}

static void endpoints(const context *c, guint32 path)
{
    GPtrArray *list = adp_endpoints_of(adp_analysis_endpoints(c->analysis), path);
    guint i;

    if (list->len) {
        g_string_append(c->out, "\n### Endpoints of autodiscover, in the documented order\n\n"
                                "| order | tried | outcome | endpoint | where from |\n"
                                "|---:|---:|---|---|---|\n");
    }
    for (i = 0; i < list->len; i++) {
        const adp_endpoint *endpoint = g_ptr_array_index(list, i);

        g_string_append(c->out, "| ");
        if (endpoint->rank) {
            g_string_append_printf(c->out, "%u", endpoint->rank);
        }
        g_string_append(c->out, " | ");
        if (endpoint->order) {
            g_string_append_printf(c->out, "%u", endpoint->order);
        }
        g_string_append_printf(
            c->out, " | %s | ",
            adp_inferred_outcome(adp_analysis_inferred(c->analysis), path, endpoint));
        say(c, endpoint->url);
        g_string_append_printf(c->out, " | %s, ", adp_endpoint_source_name(endpoint->source));
        say(c, endpoint->reason);
        g_string_append(c->out, " |\n");
    }
    g_ptr_array_unref(list);
}

static void inferred(const context *c, guint32 path)
{
    const GPtrArray *all = adp_analysis_inferred(c->analysis);
    guint count;
    guint i = adp_inferred_of_path(all, path, &count);

    if (count) {
        g_string_append(c->out, "\n### Inferred: what cannot be seen probably was\n\n");
    }
    for (; count; count--, i++) {
        const adp_inferred *one = g_ptr_array_index(all, i);

        g_string_append(c->out, "* ");
        if (one->endpoint) {
            say(c, one->endpoint);
            g_string_append(c->out, ": ");
        }
        say(c, one->text);
        g_string_append_printf(c->out, " (step %u)\n", one->step + 1);
    }
}

static void item(const context *c, const char *label, const char *text)
{
    if (text && *text) {
        g_string_append_printf(c->out, "* %s: ", label);
        say(c, text);
        g_string_append_c(c->out, '\n');
    }
}

static void add_cause(const context *c, const adp_cause *cause)
{
    char *frames = cause->evidence->len ? adp_report_frames(c->model, cause->evidence) : NULL;
    char *text = frames ? g_strdup_printf("%s (%s)", cause->text, frames) : g_strdup(cause->text);

    item(c, cause->supported ? "supported cause" : "possible cause", text);
    g_free(text);
    g_free(frames);
}

static void one_finding(const context *c, const adp_finding *finding)
{
    char *frames = adp_report_frames(c->model, finding->evidence);
    adp_advice_list *advice = adp_advise(finding, c->mailboxes);
    guint i;

    g_string_append_printf(c->out, "\n#### %s: %s\n\n", adp_severity_name(finding->severity),
                           adp_finding_get(finding->id)->name);
    item(c, "finding", finding->summary);
    item(c, "observed", finding->observed);
    item(c, "evidence", frames);
    item(c, "inferred", finding->inferred);
    item(c, "recovered", finding->recovery);
    for (i = 0; i < advice->causes->len; i++) {
        add_cause(c, g_ptr_array_index(advice->causes, i));
    }
    for (i = 0; i < advice->checks->len; i++) {
        const adp_check *check = g_ptr_array_index(advice->checks, i);

        g_string_append_printf(c->out,
                               "* check (%s%s): ", check->changes ? "changes " : "reads only",
                               check->changes ? check->changes : "");
        code(c, check->text);
        g_string_append_c(c->out, '\n');
    }
    adp_advice_list_free(advice);
    g_free(frames);
}

static void findings(const context *c, guint32 path)
{
    guint count;
    adp_finding *const *list = adp_findings_of_path(c->analysis, path, c->mailboxes, &count);
    int severity;
    guint i;

    if (count) {
        g_string_append(c->out, "\n### Findings\n");
    }
    for (severity = ADP_SEVERITY_ERROR; severity >= ADP_SEVERITY_NOTE; severity--) {
        for (i = 0; i < count; i++) {
            if ((int)list[i]->severity == severity) {
                one_finding(c, list[i]);
            }
        }
    }
}

static void named(const context *c, adp_client client)
{
    const char *name = adp_model_client_name(c->model, client);

    say(c, adp_model_address_text(c->model, client.address));
    if (name) {
        g_string_append(c->out, " (");
        say(c, name);
        g_string_append(c->out, ")");
    }
}

static void remarks(const context *c, guint32 index)
{
    GPtrArray *lines = adp_path_remarks(c->model, index);
    guint i;

    for (i = 0; i < lines->len; i++) {
        g_string_append(c->out, "\n");
        say(c, g_ptr_array_index(lines, i));
        g_string_append(c->out, "\n");
    }
    g_ptr_array_unref(lines);
}

static void one_path(const context *c, guint32 index)
{
    const adp_path *path = adp_model_path(c->model, index);
    char *verdict = adp_path_verdict(c->analysis, index, c->mailboxes);

    g_string_append_printf(c->out, "\n## Path %u: client ", index + 1);
    named(c, path->client);
    if (path->own->also != ADP_NONE) {
        g_string_append(c->out, ", also ");
        named(c, adp_client_at(path->own->also));
    }
    g_string_append(c->out, "\n\n");
    say(c, verdict); /* begins with a word of ours */
    g_string_append(c->out, "\n");
    remarks(c, index);
    if (path->domain) {
        g_string_append(c->out, "\nDomain ");
        say(c, path->domain);
        g_string_append(c->out, "\n");
    }
    g_free(verdict);
    findings(c, index);
    endpoints(c, index);
    inferred(c, index);
    g_string_append(c->out, "\n### Steps\n");
    steps(c, path);
}

static void limits(const context *c)
{
    GPtrArray *told = adp_model_limits_told(c->model);
    guint i;

    for (i = 0; i < told->len; i++) {
        g_string_append(c->out, "\nLimit reached: ");
        say(c, g_ptr_array_index(told, i));
        g_string_append(c->out, "\n");
    }
    g_ptr_array_unref(told);
}

void adp_markdown(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
                  GString *out)
{
    const adp_model *model = adp_analysis_model(analysis);
    context c = {.analysis = analysis, .model = model, .mailboxes = mailboxes, .out = out};
    char *verdict = adp_verdict_line(analysis, selection, mailboxes);
    guint32 i;

    g_string_append(out, "# Active Directory discovery\n\n");
    g_string_append(out, "Verdict: ");
    say(&c, verdict);
    g_string_append(out, "\n");
    g_free(verdict);
    limits(&c);
    for (i = 0; i < adp_model_path_count(model); i++) {
        if (adp_selected(selection, i) &&
            !adp_path_is_unattached(model, adp_model_path(model, i))) {
            one_path(&c, i);
        }
    }
}
