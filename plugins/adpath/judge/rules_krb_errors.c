/* rules_krb_errors.c
 * Findings about the errors of Kerberos.
 *
 * Which code means what: RFC 4120, MS-KILE, and the causes that Microsoft
 * documents for events 4768 and 4769.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_krb_errors.h"

#include "case/accounts.h"
#include "facts/facts.h"
#include "facts/krb_purpose.h"
#include "facts/outcome.h"
#include "join/model.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/krb_signs.h"
#include "judge/krb_story.h"
#include "judge/krb_topics.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/rules_service.h"
#include "judge/rules_spn.h"
#include "judge/topics.h"
#include "log/krb.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/krb_error.h"
#include "wire/ntstatus.h"
#include "wire/text.h"

#include <string.h>

/* So many wrong passwords are no typing errors any more. */
#define SERIES 4

#define STATUS_NOT_SUPPORTED 0xC00000BBU
#define STATUS_LOCKED        0xC0000234U
#define STATUS_NO_MATCH      0xC0000272U

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
    case 78:
    case 79:
    case 80:
    case 81:
        return "pkinit-failed/algorithm";
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
    const char *client = adp_rules_krb_client(r, step);
    char *machine = as ? adp_account_of_machine(client) : NULL;

    adp_rules_inferred(f, "The client offers %s. %s%s%s",
                       *offered ? offered : "types that the capture does not show",
                       *allowed ? "The KDC would take "
                                : "What the account has, the KDC does not say.",
                       allowed, *allowed ? "." : "");
    /* In AS it is about the account that logs on, and krbtgt is only what it asks for. */
    adp_rules_advise(r, f, "no-common-etype", "logon", as ? client : NULL, "machine", machine,
                     "spn", as ? NULL : adp_rules_krb_spn(r, step), "realm",
                     adp_rules_krb_realm(r, step), "subject",
                     as ? client : adp_rules_krb_spn(r, step), NULL);
    g_free(machine);
    g_free(offered);
    g_free(allowed);
}

