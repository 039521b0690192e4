/* rules_spn.c
 * Names of services that a KDC does not find, or finds twice: codes 7 and 8.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_spn.h"

#include "case/accounts.h"
#include "case/names.h"
#include "join/hosts.h"
#include "join/identity.h"
#include "join/model.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/krb_hosts.h"
#include "judge/krb_sequel.h"
#include "judge/krb_signs.h"
#include "judge/krb_topics.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/rules_ntlm.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/krb_error.h"
#include "wire/text.h"

#include <string.h>

typedef struct {
    const char *key; /* row of the advice table */
    adp_severity severity;
    const char *why; /* a sentence for "inferred" */
} spn_case;

/* What the host part of a name is; most of it is healthy when the client goes on another way. */
typedef enum {
    HOST_NONE,     /* no service class, or no host */
    HOST_NAMELESS, /* "cifs/.": a class, and what cannot be a host's name */
    HOST_REALM,    /* krbtgt/OTHER.TEST */
    HOST_ADDRESS,
    HOST_REVERSE, /* of a reverse zone */
    HOST_DOMAIN,
    HOST_SHORT,
    HOST_FULL
} host_kind;

static gboolean is_endpoint(const adp_rules *r, const char *host)
{
    return adp_rules_is_fact(r, ADP_FACT_ENDPOINT, host);
}

static gboolean is_known_domain(const adp_rules *r, const adp_step *step, const char *host)
{
    const adp_path *path = adp_model_path(r->model, step->path);

    return adp_rules_is_fact(r, ADP_FACT_ACTIVE_DIRECTORY, host) ||
           adp_names_netbios(r->names, host) != ADP_NONE || adp_same_text(path->domain, host) ||
           adp_same_text(path->own->forest, host);
}

/* Names have letters or digits, of whatever script. */
static gboolean is_nameless(const char *host)
{
    for (; *host; host++) {
        if (g_ascii_isalnum(*host) || (*host & 0x80)) {
            return FALSE;
        }
    }
    return TRUE;
}

static host_kind kind_of(const adp_rules *r, const adp_step *step, const char *spn,
                         const char *host)
{
    if (adp_has_prefix(spn, "krbtgt/")) {
        return HOST_REALM;
    }
    if (strchr(spn, '/') && is_nameless(host)) {
        return HOST_NAMELESS;
    }
    if (!*host) {
        return HOST_NONE;
    }
    if (g_hostname_is_ip_address(host)) {
        return HOST_ADDRESS;
    }
    if (adp_has_suffix(host, ".in-addr.arpa") || adp_has_suffix(host, ".ip6.arpa") ||
        adp_same_text(host, "prisoner.iana.org")) {
        return HOST_REVERSE;
    }
    if (is_known_domain(r, step, host)) {
        return HOST_DOMAIN;
    }
    return strchr(host, '.') ? HOST_FULL : HOST_SHORT;
}

/*
 * Neighbours call each other HOST.local by mDNS; in a realm that does not end so, the directory knows
 * such a name as little as a short one.
 */
static const adp_step *good_without_local(const adp_rules *r, const adp_step *step,
                                          const char *host)
{
    const char *realm = adp_rules_krb_realm(r, step);
    const adp_step *by = NULL;
    char *label;

    if (adp_has_suffix(host, ".local") && *realm && !adp_has_suffix(realm, ".local")) {
        label = g_strndup(host, strcspn(host, "."));
        by = adp_krb_good_at_host(r, step, ADP_TOPIC_GOT_IN_AT, "", label, step);
        g_free(label);
    }
    return by;
}

/* A step by which the client went on after a name that no account has; NULL: none. */
static const adp_step *sequel(const adp_rules *r, const adp_step *step, host_kind kind,
                              const char *host, const char *spn)
{
    adp_client client = step->client;

    switch (kind) {
    case HOST_REALM:
        return adp_rules_krb_asked_in(r, client, spn + strlen("krbtgt/"), step);
    case HOST_DOMAIN:
        return adp_rules_krb_went_on_in(r, client, adp_names_dns_of(r->names, host), step);
    case HOST_ADDRESS:
    case HOST_SHORT:
        return adp_krb_good_at_host(r, step, ADP_TOPIC_GOT_IN_AT, "", host, step);
    case HOST_FULL:
        return good_without_local(r, step, host);
    default:
        return NULL;
    }
}

