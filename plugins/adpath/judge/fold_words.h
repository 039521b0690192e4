/* fold_words.h
 * What is said of steps that are told together.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_FOLD_WORDS_H
#define ADPATH_JUDGE_FOLD_WORDS_H

#include "facts/outcome.h"
#include "join/model.h"
#include "judge/fold.h"

#include <glib.h>

/** "6 lookups of a, b by 2 servers, all answered"; the sentence of a step that stands alone. g_free() it. */
char *adp_fold_words(const adp_model *model, const adp_fold *fold, gboolean mailboxes);

/** How its steps ended, who all went well: ADP_OK, or ADP_NORMAL when no more than that. */
adp_outcome adp_fold_outcome(const adp_model *model, const adp_fold *fold);

/** Where they are: "steps 3-9, 12, frames 40-71"; free with g_free(). */
char *adp_fold_places(const adp_model *model, const adp_fold *fold);

/** The only server of its steps (address id); ADP_NONE: there are `*count` of them. */
guint32 adp_fold_server(const adp_model *model, const adp_fold *fold, guint *count);

/** How long the slowest answer took, ns; FALSE: none is seen whole. */
gboolean adp_fold_longest(const adp_model *model, const adp_fold *fold, gint64 *longest);

#endif
