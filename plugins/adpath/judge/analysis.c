/* analysis.c
 * The judgement of a capture, made when somebody asks, and kept.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/analysis.h"

#include "facts/outcome.h"
#include "facts/ranks.h"
#include "join/model.h"
#include "judge/catalogue.h"
#include "judge/costs.h"
#include "judge/endpoints.h"
#include "judge/finding.h"
#include "judge/inferred.h"
#include "judge/path_time.h"
#include "judge/refusals.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/rules_table.h"
#include "judge/timeline.h"
#include "judge/waits.h"
#include "log/observation.h"
#include "wire/text.h"

#include <string.h>

/* ---- findings kept ---- */

/** What the kept findings were made of; a live capture grows in all of them. */
typedef struct {
    guint64 generation;
    gint64 end;
    gboolean mailboxes;
} made_of;

struct adp_analysis {
    const adp_model *model;
    adp_ranks *ranks;         /* owned */
    adp_endpoints *endpoints; /* owned */
    gboolean filled;
    made_of from;
    GPtrArray *all;      /* of adp_finding, owned */
    GArray *timeline;    /* of adp_begun, owned; NULL: not made yet */
    GArray *waits;       /* of adp_wait, owned; NULL: not looked for yet */
    GArray *refusals;    /* of adp_refusal, by path; owned */
    GPtrArray *inferred; /* of adp_inferred, by path; owned */
    GPtrArray *nothing;  /* stands for it when nobody wants it; owned */
    gboolean keeps_quiet;
    GHashTable *by_frame; /* frame -> GPtrArray of adp_finding, owned */
};

adp_analysis *adp_analysis_new(const adp_model *model)
{
    adp_analysis *analysis = g_new0(adp_analysis, 1);

    analysis->model = model;
    analysis->ranks = adp_ranks_new(model);
    analysis->endpoints = adp_endpoints_new(model, analysis->ranks);
    analysis->all = g_ptr_array_new_with_free_func(adp_finding_free);
    analysis->refusals = g_array_new(FALSE, FALSE, sizeof(adp_refusal));
    analysis->by_frame = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
    analysis->nothing = g_ptr_array_new();
    return analysis;
}

void adp_analysis_free(adp_analysis *analysis)
{
    if (!analysis) {
        return;
    }
    g_hash_table_unref(analysis->by_frame);
    g_ptr_array_unref(analysis->all);
    g_clear_pointer(&analysis->timeline, g_array_unref);
    g_clear_pointer(&analysis->waits, g_array_unref);
    g_array_unref(analysis->refusals);
    g_clear_pointer(&analysis->inferred, g_ptr_array_unref);
    g_ptr_array_unref(analysis->nothing);
    adp_endpoints_free(analysis->endpoints);
    adp_ranks_free(analysis->ranks);
    g_free(analysis);
}

const adp_model *adp_analysis_model(const adp_analysis *analysis)
{
    return analysis->model;
}

adp_ranks *adp_analysis_ranks(adp_analysis *analysis)
{
    return analysis->ranks;
}

adp_endpoints *adp_analysis_endpoints(adp_analysis *analysis)
{
    return analysis->endpoints;
}

static gint by_place(gconstpointer a, gconstpointer b)
{
    const adp_finding *x = *(const adp_finding *const *)a;
    const adp_finding *y = *(const adp_finding *const *)b;
    guint32 first_x = x->evidence->len ? g_array_index(x->evidence, guint32, 0) : 0;
    guint32 first_y = y->evidence->len ? g_array_index(y->evidence, guint32, 0) : 0;

    if (x->path != y->path) {
        return x->path < y->path ? -1 : 1;
    }
    if (first_x != first_y) {
        return first_x < first_y ? -1 : 1;
    }
    return (int)x->id - (int)y->id;
}

static void mask(const adp_rules *r, char **text)
{
    char *masked = r->mailboxes || !*text ? NULL : adp_mask_mailboxes(*text);

    if (masked) {
        g_free(*text);
        *text = masked;
    }
}

/* Evidence in order, each piece once; texts as they may be shown. */
static void finish(const adp_rules *r, adp_finding *finding)
{
    GArray *e = finding->evidence;
    guint from;
    guint to = 0;

    g_array_sort(e, adp_compare_numbers);
    for (from = 0; from < e->len; from++) {
        guint32 obs = g_array_index(e, guint32, from);

        if (to == 0 || g_array_index(e, guint32, to - 1) != obs) {
            g_array_index(e, guint32, to++) = obs;
        }
    }
    g_array_set_size(e, to);
    adp_rules_settle(r, finding);
    mask(r, &finding->summary);
    mask(r, &finding->observed);
    mask(r, &finding->inferred);
}

