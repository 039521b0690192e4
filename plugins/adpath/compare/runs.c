/* runs.c
 * Two captures of the same thing at different times, of which one may have gone well.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compare/runs.h"

#include "compare/differences.h"
#include "compare/groups.h"
#include "compare/lines.h"
#include "wire/hash.h"
#include "wire/text.h"

#include <string.h>

/* What is listed before "and N more". */
#define MORE_DIFFERENCES 6
#define ONLY_LINES       8

/* Each path is weighed against each of the other capture. */
#define PATHS_MAX 300

/* ---- which path is which ---- */

static gboolean same(const char *a, const char *b)
{
    return a && b && *a && adp_same_text(a, b);
}

static gboolean was_seen(const adp_told_stage *stage)
{
    return strcmp(stage->outcome, "not seen") != 0;
}

/* How much two paths are alike: the same house, the same client, as far along. */
static guint likeness(const adp_told_path *a, const adp_told_path *b)
{
    guint points = 1;
    guint i;

    points += same(a->domain, b->domain) ? 8 : 0;
    points += same(a->mail_domain, b->mail_domain) ? 8 : 0;
    points += same(a->client_name, b->client_name) ? 6 : 0;
    points += same(a->address, b->address) ? 4 : 0;
    points += same(a->site, b->site) ? 2 : 0;
    for (i = 0; i < a->stages.count && i < b->stages.count; i++) {
        points += was_seen(&a->stages.items[i]) == was_seen(&b->stages.items[i]) ? 2 : 0;
    }
    return points;
}

static adp_path_pair *pair_new(const adp_told_path *here, const adp_told_path *there)
{
    adp_path_pair *pair = g_new0(adp_path_pair, 1);
    const adp_told_path *path[2] = {here, there};
    guint i;

    for (i = 0; i < 2; i++) {
        pair->path[i] = path[i];
        pair->groups[i] = path[i] ? adp_step_groups_new(path[i]) : NULL;
    }
    return pair;
}

static void pair_free(gpointer data)
{
    adp_path_pair *pair = data;
    guint i;

    for (i = 0; i < 2; i++) {
        if (pair->groups[i]) {
            adp_step_groups_free(pair->groups[i]);
        }
    }
    g_free(pair);
}

/* The most alike first; of equals those that come first. */
static void pair_the_most_alike(const adp_told *const told[2], const guint count[2],
                                gboolean *const taken[2], GPtrArray *pairs)
{
    guint *points = g_new(guint, (gsize)count[0] * count[1] + 1);
    guint best;
    guint i;

    for (i = 0; i < count[0] * count[1]; i++) {
        points[i] =
            likeness(&told[0]->paths.items[i / count[1]], &told[1]->paths.items[i % count[1]]);
    }
    do {
        guint at = 0;

        best = 0;
        for (i = 0; i < count[0] * count[1]; i++) {
            if (points[i] > best && !taken[0][i / count[1]] && !taken[1][i % count[1]]) {
                best = points[i];
                at = i;
            }
        }
        if (best) {
            taken[0][at / count[1]] = taken[1][at % count[1]] = TRUE;
            g_ptr_array_add(pairs, pair_new(&told[0]->paths.items[at / count[1]],
                                            &told[1]->paths.items[at % count[1]]));
        }
    } while (best);
    g_free(points);
}

/* Those that are alike, and behind them each that has no counterpart. */
static GPtrArray *pairs_of(const adp_told *here, const adp_told *there)
{
    GPtrArray *pairs = g_ptr_array_new_with_free_func(pair_free);
    const adp_told *const told[2] = {here, there};
    guint count[2] = {MIN(here->paths.count, PATHS_MAX), MIN(there->paths.count, PATHS_MAX)};
    gboolean *taken[2] = {g_new0(gboolean, count[0] + 1), g_new0(gboolean, count[1] + 1)};
    guint at;
    guint i;

    if (count[0] && count[1]) {
        pair_the_most_alike(told, count, taken, pairs);
    }
    for (at = 0; at < 2; at++) {
        for (i = 0; i < count[at]; i++) {
            const adp_told_path *path = &told[at]->paths.items[i];

            if (!taken[at][i]) {
                g_ptr_array_add(pairs, at == 0 ? pair_new(path, NULL) : pair_new(NULL, path));
            }
        }
        g_free(taken[at]);
    }
    return pairs;
}

