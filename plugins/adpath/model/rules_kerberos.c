/* rules_kerberos.c
 * Findings about errors that a KDC sends, and about its silence.
 *
 * Which code means what: RFC 4120, MS-KILE, and the causes that Microsoft
 * documents for events 4768 and 4769.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules.h"

#include "codes.h"
#include "text.h"

#include <string.h>

/* After 25 a client that goes on does so at once; people may have to type a password. */
#define PREAUTH_PATIENCE (5 * ADP_NS_PER_S)
/* So many wrong passwords are no typing errors any more. */
#define SERIES 4

#define STATUS_NOT_SUPPORTED 0xC00000BBU

const adp_obs_krb *adp_rules_krb_ask(const adp_rules *r, const adp_step *step)
{
    const adp_obs *request = adp_rules_request(r, step);

    return request ? request->u.krb : NULL;
}

const adp_obs_krb *adp_rules_krb_answer(const adp_rules *r, const adp_step *step)
{
    const adp_obs *reply = adp_rules_reply(r, step);

    return reply ? reply->u.krb : NULL;
}

const char *adp_rules_krb_spn(const adp_rules *r, const adp_step *step)
{
    const adp_obs_krb *ask = adp_rules_krb_ask(r, step);
    const adp_obs_krb *answer = adp_rules_krb_answer(r, step);

    if (ask && ask->spn && *ask->spn) {
        return ask->spn;
    }
    return answer && answer->spn ? answer->spn : "";
}

static const char *realm_of(const adp_rules *r, const adp_step *step)
{
    const adp_obs_krb *ask = adp_rules_krb_ask(r, step);
    const adp_obs_krb *answer = adp_rules_krb_answer(r, step);

    if (ask && ask->realm && *ask->realm) {
        return ask->realm;
    }
    return answer && answer->realm ? answer->realm : "";
}

static const char *client_of(const adp_rules *r, const adp_step *step)
{
    const adp_obs_krb *ask = adp_rules_krb_ask(r, step);
    const adp_obs_krb *answer = adp_rules_krb_answer(r, step);

    if (ask && ask->client && *ask->client) {
        return ask->client;
    }
    return answer && answer->client ? answer->client : "";
}

static adp_exchange exchange_of(const adp_rules *r, const adp_step *step)
{
    return adp_model_obs(r->model, step->first)->u.krb->exchange;
}

static adp_carrier carrier_of(const adp_rules *r, const adp_step *step)
{
    return adp_model_obs(r->model, step->first)->u.krb->carrier;
}

/* What an exchange is about: in AS also who asks. Free with g_free(). */
static char *topic_of(const adp_rules *r, const adp_step *step)
{
    adp_exchange exchange = exchange_of(r, step);
    const char *spn = adp_rules_krb_spn(r, step);

    return exchange == ADP_EXCHANGE_AS
               ? g_strdup_printf("as|%s|%.*s", client_of(r, step), (int)adp_krbtgt_len(spn), spn)
               : g_strdup_printf("%s|%s", exchange == ADP_EXCHANGE_TGS ? "tgs" : "ap", spn);
}

/* Does a KDC's answer show that it knows the user? In AS any but "unknown" and "elsewhere" does. */
static gboolean knows_client(const adp_rules *r, const adp_step *step, const adp_obs_krb *answer)
{
    if (carrier_of(r, step) != ADP_CARRIER_KDC || !*client_of(r, step) || answer->damaged) {
        return FALSE;
    }
    if (exchange_of(r, step) == ADP_EXCHANGE_AS) {
        return !answer->is_error || answer->error == 24 || answer->error == 25;
    }
    return !answer->is_error;
}

static char *user_topic(const adp_rules *r, const adp_step *step)
{
    return g_strdup_printf("user|%s", client_of(r, step));
}

/* A logon of this client, whatever the domain is called in it. */
static char *logon_topic(const adp_rules *r, const adp_step *step)
{
    return g_strdup_printf("logon|%s", client_of(r, step));
}