static void index_frames(adp_analysis *analysis)
{
    guint i;
    guint e;

    for (i = 0; i < analysis->all->len; i++) {
        adp_finding *finding = g_ptr_array_index(analysis->all, i);
        guint32 last = 0;

        for (e = 0; e < finding->evidence->len; e++) {
            guint32 frame =
                adp_model_obs(analysis->model, g_array_index(finding->evidence, guint32, e))->frame;
            gpointer key = GUINT_TO_POINTER(frame);
            GPtrArray *list = g_hash_table_lookup(analysis->by_frame, key);

            if (frame == last) {
                continue;
            }
            last = frame;
            if (!list) {
                list = g_ptr_array_new();
                g_hash_table_insert(analysis->by_frame, key, list);
            }
            g_ptr_array_add(list, finding);
        }
    }
}

/* A lone request without any other step is no path to find fault with. */
static gboolean is_judged(const adp_model *model, const adp_finding *finding)
{
    return !adp_path_is_unattached(model, adp_model_path(model, finding->path));
}

static void run(adp_analysis *analysis, gboolean mailboxes)
{
    adp_rules r;
    adp_costs *costs;
    guint i;

    adp_rules_begin(&r, analysis->model, analysis->endpoints, analysis->ranks, mailboxes);
    g_clear_pointer(&analysis->waits, g_array_unref);
    g_clear_pointer(&analysis->timeline, g_array_unref);
    analysis->timeline = adp_timeline(analysis->model);
    analysis->waits = adp_waits_find(analysis->model, analysis->timeline);
    r.waits = analysis->waits;
    g_array_set_size(analysis->refusals, 0);
    r.refusals = analysis->refusals;
    adp_rules_run(&r);
    adp_refusals_sort(analysis->refusals);
    costs = adp_costs_new(analysis->model, analysis->waits);
    for (i = 0; i < r.found->len; i++) {
        adp_finding *finding = g_ptr_array_index(r.found, i);

        finish(&r, finding);
        if (finding->id != ADP_FINDING_SLOW) {
            finding->cost = adp_cost_of(costs, finding->evidence);
        }
        if (finding->evidence->len && is_judged(analysis->model, finding)) {
            g_ptr_array_add(analysis->all, finding);
        } else {
            adp_finding_free(finding);
        }
    }
    g_ptr_array_sort(analysis->all, by_place);
    index_frames(analysis);
    adp_costs_free(costs);
    adp_rules_end(&r);
    g_clear_pointer(&analysis->inferred, g_ptr_array_unref);
    analysis->inferred = adp_inferred_find(analysis->model, analysis->endpoints);
}

static adp_analysis *filled(adp_analysis *analysis, gboolean mailboxes)
{
    made_of now = {.generation = adp_model_generation(analysis->model), .mailboxes = mailboxes};
    gint64 first;
    guint32 frames;

    (void)adp_model_span(analysis->model, &first, &now.end, &frames);
    if (analysis->filled && analysis->from.generation == now.generation &&
        analysis->from.end == now.end && analysis->from.mailboxes == mailboxes) {
        return analysis;
    }
    g_ptr_array_set_size(analysis->all, 0);
    g_hash_table_remove_all(analysis->by_frame);
    run(analysis, mailboxes);
    analysis->filled = TRUE;
    analysis->from = now;
    return analysis;
}

const GPtrArray *adp_findings(adp_analysis *analysis, gboolean mailboxes)
{
    return filled(analysis, mailboxes)->all;
}

const GArray *adp_analysis_waits(adp_analysis *analysis)
{
    return filled(analysis, analysis->from.mailboxes)->waits;
}

const GArray *adp_analysis_timeline(adp_analysis *analysis)
{
    return filled(analysis, analysis->from.mailboxes)->timeline;
}

const GPtrArray *adp_analysis_inferred(adp_analysis *analysis)
{
    return analysis->keeps_quiet ? analysis->nothing
                                 : filled(analysis, analysis->from.mailboxes)->inferred;
}

void adp_analysis_let_infer(adp_analysis *analysis, gboolean infer)
{
    analysis->keeps_quiet = !infer;
}

void adp_analysis_span(adp_analysis *analysis, guint32 path, gint64 *start, gint64 *end)
{
    adp_path_span(adp_analysis_model(analysis), adp_analysis_timeline(analysis), path, start, end);
}

guint adp_path_refusals(adp_analysis *analysis, guint32 path, guint32 *first)
{
    const GArray *all = filled(analysis, analysis->from.mailboxes)->refusals;
    guint at;
    guint count = adp_refusals_of(all, path, &at);

    *first = count ? g_array_index(all, adp_refusal, at).operation : ADP_NONE;
    return count;
}

gint64 adp_path_lost(adp_analysis *analysis, guint32 path)
{
    return adp_waits_lost(adp_analysis_waits(analysis), path);
}

gboolean adp_findings_mailboxes(const adp_analysis *analysis)
{
    return analysis->from.mailboxes;
}

