/* bind_series.c
 * Refused binds that are one story: a list of names, wrong passwords until the account is locked, and one account
 * that several servers refuse alike.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/bind_series.h"

#include "case/accounts.h"
#include "case/principal.h"
#include "join/model.h"
#include "judge/bind_refusal.h"
#include "judge/bind_report.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/krb_signs.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/signs.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/count.h"
#include "wire/hash.h"
#include "wire/ldap_result.h"
#include "wire/text.h"

/* More names than this with the same answer: a list, or the users of a gateway. */
#define MANY        5
#define NAMES_SHOWN 3

/* Names that got in are looked for among so many binds. */
#define HITS_LOOKED 64
/* A search through a list of names stops at a hit, which may be the last thing that happens. */
#define AFTER (5 * ADP_NS_PER_S)

/* Binds of many names with the same answer in one path. */
typedef struct {
    GPtrArray *groups; /* of const adp_group *, not owned: in the order of their first steps */
    GHashTable *users;
} many;

struct adp_bind_series {
    adp_rules *r;
    GHashTable *locked; /* account_key() -> the group that says that it is locked */
    GHashTable *told;   /* of these, those that were told with wrong passwords */
    GHashTable *many;   /* many_key() -> many, owned */
    GHashTable *alike;  /* alike_key() -> GPtrArray of const adp_group, not owned, owned itself */
    GHashTable
        *accepted; /* path + 1 -> GArray of guint32, owned: steps of accepted binds; or NULL */
};

static void many_free(gpointer data)
{
    many *m = data;

    g_ptr_array_unref(m->groups);
    g_hash_table_unref(m->users);
    g_free(m);
}

/* Who binds; NULL when nothing says it. Free with g_free(). */
static char *user_of(const adp_rules *r, const adp_step *step)
{
    char *name = adp_bind_name(r, step);
    char *user = name ? adp_principal_user(name) : NULL;

    g_free(name);
    return user;
}

/* ---- wrong passwords, and then the account is locked ---- */

/* Does the refusal have the number itself? Samba names it. */
static gboolean says_number(const adp_rules *r, const adp_group *group)
{
    return adp_ldap_says(adp_ldap_result_of(r, adp_group_first(group)), "data ");
}

static gboolean has_sub_code(const adp_rules *r, const adp_group *group, const char *wanted)
{
    return adp_bind_has_code(adp_ldap_result_of(r, adp_group_first(group)), wanted);
}

/* Whose binds these are, in which path; NULL when nothing says it. Free with g_free(). */
static char *account_key(const adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    char *user = user_of(r, first);
    char *key = user ? g_strdup_printf("%u|%s", first->path, user) : NULL;

    g_free(user);
    return key;
}

/* account_key() -> the group that says that it is locked. */
static GHashTable *locked_accounts(const adp_rules *r, const adp_groups *groups)
{
    GHashTable *locked = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    guint i;

    for (i = 0; i < groups->list->len; i++) {
        adp_group *group = g_ptr_array_index(groups->list, i);
        char *key = has_sub_code(r, group, "775") ? account_key(r, group) : NULL;

        if (key && !g_hash_table_contains(locked, key)) {
            g_hash_table_insert(locked, key, group);
        } else {
            g_free(key);
        }
    }
    return locked;
}

/* Wrong passwords until the account was locked are one story: the lock, and what led to it. */
static gboolean tell_with_lock(adp_bind_series *series, const adp_group *group)
{
    adp_rules *r = series->r;
    char *key = has_sub_code(r, group, "52e") ? account_key(r, group) : NULL;
    const adp_group *lock = key ? g_hash_table_lookup(series->locked, key) : NULL;
    guint count = group->steps->len;
    const adp_step *first;
    adp_finding *f;
    char *observed;

    g_free(key);
    if (!lock || adp_group_first(group)->first > adp_group_first(lock)->first) {
        return FALSE;
    }
    first = adp_group_first(lock);
    f = adp_rules_find(r, ADP_FINDING_LDAP_BIND_FAILED, first->path, lock->key);
    if (g_hash_table_add(series->told, (gpointer)lock)) {
        char *account = adp_bind_name(r, first);

        adp_bind_report(r, lock);
        adp_rules_summary(f, "%s is locked out, after wrong passwords: %s refuses the LDAP bind",
                          account, adp_rules_host(r, first->flow.server));
        g_free(account);
    }
    adp_rules_cite_group(r, f, group);
    adp_rules_sign(f, ADP_SIGN_WRONG_BEFORE, adp_group_last(group)->reply);
    observed = f->observed;
    f->observed = NULL;
    adp_rules_observed(f, "%s; %u %s with a wrong password%s began before it", observed, count,
                       count == 1 ? "bind" : "binds", says_number(r, group) ? " (data 52e)" : "");
    g_free(observed);
    return TRUE;
}

