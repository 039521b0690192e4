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
#include "judge/finding.h"
#include "judge/krb_topics.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/rules_krb_silence.h"
#include "judge/rules_service.h"
#include "judge/rules_spn.h"
#include "log/observation.h"
#include "wire/krb_error.h"
#include "wire/ntstatus.h"
#include "wire/text.h"

#include <string.h>

/* So many wrong passwords are no typing errors any more. */
#define SERIES 4

#define STATUS_NOT_SUPPORTED 0xC00000BBU

static gboolean is_machine(const char *client)
{
    gsize len = strlen(client);

    return len > 1 && client[len - 1] == '$';
}

static const char *status_case(const adp_obs_krb *answer, const char *plain)
{
    static const struct {
        guint32 status;
        const char *of;
        const char *key;
    } cases[] = {
        {0xC0000072, "account-unusable", "account-unusable/disabled"},
        {0xC0000234, "account-unusable", "account-unusable/locked"},
        {0xC0000193, "account-unusable", "account-unusable/expired"},
        {0xC000006F, "account-unusable", "account-unusable/hours"},
        {0xC000006E, "account-unusable", "account-unusable/restriction"},
        {0xC0000413, "policy-refused", "policy-refused/selective-auth"},
        {0xC000006F, "policy-refused", "policy-refused/hours"},
        {0xC0000070, "policy-refused", "policy-refused/workstation"},
        {0xC00002FA, "policy-refused", "policy-refused/smartcard"},
        {0xC00000BB, "delegation-refused", "delegation-refused/not-supported"},
    };
    guint i;

    for (i = 0; answer->has_ntstatus && i < G_N_ELEMENTS(cases); i++) {
        if (cases[i].status == answer->ntstatus && strcmp(cases[i].of, plain) == 0) {
            return cases[i].key;
        }
    }
    return plain;
}

static const char *pkinit_case(gint32 code)
{
    switch (code) {
    case 63:
    case 76:
        return "pkinit-failed/kdc-cert";
    case 72:
    case 73:
    case 74:
        return "pkinit-failed/revocation";
    case 66:
    case 75:
        return "pkinit-failed/mapping";
    default:
        return "pkinit-failed/client-cert";
    }
}

/* "18 17 23"; free with g_free(). */
static char *etypes_of(const adp_obs_krb *krb)
{
    GString *out = g_string_new(NULL);
    guint i;

    for (i = 0; krb && i < krb->etypes.count; i++) {
        const char *name = adp_etype_name(krb->etypes.items[i]);

        if (name) {
            g_string_append_printf(out, "%s%s (%d)", i ? ", " : "", name, krb->etypes.items[i]);
        } else {
            g_string_append_printf(out, "%s%d", i ? ", " : "", krb->etypes.items[i]);
        }
    }
    return g_string_free(out, FALSE);
}

static void etype_text(adp_rules *r, adp_finding *f, const adp_step *step)
{
    char *offered = etypes_of(adp_rules_krb_ask(r, step));
    char *allowed = etypes_of(adp_rules_krb_answer(r, step));
    gboolean as = adp_rules_krb_exchange(r, step) == ADP_EXCHANGE_AS;

    adp_rules_inferred(f, "The client offers %s. %s%s%s",
                       *offered ? offered : "types that the capture does not show",
                       *allowed ? "The KDC would take "
                                : "What the account has, the KDC does not say.",
                       allowed, *allowed ? "." : "");
    adp_rules_advise(r, f, as ? "no-common-etype/as" : "no-common-etype/tgs", "account",
                     adp_rules_krb_client(r, step), "spn", adp_rules_krb_spn(r, step), "realm",
                     adp_rules_krb_realm(r, step), NULL);
    g_free(offered);
    g_free(allowed);
}

