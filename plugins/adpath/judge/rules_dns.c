/* rules_dns.c
 * Findings about locator names.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_dns.h"

#include "case/names.h"
#include "facts/absence.h"
#include "facts/outcome.h"
#include "join/attempts.h"
#include "join/hosts.h"
#include "join/identity.h"
#include "join/learn.h"
#include "join/model.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/silence.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/number.h"
#include "wire/ports.h"
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

#define RCODE_SERVFAIL 2

static const adp_step *good(const adp_rules *r, const adp_step *step, adp_topic topic,
                            const char *name, const adp_step *after)
{
    return adp_rules_good(r, step->flow.client, topic, name, after);
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
        adp_rules_note_good(r, step, ADP_TOPIC_SRV_ANSWER, question(r, step)->name);
    }
    if (!is_answered(dns)) {
        return;
    }
    adp_rules_note_good(r, step, ADP_TOPIC_SRV_NAME, question(r, step)->name);
    adp_rules_add_fact(r, ADP_FACT_LOCATES, adp_rules_address(r, step->flow.server));
    if (parts->role == ADP_ROLE_KDC) {
        adp_rules_note_good(r, step, ADP_TOPIC_REALM, NULL);
    }
    if (parts->role != ADP_ROLE_AUTODISCOVER && parts->role != ADP_ROLE_PARTITION) {
        adp_rules_note_good(r, step, ADP_TOPIC_SRV_DOMAIN, parts->domain);
    }
    if (parts->msdcs && parts->role != ADP_ROLE_GC) {
        adp_rules_note_good(r, step, ADP_TOPIC_SRV_MSDCS, parts->domain);
    }
    if (parts->role == ADP_ROLE_DOMAIN && !parts->site) {
        adp_rules_note_good(r, step, ADP_TOPIC_SRV_PLAIN, parts->domain);
    }
    if (!parts->site) {
        char *generic = generic_name(parts);

        adp_rules_note_good(r, step, ADP_TOPIC_SRV_GENERIC, generic);
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
            adp_rules_note_good(r, step, ADP_TOPIC_REALM, NULL);
        } else if (step->kind == ADP_STEP_PING && adp_rules_outcome(r, step) == ADP_OK &&
                   step->netlogon != ADP_NONE) {
            adp_rules_note_good(r, step, ADP_TOPIC_PING_DOMAIN,
                                adp_model_obs(r->model, step->netlogon)->u.entry->netlogon.domain);
        }
    }
}

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

/* The names of the steps, each once, as one phrase; free with g_free(). */
static char *names_of(const adp_rules *r, const adp_group *group)
{
    GString *out = g_string_new(NULL);
    GHashTable *seen = g_hash_table_new(adp_str_hash, adp_str_equal);
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

/* ---- flat names ---- */

/* What speaks for a first label being a NetBIOS name, ADP_NONE: nothing does. */
static guint32 flat_sign(const adp_rules *r, const adp_step *step, const char *label)
{
    guint32 sign = adp_names_netbios(r->names, label);

    if (sign == ADP_NONE) {
        sign = adp_names_asked_bare(r->names, step->flow.client, label);
    }
    return sign;
}

/* How a domain of this name came to be asked for. */
typedef enum {
    NAME_PROPER,    /* as far as the capture tells, it was meant as it stands */
    NAME_WORKGROUP, /* the machine is in no domain */
    NAME_FLAT,      /* a NetBIOS name, bare or with a suffix that the resolver added */
    NAME_MAYBE_FLAT /* a label before a domain that works: a child domain, or the same */
} name_form;

static name_form form_of(const adp_rules *r, const adp_step *step, const char *domain)
{
    char *label = adp_first_label(domain);
    const char *suffix = adp_parent_domain(domain);
    name_form form = NAME_PROPER;

    if (adp_is_workgroup(label)) {
        form = NAME_WORKGROUP;
    } else if (adp_names_domain(r->names, domain) != ADP_NONE ||
               (suffix && adp_same_text(adp_names_dns_of(r->names, label), domain))) {
        /* Where it works, a name stands for itself, also one that begins like the NetBIOS name. */
        form = NAME_PROPER;
    } else if (!suffix || flat_sign(r, step, label) != ADP_NONE) {
        form = NAME_FLAT;
    } else if (adp_names_domain(r->names, suffix) != ADP_NONE) {
        form = NAME_MAYBE_FLAT;
    } else if (adp_looks_like_netbios(label) && !adp_looks_like_netbios(suffix) &&
               strchr(suffix, '.')) {
        /* Capitals before a suffix in small letters: typed by somebody, and completed. */
        form = NAME_FLAT;
    }
    g_free(label);
    return form;
}

static void report_flat(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const char *domain = question(r, first)->parts.domain;
    char *label = adp_first_label(domain);
    guint32 known = adp_names_netbios(r->names, label);
    guint32 found = adp_names_found_any(r->names, first->flow.client);
    const char *dns = adp_names_dns_of(r->names, label);
    adp_finding *f = adp_rules_find(r, ADP_FINDING_FLAT_DOMAIN_NAME, first->path, label);
    char *names = names_of(r, group);

    adp_rules_cite_group(r, f, group);
    adp_rules_summary(f, "%s was asked for as a DNS domain, and is a NetBIOS name", label);
    adp_rules_observed(f, "%s: not found or not looked up, said by %s", names,
                       adp_rules_address(r, adp_group_last(group)->flow.server));
    if (found != ADP_NONE) {
        adp_rules_inferred(f,
                           "A program or setting gives the domain by its NetBIOS name%s%s, and the "
                           "resolver looks it up in DNS. The client found a domain all the same.",
                           known != ADP_NONE ? ", which is that of " : "",
                           known != ADP_NONE ? dns : "");
        f->severity = ADP_SEVERITY_NOTE;
    } else {
        adp_rules_inferred(f, "DNS knows domains by their full names only. The client asked for a "
                              "NetBIOS name and found no domain at all in this capture: the full "
                              "name is missing in its setting, or broadcasts and WINS, by which "
                              "NetBIOS names were found, do not work any more.");
    }
    if (known != ADP_NONE) {
        adp_rules_sign(f, ADP_SIGN_NETBIOS_KNOWN, known);
    }
    if (!adp_looks_like_netbios(label)) {
        adp_rules_sign(f, ADP_SIGN_NOT_CAPITALS, first->first);
    }
    adp_rules_advise(r, f, "flat-domain-name", "short", label, "domain",
                     known != ADP_NONE ? dns : NULL, "name", question(r, first)->name, "resolver",
                     adp_rules_address(r, first->flow.server), NULL);
    g_free(names);
    g_free(label);
}

/* A NetBIOS name in the place of a domain: not found, or not even looked up. */
static void flat_names(adp_rules *r)
{
    adp_groups *groups = adp_groups_new();
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_dns *dns = step->kind == ADP_STEP_SRV ? answer(r, step) : NULL;
        const char *domain;
        char *label;

        if (!dns || dns->truncated || dns->damaged || is_answered(dns)) {
            continue;
        }
        domain = question(r, step)->parts.domain;
        if (!domain || !*domain || question(r, step)->parts.role == ADP_ROLE_AUTODISCOVER ||
            question(r, step)->parts.service->miss_is_normal ||
            form_of(r, step, domain) != NAME_FLAT || adp_names_host(r->names, domain) != ADP_NONE) {
            continue;
        }
        label = adp_first_label(domain);
        adp_groups_add(groups, step, label);
        g_free(label);
    }
    for (i = 0; i < groups->list->len; i++) {
        report_flat(r, g_ptr_array_index(groups->list, i));
    }
    adp_groups_free(groups);
}

