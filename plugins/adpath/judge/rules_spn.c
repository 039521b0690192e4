/* rules_spn.c
 * Names of services that a KDC does not find, or finds twice: codes 7 and 8.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_spn.h"

#include "join/machine.h"
#include "join/model.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/krb_topics.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/rules_ntlm.h"
#include "log/observation.h"
#include "wire/krb_error.h"
#include "wire/text.h"

#include <string.h>

static gboolean is_ip_address(const char *host)
{
    return g_hostname_is_ip_address(host);
}

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

adp_severity adp_rules_krb_spn_severity(const adp_rules *r, const adp_step *step)
{
    return classify_spn(r, step, adp_rules_krb_spn(r, step)).severity;
}

/* A step by which anybody got a ticket, another client's rather than this one's; NULL: none. */
static const adp_step *granted(const adp_rules *r, guint32 client, const char *topic)
{
    const adp_step *other = adp_rules_good_of_other(r, client, topic);

    return other ? other : adp_rules_good(r, client, topic, NULL);
}

/* "Another client 10.0.0.5 got a ticket for HTTP/mail.contoso.com (frame 31)." */
static char *grant_words(const adp_rules *r, guint32 client, const adp_step *step)
{
    const adp_obs *reply = adp_rules_reply(r, step);
    const char *address = adp_rules_address(r, step->flow.client);
    const char *name = adp_model_address_name(r->model, step->flow.client);
    gboolean same_address = adp_model_own_address(r->model, step->flow.client) ==
                            adp_model_own_address(r->model, client);
    const char *who = "Another client ";

    if (step->flow.client == client && !adp_model_is_unnamed(r->model, client)) {
        who = "The same client";
        address = "";
    } else if (same_address && (adp_model_is_unnamed(r->model, client) ||
                                adp_model_is_unnamed(r->model, step->flow.client))) {
        who = "A machine at the same address";
        address = "";
    } else if (same_address && name) {
        address = name;
    }
    return g_strdup_printf("%s%s got a ticket for %s in this capture (frame %u).", who, address,
                           adp_rules_krb_spn(r, step), reply->frame);
}

/* What the rest of the capture says of the name. Free with g_free(). */
static char *elsewhere(const adp_rules *r, const adp_step *step, const char *spn, gboolean is_short,
                       const adp_step **full)
{
    char *topic = g_strdup_printf("tgs|%s", spn);
    const adp_step *same = granted(r, step->flow.client, topic);
    char *words;

    g_free(topic);
    topic = g_strconcat(ADP_TOPIC_FULL_NAME, spn, NULL);
    *full = is_short ? granted(r, step->flow.client, topic) : NULL;
    g_free(topic);
    if (same) {
        char *who = grant_words(r, step->flow.client, same);

        words = g_strdup_printf(" %s So the name is known to one controller or at one time, and "
                                "not to another: think of replication.",
                                who);
        g_free(who);
    } else if (*full) {
        char *who = grant_words(r, step->flow.client, *full);

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
        "accounts have it.%s",
        kind.why ? kind.why : "", kind.why ? " " : "", others);
    adp_rules_advise(r, f, kind.key, "spn", spn, "host", *host ? host : NULL, "full", whole,
                     "short", *host && !strchr(host, '.') ? host : NULL, "realm",
                     adp_rules_krb_realm(r, first), "domain", adp_rules_krb_realm(r, first),
                     "account", strchr(spn, '/') ? NULL : spn, NULL);
    g_free(kdc);
    g_free(whole);
    g_free(others);
    g_free(host);
}