/* What is behind it, and its key in the table of advice, for `group` that `by` made good (NULL). */
static const char *password_case(const adp_rules *r, const adp_group *group, const adp_step *by,
                                 const char **ret_inferred)
{
    if (is_machine(adp_rules_krb_client(r, adp_group_first(group)))) {
        if (by) {
            *ret_inferred = "The account is a machine's: nobody types its password. The directory "
                            "took another key of it later, so the one that was tried first is an "
                            "older one, or was made with another salt.";
            return "password-wrong/machine-tried";
        }
        *ret_inferred = "The account is a machine's: nobody types its password, so the stored "
                        "secret and the directory differ.";
        return "password-wrong/machine";
    }
    if (group->steps->len >= SERIES) {
        *ret_inferred = "So many failures without a success are a stored old password rather than "
                        "typing errors.";
        return "password-wrong/series";
    }
    *ret_inferred = "The key that the client made does not fit the account's: the password, the "
                    "stored key or the salt is another.";
    return "password-wrong";
}

static void password_text(adp_rules *r, adp_finding *f, const adp_group *group, const adp_step *by)
{
    const adp_step *first = adp_group_first(group);
    const char *inferred;
    const char *key = password_case(r, group, by, &inferred);

    adp_rules_inferred(f, "%s", inferred);
    adp_rules_advise(r, f, key, "account", adp_rules_krb_client(r, first), "realm",
                     adp_rules_krb_realm(r, first), "domain", adp_rules_krb_realm(r, first), "host",
                     adp_rules_host(r, first->flow.client), NULL);
}

/* Sentences of the codes that need more than their meaning. */
static void special_text(adp_rules *r, adp_finding *f, const adp_group *group, const adp_step *by)
{
    const adp_step *first = adp_group_first(group);

    switch (f->id) {
    case ADP_FINDING_SPN_NOT_FOUND_OR_DUPLICATE:
        adp_rules_krb_spn_text(r, f, group);
        break;
    case ADP_FINDING_NO_COMMON_ETYPE:
        etype_text(r, f, first);
        break;
    case ADP_FINDING_PASSWORD_WRONG:
        password_text(r, f, group, by);
        break;
    default:
        break;
    }
}

static const char *advice_key(const adp_rules *r, const adp_finding *f, const adp_step *step)
{
    const adp_obs_krb *answer = adp_rules_krb_answer(r, step);
    const adp_obs_krb *ask = adp_rules_krb_ask(r, step);

    switch (f->id) {
    case ADP_FINDING_ACCOUNT_UNUSABLE:
    case ADP_FINDING_POLICY_REFUSED:
    case ADP_FINDING_DELEGATION_REFUSED:
        return status_case(answer, adp_finding_get(f->id)->name);
    case ADP_FINDING_PKINIT_FAILED:
        return pkinit_case(answer->error);
    case ADP_FINDING_CLIENT_UNKNOWN:
        return ask && ask->client && strchr(ask->client, '@') ? "client-unknown/enterprise"
                                                              : "client-unknown";
    case ADP_FINDING_KDC_INTEGRITY_FAILED:
        if (answer->error == 41) {
            return "kdc-integrity-failed/41";
        }
        return adp_rules_krb_exchange(r, step) == ADP_EXCHANGE_AS ? "kdc-integrity-failed/as"
                                                                  : "kdc-integrity-failed/tgs";
    default:
        return NULL;
    }
}

static adp_finding_id finding_of_code(const adp_rules *r, const adp_step *step, gint32 code)
{
    switch (code) {
    case 6:
        return ADP_FINDING_CLIENT_UNKNOWN;
    case 7:
    case 8:
        return ADP_FINDING_SPN_NOT_FOUND_OR_DUPLICATE;
    case 12:
        return ADP_FINDING_POLICY_REFUSED;
    case 13:
        return ADP_FINDING_DELEGATION_REFUSED;
    case 14:
        return ADP_FINDING_NO_COMMON_ETYPE;
    case 18:
        return ADP_FINDING_ACCOUNT_UNUSABLE;
    case 23:
        return ADP_FINDING_PASSWORD_EXPIRED;
    case 24:
        return ADP_FINDING_PASSWORD_WRONG;
    case 31:
    case 41:
    case 44:
        if (adp_rules_krb_carrier(r, step) != ADP_CARRIER_KDC) {
            return ADP_FINDING_SERVICE_KEY_MISMATCH;
        }
        return code == 44 ? ADP_FINDING_KRB_ERROR : ADP_FINDING_KDC_INTEGRITY_FAILED;
    case 37:
        return ADP_FINDING_CLOCK_SKEW;
    case 62:
    case 63:
    case 64:
    case 65:
    case 66:
        return ADP_FINDING_PKINIT_FAILED;
    default:
        return code >= 70 && code <= 77 ? ADP_FINDING_PKINIT_FAILED : ADP_FINDING_KRB_ERROR;
    }
}

