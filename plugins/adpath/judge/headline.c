/* headline.c
 * What is to be said first of a path.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/headline.h"

#include "facts/outcome.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "judge/catalogue.h"
#include "judge/finding.h"

#include <string.h>

/* So many times the steps of another fault, and a fault is the story of the path. */
#define SERIES_RATIO 3
/* Fewer steps than this are no series. */
#define SERIES_MIN 3

/* ---- which finding explains most ---- */

/* Places where mail is looked for: what goes wrong there follows from a directory that gave none. */
static gboolean is_of_endpoint(const adp_finding *finding)
{
    return finding->id >= ADP_FINDING_SCP_NONE && finding->id < ADP_FINDING_ONE_SIDED;
}

/* How many steps went wrong by what the finding tells: each has cited evidence of its own. */
static guint steps_of(adp_analysis *analysis, const adp_finding *finding)
{
    const adp_model *model = adp_analysis_model(analysis);
    guint32 last = ADP_NONE;
    guint count = 0;
    guint i;

    for (i = 0; i < finding->evidence->len; i++) {
        guint32 step = adp_model_mark(model, g_array_index(finding->evidence, guint32, i))->step;
        adp_outcome outcome;

        if (step == ADP_NONE || step == last) {
            continue;
        }
        last = step;
        outcome = adp_step_outcome(model, adp_model_step(model, step), FALSE);
        count += outcome == ADP_FAILED || outcome == ADP_UNANSWERED ? 1 : 0;
    }
    return count;
}

/* A finding that is weighed against others. */
typedef struct {
    const adp_finding *finding; /* NULL: none yet */
    guint steps;
    guint others;
} weighed;

/* A client refuses a certificate that is for other names: that the names differ says more. */
static gboolean is_for_the_name(const adp_finding *failed, const adp_finding *mismatch)
{
    return failed->id == ADP_FINDING_TLS_FAILED && mismatch->id == ADP_FINDING_TLS_NAME_MISMATCH &&
           failed->order == mismatch->order && adp_finding_has_sign(failed, ADP_SIGN_NAME_DIFFERS);
}

/*
 * Findings are numbered from names over controllers, tickets and the directory to endpoints, and
 * what comes first causes what follows; but a series of one fault is the path's story, and not what
 * happened once beside it.
 */
static gboolean explains_more(const weighed *a, const weighed *b)
{
    if (is_of_endpoint(a->finding) != is_of_endpoint(b->finding)) {
        return !is_of_endpoint(a->finding);
    }
    if (!is_of_endpoint(a->finding)) {
        if (a->steps >= SERIES_MIN && a->steps >= SERIES_RATIO * b->steps) {
            return TRUE;
        }
        if (b->steps >= SERIES_MIN && b->steps >= SERIES_RATIO * a->steps) {
            return FALSE;
        }
    }
    if (is_for_the_name(b->finding, a->finding) || is_for_the_name(a->finding, b->finding)) {
        return a->finding->id == ADP_FINDING_TLS_NAME_MISMATCH;
    }
    return a->finding->id < b->finding->id;
}

static adp_severity weight_of(const adp_finding *finding)
{
    return finding->recovered_by ? finding->unrecovered : finding->severity;
}

/* Is it about an endpoint that has a place in the documented order? */
static gboolean has_order(const adp_finding *finding)
{
    return finding->order && weight_of(finding) >= ADP_SEVERITY_WARN;
}

/** What the endpoints of the findings that are weighed come to. */
typedef struct {
    adp_severity heaviest;
    gboolean place_fails; /* one that something names, or that is there */
} endpoints;

/* Does a place fail that is there, or that something names? */
static gboolean is_of_place(const adp_finding *finding)
{
    return finding->id >= ADP_FINDING_ENDPOINT_UNRESOLVABLE &&
           finding->id <= ADP_FINDING_REDIRECT_LOOP && !finding->guessed && !finding->of_domain &&
           weight_of(finding) >= ADP_SEVERITY_WARN;
}

/* A name that was made up, and that DNS does not have, is told behind a place that fails. */
static adp_severity weight_among(const adp_finding *finding, const endpoints *all)
{
    if (!has_order(finding)) {
        return weight_of(finding);
    }
    return finding->guessed && all->place_fails ? ADP_SEVERITY_WARN : all->heaviest;
}

/*
 * Of several endpoints the first in the documented order explains more: that another was the last, and
 * so an error, follows from it. All of them weigh what the heaviest does.
 */
static gboolean is_better(const weighed *a, const weighed *b, const endpoints *all)
{
    adp_severity x = weight_among(a->finding, all);
    adp_severity y = weight_among(b->finding, all);

    if (x != y) {
        return x > y;
    }
    if (all->place_fails && a->finding->guessed != b->finding->guessed) {
        return b->finding->guessed;
    }
    return has_order(a->finding) && has_order(b->finding) && a->finding->order != b->finding->order
               ? a->finding->order < b->finding->order
               : explains_more(a, b);
}

