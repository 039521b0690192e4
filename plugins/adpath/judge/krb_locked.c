/* krb_locked.c
 * Wrong passwords, and then the account is locked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/krb_locked.h"

#include "join/model.h"
#include "judge/finding.h"
#include "judge/krb_codes.h"
#include "judge/krb_many.h"
#include "judge/krb_story.h"
#include "judge/krb_topics.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "log/observation.h"
#include "wire/hash.h"

#define STATUS_LOCKED 0xC0000234U

static gboolean is_locked(const adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const adp_obs_krb *answer = adp_rules_krb_answer(r, first);

    return answer->error == 18 && ((answer->has_ntstatus && answer->ntstatus == STATUS_LOCKED) ||
                                   adp_krb_answer_says(answer, "LOCKED"));
}

/* 24; of KDCs that say so, 31 in the answer to a request for a TGT (Heimdal, older MIT). */
static gboolean is_wrong_password(const adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    gint32 code = adp_rules_krb_answer(r, first)->error;

    return adp_rules_krb_carrier(r, first) == ADP_CARRIER_KDC &&
           adp_rules_krb_exchange(r, first) == ADP_EXCHANGE_AS && (code == 24 || code == 31);
}

static char *account_key(const adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    char *text = g_strdup_printf("%u|%s", first->path, adp_rules_krb_client(r, first));
    char *key = g_ascii_strdown(text, -1);

    g_free(text);
    return key;
}

/* "path|account" -> GPtrArray of adp_group: the lock, and the wrong passwords that began before it. */
GHashTable *adp_krb_locked_find(const adp_rules *r, const adp_groups *groups, GHashTable *buckets)
{
    GHashTable *locked = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free,
                                               (GDestroyNotify)g_ptr_array_unref);
    guint i;

    for (i = 0; i < groups->list->len; i++) {
        adp_group *group = g_ptr_array_index(groups->list, i);

        if (is_locked(r, group) && !adp_krb_is_many(r, buckets, group)) {
            GPtrArray *list = g_ptr_array_new();

            g_ptr_array_add(list, group);
            g_hash_table_replace(locked, account_key(r, group), list);
        }
    }
    for (i = 0; i < groups->list->len; i++) {
        adp_group *group = g_ptr_array_index(groups->list, i);
        char *key;
        GPtrArray *list;

        if (!is_wrong_password(r, group) || adp_krb_is_many(r, buckets, group)) {
            continue;
        }
        key = account_key(r, group);
        list = g_hash_table_lookup(locked, key);
        if (list &&
            adp_group_first(group)->first < adp_group_first(g_ptr_array_index(list, 0))->first) {
            g_ptr_array_add(list, group);
        }
        g_free(key);
    }
    return locked;
}

/* Was the group told, or will it be, with the lock of its account? */
gboolean adp_krb_tell_locked(adp_rules *r, GHashTable *locked, const adp_group *group)
{
    char *key = is_locked(r, group) || is_wrong_password(r, group) ? account_key(r, group) : NULL;
    GPtrArray *list = key ? g_hash_table_lookup(locked, key) : NULL;
    gboolean told = FALSE;
    guint i;

    g_free(key);
    if (!list || list->len == 1) {
        return FALSE;
    }
    for (i = 0; i < list->len && !told; i++) {
        told = g_ptr_array_index(list, i) == group;
    }
    if (told && i == 1) {
        const adp_step *first = adp_group_first(group);
        adp_finding *f;

        adp_krb_code_report(r, group);
        f = adp_rules_find(r, ADP_FINDING_ACCOUNT_UNUSABLE, first->path, group->key);
        g_ptr_array_remove_index(list, 0);
        adp_krb_story_locked(r, f, adp_rules_krb_client(r, first), list);
        g_ptr_array_insert(list, 0, (gpointer)group);
    }
    return told;
}