/* What kind of miss it is decides what may be behind it, and how much it matters. */
static void weigh_miss(adp_rules *r, const adp_group *group, adp_finding *f)
{
    const adp_step *first = adp_group_first(group);
    const char *domain = question(r, first)->parts.domain;
    const char *resolver = adp_rules_address(r, adp_group_last(group)->flow.server);
    guint32 referred = adp_names_referred(r->names, first->flow.client, domain);
    name_form form = form_of(r, first, domain);
    const char *key = "srv-not-found";

    if (form == NAME_WORKGROUP) {
        key = "srv-not-found/workgroup";
        f->severity = ADP_SEVERITY_NOTE;
    } else if (referred != ADP_NONE) {
        /* The KDC said where to go: this name was not guessed. */
        key = "srv-not-found/referred";
        adp_rules_cite(f, referred);
        adp_rules_sign(f, ADP_SIGN_REFERRED, referred);
    } else if (form == NAME_MAYBE_FLAT) {
        key = "srv-not-found/child";
        f->severity = ADP_SEVERITY_NOTE;
    } else if (only_kdc(r, group)) {
        key = "srv-not-found/realm";
    } else if (!asks_for_controllers(r, group)) {
        key = "srv-not-found/plain";
    }
    /*
     * A Kerberos client that has a realm guesses others from the names of hosts, web servers among
     * them, and a Mac or printer asks whatever suffix the network gives it: that there is no such
     * domain is no fault of a client that works in its own.
     */
    if (referred == ADP_NONE && !asks_for_controllers(r, group) &&
        adp_rules_good(r, first->flow.client, ADP_TOPIC_REALM, NULL, NULL) &&
        (only_kdc(r, group) ||
         !adp_same_text(adp_model_path(r->model, first->path)->domain, domain))) {
        f->severity = ADP_SEVERITY_NOTE;
    }
    if (is_public(resolver) && !adp_rules_is_fact(r, ADP_FACT_LOCATES, resolver)) {
        adp_rules_sign(f, ADP_SIGN_PUBLIC_ADDRESS, first->first);
    }
    adp_rules_advise(r, f, key, "domain", domain, "realm", domain, "resolver", resolver, "name",
                     question(r, first)->name, "parent", adp_parent_domain(domain), NULL);
}

