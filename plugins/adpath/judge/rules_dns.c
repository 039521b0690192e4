/* rules_dns.c
 * Findings about locator names that DNS does not have.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_dns.h"

#include "case/name_forms.h"
#include "case/names.h"
#include "case/realms.h"
#include "join/model.h"
#include "judge/catalogue.h"
#include "judge/dns_answers.h"
#include "judge/dns_topics.h"
#include "judge/finding.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/rules_flat.h"
#include "judge/rules_ping.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/address.h"
#include "wire/hash.h"
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

/* Names that only look like a domain: NetBIOS names, and what a suffix search made of them. */
static gboolean is_a_domain(const char *domain)
{
    return domain && strchr(domain, '.') != NULL;
}

/* A filter keeps the names back. Do all answers to the group say so? */
static gboolean sign_withheld(const adp_rules *r, const adp_group *group, adp_finding *f)
{
    gboolean all;
    guint32 by = adp_dns_withheld(r, group, &all);

    if (by != ADP_NONE) {
        adp_rules_sign(f, ADP_SIGN_SAYS_WITHHELD, by);
    }
    return all;
}

/* What kind of miss it is decides what may be behind it, and how much it matters. */
static void weigh_miss(adp_rules *r, const adp_group *group, adp_finding *f)
{
    const adp_step *first = adp_group_first(group);
    const char *domain = adp_dns_question(r, first)->parts->domain;
    const char *resolver = adp_rules_address(r, adp_group_last(group)->flow.server);
    guint32 referred = adp_names_referred(r->names, first->client, domain);
    guint32 suffix = adp_names_logon_suffix(r->names, first->client, domain);
    guint32 machine = adp_names_host_suffix(r->names, first->client, domain);
    adp_name_form form = adp_dns_form_of(r, first, domain);
    const adp_step *pointer =
        adp_rules_good_before(r, first->client, ADP_TOPIC_POINTER, domain, first->first);
    const char *key = "srv-not-found";

    if (form == ADP_NAME_WORKGROUP) {
        char *label = adp_first_label(domain);

        key = adp_is_home_network(domain) ? "srv-not-found/home"
              : adp_is_cloud_label(label) ? "srv-not-found/cloud"
                                          : "srv-not-found/workgroup";
        f->severity = ADP_SEVERITY_NOTE;
        g_free(label);
    } else if (form == ADP_NAME_COMPLETED &&
               adp_names_found_any(r->names, first->client) != ADP_NONE) {
        /* What its resolver made of the name is not there, and it did not need that. */
        f->severity = ADP_SEVERITY_NOTE;
    } else if (referred == ADP_NONE && (suffix != ADP_NONE || machine != ADP_NONE)) {
        guint32 shown = suffix != ADP_NONE ? suffix : machine;

        key = suffix != ADP_NONE ? "srv-not-found/suffix" : "srv-not-found/host-suffix";
        f->severity = ADP_SEVERITY_NOTE;
        adp_rules_cite(f, shown);
        adp_rules_sign(f, suffix != ADP_NONE ? ADP_SIGN_LOGON_SUFFIX : ADP_SIGN_HOST_SUFFIX, shown);
    } else if (referred != ADP_NONE) {
        /* The KDC said where to go: this name was not guessed. */
        key = "srv-not-found/referred";
        adp_rules_cite(f, referred);
        adp_rules_sign(f, ADP_SIGN_REFERRED, referred);
    } else if (pointer) {
        /* Likewise the directory. */
        key = "srv-not-found/pointer";
        adp_rules_cite_step(r, f, pointer);
        adp_rules_sign(f, ADP_SIGN_LED_BY_POINTER, pointer->reply);
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
        ((adp_rules_good(r, first->client, ADP_TOPIC_REALM, NULL, NULL) &&
          (adp_dns_only_kdc(r, group) ||
           !adp_same_text(adp_model_path(r->model, first->path)->domain, domain))) ||
         adp_names_bound_elsewhere(r->names, first->client, domain) != ADP_NONE)) {
        f->severity = ADP_SEVERITY_NOTE;
    }
    if (f->withheld && f->severity != ADP_SEVERITY_NOTE) {
        key = "srv-not-found/withheld";
    }
    if (adp_address_is_public(resolver) && !adp_rules_is_fact(r, ADP_FACT_LOCATES, resolver)) {
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

static gboolean is_alias(const adp_obs_dns *answer)
{
    return answer->answer_hosts && answer->said->hosts.items[0].alias;
}

/* Is what stands in the answer an address of the very name, for which no such record was asked? */
static gboolean is_address(const adp_obs_dns *answer)
{
    return answer->qtype == ADP_DNS_SRV && answer->rcode == ADP_DNS_NOERROR &&
           answer->answer_hosts && answer->said->hosts.items[0].address != ADP_NONE &&
           adp_same_text(answer->said->hosts.items[0].name, answer->name);
}

/* Is it the root, or a top-level domain, whose SOA stands with the denial (RFC 2308 2)? */
static gboolean is_denied_above(const adp_obs_dns *answer)
{
    const char *zone = answer->rcode == ADP_DNS_NXDOMAIN ? answer->said->soa_zone : NULL;

    return zone && !strchr(*zone == '.' ? zone + 1 : zone, '.') &&
           !adp_same_text(zone, answer->parts->domain);
}

/* What else the capture shows of the domain's names. */
static void sign_miss(const adp_rules *r, const adp_group *group, adp_finding *f, guint32 elsewhere)
{
    const adp_step *first = adp_group_first(group);

    if (elsewhere != ADP_NONE) {
        adp_rules_sign(f, ADP_SIGN_KNOWN_ELSEWHERE, elsewhere);
    }
    if (is_alias(adp_dns_answer(r, first))) {
        adp_rules_sign(f, ADP_SIGN_ALIAS, first->reply);
    }
    if (is_address(adp_dns_answer(r, first))) {
        adp_rules_sign(f, ADP_SIGN_ANSWERS_ADDRESS, first->reply);
    }
    if (adp_dns_answer(r, first)->refers) {
        adp_rules_sign(f, ADP_SIGN_REFERS, first->reply);
    }
    if (is_denied_above(adp_dns_answer(r, first))) {
        adp_rules_sign(f, ADP_SIGN_DENIED_ABOVE, first->reply);
    }
}

/* "DNS server 10.0.0.53 has", or several with "have", or other verbs; free with g_free(). */
static char *those_who(const adp_rules *r, const adp_group *group, const char *has,
                       const char *have)
{
    char *servers = adp_rules_servers(r, group);
    gboolean several = FALSE;
    char *text;
    guint i;

    for (i = 0; i < group->steps->len && !several; i++) {
        const adp_step *step = g_ptr_array_index(group->steps, i);

        several = step->flow.server != adp_group_first(group)->flow.server;
    }
    text = g_strdup_printf("DNS server%s %s %s", several ? "s" : "", servers, several ? have : has);
    g_free(servers);
    return text;
}

static void say_not_found(const adp_rules *r, adp_finding *f, const adp_group *group,
                          const char *domain)
{
    char *who = f->withheld ? those_who(r, group, "withholds", "withhold")
                            : those_who(r, group, "has", "have");

    adp_rules_summary(f,
                      f->withheld ? "%s the locator records of %s" : "%s no locator records of %s",
                      who, domain);
    g_free(who);
}

static void report_not_found(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const char *domain = adp_dns_question(r, first)->parts->domain;
    guint32 elsewhere = adp_dns_known_elsewhere(r, group, domain);
    const adp_obs *known = elsewhere == ADP_NONE ? NULL : adp_model_obs(r->model, elsewhere);
    adp_finding *f = adp_rules_find(r, ADP_FINDING_SRV_NOT_FOUND, first->path, domain);
    char *told = adp_dns_told(r, group);
    char *other =
        known ? g_strdup_printf(" But another DNS server, %s, knows the domain: it gave "
                                "this client the address of %s.",
                                adp_rules_address(r, known->flow.server), known->u.dns->name)
              : g_strdup("");

    adp_rules_cite_group(r, f, group);
    f->withheld = sign_withheld(r, group, f);
    say_not_found(r, f, group, domain);
    adp_rules_observed(f, "%s", told);
    adp_rules_inferred(
        f,
        "%sNo lookup of this client for %s succeeds in the capture.%s Windows does not "
        "ask again within 45 s after a miss, so silence after it is no recovery.",
        f->withheld
            ? "The answer is that of a filter or a policy: whether the name exists, it does "
              "not say. "
            : "",
        domain, other);
    weigh_miss(r, group, f);
    sign_miss(r, group, f, elsewhere);
    adp_rules_remedy(f, first->client, ADP_TOPIC_PING_DOMAIN, domain);
    g_free(other);
    g_free(told);
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
        parts = adp_dns_question(r, step)->parts;
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
                                        adp_dns_question(r, first)->parts->domain, NULL)) {
            report_not_found(r, group);
        }
    }
    adp_groups_free(groups);
}

