/* finding.c
 * The catalogue of findings, and those of a capture: made when somebody asks, and kept.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "model_private.h"

#include "endpoint.h"
#include "rules.h"
#include "text.h"

#include <string.h>

#define FINDING_ROW(id, name, severity, group, title)                                              \
    {name, ADP_SEVERITY_##severity, ADP_GROUP_##group, title},

static const adp_finding_info catalogue[ADP_FINDING_COUNT] = {ADP_FINDINGS(FINDING_ROW)};

const adp_finding_info *adp_finding_get(adp_finding_id id)
{
    return &catalogue[id];
}

const char *adp_severity_name(adp_severity severity)
{
    static const char *const names[] = {"note", "warn", "error"};

    return names[severity];
}

/* ---- findings kept ---- */

/** What the kept findings were made of; a live capture grows in all of them. */
typedef struct {
    guint64 generation;
    gint64 end;
    gboolean mailboxes;
} made_of;

struct adp_finding_cache {
    gboolean filled;
    made_of from;
    GPtrArray *all;       /* of adp_finding, owned */
    GHashTable *by_frame; /* frame -> GPtrArray of adp_finding, owned */
};

static void finding_free(gpointer data)
{
    adp_finding *finding = data;

    g_free(finding->summary);
    g_free(finding->observed);
    g_free(finding->inferred);
    g_free(finding->recovery);
    g_ptr_array_unref(finding->causes);
    g_ptr_array_unref(finding->check);
    g_array_unref(finding->evidence);
    g_free(finding);
}

adp_finding_cache *adp_finding_cache_new(void)
{
    adp_finding_cache *cache = g_new0(adp_finding_cache, 1);

    cache->all = g_ptr_array_new_with_free_func(finding_free);
    cache->by_frame = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
    return cache;
}

void adp_finding_cache_free(adp_finding_cache *cache)
{
    g_hash_table_unref(cache->by_frame);
    g_ptr_array_unref(cache->all);
    g_free(cache);
}

/* ---- making them ---- */

adp_finding *adp_rules_find(adp_rules *r, adp_finding_id id, guint32 path, const char *subject)
{
    char *text = g_strdup_printf("%u|%d|%s", path, (int)id, subject ? subject : "");
    char *key = g_ascii_strdown(text, -1);
    adp_finding *finding = g_hash_table_lookup(r->by_key, key);

    g_free(text);
    if (finding) {
        g_free(key);
        return finding;
    }
    finding = g_new0(adp_finding, 1);
    finding->id = id;
    finding->severity = catalogue[id].severity;
    finding->path = path;
    finding->causes = g_ptr_array_new_with_free_func(g_free);
    finding->check = g_ptr_array_new_with_free_func(g_free);
    finding->evidence = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_ptr_array_add(r->found, finding);
    g_hash_table_insert(r->by_key, key, finding);
    return finding;
}

void adp_rules_cite(adp_finding *finding, guint32 obs)
{
    if (obs != ADP_NONE) {
        g_array_append_val(finding->evidence, obs);
    }
}

void adp_rules_cite_step(const adp_rules *r, adp_finding *finding, const adp_step *step)
{
    (void)r;
    /* What was asked, and what was answered. */
    adp_rules_cite(finding, step->request != ADP_NONE ? step->request : step->first);
    adp_rules_cite(finding, step->netlogon);
    adp_rules_cite(finding, step->reply);
}

void adp_rules_cite_group(const adp_rules *r, adp_finding *finding, const adp_group *group)
{
    guint i;

    for (i = 0; i < group->steps->len; i++) {
        adp_rules_cite_step(r, finding, g_ptr_array_index(group->steps, i));
    }
}

static void set_text(char **text, const char *format, va_list args)
{
    g_free(*text);
    *text = g_strdup_vprintf(format, args);
}

void adp_rules_summary(adp_finding *finding, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set_text(&finding->summary, format, args);
    va_end(args);
}

void adp_rules_observed(adp_finding *finding, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set_text(&finding->observed, format, args);
    va_end(args);
}

void adp_rules_inferred(adp_finding *finding, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set_text(&finding->inferred, format, args);
    va_end(args);
}

