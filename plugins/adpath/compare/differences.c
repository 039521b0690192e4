/* differences.c
 * What is different in two runs of the same thing, and which of it matters most.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compare/differences.h"

#include "compare/meaning.h"
#include "judge/catalogue.h"
#include "wire/text.h"

#include <string.h>

/* A stage that takes so many times as long, and so much longer, is slower. */
#define SLOWER_RATIO 3
#define SLOWER_NS    ADP_NS_PER_S

void adp_difference_free(gpointer data)
{
    adp_difference *difference = data;

    g_free(difference->name);
    g_free(difference->here);
    g_free(difference->there);
    g_free(difference);
}

char *adp_difference_step(const adp_told_step *step)
{
    return step->frame
               ? g_strdup_printf("step %u, frame %u: %s", step->n, step->frame, step->summary)
               : g_strdup_printf("step %u: %s", step->n, step->summary);
}

/* `at` is the side of the fault. */
static adp_difference *add(GPtrArray *out, adp_difference_weight weight, guint at, const char *name,
                           char *fault, char *other)
{
    adp_difference *made = g_new0(adp_difference, 1);

    made->weight = weight;
    made->in_here = at == 0;
    made->name = g_strdup(name);
    made->here = at == 0 ? fault : other;
    made->there = at == 0 ? other : fault;
    g_ptr_array_add(out, made);
    return made;
}

/* ---- findings ---- */

/* 3: error, 2: warn, 1: note. */
static guint severity_of(const adp_told_finding *finding)
{
    return strcmp(finding->severity, "error") == 0  ? 3
           : strcmp(finding->severity, "warn") == 0 ? 2
                                                    : 1;
}

/* The first of the heaviest of an id; NULL: there is none. */
static const adp_told_finding *heaviest(const adp_told_path *path, const char *id)
{
    const adp_told_finding *best = NULL;
    guint i;

    for (i = 0; path && i < path->findings.count; i++) {
        const adp_told_finding *finding = &path->findings.items[i];

        if (strcmp(finding->id, id) == 0 && (!best || severity_of(finding) > severity_of(best))) {
            best = finding;
        }
    }
    return best;
}

static adp_difference_weight weight_of(const adp_told_finding *finding, const adp_told_step *step)
{
    switch (severity_of(finding)) {
    case 3:
        return ADP_DIFFERENCE_ERROR;
    case 2:
        return ADP_DIFFERENCE_WARN;
    default:
        return finding->recovered || (step && adp_told_step_went_wrong(step)) ? ADP_DIFFERENCE_TRIED
                                                                              : ADP_DIFFERENCE_NOTE;
    }
}

static const char *outcome_of_stage(const adp_told_path *path, const char *stage)
{
    guint i;

    for (i = 0; i < path->stages.count; i++) {
        if (strcmp(path->stages.items[i].stage, stage) == 0) {
            return path->stages.items[i].outcome;
        }
    }
    return NULL;
}

/* A place where mail is looked for, of which the other run has one, too: what came of that. */
static char *other_endpoint(const adp_path_pair *pair, guint at, const adp_told_finding *finding)
{
    const adp_told_path *path = pair->path[at];
    const adp_told_path *other = pair->path[1 - at];
    guint i;

    for (i = 0; i < path->endpoints.count && i < other->endpoints.count; i++) {
        if (adp_told_has_frame(path->endpoints.items[i].frames, finding->frame)) {
            return g_strdup_printf("%s: %s", other->endpoints.items[i].url,
                                   other->endpoints.items[i].outcome);
        }
    }
    return g_strdup("nothing of the kind");
}

/* What the other run did where this one has its fault. */
static char *counterpart(const adp_path_pair *pair, guint at, const adp_told_finding *finding,
                         const adp_told_step *step)
{
    guint other = 1 - at;
    const adp_step_group *group;
    const char *outcome;

    if (!pair->path[other]) {
        return g_strdup("no path like this one");
    }
    if (!step) {
        return other_endpoint(pair, at, finding);
    }
    group = adp_step_groups_find(pair->groups[other],
                                 g_hash_table_lookup(pair->groups[at]->by_step, step));
    if (group) {
        return adp_difference_step(group->good ? group->good : group->first);
    }
    outcome = outcome_of_stage(pair->path[other], step->stage);
    return outcome && strcmp(outcome, "not seen") == 0
               ? g_strdup_printf("this was not asked (nothing of the stage %s was seen)",
                                 step->stage)
           : outcome ? g_strdup_printf("this was not asked (stage %s: %s)", step->stage, outcome)
                     : g_strdup("this was not asked");
}

/*
 * Errors and warnings are numbered from names over controllers and tickets to the directory, and what
 * comes first causes what follows. From there on, and among what did no harm, the first is the first in time,
 * but for two that only tell what followed.
 */
