/* krb_codes.c
 * What each error code of Kerberos comes to: its finding and its words.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/krb_codes.h"

#include "case/accounts.h"
#include "facts/krb_purpose.h"
#include "join/identity.h"
#include "join/model.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/krb_hosts.h"
#include "judge/krb_remedy.h"
#include "judge/krb_signs.h"
#include "judge/krb_topics.h"
#include "judge/report.h"
#include "judge/rules_ping.h"
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

enum {
    KDC_ERR_PREAUTH_REQUIRED = 25,
    KRB_AP_ERR_BAD_INTEGRITY = 31,
    KRB_AP_ERR_TKT_EXPIRED = 32,
    KRB_AP_ERR_NOKEY = 45,
    KRB_ERR_GENERIC = 60,
    KDC_ERR_PREAUTH_EXPIRED = 90
};

/* A KDC with times of 32 bits knows none after January 2038. */
#define LAST_YEAR 2037

#define STATUS_NOT_SUPPORTED 0xC00000BBU

#define STATUS_NO_MATCH 0xC0000272U

#define STATUS_NO_LOGON_SERVERS 0xC000005EU

#define STATUS_ACCOUNT_RESTRICTION 0xC000006EU

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
    case 65:
        return "pkinit-failed/group";
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

static gboolean refused_too(const adp_group *group, guint32 server)
{
    guint i;

    for (i = 0; i < group->steps->len; i++) {
        if (((const adp_step *)g_ptr_array_index(group->steps, i))->flow.server == server) {
            return TRUE;
        }
    }
    return FALSE;
}

/*
 * A logon of the same account that another controller granted while others refused it; NULL: none.
 * Nobody types a machine's password: there it counts whenever it was. Others may have typed it wrong,
 * so for them it has to lie between two refusals.
 */
static const adp_step *accepted_elsewhere(const adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const adp_step *last = adp_group_last(group);
    gboolean machine = adp_account_kind_of(adp_rules_krb_client(r, first)) == ADP_ACCOUNT_MACHINE;
    char *about = adp_rules_krb_about(r, first);
    const adp_step *by =
        adp_rules_good_before(r, last->client, ADP_TOPIC_EXCHANGE, about, last->first);

    g_free(about);
    return by && (machine || by->first > first->first) && !refused_too(group, by->flow.server)
               ? by
               : NULL;
}

/* Does another KDC know the account? Then what refuses it has not heard of it yet. */
static void sign_known_elsewhere(const adp_rules *r, adp_finding *f, const adp_group *group)
{
    const adp_step *elsewhere =
        f->id == ADP_FINDING_CLIENT_UNKNOWN ? accepted_elsewhere(r, group) : NULL;

    if (elsewhere) {
        adp_rules_sign(f, ADP_SIGN_ACCEPTED_ELSEWHERE, elsewhere->reply);
    }
}

/*
 * A join sets the new machine's password at one controller, and logs it on at any: did another one
 * answer such a change before this one did not know the machine? Whose password it was is sealed.
 */
static void sign_set_elsewhere(const adp_rules *r, adp_finding *f, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const adp_step *set;

    if (f->id != ADP_FINDING_CLIENT_UNKNOWN ||
        adp_account_kind_of(adp_rules_krb_client(r, first)) != ADP_ACCOUNT_MACHINE) {
        return;
    }
    set = adp_rules_good_before(r, first->client, ADP_TOPIC_KPASSWD_ANSWER, NULL, first->first);
    if (set && set->path == first->path && adp_rules_outcome(r, set) != ADP_FAILED &&
        !refused_too(group, set->flow.server)) {
        adp_rules_sign(f, ADP_SIGN_PASSWORD_SET_ELSEWHERE, set->reply);
    }
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

/* Is the host, by its first label, the machine whose account this is, without the dollar sign? */
static gboolean is_machine(const char *host, const char *machine)
{
    gsize label = strcspn(host, ".");
    gsize len = strcspn(machine, "$.");

    return label == len && g_ascii_strncasecmp(host, machine, len) == 0;
}

/* The client calls itself by another name in its pings than that of the account. */
static void sign_other_machine(const adp_rules *r, adp_finding *f, const adp_step *step,
                               const char *machine)
{
    guint32 other = ADP_NONE;
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *ping = adp_rules_step(r, i);
        const adp_ping_request *asked = ping->kind == ADP_STEP_PING &&
                                                ping->client.address == step->client.address &&
                                                ping->client.machine == step->client.machine
                                            ? adp_ping_asked(r, ping)
                                            : NULL;

        if (asked && asked->host && is_machine(asked->host, machine)) {
            return;
        }
        if (asked && asked->host && *asked->host) {
            other = ping->first;
        }
    }
    if (other != ADP_NONE) {
        adp_rules_sign(f, ADP_SIGN_NOT_THIS_MACHINE, other);
    }
}

