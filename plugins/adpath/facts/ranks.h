/* ranks.h
 * The places of SCP answers' entries, kept because drawing asks for one at a time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_RANKS_H
#define ADPATH_FACTS_RANKS_H

#include "join/model.h"
#include "wire/scp.h"

#include <glib.h>

/** Filled when asked; an entry holds until the model changes. The analysis owns them. */
typedef struct adp_ranks adp_ranks;

adp_ranks *adp_ranks_new(const adp_model *model);
void adp_ranks_free(adp_ranks *ranks);

/**
 * The place of the n-th entry (from 0) of an scp step in the documented order.
 * Rank 0: it has none, or the client's site was not seen.
 */
adp_rank adp_rank_of(adp_ranks *ranks, guint32 step, guint32 n);

#endif
