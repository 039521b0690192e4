/* rules_dns_target.c
 * Findings about hosts that locator records name, and of which DNS has no address, or none that leads anywhere.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_dns_target.h"

#include "join/attempts.h"
#include "join/hosts.h"
#include "join/model.h"
#include "join/pair_dns.h"
#include "judge/catalogue.h"
#include "judge/dns_answers.h"
#include "judge/dns_topics.h"
#include "judge/finding.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/rules_dns_server.h"
#include "judge/silence.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/address.h"
#include "wire/srv_name.h"
#include "wire/text.h"

#include <string.h>

/* An address that a locator record makes the client ask for, and that it does not get. */
static gboolean is_wanted_in_vain(const adp_rules *r, const adp_step *step)
{
    const char *name;

    if (step->kind != ADP_STEP_ADDRESS) {
        return FALSE;
    }
    name = adp_dns_question(r, step)->name;
    return (adp_model_named(r->model, name) & ADP_NAMED_BY_SRV) &&
           !adp_dns_good(r, step, ADP_TOPIC_ADDRESS, name, NULL);
}

static void advise_unresolvable(adp_rules *r, adp_finding *f, const adp_group *group,
                                const char *key)
{
    const adp_step *first = adp_group_first(group);

    adp_rules_advise(r, f, key, "host", adp_dns_question(r, first)->name, "resolver",
                     adp_rules_address(r, first->flow.server), "domain",
                     adp_model_path(r->model, first->path)->domain, NULL);
}

/* The name is there, and was asked for addresses of one family alone. */
static gboolean is_of_one_family(const adp_rules *r, const adp_group *group)
{
    guint16 qtype = adp_dns_question(r, adp_group_first(group))->qtype;
    guint i;

    for (i = 0; i < group->steps->len; i++) {
        const adp_step *step = g_ptr_array_index(group->steps, i);

        if (adp_dns_question(r, step)->qtype != qtype ||
            adp_dns_answer(r, step)->rcode != ADP_DNS_NOERROR) {
            return FALSE;
        }
    }
    return TRUE;
}

/* So many steps may lie between a lookup and that of an address which the record names. */
#define RECORD_WITHIN 32

