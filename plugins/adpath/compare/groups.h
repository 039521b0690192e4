/* groups.h
 * The steps of a path by what they ask for: equal questions are one group, however often they were asked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_COMPARE_GROUPS_H
#define ADPATH_COMPARE_GROUPS_H

#include "compare/told.h"

#include <glib.h>

typedef struct {
    char *meaning; /* owned; see adp_meaning_of_step() */
    guint count;
    guint wrong;                /* how many of them failed, or had no answer */
    const adp_told_step *first; /* never NULL */
    const adp_told_step
        *good; /* the first that went well, one that is ok before one that is normal */
    const adp_told_step *bad; /* the first that went wrong */
} adp_step_group;

typedef struct {
    GPtrArray *list;     /* adp_step_group, in the order in which they were asked first */
    GHashTable *by_name; /* meaning -> adp_step_group */
    GHashTable *by_step; /* adp_told_step -> adp_step_group */
} adp_step_groups;

adp_step_groups *adp_step_groups_new(const adp_told_path *path);
void adp_step_groups_free(adp_step_groups *groups);

/** The group of another path's step in these; NULL: nothing of the kind was asked. */
const adp_step_group *adp_step_groups_find(const adp_step_groups *groups,
                                           const adp_step_group *other);

/**
 * The step that a finding is about: one that went wrong and is cited, else one that is cited; NULL: its
 * evidence is no step. All that are cited are appended to `cited`.
 */
const adp_told_step *adp_step_of_finding(const adp_told_path *path, const adp_told_finding *finding,
                                         GPtrArray *cited);

#endif