char *adp_rules_where(const adp_rules *r, const adp_step *step)
{
    return g_strdup_printf("step %u (frame %u)", adp_rules_index(r, step) + 1,
                           adp_model_obs(r->model, step->first)->frame);
}

void adp_rules_recovered(const adp_rules *r, adp_finding *finding, const adp_step *by)
{
    adp_view view = adp_view_whole(r->model, adp_rules_index(r, by), r->mailboxes);
    char *where = adp_rules_where(r, by);
    char *summary = adp_summary(r->model, &view);

    finding->severity = ADP_SEVERITY_NOTE;
    finding->recovered_by = adp_rules_index(r, by) + 1;
    g_free(finding->recovery);
    finding->recovery = g_strdup_printf("%s: %s", where, summary);
    g_free(summary);
    g_free(where);
}

void adp_rules_unrecovered(adp_finding *finding)
{
    finding->severity = catalogue[finding->id].severity;
    finding->recovered_by = 0;
    g_clear_pointer(&finding->recovery, g_free);
}

void adp_rules_advise(const adp_rules *r, adp_finding *finding, const char *key, ...)
{
    const adp_advice *advice = adp_advice_find(key);
    adp_advice_values values = {.mailboxes = r->mailboxes};
    va_list args;
    guint i;

    va_start(args, key);
    while (values.count < ADP_ADVICE_VALUES) {
        const char *name = va_arg(args, const char *);

        if (!name) {
            break;
        }
        values.pairs[values.count].name = name;
        values.pairs[values.count].value = va_arg(args, const char *);
        values.count++;
    }
    va_end(args);
    g_ptr_array_set_size(finding->causes, 0);
    g_ptr_array_set_size(finding->check, 0);
    for (i = 0; advice && advice->causes[i]; i++) {
        g_ptr_array_add(finding->causes, g_strdup(advice->causes[i]));
    }
    for (i = 0; advice && advice->checks[i]; i++) {
        g_ptr_array_add(finding->check, adp_advice_fill(advice->checks[i], &values));
    }
}

void adp_rules_rule_out(adp_finding *finding, const char *cause)
{
    guint i;

    if (g_ptr_array_find_with_equal_func(finding->causes, cause, g_str_equal, &i)) {
        g_ptr_array_remove_index(finding->causes, i);
    }
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
    mask(r, &finding->summary);
    mask(r, &finding->observed);
    mask(r, &finding->inferred);
}

