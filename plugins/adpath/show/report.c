/* report.c
 * The report for people: what each client did, in order.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/report.h"
#include "show/decrypt.h"

#include "facts/client_caveats.h"
#include "facts/outcome.h"
#include "facts/ranks.h"
#include "join/identity.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "judge/fold_words.h"
#include "judge/folds.h"
#include "judge/health.h"
#include "log/observation.h"
#include "session.h"
#include "show/rows.h"
#include "show/stages.h"
#include "show/verdict.h"
#include "show/wrap.h"
#include "wire/krb_error.h"
#include "wire/scp.h"
#include "wire/text.h"

#include <string.h>

/* Below this a pause between two steps is not worth a line. */
#define GAP_SHOWN ADP_NS_PER_S
/* Nor is how long answers took that were all quicker than this. */
#define ANSWER_SHOWN (ADP_NS_PER_S / 10)

typedef struct {
    adp_analysis *analysis;
    const adp_model *model; /* the analysis's */
    gboolean mailboxes;
    GString *out;
} context;

/* What was left out of the capture; the findings are made already, and rules have limits, too. */
static void limits(const context *c)
{
    GPtrArray *told = adp_model_limits_told(c->model);
    guint i;

    for (i = 0; i < told->len; i++) {
        g_string_append(c->out, "Limit reached: ");
        adp_report_wrap(c->out, g_ptr_array_index(told, i), 15, 15);
    }
    g_ptr_array_unref(told);
}

static gboolean is_shown(const context *c, const adp_selection *selection, guint32 path)
{
    return adp_selected(selection, path) &&
           !adp_path_is_unattached(c->model, adp_model_path(c->model, path));
}

static void head(const context *c, const adp_selection *selection)
{
    char *verdict = adp_verdict_line(c->analysis, selection, c->mailboxes);
    char *note;
    gint64 first = 0;
    gint64 last = 0;
    guint32 frames = 0;
    guint shown = 0;
    guint32 i;
    char buf[ADP_SECONDS_LEN];

    (void)adp_model_span(c->model, &first, &last, &frames);
    for (i = 0; i < adp_model_path_count(c->model); i++) {
        shown += is_shown(c, selection, i) ? 1 : 0;
    }
    /* Scripts read the first line alone. */
    g_string_append(c->out, "Verdict: ");
    adp_report_line(c->out, verdict, 9, 9);
    g_string_append_printf(c->out, "Active Directory discovery: %u %s, %u %s in %s s\n", shown,
                           shown == 1 ? "path" : "paths", frames, frames == 1 ? "frame" : "frames",
                           adp_seconds(last - first, buf));
    limits(c);
    note = adp_decrypt_note(c->analysis, selection, FALSE);
    if (note) {
        adp_report_wrap(c->out, note, 0, 2);
        g_free(note);
    }
    g_free(verdict);
}

static void named(const context *c, adp_client client)
{
    const char *name = adp_model_client_name(c->model, client);

    g_string_append(c->out, adp_model_address_text(c->model, client.address));
    if (name) {
        g_string_append_printf(c->out, " (%s)", name);
    }
}

/* Whose the path is, and its verdict. */
static void path_title(const context *c, guint32 index)
{
    const adp_path *path = adp_model_path(c->model, index);
    char *verdict = adp_path_verdict(c->analysis, index, c->mailboxes);

    g_string_append_printf(c->out, "\nPath %u: client ", index + 1);
    named(c, path->client);
    if (path->own->also != ADP_NONE) {
        g_string_append(c->out, ", also ");
        named(c, adp_client_at(path->own->also));
    }
    g_string_append(c->out, "\n  ");
    adp_report_wrap(c->out, verdict, 2, 2);
    g_free(verdict);
}

static void counts(const context *c, const adp_path *path)
{
    guint by_outcome[ADP_OUTCOMES] = {0};
    gboolean first = TRUE;
    guint i;

    for (i = 0; i < path->steps.count; i++) {
        const adp_step *step = adp_model_step(c->model, path->steps.items[i]);

        by_outcome[adp_step_outcome(c->model, step, FALSE)]++;
    }
    for (i = 0; i < ADP_OUTCOMES; i++) {
        if (by_outcome[i]) {
            g_string_append_printf(c->out, "%s%u %s", first ? "" : ", ", by_outcome[i],
                                   adp_outcome_name((adp_outcome)i));
            first = FALSE;
        }
    }
}

