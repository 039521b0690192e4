/* krb_many.c
 * Many names with the same error from one client: a list that is worked through.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/krb_many.h"

#include "join/model.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/krb_codes.h"
#include "judge/krb_remedy.h"
#include "judge/krb_story.h"
#include "judge/krb_topics.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/rules_spn.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/krb_error.h"
#include "wire/text.h"

/* More names than this with the same code, from whichever KDC: somebody works through a list. */
#define MANY 5

#define NAMES_SHOWN 3

/* Groups of one path and code whose names differ, and which nothing made good. */
typedef struct {
    GPtrArray *groups; /* of const adp_group * */
} bucket;

static void bucket_free(gpointer data)
{
    g_ptr_array_unref(((bucket *)data)->groups);
    g_free(data);
}

/* Names of which a list may be worked through; directory and endpoints are wanted for themselves. */
static gboolean may_be_one_of_many(const adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const char *spn = adp_rules_krb_spn(r, first);
    gboolean listed;
    char *host;

    if (adp_rules_krb_carrier(r, first) != ADP_CARRIER_KDC || adp_krb_code_recovery(r, group)) {
        return FALSE;
    }
    switch (adp_krb_code_finding(r, first, adp_rules_krb_answer(r, first)->error)) {
    case ADP_FINDING_CLIENT_UNKNOWN:
    case ADP_FINDING_PASSWORD_WRONG:
    case ADP_FINDING_ACCOUNT_UNUSABLE:
        return *adp_rules_krb_client(r, first) != '\0';
    case ADP_FINDING_SPN_NOT_FOUND_OR_DUPLICATE:
        host = adp_spn_host(spn);
        listed = !adp_has_prefix(spn, "ldap/") && !adp_rules_is_fact(r, ADP_FACT_ENDPOINT, host);
        g_free(host);
        return listed;
    default:
        return FALSE;
    }
}

static char *bucket_key(const adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);

    gint32 code = adp_rules_krb_answer(r, first)->error;

    return g_strdup_printf("%u|%d|%d|%d", first->path, code, (int)adp_rules_krb_exchange(r, first),
                           adp_krb_code_finding(r, first, code) ==
                                   ADP_FINDING_SPN_NOT_FOUND_OR_DUPLICATE
                               ? (int)adp_rules_krb_spn_severity(r, first)
                               : 0);
}

GHashTable *adp_krb_many_find(const adp_rules *r, const adp_groups *groups)
{
    GHashTable *buckets = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, bucket_free);
    guint i;

    for (i = 0; i < groups->list->len; i++) {
        const adp_group *group = g_ptr_array_index(groups->list, i);
        char *key;
        bucket *b;

        if (!may_be_one_of_many(r, group)) {
            continue;
        }
        key = bucket_key(r, group);
        b = g_hash_table_lookup(buckets, key);
        if (b) {
            g_free(key);
        } else {
            b = g_new0(bucket, 1);
            b->groups = g_ptr_array_new();
            g_hash_table_insert(buckets, key, b);
        }
        g_ptr_array_add(b->groups, (gpointer)group);
    }
    return buckets;
}

static gint by_place(gconstpointer a, gconstpointer b)
{
    const adp_step *x = *(const adp_step *const *)a;
    const adp_step *y = *(const adp_step *const *)b;

    return x->first < y->first ? -1 : x->first > y->first;
}

static const char *name_in_question(const adp_rules *r, const adp_step *step, adp_finding_id id)
{
    return adp_krb_code_is_about_client(r, step, id) ? adp_rules_krb_client(r, step)
                                                     : adp_rules_krb_spn(r, step);
}

/* All steps of the bucket in their order, as one group; free its array and itself. */
static adp_group *whole_of(const bucket *b)
{
    adp_group *whole = g_new0(adp_group, 1);
    guint i;
    guint s;

    whole->steps = g_ptr_array_new();
    for (i = 0; i < b->groups->len; i++) {
        const adp_group *each = g_ptr_array_index(b->groups, i);

        for (s = 0; s < each->steps->len; s++) {
            g_ptr_array_add(whole->steps, g_ptr_array_index(each->steps, s));
        }
    }
    g_ptr_array_sort(whole->steps, by_place);
    return whole;
}

