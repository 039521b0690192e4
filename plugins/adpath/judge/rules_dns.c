/* rules_dns.c
 * Findings about locator names.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_dns.h"

#include "facts/outcome.h"
#include "join/hosts.h"
#include "join/model.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "log/observation.h"
#include "wire/srv_name.h"
#include "wire/text.h"

#include <string.h>

static const adp_obs_dns *question(const adp_rules *r, const adp_step *step)
{
    return adp_model_obs(r->model, step->first)->u.dns;
}

static const adp_obs_dns *answer(const adp_rules *r, const adp_step *step)
{
    const adp_obs *reply = adp_rules_reply(r, step);

    return reply ? reply->u.dns : NULL;
}

static gboolean is_answered(const adp_obs_dns *dns)
{
    return dns && dns->rcode == 0 && dns->records.count && *dns->records.items[0].target;
}

/* NXDOMAIN, or no such record. */
static gboolean is_miss(const adp_obs_dns *dns)
{
    return dns && !dns->truncated && !dns->damaged &&
           (dns->rcode == 3 || (dns->rcode == 0 && dns->records.count == 0));
}

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

static const char *const good_domain = "srv-domain|";
static const char *const good_name = "srv-name|";
static const char *const good_generic = "srv-generic|";
static const char *const good_msdcs = ADP_TOPIC_SRV_MSDCS;
static const char *const good_plain = ADP_TOPIC_SRV_PLAIN;
static const char *const good_ping = "ping|";
/* A KDC of some realm was found, or gave a ticket. */
#define ADP_TOPIC_REALM "realm"
/* srv-msdcs-missing is said of this name. */
#define FACT_MSDCS "msdcs missing|"

/* Other names than a KDC's were asked for this domain. */
#define FACT_NOT_GUESSED "not guessed|"

#define RCODE_SERVFAIL 2

static void note(adp_rules *r, const adp_step *step, const char *what, const char *name)
{
    char *topic = g_strconcat(what, name ? name : "", NULL);

    adp_rules_note_good(r, step, topic);
    g_free(topic);
}

static const adp_step *good(const adp_rules *r, const adp_step *step, const char *what,
                            const char *name, const adp_step *after)
{
    char *topic = g_strconcat(what, name ? name : "", NULL);
    const adp_step *found = adp_rules_good(r, step->flow.client, topic, after);

    g_free(topic);
    return found;
}

/* What a name asks for when the site is left out of it; free with g_free(). */
static char *generic_name(const adp_srv_name *parts)
{
    return g_strdup_printf("%s|%d|%s", parts->service->label, (int)parts->role,
                           parts->domain ? parts->domain : "");
}

static void learn_srv(adp_rules *r, const adp_step *step)
{
    const adp_obs_dns *dns = answer(r, step);
    const adp_srv_name *parts = &question(r, step)->parts;

    if (dns && !dns->damaged) {
        /* Any answer at all, good or bad, means that somebody answers for the name. */
        note(r, step, "srv-answer|", question(r, step)->name);
    }
    if (!is_answered(dns)) {
        return;
    }
    note(r, step, good_name, question(r, step)->name);
    if (parts->role == ADP_ROLE_KDC) {
        adp_rules_note_good(r, step, ADP_TOPIC_REALM);
    }
    if (parts->role != ADP_ROLE_AUTODISCOVER && parts->role != ADP_ROLE_PARTITION) {
        note(r, step, good_domain, parts->domain);
    }
    if (parts->msdcs && parts->role != ADP_ROLE_GC) {
        note(r, step, good_msdcs, parts->domain);
    }
    if (parts->role == ADP_ROLE_DOMAIN && !parts->site) {
        note(r, step, good_plain, parts->domain);
    }
    if (!parts->site) {
        char *generic = generic_name(parts);

        note(r, step, good_generic, generic);
        g_free(generic);
    }
}

static void learn(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (step->kind == ADP_STEP_SRV) {
            learn_srv(r, step);
        } else if (step->kind == ADP_STEP_KERBEROS && adp_rules_outcome(r, step) == ADP_OK) {
            adp_rules_note_good(r, step, ADP_TOPIC_REALM);
        } else if (step->kind == ADP_STEP_PING && adp_rules_outcome(r, step) == ADP_OK &&
                   step->netlogon != ADP_NONE) {
            note(r, step, good_ping,
                 adp_model_obs(r->model, step->netlogon)->u.entry->netlogon.domain);
        }
    }
}