/* What is not plain about the client, a line each. */
static void remarks(const context *c, guint32 index)
{
    GPtrArray *lines = adp_path_remarks(c->model, index);
    guint i;

    for (i = 0; i < lines->len; i++) {
        g_string_append(c->out, "  ");
        adp_report_wrap(c->out, g_ptr_array_index(lines, i), 2, 2);
    }
    g_ptr_array_unref(lines);
}

static void path_heading(const context *c, guint32 index)
{
    const adp_path *path = adp_model_path(c->model, index);

    path_title(c, index);
    remarks(c, index);
    if (path->domain) {
        g_string_append_printf(c->out, "  Domain %s", path->domain);
        if (path->own->forest) {
            g_string_append_printf(c->out, ", forest %s", path->own->forest);
        }
        if (path->own->site) {
            g_string_append_printf(c->out, ", client in site %s",
                                   *path->own->site ? path->own->site : "(none)");
        }
        g_string_append_c(c->out, '\n');
    }
    g_string_append_printf(c->out, "  %u %s: ", path->steps.count,
                           path->steps.count == 1 ? "step" : "steps");
    counts(c, path);
    g_string_append_c(c->out, '\n');
    adp_report_stages(c->analysis, index, c->mailboxes, c->out);
}

typedef struct {
    const adp_scp_entry *entry;
    adp_rank rank;
    guint at; /* its place in the answer */
} ranked;

/* Those without a rank are last, as they came. */
static gint by_rank(gconstpointer a, gconstpointer b)
{
    const ranked *x = a;
    const ranked *y = b;

    if (x->rank.rank != y->rank.rank) {
        return x->rank.rank - 1 < y->rank.rank - 1 ? -1 : 1; /* 0 is beyond all */
    }
    return x->at < y->at ? -1 : x->at > y->at;
}

static void one_entry(const context *c, const ranked *r)
{
    const adp_scp_entry *entry = r->entry;
    GString *line = g_string_new(NULL);
    char *masked;

    g_string_append_printf(line, "%s %s", adp_scp_entry_type_name(entry->type),
                           entry->bindings.count ? entry->bindings.items[0] : entry->dn);
    if (r->rank.rank) {
        g_string_append_printf(line, " - to be tried as no. %u (%s)", r->rank.rank,
                               adp_rank_reason_name(r->rank.reason));
    } else if (entry->type == ADP_SCP_URL && !adp_scp_has_url(entry)) {
        g_string_append(line, " - no URL that a client could use");
    }
    masked = c->mailboxes ? NULL : adp_mask_mailboxes(line->str);
    g_string_append_printf(c->out, "%27s", "");
    adp_report_wrap(c->out, masked ? masked : line->str, 27, 29);
    g_free(masked);
    g_string_free(line, TRUE);
}

/* The entries of an SCP answer in the order the client should try them. */
static void entries(const context *c, guint32 step_index)
{
    const adp_step *step = adp_model_step(c->model, step_index);
    GArray *list = g_array_new(FALSE, FALSE, sizeof(ranked));
    guint32 i;

    for (i = step->first; i != ADP_NONE; i = adp_model_mark(c->model, i)->next) {
        const adp_obs *obs = adp_model_obs(c->model, i);
        const adp_mark *mark = adp_model_mark(c->model, i);
        ranked r = {.at = list->len};

        if (obs->type != ADP_OBS_LDAP_ENTRY || mark->copy) {
            continue;
        }
        r.entry = &obs->u.entry->scp;
        r.rank = adp_rank_of(adp_analysis_ranks(c->analysis), step_index, mark->count - 1);
        g_array_append_val(list, r);
    }
    g_array_sort(list, by_rank);
    for (i = 0; i < list->len; i++) {
        one_entry(c, &g_array_index(list, ranked, i));
    }
    g_array_unref(list);
}

/* What an error code means, under the step that got it. */
static void error_meaning(const context *c, const adp_step *step)
{
    const adp_obs_krb *krb;

    if (step->kind != ADP_STEP_KERBEROS || step->reply == ADP_NONE) {
        return;
    }
    krb = adp_model_obs(c->model, step->reply)->u.krb;
    if (krb->is_error) {
        g_string_append_printf(c->out, "%27s", "");
        adp_report_wrap(c->out, adp_krb_error_meaning(krb->error), 27, 27);
    }
}

/* The columns that a line of the steps begins with; the one that its text begins in: long times move it. */
static guint line_head(GString *out, guint32 n, const char *seconds, const char *outcome)
{
    gsize before = out->len;

    g_string_append_printf(out, "%5u %9s %-10s ", n, seconds, outcome);
    return (guint)(out->len - before);
}