/* The names that are shown, and how many more. */
static char *names_of(const adp_rules *r, const bucket *b, adp_finding_id id)
{
    GString *names = g_string_new(NULL);
    guint i;

    for (i = 0; i < b->groups->len && i < NAMES_SHOWN; i++) {
        const adp_step *step = adp_group_first(g_ptr_array_index(b->groups, i));

        g_string_append_printf(names, "%s%s", i ? ", " : "", name_in_question(r, step, id));
    }
    g_string_append_printf(names, " and %u more", b->groups->len - NAMES_SHOWN);
    return g_string_free(names, FALSE);
}

static void advise_many(const adp_rules *r, adp_finding *f, const adp_step *first, const char *hit)
{
    if (f->id == ADP_FINDING_PASSWORD_WRONG || f->id == ADP_FINDING_CLIENT_UNKNOWN) {
        adp_rules_advise(r, f,
                         f->id == ADP_FINDING_PASSWORD_WRONG ? "password-wrong/spray"
                                                             : "client-unknown/list",
                         "hit", hit, "address", adp_rules_address(r, first->flow.client), "account",
                         adp_rules_krb_client(r, first), "realm", adp_rules_krb_realm(r, first),
                         "domain", adp_rules_krb_realm(r, first), NULL);
    }
}

static void report_many(adp_rules *r, const adp_krb_story *story, const bucket *b, const char *key)
{
    const adp_group *group = g_ptr_array_index(b->groups, 0);
    const adp_step *first = adp_group_first(group);
    gint32 code = adp_rules_krb_answer(r, first)->error;
    adp_finding_id id = adp_krb_code_finding(r, first, code);
    char *subject = g_strconcat("many|", key, NULL);
    adp_finding *f = adp_rules_find(r, id, first->path, subject);
    adp_group *whole = whole_of(b);
    char *answered = adp_rules_krb_answered(r, whole);
    char *names = names_of(r, b, id);
    char *list = g_strdup_printf("%u names (%s)", b->groups->len, names);

    adp_krb_code_text(r, f, group);
    adp_krb_code_special_text(r, f, group, NULL);
    adp_rules_cite_group(r, f, whole);
    adp_rules_summary(f, "%s: %s", list, adp_krb_error_meaning(code));
    adp_rules_observed(f, "%s for %u different names with %s (%d): %s", answered, b->groups->len,
                       adp_krb_error_name(code), code, names);
    adp_rules_inferred(f, "So many different names from one client are a list that is worked "
                          "through: an import, a scan, or somebody who tries names or passwords. "
                          "The checks name the first of them.");
    if (id == ADP_FINDING_SPN_NOT_FOUND_OR_DUPLICATE) {
        adp_rules_krb_spn_many(r, f, first);
    } else {
        advise_many(r, f, first,
                    adp_krb_story_hits(story, f, whole->steps, list, adp_krb_error_meaning(code)));
    }
    g_free(list);
    g_free(names);
    g_free(answered);
    g_ptr_array_unref(whole->steps);
    g_free(whole);
    g_free(subject);
}

gboolean adp_krb_is_many(const adp_rules *r, GHashTable *buckets, const adp_group *group)
{
    char *key = bucket_key(r, group);
    const bucket *b = g_hash_table_lookup(buckets, key);
    gboolean many = b && b->groups->len > MANY && may_be_one_of_many(r, group);

    g_free(key);
    return many;
}

/* Of the first group of many: all of them at once. */
void adp_krb_tell_many(adp_rules *r, const adp_krb_story *story, GHashTable *buckets,
                       const adp_group *group)
{
    char *key = bucket_key(r, group);
    const bucket *b = g_hash_table_lookup(buckets, key);

    if (g_ptr_array_index(b->groups, 0) == group) {
        report_many(r, story, b, key);
    }
    g_free(key);
}