adp_finding *const *adp_findings_of_path(adp_analysis *analysis, guint32 path, gboolean mailboxes,
                                         guint *count)
{
    const GPtrArray *all = filled(analysis, mailboxes)->all;
    guint low = 0;
    guint high = all->len;
    guint end;

    /* Sorted by path. */
    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (((const adp_finding *)g_ptr_array_index(all, middle))->path < path) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    for (end = low; end < all->len; end++) {
        if (((const adp_finding *)g_ptr_array_index(all, end))->path != path) {
            break;
        }
    }
    *count = end - low;
    return *count ? (adp_finding *const *)&all->pdata[low] : NULL;
}

/* ---- the end of a path ---- */

/* One record of several, or the machine's account: that ends nothing where a controller serves others. */
static gboolean is_of_one(adp_finding_id id)
{
    return id == ADP_FINDING_SRV_TARGET_UNRESOLVABLE || id == ADP_FINDING_ACCOUNT_UNKNOWN_TO_DC;
}

static gboolean is_at_controller(adp_step_kind kind)
{
    return kind == ADP_STEP_PING || kind == ADP_STEP_BIND || kind == ADP_STEP_ROOTDSE ||
           kind == ADP_STEP_KERBEROS;
}

/** The last steps of a path that went well, + 1; 0: there is none. */
typedef struct {
    guint32
        reached; /* what clients are after: an entry of the directory, or an answer of autodiscover */
    guint32 served; /* by a controller */
} progress;

static progress progress_of(const adp_model *model, const adp_path *path)
{
    progress last = {0};
    guint i;

    for (i = path->steps.count; i && !(last.reached && last.served); i--) {
        guint32 index = path->steps.items[i - 1];
        const adp_step *step = adp_model_step(model, index);
        gboolean reaches = step->kind == ADP_STEP_SCP || step->kind == ADP_STEP_AUTODISCOVER;
        guint32 *place = reaches                        ? &last.reached
                         : is_at_controller(step->kind) ? &last.served
                                                        : NULL;

        if (place && !*place && adp_step_outcome(model, step, FALSE) == ADP_OK) {
            *place = index + 1;
        }
    }
    return last;
}

/* Did the step that a warning complains of fail, and no later one reach what clients are after? */
static gboolean is_end(adp_analysis *analysis, const adp_finding *finding, const progress *last)
{
    const adp_model *model = analysis->model;
    guint32 obs = g_array_index(finding->evidence, guint32, finding->evidence->len - 1);
    guint32 index = adp_model_mark(model, obs)->step;
    adp_outcome outcome;

    if (finding->ends) {
        return TRUE;
    }
    if (finding->aside || adp_finding_is_aside(finding->id)) {
        return FALSE;
    }
    if (index == ADP_NONE) {
        /* A connection that was refused. */
        return !adp_path_is_served_hidden(analysis->endpoints, finding->path);
    }
    /* A warning about a ticket is one because the directory and the endpoints do without it. */
    if (adp_model_step(model, index)->kind == ADP_STEP_KERBEROS) {
        return FALSE;
    }
    outcome = adp_step_outcome(model, adp_model_step(model, index), FALSE);
    if (outcome != ADP_FAILED && outcome != ADP_UNANSWERED) {
        return FALSE;
    }
    if (last->reached > index + 1 || (is_of_one(finding->id) && last->served > index + 1) ||
        (finding->id == ADP_FINDING_ACCOUNT_UNKNOWN_TO_DC && last->served)) {
        return FALSE;
    }
    return !adp_path_is_served_hidden(analysis->endpoints, finding->path);
}

gboolean adp_path_failed(adp_analysis *analysis, guint32 path)
{
    guint count;
    /* Names may be masked or not, the severity is the same: no need to make them anew. */
    adp_finding *const *list =
        adp_findings_of_path(analysis, path, adp_findings_mailboxes(analysis), &count);
    gboolean warned = FALSE;
    progress last;
    guint i;

    for (i = 0; i < count; i++) {
        if (list[i]->severity == ADP_SEVERITY_ERROR) {
            return TRUE;
        }
        warned = warned || list[i]->severity == ADP_SEVERITY_WARN;
    }
    if (!warned) {
        return FALSE;
    }
    last = progress_of(analysis->model, adp_model_path(analysis->model, path));
    for (i = 0; i < count; i++) {
        if (list[i]->severity == ADP_SEVERITY_WARN && is_end(analysis, list[i], &last)) {
            return TRUE;
        }
    }
    return FALSE;
}

const GPtrArray *adp_findings_of_frame(adp_analysis *analysis, guint32 obs, gboolean mailboxes)
{
    return g_hash_table_lookup(filled(analysis, mailboxes)->by_frame,
                               GUINT_TO_POINTER(adp_model_obs(analysis->model, obs)->frame));
}

GArray *adp_frames_of(const adp_model *model, const GArray *evidence)
{
    GArray *frames = g_array_new(FALSE, FALSE, sizeof(guint32));
    guint i;

    for (i = 0; i < evidence->len; i++) {
        guint32 frame = adp_model_obs(model, g_array_index(evidence, guint32, i))->frame;

        if (frames->len == 0 || g_array_index(frames, guint32, frames->len - 1) != frame) {
            g_array_append_val(frames, frame);
        }
    }
    return frames;
}