/*
 * Programs that take a host's name for a domain's do so beside their real one. Where the client
 * finds no domain at all, an address for the name makes it no host: domains have addresses, too.
 */
static gboolean is_mere_host(const adp_rules *r, const adp_step *step, const char *name)
{
    return adp_names_host(r->names, name) != ADP_NONE &&
           adp_names_found_any(r->names, step->flow.client) != ADP_NONE;
}

static void report_not_found(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const adp_step *last = adp_group_last(group);
    const char *domain = question(r, first)->parts.domain;
    const char *resolver = adp_rules_address(r, last->flow.server);
    adp_finding *f = adp_rules_find(r, ADP_FINDING_SRV_NOT_FOUND, first->path, domain);
    char *names = names_of(r, group);

    adp_rules_cite_group(r, f, group);
    adp_rules_summary(f, "DNS server %s has no locator records of %s", resolver, domain);
    adp_rules_observed(f, "%s: no such name or no such record, said by %s", names, resolver);
    adp_rules_inferred(f,
                       "No lookup of this client for %s succeeds in the capture. Windows does not "
                       "ask again within 45 s after a miss, so silence after it is no recovery.",
                       domain);
    weigh_miss(r, group, f);
    adp_rules_remedy(f, first->flow.client, ADP_TOPIC_PING_DOMAIN, domain);
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
            (parts->role == ADP_ROLE_GC && !parts->msdcs) || !is_a_domain(parts->domain) ||
            form_of(r, step, parts->domain) == NAME_FLAT || is_mere_host(r, step, parts->domain)) {
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

        if (group->bad &&
            !good(r, first, ADP_TOPIC_SRV_DOMAIN, question(r, first)->parts.domain, NULL)) {
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
        found = good(r, step, ADP_TOPIC_SRV_GENERIC, generic, NULL) != NULL;
        g_free(generic);
        if (!found || good(r, step, ADP_TOPIC_SRV_NAME, question(r, step)->name, NULL)) {
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

    if (group->bad == 0 || good(r, first, ADP_TOPIC_SRV_MSDCS, parts->domain, NULL) ||
        !good(r, first, ADP_TOPIC_SRV_PLAIN, parts->domain, NULL) ||
        !adp_rules_is_fact(r, ADP_FACT_ACTIVE_DIRECTORY, parts->domain)) {
        return;
    }
    f = adp_rules_find(r, ADP_FINDING_SRV_MSDCS_MISSING, first->path, parts->domain);
    names = names_of(r, group);
    for (i = 0; i < group->steps->len; i++) {
        adp_rules_say(r, ADP_SAID_MSDCS, question(r, g_ptr_array_index(group->steps, i))->name);
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
 * Was there such an answer after the question was asked? Clients ask several servers at once, so the
 * question that was answered may have come before this one.
 */
static gboolean answered_later(const adp_rules *r, const adp_step *step, adp_topic topic,
                               const char *name)
{
    const adp_step *last = adp_rules_good_before(r, step->flow.client, topic, name, ADP_NONE);

    return last && last->reply > step->first;
}

static void unanswered(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_dns *dns;
        adp_finding *f;

        if (step->kind != ADP_STEP_SRV || adp_rules_outcome(r, step) != ADP_UNANSWERED) {
            continue;
        }
        dns = question(r, step);
        if (dns->parts.service->miss_is_normal ||
            answered_later(r, step, ADP_TOPIC_SRV_ANSWER, dns->name)) {
            continue;
        }
        f = adp_rules_find(r, ADP_FINDING_SRV_UNANSWERED, step->path, dns->name);
        adp_rules_cite_step(r, f, step);
        adp_rules_sign_silence(r, f, step);
        if (!f->summary) {
            char *server = adp_rules_named(r, step->flow.server);
            char *words = adp_rules_silence_words(r, step);

            adp_rules_summary(f, "No reply to the lookup of %s", dns->name);
            adp_rules_observed(f, "%s was asked for %s%s", server, dns->name, words);
            g_free(words);
            adp_rules_inferred(f, "The capture goes on for more than five seconds and holds "
                                  "other frames to this client, so an answer would be in it.");
            adp_rules_advise(r, f, "srv-unanswered", "name", dns->name, "domain", dns->parts.domain,
                             "resolver", adp_rules_address(r, step->flow.server), NULL);
            adp_rules_remedy(f, step->flow.client, ADP_TOPIC_SRV_DOMAIN, dns->parts.domain);
            g_free(server);
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
        adp_finding *f;

        if (!dns || dns->truncated || dns->damaged || dns->rcode == 0 || dns->rcode == 3) {
            continue;
        }
        asked = question(r, step);
        if (!asked->parts.service || asked->parts.service->miss_is_normal ||
            asked->parts.role == ADP_ROLE_AUTODISCOVER ||
            answered_later(r, step, ADP_TOPIC_SRV_NAME, asked->name) ||
            adp_rules_is_said(r, ADP_SAID_MSDCS, asked->name) ||
            adp_model_has_foreign_suffix(r->model, step) ||
            (asked->parts.domain && form_of(r, step, asked->parts.domain) == NAME_FLAT)) {
            continue;
        }
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
            adp_rules_remedy(f, step->flow.client, ADP_TOPIC_SRV_DOMAIN, asked->parts.domain);
        }
        if (asked->parts.role != ADP_ROLE_KDC) {
            adp_rules_say(r, ADP_SAID_NOT_GUESSED, asked->parts.domain);
            adp_rules_unrecovered(f);
        } else if (adp_rules_good(r, step->flow.client, ADP_TOPIC_REALM, NULL, NULL) &&
                   !adp_rules_is_said(r, ADP_SAID_NOT_GUESSED, asked->parts.domain)) {
            /* As of srv-not-found: realms are guessed from the names of hosts. */
            f->severity = ADP_SEVERITY_NOTE;
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
                adp_rules_note_good(r, step, ADP_TOPIC_ADDRESS, dns->hosts.items[h].name);
            }
        }
        if (step->kind == ADP_STEP_ADDRESS && has_address(dns)) {
            adp_rules_note_good(r, step, ADP_TOPIC_ADDRESS,
                                question(r, step)->name); /* by way of an alias */
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
            good(r, step, ADP_TOPIC_ADDRESS, name, NULL)) {
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

/* ---- a target of "." ---- */

static gboolean is_not_offered(const adp_obs_dns *dns)
{
    return dns && dns->rcode == 0 && dns->records.count == 1 && !*dns->records.items[0].target;
}

static void not_offered(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_dns *asked;
        const adp_step *by;
        adp_finding *f;

        if (step->kind != ADP_STEP_SRV || !is_not_offered(answer(r, step))) {
            continue;
        }
        asked = question(r, step);
        /* Of what is optional, "not offered" is an answer like any other. */
        if (!asked->parts.service || asked->parts.service->miss_is_normal ||
            asked->parts.role == ADP_ROLE_AUTODISCOVER) {
            continue;
        }
        f = adp_rules_find(r, ADP_FINDING_SRV_NOT_OFFERED, step->path, asked->name);
        adp_rules_cite_step(r, f, step);
        adp_rules_summary(f, "DNS says that %s is not offered", asked->name);
        adp_rules_observed(f, "%s answers %s with the target \".\"",
                           adp_rules_address(r, step->flow.server), asked->name);
        adp_rules_inferred(f,
                           "A target of \".\" means that the service is deliberately not offered "
                           "under this name (RFC 2782): a client does not look for an address.");
        adp_rules_advise(r, f, "srv-not-offered", "name", asked->name, "domain",
                         asked->parts.domain, "resolver", adp_rules_address(r, step->flow.server),
                         NULL);
        by = good(r, step, ADP_TOPIC_SRV_DOMAIN, asked->parts.domain, step);
        if (by) {
            adp_rules_recovered(r, f, by);
        } else if (adp_names_found_any(r->names, step->flow.client) == ADP_NONE) {
            f->severity = ADP_SEVERITY_ERROR;
        }
    }
}

/* ---- truncated answers ---- */

/** Connections of one client to one DNS server's TCP port: the last of each kind, + 1; 0: none. */
typedef struct {
    guint64 key;
    guint32 failed;
    guint32 other;
} dns_tcp;

/* By addresses: a step may know which machine behind one it is of, an attempt does not. */
static guint64 ends_of(const adp_rules *r, const adp_flow *flow)
{
    return ((guint64)adp_model_own_address(r->model, flow->client) << 32) | flow->server;
}

static GHashTable *dns_over_tcp(const adp_rules *r)
{
    GHashTable *all = g_hash_table_new_full(adp_int64_hash, g_int64_equal, NULL, g_free);
    guint32 i;

    for (i = 0; i < adp_model_attempt_count(r->model); i++) {
        const adp_attempt *attempt = adp_model_attempt(r->model, i);
        guint64 key = ends_of(r, &attempt->flow);
        dns_tcp *found;

        if (!adp_port_is_dns(attempt->flow.server_port)) {
            continue;
        }
        found = g_hash_table_lookup(all, &key);
        if (!found) {
            found = g_new0(dns_tcp, 1);
            found->key = key;
            g_hash_table_insert(all, &found->key, found);
        }
        *(adp_rules_attempt_failed(r, attempt) ? &found->failed : &found->other) = i + 1;
    }
    return all;
}

/* How TCP to this resolver failed after the truncated answer; NULL: it was not tried, or it worked. */
static const adp_attempt *failed_tcp(const adp_rules *r, GHashTable *over_tcp, const adp_step *step)
{
    guint64 key = ends_of(r, &step->flow);
    const dns_tcp *found = g_hash_table_lookup(over_tcp, &key);
    const adp_attempt *failed =
        found && found->failed ? adp_model_attempt(r->model, found->failed - 1) : NULL;

    if (found && found->other &&
        adp_model_attempt(r->model, found->other - 1)->first > step->reply) {
        return NULL;
    }
    return failed && failed->first > step->reply ? failed : NULL;
}

/* Truncated, and the client never asks over TCP: it may not know how, or be kept from it. */
static void tcp_unused(adp_rules *r, const adp_step *step)
{
    const char *name = question(r, step)->name;
    const char *resolver = adp_rules_address(r, step->flow.server);
    adp_finding *f;

    /* A client that finds its directory has asked somewhere, or took what there was. */
    if (answered_later(r, step, ADP_TOPIC_SRV_DOMAIN, question(r, step)->parts.domain) ||
        adp_rules_good(r, step->flow.client, ADP_TOPIC_PING, NULL, step) ||
        adp_rules_good(r, step->flow.client, ADP_TOPIC_REALM, NULL, step) ||
        adp_since(r->end, adp_rules_reply(r, step)->time) < ADP_PATIENCE) {
        return;
    }
    f = adp_rules_find(r, ADP_FINDING_DNS_TCP_BLOCKED, step->path, resolver);
    adp_rules_cite_step(r, f, step);
    if (f->summary) {
        return;
    }
    adp_rules_summary(
        f, "DNS server %s answers %s too big for UDP, and the client does not ask over TCP",
        resolver, name);
    adp_rules_observed(f,
                       "%s answered %s with TC=1 (truncated); the capture holds no connection of "
                       "this client to its TCP port 53",
                       resolver, name);
    adp_rules_inferred(f, "An answer with many domain controllers does not fit into a UDP packet: "
                          "the client has to ask again over TCP. That it does not, or that the "
                          "capture leaves TCP out, is why it finds nothing here.");
    adp_rules_advise(r, f, "dns-tcp-blocked", "name", name, "resolver", resolver, "server",
                     resolver, NULL);
    adp_rules_sign(f, ADP_SIGN_TCP_NOT_TRIED, step->reply);
}

static void tcp_blocked(adp_rules *r)
{
    GHashTable *over_tcp = dns_over_tcp(r);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_dns *dns =
            step->kind == ADP_STEP_SRV || step->kind == ADP_STEP_ADDRESS ? answer(r, step) : NULL;
        const char *how;
        const char *name;
        const adp_attempt *attempt;
        adp_finding *f;
        char *server;

        if (!dns || !dns->truncated) {
            continue;
        }
        name = question(r, step)->name;
        if (good(r, step, ADP_TOPIC_SRV_NAME, name, step) ||
            good(r, step, ADP_TOPIC_ADDRESS, name, step)) {
            continue;
        }
        attempt = failed_tcp(r, over_tcp, step);
        if (!attempt) {
            guint64 key = ends_of(r, &step->flow);

            if (step->kind == ADP_STEP_SRV && step->request != ADP_NONE &&
                !g_hash_table_contains(over_tcp, &key)) {
                tcp_unused(r, step);
            }
            continue;
        }
        how = adp_rules_attempt_failed(r, attempt);
        server = adp_rules_named(r, step->flow.server);
        f = adp_rules_find(r, ADP_FINDING_DNS_TCP_BLOCKED, step->path,
                           adp_rules_address(r, step->flow.server));
        adp_rules_cite_step(r, f, step);
        adp_rules_cite_attempt(r, f, attempt);
        adp_rules_summary(f, "DNS server %s answers %s too big for UDP, and its TCP port 53 %s",
                          adp_rules_address(r, step->flow.server), name,
                          adp_rules_attempt_words(how));
        adp_rules_observed(f,
                           "%s answered %s with TC=1 (truncated); the connection to its TCP port "
                           "53 %s",
                           server, name, adp_rules_attempt_words(how));
        adp_rules_inferred(f, "An answer with many domain controllers does not fit into a UDP "
                              "packet: the client has to ask again over TCP, and cannot.");
        adp_rules_advise(r, f, "dns-tcp-blocked", "name", name, "resolver",
                         adp_rules_address(r, step->flow.server), "server",
                         adp_rules_address(r, step->flow.server), NULL);
        adp_rules_sign_attempt(r, f, attempt);
        g_free(server);
    }
    g_hash_table_unref(over_tcp);
}

void adp_rules_learn_dns(adp_rules *r)
{
    learn(r);
    learn_addresses(r);
}

void adp_rules_dns(adp_rules *r)
{
    flat_names(r);
    not_found(r);
    site_not_found(r);
    msdcs_missing(r);
    unanswered(r);
    resolver_failed(r);
    target_unresolvable(r);
    not_offered(r);
    tcp_blocked(r);
}
