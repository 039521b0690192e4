/* bind_series.h
 * Refused binds that are one story: a list of names, and wrong passwords until the account is locked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_BIND_SERIES_H
#define ADPATH_JUDGE_BIND_SERIES_H

#include "judge/rules.h"

typedef struct adp_bind_series adp_bind_series;

/** The stories among these groups, which stay the caller's. */
adp_bind_series *adp_bind_series_new(adp_rules *r, const adp_groups *groups);
void adp_bind_series_free(adp_bind_series *series);

/** Was the group told, or will it be, as part of a story? To be asked of each group in their order. */
gboolean adp_bind_series_tell(adp_bind_series *series, const adp_group *group);

#endif