/* Did the service itself say no, or the network? That is heard once somebody is reached. */
static gboolean is_said(const adp_finding *finding)
{
    return finding->id == ADP_FINDING_HTTP_UNAUTHORIZED ||
           finding->id == ADP_FINDING_AUTODISCOVER_ERROR ||
           (finding->id == ADP_FINDING_HTTP_ERROR &&
            adp_finding_has_sign(finding, ADP_SIGN_PORTAL));
}

/* Is it about a place that nobody need have, and where nobody was reached? */
static gboolean is_unreached(const adp_finding *finding)
{
    return finding->made_up && (finding->id == ADP_FINDING_ENDPOINT_UNRESOLVABLE ||
                                finding->id == ADP_FINDING_ENDPOINT_UNREACHABLE);
}

/* As is_better(), but that what was said at one place explains more than silence at made-up ones. */
static gboolean is_told_first(const weighed *a, const weighed *b, const endpoints *all)
{
    if (is_said(a->finding) && is_unreached(b->finding)) {
        return TRUE;
    }
    if (is_said(b->finding) && is_unreached(a->finding)) {
        return FALSE;
    }
    return is_better(a, b, all);
}

/* The best of the findings that were made good, or of those that were not. */
static weighed best_of(adp_analysis *analysis, adp_finding *const *list, guint count,
                       gboolean recovered)
{
    endpoints all = {.heaviest = ADP_SEVERITY_NOTE};
    weighed best = {0};
    guint i;

    for (i = 0; i < count; i++) {
        if ((list[i]->recovered_by != 0) != recovered) {
            continue;
        }
        all.place_fails = all.place_fails || is_of_place(list[i]);
        if (has_order(list[i])) {
            all.heaviest = MAX(all.heaviest, weight_of(list[i]));
        }
    }
    for (i = 0; i < count; i++) {
        weighed one = {.finding = list[i]};

        if ((list[i]->recovered_by != 0) != recovered ||
            (!recovered && list[i]->severity < ADP_SEVERITY_WARN)) {
            continue;
        }
        one.steps = steps_of(analysis, list[i]);
        one.others = best.finding ? best.others + 1 : 0;
        if (!best.finding || is_told_first(&one, &best, &all)) {
            best = one;
        } else {
            best.others = one.others;
        }
    }
    return best;
}

static void weigh_findings(adp_analysis *analysis, guint32 path, gboolean mailboxes,
                           adp_headline *headline)
{
    guint count;
    adp_finding *const *list = adp_findings_of_path(analysis, path, mailboxes, &count);
    weighed bad = best_of(analysis, list, count, FALSE);
    weighed good = best_of(analysis, list, count, TRUE);
    guint i;

    headline->finding = bad.finding;
    headline->more = bad.others;
    headline->good = good.finding;
    headline->more_good = good.others;
    for (i = 0; i < count; i++) {
        if (list[i]->id == ADP_FINDING_SLOW && list[i] != bad.finding &&
            (!headline->slow || list[i]->cost > headline->slow->cost)) {
            headline->slow = list[i];
        }
        if (list[i]->id == ADP_FINDING_REDIRECT_NOT_FOLLOWED && !list[i]->recovered_by) {
            headline->left = list[i];
        }
    }
}

adp_headline adp_headline_of(adp_analysis *analysis, guint32 path, gboolean mailboxes)
{
    const adp_model *model = adp_analysis_model(analysis);
    const adp_path *of = adp_model_path(model, path);
    adp_headline headline = {.step = ADP_NONE};
    guint i;

    weigh_findings(analysis, path, mailboxes, &headline);
    headline.refused = adp_path_refusals(analysis, path, &headline.refusal);
    for (i = 0; i < of->steps.count; i++) {
        guint32 index = of->steps.items[i];
        adp_outcome outcome = adp_step_outcome(model, adp_model_step(model, index), FALSE);

        headline.failed += outcome == ADP_FAILED ? 1 : 0;
        headline.unanswered += outcome == ADP_UNANSWERED ? 1 : 0;
        headline.hidden += outcome == ADP_HIDDEN || outcome == ADP_PENDING ? 1 : 0;
        if (headline.step == ADP_NONE && (outcome == ADP_FAILED || outcome == ADP_UNANSWERED)) {
            headline.step = index;
        }
    }
    return headline;
}

/* ---- words ---- */

/* Words shorter than this say nothing of what a sentence is about. */
#define TELLING 4

/* Does the summary hold most of the telling words of the title already? */
static gboolean says_it(const char *summary, const char *title)
{
    char *where = g_utf8_strdown(summary, -1);
    char *lower = g_utf8_strdown(title, -1);
    char **words = g_strsplit_set(lower, " ,'", -1);
    guint telling = 0;
    guint found = 0;
    guint i;

    for (i = 0; words[i]; i++) {
        if (strlen(words[i]) >= TELLING) {
            telling++;
            found += strstr(where, words[i]) ? 1 : 0;
        }
    }
    g_strfreev(words);
    g_free(lower);
    g_free(where);
    return found * 5 >= telling * 3;
}

char *adp_headline_words(const adp_finding *finding)
{
    const char *title = adp_finding_title(finding);
    const char *summary = finding->summary ? finding->summary : "";

    if (!*summary) {
        return g_strdup(title);
    }
    return says_it(summary, title) ? g_strdup(summary) : g_strdup_printf("%s: %s", title, summary);
}