/* What is behind it, and its key in the table of advice, for `group` that `by` made good (NULL). */
static const char *password_case(const adp_rules *r, const adp_group *group, const adp_step *by,
                                 const char **ret_inferred)
{
    if (adp_account_kind_of(adp_rules_krb_client(r, adp_group_first(group))) ==
        ADP_ACCOUNT_MACHINE) {
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
    char *machine = adp_account_of_machine(adp_rules_krb_client(r, first));

    adp_rules_inferred(f, "%s", inferred);
    adp_rules_advise(r, f, key, "account", adp_rules_krb_client(r, first), "realm",
                     adp_rules_krb_realm(r, first), "domain", adp_rules_krb_realm(r, first), "host",
                     adp_rules_host(r, first->flow.client), "machine", machine, NULL);
    g_free(machine);
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

static adp_krb_purpose_facts purpose_of(const adp_rules *r, const adp_step *step)
{
    adp_view view = adp_view_whole(r->model, adp_rules_index(r, step), r->mailboxes);

    return adp_krb_purpose(r->model, &view);
}

/* Does the e-text have the word? That of MIT is what decides there ("CLIENT LOCKED OUT"). */
static gboolean says(const adp_obs_krb *answer, const char *word)
{
    char *upper = answer->text ? g_ascii_strup(answer->text, -1) : NULL;
    gboolean has = upper && strstr(upper, word);

    g_free(upper);
    return has;
}

/* Which option the KDC did not grant. */
static const char *delegation_case(const adp_rules *r, const adp_step *step)
{
    const adp_obs_krb *answer = adp_rules_krb_answer(r, step);
    adp_purpose purpose = purpose_of(r, step).purpose;

    if (purpose == ADP_PURPOSE_RENEWAL || says(answer, "RENEW")) {
        return "delegation-refused/renewal";
    }
    if (purpose == ADP_PURPOSE_FORWARD || says(answer, "FORWARD")) {
        return "delegation-refused/forwarding";
    }
    if (purpose == ADP_PURPOSE_S4U2PROXY) {
        return "delegation-refused/s4u2proxy";
    }
    /* MS-SFU 3.2.5.2.3: a KDC refuses delegation with these. */
    return !adp_has_prefix(adp_rules_krb_spn(r, step), "krbtgt/") && answer->has_ntstatus &&
                   (answer->ntstatus == STATUS_NOT_SUPPORTED || answer->ntstatus == STATUS_NO_MATCH)
               ? "delegation-refused/s4u2proxy"
               : "delegation-refused";
}

static const char *advice_key(const adp_rules *r, const adp_finding *f, const adp_step *step)
{
    const adp_obs_krb *answer = adp_rules_krb_answer(r, step);
    const adp_obs_krb *ask = adp_rules_krb_ask(r, step);

    switch (f->id) {
    case ADP_FINDING_DELEGATION_REFUSED:
        return delegation_case(r, step);
    case ADP_FINDING_ACCOUNT_UNUSABLE:
        if (answer->error == 1) {
            return "account-unusable/expired";
        }
        if (answer->error == 2) {
            return "account-unusable/service-expired";
        }
        if (answer->error == 18 && says(answer, "LOCKED")) {
            return "account-unusable/locked";
        }
        if (answer->error == 18 && says(answer, "EXPIRED")) {
            return "account-unusable/expired";
        }
        return status_case(answer, adp_finding_get(f->id)->name);
    case ADP_FINDING_POLICY_REFUSED:
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
    case 1:
    case 2:
        return ADP_FINDING_ACCOUNT_UNUSABLE;
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
    case 25:
        return adp_rules_krb_is_skewed(r, step) ? ADP_FINDING_CLOCK_SKEW
                                                : ADP_FINDING_PASSWORD_WRONG;
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
        return code >= 70 && code <= 81 ? ADP_FINDING_PKINIT_FAILED : ADP_FINDING_KRB_ERROR;
    }
}

/* In AS an error is about who asks, unless the service is what was not found. */
static gboolean is_about_client(const adp_rules *r, const adp_step *step, adp_finding_id id)
{
    return adp_rules_krb_exchange(r, step) == ADP_EXCHANGE_AS && *adp_rules_krb_client(r, step) &&
           id != ADP_FINDING_SPN_NOT_FOUND_OR_DUPLICATE;
}

/* What the KDC says of an account, where it says more than its code. */
static const char *account_trouble(const char *key)
{
    static const struct {
        const char *key;
        const char *words;
    } troubles[] = {
        {"account-unusable/disabled", "the account is disabled"},
        {"account-unusable/locked", "the account is locked out"},
        {"account-unusable/expired", "the account has expired"},
        {"account-unusable/service-expired", "the account of the service has expired"},
        {"account-unusable/hours", "the account may not log on at this hour"},
        {"account-unusable/restriction", "a restriction of the account forbids it"},
        {"account-unusable", "the account is disabled, locked, expired or outside its hours"},
        {"policy-refused/selective-auth", "the trust does not let this account in"},
        {"policy-refused/hours", "the account may not log on at this hour"},
        {"policy-refused/workstation", "the account may not log on at this workstation"},
        {"policy-refused/smartcard", "the account has to use a smart card"},
    };
    guint i;

    for (i = 0; key && i < G_N_ELEMENTS(troubles); i++) {
        if (strcmp(troubles[i].key, key) == 0) {
            return troubles[i].words;
        }
    }
    return NULL;
}

/* Who asked. In TGS the ticket that was shown tells it: a refused delegation is about that account. */
static const char *client_of(const adp_rules *r, const adp_finding *f, const adp_step *step)
{
    const char *client = adp_rules_krb_client(r, step);
    const char *by = f->id == ADP_FINDING_DELEGATION_REFUSED ? purpose_of(r, step).by : NULL;

    return !*client && by ? by : client;
}

/* Who or what is refused, and why. */
static void say_refused(const adp_rules *r, adp_finding *f, const adp_step *step, const char *key,
                        const char *client)
{
    gint32 code = adp_rules_krb_answer(r, step)->error;
    const char *spn = adp_rules_krb_spn(r, step);
    const char *trouble = account_trouble(key);

    if (key && strcmp(key, "delegation-refused/s4u2proxy") == 0) {
        adp_rules_summary(f, "The KDC refuses delegation: %s may not act for a user at %s",
                          *client ? client : "the service", *spn ? spn : "this name");
    } else if (trouble && is_about_client(r, step, f->id)) {
        adp_rules_summary(f, "%s cannot log on: %s", client, trouble);
    } else if (is_about_client(r, step, f->id)) {
        /* The usual meaning of 25 is that of an answer to a request without proof. */
        adp_rules_summary(f, "%s: %s", client,
                          code == 25 ? "the KDC did not take the proof of the password"
                                     : adp_krb_error_meaning(code));
    } else {
        adp_rules_summary(f, "%s: %s", *spn ? spn : "Kerberos",
                          trouble ? trouble : adp_krb_error_meaning(code));
    }
}

static void general_text(adp_rules *r, adp_finding *f, const adp_group *group)
{
    static const char *const exchanges[] = {"ticket-granting ticket", "ticket", "access"};
    const adp_step *first = adp_group_first(group);
    const adp_obs_krb *answer = adp_rules_krb_answer(r, first);
    const char *spn = adp_rules_krb_spn(r, first);
    const char *client = client_of(r, f, first);
    char *answered = adp_rules_krb_answered(r, group);
    char *status = NULL;
    const char *key;
    char *fallback = NULL;
    char *machine = adp_account_of_machine(client);

    if (answer->has_ntstatus) {
        const char *name = adp_ntstatus_name(answer->ntstatus);

        status = name ? g_strdup_printf(", with the status %s", name)
                      : g_strdup_printf(", with the NTSTATUS 0x%08x", answer->ntstatus);
    }
    adp_rules_krb_signs(r, f, first);
    adp_rules_observed(f, "%s for a %s%s%s%s%s with %s (%d)%s%s%s", answered,
                       exchanges[adp_rules_krb_exchange(r, first)], *spn ? " to " : "", spn,
                       *client ? " by " : "", client, adp_krb_error_name(answer->error),
                       answer->error, status ? status : "",
                       answer->text && *answer->text ? ", saying " : "",
                       answer->text && *answer->text ? answer->text : "");
    key = advice_key(r, f, first);
    say_refused(r, f, first, key, client);
    if (!key && f->id == ADP_FINDING_KRB_ERROR) {
        key = fallback = g_strdup_printf("krb-error/%d", answer->error);
    }
    adp_rules_advise(r, f, key ? key : adp_finding_get(f->id)->name, "account",
                     *client ? client : NULL, "spn", *spn ? spn : NULL, "realm",
                     adp_rules_krb_realm(r, first), "domain", adp_rules_krb_realm(r, first), "host",
                     adp_rules_host(r, first->flow.server), "server",
                     adp_rules_address(r, first->flow.server), "machine", machine, NULL);
    g_free(machine);
    g_free(fallback);
    g_free(status);
    g_free(answered);
}

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
    if (answer->error == 13 && purpose_of(r, step).to_itself) {
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

/* The ticket for the host that the name is an alias of, as DNS said: programs ask for both. */
static const adp_step *by_alias(const adp_rules *r, const adp_step *step)
{
    const char *spn = adp_rules_krb_spn(r, step);
    char *host = adp_spn_host(spn);
    guint32 obs = ADP_NONE;
    const char *target = *host ? adp_accounts_alias(r->accounts, host, &obs) : NULL;
    const adp_step *by = NULL;

    if (target) {
        gsize class_len = strcspn(spn, "/");
        char *real = g_strdup_printf("%.*s/%s", (int)class_len, spn, target);
        char *about = adp_krb_about_service(real);

        by = adp_rules_good(r, step->flow.client, ADP_TOPIC_EXCHANGE, about, step);
        g_free(about);
        g_free(real);
    }
    g_free(host);
    return by;
}

/* Who made good what the group complains of: asked the same and got it. */
static const adp_step *recovery_of(const adp_rules *r, const adp_group *group)
{
    const adp_step *last = adp_group_last(group);
    guint32 asker = last->flow.client;
    char *about = adp_rules_krb_about(r, last);
    const adp_step *by = adp_rules_good(r, asker, ADP_TOPIC_EXCHANGE, about, last);

    g_free(about);
    if (!by && adp_rules_krb_exchange(r, last) == ADP_EXCHANGE_TGS) {
        /* A TGT that cannot be renewed or forwarded: a new one does as well. */
        by = adp_rules_good(r, asker, ADP_TOPIC_TGT, adp_rules_krb_spn(r, last), last);
    }
    if (!by && is_name_error(adp_rules_krb_answer(r, last)->error)) {
        /* Clients that make a short name a full one ask for both (dns_canonicalize_hostname). */
        by = adp_rules_good(r, asker, ADP_TOPIC_FULL_NAME, adp_rules_krb_spn(r, last), last);
    }
    if (!by && is_name_error(adp_rules_krb_answer(r, last)->error)) {
        char *near = adp_krb_neighbour(adp_rules_krb_spn(r, last));

        by = adp_rules_krb_spn_sequel(r, last);
        /* With and without its port: drivers ask for both forms. */
        if (!by && near) {
            by = adp_rules_good(r, last->flow.client, ADP_TOPIC_NEIGHBOUR, near, last);
        }
        g_free(near);
    }
    if (!by && is_name_error(adp_rules_krb_answer(r, last)->error)) {
        by = by_alias(r, last);
    }
    if (!by && adp_rules_krb_answer(r, last)->error == 6) {
        const char *client = adp_rules_krb_client(r, last);

        /* Servers look for a user's domain by asking: another KDC knew, and S4U needs no logon. */
        by = adp_rules_good(r, asker, ADP_TOPIC_USER, client, last);
        if (!by && strchr(client, '@')) {
            /* alice@contoso.com may be the name of alice in the realm CONTOSO.COM. */
            char *user = g_strndup(client, strcspn(client, "@"));

            by = adp_rules_good(r, asker, ADP_TOPIC_USER, user, last);
            g_free(user);
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

/* More names than this with the same code, from whichever KDC: somebody works through a list. */
#define MANY        5
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

    return g_strdup_printf("%u|%d|%d|%d", first->path, code, (int)adp_rules_krb_exchange(r, first),
                           finding_of_code(r, first, code) == ADP_FINDING_SPN_NOT_FOUND_OR_DUPLICATE
                               ? (int)adp_rules_krb_spn_severity(r, first)
                               : 0);
}

static GHashTable *buckets_of(const adp_rules *r, const adp_groups *groups)
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
    return is_about_client(r, step, id) ? adp_rules_krb_client(r, step)
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
    adp_finding_id id = finding_of_code(r, first, code);
    char *subject = g_strconcat("many|", key, NULL);
    adp_finding *f = adp_rules_find(r, id, first->path, subject);
    adp_group *whole = whole_of(b);
    char *answered = adp_rules_krb_answered(r, whole);
    char *names = names_of(r, b, id);
    char *list = g_strdup_printf("%u names (%s)", b->groups->len, names);

    general_text(r, f, group);
    special_text(r, f, group, NULL);
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

static gboolean is_many(const adp_rules *r, GHashTable *buckets, const adp_group *group)
{
    char *key = bucket_key(r, group);
    const bucket *b = g_hash_table_lookup(buckets, key);
    gboolean many = b && b->groups->len > MANY && may_be_one_of_many(r, group);

    g_free(key);
    return many;
}

/* Of the first group of many: all of them at once. */
static void tell_many(adp_rules *r, const adp_krb_story *story, GHashTable *buckets,
                      const adp_group *group)
{
    char *key = bucket_key(r, group);
    const bucket *b = g_hash_table_lookup(buckets, key);

    if (g_ptr_array_index(b->groups, 0) == group) {
        report_many(r, story, b, key);
    }
    g_free(key);
}

/* ---- wrong passwords, and then the account is locked ---- */

static gboolean is_locked(const adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const adp_obs_krb *answer = adp_rules_krb_answer(r, first);

    return answer->error == 18 &&
           ((answer->has_ntstatus && answer->ntstatus == STATUS_LOCKED) || says(answer, "LOCKED"));
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
static GHashTable *locked_accounts(const adp_rules *r, const adp_groups *groups,
                                   GHashTable *buckets)
{
    GHashTable *locked = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free,
                                               (GDestroyNotify)g_ptr_array_unref);
    guint i;

    for (i = 0; i < groups->list->len; i++) {
        adp_group *group = g_ptr_array_index(groups->list, i);

        if (is_locked(r, group) && !is_many(r, buckets, group)) {
            GPtrArray *list = g_ptr_array_new();

            g_ptr_array_add(list, group);
            g_hash_table_replace(locked, account_key(r, group), list);
        }
    }
    for (i = 0; i < groups->list->len; i++) {
        adp_group *group = g_ptr_array_index(groups->list, i);
        char *key;
        GPtrArray *list;

        if (!is_wrong_password(r, group) || is_many(r, buckets, group)) {
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
static gboolean tell_locked(adp_rules *r, GHashTable *locked, const adp_group *group)
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

        report_code(r, group);
        f = adp_rules_find(r, ADP_FINDING_ACCOUNT_UNUSABLE, first->path, group->key);
        g_ptr_array_remove_index(list, 0);
        adp_krb_story_locked(r, f, adp_rules_krb_client(r, first), list);
        g_ptr_array_insert(list, 0, (gpointer)group);
    }
    return told;
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
    buckets = buckets_of(r, groups);
    locked = locked_accounts(r, groups, buckets);
    story = adp_krb_story_new(r);
    for (i = 0; i < groups->list->len; i++) {
        const adp_group *group = g_ptr_array_index(groups->list, i);

        if (is_many(r, buckets, group)) {
            tell_many(r, story, buckets, group);
        } else if (!tell_locked(r, locked, group)) {
            report_code(r, group);
        }
    }
    adp_krb_story_free(story);
    g_hash_table_unref(locked);
    g_hash_table_unref(buckets);
    adp_groups_free(groups);
}

void adp_rules_krb_errors(adp_rules *r)
{
    codes(r);
}