/* ---- many names ---- */

/* By name and password, and the answer is about the account, and stays so? */
static gboolean may_be_one_of_many(const adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);

    return adp_bind_is_about_account(r, first) && !adp_bind_may_show_ticket(r, first) &&
           !adp_bind_recovery(r, adp_group_last(group));
}

static char *many_key(const adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const adp_obs_result *result = adp_ldap_result_of(r, first);
    char code[9] = "";

    (void)adp_bind_code(result, code);
    return g_strdup_printf("%u|%u|%s", first->path, result->result, code);
}

static void note_one_of_many(adp_bind_series *series, const adp_group *group)
{
    char *user =
        may_be_one_of_many(series->r, group) ? user_of(series->r, adp_group_first(group)) : NULL;
    char *key;
    many *m;

    if (!user) {
        return;
    }
    key = many_key(series->r, group);
    m = g_hash_table_lookup(series->many, key);
    if (m) {
        g_free(key);
    } else {
        m = g_new0(many, 1);
        m->groups = g_ptr_array_new();
        m->users = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
        g_hash_table_insert(series->many, key, m);
    }
    g_ptr_array_add(m->groups, (gpointer)group);
    g_hash_table_add(m->users, user);
}

/* The many of which the group is one; NULL: it stands for itself. */
static const many *many_of(const adp_bind_series *series, const adp_group *group)
{
    char *key = many_key(series->r, group);
    const many *m = g_hash_table_lookup(series->many, key);

    g_free(key);
    return m && g_hash_table_size(m->users) > MANY && may_be_one_of_many(series->r, group) ? m
                                                                                           : NULL;
}

static GHashTable *accepted_binds(const adp_rules *r)
{
    GHashTable *accepted = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        gpointer key = GUINT_TO_POINTER(step->path + 1);
        GArray *steps;

        ADP_COUNT();
        if (!adp_bind_lets_in(r, step)) {
            continue;
        }
        steps = g_hash_table_lookup(accepted, key);
        if (!steps) {
            steps = g_array_new(FALSE, FALSE, sizeof(guint32));
            g_hash_table_insert(accepted, key, steps);
        }
        g_array_append_val(steps, i);
    }
    return accepted;
}

/* Was the name let in before the list began? Then it is the program's own, or a user's. */
static gboolean is_let_in_before(const adp_rules *r, const adp_step *step, const adp_step *first)
{
    char *subject = adp_bind_subject_of(r, step);
    gboolean is =
        adp_rules_good_before(r, step->client, ADP_TOPIC_BIND, subject, first->first) != NULL;

    g_free(subject);
    return is;
}

/* Binds of names that were let in while the others were refused, one a name, in their order. */
static GPtrArray *let_in_among(adp_bind_series *series, const GPtrArray *refused)
{
    const adp_rules *r = series->r;
    const adp_step *first = g_ptr_array_index(refused, 0);
    gint64 until = adp_rules_time(r, g_ptr_array_index(refused, refused->len - 1)) + AFTER;
    GPtrArray *found = g_ptr_array_new();
    GHashTable *users = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    const GArray *steps;
    guint at;
    guint looked;

    series->accepted = series->accepted ? series->accepted : accepted_binds(r);
    steps = g_hash_table_lookup(series->accepted, GUINT_TO_POINTER(first->path + 1));
    at = steps ? adp_numbers_below(steps, adp_rules_index(r, first)) : 0;
    for (looked = 0; steps && at < steps->len && looked < HITS_LOOKED; at++, looked++) {
        const adp_step *step = adp_rules_step(r, g_array_index(steps, guint32, at));
        char *user;

        ADP_COUNT();
        if (adp_rules_time(r, step) > until) {
            break;
        }
        user = is_let_in_before(r, step, first) ? NULL : user_of(r, step);
        if (user && g_hash_table_add(users, user)) {
            g_ptr_array_add(found, (gpointer)step);
        }
    }
    g_hash_table_unref(users);
    return found;
}

static gint by_place(gconstpointer a, gconstpointer b)
{
    const adp_step *x = *(const adp_step *const *)a;
    const adp_step *y = *(const adp_step *const *)b;

    return x->first < y->first ? -1 : x->first > y->first;
}