static void password_text(adp_rules *r, adp_finding *f, const adp_group *group, const adp_step *by)
{
    const adp_step *first = adp_group_first(group);
    const char *inferred;
    const char *key = password_case(r, group, by, &inferred);
    const adp_step *elsewhere = by ? NULL : accepted_elsewhere(r, group);
    char *machine = adp_account_of_machine(adp_rules_krb_client(r, first));
    const char *host = adp_model_client_name(r->model, first->client);

    if (elsewhere) {
        char *named = adp_rules_named(r, elsewhere->flow.server);

        adp_rules_sign(f, ADP_SIGN_ACCEPTED_ELSEWHERE, elsewhere->reply);
        adp_rules_inferred(f,
                           "%s accepted the password of the same account (frame %u), which others "
                           "refuse: the controllers differ in it, and it depends on which one is "
                           "asked.",
                           named, adp_rules_reply(r, elsewhere)->frame);
        key = "password-wrong/elsewhere";
        g_free(named);
    } else {
        adp_rules_inferred(f, "%s", inferred);
    }
    if (machine) {
        sign_other_machine(r, f, first, machine);
    }
    adp_rules_krb_sign_salt(r, f, first);
    adp_rules_advise(r, f, key, "account", adp_rules_krb_client(r, first), "realm",
                     adp_rules_krb_realm(r, first), "domain", adp_rules_krb_realm(r, first), "host",
                     host ? host : adp_rules_address(r, first->flow.client), "machine", machine,
                     NULL);
    g_free(machine);
}

static void integrity_text(adp_rules *r, adp_finding *f, const adp_step *step)
{
    const adp_obs_krb *ask = adp_rules_krb_ask(r, step);

    if (ask && ask->till_year > LAST_YEAR) {
        adp_rules_sign(f, ADP_SIGN_FAR_END, step->request);
        adp_rules_inferred(
            f,
            "The request asks for a ticket that ends in the year %u. A KDC that does "
            "not know times after 2037 cannot verify such a request.",
            ask->till_year);
    }
}

/* Was the ticket that the step shows given by another controller? NULL: the capture does not show that. */
static const adp_step *given_elsewhere(const adp_rules *r, const adp_step *step)
{
    const adp_obs_krb *ask = adp_rules_krb_ask(r, step);
    const adp_step *given =
        ask && ask->shown && ask->shown->spn && ask->shown_hash
            ? adp_rules_good_before(r, step->client, ADP_TOPIC_TGT, ask->shown->spn, step->first)
            : NULL;
    const adp_obs_krb *answer = given ? adp_rules_krb_answer(r, given) : NULL;

    return answer && answer->ticket_hash == ask->shown_hash &&
                   given->flow.server != step->flow.server
               ? given
               : NULL;
}

static void sign_given(const adp_rules *r, adp_finding *f, const adp_step *step)
{
    const adp_step *given = given_elsewhere(r, step);
    char *named;

    if (given) {
        named = adp_rules_named(r, given->flow.server);
        adp_rules_sign(f, ADP_SIGN_GIVEN_ELSEWHERE, given->reply);
        adp_rules_inferred(f,
                           "The ticket that it cannot verify was given by %s (frame %u): the two "
                           "have not the same key of krbtgt.",
                           named, adp_rules_reply(r, given)->frame);
        g_free(named);
    }
}

/* A service without the key: of which type is the ticket that it was shown? */
static void sign_ticket_type(const adp_rules *r, adp_finding *f, const adp_step *step)
{
    const adp_obs_krb *ask = adp_rules_krb_ask(r, step);

    if (ask && ask->exchange == ADP_EXCHANGE_AP && ask->has_ticket &&
        adp_etype_is_weak(ask->ticket_etype)) {
        adp_rules_sign(f, ADP_SIGN_OLD_TICKET_TYPE, step->request);
    }
}

/* Several KDCs of one realm that know nothing of the account: then it is not the news of one of them. */
static void sign_several(const adp_rules *r, adp_finding *f, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    guint i;

    for (i = 1; i < group->steps->len; i++) {
        const adp_step *step = g_ptr_array_index(group->steps, i);

        if (step->flow.server != first->flow.server &&
            adp_same_text(adp_rules_krb_realm(r, step), adp_rules_krb_realm(r, first))) {
            adp_rules_sign(f, ADP_SIGN_SEVERAL_DENY, step->reply);
            return;
        }
    }
}

