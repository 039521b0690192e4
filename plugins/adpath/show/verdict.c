/* verdict.c
 * The parts of a report that judge: verdicts, endpoints, findings.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/verdict.h"

#include "join/model.h"
#include "judge/analysis.h"
#include "judge/catalogue.h"
#include "judge/endpoint.h"
#include "judge/finding.h"
#include "judge/path_outcome.h"
#include "show/rows.h"
#include "wire/text.h"

#include <string.h>

/* Frames named in a sentence; JSON has them all. */
#define FRAMES_SHOWN 12

/* ---- lines ---- */

/* Where to break a line that may reach `end`: at a space, but not inside the [...] behind it. */
static const char *break_before(const char *text, const char *end)
{
    const char *bracket = g_strrstr_len(text, end - text, "[");
    const char *cut = end;

    if (bracket && bracket > text && !memchr(bracket, ']', (gsize)(end - bracket))) {
        cut = bracket - 1;
    }
    while (cut > text && *cut != ' ') {
        cut--;
    }
    return cut > text ? cut : end;
}

static guint width = ADP_REPORT_WIDTH;

void adp_report_set_width(guint columns)
{
    width = columns ? columns : ADP_REPORT_WIDTH;
}

void adp_report_wrap(GString *out, const char *text, guint column, guint indent)
{
    while (g_utf8_strlen(text, -1) > (glong)width - (glong)column) {
        const char *cut =
            break_before(text, g_utf8_offset_to_pointer(text, (glong)width - (glong)column));

        g_string_append_len(out, text, cut - text);
        g_string_append_printf(out, "\n%*s", (int)indent, "");
        column = indent;
        text = cut;
        while (*text == ' ') {
            text++;
        }
    }
    g_string_append(out, text);
    g_string_append_c(out, '\n');
}

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

/*
 * The root of the worst: findings are numbered from names over controllers, tickets and the
 * directory to endpoints, and what comes first causes what follows. NULL without any of that weight.
 */
static const adp_finding *worst(const adp_model *model, guint32 path, gboolean mailboxes,
                                adp_severity at_least)
{
    const adp_finding *found = NULL;
    guint count;
    adp_finding *const *list = adp_model_findings_of_path(model, path, mailboxes, &count);
    guint i;

    for (i = 0; i < count; i++) {
        if (list[i]->severity >= at_least &&
            (!found || list[i]->severity > found->severity ||
             (list[i]->severity == found->severity && list[i]->id < found->id))) {
            found = list[i];
        }
    }
    return found;
}

/* Trouble that something later made good: how many findings, and the first of them. */
static const adp_finding *made_good(const adp_model *model, guint32 path, gboolean mailboxes,
                                    guint *count)
{
    const adp_finding *found = NULL;
    guint all;
    adp_finding *const *list = adp_model_findings_of_path(model, path, mailboxes, &all);
    guint i;

    *count = 0;
    for (i = 0; i < all; i++) {
        if (list[i]->recovered_by) {
            found = found ? found : list[i];
            (*count)++;
        }
    }
    return found;
}

static char *after_trouble(const char *outcome, const adp_finding *first, guint count)
{
    const char *words = strcmp(outcome, "hidden") == 0
                            ? "part of it cannot be seen; trouble that something later made good"
                            : "after trouble that something later made good";

    return count > 1 ? g_strdup_printf("%s - %s: %s (and %u more)", outcome, words, first->summary,
                                       count - 1)
                     : g_strdup_printf("%s - %s: %s", outcome, words, first->summary);
}

char *adp_path_verdict(const adp_model *model, guint32 path, gboolean mailboxes)
{
    const char *outcome = adp_path_outcome(model, adp_model_path(model, path));
    const adp_finding *finding = worst(model, path, mailboxes, ADP_SEVERITY_WARN);
    const adp_finding *recovered;
    const char *words;
    guint count;

    if (finding) {
        return g_strdup_printf("%s - %s", outcome, finding->summary);
    }
    recovered = made_good(model, path, mailboxes, &count);
    if (strcmp(outcome, "incomplete") == 0) {
        words = "the capture shows too little to judge";
    } else if (recovered) {
        return after_trouble(outcome, recovered, count);
    } else if (strcmp(outcome, "hidden") == 0) {
        words = "nothing wrong was seen, but part of it cannot be seen";
    } else {
        words = "nothing wrong was seen";
    }
    return g_strdup_printf("%s - %s", outcome, words);
}

/* What is to be said of several paths none of which failed; free with g_free(). */
static char *none_failed(const adp_model *model, const adp_selection *selection, guint shown,
                         gboolean mailboxes)
{
    guint32 i;

    for (i = 0; i < adp_model_path_count(model); i++) {
        const adp_finding *finding;
        guint count;

        if (!adp_selected(selection, i) ||
            adp_path_is_unattached(model, adp_model_path(model, i))) {
            continue;
        }
        finding = worst(model, i, mailboxes, ADP_SEVERITY_WARN);
        finding = finding ? finding : made_good(model, i, mailboxes, &count);
        if (finding) {
            return g_strdup_printf("none of %u paths failed; path %u had trouble: %s", shown, i + 1,
                                   finding->summary);
        }
    }
    return g_strdup_printf("nothing wrong was seen on %u paths", shown);
}