static gboolean names_target(const adp_obs_dns *dns, const char *name)
{
    guint i;

    for (i = 0; i < dns->said->records.count; i++) {
        if (adp_same_text(dns->said->records.items[i].target, name)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* The answer with a record that made the client ask for this name; NULL: it lies too far back. */
static const adp_obs_dns *record_of(const adp_rules *r, const adp_step *step, const char *name)
{
    gint back;

    for (back = 1; back <= RECORD_WITHIN; back++) {
        const adp_step *before = adp_model_neighbour(r->model, step, -back);
        const adp_obs_dns *dns =
            before && before->kind == ADP_STEP_SRV ? adp_dns_answer(r, before) : NULL;

        if (!before) {
            return NULL;
        }
        if (dns && names_target(dns, name)) {
            return dns;
        }
    }
    return NULL;
}

/* A controller that stands in the same answer serves the client: nobody needs the one without an address. */
static gboolean is_one_of_several(const adp_rules *r, const adp_step *step)
{
    const char *name = adp_dns_question(r, step)->name;
    const adp_obs_dns *dns = record_of(r, step, name);
    guint i;
    guint a;

    for (i = 0; dns && i < dns->said->records.count; i++) {
        const char *target = dns->said->records.items[i].target;
        const GArray *known =
            adp_same_text(target, name) ? NULL : adp_model_host_addresses(r->model, target);

        for (a = 0; known && a < known->len && a < ADP_MAX_HOST_ADDRESSES; a++) {
            if (adp_rules_was_served(r, step->client, g_array_index(known, guint32, a))) {
                return TRUE;
            }
        }
    }
    return FALSE;
}

/* What the form of a target tells, of which there is no address. */
static const char *target_meaning(const char *name)
{
    if (g_hostname_is_ip_address(name)) {
        return "A record has a host's name where this one has an address (RFC 2782): clients look "
               "for the "
               "address of a host that is called so, and there is none.";
    }
    if (!strchr(name, '.')) {
        return "The name in the record is taken as it stands, without a suffix, and no host of the "
               "world "
               "has a name of one label.";
    }
    if (adp_domain_stands_twice(name)) {
        return "No host is called so: the name ends with the domain's name twice.";
    }
    return "The record is left over from a removed domain controller, or the host is in a zone "
           "that this "
           "DNS server does not see.";
}

/* Signs of a name that cannot be any host's. */
static void sign_target(adp_finding *f, const adp_step *first, const char *name)
{
    if (g_hostname_is_ip_address(name)) {
        adp_rules_sign(f, ADP_SIGN_IS_ADDRESS, first->first);
    } else if (!strchr(name, '.')) {
        adp_rules_sign(f, ADP_SIGN_ONE_LABEL, first->first);
    } else if (adp_domain_stands_twice(name)) {
        adp_rules_sign(f, ADP_SIGN_NAME_TWICE, first->first);
    }
}

static void report_unresolvable(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const char *name = adp_dns_question(r, first)->name;
    adp_finding *f = adp_rules_find(r, ADP_FINDING_SRV_TARGET_UNRESOLVABLE, first->path, name);
    guint32 withheld = adp_dns_withheld(r, group, &f->withheld);
    char *told = adp_dns_told(r, group);
    guint32 round;

    adp_rules_cite_group(r, f, group);
    adp_rules_observed(f, "A locator record names %s; %s", name, told);
    if (withheld != ADP_NONE) {
        adp_rules_sign(f, ADP_SIGN_SAYS_WITHHELD, withheld);
    }
    if (f->withheld) {
        adp_rules_summary(
            f, "%s stands in a locator record, and the DNS server withholds its address", name);
        adp_rules_inferred(f, "The answer is that of a filter or a policy: whether the host has an "
                              "address, it does not say.");
    } else if (adp_model_alias_leads_to(r->model, name, name, &round)) {
        adp_rules_summary(f, "%s stands in a locator record, and its aliases lead back to it",
                          name);
        adp_rules_inferred(f, "A resolver that follows the aliases never comes to an address.");
        adp_rules_sign(f, ADP_SIGN_ALIAS_ROUND, round);
    } else if (is_of_one_family(r, group)) {
        gboolean six = adp_dns_question(r, first)->qtype == ADP_DNS_AAAA;

        adp_rules_summary(f, "%s stands in a locator record and has no address of %s", name,
                          six ? "IPv6" : "IPv4");
        adp_rules_inferred(f,
                           "The name itself is there. Whether it has an address of %s, the client "
                           "did not ask.",
                           six ? "IPv4" : "IPv6");
        adp_rules_sign(f, ADP_SIGN_ONE_FAMILY, first->reply);
    } else {
        adp_rules_summary(f, "%s stands in a locator record and has no address", name);
        adp_rules_inferred(f, "%s", target_meaning(name));
    }
    f->aside = is_one_of_several(r, adp_group_last(group));
    sign_target(f, first, name);
    advise_unresolvable(
        r, f, group, f->withheld ? "srv-target-unresolvable/withheld" : "srv-target-unresolvable");
    g_free(told);
}

/*
 * Nobody answers for the address, and nothing shows that the client had it from elsewhere. One question
 * alone may have been lost.
 */
static void report_silent_target(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const char *name = adp_dns_question(r, first)->name;
    const GArray *known = adp_model_host_addresses(r->model, name);
    GString *observed;
    adp_finding *f;

    if ((known && known->len) || adp_dns_count_questions(group) < 2) {
        return;
    }
    f = adp_rules_find(r, ADP_FINDING_SRV_TARGET_UNRESOLVABLE, first->path, name);
    observed = g_string_new(NULL);
    adp_rules_cite_group(r, f, group);
    adp_dns_observe_silence(r, f, group, observed);
    adp_rules_summary(f, "%s stands in a locator record, and its address was asked for in vain",
                      name);
    adp_rules_observed(f, "A locator record names %s; %s", name, observed->str);
    adp_rules_inferred(f, "The record was answered and the question for its host's address was "
                          "not: without the address the client cannot use the record.");
    advise_unresolvable(r, f, group, "srv-target-unresolvable/silent");
    adp_rules_remedy(f, first->client, ADP_TOPIC_PING, NULL);
    g_string_free(observed, TRUE);
}

/*
 * Addresses (+ 1) at which a directory or a KDC answered: in a capture of the loopback one may. That packets go there
 * is no sign of it: a resolver of the client's own may listen on the loopback. To be freed with g_hash_table_unref().
 */
static GHashTable *answering(const adp_rules *r)
{
    GHashTable *servers = g_hash_table_new(NULL, NULL);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        switch (step->kind) {
        case ADP_STEP_PING:
        case ADP_STEP_KERBEROS:
        case ADP_STEP_BIND:
        case ADP_STEP_ROOTDSE:
        case ADP_STEP_SCP:
            if (step->reply != ADP_NONE) {
                g_hash_table_add(servers, GUINT_TO_POINTER(step->flow.server + 1));
            }
            break;
        default:
            break;
        }
    }
    return servers;
}

/** Addresses (+ 1) that something of the capture speaks of. Made when somebody asks: hardly any capture has to be. */
typedef struct {
    GHashTable *answering; /* answering(); NULL: nobody asked yet */
    GHashTable
        *tried; /* to which anything is sent: of what is in vain there, other findings tell */
} spoken_to;

static gboolean is_answering(const adp_rules *r, guint32 address, spoken_to *servers)
{
    servers->answering = servers->answering ? servers->answering : answering(r);
    return g_hash_table_contains(servers->answering, GUINT_TO_POINTER(address + 1));
}

static gboolean is_tried(const adp_rules *r, guint32 address, spoken_to *servers)
{
    guint32 i;

    if (!servers->tried) {
        servers->tried = g_hash_table_new(NULL, NULL);
        for (i = 0; i < adp_rules_count(r); i++) {
            g_hash_table_add(servers->tried,
                             GUINT_TO_POINTER(adp_rules_step(r, i)->flow.server + 1));
        }
        for (i = 0; i < adp_model_attempt_count(r->model); i++) {
            g_hash_table_add(servers->tried,
                             GUINT_TO_POINTER(adp_model_attempt(r->model, i)->flow.server + 1));
        }
    }
    return g_hash_table_contains(servers->tried, GUINT_TO_POINTER(address + 1));
}

/* Does it lead a client to itself, or is it of a link alone, and nobody sends anything there? */
static gboolean is_useless(const adp_rules *r, guint32 address, spoken_to *servers)
{
    const char *text = adp_rules_address(r, address);

    if (adp_address_is_nowhere(text)) {
        return !is_answering(r, address, servers);
    }
    return (adp_address_is_self_assigned(text) || adp_address_is_link_local(text)) &&
           !is_tried(r, address, servers);
}

/* Are all addresses that anybody was told for the host such ones? */
static gboolean leads_nowhere(const adp_rules *r, const adp_step *step, spoken_to *servers)
{
    const char *name;
    const GArray *known;
    guint i;

    if (step->kind != ADP_STEP_ADDRESS || adp_rules_outcome(r, step) != ADP_OK) {
        return FALSE;
    }
    name = adp_dns_question(r, step)->name;
    known = adp_model_named(r->model, name) & ADP_NAMED_BY_SRV
                ? adp_model_host_addresses(r->model, name)
                : NULL;
    for (i = 0; known && i < known->len; i++) {
        if (!is_useless(r, g_array_index(known, guint32, i), servers)) {
            return FALSE;
        }
    }
    return known && known->len;
}

/* Does the path hold nothing but names: no answer of a controller, and none of a web server? */
static gboolean is_names_alone(const adp_rules *r, guint32 path)
{
    const adp_numbers *steps = &adp_model_path(r->model, path)->steps;
    guint i;

    for (i = 0; i < steps->count; i++) {
        const adp_step *step = adp_rules_step(r, steps->items[i]);

        if (step->kind != ADP_STEP_SRV && step->kind != ADP_STEP_ADDRESS &&
            adp_rules_outcome(r, step) == ADP_OK) {
            return FALSE;
        }
    }
    return TRUE;
}

static void report_nowhere(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const char *name = adp_dns_question(r, first)->name;
    const GArray *known = adp_model_host_addresses(r->model, name);
    const char *address = adp_rules_address(r, g_array_index(known, guint32, 0));
    adp_finding *f = adp_rules_find(r, ADP_FINDING_SRV_TARGET_UNRESOLVABLE, first->path, name);
    guint32 withheld = adp_dns_withheld(r, group, NULL);
    char *reasons = withheld != ADP_NONE ? adp_dns_reasons(adp_model_obs(r->model, withheld)->u.dns)
                                         : g_strdup("");
    gboolean link = !adp_address_is_nowhere(address);

    adp_rules_cite_group(r, f, group);
    adp_rules_summary(f, "%s stands in a locator record, and its address (%s) is %s", name, address,
                      link ? "one of a link alone" : "that of no host");
    adp_rules_observed(f, "A locator record names %s; DNS server %s says that its address is %s%s",
                       name, adp_rules_address(r, first->flow.server), address, reasons);
    if (withheld != ADP_NONE) {
        adp_rules_sign(f, ADP_SIGN_SAYS_WITHHELD, withheld);
    }
    g_free(reasons);
    adp_rules_inferred(
        f, "%s",
        link ? "A client cannot use such an address: it does not say on which of the client's "
               "networks the host is, and no router passes on what is sent there."
             : "Such an address leads every client to itself: nothing of what it sends "
               "there is ever seen on the network.");
    advise_unresolvable(r, f, group,
                        link ? "srv-target-unresolvable/link" : "srv-target-unresolvable/nowhere");
    f->ends = is_names_alone(r, first->path);
}

static void target_nowhere(adp_rules *r)
{
    adp_groups *groups = adp_groups_new();
    spoken_to servers = {NULL, NULL};
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (leads_nowhere(r, step, &servers)) {
            adp_groups_add(groups, step, adp_dns_question(r, step)->name);
        }
    }
    for (i = 0; i < groups->list->len; i++) {
        report_nowhere(r, g_ptr_array_index(groups->list, i));
    }
    if (servers.answering) {
        g_hash_table_unref(servers.answering);
    }
    if (servers.tried) {
        g_hash_table_unref(servers.tried);
    }
    adp_groups_free(groups);
}

static void target_unresolvable(adp_rules *r)
{
    adp_groups *missing = adp_groups_new();
    adp_groups *silent = adp_groups_new();
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (!is_wanted_in_vain(r, step)) {
            continue;
        }
        if (adp_rules_outcome(r, step) == ADP_UNANSWERED) {
            adp_groups_add(silent, step, adp_dns_question(r, step)->name);
        } else if (adp_rules_outcome(r, step) == ADP_FAILED &&
                   adp_dns_is_miss(adp_dns_answer(r, step))) {
            adp_groups_add(missing, step, adp_dns_question(r, step)->name);
        }
    }
    for (i = 0; i < missing->list->len; i++) {
        report_unresolvable(r, g_ptr_array_index(missing->list, i));
    }
    for (i = 0; i < silent->list->len; i++) {
        const adp_group *group = g_ptr_array_index(silent->list, i);

        if (adp_groups_get(missing, adp_group_first(group)->path, group->key)->steps->len == 0) {
            report_silent_target(r, group);
        }
    }
    adp_groups_free(missing);
    adp_groups_free(silent);
}

void adp_rules_dns_target(adp_rules *r)
{
    target_unresolvable(r);
    target_nowhere(r);
}