const adp_step *adp_rules_krb_spn_sequel(const adp_rules *r, const adp_step *step)
{
    const char *spn = adp_rules_krb_spn(r, step);
    char *host = adp_spn_host(spn);
    const adp_step *by = sequel(r, step, kind_of(r, step, spn, host), host, spn);

    g_free(host);
    return by;
}

/* How much it matters that the service is not there. */
static adp_severity severity_of(const adp_rules *r, const char *spn, const char *host)
{
    return adp_has_prefix(spn, "ldap/") || (adp_has_prefix(spn, "http/") && is_endpoint(r, host))
               ? ADP_SEVERITY_ERROR
               : ADP_SEVERITY_WARN;
}

static spn_case case_of(const adp_rules *r, host_kind kind, const char *spn, const char *host)
{
    adp_severity severity = severity_of(r, spn, host);
    gboolean http = adp_has_prefix(spn, "http/");

    switch (kind) {
    case HOST_REALM:
        return (spn_case){"spn-not-found-or-duplicate/domain", ADP_SEVERITY_WARN,
                          "The client asked for a referral to another realm: a probe along a path "
                          "of trust, which may end in such an answer."};
    case HOST_NAMELESS:
        return (spn_case){"spn-not-found-or-duplicate/nameless", severity,
                          "In the place of the host stands nothing that could be its name: the "
                          "program asks without having one."};
    case HOST_NONE:
        return (spn_case){"spn-not-found-or-duplicate/user", ADP_SEVERITY_NOTE,
                          "The name has no service class: a user or account name was asked for as "
                          "if it were a service."};
    case HOST_ADDRESS:
        return (spn_case){"spn-not-found-or-duplicate/address", severity,
                          "The name was made from an address: nobody registers service principal "
                          "names for those."};
    case HOST_REVERSE:
        return (spn_case){"spn-not-found-or-duplicate/reverse", ADP_SEVERITY_NOTE,
                          "The host belongs to a reverse zone: nobody registers service principal "
                          "names for those."};
    case HOST_DOMAIN:
        return (spn_case){"spn-not-found-or-duplicate/domain", severity,
                          "The host is the name of a domain, not of a machine."};
    case HOST_SHORT:
        return (spn_case){adp_has_prefix(spn, "ldap/") ? "spn-not-found-or-duplicate/ldap"
                                                       : "spn-not-found-or-duplicate/short",
                          severity,
                          "The short name of the host was asked for: it needs a service principal "
                          "name of its own beside the full name's."};
    default:
        return (spn_case){adp_has_prefix(spn, "ldap/") ? "spn-not-found-or-duplicate/ldap"
                          : http                       ? "spn-not-found-or-duplicate/http"
                                                       : "spn-not-found-or-duplicate",
                          severity, NULL};
    }
}

/*
 * Did the client open a session with the host, of which TLS hides what became of it, and look no
 * further? A client that is refused there goes on to the next endpoint.
 */
static gboolean went_on_unseen(const adp_rules *r, const adp_step *step, const char *host)
{
    char *name = g_strdup_printf("%u|%s", step->path, host);
    gboolean unseen = adp_rules_is_fact(r, ADP_FACT_UNSEEN, name);

    g_free(name);
    return unseen;
}

static spn_case classify_spn(const adp_rules *r, const adp_step *step, const char *spn)
{
    char *host = adp_spn_host(spn);
    host_kind kind = kind_of(r, step, spn, host);
    spn_case result = case_of(r, kind, spn, host);

    if (result.severity != ADP_SEVERITY_NOTE && adp_rules_ntlm_worked(r, step, host)) {
        /* Such names fail everywhere, and NTLM is what clients have for them. */
        if (kind == HOST_ADDRESS || kind == HOST_DOMAIN) {
            result.severity = ADP_SEVERITY_NOTE;
        } else if (result.severity == ADP_SEVERITY_ERROR) {
            result.severity = ADP_SEVERITY_WARN;
            result.why = "The client got in with NTLM afterwards.";
        }
    }
    if (result.severity == ADP_SEVERITY_ERROR && adp_has_prefix(spn, "http/") &&
        went_on_unseen(r, step, host)) {
        /* From memory: Exchange without a shared account has no such name, and NTLM serves. */
        result.severity = ADP_SEVERITY_WARN;
        result.why = "The client went on with a session that TLS hides: NTLM may have served it.";
    }
    g_free(host);
    return result;
}

adp_severity adp_rules_krb_spn_severity(const adp_rules *r, const adp_step *step)
{
    return classify_spn(r, step, adp_rules_krb_spn(r, step)).severity;
}

