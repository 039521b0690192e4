/* rules_krb_errors.c
 * Findings about the errors of Kerberos.
 *
 * Which code means what: RFC 4120, MS-KILE, and the causes that Microsoft
 * documents for events 4768 and 4769.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_krb_errors.h"

#include "join/model.h"
#include "judge/catalogue.h"
#include "judge/krb_armour.h"
#include "judge/krb_codes.h"
#include "judge/krb_remedy.h"
#include "judge/krb_locked.h"
#include "judge/krb_many.h"
#include "judge/krb_story.h"
#include "judge/krb_topics.h"
#include "judge/rules.h"
#include "judge/rules_service.h"
#include "judge/topics.h"
#include "log/krb.h"
#include "log/observation.h"
#include "wire/krb_error.h"
#include "wire/text.h"

/* Codes that never are a finding by themselves, or only in another exchange. */
static gboolean is_silent(const adp_rules *r, const adp_step *step, const adp_obs_krb *answer)
{
    const adp_obs_krb *ask = adp_rules_krb_ask(r, step);

    if (adp_krb_class_of(ask, answer) == ADP_KRB_NORMAL || answer->error == 0) {
        return TRUE;
    }
    /* These have findings of their own: rules_kpasswd.c, rules_krb_realm.c. */
    if (adp_rules_krb_carrier(r, step) == ADP_CARRIER_KPASSWD || answer->error == 68) {
        return TRUE;
    }
    /* User-to-user follows; or another proof, which the KDC takes. */
    if ((answer->error == 27 || answer->error == 25) && adp_rules_outcome(r, step) == ADP_NORMAL) {
        return TRUE;
    }
    /* Windows asks so to learn whether it may; a machine need not delegate to itself. */
    if (answer->error == 13 && adp_krb_code_purpose(r, step).to_itself) {
        return TRUE;
    }
    /* A server that looks for a user's domain asks several KDCs: KB2009157. */
    return answer->error == 6 && adp_rules_krb_exchange(r, step) != ADP_EXCHANGE_AS;
}

/*
 * Same code about the same: one cause. A skew is one cause whatever was asked of the server, or of several whose clocks
 * agree.
 */
static char *group_key(const adp_rules *r, const adp_step *step, gint32 code)
{
    adp_finding_id id = adp_krb_code_finding(r, step, code);
    const char *account = adp_krb_code_account(r, step);
    char minutes[ADP_NUMBER_TEXT];

    if (account) {
        return g_strdup_printf("%d|%s|account", code, account);
    }
    if (id == ADP_FINDING_CLOCK_SKEW && adp_rules_clock_is_shared(r, step, minutes)) {
        return g_strdup_printf("%d|alike|%s", code, minutes);
    }
    if (id == ADP_FINDING_CLOCK_SKEW) {
        return g_strdup_printf("%d|%u|%d", code, step->flow.server,
                               (int)adp_rules_krb_exchange(r, step));
    }
    return g_strdup_printf("%d|%s|%d", code,
                           adp_krb_code_is_about_client(r, step, id) ? adp_rules_krb_client(r, step)
                                                                     : adp_rules_krb_spn(r, step),
                           (int)adp_rules_krb_carrier(r, step));
}

static void codes(adp_rules *r)
{
    adp_groups *groups = adp_groups_new();
    GHashTable *buckets;
    GHashTable *locked;
    adp_krb_story *story;
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_krb *answer =
            step->kind == ADP_STEP_KERBEROS ? adp_rules_krb_answer(r, step) : NULL;
        char *key;

        if (!answer || !answer->is_error || is_silent(r, step, answer)) {
            continue;
        }
        key = group_key(r, step, answer->error);
        adp_groups_add(groups, step, key);
        g_free(key);
    }
    buckets = adp_krb_many_find(r, groups);
    locked = adp_krb_locked_find(r, groups, buckets);
    story = adp_krb_story_new(r);
    for (i = 0; i < groups->list->len; i++) {
        const adp_group *group = g_ptr_array_index(groups->list, i);

        if (adp_krb_is_many(r, buckets, group)) {
            adp_krb_tell_many(r, story, buckets, group);
        } else if (!adp_krb_tell_locked(r, locked, group)) {
            adp_krb_code_report(r, group);
        }
    }
    adp_krb_story_free(story);
    g_hash_table_unref(locked);
    g_hash_table_unref(buckets);
    adp_groups_free(groups);
}

/* ---- errors after which a client begins anew, and does not ---- */

enum {
    KRB_AP_ERR_TKT_EXPIRED = 32,
    KDC_ERR_PREAUTH_EXPIRED = 90
};

/* Once may be the last that the capture has of it; a client that begins anew does so at once. */
#define STUCK_TIMES    2
#define STUCK_PATIENCE (5 * ADP_NS_PER_S)

/* Who goes on with what has expired, in `group_key()`'s manner; NULL: nobody. Free with g_free(). */
static char *stuck_key(const adp_rules *r, const adp_step *step)
{
    const adp_obs_krb *answer =
        step->kind == ADP_STEP_KERBEROS ? adp_rules_krb_answer(r, step) : NULL;
    const char *account = "";

    if (!answer || !answer->is_error || !adp_rules_krb_ask(r, step) ||
        adp_rules_krb_carrier(r, step) == ADP_CARRIER_KPASSWD ||
        adp_krb_class_of(adp_rules_krb_ask(r, step), answer) != ADP_KRB_NORMAL ||
        (answer->error != KRB_AP_ERR_TKT_EXPIRED && answer->error != KDC_ERR_PREAUTH_EXPIRED)) {
        return NULL;
    }
    if (adp_rules_good(r, step->client, ADP_TOPIC_TICKET, NULL, step)) {
        return NULL;
    }
    if (adp_rules_krb_exchange(r, step) == ADP_EXCHANGE_AS) {
        account = adp_rules_krb_client(r, step);
    } else if (adp_rules_good(r, step->client, ADP_TOPIC_LOGON, NULL, step)) {
        return NULL; /* it logs on again, and what comes of that is told by itself */
    }
    return g_strdup_printf("stuck|%d|%s", answer->error, account);
}

static void stuck(adp_rules *r)
{
    adp_groups *groups = adp_groups_new();
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        char *key = stuck_key(r, step);

        if (key) {
            adp_groups_add(groups, step, key);
        }
        g_free(key);
    }
    for (i = 0; i < groups->list->len; i++) {
        const adp_group *group = g_ptr_array_index(groups->list, i);
        const adp_step *first = adp_group_first(group);

        if (group->steps->len >= STUCK_TIMES &&
            adp_since(r->end, adp_rules_reply(r, first)->time) >= STUCK_PATIENCE) {
            adp_krb_code_report(r, group);
            adp_rules_krb_say_stuck(r, first);
        }
    }
    adp_groups_free(groups);
}

void adp_rules_krb_errors(adp_rules *r)
{
    codes(r);
    stuck(r);
    adp_krb_armour(r);
}
