/* refusals.h
 * Operations of LDAP that are no steps, were refused, and that no finding is about.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_REFUSALS_H
#define ADPATH_JUDGE_REFUSALS_H

#include "join/model.h"

#include <glib.h>

/** One that nothing made good later. */
typedef struct {
    guint32 path;
    guint32 operation; /* of adp_model_operation() */
} adp_refusal;

/** In the order of paths, then of time. */
void adp_refusals_sort(GArray *refusals);

/** How many are the path's; `first` gets the place of the first one in the sorted array. */
guint adp_refusals_of(const GArray *refusals, guint32 path, guint *first);

/**
 * "an LDAP add was refused: unwillingToPerform (53), ... (frame 7)": the first of `count`, and that there
 * are others. Free with g_free().
 */
char *adp_refusal_words(const adp_model *model, guint32 operation, guint count, gboolean mailboxes);

#endif