/* ---- servers that contradict themselves ---- */

/*
 * The same server had records of this name for this client before. What a resolver on the client itself
 * says depends on the networks that the client has.
 */
static const adp_step *contradicted(const adp_rules *r, const adp_step *step)
{
    const adp_obs_dns *asked;
    const adp_step *before;

    if (step->kind != ADP_STEP_SRV || adp_rules_outcome(r, step) != ADP_FAILED ||
        !adp_dns_is_miss(adp_dns_answer(r, step)) ||
        adp_dns_is_loopback(adp_rules_address(r, step->flow.server))) {
        return NULL;
    }
    asked = adp_dns_question(r, step);
    before = is_generic(asked->parts) ? adp_rules_good_before(r, step->client, ADP_TOPIC_SRV_NAME,
                                                              asked->name, step->first)
                                      : NULL;
    return before && before->flow.server == step->flow.server ? before : NULL;
}

static void report_contradiction(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const adp_obs_dns *asked = adp_dns_question(r, first);
    const adp_step *before = contradicted(r, first);
    const char *resolver = adp_rules_address(r, first->flow.server);
    adp_finding *f = adp_rules_find(r, ADP_FINDING_SRV_NOT_FOUND, first->path, asked->name);
    char *told = adp_dns_told(r, group);

    adp_rules_cite_group(r, f, group);
    adp_rules_summary(f, "DNS server %s had %s before, and then not", resolver, asked->name);
    adp_rules_observed(f, "%s, %u %s, and with records before", told, group->steps->len,
                       group->steps->len == 1 ? "time" : "times");
    adp_rules_inferred(f,
                       "The server contradicts itself: whether the client finds the domain depends "
                       "on when it asks. Its last answer in the capture is that there is nothing.");
    adp_rules_sign(f, ADP_SIGN_ANSWERED_BEFORE, before->reply);
    (void)sign_withheld(r, group, f);
    adp_rules_advise(r, f, "srv-not-found/contradicts", "domain", asked->parts->domain, "resolver",
                     resolver, "name", asked->name, NULL);
    adp_rules_remedy(f, first->client, ADP_TOPIC_SRV_NAME, asked->name);
    adp_rules_remedy(f, first->client, ADP_TOPIC_PING_DOMAIN, asked->parts->domain);
    g_free(told);
}

