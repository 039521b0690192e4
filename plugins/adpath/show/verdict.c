/* verdict.c
 * The parts of a report that judge: verdicts, endpoints, findings.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/pages.h"
#include "show/verdict.h"

#include "advise/advise.h"
#include "facts/absence.h"
#include "facts/summary.h"
#include "facts/view.h"
#include "join/attempts.h"
#include "join/hosts.h"
#include "join/identity.h"
#include "join/model.h"
#include "join/tunnels.h"
#include "judge/analysis.h"
#include "judge/catalogue.h"
#include "judge/endpoint.h"
#include "judge/endpoints.h"
#include "judge/finding.h"
#include "judge/headline.h"
#include "judge/health.h"
#include "judge/inferred.h"
#include "judge/inferred_told.h"
#include "judge/lookup.h"
#include "judge/path_outcome.h"
#include "judge/refusals.h"
#include "session.h"
#include "show/frames.h"
#include "show/rows.h"
#include "show/wrap.h"
#include "wire/ports.h"
#include "wire/text.h"

#include <string.h>

/* "    label     text" with the text's lines below each other. */
static void labelled(GString *out, const char *label, const char *text)
{
    if (!text || !*text) {
        return;
    }
    g_string_append_printf(out, "      %-10s ", label);
    adp_report_wrap(out, text, 17, 17);
}

/* ---- verdicts ---- */

static const char *plural(guint n)
{
    return n == 1 ? "" : "s";
}

/* "2 requests failed, 1 had no answer; the first is step 4, SRV _ldap._tcp.x: NXDOMAIN" */
static char *steps_at_fault(const adp_model *model, const adp_headline *headline,
                            gboolean mailboxes)
{
    adp_view view = adp_view_whole(model, headline->step, mailboxes);
    char *summary = adp_summary(model, &view);
    GString *out = g_string_new(NULL);

    if (headline->failed) {
        g_string_append_printf(out, "%u request%s failed", headline->failed,
                               plural(headline->failed));
    }
    if (headline->failed && headline->unanswered) {
        g_string_append_printf(out, ", %u had no answer", headline->unanswered);
    } else if (headline->unanswered) {
        g_string_append_printf(out, "%u request%s had no answer", headline->unanswered,
                               plural(headline->unanswered));
    }
    g_string_append_printf(out, "%s%s (step %u)",
                           headline->failed + headline->unanswered > 1 ? "; the first of them: "
                                                                       : ": ",
                           summary, headline->step + 1);
    g_free(summary);
    return g_string_free(out, FALSE);
}

/* The headline, and how many others there are. */
static char *with_more(const adp_finding *finding, guint more)
{
    char *words = adp_headline_words(finding);
    char *text = more ? g_strdup_printf("%s (and %u more)", words, more) : g_strdup(words);

    g_free(words);
    return text;
}

/* How the path ended beside the warning that was told. */
static const char *rest_of(const char *outcome)
{
    if (strcmp(outcome, "hidden") == 0) {
        return "; part of the path cannot be seen";
    }
    if (strcmp(outcome, "incomplete") == 0) {
        return "; the capture does not show how it ended";
    }
    return "";
}

/* "; besides, an LDAP operation was refused: ..." behind what is told first; NULL: none was. */
static char *refused_words(const adp_model *model, const adp_headline *headline, gboolean mailboxes)
{
    return headline->refused
               ? adp_refusal_words(model, headline->refusal, headline->refused, mailboxes)
               : NULL;
}

static char *with_refusal(char *text, const char *refused)
{
    char *both = refused ? g_strdup_printf("%s; besides, %s", text, refused) : NULL;

    if (!both) {
        return text;
    }
    g_free(text);
    return both;
}

/* What a path that did not fail lost by waiting: for whom, how long, and why. */
static char *with_lost_time(char *text, const adp_headline *headline, const char *outcome)
{
    char *both;

    if (!headline->slow || strcmp(outcome, "failed") == 0) {
        return text;
    }
    both = g_strdup_printf("%s; %s", text, headline->slow->summary);
    g_free(text);
    return both;
}

/* How the path ended beside an operation that was refused. */
static char *but_refused(const char *outcome, const char *refused, gboolean short_of,
                         gboolean unseen)
{
    const char *rest = "";

    if (short_of) {
        rest = "; the capture does not show how it ended";
    } else if (unseen) {
        rest = "; part of the path cannot be seen";
    }
    return g_strdup_printf("%s, but %s%s", outcome, refused, rest);
}

