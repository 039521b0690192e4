/* rules_dns.c
 * Findings about locator names that DNS does not have.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_dns.h"

#include "case/names.h"
#include "join/model.h"
#include "judge/catalogue.h"
#include "judge/dns_topics.h"
#include "judge/finding.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/rules_flat.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/number.h"
#include "wire/srv_name.h"
#include "wire/text.h"

#include <string.h>

/* Names that a client asks for whatever its site: their absence is no question of sites. */
static gboolean is_generic(const adp_srv_name *parts)
{
    if (parts->site || !parts->domain) {
        return FALSE;
    }
    switch (parts->role) {
    case ADP_ROLE_DOMAIN:
    case ADP_ROLE_DC:
    case ADP_ROLE_PDC:
    case ADP_ROLE_KDC:
        return !parts->service->miss_is_normal;
    case ADP_ROLE_GC:
        /* _gc._tcp of another domain than the forest root is a mistake of the asking tool. */
        return parts->msdcs;
    default:
        return FALSE;
    }
}

#define RCODE_SERVFAIL 2

/* Names that only look like a domain: NetBIOS names, and what a suffix search made of them. */
static gboolean is_a_domain(const char *domain)
{
    return domain && strchr(domain, '.') != NULL;
}

/* Of an IPv4 address whose first has three digits. */
static guint second_byte(const char *address)
{
    const char *text = address + strlen("172.");
    guint64 second = 0;

    (void)adp_number_at(text, strlen(text), 255, &second);
    return (guint)second;
}

/* RFC 1918, 4193, 3927, 6598 and loopback are not public. */
static gboolean is_public(const char *address)
{
    static const char *const private[] = {"10.", "127.", "192.168.", "169.254.", "fc",
                                          "fd",  "fe80", "::1",      NULL};
    guint i;

    for (i = 0; private[i]; i++) {
        if (adp_has_prefix(address, private[i])) {
            return FALSE;
        }
    }
    if (adp_has_prefix(address, "172.")) {
        guint second = second_byte(address);

        return second < 16 || second > 31;
    }
    if (adp_has_prefix(address, "100.")) {
        guint second = second_byte(address);

        return second < 64 || second > 127;
    }
    return *address != '\0';
}

/* What kind of miss it is decides what may be behind it, and how much it matters. */
static void weigh_miss(adp_rules *r, const adp_group *group, adp_finding *f)
{
    const adp_step *first = adp_group_first(group);
    const char *domain = adp_dns_question(r, first)->parts.domain;
    const char *resolver = adp_rules_address(r, adp_group_last(group)->flow.server);
    guint32 referred = adp_names_referred(r->names, first->client, domain);
    adp_name_form form = adp_dns_form_of(r, first, domain);
    const char *key = "srv-not-found";

    if (form == ADP_NAME_WORKGROUP) {
        key = "srv-not-found/workgroup";
        f->severity = ADP_SEVERITY_NOTE;
    } else if (referred != ADP_NONE) {
        /* The KDC said where to go: this name was not guessed. */
        key = "srv-not-found/referred";
        adp_rules_cite(f, referred);
        adp_rules_sign(f, ADP_SIGN_REFERRED, referred);
    } else if (form == ADP_NAME_MAYBE_FLAT) {
        key = "srv-not-found/child";
        f->severity = ADP_SEVERITY_NOTE;
    } else if (adp_dns_only_kdc(r, group)) {
        key = "srv-not-found/realm";
    } else if (!adp_dns_asks_for_controllers(r, group)) {
        key = "srv-not-found/plain";
    }
    /*
     * A Kerberos client that has a realm guesses others from the names of hosts, web servers among
     * them, and a Mac or printer asks whatever suffix the network gives it: that there is no such
     * domain is no fault of a client that works in its own.
     */
    if (referred == ADP_NONE && !adp_dns_asks_for_controllers(r, group) &&
        adp_rules_good(r, first->client, ADP_TOPIC_REALM, NULL, NULL) &&
        (adp_dns_only_kdc(r, group) ||
         !adp_same_text(adp_model_path(r->model, first->path)->domain, domain))) {
        f->severity = ADP_SEVERITY_NOTE;
    }
    if (is_public(resolver) && !adp_rules_is_fact(r, ADP_FACT_LOCATES, resolver)) {
        adp_rules_sign(f, ADP_SIGN_PUBLIC_ADDRESS, first->first);
    }
    adp_rules_advise(r, f, key, "domain", domain, "realm", domain, "resolver", resolver, "name",
                     adp_dns_question(r, first)->name, "parent", adp_parent_domain(domain), NULL);
}