static void contradictions(adp_rules *r)
{
    adp_groups *groups = adp_groups_new();
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (contradicted(r, step)) {
            adp_groups_add(groups, step, adp_dns_question(r, step)->name);
        }
    }
    for (i = 0; i < groups->list->len; i++) {
        report_contradiction(r, g_ptr_array_index(groups->list, i));
    }
    adp_groups_free(groups);
}

/* ---- the PDC emulator ---- */

/* The name of its record was denied, by a server that did not contradict itself. */
static gboolean lacks_pdc(const adp_rules *r, const adp_step *step)
{
    const adp_srv_name *parts;

    if (step->kind != ADP_STEP_SRV || adp_rules_outcome(r, step) != ADP_FAILED ||
        !adp_dns_is_miss(adp_dns_answer(r, step))) {
        return FALSE;
    }
    parts = adp_dns_question(r, step)->parts;
    return parts->role == ADP_ROLE_PDC && parts->msdcs && !parts->site &&
           is_a_domain(parts->domain) && !contradicted(r, step) &&
           /* Controllers are found by names of the same zone: then this one is missing alone. */
           adp_dns_good(r, step, ADP_TOPIC_SRV_MSDCS, parts->domain, NULL);
}

static void say_pdc(const adp_rules *r, adp_finding *f, const adp_group *group, const char *domain)
{
    char *who = those_who(r, group, "has", "have");

    f->severity = ADP_SEVERITY_WARN;
    f->aside = TRUE; /* the domain is found by its other names */
    adp_rules_summary(f, "%s no record of the PDC emulator of %s", who, domain);
    adp_rules_inferred(f,
                       "Controllers send new passwords and the last say on wrong ones to the PDC "
                       "emulator, the domain takes its time from it, and the editor of group "
                       "policies asks for it: who looks for it by this name does not find it. "
                       "Ordinary logons do not need it.");
    g_free(who);
}