static guint order_of(guint id, adp_difference_weight weight)
{
    if (weight <= ADP_DIFFERENCE_WARN) {
        return MIN(id, ADP_FINDING_SCP_NONE);
    }
    return id == ADP_FINDING_DC_OTHER_SITE || id == ADP_FINDING_AUTODISCOVER_FALLBACK ? 1 : 0;
}

/* The steps that a finding cites need not be told once more. */
static void remember(const adp_path_pair *pair, guint at, const GPtrArray *cited, GHashTable *told)
{
    guint i;

    for (i = 0; i < cited->len; i++) {
        g_hash_table_add(
            told, g_hash_table_lookup(pair->groups[at]->by_step, g_ptr_array_index(cited, i)));
    }
}

static void add_finding(const adp_path_pair *pair, guint at, guint id, GHashTable *told,
                        GPtrArray *out)
{
    const char *name = adp_finding_get((adp_finding_id)id)->name;
    const adp_told_finding *finding = heaviest(pair->path[at], name);
    const adp_told_finding *other = heaviest(pair->path[1 - at], name);
    GPtrArray *cited;
    const adp_told_step *step;
    adp_difference *made;
    char *where;

    if (!finding || (other && severity_of(other) >= severity_of(finding))) {
        return;
    }
    cited = g_ptr_array_new();
    step = adp_step_of_finding(pair->path[at], finding, cited);
    where = step             ? adp_difference_step(step)
            : finding->frame ? g_strdup_printf("frame %u", finding->frame)
                             : g_strdup("");
    made = add(out, weight_of(finding, step), at, name,
               g_strdup_printf("%s %s: %s%s%s", finding->severity, name, finding->summary,
                               *where ? " - " : "", where),
               other ? g_strdup_printf("%s %s: %s", other->severity, name, other->summary)
                     : counterpart(pair, at, finding, step));
    made->order = order_of(id, made->weight);
    made->frame = finding->frame;
    made->when = step ? adp_since(step->start, pair->path[at]->start) : 0;
    g_free(where);
    remember(pair, at, cited, told);
    g_ptr_array_unref(cited);
}

/* ---- steps ---- */

/* Where the path went well in the end, something else served. */
static adp_difference_weight weight_of_step(const adp_told_path *path, const adp_step_group *fault)
{
    return fault->good || strcmp(path->outcome, "ok") == 0 ? ADP_DIFFERENCE_TRIED
                                                           : ADP_DIFFERENCE_NEVER;
}

static char *faulty(const adp_step_group *group)
{
    char *step = adp_difference_step(group->bad);
    char *text = group->count > 1
                     ? g_strdup_printf("%s (%u of %u went wrong)", step, group->wrong, group->count)
                     : g_strdup(step);

    g_free(step);
    return text;
}

/* The same question, and one of both sides went wrong where the other did not, or in another way. */
static void add_answers(const adp_path_pair *pair, guint at, const adp_step_group *group,
                        const adp_step_group *other, GPtrArray *out)
{
    gint64 start = pair->path[at]->start;
    adp_difference *made = NULL;

    if (!group->bad) {
        return;
    }
    if (!other->bad) {
        char *fine =
            other->good ? adp_difference_step(other->good) : adp_difference_step(other->first);

        made = add(out, weight_of_step(pair->path[at], group), at, group->meaning, faulty(group),
                   fine);
    } else if (!group->good && other->good) {
        made = add(out, weight_of_step(pair->path[at], group), at, group->meaning, faulty(group),
                   adp_difference_step(other->good));
    } else if (at == 0 && !group->good && !other->good) {
        char *mine = adp_meaning_of_answer(group->bad);
        char *theirs = adp_meaning_of_answer(other->bad);

        if (strcmp(mine, theirs) != 0) {
            made = add(out, weight_of_step(pair->path[at], group), at, group->meaning,
                       faulty(group), faulty(other));
        }
        g_free(theirs);
        g_free(mine);
    }
    if (made) {
        made->frame = group->bad->frame;
        made->when = adp_since(group->bad->start, start);
    }
}

static void add_choice(const adp_path_pair *pair, const adp_step_group *group,
                       const adp_step_group *other, GPtrArray *out)
{
    char *mine;
    char *theirs;

    if (!group->good || !other->good) {
        return;
    }
    mine = adp_meaning_of_choice(group->good);
    theirs = adp_meaning_of_choice(other->good);
    if (strcmp(mine, theirs) != 0) {
        char *here = adp_difference_step(group->good);
        char *there = adp_difference_step(other->good);
        adp_difference *made =
            add(out, ADP_DIFFERENCE_CHOICE, 0, group->meaning,
                g_strdup_printf("%s (%s)", here, *mine ? mine : "nothing special"),
                g_strdup_printf("%s (%s)", there, *theirs ? theirs : "nothing special"));

        made->frame = group->good->frame;
        made->when = adp_since(group->good->start, pair->path[0]->start);
        g_free(there);
        g_free(here);
    }
    g_free(theirs);
    g_free(mine);
}