/* Why it is not known how a path ended: what was never answered, else that there is too little. */
static char *short_words(adp_analysis *analysis, guint32 path)
{
    const adp_model *model = adp_analysis_model(analysis);
    guint32 open = adp_path_left_open(analysis, path);
    const adp_attempt *attempt;
    const char *name;
    const char *server;

    if (open == ADP_NONE) {
        const adp_path *of = adp_model_path(model, path);

        return g_strdup(adp_path_ends_in_silence(model, of)
                            ? "no answer gave the client its settings"
                        : adp_path_sent_no_credentials(model, of)
                            ? "the capture shows no credentials of the client"
                            : "the capture shows too little to judge");
    }
    attempt = adp_model_attempt(model, open);
    name = adp_model_address_name(model, attempt->flow.server);
    server = adp_model_address_text(model, attempt->flow.server);
    return g_strdup_printf("%u connection requests to %s%s%s%s, port %u, have no answer when the "
                           "capture ends",
                           attempt->syns, name ? name : "", name ? " (" : "", server,
                           name ? ")" : "", attempt->flow.server_port);
}

/* No finding says that something is wrong: so the steps have to, or what is no step. */
static char *without_warning(adp_analysis *analysis, guint32 path, const char *outcome,
                             const adp_headline *headline, gboolean mailboxes)
{
    const adp_model *model = adp_analysis_model(analysis);
    gboolean short_of = strcmp(outcome, "incomplete") == 0;
    gboolean unseen = strcmp(outcome, "hidden") == 0 || headline->hidden;
    char *refused = refused_words(model, headline, mailboxes);
    char *why = short_of ? short_words(analysis, path) : NULL;
    char *what = NULL;
    char *text;

    if (refused && headline->step == ADP_NONE) {
        text = but_refused(outcome, refused, short_of, unseen);
        g_clear_pointer(&refused, g_free);
    } else if (headline->good && !short_of) {
        what = with_more(headline->good, headline->more_good);
        text = g_strdup_printf("%s - after trouble that something later made good: %s%s", outcome,
                               what, unseen ? "; part of the path cannot be seen" : "");
    } else if (headline->step != ADP_NONE) {
        what = steps_at_fault(model, headline, mailboxes);
        text = g_strdup_printf("%s, but %s%s%s", outcome, what, why ? "; " : "", why ? why : "");
    } else if (short_of && headline->left) {
        text = g_strdup_printf("%s - %s", outcome, headline->left->summary);
    } else if (short_of) {
        text = g_strdup_printf("%s - %s", outcome, why);
    } else if (unseen) {
        text = g_strdup_printf("%s - what can be seen went well, but part of it cannot be seen",
                               outcome);
    } else {
        text = g_strdup_printf("%s - nothing wrong was seen", outcome);
    }
    text = with_lost_time(with_refusal(text, refused), headline, outcome);
    g_free(refused);
    g_free(what);
    g_free(why);
    return text;
}

static char *seen_verdict(adp_analysis *analysis, guint32 path, gboolean mailboxes)
{
    const adp_model *model = adp_analysis_model(analysis);
    const char *outcome = adp_path_outcome(analysis, adp_model_path(model, path));
    adp_headline headline = adp_headline_of(analysis, path, mailboxes);
    char *refused;
    char *what;
    char *text;

    if (!headline.finding) {
        return without_warning(analysis, path, outcome, &headline, mailboxes);
    }
    refused = refused_words(model, &headline, mailboxes);
    what = with_more(headline.finding, headline.more);
    /* "ok - X: not found" reads as if the one took back the other. */
    text = strcmp(outcome, "failed") == 0
               ? g_strdup_printf("%s - %s", outcome, what)
               : g_strdup_printf("%s, with a warning: %s%s", outcome, what, rest_of(outcome));
    text = with_lost_time(with_refusal(text, refused), &headline, outcome);
    g_free(refused);
    g_free(what);
    return text;
}

char *adp_path_verdict(adp_analysis *analysis, guint32 path, gboolean mailboxes)
{
    char *text = seen_verdict(analysis, path, mailboxes);
    const adp_path *of = adp_model_path(adp_analysis_model(analysis), path);
    char *inferred = strcmp(adp_path_outcome(analysis, of), "hidden") == 0
                         ? adp_inferred_verdict(adp_analysis_inferred(analysis), path)
                         : NULL;
    char *both;

    if (!inferred) {
        return text;
    }
    both = g_strdup_printf("%s; %s", text, inferred);
    g_free(inferred);
    g_free(text);
    return both;
}

