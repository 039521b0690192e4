/* krb_many.h
 * Many names with the same error from one client: a list that is worked through.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_KRB_MANY_H
#define ADPATH_JUDGE_KRB_MANY_H

#include "judge/krb_story.h"
#include "judge/rules.h"

/** Of the groups, those that are one of many; for the two functions below. Free with g_hash_table_unref(). */
GHashTable *adp_krb_many_find(const adp_rules *r, const adp_groups *groups);
gboolean adp_krb_is_many(const adp_rules *r, GHashTable *buckets, const adp_group *group);

/** Of the first group of many: one finding about all of them. Nothing of the others. */
void adp_krb_tell_many(adp_rules *r, const adp_krb_story *story, GHashTable *buckets,
                       const adp_group *group);

#endif