/* FreeIPA, or MIT's Kerberos with a directory: nobody has the role. */
static void say_no_pdc(const adp_rules *r, adp_finding *f, const adp_group *group,
                       const char *domain, guint32 shown)
{
    char *who = those_who(r, group, "has", "have");

    f->severity = ADP_SEVERITY_NOTE;
    adp_rules_summary(f, "%s no %s: %s is no Active Directory", who,
                      adp_dns_question(r, adp_group_first(group))->name, domain);
    adp_rules_inferred(f, "The name stands for a role that controllers of Active Directory have, "
                          "and the servers of this domain are others. A program that takes it for "
                          "one looks for that name, and its own work ends there.");
    adp_rules_sign(f,
                   adp_model_obs(r->model, shown)->type == ADP_OBS_LDAP_ENTRY
                       ? ADP_SIGN_DIRECTORY_OTHER
                       : ADP_SIGN_KDC_MIT,
                   shown);
    g_free(who);
}

static void report_pdc(adp_rules *r, const adp_realms *realms, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const adp_obs_dns *asked = adp_dns_question(r, first);
    const char *domain = asked->parts->domain;
    adp_finding *f = adp_rules_find(r, ADP_FINDING_SRV_NOT_FOUND, first->path, asked->name);
    guint32 shown;
    adp_realm_kind kind = adp_realms_kind(realms, domain, &shown);
    char *told = adp_dns_told(r, group);

    adp_rules_cite_group(r, f, group);
    adp_rules_observed(f, "%s; other controllers of the domain were found", told);
    if (kind == ADP_REALM_OTHER) {
        say_no_pdc(r, f, group, domain, shown);
    } else {
        say_pdc(r, f, group, domain);
    }
    (void)sign_withheld(r, group, f);
    adp_rules_advise(r, f,
                     kind == ADP_REALM_OTHER   ? "srv-not-found/other-realm"
                     : kind == ADP_REALM_SAMBA ? "srv-not-found/pdc-samba"
                                               : "srv-not-found/pdc",
                     "domain", domain, "resolver",
                     adp_rules_address(r, adp_group_last(group)->flow.server), "name", asked->name,
                     NULL);
    adp_rules_remedy(f, first->client, ADP_TOPIC_SRV_NAME, asked->name);
    g_free(told);
}

static void pdc_missing(adp_rules *r)
{
    adp_groups *groups = adp_groups_new();
    adp_realms *realms;
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (lacks_pdc(r, step)) {
            adp_groups_add(groups, step, adp_dns_question(r, step)->name);
        }
    }
    realms = groups->list->len ? adp_realms_new(r->model, r->accounts) : NULL;
    for (i = 0; i < groups->list->len; i++) {
        report_pdc(r, realms, g_ptr_array_index(groups->list, i));
    }
    g_clear_pointer(&realms, adp_realms_free);
    adp_groups_free(groups);
}

/* ---- catalogs below another name than the forest's ---- */