/* ---- verdicts on several paths ---- */

/* What a path may end as, the worst first. */
enum {
    FAILED,
    INCOMPLETE,
    HIDDEN,
    OK,
    PATH_OUTCOMES
};
static const char *const path_outcomes[PATH_OUTCOMES] = {"failed", "incomplete", "hidden", "ok"};

typedef struct {
    guint shown;
    guint by_outcome[PATH_OUTCOMES];
    guint32 told; /* the path to speak of, ADP_NONE: there is none */
    int weight;   /* how much is to be said of it */
} path_counts;

static guint place_of(const char *outcome)
{
    guint i = 0;

    while (i + 1 < PATH_OUTCOMES && strcmp(path_outcomes[i], outcome) != 0) {
        i++;
    }
    return i;
}

/* An error before a warning, that before what was made good, and that before a step at fault. */
#define MOST 4
static int weight_of(const adp_headline *headline)
{
    if (headline->finding) {
        return headline->finding->severity == ADP_SEVERITY_ERROR ? MOST : 3;
    }
    if (headline->good) {
        return 2;
    }
    return headline->step != ADP_NONE || headline->refused ? 1 : 0;
}

static path_counts count_paths(adp_analysis *analysis, const adp_selection *selection,
                               gboolean mailboxes)
{
    const adp_model *model = adp_analysis_model(analysis);
    path_counts counts = {.told = ADP_NONE};
    guint32 i;

    for (i = 0; i < adp_model_path_count(model); i++) {
        const adp_path *path = adp_model_path(model, i);
        adp_headline headline;
        guint outcome;
        int weight;

        if (!adp_selected(selection, i) || adp_path_is_unattached(model, path)) {
            continue;
        }
        headline = adp_headline_of(analysis, i, mailboxes);
        outcome = place_of(adp_path_outcome(analysis, path));
        /* A path that failed is told before any other. */
        weight = weight_of(&headline) + (outcome == FAILED ? MOST : 0);
        counts.shown++;
        counts.by_outcome[outcome]++;
        if (weight > counts.weight || counts.told == ADP_NONE) {
            counts.told = i;
            counts.weight = weight;
        }
    }
    return counts;
}

const char *adp_capture_outcome(adp_analysis *analysis, const adp_selection *selection,
                                gboolean mailboxes)
{
    path_counts counts = count_paths(analysis, selection, mailboxes);
    guint i;

    for (i = 0; i < PATH_OUTCOMES; i++) {
        if (counts.by_outcome[i]) {
            return path_outcomes[i];
        }
    }
    return "none";
}

adp_health adp_capture_health(adp_analysis *analysis, const adp_selection *selection,
                              gboolean mailboxes)
{
    const adp_model *model = adp_analysis_model(analysis);
    adp_health worst = ADP_HEALTHY;
    gboolean any = FALSE;
    guint32 i;

    for (i = 0; i < adp_model_path_count(model); i++) {
        const adp_path *path = adp_model_path(model, i);

        if (adp_selected(selection, i) && !adp_path_is_unattached(model, path)) {
            worst = MAX(worst,
                        adp_path_health(analysis, i, adp_path_outcome(analysis, path), mailboxes));
            any = TRUE;
        }
    }
    return any ? worst : ADP_NOT_JUDGED;
}

/* "2 of 5 paths failed; path 3: what went wrong there" */
static char *some_failed(adp_analysis *analysis, const path_counts *counts, gboolean mailboxes)
{
    adp_headline headline = adp_headline_of(analysis, counts->told, mailboxes);
    char *what =
        headline.finding ? with_more(headline.finding, headline.more) : g_strdup("see below");
    char *text = g_strdup_printf("%u of %u paths failed; path %u: %s", counts->by_outcome[FAILED],
                                 counts->shown, counts->told + 1, what);

    g_free(what);
    return text;
}