/* Names that only look like a domain: NetBIOS names, and what a suffix search made of them. */
static gboolean is_a_domain(const char *domain)
{
    return domain && strchr(domain, '.') != NULL;
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
        guint64 second = g_ascii_strtoull(address + 4, NULL, 10);

        return second < 16 || second > 31;
    }
    if (adp_has_prefix(address, "100.")) {
        guint64 second = g_ascii_strtoull(address + 4, NULL, 10);

        return second < 64 || second > 127;
    }
    return *address != '\0';
}

/* The names of the steps, each once, as one phrase; free with g_free(). */
static char *names_of(const adp_rules *r, const adp_group *group)
{
    GString *out = g_string_new(NULL);
    GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);
    guint shown = 0;
    guint i;

    for (i = 0; i < group->steps->len; i++) {
        const char *name = question(r, g_ptr_array_index(group->steps, i))->name;

        if (g_hash_table_contains(seen, name)) {
            continue;
        }
        g_hash_table_add(seen, (gpointer)name);
        if (shown < 3) {
            g_string_append_printf(out, "%s%s", shown ? ", " : "", name);
        }
        shown++;
    }
    if (shown > 3) {
        g_string_append_printf(out, " and %u more", shown - 3);
    }
    g_hash_table_unref(seen);
    return g_string_free(out, FALSE);
}

static gboolean only_kdc(const adp_rules *r, const adp_group *group)
{
    guint i;

    for (i = 0; i < group->steps->len; i++) {
        if (question(r, g_ptr_array_index(group->steps, i))->parts.role != ADP_ROLE_KDC) {
            return FALSE;
        }
    }
    return TRUE;
}

/* Names below _msdcs are asked for by who takes the domain for an Active Directory. */
static gboolean asks_for_controllers(const adp_rules *r, const adp_group *group)
{
    guint i;

    for (i = 0; i < group->steps->len; i++) {
        if (question(r, g_ptr_array_index(group->steps, i))->parts.msdcs) {
            return TRUE;
        }
    }
    return FALSE;
}

static void report_not_found(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const adp_step *last = adp_group_last(group);
    const char *domain = question(r, first)->parts.domain;
    const char *resolver = adp_rules_address(r, last->flow.server);
    const adp_step *by = good(r, first, good_ping, domain, first);
    adp_finding *f = adp_rules_find(r, ADP_FINDING_SRV_NOT_FOUND, first->path, domain);
    char *names = names_of(r, group);

    adp_rules_cite_group(r, f, group);
    adp_rules_summary(f, "DNS server %s has no locator records of %s", resolver, domain);
    adp_rules_observed(f, "%s: no such name or no such record, said by %s", names, resolver);
    adp_rules_inferred(
        f,
        "No lookup of this client for %s succeeds in the capture%s. Windows does not "
        "ask again within 45 s after a miss, so silence after it is no recovery.",
        domain,
        is_public(resolver) ? "; the DNS server's address is a public one, which knows no Active "
                              "Directory"
                            : "");
    adp_rules_advise(r, f,
                     is_public(resolver)               ? "srv-not-found/public-resolver"
                     : only_kdc(r, group)              ? "srv-not-found/realm"
                     : !asks_for_controllers(r, group) ? "srv-not-found/plain"
                                                       : "srv-not-found",
                     "domain", domain, "realm", domain, "resolver", resolver, "name",
                     question(r, first)->name, NULL);
    /*
     * A Kerberos client that has a realm guesses others from the names of hosts, web servers
     * among them; that such a realm does not exist is no fault.
     */
    if (only_kdc(r, group) && adp_rules_good(r, first->flow.client, ADP_TOPIC_REALM, NULL)) {
        f->severity = ADP_SEVERITY_NOTE;
    }
    if (by) {
        adp_rules_recovered(r, f, by);
    }
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
            !is_miss(answer(r, step))) {
            continue;
        }
        parts = &question(r, step)->parts;
        if (parts->role == ADP_ROLE_AUTODISCOVER || parts->role == ADP_ROLE_PARTITION ||
            (parts->role == ADP_ROLE_GC && !parts->msdcs) || !is_a_domain(parts->domain)) {
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

        if (group->bad && !good(r, first, good_domain, question(r, first)->parts.domain, NULL)) {
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

        if (step->kind != ADP_STEP_SRV || !is_miss(answer(r, step))) {
            continue;
        }
        parts = &question(r, step)->parts;
        if (!parts->site || !parts->domain || parts->role == ADP_ROLE_AUTODISCOVER) {
            continue;
        }
        generic = generic_name(parts);
        found = good(r, step, good_generic, generic, NULL) != NULL;
        g_free(generic);
        if (!found || good(r, step, good_name, question(r, step)->name, NULL)) {
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
                           question(r, step)->name);
        adp_rules_inferred(f, "No domain controller registers itself for that site, or the client "
                              "keeps the name of a site that is gone. It then learns its site from "
                              "the LDAP ping.");
        adp_rules_advise(r, f, "srv-site-not-found", "site", parts->site, "domain", parts->domain,
                         "name", question(r, step)->name, NULL);
    }
}