char *adp_capture_verdict(const adp_model *model, const adp_selection *selection,
                          gboolean mailboxes)
{
    guint shown = 0;
    guint failed = 0;
    guint32 first_failed = 0;
    guint32 only = 0;
    guint32 i;
    const adp_finding *finding;

    for (i = 0; i < adp_model_path_count(model); i++) {
        if (!adp_selected(selection, i) ||
            adp_path_is_unattached(model, adp_model_path(model, i))) {
            continue;
        }
        shown++;
        only = i;
        if (adp_model_path_failed(model, i) && failed++ == 0) {
            first_failed = i;
        }
    }
    if (shown == 0) {
        return NULL;
    }
    if (shown == 1) {
        return adp_path_verdict(model, only, mailboxes);
    }
    if (failed == 0) {
        return none_failed(model, selection, shown, mailboxes);
    }
    finding = worst(model, first_failed, mailboxes, ADP_SEVERITY_NOTE);
    return g_strdup_printf("%u of %u paths failed; path %u: %s", failed, shown, first_failed + 1,
                           finding ? finding->summary : "see below");
}

/* ---- endpoints ---- */

void adp_report_endpoints(const adp_model *model, guint32 path, GString *out)
{
    GPtrArray *list = adp_endpoints_of(model, path);
    guint i;

    if (list->len) {
        g_string_append_printf(out,
                               "\n  Endpoints of autodiscover, in the documented order\n"
                               "  %5s %6s %-10s %s\n",
                               "order", "tried", "outcome", "endpoint (where from)");
    }
    for (i = 0; i < list->len; i++) {
        const adp_endpoint *endpoint = g_ptr_array_index(list, i);
        char *text = g_strdup_printf("%s (%s, %s)", endpoint->url,
                                     adp_endpoint_source_name(endpoint->source), endpoint->reason);
        char rank[16] = "-";
        char order[16] = "-";

        if (endpoint->rank) {
            (void)g_snprintf(rank, sizeof(rank), "%u", endpoint->rank);
        }
        if (endpoint->order) {
            (void)g_snprintf(order, sizeof(order), "%u", endpoint->order);
        }
        g_string_append_printf(out, "  %5s %6s %-10s ", rank, order,
                               adp_endpoint_outcome_name(endpoint->outcome));
        adp_report_wrap(out, text, 26, 28);
        g_free(text);
    }
    g_ptr_array_unref(list);
}

/* ---- findings ---- */

char *adp_report_frames(const adp_model *model, const adp_finding *finding)
{
    GArray *frames = adp_finding_frames(model, finding);
    GString *out = g_string_new(frames->len == 1 ? "frame" : "frames");
    guint i;

    for (i = 0; i < frames->len && i < FRAMES_SHOWN; i++) {
        g_string_append_printf(out, "%s %u", i ? "," : "", g_array_index(frames, guint32, i));
    }
    if (frames->len > FRAMES_SHOWN) {
        g_string_append_printf(out, " and %u more", frames->len - FRAMES_SHOWN);
    }
    g_array_unref(frames);
    return g_string_free(out, FALSE);
}

static void list(GString *out, const char *label, const GPtrArray *texts)
{
    guint i;

    for (i = 0; i < texts->len; i++) {
        labelled(out, i ? "" : label, g_ptr_array_index(texts, i));
    }
}

/* Commands are to be copied: one that does not fit beside its label gets lines of its own. */
#define COMMAND_INDENT 4

static void commands(GString *out, const char *label, const GPtrArray *texts)
{
    gboolean said = FALSE;
    guint i;

    for (i = 0; i < texts->len; i++) {
        const char *text = g_ptr_array_index(texts, i);

        if (g_utf8_strlen(text, -1) <= ADP_REPORT_WIDTH - 17) {
            labelled(out, said ? "" : label, text);
        } else {
            if (!said) {
                g_string_append_printf(out, "      %s\n", label);
            }
            g_string_append_printf(out, "%*s", COMMAND_INDENT, "");
            adp_report_wrap(out, text, COMMAND_INDENT, COMMAND_INDENT);
        }
        said = TRUE;
    }
}

static void one_finding(const adp_model *model, const adp_finding *finding, GString *out)
{
    const char *name = adp_finding_get(finding->id)->name;
    char *frames = adp_report_frames(model, finding);
    char *text = g_strdup_printf("%s: %s", name, finding->summary);
    char *page = g_strdup_printf("docs/findings/%s.md", name);

    g_string_append_printf(out, "  %-5s ", adp_severity_name(finding->severity));
    adp_report_wrap(out, text, 8, 8);
    labelled(out, "observed", finding->observed);
    labelled(out, "evidence", frames);
    labelled(out, "inferred", finding->inferred);
    labelled(out, "recovered", finding->recovery);
    list(out, "causes", finding->causes);
    commands(out, "check", finding->check);
    labelled(out, "page", page);
    g_free(page);
    g_free(text);
    g_free(frames);
}

/* The worst first; among equals the cause before what follows from it, see worst(). */
static gint by_weight(gconstpointer a, gconstpointer b)
{
    const adp_finding *x = *(const adp_finding *const *)a;
    const adp_finding *y = *(const adp_finding *const *)b;

    if (x->severity != y->severity) {
        return (int)y->severity - (int)x->severity;
    }
    if (x->id != y->id) {
        return (int)x->id - (int)y->id;
    }
    return adp_compare_numbers(x->evidence->data, y->evidence->data);
}

void adp_report_findings(const adp_model *model, guint32 path, gboolean mailboxes, GString *out)
{
    guint count;
    adp_finding *const *found = adp_model_findings_of_path(model, path, mailboxes, &count);
    GPtrArray *sorted = g_ptr_array_new();
    guint i;

    if (count) {
        g_string_append(out, "\n  Findings\n");
    }
    for (i = 0; i < count; i++) {
        g_ptr_array_add(sorted, found[i]);
    }
    g_ptr_array_sort(sorted, by_weight);
    for (i = 0; i < count; i++) {
        one_finding(model, g_ptr_array_index(sorted, i), out);
    }
    g_ptr_array_unref(sorted);
}