/* Remembers the ticket for class/host.domain under class/host. */
static void learn_full_name(adp_rules *r, const adp_step *step)
{
    const char *spn = adp_rules_krb_spn(r, step);
    const char *dot = strchr(spn, '.');
    char *key;

    if (!strchr(spn, '/') || !dot || dot < strchr(spn, '/')) {
        return;
    }
    key = g_ascii_strdown(spn, dot - spn);
    if (g_hash_table_contains(r->full_names, key)) {
        g_free(key);
    } else {
        g_hash_table_insert(r->full_names, key, GUINT_TO_POINTER(adp_rules_index(r, step) + 1));
    }
}

static void learn(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_krb *answer;
        char *topic;

        if (step->kind != ADP_STEP_KERBEROS) {
            continue;
        }
        topic = topic_of(r, step);
        answer = adp_rules_krb_answer(r, step);
        if (answer && adp_rules_outcome(r, step) == ADP_OK) {
            adp_rules_note_good(r, step, topic);
            if (carrier_of(r, step) == ADP_CARRIER_KDC) {
                adp_rules_note_good(r, step, ADP_TOPIC_TICKET);
            }
            if (exchange_of(r, step) == ADP_EXCHANGE_TGS) {
                learn_full_name(r, step);
            } else if (exchange_of(r, step) == ADP_EXCHANGE_AS) {
                char *tgt = g_strdup_printf("tgt|%s", adp_rules_krb_spn(r, step));

                adp_rules_note_good(r, step, tgt);
                g_free(tgt);
            }
        }
        if (answer && knows_client(r, step, answer)) {
            char *user = user_topic(r, step);

            adp_rules_note_good(r, step, user);
            g_free(user);
        }
        if (answer && carrier_of(r, step) == ADP_CARRIER_KDC) {
            char *any = g_strconcat("answer|", topic, NULL);

            adp_rules_note_good(r, step, any);
            g_free(any);
        }
        if (adp_rules_krb_ask(r, step)) {
            if (exchange_of(r, step) == ADP_EXCHANGE_TGS) {
                adp_rules_note_good(r, step, "tgs");
            } else if (exchange_of(r, step) == ADP_EXCHANGE_AS) {
                char *who = logon_topic(r, step);

                adp_rules_note_good(r, step, who);
                g_free(who);
            }
        }
        g_free(topic);
    }
}

/* ---- the parts of an SPN ---- */

char *adp_spn_host(const char *spn)
{
    const char *host = strchr(spn, '/');
    gsize len;

    if (!host) {
        return g_strdup("");
    }
    host++;
    if (*host == '[') {
        host++; /* an IPv6 address, as in a URL */
        len = strcspn(host, "]");
    } else {
        len = strcspn(host, "/:");
    }
    return g_ascii_strdown(host, (gssize)len);
}

static gboolean is_ip_address(const char *host)
{
    return g_hostname_is_ip_address(host);
}

/* ---- code 7 ---- */

typedef struct {
    const char *key; /* row of the advice table */
    adp_severity severity;
    const char *why; /* a sentence for "inferred" */
} spn_case;

static gboolean is_endpoint(const adp_rules *r, const char *host)
{
    return adp_rules_is_fact(r, ADP_FACT_ENDPOINT, host);
}

static gboolean is_known_domain(const adp_rules *r, const adp_step *step, const char *host)
{
    const adp_path *path = adp_model_path(r->model, step->path);

    return adp_rules_is_fact(r, ADP_FACT_ACTIVE_DIRECTORY, host) ||
           adp_same_text(path->domain, host) || adp_same_text(path->forest, host);
}