/* What its own reply to a ping says of the controller that answered. */
static void sign_read_only(const adp_rules *r, adp_finding *f, const adp_step *step)
{
    char server[ADP_NUMBER_TEXT];
    const adp_step *said = adp_rules_good(r, step->client, ADP_TOPIC_READ_ONLY,
                                          adp_number_text(step->flow.server, server), NULL);

    if (said) {
        adp_rules_sign(f, ADP_SIGN_KDC_READ_ONLY, said->reply);
    }
}

/* Sentences of the codes that need more than their meaning. */
void adp_krb_code_special_text(adp_rules *r, adp_finding *f, const adp_group *group,
                               const adp_step *by)
{
    const adp_step *first = adp_group_first(group);

    switch (f->id) {
    case ADP_FINDING_CLIENT_UNKNOWN:
        sign_several(r, f, group);
        break;
    case ADP_FINDING_SPN_NOT_FOUND_OR_DUPLICATE:
        adp_rules_krb_spn_text(r, f, group);
        break;
    case ADP_FINDING_NO_COMMON_ETYPE:
        etype_text(r, f, first);
        break;
    case ADP_FINDING_PASSWORD_WRONG:
        password_text(r, f, group, by);
        break;
    case ADP_FINDING_KDC_INTEGRITY_FAILED:
        integrity_text(r, f, first);
        sign_given(r, f, first);
        break;
    case ADP_FINDING_POLICY_REFUSED:
        if (adp_rules_krb_exchange(r, first) == ADP_EXCHANGE_AS) {
            adp_rules_krb_sign_armour(r, f, first);
        }
        break;
    case ADP_FINDING_KRB_ERROR:
        if (adp_rules_krb_answer(r, first)->error == KRB_AP_ERR_NOKEY) {
            sign_ticket_type(r, f, first);
        }
        sign_read_only(r, f, first);
        break;
    case ADP_FINDING_DELEGATION_REFUSED:
        if (adp_rules_krb_answer(r, first)->has_ntstatus &&
            adp_rules_krb_answer(r, first)->ntstatus == STATUS_ACCOUNT_RESTRICTION) {
            adp_rules_sign(f, ADP_SIGN_RESTRICTED, first->reply);
        }
        break;
    default:
        break;
    }
}