/* All steps of the groups in their order; free with g_ptr_array_unref(). */
static GPtrArray *steps_of(const GPtrArray *groups)
{
    GPtrArray *steps = g_ptr_array_new();
    guint i;
    guint s;

    for (i = 0; i < groups->len; i++) {
        const adp_group *group = g_ptr_array_index(groups, i);

        for (s = 0; s < group->steps->len; s++) {
            g_ptr_array_add(steps, g_ptr_array_index(group->steps, s));
        }
    }
    g_ptr_array_sort(steps, by_place);
    return steps;
}

/* "ann, bob, eve and 8 more", the names as they were sent; free with g_free(). */
static char *say_names(const adp_rules *r, const GPtrArray *steps, guint count)
{
    GString *out = g_string_new(NULL);
    GHashTable *said = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    guint i;

    for (i = 0; i < steps->len && g_hash_table_size(said) < NAMES_SHOWN; i++) {
        const adp_step *step = g_ptr_array_index(steps, i);

        if (g_hash_table_add(said, user_of(r, step))) {
            char *name = adp_bind_name(r, step);
            guint n = g_hash_table_size(said);

            g_string_append_printf(out, "%s%s",
                                   n == 1                               ? ""
                                   : n == count && count <= NAMES_SHOWN ? " and "
                                                                        : ", ",
                                   name);
            g_free(name);
        }
    }
    if (count > NAMES_SHOWN) {
        g_string_append_printf(out, " and %u more", count - NAMES_SHOWN);
    }
    g_hash_table_unref(said);
    return g_string_free(out, FALSE);
}

/* Who got in, the first of them; NULL: nobody. */
static const adp_step *say_hits(const adp_rules *r, adp_finding *f, const GPtrArray *let_in)
{
    char *names;
    char *summary;
    char *observed;
    guint i;

    if (!let_in->len) {
        return NULL;
    }
    names = say_names(r, let_in, let_in->len);
    summary = g_strdup_printf("%s got in while a list was tried. %s", names, f->summary);
    observed = g_strdup_printf("%s; in between %s bound from the same client", f->observed, names);
    adp_rules_summary(f, "%s", summary);
    adp_rules_observed(f, "%s", observed);
    for (i = 0; i < let_in->len; i++) {
        adp_rules_cite_step(r, f, g_ptr_array_index(let_in, i));
    }
    g_free(observed);
    g_free(summary);
    g_free(names);
    return g_ptr_array_index(let_in, 0);
}

/* `hit`: NULL when nobody got in, or when that is no wonder. */
static void advise_many(const adp_rules *r, adp_finding *f, const adp_step *first, gboolean gateway,
                        const adp_step *hit)
{
    char *name = hit ? adp_bind_name(r, hit) : NULL;

    adp_rules_advise(r, f, gateway ? "ldap-bind-failed/gateway" : "ldap-bind-failed/many", "hit",
                     name ? adp_account_text(name) : NULL, "address",
                     adp_rules_address(r, first->flow.client), NULL);
    if (name) {
        adp_rules_sign_account(f, name, hit->first);
    }
    g_free(name);
}

static void report_many(adp_bind_series *series, const many *m, const adp_group *group)
{
    adp_rules *r = series->r;
    const adp_step *first = adp_group_first(group);
    const adp_obs_result *result = adp_ldap_result_of(r, first);
    GPtrArray *steps = steps_of(m->groups);
    const adp_group whole = {.steps = steps};
    GPtrArray *let_in = let_in_among(series, steps);
    guint count = g_hash_table_size(m->users);
    /* Where not only one or two of a list are let in, it is none. */
    gboolean gateway = let_in->len * 2 >= count;
    char *names = say_names(r, steps, count);
    char *servers = adp_rules_servers(r, &whole);
    char *subject = g_strconcat("many|", group->key, NULL);
    adp_finding *f = adp_rules_find(r, ADP_FINDING_LDAP_BIND_FAILED, first->path, subject);
    const char *name = adp_ldap_result_name(result->result);
    const char *meaning = adp_bind_meaning(r, first);
    char code[9] = "";
    gboolean coded = adp_bind_code(result, code) && adp_ldap_says(result, "data ");

    adp_rules_cite_group(r, f, &whole);
    adp_rules_summary(f, "%u names (%s): %s", count, names,
                      meaning ? meaning
                      : name  ? name
                              : "error");
    adp_rules_observed(f, "%u LDAP binds at %s for %u different names ended with result %u%s%s: %s",
                       steps->len, servers, count, result->result, coded ? ", data " : "",
                       coded ? code : "", names);
    adp_rules_inferred(f, "%s",
                       gateway
                           ? "The client binds for many people, and others of them are let in: a "
                             "gateway, a mail server or a portal, to which these gave wrong "
                             "names or passwords, or have old ones stored."
                           : "So many different names from one client are a list that is worked "
                             "through (an import, a scan, somebody who tries a password on "
                             "each), or the users of a gateway.");
    advise_many(r, f, first, gateway, gateway ? NULL : say_hits(r, f, let_in));
    g_free(subject);
    g_free(servers);
    g_free(names);
    g_ptr_array_unref(let_in);
    g_ptr_array_unref(steps);
}