/* ---- what is said ---- */

static void say_difference(GPtrArray *lines, const adp_difference *difference)
{
    adp_lines_add(lines, ADP_LINE_SIDE, "here", "%s", difference->here);
    adp_lines_add(lines, ADP_LINE_SIDE, "there", "%s", difference->there);
}

static gboolean matters(const adp_difference *difference)
{
    return difference->weight < ADP_DIFFERENCE_CHOICE;
}

static void say_first(GPtrArray *lines, const GPtrArray *differences)
{
    const adp_difference *first = differences->len ? g_ptr_array_index(differences, 0) : NULL;
    char seconds[ADP_SECONDS_LEN];

    if (!first || !matters(first)) {
        adp_lines_add(lines, ADP_LINE_TITLE, NULL, "No difference that matters");
        adp_lines_add(lines, ADP_LINE_TEXT, NULL,
                      "Ports, message numbers, the time of day, the order of locator records and "
                      "which controller of the same domain was asked do not count.");
        return;
    }
    if (first->when > 0) {
        adp_lines_add(lines, ADP_LINE_TITLE, NULL,
                      "First difference that matters, %s s after the path began %s",
                      adp_seconds(first->when, seconds), first->in_here ? "here" : "there");
    } else {
        adp_lines_add(lines, ADP_LINE_TITLE, NULL, "First difference that matters");
    }
    say_difference(lines, first);
}

/* Of one kind, those that matter or those that do not, without the very first of those that do. */
static void say_others(GPtrArray *lines, const GPtrArray *differences, gboolean important,
                       const char *title)
{
    guint said = 0;
    guint left = 0;
    guint i;

    for (i = important ? 1 : 0; i < differences->len; i++) {
        const adp_difference *difference = g_ptr_array_index(differences, i);

        if (matters(difference) != important) {
            continue;
        }
        if (said == MORE_DIFFERENCES) {
            left++;
            continue;
        }
        if (!said++) {
            adp_lines_add(lines, ADP_LINE_TITLE, NULL, "%s", title);
        }
        say_difference(lines, difference);
    }
    if (left) {
        adp_lines_add(lines, ADP_LINE_TEXT, NULL, "and %u more", left);
    }
}

/* What one side alone asked. Lookups of addresses and of the primary KDC say little. */
static void say_only(GPtrArray *lines, const adp_path_pair *pair, guint at, GHashTable *told)
{
    guint said = 0;
    guint left = 0;
    guint i;

    for (i = 0; i < pair->groups[at]->list->len; i++) {
        const adp_step_group *group = g_ptr_array_index(pair->groups[at]->list, i);
        char *step;

        if (adp_step_groups_find(pair->groups[1 - at], group) ||
            g_str_has_prefix(group->meaning, "address6") ||
            strstr(group->meaning, "_kerberos-master") ||
            g_hash_table_contains(told, group->meaning)) {
            continue;
        }
        if (said == ONLY_LINES) {
            left++;
            continue;
        }
        if (!said++) {
            adp_lines_add(lines, ADP_LINE_TITLE, NULL, "Asked only %s", at == 0 ? "here" : "there");
        }
        step = adp_difference_step(group->first);
        if (group->count > 1) {
            adp_lines_add(lines, ADP_LINE_TEXT, NULL, "%s (%u times)", step, group->count);
        } else {
            adp_lines_add(lines, ADP_LINE_TEXT, NULL, "%s", step);
        }
        g_free(step);
    }
    if (left) {
        adp_lines_add(lines, ADP_LINE_TEXT, NULL, "and %u more", left);
    }
}