/* In AS an error is about who asks, unless the service is what was not found. */
static gboolean is_about_client(const adp_rules *r, const adp_step *step, adp_finding_id id)
{
    return adp_rules_krb_exchange(r, step) == ADP_EXCHANGE_AS && *adp_rules_krb_client(r, step) &&
           id != ADP_FINDING_SPN_NOT_FOUND_OR_DUPLICATE;
}

static void general_text(adp_rules *r, adp_finding *f, const adp_group *group)
{
    static const char *const exchanges[] = {"ticket-granting ticket", "ticket", "access"};
    const adp_step *first = adp_group_first(group);
    const adp_obs_krb *answer = adp_rules_krb_answer(r, first);
    const char *spn = adp_rules_krb_spn(r, first);
    const char *client = adp_rules_krb_client(r, first);
    char *server = adp_rules_named(r, first->flow.server);
    char *status = NULL;
    const char *key;
    char *fallback = NULL;

    if (answer->has_ntstatus) {
        const char *name = adp_ntstatus_name(answer->ntstatus);

        status = name ? g_strdup_printf(", with the status %s", name)
                      : g_strdup_printf(", with the NTSTATUS 0x%08x", answer->ntstatus);
    }
    if (is_about_client(r, first, f->id)) {
        adp_rules_summary(f, "%s: %s", *client ? client : "The client",
                          adp_krb_error_meaning(answer->error));
    } else {
        adp_rules_summary(f, "%s: %s", *spn ? spn : "Kerberos",
                          adp_krb_error_meaning(answer->error));
    }
    adp_rules_observed(f, "%s answered %u %s for a %s%s%s%s%s with %s (%d)%s%s%s", server,
                       group->steps->len, group->steps->len == 1 ? "request" : "requests",
                       exchanges[adp_rules_krb_exchange(r, first)], *spn ? " to " : "", spn,
                       *client ? " by " : "", client, adp_krb_error_name(answer->error),
                       answer->error, status ? status : "",
                       answer->text && *answer->text ? ", saying " : "",
                       answer->text && *answer->text ? answer->text : "");
    key = advice_key(r, f, first);
    if (!key && f->id == ADP_FINDING_KRB_ERROR) {
        key = fallback = g_strdup_printf("krb-error/%d", answer->error);
    }
    adp_rules_advise(r, f, key ? key : adp_finding_get(f->id)->name, "account",
                     *client ? client : NULL, "spn", *spn ? spn : NULL, "realm",
                     adp_rules_krb_realm(r, first), "domain", adp_rules_krb_realm(r, first), "host",
                     adp_rules_host(r, first->flow.server), "server",
                     adp_rules_address(r, first->flow.server), NULL);
    g_free(fallback);
    g_free(status);
    g_free(server);
}

/* Codes that never are a finding by themselves, or only in another exchange. */
static gboolean is_silent(const adp_rules *r, const adp_step *step, const adp_obs_krb *answer)
{
    if (adp_krb_error_is_normal(answer->error) || answer->error == 0) {
        return TRUE;
    }
    /* A server that looks for a user's domain asks several KDCs: KB2009157. */
    return answer->error == 6 && adp_rules_krb_exchange(r, step) != ADP_EXCHANGE_AS;
}

/* Codes 7 and 8: the name is not there, or is there twice. */
static gboolean is_name_error(gint32 code)
{
    return code == 7 || code == 8;
}