void adp_rules_krb_spn_many(const adp_rules *r, adp_finding *f, const adp_step *step)
{
    const char *spn = adp_rules_krb_spn(r, step);
    char *host = adp_spn_host(spn);

    f->severity = classify_spn(r, step, spn).severity;
    if (kind_of(r, step, spn, host) == HOST_ADDRESS) {
        adp_rules_inferred(
            f, "The names are made from an address each: nobody registers those. %s",
            f->severity == ADP_SEVERITY_NOTE
                ? "The client went on with NTLM."
                : "The capture does not show that the client logged on there without Kerberos.");
    } else if (f->severity == ADP_SEVERITY_NOTE) {
        adp_rules_inferred(f, "Nobody registers such names: addresses, reverse zones, domains, "
                              "users. Clients ask for them all the same, and go on with NTLM.");
    }
    g_free(host);
}

/* A step by which anybody got a ticket, another client's rather than this one's; NULL: none. */
static const adp_step *granted(const adp_rules *r, adp_client client, adp_topic topic,
                               const char *subject)
{
    const adp_step *other = adp_rules_good_of_other(r, client, topic, subject);

    return other ? other : adp_rules_good(r, client, topic, subject, NULL);
}

/* "Another client 10.0.0.5 got a ticket for HTTP/mail.contoso.com (frame 31)." */
static char *grant_words(const adp_rules *r, adp_client client, const adp_step *step)
{
    const adp_obs *reply = adp_rules_reply(r, step);
    const char *address = adp_rules_address(r, step->flow.client);
    const char *name = adp_model_client_name(r->model, step->client);
    gboolean same_address = step->client.address == client.address;
    const char *who = "Another client ";

    if (adp_same_client(step->client, client) && !adp_model_is_unnamed(r->model, client)) {
        who = "The same client";
        address = "";
    } else if (same_address && (adp_model_is_unnamed(r->model, client) ||
                                adp_model_is_unnamed(r->model, step->client))) {
        who = "A machine at the same address";
        address = "";
    } else if (same_address && name) {
        address = name;
    }
    return g_strdup_printf("%s%s got a ticket for %s in this capture (frame %u).", who, address,
                           adp_rules_krb_spn(r, step), reply->frame);
}

/* The same class and host, as somebody got a ticket for: with a port, long or short; NULL: none. */
static const adp_step *neighbour_of(const adp_rules *r, const adp_step *step, const char *spn)
{
    char *class = adp_spn_class(spn);
    char *host = adp_spn_host(spn);
    const adp_step *by =
        class ? adp_krb_granted_at_host(r, step, ADP_TOPIC_NEIGHBOUR, class, host) : NULL;

    g_free(host);
    g_free(class);
    return by && !adp_same_text(adp_rules_krb_spn(r, by), spn) ? by : NULL;
}

/* The neighbour, where it has the whole name of a host. */
static const adp_step *full_neighbour(const adp_rules *r, const adp_step *step, const char *spn)
{
    const adp_step *by = neighbour_of(r, step, spn);
    char *host = by ? adp_spn_host(adp_rules_krb_spn(r, by)) : NULL;
    gboolean is_full = host && strchr(host, '.');

    g_free(host);
    return is_full ? by : NULL;
}

/* What the rest of the capture says of the name. Free with g_free(). */
static char *elsewhere(const adp_rules *r, const adp_step *step, const char *spn, gboolean is_short,
                       const adp_step **full)
{
    char *about = adp_krb_about_service(spn);
    const adp_step *same = granted(r, step->client, ADP_TOPIC_EXCHANGE, about);
    char *words;

    g_free(about);
    *full = is_short ? full_neighbour(r, step, spn) : NULL;
    if (same) {
        char *who = grant_words(r, step->client, same);

        words = g_strdup_printf(" %s So the name is known to one controller or at one time, and "
                                "not to another: think of replication.",
                                who);
        g_free(who);
    } else if (*full) {
        char *who = grant_words(r, step->client, *full);

        words = g_strdup_printf(" %s So the full name is registered, and the short one is not, or "
                                "twice.",
                                who);
        g_free(who);
    } else {
        words = g_strdup(is_short ? " Nobody in this capture got a ticket for the full name." : "");
    }
    return words;
}