/* Was a connection to a port of directories tried in vain? Alone it is no step: it may be a scan. */
static gboolean has_vain_attempt(const adp_model *model)
{
    guint32 i;

    for (i = 0; i < adp_model_attempt_count(model); i++) {
        const adp_attempt *attempt = adp_model_attempt(model, i);
        adp_silence_kind kind = adp_attempt_silence(model, attempt).kind;

        if (adp_port_is_dc(attempt->flow.server_port) &&
            (attempt->refused || attempt->older || kind == ADP_SILENCE_ICMP ||
             kind == ADP_SILENCE_UNANSWERED)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Did a proxy refuse to connect a client to a host whose name is one of autodiscover? */
static gboolean has_refused_tunnel(const adp_model *model)
{
    guint32 i;

    for (i = 0; i < adp_model_tunnel_count(model); i++) {
        const adp_tunnel *tunnel = adp_model_tunnel(model, i);
        const char *host = adp_tunnel_host(model, tunnel);

        if (host && adp_mail_domain_of(host) && adp_tunnel_is_refused(model, tunnel)) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean has_unattached(const adp_model *model)
{
    guint32 i;

    for (i = 0; i < adp_model_path_count(model); i++) {
        if (adp_path_is_unattached(model, adp_model_path(model, i))) {
            return TRUE;
        }
    }
    return FALSE;
}

const char *adp_no_verdict(const adp_model *model, const adp_selection *selection)
{
    if (!adp_analyses()) {
        return "The analysis is switched off (preference adpath.analysis): nothing was looked at";
    }
    if (adp_model_path_count(model) && selection->paths) {
        return "No path has a frame that matches the filter";
    }
    if (has_vain_attempt(model)) {
        return "No path: no client in this capture looks for a directory or a mail server by name. "
               "But connections to ports of directories (LDAP, Kerberos) were tried, and failed";
    }
    if (has_refused_tunnel(model)) {
        return "No path: no client in this capture asks a directory or a mail server. But a proxy "
               "refused connections to hosts of autodiscover (CONNECT)";
    }
    if (has_unattached(model)) {
        return "No path: all that is seen of a discovery are lone requests without an answer, "
               "listed by themselves";
    }
    return "No client in this capture looks for a directory or a mail server";
}

char *adp_capture_verdict(adp_analysis *analysis, const adp_selection *selection,
                          gboolean mailboxes)
{
    path_counts counts = count_paths(analysis, selection, mailboxes);
    char *of_path;
    char *text;

    if (counts.shown == 0) {
        return NULL;
    }
    if (counts.shown == 1) {
        return adp_path_verdict(analysis, counts.told, mailboxes);
    }
    if (counts.by_outcome[FAILED]) {
        return some_failed(analysis, &counts, mailboxes);
    }
    if (counts.weight == 0 && counts.by_outcome[OK] == counts.shown) {
        return g_strdup_printf("nothing wrong was seen on %u paths", counts.shown);
    }
    of_path = adp_path_verdict(analysis, counts.told, mailboxes);
    text = g_strdup_printf("none of %u paths failed; path %u: %s", counts.shown, counts.told + 1,
                           of_path);
    g_free(of_path);
    return text;
}

char *adp_verdict_line(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes)
{
    const char *outcome = adp_capture_outcome(analysis, selection, mailboxes);
    char *text = adp_capture_verdict(analysis, selection, mailboxes);
    gsize len = strlen(outcome);
    char *line;

    if (text && strncmp(text, outcome, len) == 0 && (text[len] == ' ' || text[len] == ',')) {
        return text;
    }
    line = g_strdup_printf("%s - %s", outcome,
                           text ? text : adp_no_verdict(adp_analysis_model(analysis), selection));
    g_free(text);
    return line;
}

/* ---- endpoints ---- */

void adp_report_endpoints(adp_analysis *analysis, guint32 path, gboolean mailboxes, GString *out)
{
    const GPtrArray *inferred = adp_analysis_inferred(analysis);
    GPtrArray *list = adp_endpoints_of(adp_analysis_endpoints(analysis), path);
    guint width = 10;
    guint i;

    for (i = 0; i < list->len; i++) {
        const char *outcome = adp_inferred_outcome(inferred, path, g_ptr_array_index(list, i));

        width = MAX(width, (guint)strlen(outcome));
    }
    if (list->len) {
        g_string_append_printf(out,
                               "\n  Endpoints of autodiscover, in the documented order\n"
                               "  %5s %6s %-*s %s\n",
                               "order", "tried", (int)width, "outcome", "endpoint (where from)");
    }
    for (i = 0; i < list->len; i++) {
        const adp_endpoint *endpoint = g_ptr_array_index(list, i);
        char *text = g_strdup_printf("%s (%s, %s)", endpoint->url,
                                     adp_endpoint_source_name(endpoint->source), endpoint->reason);
        /* Before it is laid out: a line break would hide a mailbox from the mask. */
        char *masked = mailboxes ? NULL : adp_mask_mailboxes(text);
        const char *outcome = adp_inferred_outcome(inferred, path, endpoint);
        char rank[16] = "-";
        char order[16] = "-";

        if (endpoint->rank) {
            (void)g_snprintf(rank, sizeof(rank), "%u", endpoint->rank);
        }
        if (endpoint->order) {
            (void)g_snprintf(order, sizeof(order), "%u", endpoint->order);
        }
        g_string_append_printf(out, "  %5s %6s %-*s ", rank, order, (int)width, outcome);
        adp_report_wrap(out, masked ? masked : text, 16 + width, 18 + width);
        g_free(masked);
        g_free(text);
    }
    g_ptr_array_unref(list);
}

void adp_report_inferred(adp_analysis *analysis, guint32 path, gboolean mailboxes, GString *out)
{
    const GPtrArray *all = adp_analysis_inferred(analysis);
    guint count;
    guint i = adp_inferred_of_path(all, path, &count);

    if (count) {
        g_string_append(out, "\n  Inferred: what cannot be seen probably was\n");
    }
    for (; count; count--, i++) {
        const adp_inferred *item = g_ptr_array_index(all, i);
        const char *name = adp_inferred_subject(item);
        char *frames = adp_report_frame_list(item->frames);
        char *text =
            g_strdup_printf("%s: %s [step %u, %s]", name, item->text, item->step + 1, frames);

        char *masked = mailboxes ? NULL : adp_mask_mailboxes(text);

        g_string_append(out, "    ");
        adp_report_wrap(out, masked ? masked : text, 4, 6);
        g_free(masked);
        g_free(text);
        g_free(frames);
    }
}

/* ---- findings ---- */

/* "The clock is off. [frames 3, 9]": what speaks for a cause stands behind it. */
static void causes(const adp_model *model, const GPtrArray *list, GString *out)
{
    guint i;

    for (i = 0; i < list->len; i++) {
        const adp_cause *cause = g_ptr_array_index(list, i);
        char *frames = cause->evidence->len ? adp_report_frames(model, cause->evidence) : NULL;
        char *text =
            frames ? g_strdup_printf("%s [%s]", cause->text, frames) : g_strdup(cause->text);

        labelled(out, i ? "" : "causes", text);
        g_free(text);
        g_free(frames);
    }
}

/* Commands are to be copied: a line break would be copied, too, so the terminal breaks long ones. */
static void commands(GString *out, const GPtrArray *checks)
{
    guint i;

    for (i = 0; i < checks->len; i++) {
        const adp_check *check = g_ptr_array_index(checks, i);

        char *text = check->changes
                         ? g_strdup_printf("%s # changes %s", check->text, check->changes)
                         : g_strdup(check->text);

        g_string_append_printf(out, "      %-10s ", i ? "" : "check");
        adp_report_line(out, text, 17, 19);
        g_free(text);
    }
}

static void one_finding(const adp_model *model, const adp_finding *finding, gboolean mailboxes,
                        GString *out)
{
    const char *name = adp_finding_get(finding->id)->name;
    char *frames = adp_report_frames(model, finding->evidence);
    adp_advice_list *advice = adp_advise(finding, mailboxes);
    char *text = g_strdup_printf("%s: %s", name, finding->summary);
    char *page = adp_page_place(name);

    g_string_append_printf(out, "  %-5s ", adp_severity_name(finding->severity));
    adp_report_wrap(out, text, 8, 8);
    labelled(out, "observed", finding->observed);
    labelled(out, "evidence", frames);
    labelled(out, "inferred", finding->inferred);
    labelled(out, "recovered", finding->recovery);
    causes(model, advice->causes, out);
    commands(out, advice->checks);
    labelled(out, "page", page);
    adp_advice_list_free(advice);
    g_free(page);
    g_free(text);
    g_free(frames);
}

void adp_report_findings(adp_analysis *analysis, guint32 path, gboolean mailboxes, GString *out)
{
    GPtrArray *sorted = adp_findings_by_weight(analysis, path, mailboxes);
    guint i;

    if (sorted->len) {
        g_string_append(out, "\n  Findings\n");
    }
    for (i = 0; i < sorted->len; i++) {
        one_finding(adp_analysis_model(analysis), g_ptr_array_index(sorted, i), mailboxes, out);
    }
    g_ptr_array_unref(sorted);
}