static void report_msdcs(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const adp_srv_name *parts = &question(r, first)->parts;
    adp_finding *f;
    char *names;
    guint i;

    if (group->bad == 0 || good(r, first, good_msdcs, parts->domain, NULL) ||
        !good(r, first, good_plain, parts->domain, NULL) ||
        !adp_rules_is_fact(r, ADP_FACT_ACTIVE_DIRECTORY, parts->domain)) {
        return;
    }
    f = adp_rules_find(r, ADP_FINDING_SRV_MSDCS_MISSING, first->path, parts->domain);
    names = names_of(r, group);
    for (i = 0; i < group->steps->len; i++) {
        adp_rules_add_fact(r, FACT_MSDCS, question(r, g_ptr_array_index(group->steps, i))->name);
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
                     question(r, first)->name, "resolver", adp_rules_address(r, first->flow.server),
                     NULL);
    g_free(names);
}

static void msdcs_missing(adp_rules *r)
{
    adp_groups *groups = adp_groups_new();
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_dns *dns = step->kind == ADP_STEP_SRV ? answer(r, step) : NULL;
        const adp_srv_name *parts;

        /* A delegation to a server that is gone ends in SERVFAIL. */
        if (!is_miss(dns) && !(dns && dns->rcode == RCODE_SERVFAIL)) {
            continue;
        }
        parts = &question(r, step)->parts;
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

/*
 * Did anybody answer for the name after the question was asked? Clients ask several servers at
 * once, so the question that was answered may have come before this one.
 */
static gboolean answered_later(const adp_rules *r, const adp_step *step, const char *name)
{
    char *topic = g_strconcat("srv-answer|", name, NULL);
    const adp_step *last = adp_rules_good_before(r, step->flow.client, topic, ADP_NONE);

    g_free(topic);
    return last && last->reply > step->first;
}

static void unanswered(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_dns *dns;
        const adp_step *by;
        adp_finding *f;

        if (step->kind != ADP_STEP_SRV || adp_rules_outcome(r, step) != ADP_UNANSWERED) {
            continue;
        }
        dns = question(r, step);
        if (dns->parts.service->miss_is_normal || answered_later(r, step, dns->name)) {
            continue;
        }
        by = good(r, step, good_domain, dns->parts.domain, step);
        f = adp_rules_find(r, ADP_FINDING_SRV_UNANSWERED, step->path, dns->name);
        adp_rules_cite_step(r, f, step);
        if (!f->summary) {
            char *server = adp_rules_named(r, step->flow.server);

            adp_rules_summary(f, "No reply to the lookup of %s", dns->name);
            adp_rules_observed(f, "%s was asked for %s, and did not answer in the capture", server,
                               dns->name);
            adp_rules_inferred(f, "The capture goes on for more than five seconds and holds "
                                  "other frames to this client, so an answer would be in it.");
            adp_rules_advise(r, f, "srv-unanswered", "name", dns->name, "domain", dns->parts.domain,
                             "resolver", adp_rules_address(r, step->flow.server), NULL);
            g_free(server);
        }
        if (by) {
            adp_rules_recovered(r, f, by);
        }
    }
}