/* Does the e-text have the word? That of MIT is what decides there ("CLIENT LOCKED OUT"). */
gboolean adp_krb_answer_says(const adp_obs_krb *answer, const char *word)
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
    adp_purpose purpose = adp_krb_code_purpose(r, step).purpose;

    if (purpose == ADP_PURPOSE_RENEWAL || adp_krb_answer_says(answer, "RENEW")) {
        return "delegation-refused/renewal";
    }
    if (purpose == ADP_PURPOSE_FORWARD || adp_krb_answer_says(answer, "FORWARD")) {
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
        if (answer->error == 8) {
            return "account-unusable/not-unique";
        }
        if (answer->error == 18 && adp_krb_answer_says(answer, "LOCKED")) {
            return "account-unusable/locked";
        }
        if (answer->error == 18 && adp_krb_answer_says(answer, "EXPIRED")) {
            return "account-unusable/expired";
        }
        return status_case(answer, adp_finding_get(f->id)->name);
    case ADP_FINDING_POLICY_REFUSED:
        if (!answer->has_ntstatus &&
            adp_krb_code_purpose(r, step).purpose == ADP_PURPOSE_S4U2PROXY) {
            return "policy-refused/s4u2proxy";
        }
        return status_case(answer, adp_finding_get(f->id)->name);
    case ADP_FINDING_PKINIT_FAILED:
        return pkinit_case(answer->error);
    case ADP_FINDING_CLIENT_UNKNOWN:
        return !ask || !ask->client       ? "client-unknown"
               : strchr(ask->client, '@') ? "client-unknown/enterprise"
               : strchr(ask->client, '/') ? "client-unknown/service"
                                          : "client-unknown";
    case ADP_FINDING_KRB_ERROR:
        return answer->has_ntstatus && answer->ntstatus == STATUS_NO_LOGON_SERVERS
                   ? "krb-error/no-logon-servers"
                   : NULL;
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

/*
 * RFC 4120 7.5.9: 8, several principals have the name. Who asks for a ticket-granting ticket of the realm
 * itself, whose name is there once, hears so of the own name.
 */
static gboolean is_client_not_unique(const adp_rules *r, const adp_step *step)
{
    const char *spn = adp_rules_krb_spn(r, step);

    return adp_rules_krb_exchange(r, step) == ADP_EXCHANGE_AS && *adp_rules_krb_client(r, step) &&
           adp_has_prefix(spn, "krbtgt/") &&
           adp_same_text(spn + strlen("krbtgt/"), adp_rules_krb_realm(r, step));
}

adp_finding_id adp_krb_code_finding(const adp_rules *r, const adp_step *step, gint32 code)
{
    switch (code) {
    case 6:
        return ADP_FINDING_CLIENT_UNKNOWN;
    case 8:
        if (is_client_not_unique(r, step)) {
            return ADP_FINDING_ACCOUNT_UNUSABLE;
        }
        return ADP_FINDING_SPN_NOT_FOUND_OR_DUPLICATE;
    case 7:
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
gboolean adp_krb_code_is_about_client(const adp_rules *r, const adp_step *step, adp_finding_id id)
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
        {"account-unusable/not-unique", "more than one account has this logon name"},
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

/* Who asked. In TGS the ticket that was shown tells it: some errors are about that account. */
static const char *client_of(const adp_rules *r, const adp_finding *f, const adp_step *step)
{
    const char *client = adp_rules_krb_client(r, step);
    const char *by = f->id == ADP_FINDING_DELEGATION_REFUSED ||
                             adp_rules_krb_answer(r, step)->error == KRB_AP_ERR_TKT_EXPIRED
                         ? adp_krb_code_purpose(r, step).by
                         : adp_krb_code_account(r, step);

    return !*client && by ? by : client;
}

/* What an answer to a logon means, where that differs from what its code means elsewhere. */
static const char *logon_trouble(const adp_rules *r, const adp_step *step)
{
    gint32 code = adp_rules_krb_answer(r, step)->error;
    const adp_obs_krb *ask = adp_rules_krb_ask(r, step);

    /* The usual meaning of 25 is that of an answer to a request without proof. */
    if (code == KDC_ERR_PREAUTH_REQUIRED) {
        return "the KDC did not take the proof of the password";
    }
    /* A logon shows no ticket: what did not verify is the proof. */
    if (code == KRB_AP_ERR_BAD_INTEGRITY && ask && adp_krb_has_proof(ask) &&
        ask->till_year <= LAST_YEAR) {
        return "the KDC could not verify the request's proof of the password: usually a wrong "
               "password or key";
    }
    return adp_krb_error_meaning(code);
}

/* The account or service that is refused, and why. */
static void say_refused(const adp_rules *r, adp_finding *f, const adp_step *step, const char *key,
                        const char *client)
{
    gint32 code = adp_rules_krb_answer(r, step)->error;
    const char *spn = adp_rules_krb_spn(r, step);
    const char *trouble = account_trouble(key);

    if (code == KRB_AP_ERR_TKT_EXPIRED) {
        adp_rules_summary(f, "%s goes on with a ticket that has expired, and gets no new one",
                          *client ? client : "The client");
    } else if (code == KDC_ERR_PREAUTH_EXPIRED) {
        adp_rules_summary(f, "%s: each attempt to log on is too old when it is completed",
                          *client ? client : "The client");
    } else if (key && strcmp(key, "delegation-refused/s4u2proxy") == 0) {
        adp_rules_summary(f, "%s may not act for a user at %s", *client ? client : "The service",
                          *spn ? spn : "this name");
    } else if (adp_krb_code_account(r, step)) {
        adp_rules_summary(f, "%s cannot get further tickets: %s", client,
                          trouble ? trouble : adp_krb_error_meaning(code));
    } else if (trouble && adp_krb_code_is_about_client(r, step, f->id)) {
        adp_rules_summary(f, "%s cannot log on: %s", client, trouble);
    } else if (adp_krb_code_is_about_client(r, step, f->id)) {
        adp_rules_summary(f, "%s: %s", client, logon_trouble(r, step));
    } else {
        const adp_obs_krb *answer = adp_rules_krb_answer(r, step);
        const char *status = code == KRB_ERR_GENERIC && answer->has_ntstatus
                                 ? adp_ntstatus_name(answer->ntstatus)
                                 : NULL;

        adp_rules_summary(f, "%s: %s%s", *spn ? spn : "Kerberos",
                          status    ? "the KDC gives no ticket, with "
                          : trouble ? trouble
                                    : adp_krb_error_meaning(code),
                          status ? status : "");
    }
}

/* How many other services the group's requests were for, beside the first one's. */
static guint other_services(const adp_rules *r, const adp_group *group)
{
    GHashTable *spns = g_hash_table_new(adp_str_hash, adp_str_equal);
    guint others;
    guint i;

    for (i = 0; i < group->steps->len; i++) {
        g_hash_table_add(spns, (gpointer)adp_rules_krb_spn(r, g_ptr_array_index(group->steps, i)));
    }
    others = g_hash_table_size(spns) - 1;
    g_hash_table_unref(spns);
    return others;
}

/*
 * A step by which the same machine may act for a user at the same class and host, by another form of its
 * name; NULL: none. Names are compared as they are written, with their port (MS-SFU 3.2.5.2.3).
 */
static const adp_step *delegated_otherwise(const adp_rules *r, const adp_step *step)
{
    const char *spn = adp_rules_krb_spn(r, step);
    char *class = adp_spn_class(spn);
    char *host = adp_spn_host(spn);
    const adp_step *by = NULL;

    if (class && *host && adp_krb_code_purpose(r, step).purpose == ADP_PURPOSE_S4U2PROXY) {
        by = adp_krb_good_at_host(r, step, ADP_TOPIC_NEIGHBOUR, class, host, NULL);
    }
    g_free(host);
    g_free(class);
    return by && !adp_same_text(adp_rules_krb_spn(r, by), spn) &&
                   adp_krb_code_purpose(r, by).purpose == ADP_PURPOSE_S4U2PROXY
               ? by
               : NULL;
}

void adp_krb_code_text(adp_rules *r, adp_finding *f, const adp_group *group)
{
    static const char *const exchanges[] = {"a ticket-granting ticket", "a ticket", "access"};
    const adp_step *first = adp_group_first(group);
    const adp_obs_krb *answer = adp_rules_krb_answer(r, first);
    const char *spn = adp_rules_krb_spn(r, first);
    const char *client = client_of(r, f, first);
    char *answered = adp_rules_krb_answered(r, group);
    char *status = NULL;
    char *others = NULL;
    const char *key;
    char *fallback = NULL;
    char *machine = adp_account_of_machine(client);
    char *abroad = adp_rules_krb_abroad(r, first);
    const adp_step *neighbour =
        f->id == ADP_FINDING_DELEGATION_REFUSED ? delegated_otherwise(r, first) : NULL;

    if (answer->has_ntstatus) {
        const char *name = adp_ntstatus_name(answer->ntstatus);

        status = name ? g_strdup_printf(", with the status %s", name)
                      : g_strdup_printf(", with the NTSTATUS 0x%08x", answer->ntstatus);
    }
    adp_rules_krb_signs(r, f, first);
    if (adp_krb_code_account(r, first)) {
        adp_rules_sign_account(f, client, first->request);
    }
    sign_known_elsewhere(r, f, group);
    sign_set_elsewhere(r, f, group);
    if (neighbour) {
        adp_rules_sign(f, ADP_SIGN_OTHER_NAME_GRANTED, neighbour->reply);
    }
    if (*spn && adp_krb_code_account(r, first) && other_services(r, group)) {
        others = g_strdup_printf(" and %u more", other_services(r, group));
    }
    adp_rules_observed(f, "%s for %s%s%s%s%s%s with %s (%d)%s%s%s%s", answered,
                       exchanges[adp_rules_krb_exchange(r, first)], *spn ? " to " : "", spn,
                       others ? others : "", *client ? " by " : "", client,
                       adp_krb_error_name(answer->error), answer->error, status ? status : "",
                       answer->text && *answer->text ? ", saying " : "",
                       answer->text && *answer->text ? answer->text : "", abroad);
    key = advice_key(r, f, first);
    say_refused(r, f, first, key, client);
    if (!key && f->id == ADP_FINDING_KRB_ERROR) {
        key = fallback = g_strdup_printf("krb-error/%d", answer->error);
    }
    adp_rules_advise(r, f, key ? key : adp_finding_get(f->id)->name, "account",
                     *client ? adp_account_text(client) : NULL, "spn", *spn ? spn : NULL, "realm",
                     adp_rules_krb_realm(r, first), "domain", adp_rules_krb_realm(r, first), "host",
                     adp_rules_host(r, first->flow.server), "server",
                     adp_rules_address(r, first->flow.server), "machine", machine, "neighbour",
                     neighbour ? adp_rules_krb_spn(r, neighbour) : NULL, NULL);
    g_free(others);
    g_free(abroad);
    g_free(machine);
    g_free(fallback);
    g_free(status);
    g_free(answered);
}

void adp_krb_code_report(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    adp_finding_id id = adp_krb_code_finding(r, first, adp_rules_krb_answer(r, first)->error);
    adp_finding *f = adp_rules_find(r, id, first->path, group->key);
    const adp_step *by = adp_krb_code_recovery(r, group);

    adp_rules_cite_group(r, f, group);
    adp_krb_code_text(r, f, group);
    adp_krb_code_special_text(r, f, group, by);
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