static spn_case classify_spn(const adp_rules *r, const adp_step *step, const char *spn)
{
    char *host = adp_spn_host(spn);
    gboolean is_short = *host && !strchr(host, '.');
    spn_case result = {"spn-not-found-or-duplicate", ADP_SEVERITY_WARN, NULL};

    if (adp_has_prefix(spn, "krbtgt/")) {
        result.key = "spn-not-found-or-duplicate/domain";
        result.severity = ADP_SEVERITY_NOTE;
        result.why = "The client asked for a referral to another realm: a probe along a path of "
                     "trust, which may end in such an answer.";
    } else if (!strchr(spn, '/')) {
        result.key = "spn-not-found-or-duplicate/user";
        result.severity = ADP_SEVERITY_NOTE;
        result.why = "The name has no service class: a user or account name was asked for as if "
                     "it were a service.";
    } else if (is_ip_address(host) || adp_has_suffix(host, ".in-addr.arpa") ||
               adp_has_suffix(host, ".ip6.arpa") || adp_same_text(host, "prisoner.iana.org")) {
        result.key = "spn-not-found-or-duplicate/reverse";
        result.severity = ADP_SEVERITY_NOTE;
        result.why = "The host is an address or belongs to a reverse zone: nobody registers "
                     "service principal names for those.";
    } else if (is_known_domain(r, step, host)) {
        result.key = "spn-not-found-or-duplicate/domain";
        result.severity = ADP_SEVERITY_NOTE;
        result.why = "The host is the name of a domain, not of a machine.";
    } else if (adp_has_prefix(spn, "ldap/")) {
        result.key = "spn-not-found-or-duplicate/ldap";
        result.severity = ADP_SEVERITY_ERROR;
        result.why = is_short ? "The short name of the host was asked for." : NULL;
    } else if (adp_has_prefix(spn, "http/")) {
        result.key =
            is_short ? "spn-not-found-or-duplicate/short" : "spn-not-found-or-duplicate/http";
        result.severity = is_endpoint(r, host) ? ADP_SEVERITY_ERROR : ADP_SEVERITY_WARN;
        result.why = is_short ? "The short name of the host was asked for: it needs a service "
                                "principal name of its own beside the full name's."
                              : NULL;
    } else if (is_short) {
        result.key = "spn-not-found-or-duplicate/short";
        result.why = "The short name of the host was asked for.";
    }
    if (result.severity == ADP_SEVERITY_ERROR &&
        adp_rules_ntlm_worked(r, step->flow.client, host)) {
        result.severity = ADP_SEVERITY_WARN;
        result.why = "The client got in with NTLM afterwards.";
    }
    g_free(host);
    return result;
}

/* Did anybody get a ticket for the full name behind a short one? Free with g_free(). */
static char *full_name_ticket(const adp_rules *r, const char *spn)
{
    char *key;
    gpointer found;
    const adp_step *step;

    if (strchr(spn, '.')) {
        return NULL;
    }
    key = g_ascii_strdown(spn, -1);
    found = g_hash_table_lookup(r->full_names, key);
    g_free(key);
    if (!found) {
        return NULL;
    }
    step = adp_rules_step(r, GPOINTER_TO_UINT(found) - 1);
    return g_strdup_printf("%s got a ticket for %s in the same capture (frame %u).",
                           adp_rules_address(r, step->flow.client), adp_rules_krb_spn(r, step),
                           adp_rules_reply(r, step)->frame);
}

static void spn_text(adp_rules *r, adp_finding *f, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const char *spn = adp_rules_krb_spn(r, first);
    spn_case kind = classify_spn(r, first, spn);
    char *full = full_name_ticket(r, spn);
    char *host = adp_spn_host(spn);
    char *kdc = adp_rules_named(r, first->flow.server);
    gint32 code = adp_rules_krb_answer(r, first)->error;

    f->severity = kind.severity;
    adp_rules_summary(f, "%s: not found, or registered more than once", spn);
    adp_rules_observed(f, "%s answered %u %s for %s with %s (%d)", kdc, group->steps->len,
                       group->steps->len == 1 ? "request" : "requests", spn,
                       adp_krb_error_name(code), code);
    adp_rules_inferred(
        f,
        "%s%sA KDC of Windows gives the same answer when the name is missing and when two "
        "accounts have it.%s%s",
        kind.why ? kind.why : "", kind.why ? " " : "", full ? " " : "", full ? full : "");
    adp_rules_advise(r, f, kind.key, "spn", spn, "host", *host ? host : NULL, "short",
                     *host && !strchr(host, '.') ? host : NULL, "realm", realm_of(r, first),
                     "domain", realm_of(r, first), "account", strchr(spn, '/') ? NULL : spn, NULL);
    g_free(kdc);
    g_free(host);
    g_free(full);
}

