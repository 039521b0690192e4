/* krb_locked.h
 * Wrong passwords, and then the account is locked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_KRB_LOCKED_H
#define ADPATH_JUDGE_KRB_LOCKED_H

#include "judge/rules.h"

/** "path|account" -> GPtrArray of adp_group: the lock, and the wrong passwords that began before it. */
GHashTable *adp_krb_locked_find(const adp_rules *r, const adp_groups *groups, GHashTable *buckets);

/** Was the group told, or will it be, with the lock of its account? */
gboolean adp_krb_tell_locked(adp_rules *r, GHashTable *locked, const adp_group *group);

#endif