static void add_steps(const adp_path_pair *pair, guint at, GHashTable *told, GPtrArray *out)
{
    guint i;

    for (i = 0; i < pair->groups[at]->list->len; i++) {
        const adp_step_group *group = g_ptr_array_index(pair->groups[at]->list, i);
        const adp_step_group *other = adp_step_groups_find(pair->groups[1 - at], group);

        if (other && !g_hash_table_contains(told, group) && !g_hash_table_contains(told, other)) {
            add_answers(pair, at, group, other, out);
        }
        if (other && at == 0) {
            add_choice(pair, group, other, out);
        }
    }
}

/* ---- the whole path ---- */

/* The place that gave the settings; NULL: none did. */
static const adp_told_endpoint *winner(const adp_told_path *path)
{
    const adp_told_endpoint *best = NULL;
    guint i;

    for (i = 0; i < path->endpoints.count; i++) {
        const adp_told_endpoint *endpoint = &path->endpoints.items[i];

        if (strcmp(endpoint->outcome, "ok") == 0 && (!best || endpoint->order > best->order)) {
            best = endpoint;
        }
    }
    return best;
}

static void add_winner(const adp_path_pair *pair, GPtrArray *out)
{
    const adp_told_endpoint *here = winner(pair->path[0]);
    const adp_told_endpoint *there = winner(pair->path[1]);

    if (here && there && strcmp(here->source, there->source) != 0) {
        add(out, ADP_DIFFERENCE_CHOICE, 0, "endpoint",
            g_strdup_printf("the settings came from %s (found by: %s)", here->url, here->source),
            g_strdup_printf("the settings came from %s (found by: %s)", there->url, there->source));
    }
}

static void add_family(const adp_path_pair *pair, GPtrArray *out)
{
    gboolean here = strchr(pair->path[0]->address, ':') != NULL;
    gboolean there = strchr(pair->path[1]->address, ':') != NULL;

    if (here != there) {
        add(out, ADP_DIFFERENCE_CHOICE, 0, "address family",
            g_strdup_printf("the client speaks IPv%c (%s)", here ? '6' : '4',
                            pair->path[0]->address),
            g_strdup_printf("the client speaks IPv%c (%s)", there ? '6' : '4',
                            pair->path[1]->address));
    }
}

static void add_slower(const adp_path_pair *pair, GPtrArray *out)
{
    guint i;

    for (i = 0; i < pair->path[0]->stages.count && i < pair->path[1]->stages.count; i++) {
        const adp_told_stage *here = &pair->path[0]->stages.items[i];
        const adp_told_stage *there = &pair->path[1]->stages.items[i];
        gint64 longer = MAX(here->waiting, there->waiting);
        gint64 shorter = MIN(here->waiting, there->waiting);
        char mine[ADP_SECONDS_LEN];
        char theirs[ADP_SECONDS_LEN];

        if (adp_since(longer, shorter) >= SLOWER_NS && longer / SLOWER_RATIO >= shorter) {
            guint at = here->waiting >= there->waiting ? 0 : 1;

            add(out, ADP_DIFFERENCE_NOTE, at, "waiting",
                g_strdup_printf("in the stage %s %s s passed in waiting for answers", here->stage,
                                adp_seconds(longer, mine)),
                g_strdup_printf("%s s", adp_seconds(shorter, theirs)));
        }
    }
}

void adp_differences_add(const adp_path_pair *pair, GPtrArray *out)
{
    GHashTable *told = g_hash_table_new(NULL, NULL); /* groups of which a finding speaks */
    guint at;
    guint id;

    for (at = 0; at < 2; at++) {
        for (id = 0; pair->path[at] && id < ADP_FINDING_COUNT; id++) {
            add_finding(pair, at, id, told, out);
        }
    }
    if (pair->path[0] && pair->path[1]) {
        add_steps(pair, 0, told, out);
        add_steps(pair, 1, told, out);
        add_winner(pair, out);
        add_family(pair, out);
        if (!heaviest(pair->path[0], "slow") && !heaviest(pair->path[1], "slow")) {
            add_slower(pair, out);
        }
    }
    g_hash_table_unref(told);
}

static gint compare(gconstpointer a, gconstpointer b)
{
    const adp_difference *x = *(const adp_difference *const *)a;
    const adp_difference *y = *(const adp_difference *const *)b;

    if (x->weight != y->weight) {
        return x->weight < y->weight ? -1 : 1;
    }
    if (x->order != y->order) {
        return x->order < y->order ? -1 : 1;
    }
    return (x->frame > y->frame) - (x->frame < y->frame);
}

void adp_differences_sort(GPtrArray *differences)
{
    g_ptr_array_sort(differences, compare);
}