/* "  12  +0.633861  unanswered  SRV ..." */
static void step_line(const context *c, guint32 step_index, gint64 path_start)
{
    adp_row row = adp_row_of(c->model, step_index, c->mailboxes);
    const adp_step *step = adp_model_step(c->model, step_index);
    gint64 first = 0;
    gint64 last;
    guint32 frames;
    char buf[ADP_SECONDS_LEN];
    guint column;
    char *text;

    (void)adp_model_span(c->model, &first, &last, &frames);
    column = line_head(c->out, row.n, adp_seconds(first + row.time - path_start, buf), row.outcome);
    if (row.has_took) {
        text = g_strdup_printf("%s [frame %u, %s, %s s]", row.summary, row.frame, row.server,
                               adp_seconds(row.took, buf));
    } else {
        text = g_strdup_printf("%s [frame %u, %s]", row.summary, row.frame, row.server);
    }
    adp_report_wrap(c->out, text, column, 29);
    g_free(text);
    error_meaning(c, step);
    if (step->kind == ADP_STEP_SCP) {
        entries(c, step_index);
    }
    adp_row_clear(&row);
}

/* How long a fold lasts, from its first packet to its last, ns. */
static gint64 length_of(const context *c, const adp_fold *fold)
{
    guint32 first = g_array_index(fold->steps, guint32, 0);
    gint64 end = 0;
    guint i;

    for (i = 0; i < fold->steps->len; i++) {
        const adp_step *step = adp_model_step(c->model, g_array_index(fold->steps, guint32, i));

        end = MAX(end, adp_model_obs(c->model, step->last)->time);
    }
    return adp_since(end, adp_model_obs(c->model, adp_model_step(c->model, first)->first)->time);
}

/* Behind the sentence: which steps and frames, whose answers, and how long they took. */
static char *fold_places(const context *c, const adp_fold *fold)
{
    char *places = adp_fold_places(c->model, fold);
    GString *out = g_string_new(NULL);
    guint servers;
    guint32 server = adp_fold_server(c->model, fold, &servers);
    gint64 length = length_of(c, fold);
    gint64 longest;
    char buf[ADP_SECONDS_LEN];

    g_string_append_printf(out, "[%s", places);
    if (server != ADP_NONE) {
        g_string_append_printf(out, ", %s", adp_model_address_text(c->model, server));
    } else {
        g_string_append_printf(out, ", %u servers", servers);
    }
    if (adp_fold_longest(c->model, fold, &longest) && longest >= ANSWER_SHOWN) {
        g_string_append_printf(out, ", %s s at most", adp_seconds(longest, buf));
    }
    if (length >= GAP_SHOWN) {
        g_string_append_printf(out, ", over %s", adp_seconds_said(length, buf));
    }
    g_string_append_c(out, ']');
    g_free(places);
    return g_string_free(out, FALSE);
}

/* Several steps on one line; the number is that of the first. */
static void fold_line(const context *c, const adp_fold *fold, gint64 path_start)
{
    guint32 first = g_array_index(fold->steps, guint32, 0);
    char *words = adp_fold_words(c->model, fold, c->mailboxes);
    char *places = fold_places(c, fold);
    char *text = g_strdup_printf("%s %s", words, places);
    gint64 start = adp_model_obs(c->model, adp_model_step(c->model, first)->first)->time;
    char buf[ADP_SECONDS_LEN];
    guint column = line_head(c->out, first + 1, adp_seconds(adp_since(start, path_start), buf),
                             adp_outcome_name(adp_fold_outcome(c->model, fold)));

    adp_report_wrap(c->out, text, column, 29);
    g_free(text);
    g_free(places);
    g_free(words);
}

/* How long nothing was heard of the path before each of its steps, by their places in it; gint64, ns. */
static GArray *gaps_of(const context *c, const adp_path *path)
{
    GArray *gaps = g_array_sized_new(FALSE, FALSE, sizeof(gint64), path->steps.count);
    gint64 before = 0;
    guint i;

    for (i = 0; i < path->steps.count; i++) {
        const adp_step *step = adp_model_step(c->model, path->steps.items[i]);
        gint64 gap = i ? adp_since(adp_model_obs(c->model, step->first)->time, before) : 0;

        g_array_append_val(gaps, gap);
        before = i ? MAX(before, adp_model_obs(c->model, step->last)->time)
                   : adp_model_obs(c->model, step->last)->time;
    }
    return gaps;
}