/* The name as it should have been asked for: of a ticket that was given, or with the realm. */
static char *full_name(const adp_rules *r, const adp_step *step, const char *spn,
                       const adp_step *full)
{
    const char *realm = adp_rules_krb_realm(r, step);
    char *lower;
    char *name;

    if (full) {
        return g_strdup(adp_rules_krb_spn(r, full));
    }
    if (!strchr(realm, '.') || !strchr(spn, '/') || strchr(spn, ':')) {
        return NULL;
    }
    lower = g_ascii_strdown(realm, -1);
    name = g_strdup_printf("%s.%s", spn, lower);
    g_free(lower);
    return name;
}

/* Names that the account may have in place of this one: an alias's target, a neighbour's. */
static void say_other_names(const adp_rules *r, adp_finding *f, const char *host,
                            const adp_step *neighbour, GString *words)
{
    guint32 obs;
    const char *alias = adp_accounts_alias(r->accounts, host, &obs);

    if (alias) {
        adp_rules_sign(f, ADP_SIGN_ALIAS, obs);
        g_string_append_printf(words, " DNS says that %s is an alias of %s.", host, alias);
    }
    if (neighbour) {
        adp_rules_sign(f, ADP_SIGN_OTHER_NAME_GRANTED, neighbour->reply);
        g_string_append_printf(words, " A ticket was given for %s.",
                               adp_rules_krb_spn(r, neighbour));
    }
}

/* A name that DNS has for an address, and which may be an old one. */
static void say_reverse(const char *host, const char *reverse, GString *words)
{
    if (reverse) {
        g_string_append_printf(words, " DNS gives %s as the name of %s.", host, reverse);
    }
}

/* Was it a KDC of another realm than the client's domain that did not find the name? */
static gboolean is_abroad(const adp_rules *r, const adp_step *step)
{
    const adp_path *path = adp_model_path(r->model, step->path);
    const char *realm = adp_rules_krb_realm(r, step);

    return path->domain && path->domain_is_own && *realm && !adp_same_text(path->domain, realm);
}

/* A client that got this very ticket before did not ask for an unknown name. */
static void sign_granted_before(const adp_rules *r, adp_finding *f, const adp_group *group,
                                const char *spn)
{
    const adp_step *last = adp_group_last(group);
    char *about = adp_krb_about_service(spn);
    const adp_step *by =
        adp_rules_good_before(r, last->client, ADP_TOPIC_EXCHANGE, about, last->first);

    g_free(about);
    if (by) {
        adp_rules_sign(f, ADP_SIGN_SAME_NAME_GRANTED, by->reply);
    }
}

/* How the client went on; and whether it is a realm that was asked for. */
static void sign_sequel(const adp_rules *r, adp_finding *f, const adp_step *first, const char *spn,
                        const char *host)
{
    host_kind kind = kind_of(r, first, spn, host);
    const adp_step *on = sequel(r, first, kind, host, spn);

    if (!on && kind == HOST_FULL) {
        /* GC/ and then ldap/, WSMAN/ and then HTTP/: it makes nothing good, and tells what is missing. */
        on = adp_krb_good_at_host(r, first, ADP_TOPIC_GOT_IN_AT, "", host, first);
    }
    if (!on && kind == HOST_FULL && !adp_finding_has_sign(f, ADP_SIGN_SAME_NAME_GRANTED)) {
        const adp_step *before =
            adp_krb_good_at_host(r, first, ADP_TOPIC_GOT_IN_AT, "", host, NULL);

        if (before) {
            adp_rules_sign(f, ADP_SIGN_OTHER_CLASS_GRANTED, before->first);
        }
    }
    if (kind == HOST_REALM) {
        adp_rules_sign(f, ADP_SIGN_REALM_ASKED, first->first);
    } else if (kind == HOST_DOMAIN) {
        adp_rules_sign(f, ADP_SIGN_IS_DOMAIN, first->first);
    }
    if (on) {
        adp_rules_sign(f, kind == HOST_REALM ? ADP_SIGN_REALM_REACHED : ADP_SIGN_WENT_ON,
                       on->first);
    }
}

/* A name with several addresses that no locator record has, and no controller calls itself by. */
static gboolean stands_for_several(const adp_rules *r, const char *host)
{
    const GArray *addresses = adp_model_host_addresses(r->model, host);

    return addresses && addresses->len > 1 && !adp_rules_is_fact(r, ADP_FACT_DC, host);
}

/* KDC_ERR_PRINCIPAL_NOT_UNIQUE, RFC 4120 7.5.9. */
#define NOT_UNIQUE 8

/* Names are unique in the database of MIT's KDC: what is not found there is missing. */
static gboolean is_only_missing(const adp_rules *r, const adp_step *step)
{
    guint32 obs;
    adp_vendor vendor = adp_accounts_vendor(r->accounts, step->flow.server, &obs);

    return vendor == ADP_VENDOR_MIT;
}