/* Who made good what the group complains of: asked the same and got it. */
static const adp_step *recovery_of(const adp_rules *r, const adp_group *group)
{
    const adp_step *last = adp_group_last(group);
    char *topic = adp_rules_krb_topic(r, last);
    const adp_step *by = adp_rules_good(r, last->flow.client, topic, last);

    g_free(topic);
    if (!by && adp_rules_krb_exchange(r, last) == ADP_EXCHANGE_TGS) {
        /* A TGT that cannot be renewed or forwarded: a new one does as well. */
        topic = g_strdup_printf("tgt|%s", adp_rules_krb_spn(r, last));
        by = adp_rules_good(r, last->flow.client, topic, last);
        g_free(topic);
    }
    if (!by && is_name_error(adp_rules_krb_answer(r, last)->error)) {
        /* Clients that make a short name a full one ask for both (dns_canonicalize_hostname). */
        topic = g_strconcat(ADP_TOPIC_FULL_NAME, adp_rules_krb_spn(r, last), NULL);
        by = adp_rules_good(r, last->flow.client, topic, last);
        g_free(topic);
    }
    if (!by && adp_rules_krb_answer(r, last)->error == 6) {
        const char *client = adp_rules_krb_client(r, last);

        /* Servers look for a user's domain by asking: another KDC knew, and S4U needs no logon. */
        topic = adp_rules_krb_user_topic(r, last);
        by = adp_rules_good(r, last->flow.client, topic, last);
        g_free(topic);
        if (!by && strchr(client, '@')) {
            /* alice@contoso.com may be the name of alice in the realm CONTOSO.COM. */
            topic = g_strdup_printf("user|%.*s", (int)strcspn(client, "@"), client);
            by = adp_rules_good(r, last->flow.client, topic, last);
            g_free(topic);
        }
    }
    return by;
}

static void report_code(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    adp_finding_id id = finding_of_code(r, first, adp_rules_krb_answer(r, first)->error);
    adp_finding *f = adp_rules_find(r, id, first->path, group->key);
    const adp_step *by = recovery_of(r, group);

    adp_rules_cite_group(r, f, group);
    general_text(r, f, group);
    special_text(r, f, group, by);
    if (id == ADP_FINDING_SERVICE_KEY_MISMATCH) {
        adp_rules_service_key(r, f, group, by);
    } else if (id == ADP_FINDING_CLOCK_SKEW) {
        adp_rules_clock_skew(r, f, group);
    }
    /* Clients ask for options to learn whether they are there; this status says they are not. */
    if (id == ADP_FINDING_DELEGATION_REFUSED && adp_rules_krb_answer(r, first)->has_ntstatus &&
        adp_rules_krb_answer(r, first)->ntstatus == STATUS_NOT_SUPPORTED) {
        f->severity = ADP_SEVERITY_WARN;
    }
    if (!f->inferred) {
        adp_rules_inferred(f, "Ports and names tell which request the error answers. %s",
                           by ? "Later the same was granted."
                              : "No later request of this client for the same is granted in the "
                                "capture.");
    }
    if (by) {
        adp_rules_recovered(r, f, by);
    }
}

/* Same code about the same: one cause. A skew is one cause whatever was asked of the server. */
static char *group_key(const adp_rules *r, const adp_step *step, gint32 code)
{
    adp_finding_id id = finding_of_code(r, step, code);

    if (id == ADP_FINDING_CLOCK_SKEW) {
        return g_strdup_printf("%d|%u|%d", code, step->flow.server,
                               (int)adp_rules_krb_exchange(r, step));
    }
    return g_strdup_printf("%d|%s|%d", code,
                           is_about_client(r, step, id) ? adp_rules_krb_client(r, step)
                                                        : adp_rules_krb_spn(r, step),
                           (int)adp_rules_krb_carrier(r, step));
}

/* ---- many names, one cause ---- */

/* More names than this with the same code from one KDC: somebody works through a list. */
#define MANY        5
#define NAMES_SHOWN 3