/* The forest of a domain, as a controller said to the client's ping; NULL: it said none, or the same. */
static const adp_step *other_forest(const adp_rules *r, const adp_step *step, const char *domain)
{
    const adp_step *by = adp_rules_good(r, step->client, ADP_TOPIC_PING_DOMAIN, domain, NULL);
    const adp_netlogon *dc = by ? adp_ping_said(r, by) : NULL;

    return dc && dc->forest && *dc->forest && !adp_same_text(dc->forest, domain) ? by : NULL;
}

/* _gc._tcp of a domain that is not the forest's first one, and no catalog was found by the right name. */
static gboolean lacks_catalog(const adp_rules *r, const adp_step *step)
{
    const adp_srv_name *parts;

    if (step->kind != ADP_STEP_SRV || adp_rules_outcome(r, step) != ADP_FAILED ||
        !adp_dns_is_miss(adp_dns_answer(r, step))) {
        return FALSE;
    }
    parts = adp_dns_question(r, step)->parts;
    return parts->role == ADP_ROLE_GC && !parts->msdcs && !parts->site && parts->domain &&
           other_forest(r, step, parts->domain);
}

static void report_catalog(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const adp_obs_dns *asked = adp_dns_question(r, first);
    const char *domain = asked->parts->domain;
    const adp_step *by = other_forest(r, first, domain);
    const char *forest = adp_ping_said(r, by)->forest;
    adp_finding *f = adp_rules_find(r, ADP_FINDING_SRV_NOT_FOUND, first->path, asked->name);
    char *who = those_who(r, group, "has", "have");
    char *told = adp_dns_told(r, group);
    char *right = g_strdup_printf("_gc._tcp.%s", forest);
    char *in_msdcs = g_strdup_printf("_ldap._tcp.gc._msdcs.%s", forest);

    f->severity = ADP_SEVERITY_WARN;
    f->aside = TRUE; /* the domain itself is found */
    adp_rules_cite_group(r, f, group);
    adp_rules_cite(f, by->reply);
    adp_rules_summary(f, "%s no %s: catalogs are registered below the forest's name, %s", who,
                      asked->name, forest);
    adp_rules_observed(f, "%s; a controller of %s names the forest %s", told, domain, forest);
    adp_rules_inferred(
        f, "A global catalog serves the whole forest, and its records stand in the zone "
           "of the forest's first domain alone: nothing is missing in DNS. A program "
           "that looks for a catalog in its own domain ends there.");
    adp_rules_sign(f, ADP_SIGN_FOREST_DIFFERS, by->reply);
    (void)sign_withheld(r, group, f);
    adp_rules_advise(r, f, "srv-not-found/catalog", "domain", domain, "forest", forest, "resolver",
                     adp_rules_address(r, adp_group_last(group)->flow.server), "name", right, NULL);
    adp_rules_remedy(f, first->client, ADP_TOPIC_SRV_NAME, asked->name);
    adp_rules_remedy(f, first->client, ADP_TOPIC_SRV_NAME, right);
    adp_rules_remedy(f, first->client, ADP_TOPIC_SRV_NAME, in_msdcs);
    g_free(in_msdcs);
    g_free(right);
    g_free(told);
    g_free(who);
}

static void catalog_missing(adp_rules *r)
{
    adp_groups *groups = adp_groups_new();
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (lacks_catalog(r, step)) {
            adp_groups_add(groups, step, adp_dns_question(r, step)->name);
        }
    }
    for (i = 0; i < groups->list->len; i++) {
        report_catalog(r, g_ptr_array_index(groups->list, i));
    }
    adp_groups_free(groups);
}

/* ---- sites, and the zone _msdcs ---- */

/*
 * Names without a site that a server denied: it knows nothing of the domain, such as the router at home before
 * the tunnel is up, and so nothing of its sites.
 */
static GHashTable *denied_names(const adp_rules *r)
{
    GHashTable *denied = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (step->kind == ADP_STEP_SRV && adp_dns_is_miss(adp_dns_answer(r, step)) &&
            !adp_dns_question(r, step)->parts->site) {
            char *generic = adp_dns_generic_name(adp_dns_question(r, step)->parts);

            g_hash_table_add(denied, adp_dns_name_at(step->flow.server, generic));
            g_free(generic);
        }
    }
    return denied;
}

