/* groups.c
 * The steps of a path by what they ask for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compare/groups.h"

#include "compare/meaning.h"
#include "wire/hash.h"

#include <string.h>

static void group_free(gpointer data)
{
    adp_step_group *group = data;

    g_free(group->meaning);
    g_free(group);
}

static gboolean is_ok(const adp_told_step *step)
{
    return strcmp(step->outcome, "ok") == 0;
}

static void add_step(adp_step_groups *groups, const adp_meaning *meaning, const adp_told_step *step)
{
    char *name = adp_meaning_of_step(meaning, step);
    adp_step_group *group = g_hash_table_lookup(groups->by_name, name);

    if (group) {
        g_free(name);
    } else {
        group = g_new0(adp_step_group, 1);
        group->meaning = name;
        group->first = step;
        g_ptr_array_add(groups->list, group);
        g_hash_table_insert(groups->by_name, name, group);
    }
    group->count++;
    if (adp_told_step_went_well(step) && (!group->good || (is_ok(step) && !is_ok(group->good)))) {
        group->good = step;
    }
    if (adp_told_step_went_wrong(step)) {
        group->bad = group->bad ? group->bad : step;
        group->wrong++;
    }
    g_hash_table_insert(groups->by_step, (gpointer)step, group);
}

adp_step_groups *adp_step_groups_new(const adp_told_path *path)
{
    adp_step_groups *groups = g_new0(adp_step_groups, 1);
    adp_meaning *meaning = adp_meaning_new(path);
    guint i;

    groups->list = g_ptr_array_new_with_free_func(group_free);
    groups->by_name = g_hash_table_new(adp_str_hash, adp_str_equal);
    groups->by_step = g_hash_table_new(NULL, NULL);
    for (i = 0; i < path->steps.count; i++) {
        add_step(groups, meaning, path->steps.items[i]);
    }
    adp_meaning_free(meaning);
    return groups;
}

void adp_step_groups_free(adp_step_groups *groups)
{
    g_hash_table_unref(groups->by_step);
    g_hash_table_unref(groups->by_name);
    g_ptr_array_unref(groups->list);
    g_free(groups);
}

const adp_step_group *adp_step_groups_find(const adp_step_groups *groups,
                                           const adp_step_group *other)
{
    return other ? g_hash_table_lookup(groups->by_name, other->meaning) : NULL;
}

/* The frames of a finding, as keys. */
static GHashTable *frames_of(const adp_told_finding *finding)
{
    GHashTable *frames = g_hash_table_new(NULL, NULL);
    const adp_json_value *item;

    for (item = adp_value_items(finding->frames); item; item = item->next) {
        if (item->type == ADP_JSON_NUMBER && item->u.number > 0 &&
            item->u.number <= (double)G_MAXUINT32) {
            g_hash_table_add(frames, GUINT_TO_POINTER((guint)item->u.number));
        }
    }
    return frames;
}

static gboolean is_cited(const adp_told_step *step, GHashTable *frames)
{
    const adp_json_value *item;

    for (item = adp_value_items(step->frames); item; item = item->next) {
        if (item->type == ADP_JSON_NUMBER && item->u.number > 0 &&
            item->u.number <= (double)G_MAXUINT32 &&
            g_hash_table_contains(frames, GUINT_TO_POINTER((guint)item->u.number))) {
            return TRUE;
        }
    }
    return FALSE;
}

const adp_told_step *adp_step_of_finding(const adp_told_path *path, const adp_told_finding *finding,
                                         GPtrArray *cited)
{
    GHashTable *frames = frames_of(finding);
    const adp_told_step *any = NULL;
    const adp_told_step *wrong = NULL;
    guint i;

    for (i = 0; i < path->steps.count; i++) {
        const adp_told_step *step = path->steps.items[i];

        if (is_cited(step, frames)) {
            g_ptr_array_add(cited, (gpointer)step);
            any = any ? any : step;
            wrong = !wrong && adp_told_step_went_wrong(step) ? step : wrong;
        }
    }
    g_hash_table_unref(frames);
    return wrong ? wrong : any;
}