/* Groups of one path, KDC and code whose names differ, and which nothing made good. */
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

    if (adp_rules_krb_carrier(r, first) != ADP_CARRIER_KDC || recovery_of(r, group)) {
        return FALSE;
    }
    switch (finding_of_code(r, first, adp_rules_krb_answer(r, first)->error)) {
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

    return g_strdup_printf("%u|%u|%d|%d|%d", first->path, first->flow.server, code,
                           (int)adp_rules_krb_exchange(r, first),
                           finding_of_code(r, first, code) == ADP_FINDING_SPN_NOT_FOUND_OR_DUPLICATE
                               ? (int)adp_rules_krb_spn_severity(r, first)
                               : 0);
}

static GHashTable *buckets_of(const adp_rules *r, const adp_groups *groups)
{
    GHashTable *buckets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, bucket_free);
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

static const char *name_in_question(const adp_rules *r, const adp_step *step, adp_finding_id id)
{
    return is_about_client(r, step, id) ? adp_rules_krb_client(r, step)
                                        : adp_rules_krb_spn(r, step);
}

static void report_many(adp_rules *r, const bucket *b, const char *key)
{
    const adp_group *group = g_ptr_array_index(b->groups, 0);
    const adp_step *first = adp_group_first(group);
    gint32 code = adp_rules_krb_answer(r, first)->error;
    adp_finding_id id = finding_of_code(r, first, code);
    char *subject = g_strconcat("many|", key, NULL);
    adp_finding *f = adp_rules_find(r, id, first->path, subject);
    char *server = adp_rules_named(r, first->flow.server);
    GString *names = g_string_new(NULL);
    guint i;

    general_text(r, f, group);
    special_text(r, f, group, NULL);
    for (i = 0; i < b->groups->len; i++) {
        const adp_group *each = g_ptr_array_index(b->groups, i);

        adp_rules_cite_group(r, f, each);
        if (i < NAMES_SHOWN) {
            g_string_append_printf(names, "%s%s", i ? ", " : "",
                                   name_in_question(r, adp_group_first(each), id));
        }
    }
    g_string_append_printf(names, " and %u more", b->groups->len - NAMES_SHOWN);
    adp_rules_summary(f, "%u names (%s): %s", b->groups->len, names->str,
                      adp_krb_error_meaning(code));
    adp_rules_observed(f, "%s answered requests for %u different names with %s (%d): %s", server,
                       b->groups->len, adp_krb_error_name(code), code, names->str);
    adp_rules_inferred(f, "So many different names from one client are a list that is worked "
                          "through: an import, a scan, or somebody who tries names or passwords. "
                          "The checks name the first of them.");
    if (id == ADP_FINDING_SPN_NOT_FOUND_OR_DUPLICATE) {
        f->severity = adp_rules_krb_spn_severity(r, first);
        if (f->severity == ADP_SEVERITY_NOTE) {
            adp_rules_inferred(f, "Nobody registers such names: addresses, reverse zones, domains, "
                                  "users. Clients ask for them all the same, and go on with NTLM.");
        }
    }
    g_string_free(names, TRUE);
    g_free(server);
    g_free(subject);
}

static gboolean is_many(adp_rules *r, GHashTable *buckets, const adp_group *group)
{
    char *key = bucket_key(r, group);
    const bucket *b = g_hash_table_lookup(buckets, key);
    gboolean many = b && b->groups->len > MANY && may_be_one_of_many(r, group);

    if (many && g_ptr_array_index(b->groups, 0) == group) {
        report_many(r, b, key);
    }
    g_free(key);
    return many;
}

static void codes(adp_rules *r)
{
    adp_groups *groups = adp_groups_new();
    GHashTable *buckets;
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
    buckets = buckets_of(r, groups);
    for (i = 0; i < groups->list->len; i++) {
        if (!is_many(r, buckets, g_ptr_array_index(groups->list, i))) {
            report_code(r, g_ptr_array_index(groups->list, i));
        }
    }
    g_hash_table_unref(buckets);
    adp_groups_free(groups);
}

void adp_rules_kerberos(adp_rules *r)
{
    adp_rules_krb_learn(r);
    codes(r);
    adp_rules_kdc(r);
}