/* ---- the other codes ---- */

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
    gboolean as = exchange_of(r, step) == ADP_EXCHANGE_AS;

    adp_rules_inferred(f, "The client offers %s. %s%s%s",
                       *offered ? offered : "types that the capture does not show",
                       *allowed ? "The KDC would take "
                                : "What the account has, the KDC does not say.",
                       allowed, *allowed ? "." : "");
    adp_rules_advise(r, f, as ? "no-common-etype/as" : "no-common-etype/tgs", "account",
                     client_of(r, step), "spn", adp_rules_krb_spn(r, step), "realm",
                     realm_of(r, step), NULL);
    g_free(offered);
    g_free(allowed);
}

static void password_text(adp_rules *r, adp_finding *f, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const char *client = client_of(r, first);
    gboolean series = group->steps->len >= SERIES;
    const char *key = is_machine(client) ? "password-wrong/machine"
                      : series           ? "password-wrong/series"
                                         : "password-wrong";

    adp_rules_inferred(f, "%s",
                       is_machine(client)
                           ? "The account is a machine's: nobody types its password, so the stored "
                             "secret and the directory differ."
                       : series ? "So many failures without a success are a stored old password "
                                  "rather than typing errors."
                                : "The key that the client made does not fit the account's: the "
                                  "password, the stored key or the salt is another.");
    adp_rules_advise(r, f, key, "account", client, "realm", realm_of(r, first), "domain",
                     realm_of(r, first), "host", adp_rules_host(r, first->flow.client), NULL);
}