static void resolver_failed(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_dns *dns = step->kind == ADP_STEP_SRV ? answer(r, step) : NULL;
        const adp_obs_dns *asked;
        const adp_step *by;
        adp_finding *f;

        if (!dns || dns->truncated || dns->damaged || dns->rcode == 0 || dns->rcode == 3) {
            continue;
        }
        asked = question(r, step);
        if (!asked->parts.service || asked->parts.service->miss_is_normal ||
            asked->parts.role == ADP_ROLE_AUTODISCOVER ||
            good(r, step, good_name, asked->name, NULL) ||
            adp_rules_is_fact(r, FACT_MSDCS, asked->name)) {
            continue;
        }
        by = good(r, step, good_domain, asked->parts.domain, NULL);
        f = adp_rules_find(r, ADP_FINDING_SRV_RESOLVER_FAILED, step->path, asked->parts.domain);
        adp_rules_cite_step(r, f, step);
        if (!f->summary) {
            const char *resolver = adp_rules_address(r, step->flow.server);
            const char *what = dns->rcode == 2   ? "a failure of its own (SERVFAIL)"
                               : dns->rcode == 5 ? "that it refuses (REFUSED)"
                                                 : "another error";

            adp_rules_summary(f, "DNS server %s could not or would not look up %s", resolver,
                              asked->name);
            adp_rules_observed(f, "%s answered the question for %s with %s", resolver, asked->name,
                               what);
            adp_rules_inferred(f, "This tells about the DNS server, not about the directory: "
                                  "whether the name exists, it does not say.");
            adp_rules_advise(r, f, "srv-resolver-failed", "name", asked->name, "domain",
                             asked->parts.domain, "resolver", resolver, NULL);
        }
        if (asked->parts.role != ADP_ROLE_KDC) {
            adp_rules_add_fact(r, FACT_NOT_GUESSED, asked->parts.domain);
            adp_rules_unrecovered(f);
        } else if (adp_rules_good(r, step->flow.client, ADP_TOPIC_REALM, NULL) &&
                   !adp_rules_is_fact(r, FACT_NOT_GUESSED, asked->parts.domain)) {
            /* As of srv-not-found: realms are guessed from the names of hosts. */
            f->severity = ADP_SEVERITY_NOTE;
        }
        if (by) {
            adp_rules_recovered(r, f, by);
        }
    }
}

static gboolean has_address(const adp_obs_dns *dns)
{
    guint i;

    for (i = 0; i < dns->hosts.count; i++) {
        if (dns->hosts.items[i].address != ADP_NONE) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Which of the clients found an address of which host. */
static void learn_addresses(adp_rules *r)
{
    guint32 i;
    guint h;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_dns *dns;

        if (step->kind != ADP_STEP_SRV && step->kind != ADP_STEP_ADDRESS) {
            continue;
        }
        dns = answer(r, step);
        if (!dns) {
            continue;
        }
        for (h = 0; h < dns->hosts.count; h++) {
            if (dns->hosts.items[h].address != ADP_NONE) {
                note(r, step, "address|", dns->hosts.items[h].name);
            }
        }
        if (step->kind == ADP_STEP_ADDRESS && has_address(dns)) {
            note(r, step, "address|", question(r, step)->name); /* by way of an alias */
        }
    }
}

static void target_unresolvable(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const char *name;
        adp_finding *f;

        if (step->kind != ADP_STEP_ADDRESS || adp_rules_outcome(r, step) != ADP_FAILED ||
            !is_miss(answer(r, step))) {
            continue;
        }
        name = question(r, step)->name;
        if (!(adp_model_named(r->model, name) & ADP_NAMED_BY_SRV) ||
            good(r, step, "address|", name, NULL)) {
            continue;
        }
        f = adp_rules_find(r, ADP_FINDING_SRV_TARGET_UNRESOLVABLE, step->path, name);
        adp_rules_cite_step(r, f, step);
        if (f->summary) {
            continue;
        }
        adp_rules_summary(f, "%s stands in a locator record and has no address", name);
        adp_rules_observed(f, "A locator record names %s; %s has no address for it", name,
                           adp_rules_address(r, step->flow.server));
        adp_rules_inferred(f, "The record is left over from a removed domain controller, or the "
                              "host is in a zone that this DNS server does not see.");
        adp_rules_advise(r, f, "srv-target-unresolvable", "host", name, "resolver",
                         adp_rules_address(r, step->flow.server), "domain",
                         adp_model_path(r->model, step->path)->domain, NULL);
    }
}

void adp_rules_dns(adp_rules *r)
{
    learn(r);
    learn_addresses(r);
    not_found(r);
    site_not_found(r);
    msdcs_missing(r);
    unanswered(r);
    resolver_failed(r);
    target_unresolvable(r);
}