/*
 * Programs that take a host's name for a domain's do so beside their real one. Where the client
 * finds no domain at all, an address for the name makes it no host: domains have addresses, too.
 */
static gboolean is_mere_host(const adp_rules *r, const adp_step *step, const char *name)
{
    return adp_names_host(r->names, name) != ADP_NONE &&
           adp_names_found_any(r->names, step->client) != ADP_NONE;
}

static void report_not_found(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const adp_step *last = adp_group_last(group);
    const char *domain = adp_dns_question(r, first)->parts.domain;
    const char *resolver = adp_rules_address(r, last->flow.server);
    adp_finding *f = adp_rules_find(r, ADP_FINDING_SRV_NOT_FOUND, first->path, domain);
    char *names = adp_dns_names(r, group);

    adp_rules_cite_group(r, f, group);
    adp_rules_summary(f, "DNS server %s has no locator records of %s", resolver, domain);
    adp_rules_observed(f, "%s: no such name or no such record, said by %s", names, resolver);
    adp_rules_inferred(f,
                       "No lookup of this client for %s succeeds in the capture. Windows does not "
                       "ask again within 45 s after a miss, so silence after it is no recovery.",
                       domain);
    weigh_miss(r, group, f);
    adp_rules_remedy(f, first->client, ADP_TOPIC_PING_DOMAIN, domain);
    g_free(names);
}

/* All misses of a domain are one cause, if the client asked for a name that any domain has. */
static void not_found(adp_rules *r)
{
    adp_groups *groups = adp_groups_new();
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_srv_name *parts;

        if (step->kind != ADP_STEP_SRV || adp_rules_outcome(r, step) != ADP_FAILED ||
            !adp_dns_is_miss(adp_dns_answer(r, step))) {
            continue;
        }
        parts = &adp_dns_question(r, step)->parts;
        if (parts->role == ADP_ROLE_AUTODISCOVER || parts->role == ADP_ROLE_PARTITION ||
            (parts->role == ADP_ROLE_GC && !parts->msdcs) || !is_a_domain(parts->domain) ||
            adp_dns_form_of(r, step, parts->domain) == ADP_NAME_FLAT ||
            is_mere_host(r, step, parts->domain)) {
            continue;
        }
        adp_groups_add(groups, step, parts->domain);
        if (is_generic(parts)) {
            adp_groups_get(groups, step->path, parts->domain)->bad++;
        }
    }
    for (i = 0; i < groups->list->len; i++) {
        const adp_group *group = g_ptr_array_index(groups->list, i);
        const adp_step *first = adp_group_first(group);

        if (group->bad && !adp_dns_good(r, first, ADP_TOPIC_SRV_DOMAIN,
                                        adp_dns_question(r, first)->parts.domain, NULL)) {
            report_not_found(r, group);
        }
    }
    adp_groups_free(groups);
}