static void gap_line(const context *c, gint64 gap)
{
    char buf[ADP_SECONDS_LEN];

    if (gap >= GAP_SHOWN) {
        g_string_append_printf(c->out, "%27s(%s s without a step)\n", "", adp_seconds(gap, buf));
    }
}

static gint64 start_of(const context *c, const adp_path *path)
{
    guint32 first = path->steps.items[0];

    return adp_model_obs(c->model, adp_model_step(c->model, first)->first)->time;
}

/* Every step on a line of its own. */
static void all_steps(const context *c, const adp_path *path)
{
    GArray *gaps = gaps_of(c, path);
    guint i;

    for (i = 0; i < path->steps.count; i++) {
        gap_line(c, g_array_index(gaps, gint64, i));
        step_line(c, path->steps.items[i], start_of(c, path));
    }
    g_array_unref(gaps);
}

/* Healthy ones together; says how to see each. */
static void folded_steps(const context *c, guint32 index)
{
    const adp_path *path = adp_model_path(c->model, index);
    GPtrArray *folds = adp_folds_of(c->analysis, index, c->mailboxes);
    guint i;

    for (i = 0; i < folds->len; i++) {
        const adp_fold *fold = g_ptr_array_index(folds, i);
        guint32 first = g_array_index(fold->steps, guint32, 0);

        gap_line(c, fold->gap);
        if (fold->kind == ADP_FOLD_ALONE) {
            step_line(c, first, start_of(c, path));
        } else {
            fold_line(c, fold, start_of(c, path));
        }
    }
    if (folds->len < path->steps.count) {
        g_string_append_printf(
            c->out, "%27s(%u steps on %u lines; each of them: -o adpath.all_steps:TRUE)\n", "",
            path->steps.count, folds->len);
    }
    g_ptr_array_unref(folds);
}

/* Requests that stand alone: listed, and not judged. */
static void unattached(const context *c, const adp_selection *selection)
{
    gboolean any = FALSE;
    guint32 i;

    for (i = 0; i < adp_model_path_count(c->model); i++) {
        const adp_path *path = adp_model_path(c->model, i);

        if (!adp_selected(selection, i) || !adp_path_is_unattached(c->model, path)) {
            continue;
        }
        if (!any) {
            g_string_append(c->out, "\nRequests that belong to no path\n");
            any = TRUE;
        }
        all_steps(c, path);
    }
}

static void whole_path(const context *c, guint32 index)
{
    path_heading(c, index);
    /* Who reads on wants to know what was wrong; the steps are many. */
    adp_report_findings(c->analysis, index, c->mailboxes, c->out);
    g_string_append_printf(c->out, "\n%5s %9s %-10s %s\n", "step", "seconds", "outcome",
                           "what happened [frame, server, time to the answer]");
    if (adp_shows_all_steps()) {
        all_steps(c, adp_model_path(c->model, index));
    } else {
        folded_steps(c, index);
    }
    adp_report_endpoints(c->analysis, index, c->mailboxes, c->out);
    adp_report_inferred(c->analysis, index, c->mailboxes, c->out);
}

static void short_path(const context *c, guint32 index)
{
    path_title(c, index);
    adp_report_stages(c->analysis, index, c->mailboxes, c->out);
}

/* What is told of each selected path, below the head. */
static void each_path(const context *c, const adp_selection *selection,
                      void (*tell)(const context *c, guint32 index))
{
    guint32 i;

    head(c, selection);
    for (i = 0; i < adp_model_path_count(c->model); i++) {
        if (is_shown(c, selection, i)) {
            tell(c, i);
        }
    }
}

/* Steps are masked already; this catches names in headings. */
static void mask(const context *c)
{
    char *masked = c->mailboxes ? NULL : adp_mask_mailboxes(c->out->str);

    if (masked) {
        g_string_assign(c->out, masked);
        g_free(masked);
    }
}

void adp_report(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
                GString *out)
{
    context c = {analysis, adp_analysis_model(analysis), mailboxes, out};

    each_path(&c, selection, whole_path);
    unattached(&c, selection);
    mask(&c);
}

void adp_report_short(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
                      GString *out)
{
    context c = {analysis, adp_analysis_model(analysis), mailboxes, out};

    each_path(&c, selection, short_path);
    mask(&c);
}

void adp_report_word(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
                     GString *out)
{
    adp_health health = adp_capture_health(analysis, selection, mailboxes);

    g_string_append_printf(out, "%s\n", adp_health_word(health));
}
