/* lookup.c
 * Finding one's way: from a frame to its steps and paths, from a path to its first fault.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/lookup.h"

#include "facts/view.h"
#include "facts/views.h"
#include "join/model.h"
#include "judge/analysis.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "log/observation.h"
#include "wire/sorted.h"
#include "wire/text.h"

guint32 adp_model_first_of_frame(const adp_model *model, guint32 frame)
{
    guint32 low = 0;
    guint32 high = adp_model_obs_count(model);

    while (low < high) {
        guint32 middle = low + (high - low) / 2;

        if (adp_model_obs(model, middle)->frame < frame) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < adp_model_obs_count(model) && adp_model_obs(model, low)->frame == frame ? low
                                                                                         : ADP_NONE;
}

static void add_once(GArray *numbers, guint32 number)
{
    guint i;

    for (i = numbers->len; i; i--) {
        if (g_array_index(numbers, guint32, i - 1) == number) {
            return;
        }
    }
    g_array_append_val(numbers, number);
}

GArray *adp_model_steps_of_frame(const adp_model *model, guint32 first)
{
    GArray *steps = g_array_new(FALSE, FALSE, sizeof(guint32));
    GArray *views = adp_views_of_frame(model, first, FALSE, FALSE);
    guint v;

    for (v = 0; v < views->len; v++) {
        g_array_append_val(steps, g_array_index(views, adp_view, v).step);
    }
    g_array_unref(views);
    return steps;
}

/* ---- what findings cite in a frame ---- */

static gint compare_citations(gconstpointer a, gconstpointer b)
{
    const adp_citation *x = a;
    const adp_citation *y = b;

    if (x->step != y->step) {
        return x->step < y->step ? -1 : 1;
    }
    return (x->place > y->place) - (x->place < y->place);
}

static void add_citations(const adp_model *model, guint32 first, const adp_finding *finding,
                          guint place, GArray *ret)
{
    guint32 frame = adp_model_obs(model, first)->frame;
    guint e;

    for (e = adp_numbers_below(finding->evidence, first); e < finding->evidence->len; e++) {
        guint32 obs = g_array_index(finding->evidence, guint32, e);
        adp_citation citation = {.finding = finding, .place = place};

        if (adp_model_obs(model, obs)->frame != frame) {
            break;
        }
        citation.step = adp_model_mark(model, obs)->step;
        g_array_append_val(ret, citation);
    }
}

GArray *adp_citations_of_frame(const adp_model *model, guint32 first, const GPtrArray *findings)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(adp_citation));
    guint from;
    guint to = 0;

    for (from = 0; from < findings->len; from++) {
        add_citations(model, first, g_ptr_array_index(findings, from), from, all);
    }
    g_array_sort(all, compare_citations);
    for (from = 0; from < all->len; from++) {
        adp_citation citation = g_array_index(all, adp_citation, from);

        if (to == 0 ||
            compare_citations(&g_array_index(all, adp_citation, to - 1), &citation) != 0) {
            g_array_index(all, adp_citation, to++) = citation;
        }
    }
    g_array_set_size(all, to);
    return all;
}

guint adp_citations_before(const GArray *citations, guint32 step)
{
    return adp_sorted_place(citations, G_STRUCT_OFFSET(adp_citation, step), step);
}

/* ---- paths ---- */

static void add_path(const adp_model *model, GArray *paths, guint32 path)
{
    if (!adp_path_is_unattached(model, adp_model_path(model, path))) {
        add_once(paths, path);
    }
}

GArray *adp_paths_of_frame(adp_analysis *analysis, guint32 first)
{
    const adp_model *model = adp_analysis_model(analysis);
    GArray *paths = g_array_new(FALSE, FALSE, sizeof(guint32));
    GArray *steps = adp_model_steps_of_frame(model, first);
    const GPtrArray *findings =
        adp_findings_of_frame(analysis, first, adp_findings_mailboxes(analysis));
    guint i;

    for (i = 0; i < steps->len; i++) {
        add_path(model, paths, adp_model_step(model, g_array_index(steps, guint32, i))->path);
    }
    for (i = 0; findings && i < findings->len; i++) {
        add_path(model, paths, ((const adp_finding *)g_ptr_array_index(findings, i))->path);
    }
    g_array_sort(paths, adp_compare_numbers);
    g_array_unref(steps);
    return paths;
}