static void say_stages(GPtrArray *lines, const adp_path_pair *pair)
{
    guint i;

    adp_lines_add(lines, ADP_LINE_TITLE, NULL, "Stages");
    adp_lines_add(lines, ADP_LINE_ROW, NULL, "%-14s %-9s %11s %11s    %-9s %11s %11s", "", "here",
                  "took", "waiting", "there", "took", "waiting");
    for (i = 0; i < pair->path[0]->stages.count && i < pair->path[1]->stages.count; i++) {
        const adp_told_stage *here = &pair->path[0]->stages.items[i];
        const adp_told_stage *there = &pair->path[1]->stages.items[i];
        char times[4][ADP_SECONDS_LEN];

        adp_lines_add(lines, ADP_LINE_ROW, NULL, "%-14.14s %-9.9s %11s %11s    %-9.9s %11s %11s",
                      here->stage, here->outcome,
                      was_seen(here) ? adp_seconds(here->duration, times[0]) : "-",
                      was_seen(here) ? adp_seconds(here->waiting, times[1]) : "-", there->outcome,
                      was_seen(there) ? adp_seconds(there->duration, times[2]) : "-",
                      was_seen(there) ? adp_seconds(there->waiting, times[3]) : "-");
    }
}

/* Names that differ, and are taken for each other. */
static void say_names(GPtrArray *lines, const adp_told_path *here, const adp_told_path *there)
{
    const struct {
        const char *what;
        const char *here;
        const char *there;
    } rows[] = {{"domain", here->domain, there->domain},
                {"forest", here->forest, there->forest},
                {"site", here->site, there->site},
                {"mail domain", here->mail_domain, there->mail_domain},
                {"client", here->client_name ? here->client_name : here->address,
                 there->client_name ? there->client_name : there->address}};
    gboolean any = FALSE;
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (!rows[i].here || !rows[i].there || !*rows[i].here || !*rows[i].there ||
            adp_same_text(rows[i].here, rows[i].there)) {
            continue;
        }
        if (!any) {
            adp_lines_add(lines, ADP_LINE_TITLE, NULL, "Names that are taken for each other");
            any = TRUE;
        }
        adp_lines_add(lines, ADP_LINE_TEXT, NULL, "%s: %s here is %s there", rows[i].what,
                      rows[i].here, rows[i].there);
    }
}

static void say_pair(GPtrArray *lines, const adp_path_pair *pair, GHashTable *told,
                     gboolean several)
{
    guint at;

    if (!pair->path[0] || !pair->path[1]) {
        at = pair->path[0] ? 0 : 1;
        adp_lines_add(lines, ADP_LINE_TITLE, NULL, "Path %u is only %s: client %s, %s",
                      pair->path[at]->id, at == 0 ? "here" : "there", pair->path[at]->address,
                      pair->path[at]->outcome);
        return;
    }
    if (several) {
        adp_lines_add(lines, ADP_LINE_TITLE, NULL,
                      "Path %u here (client %s) beside path %u there (client %s)",
                      pair->path[0]->id, pair->path[0]->address, pair->path[1]->id,
                      pair->path[1]->address);
    }
    say_names(lines, pair->path[0], pair->path[1]);
    for (at = 0; at < 2; at++) {
        say_only(lines, pair, at, told);
    }
    say_stages(lines, pair);
}

/* What the differences speak of already. */
static GHashTable *names_of(const GPtrArray *differences)
{
    GHashTable *names = g_hash_table_new(adp_str_hash, adp_str_equal);
    guint i;

    for (i = 0; i < differences->len; i++) {
        g_hash_table_add(names, ((adp_difference *)g_ptr_array_index(differences, i))->name);
    }
    return names;
}

char *adp_runs_compare(const adp_told *here, const adp_told *there, GPtrArray *lines)
{
    GPtrArray *differences = g_ptr_array_new_with_free_func(adp_difference_free);
    GPtrArray *pairs = pairs_of(here, there);
    GHashTable *told;
    char *name = NULL;
    guint i;

    for (i = 0; i < pairs->len; i++) {
        adp_differences_add(g_ptr_array_index(pairs, i), differences);
    }
    adp_differences_sort(differences);
    told = names_of(differences);
    say_first(lines, differences);
    say_others(lines, differences, TRUE, "What else is different; it may follow from the first");
    say_others(lines, differences, FALSE, "Done in another way, and well");
    for (i = 0; i < pairs->len; i++) {
        say_pair(lines, g_ptr_array_index(pairs, i), told, pairs->len > 1);
    }
    if (differences->len && matters(g_ptr_array_index(differences, 0))) {
        name = g_strdup(((adp_difference *)g_ptr_array_index(differences, 0))->name);
    }
    g_hash_table_unref(told);
    g_ptr_array_unref(pairs);
    g_ptr_array_unref(differences);
    return name;
}
