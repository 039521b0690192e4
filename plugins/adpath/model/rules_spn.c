/* rules_spn.c
 * Names of services that a KDC does not find, or finds twice: codes 7 and 8.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules_krb.h"

#include "codes.h"
#include "text.h"

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

void adp_rules_krb_spn_text(adp_rules *r, adp_finding *f, const adp_group *group)
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
                     *host && !strchr(host, '.') ? host : NULL, "realm",
                     adp_rules_krb_realm(r, first), "domain", adp_rules_krb_realm(r, first),
                     "account", strchr(spn, '/') ? NULL : spn, NULL);
    g_free(kdc);
    g_free(host);
    g_free(full);
}