/* What the answer of this KDC means. */
static const char *meaning_of(const adp_rules *r, const adp_step *step, gint32 code)
{
    if (code == NOT_UNIQUE) {
        return "The KDC says itself that more than one account has the name: it cannot tell whose "
               "key the ticket needs.";
    }
    if (is_only_missing(r, step)) {
        return "This KDC answers so when its database does not have the name.";
    }
    return "A KDC of Windows gives the same answer when the name is missing and when two accounts "
           "have it.";
}

void adp_rules_krb_spn_text(adp_rules *r, adp_finding *f, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const char *spn = adp_rules_krb_spn(r, first);
    spn_case kind = classify_spn(r, first, spn);
    char *host = adp_spn_host(spn);
    gboolean is_short = *host && !strchr(host, '.') && !strchr(strchr(spn, '/') + 1, '/');
    const adp_step *full = NULL;
    char *others = elsewhere(r, first, spn, is_short, &full);
    char *whole = is_short ? full_name(r, first, spn, full) : NULL;
    char *answered = adp_rules_krb_answered(r, group);
    gboolean is_address = g_hostname_is_ip_address(host);
    const adp_step *neighbour = neighbour_of(r, first, spn);
    const adp_step *ping = NULL;
    const char *reverse = adp_krb_reverse(r, f, host, ADP_NONE);
    const char *called =
        adp_has_prefix(spn, "ldap/") ? adp_krb_called_otherwise(r, first, host, &ping) : NULL;
    GString *words = g_string_new(NULL);
    guint32 obs;
    gint32 code = adp_rules_krb_answer(r, first)->error;

    f->severity = kind.severity;
    adp_rules_krb_signs(r, f, first);
    sign_granted_before(r, f, group, spn);
    sign_sequel(r, f, first, spn, host);
    if (is_nameless(host)) {
        adp_rules_sign(f, ADP_SIGN_NO_HOST, first->first);
    } else if (g_str_has_suffix(spn, ".")) {
        adp_rules_sign(f, ADP_SIGN_DOT_AT_END, first->first);
    }
    if (stands_for_several(r, host)) {
        adp_rules_sign(f, ADP_SIGN_SEVERAL_ADDRESSES, first->first);
    } else if (called) {
        adp_rules_sign(f, ADP_SIGN_CALLED_OTHERWISE, ping->reply);
    }
    if (is_abroad(r, first)) {
        adp_rules_sign(f, ADP_SIGN_FOREIGN_REALM, first->first);
    }
    if (is_address) {
        adp_rules_sign(f, ADP_SIGN_IS_ADDRESS, first->first);
        adp_rules_summary(
            f, "%s: this service principal name was made from an address, and no account has it",
            spn);
    } else if (code == NOT_UNIQUE) {
        adp_rules_summary(f, "%s: service principal name registered more than once", spn);
    } else if (is_only_missing(r, first)) {
        adp_rules_summary(f, "%s: service principal name not found", spn);
    } else {
        adp_rules_summary(f, "%s: service principal name not found, or registered more than once",
                          spn);
    }
    if (code == NOT_UNIQUE) {
        adp_rules_sign(f, ADP_SIGN_NOT_UNIQUE, first->reply);
    }
    adp_rules_observed(f, "%s for %s with %s (%d)", answered, spn, adp_krb_error_name(code), code);
    g_string_append_printf(words, "%s%s%s%s", kind.why ? kind.why : "", kind.why ? " " : "",
                           is_address ? "Kerberos works with the host's name only."
                                      : meaning_of(r, first, code),
                           others);
    say_other_names(r, f, host, neighbour, words);
    say_reverse(host, reverse, words);
    adp_rules_inferred(f, "%s", words->str);
    adp_rules_advise(r, f, kind.key, "spn", spn, "host", *host ? host : NULL, "full", whole,
                     "short", *host && !strchr(host, '.') ? host : NULL, "realm",
                     adp_rules_krb_realm(r, first), "domain", adp_rules_krb_realm(r, first),
                     "account", strchr(spn, '/') ? NULL : spn, "alias",
                     adp_accounts_alias(r->accounts, host, &obs), "neighbour",
                     neighbour ? adp_rules_krb_spn(r, neighbour) : NULL, "called", called,
                     "reverse", reverse, NULL);
    g_string_free(words, TRUE);
    g_free(answered);
    g_free(whole);
    g_free(others);
    g_free(host);
}