/* Sentences of the codes that need more than their meaning. */
static void special_text(adp_rules *r, adp_finding *f, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);

    switch (f->id) {
    case ADP_FINDING_SPN_NOT_FOUND_OR_DUPLICATE:
        spn_text(r, f, group);
        break;
    case ADP_FINDING_NO_COMMON_ETYPE:
        etype_text(r, f, first);
        break;
    case ADP_FINDING_PASSWORD_WRONG:
        password_text(r, f, group);
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
        return exchange_of(r, step) == ADP_EXCHANGE_AS ? "kdc-integrity-failed/as"
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
        if (carrier_of(r, step) != ADP_CARRIER_KDC) {
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
    return exchange_of(r, step) == ADP_EXCHANGE_AS && *client_of(r, step) &&
           id != ADP_FINDING_SPN_NOT_FOUND_OR_DUPLICATE;
}

static void general_text(adp_rules *r, adp_finding *f, const adp_group *group)
{
    static const char *const exchanges[] = {"ticket-granting ticket", "ticket", "access"};
    const adp_step *first = adp_group_first(group);
    const adp_obs_krb *answer = adp_rules_krb_answer(r, first);
    const char *spn = adp_rules_krb_spn(r, first);
    const char *client = client_of(r, first);
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
    adp_rules_observed(
        f, "%s answered %u %s for a %s%s%s%s%s with %s (%d)%s%s%s", server, group->steps->len,
        group->steps->len == 1 ? "request" : "requests", exchanges[exchange_of(r, first)],
        *spn ? " to " : "", spn, *client ? " by " : "", client, adp_krb_error_name(answer->error),
        answer->error, status ? status : "", answer->text && *answer->text ? ", saying " : "",
        answer->text && *answer->text ? answer->text : "");
    key = advice_key(r, f, first);
    if (!key && f->id == ADP_FINDING_KRB_ERROR) {
        key = fallback = g_strdup_printf("krb-error/%d", answer->error);
    }
    adp_rules_advise(r, f, key ? key : adp_finding_get(f->id)->name, "account",
                     *client ? client : NULL, "spn", *spn ? spn : NULL, "realm", realm_of(r, first),
                     "domain", realm_of(r, first), "host", adp_rules_host(r, first->flow.server),
                     "server", adp_rules_address(r, first->flow.server), NULL);
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
    return answer->error == 6 && exchange_of(r, step) != ADP_EXCHANGE_AS;
}

/* Who made good what the group complains of: asked the same and got it. */
static const adp_step *recovery_of(const adp_rules *r, const adp_group *group)
{
    const adp_step *last = adp_group_last(group);
    char *topic = topic_of(r, last);
    const adp_step *by = adp_rules_good(r, last->flow.client, topic, last);

    g_free(topic);
    if (!by && exchange_of(r, last) == ADP_EXCHANGE_TGS) {
        /* A TGT that cannot be renewed or forwarded: a new one does as well. */
        topic = g_strdup_printf("tgt|%s", adp_rules_krb_spn(r, last));
        by = adp_rules_good(r, last->flow.client, topic, last);
        g_free(topic);
    }
    if (!by && adp_rules_krb_answer(r, last)->error == 6) {
        /* Servers look for a user's domain by asking: another KDC knew, and S4U needs no logon. */
        topic = user_topic(r, last);
        by = adp_rules_good(r, last->flow.client, topic, last);
        g_free(topic);
    }
    return by;
}

static void report_code(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    adp_finding_id id = finding_of_code(r, first, adp_rules_krb_answer(r, first)->error);
    adp_finding *f = adp_rules_find(r, id, first->path, group->key);
    const adp_step *by;

    adp_rules_cite_group(r, f, group);
    general_text(r, f, group);
    special_text(r, f, group);
    if (id == ADP_FINDING_SERVICE_KEY_MISMATCH) {
        adp_rules_service_key(r, f, group);
    } else if (id == ADP_FINDING_CLOCK_SKEW) {
        adp_rules_clock_skew(r, f, group);
    }
    /* Clients ask for options to learn whether they are there; this status says they are not. */
    if (id == ADP_FINDING_DELEGATION_REFUSED && adp_rules_krb_answer(r, first)->has_ntstatus &&
        adp_rules_krb_answer(r, first)->ntstatus == STATUS_NOT_SUPPORTED) {
        f->severity = ADP_SEVERITY_WARN;
    }
    by = recovery_of(r, group);
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
        return g_strdup_printf("%d|%u|%d", code, step->flow.server, (int)exchange_of(r, step));
    }
    return g_strdup_printf("%d|%s|%d", code,
                           is_about_client(r, step, id) ? client_of(r, step)
                                                        : adp_rules_krb_spn(r, step),
                           (int)carrier_of(r, step));
}

static void codes(adp_rules *r)
{
    adp_groups *groups = adp_groups_new();
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
    for (i = 0; i < groups->list->len; i++) {
        report_code(r, g_ptr_array_index(groups->list, i));
    }
    adp_groups_free(groups);
}

/* ---- 25 and then nothing ---- */

static void preauth_abandoned(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_krb *answer =
            step->kind == ADP_STEP_KERBEROS ? adp_rules_krb_answer(r, step) : NULL;
        char *topic;
        char *asked;
        const char *client;
        adp_finding *f;

        if (!answer || !answer->is_error || answer->error != 25 || !adp_rules_krb_ask(r, step) ||
            adp_since(r->end, adp_rules_reply(r, step)->time) < PREAUTH_PATIENCE) {
            continue;
        }
        topic = topic_of(r, step);
        asked = logon_topic(r, step);
        /* Servers that look for a user's domain stop here and go on with S4U. */
        if (adp_rules_good(r, step->flow.client, asked, step) ||
            adp_rules_good(r, step->flow.client, topic, NULL) ||
            adp_rules_good(r, step->flow.client, "tgs", step)) {
            g_free(asked);
            g_free(topic);
            continue;
        }
        g_free(asked);
        g_free(topic);
        client = client_of(r, step);
        f = adp_rules_find(r, ADP_FINDING_PREAUTH_ABANDONED, step->path, client);
        adp_rules_cite_step(r, f, step);
        if (f->summary) {
            continue;
        }
        adp_rules_summary(f, "%s was asked to prove who it is, and asked no more",
                          *client ? client : "The client");
        adp_rules_observed(f, "KDC_ERR_PREAUTH_REQUIRED (25), which is normal, and no further "
                              "AS request of this client in the capture");
        adp_rules_inferred(f, "The client has no password or key at hand, gave up, or went on "
                              "where the capture does not look.");
        adp_rules_advise(r, f, "preauth-abandoned", "account", client, "realm", realm_of(r, step),
                         NULL);
    }
}

