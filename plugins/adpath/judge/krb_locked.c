/* krb_locked.c
 * Wrong passwords, and then the account is locked.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/krb_locked.h"

#include "case/principal.h"
#include "join/model.h"
#include "judge/bind_refusal.h"
#include "judge/finding.h"
#include "judge/krb_codes.h"
#include "judge/krb_many.h"
#include "judge/krb_story.h"
#include "judge/krb_topics.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/count.h"
#include "wire/hash.h"

#define STATUS_LOCKED 0xC0000234U

static gboolean is_locked(const adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const adp_obs_krb *answer = adp_rules_krb_answer(r, first);

    return answer->error == 18 && ((answer->has_ntstatus && answer->ntstatus == STATUS_LOCKED) ||
                                   adp_krb_answer_says(answer, "LOCKED"));
}

static gboolean is_wrong_password(const adp_rules *r, const adp_group *group)
{
    return adp_rules_krb_is_wrong_password(r, adp_group_first(group));
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

/*
 * LDAP binds with a wrong password for the account, by NTLM or by name, before it was locked; what a
 * good bind made up for no longer counts. Free with g_ptr_array_unref().
 */
static GPtrArray *binds_before(const adp_rules *r, const adp_step *lock)
{
    GPtrArray *binds = g_ptr_array_new();
    char *user = adp_principal_user(adp_rules_krb_client(r, lock));
    const adp_step *step =
        adp_rules_good_before(r, lock->client, ADP_TOPIC_WRONG_PASSWORD, user, lock->first);

    while (step && step->path == lock->path) {
        ADP_COUNT();
        if (step->kind == ADP_STEP_BIND) {
            const adp_step *by = adp_bind_recovery(r, step);

            if (by && by->first < lock->first) {
                break;
            }
            g_ptr_array_add(binds, (gpointer)step);
        }
        step = adp_rules_good_before(r, lock->client, ADP_TOPIC_WRONG_PASSWORD, user, step->first);
    }
    g_free(user);
    return binds;
}

/* The lock, and all that led to it. */
static void report_locked(adp_rules *r, const adp_group *lock, const GPtrArray *groups,
                          const GPtrArray *binds)
{
    const adp_step *first = adp_group_first(lock);
    adp_finding *f;
    guint i;

    adp_krb_code_report(r, lock);
    f = adp_rules_find(r, ADP_FINDING_ACCOUNT_UNUSABLE, first->path, lock->key);
    for (i = 0; i < binds->len; i++) {
        char number[ADP_NUMBER_TEXT];
        const adp_step *bind = g_ptr_array_index(binds, i);

        adp_rules_say(r, ADP_SAID_LOCKED, adp_number_text(bind->first, number));
    }
    adp_krb_story_locked(r, f, adp_rules_krb_client(r, first), groups, binds);
}

/* Was the group told, or will it be, with the lock of its account? */
gboolean adp_krb_tell_locked(adp_rules *r, GHashTable *locked, const adp_group *group)
{
    char *key = is_locked(r, group) || is_wrong_password(r, group) ? account_key(r, group) : NULL;
    GPtrArray *list = key ? g_hash_table_lookup(locked, key) : NULL;
    GPtrArray *binds;
    gboolean told = FALSE;
    guint i;

    g_free(key);
    for (i = 0; list && i < list->len && !told; i++) {
        told = g_ptr_array_index(list, i) == group;
    }
    if (!told || i > 1) {
        return told;
    }
    binds = binds_before(r, adp_group_first(group));
    told = list->len > 1 || binds->len;
    if (told) {
        g_ptr_array_remove_index(list, 0);
        report_locked(r, group, list, binds);
        g_ptr_array_insert(list, 0, (gpointer)group);
    }
    g_ptr_array_unref(binds);
    return told;
}