/* ---- one account, refused alike by several servers ---- */

/* Whose binds were refused how, in which path; NULL when nothing says who binds. Free with g_free(). */
static char *alike_key(const adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const adp_obs_result *result = adp_ldap_result_of(r, first);
    char *name = adp_bind_name(r, first);
    char code[ADP_BIND_CODE_ROOM] = "";
    char *key;

    (void)adp_bind_code(result, code);
    key = name ? g_strdup_printf("%u|%u|%s|%s", first->path, result->result, code, name) : NULL;
    g_free(name);
    return key;
}

/* Wrong passwords that a lock follows are told with that one. */
static gboolean leads_to_lock(const adp_bind_series *series, const adp_group *group)
{
    char *key = has_sub_code(series->r, group, "52e") ? account_key(series->r, group) : NULL;
    gboolean leads = key && g_hash_table_contains(series->locked, key);

    g_free(key);
    return leads;
}

static void note_alike(adp_bind_series *series, const adp_group *group)
{
    char *key = may_be_one_of_many(series->r, group) && !leads_to_lock(series, group)
                    ? alike_key(series->r, group)
                    : NULL;
    GPtrArray *groups = key ? g_hash_table_lookup(series->alike, key) : NULL;

    if (key && !groups) {
        groups = g_ptr_array_new();
        g_hash_table_insert(series->alike, g_strdup(key), groups);
    }
    if (groups) {
        g_ptr_array_add(groups, (gpointer)group);
    }
    g_free(key);
}

/* The groups of several servers that say the same of the account; NULL: the group stands for itself. */
static const GPtrArray *alike_of(const adp_bind_series *series, const adp_group *group)
{
    char *key = alike_key(series->r, group);
    GPtrArray *groups = key ? g_hash_table_lookup(series->alike, key) : NULL;

    g_free(key);
    return groups && groups->len > 1 && g_ptr_array_find(groups, group, NULL) ? groups : NULL;
}

/* One finding: what they agree on is the account's, and not one server's. */
static void report_alike(const adp_bind_series *series, const GPtrArray *groups,
                         const adp_group *group)
{
    GPtrArray *steps = steps_of(groups);
    const adp_group whole = {.key = group->key, .steps = steps};

    adp_bind_report(series->r, &whole);
    g_ptr_array_unref(steps);
}

/* ---- all of them ---- */

adp_bind_series *adp_bind_series_new(adp_rules *r, const adp_groups *groups)
{
    adp_bind_series *series = g_new0(adp_bind_series, 1);
    guint i;

    series->r = r;
    series->locked = locked_accounts(r, groups);
    series->told = g_hash_table_new(NULL, NULL);
    series->many = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, many_free);
    series->alike = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free,
                                          (GDestroyNotify)g_ptr_array_unref);
    for (i = 0; i < groups->list->len; i++) {
        note_one_of_many(series, g_ptr_array_index(groups->list, i));
        note_alike(series, g_ptr_array_index(groups->list, i));
    }
    return series;
}

void adp_bind_series_free(adp_bind_series *series)
{
    g_hash_table_unref(series->locked);
    g_hash_table_unref(series->told);
    g_hash_table_unref(series->many);
    g_hash_table_unref(series->alike);
    if (series->accepted) {
        g_hash_table_unref(series->accepted);
    }
    g_free(series);
}

gboolean adp_bind_series_tell(adp_bind_series *series, const adp_group *group)
{
    const many *m = many_of(series, group);
    const GPtrArray *alike;

    if (m) {
        if (g_ptr_array_index(m->groups, 0) == group) {
            report_many(series, m, group);
        }
        return TRUE;
    }
    alike = alike_of(series, group);
    if (alike && !g_hash_table_contains(series->told, g_ptr_array_index(alike, 0))) {
        if (g_ptr_array_index(alike, 0) == group) {
            report_alike(series, alike, group);
        }
        return TRUE;
    }
    /* The lock was told with the wrong passwords, which began before it. */
    return tell_with_lock(series, group) || g_hash_table_contains(series->told, group);
}