static void site_not_found(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_srv_name *parts;
        adp_finding *f;
        char *generic;
        char *subject;
        gboolean found;

        if (step->kind != ADP_STEP_SRV || !adp_dns_is_miss(adp_dns_answer(r, step))) {
            continue;
        }
        parts = &adp_dns_question(r, step)->parts;
        if (!parts->site || !parts->domain || parts->role == ADP_ROLE_AUTODISCOVER) {
            continue;
        }
        generic = adp_dns_generic_name(parts);
        found = adp_dns_good(r, step, ADP_TOPIC_SRV_GENERIC, generic, NULL) != NULL;
        g_free(generic);
        if (!found ||
            adp_dns_good(r, step, ADP_TOPIC_SRV_NAME, adp_dns_question(r, step)->name, NULL)) {
            continue;
        }
        subject = g_strdup_printf("%s|%s", parts->site, parts->domain);
        f = adp_rules_find(r, ADP_FINDING_SRV_SITE_NOT_FOUND, step->path, subject);
        g_free(subject);
        adp_rules_cite_step(r, f, step);
        if (f->summary) {
            continue;
        }
        adp_rules_summary(f,
                          "Site %s of %s has no locator records; the client asked without a site",
                          parts->site, parts->domain);
        adp_rules_observed(f, "%s: no such name; the name without a site was answered",
                           adp_dns_question(r, step)->name);
        adp_rules_inferred(f, "No domain controller registers itself for that site, or the client "
                              "keeps the name of a site that is gone. It then learns its site from "
                              "the LDAP ping.");
        adp_rules_advise(r, f, "srv-site-not-found", "site", parts->site, "domain", parts->domain,
                         "name", adp_dns_question(r, step)->name, NULL);
    }
}

static void report_msdcs(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const adp_srv_name *parts = &adp_dns_question(r, first)->parts;
    adp_finding *f;
    char *names;
    guint i;

    if (group->bad == 0 || adp_dns_good(r, first, ADP_TOPIC_SRV_MSDCS, parts->domain, NULL) ||
        !adp_dns_good(r, first, ADP_TOPIC_SRV_PLAIN, parts->domain, NULL) ||
        !adp_rules_is_fact(r, ADP_FACT_ACTIVE_DIRECTORY, parts->domain)) {
        return;
    }
    f = adp_rules_find(r, ADP_FINDING_SRV_MSDCS_MISSING, first->path, parts->domain);
    names = adp_dns_names(r, group);
    for (i = 0; i < group->steps->len; i++) {
        adp_rules_say(r, ADP_SAID_MSDCS,
                      adp_dns_question(r, g_ptr_array_index(group->steps, i))->name);
    }
    adp_rules_cite_group(r, f, group);
    adp_rules_summary(f, "The _msdcs names of %s are missing, though the domain's own are there",
                      parts->domain);
    adp_rules_observed(f,
                       "%s: no such name, or a failure of the DNS server; _ldap._tcp.%s was "
                       "answered",
                       names, parts->domain);
    adp_rules_inferred(f,
                       "%s is an Active Directory, as a domain controller of it has shown, so the "
                       "zone _msdcs, its delegation or its records are broken.",
                       parts->domain);
    adp_rules_advise(r, f, "srv-msdcs-missing", "domain", parts->domain, "name",
                     adp_dns_question(r, first)->name, "resolver",
                     adp_rules_address(r, first->flow.server), NULL);
    g_free(names);
}

static void msdcs_missing(adp_rules *r)
{
    adp_groups *groups = adp_groups_new();
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_dns *dns = step->kind == ADP_STEP_SRV ? adp_dns_answer(r, step) : NULL;
        const adp_srv_name *parts;

        /* A delegation to a server that is gone ends in SERVFAIL. */
        if (!adp_dns_is_miss(dns) && !(dns && dns->rcode == RCODE_SERVFAIL)) {
            continue;
        }
        parts = &adp_dns_question(r, step)->parts;
        /* Global catalogs and GUIDs stand in the forest's zone, which may be another. */
        if (parts->msdcs && parts->domain &&
            (parts->role == ADP_ROLE_DC || parts->role == ADP_ROLE_PDC ||
             parts->role == ADP_ROLE_KDC)) {
            adp_groups_add(groups, step, parts->domain);
            if (!parts->site) {
                adp_groups_get(groups, step->path, parts->domain)->bad++;
            }
        }
    }
    for (i = 0; i < groups->list->len; i++) {
        report_msdcs(r, g_ptr_array_index(groups->list, i));
    }
    adp_groups_free(groups);
}

void adp_rules_dns(adp_rules *r)
{
    not_found(r);
    site_not_found(r);
    msdcs_missing(r);
}