static void site_not_found(adp_rules *r)
{
    GHashTable *denied = denied_names(r);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_srv_name *parts;
        adp_finding *f;
        char *generic;
        char *subject;
        char *there;
        char *reasons;
        const adp_step *by;

        if (step->kind != ADP_STEP_SRV || !adp_dns_is_miss(adp_dns_answer(r, step))) {
            continue;
        }
        parts = adp_dns_question(r, step)->parts;
        if (!parts->site || !parts->domain || parts->role == ADP_ROLE_AUTODISCOVER) {
            continue;
        }
        generic = adp_dns_generic_name(parts);
        there = adp_dns_name_at(step->flow.server, generic);
        by = adp_dns_good(r, step, ADP_TOPIC_SRV_GENERIC, generic, NULL);
        if (by && by->flow.server != step->flow.server && g_hash_table_contains(denied, there)) {
            by = NULL;
        }
        g_free(there);
        g_free(generic);
        if (!by ||
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
        reasons = adp_dns_withholds(adp_dns_answer(r, step))
                      ? adp_dns_reasons(adp_dns_answer(r, step))
                      : g_strdup("");
        adp_rules_observed(f, "%s answered %s with %s%s; the name without a site was answered",
                           adp_rules_address(r, step->flow.server), adp_dns_question(r, step)->name,
                           adp_dns_code_words(adp_dns_answer(r, step)), reasons);
        if (*reasons) {
            adp_rules_sign(f, ADP_SIGN_SAYS_WITHHELD, step->reply);
        }
        g_free(reasons);
        adp_rules_inferred(f, "No domain controller registers itself for that site, or the client "
                              "keeps the name of a site that is gone. It then learns its site from "
                              "the LDAP ping.");
        adp_rules_advise(r, f, "srv-site-not-found", "site", parts->site, "domain", parts->domain,
                         "name", adp_dns_question(r, step)->name, NULL);
    }
    g_hash_table_unref(denied);
}

static void report_msdcs(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const adp_srv_name *parts = adp_dns_question(r, first)->parts;
    adp_finding *f;
    char *told;
    guint i;

    if (group->bad == 0 || adp_dns_good(r, first, ADP_TOPIC_SRV_MSDCS, parts->domain, NULL) ||
        !adp_dns_good(r, first, ADP_TOPIC_SRV_PLAIN, parts->domain, NULL) ||
        !adp_rules_is_fact(r, ADP_FACT_ACTIVE_DIRECTORY, parts->domain)) {
        return;
    }
    f = adp_rules_find(r, ADP_FINDING_SRV_MSDCS_MISSING, first->path, parts->domain);
    told = adp_dns_told(r, group);
    for (i = 0; i < group->steps->len; i++) {
        adp_rules_say(r, ADP_SAID_MSDCS,
                      adp_dns_question(r, g_ptr_array_index(group->steps, i))->name);
    }
    adp_rules_cite_group(r, f, group);
    adp_rules_summary(f, "The _msdcs names of %s are missing, though the domain's own are there",
                      parts->domain);
    (void)sign_withheld(r, group, f);
    adp_rules_observed(f, "%s; _ldap._tcp.%s was answered", told, parts->domain);
    adp_rules_inferred(f,
                       "%s is an Active Directory, as a domain controller of it has shown, so the "
                       "zone _msdcs, its delegation or its records are broken.",
                       parts->domain);
    adp_rules_advise(r, f, "srv-msdcs-missing", "domain", parts->domain, "name",
                     adp_dns_question(r, first)->name, "resolver",
                     adp_rules_address(r, first->flow.server), NULL);
    g_free(told);
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
        if (!adp_dns_is_miss(dns) && !(dns && dns->rcode == ADP_DNS_SERVFAIL)) {
            continue;
        }
        parts = adp_dns_question(r, step)->parts;
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
    contradictions(r);
    pdc_missing(r);
    catalog_missing(r);
    site_not_found(r);
    msdcs_missing(r);
}