/* ---- 52 and then no success over TCP ---- */

/* Failed connections to TCP port 88, by client: client + 1 -> GArray of attempts' numbers. */
static GHashTable *failed_attempts(const adp_rules *r)
{
    GHashTable *by_client = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
    guint32 a;

    for (a = 0; a < adp_model_attempt_count(r->model); a++) {
        const adp_attempt *attempt = adp_model_attempt(r->model, a);
        gpointer key = GUINT_TO_POINTER(attempt->flow.client + 1);
        GArray *list;

        if (attempt->flow.server_port != 88 || !adp_rules_attempt_failed(r, attempt)) {
            continue;
        }
        list = g_hash_table_lookup(by_client, key);
        if (!list) {
            list = g_array_new(FALSE, FALSE, sizeof(guint32));
            g_hash_table_insert(by_client, key, list);
        }
        g_array_append_val(list, a);
    }
    return by_client;
}

/* `step` got 52 and its topic no success; `attempts` are the client's failed ones. */
static void report_tcp_blocked(adp_rules *r, const adp_step *step, const GArray *attempts)
{
    const adp_attempt *last =
        adp_model_attempt(r->model, g_array_index(attempts, guint32, attempts->len - 1));
    adp_finding *f = adp_rules_find(r, ADP_FINDING_KRB_TCP_BLOCKED, step->path, NULL);
    guint i;

    adp_rules_cite_step(r, f, step);
    if (f->summary) {
        return;
    }
    for (i = attempts->len; i; i--) {
        const adp_attempt *attempt =
            adp_model_attempt(r->model, g_array_index(attempts, guint32, i - 1));
        char *end;

        if (attempt->first < step->first) {
            break;
        }
        adp_rules_cite_attempt(r, f, attempt);
        end = g_strdup_printf("%u|%u|%u", attempt->flow.client, attempt->flow.server,
                              attempt->flow.server_port);
        adp_rules_add_fact(r, ADP_FACT_TCP_BLOCKED, end);
        g_free(end);
    }
    adp_rules_summary(f, "Kerberos needs TCP port 88 for its large replies, and does not get "
                         "through");
    adp_rules_observed(f,
                       "KRB_ERR_RESPONSE_TOO_BIG (52) over UDP, then %s to TCP port 88 of %s, "
                       "which %s",
                       attempts->len == 1 ? "a connection request" : "connection requests",
                       adp_rules_host(r, last->flow.server),
                       adp_rules_attempt_words(adp_rules_attempt_failed(r, last)));
    adp_rules_inferred(f, "52 itself is normal: the client goes over to TCP. No exchange over TCP "
                          "succeeds after it.");
    adp_rules_advise(r, f, "krb-tcp-blocked", "host", adp_rules_host(r, last->flow.server),
                     "server", adp_rules_address(r, last->flow.server), "realm", realm_of(r, step),
                     NULL);
}

static void tcp_blocked(adp_rules *r)
{
    GHashTable *by_client = failed_attempts(r);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_krb *answer =
            step->kind == ADP_STEP_KERBEROS ? adp_rules_krb_answer(r, step) : NULL;
        const GArray *attempts;
        char *topic;

        if (!answer || !answer->is_error || answer->error != 52) {
            continue;
        }
        attempts = g_hash_table_lookup(by_client, GUINT_TO_POINTER(step->flow.client + 1));
        if (!attempts ||
            adp_model_attempt(r->model, g_array_index(attempts, guint32, attempts->len - 1))
                    ->first < step->first) {
            continue;
        }
        topic = topic_of(r, step);
        if (!adp_rules_good(r, step->flow.client, topic, step)) {
            report_tcp_blocked(r, step, attempts);
        }
        g_free(topic);
    }
    g_hash_table_unref(by_client);
}