/* "FIELD == 1 || FIELD == 2" of numbers that users count from 1; NULL for none. Unrefs them. */
static char *any_of(const char *field, GArray *numbers)
{
    GString *filter = g_string_new(NULL);
    guint i;

    for (i = 0; i < numbers->len; i++) {
        g_string_append_printf(filter, "%s%s == %u", i ? " || " : "", field,
                               g_array_index(numbers, guint32, i) + 1);
    }
    g_array_unref(numbers);
    return g_string_free(filter, filter->len == 0);
}

char *adp_filter_paths(adp_analysis *analysis, guint32 first)
{
    return any_of("adpath.path", adp_paths_of_frame(analysis, first));
}

char *adp_filter_steps(adp_analysis *analysis, guint32 first)
{
    return any_of("adpath.n", adp_model_steps_of_frame(adp_analysis_model(analysis), first));
}

GArray *adp_finding_steps(const adp_model *model, const adp_finding *finding)
{
    GArray *steps = g_array_new(FALSE, FALSE, sizeof(guint32));
    guint from;
    guint to = 0;

    for (from = 0; from < finding->evidence->len; from++) {
        guint32 obs = g_array_index(finding->evidence, guint32, from);
        guint32 step = adp_model_mark(model, obs)->step;

        if (step != ADP_NONE) {
            g_array_append_val(steps, step);
        }
    }
    g_array_sort(steps, adp_compare_numbers);
    for (from = 0; from < steps->len; from++) {
        guint32 step = g_array_index(steps, guint32, from);

        if (to == 0 || g_array_index(steps, guint32, to - 1) != step) {
            g_array_index(steps, guint32, to++) = step;
        }
    }
    g_array_set_size(steps, to);
    return steps;
}

/* Where it shows that something is wrong: the answer to what was asked first, else the question. */
static guint32 place_of(const adp_model *model, const adp_finding *finding)
{
    guint32 obs = g_array_index(finding->evidence, guint32, 0);
    guint32 step = adp_model_mark(model, obs)->step;
    guint32 reply = step == ADP_NONE ? ADP_NONE : adp_model_step(model, step)->reply;
    guint i;

    for (i = 0; reply != ADP_NONE && i < finding->evidence->len; i++) {
        if (g_array_index(finding->evidence, guint32, i) == reply) {
            obs = reply;
            break;
        }
    }
    return adp_model_obs(model, obs)->frame;
}

guint32 adp_path_first_fault(adp_analysis *analysis, guint32 path)
{
    guint count;
    adp_finding *const *list =
        adp_findings_of_path(analysis, path, adp_findings_mailboxes(analysis), &count);
    guint32 frame = 0;
    int severity;
    guint i;

    for (severity = ADP_SEVERITY_ERROR; severity > ADP_SEVERITY_NOTE && !frame; severity--) {
        for (i = 0; i < count; i++) {
            if ((int)list[i]->severity == severity && list[i]->evidence->len) {
                guint32 place = place_of(adp_analysis_model(analysis), list[i]);

                frame = frame && frame < place ? frame : place;
            }
        }
    }
    return frame;
}

/* The worst first; among equals the cause before what follows from it. */
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

GPtrArray *adp_findings_by_weight(adp_analysis *analysis, guint32 path, gboolean mailboxes)
{
    guint count;
    adp_finding *const *found = adp_findings_of_path(analysis, path, mailboxes, &count);
    GPtrArray *sorted = g_ptr_array_new();
    guint i;

    for (i = 0; i < count; i++) {
        g_ptr_array_add(sorted, found[i]);
    }
    g_ptr_array_sort(sorted, by_weight);
    return sorted;
}