static void index_frames(adp_finding_cache *cache, const adp_model *model)
{
    guint i;
    guint e;

    for (i = 0; i < cache->all->len; i++) {
        adp_finding *finding = g_ptr_array_index(cache->all, i);
        guint32 last = 0;

        for (e = 0; e < finding->evidence->len; e++) {
            guint32 frame =
                adp_model_obs(model, g_array_index(finding->evidence, guint32, e))->frame;
            gpointer key = GUINT_TO_POINTER(frame);
            GPtrArray *list = g_hash_table_lookup(cache->by_frame, key);

            if (frame == last) {
                continue;
            }
            last = frame;
            if (!list) {
                list = g_ptr_array_new();
                g_hash_table_insert(cache->by_frame, key, list);
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

static void run(adp_finding_cache *cache, const adp_model *model, gboolean mailboxes)
{
    adp_rules r;
    guint i;

    adp_rules_begin(&r, model, mailboxes);
    adp_rules_learn_web(&r);
    adp_rules_dns(&r);
    adp_rules_learn_use(&r);
    adp_rules_kerberos(&r);
    adp_rules_dc(&r);
    adp_rules_ldap(&r);
    adp_rules_scp(&r);
    adp_rules_web(&r);
    adp_rules_capture(&r);
    for (i = 0; i < r.found->len; i++) {
        adp_finding *finding = g_ptr_array_index(r.found, i);

        finish(&r, finding);
        if (finding->evidence->len && is_judged(model, finding)) {
            g_ptr_array_add(cache->all, finding);
        } else {
            finding_free(finding);
        }
    }
    g_ptr_array_sort(cache->all, by_place);
    index_frames(cache, model);
    adp_rules_end(&r);
}

static adp_finding_cache *filled(const adp_model *model, gboolean mailboxes)
{
    adp_finding_cache *cache = model->findings;

    if (cache->filled && cache->from.generation == model->generation &&
        cache->from.end == model->last_time && cache->from.mailboxes == mailboxes) {
        return cache;
    }
    g_ptr_array_set_size(cache->all, 0);
    g_hash_table_remove_all(cache->by_frame);
    run(cache, model, mailboxes);
    cache->filled = TRUE;
    cache->from.generation = model->generation;
    cache->from.end = model->last_time;
    cache->from.mailboxes = mailboxes;
    return cache;
}

const GPtrArray *adp_model_findings(const adp_model *model, gboolean mailboxes)
{
    return filled(model, mailboxes)->all;
}

gboolean adp_model_findings_mailboxes(const adp_model *model)
{
    return model->findings->from.mailboxes;
}

adp_finding *const *adp_model_findings_of_path(const adp_model *model, guint32 path,
                                               gboolean mailboxes, guint *count)
{
    const GPtrArray *all = filled(model, mailboxes)->all;
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

/* Did the step that a finding complains of fail, and no later one reach what clients are after? */
static gboolean is_end(const adp_model *model, const adp_finding *finding)
{
    guint32 obs = g_array_index(finding->evidence, guint32, finding->evidence->len - 1);
    guint32 index = adp_model_mark(model, obs)->step;
    const adp_path *path = adp_model_path(model, finding->path);
    adp_outcome outcome;
    guint i;

    if (index == ADP_NONE) {
        /* A connection that was refused. */
        return !adp_path_is_served_hidden(model, finding->path);
    }
    /* A warning about a ticket is one because the directory and the endpoints do without it. */
    if (adp_model_step(model, index)->kind == ADP_STEP_KERBEROS) {
        return FALSE;
    }
    outcome = adp_step_outcome(model, adp_model_step(model, index), FALSE);
    if (outcome != ADP_FAILED && outcome != ADP_UNANSWERED) {
        return FALSE;
    }
    if (adp_path_is_served_hidden(model, finding->path)) {
        return FALSE;
    }
    for (i = path->steps->len; i; i--) {
        guint32 later = g_array_index(path->steps, guint32, i - 1);
        const adp_step *step = adp_model_step(model, later);

        if (later <= index) {
            break;
        }
        if ((step->kind == ADP_STEP_SCP || step->kind == ADP_STEP_AUTODISCOVER) &&
            adp_step_outcome(model, step, FALSE) == ADP_OK) {
            return FALSE;
        }
    }
    return TRUE;
}

gboolean adp_model_path_failed(const adp_model *model, guint32 path)
{
    guint count;
    /* Names may be masked or not, the severity is the same: no need to make them anew. */
    adp_finding *const *list =
        adp_model_findings_of_path(model, path, adp_model_findings_mailboxes(model), &count);
    guint i;

    for (i = 0; i < count; i++) {
        if (list[i]->severity == ADP_SEVERITY_ERROR) {
            return TRUE;
        }
    }
    /* The last warning decides: it costs a walk along the path. */
    for (i = count; i; i--) {
        if (list[i - 1]->severity == ADP_SEVERITY_WARN) {
            return is_end(model, list[i - 1]);
        }
    }
    return FALSE;
}

const GPtrArray *adp_model_findings_of_frame(const adp_model *model, guint32 obs,
                                             gboolean mailboxes)
{
    return g_hash_table_lookup(filled(model, mailboxes)->by_frame,
                               GUINT_TO_POINTER(adp_model_obs(model, obs)->frame));
}

GArray *adp_finding_frames(const adp_model *model, const adp_finding *finding)
{
    GArray *frames = g_array_new(FALSE, FALSE, sizeof(guint32));
    guint i;

    for (i = 0; i < finding->evidence->len; i++) {
        guint32 frame = adp_model_obs(model, g_array_index(finding->evidence, guint32, i))->frame;

        if (frames->len == 0 || g_array_index(frames, guint32, frames->len - 1) != frame) {
            g_array_append_val(frames, frame);
        }
    }
    return frames;
}