/* ---- silence ---- */

static void kdc_unanswered(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        char *topic;
        char *answered;
        const adp_step *by;
        adp_finding *f;
        gboolean fine;

        if (step->kind != ADP_STEP_KERBEROS || carrier_of(r, step) != ADP_CARRIER_KDC ||
            adp_rules_outcome(r, step) != ADP_UNANSWERED) {
            continue;
        }
        topic = topic_of(r, step);
        answered = g_strconcat("answer|", topic, NULL);
        fine = adp_rules_good(r, step->flow.client, topic, NULL) ||
               adp_rules_good(r, step->flow.client, answered, step);
        g_free(answered);
        if (fine) {
            g_free(topic);
            continue;
        }
        f = adp_rules_find(r, ADP_FINDING_KDC_UNANSWERED, step->path, topic);
        g_free(topic);
        adp_rules_cite_step(r, f, step);
        if (!f->summary) {
            const char *spn = adp_rules_krb_spn(r, step);
            char *server = adp_rules_named(r, step->flow.server);

            adp_rules_summary(f, "No KDC answered the request for %s", *spn ? spn : "a ticket");
            adp_rules_observed(f, "%s was asked for a ticket to %s%s, without any reply", server,
                               *spn ? spn : "a service", step->retries ? ", more than once" : "");
            adp_rules_inferred(f, "The same question has no answer from any KDC in the capture, "
                                  "which goes on for more than five seconds.");
            adp_rules_advise(r, f, "kdc-unanswered", "realm", realm_of(r, step), "domain",
                             realm_of(r, step), "host", adp_rules_host(r, step->flow.server),
                             "server", adp_rules_address(r, step->flow.server), NULL);
            g_free(server);
        }
        by = adp_rules_good(r, step->flow.client, ADP_TOPIC_TICKET, step);
        if (by) {
            adp_rules_recovered(r, f, by);
        }
    }
}

/* ---- old encryption ---- */

static gboolean is_weak(gint32 etype)
{
    return etype == 1 || etype == 2 || etype == 3 || etype == 23 || etype == 24;
}

static gboolean offers_aes(const adp_obs_krb *ask)
{
    guint i;

    for (i = 0; ask && i < ask->etypes.count; i++) {
        if (ask->etypes.items[i] >= 17 && ask->etypes.items[i] <= 20) {
            return TRUE;
        }
    }
    return FALSE;
}

static void weak_etype(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_krb *answer =
            step->kind == ADP_STEP_KERBEROS ? adp_rules_krb_answer(r, step) : NULL;
        const char *spn;
        const char *name;
        adp_finding *f;

        if (!answer || answer->is_error || !answer->has_ticket || !is_weak(answer->ticket_etype) ||
            carrier_of(r, step) != ADP_CARRIER_KDC || !offers_aes(adp_rules_krb_ask(r, step))) {
            continue;
        }
        spn = adp_rules_krb_spn(r, step);
        f = adp_rules_find(r, ADP_FINDING_WEAK_ETYPE, step->path, spn);
        adp_rules_cite_step(r, f, step);
        if (f->summary) {
            continue;
        }
        name = adp_etype_name(answer->ticket_etype);
        adp_rules_summary(f, "The ticket for %s is encrypted with %s", spn, name ? name : "DES");
        adp_rules_observed(f, "The client offered AES, and the KDC made the ticket with %s (%d)",
                           name ? name : "an old type", answer->ticket_etype);
        adp_rules_inferred(f, "The service's account has no AES key, is not marked for AES, or "
                              "the domain controller is older than Windows 2008.");
        adp_rules_advise(r, f, "weak-etype", "spn", spn, "realm", realm_of(r, step), NULL);
    }
}

void adp_rules_kerberos(adp_rules *r)
{
    learn(r);
    codes(r);
    preauth_abandoned(r);
    tcp_blocked(r);
    kdc_unanswered(r);
    weak_etype(r);
}
