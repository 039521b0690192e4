/* costs.h
 * What a fault cost: the time that was lost by what its evidence belongs to.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_COSTS_H
#define ADPATH_JUDGE_COSTS_H

#include "join/model.h"

#include <glib.h>

/** Finds what evidence cost. */
typedef struct adp_costs adp_costs;

/** `waits`, of adp_waits_find(), have to live as long; free with adp_costs_free(). */
adp_costs *adp_costs_new(const adp_model *model, const GArray *waits);
void adp_costs_free(adp_costs *costs);

/** What was lost by all that the observations (ascending) belong to, ns; waits at once count once. */
gint64 adp_cost_of(const adp_costs *costs, const GArray *evidence);

#endif
