/* rules_dns_server.c
 * Findings about DNS servers: silence, failures, and targets without an address.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_dns_server.h"

#include "case/names.h"
#include "facts/absence.h"
#include "join/attempts.h"
#include "join/hosts.h"
#include "join/learn.h"
#include "join/model.h"
#include "join/pair_dns.h"
#include "judge/catalogue.h"
#include "judge/dns_answers.h"
#include "judge/dns_topics.h"
#include "judge/finding.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/rules_flat.h"
#include "judge/silence.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/dns_error.h"
#include "wire/address.h"
#include "wire/hash.h"
#include "wire/limits.h"
#include "wire/srv_name.h"
#include "wire/text.h"

/* ---- silence ---- */

static gboolean is_unanswered(const adp_rules *r, const adp_step *step)
{
    const adp_obs_dns *dns;

    if (step->kind != ADP_STEP_SRV || adp_rules_outcome(r, step) != ADP_UNANSWERED) {
        return FALSE;
    }
    dns = adp_dns_question(r, step);
    if (dns->by_mdns) {
        return adp_names_found_any(r->names, step->client) == ADP_NONE;
    }
    return !dns->parts->service->miss_is_normal &&
           !adp_dns_answered_later(r, step, ADP_TOPIC_SRV_ANSWER, dns->name);
}

#define SEVERAL GUINT_TO_POINTER(G_MAXUINT32)

/* By path and name: the one server that was asked for it and fell silent, address + 1; else SEVERAL. */
static GHashTable *servers_of_names(const adp_rules *r)
{
    GHashTable *servers = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        gpointer server = GUINT_TO_POINTER(step->flow.server + 1);
        gpointer before;
        char *key;

        if (!is_unanswered(r, step)) {
            continue;
        }
        if (adp_dns_answers_others(r, step) != ADP_NONE) {
            server =
                SEVERAL; /* of a server that answers what comes behind it, each name is one fault */
        }
        key = g_strdup_printf("%u|%s", step->path, adp_dns_question(r, step)->name);
        before = g_hash_table_lookup(servers, key);
        g_hash_table_replace(servers, key, !before || before == server ? server : SEVERAL);
    }
    return servers;
}

/* A server that answers nothing from then on is one cause, whatever it was asked. */
static char *cause_of(const adp_rules *r, GHashTable *servers, const adp_step *step)
{
    const char *name = adp_dns_question(r, step)->name;
    char *key = g_strdup_printf("%u|%s", step->path, name);
    gboolean alone = g_hash_table_lookup(servers, key) != SEVERAL;

    g_free(key);
    return alone && adp_dns_answers_others(r, step) == ADP_NONE
               ? g_strdup_printf("server|%u", step->flow.server)
               : g_strdup(name);
}

static guint count_questions(const adp_group *group)
{
    guint count = 0;
    guint i;

    for (i = 0; i < group->steps->len; i++) {
        count += 1 + ((const adp_step *)g_ptr_array_index(group->steps, i))->retries;
    }
    return count;
}

/* "10.0.0.53 was asked for NAME, 3 questions, without any reply; it answers other questions" */
static void observe_server(const adp_rules *r, adp_finding *f, const adp_group *part, GString *out)
{
    const adp_step *const *steps = (const adp_step *const *)part->steps->pdata;
    const adp_step *telling = adp_rules_most_telling(r, steps, part->steps->len);
    guint32 other = adp_dns_answers_others(r, steps[0]);
    char *server = adp_rules_named(r, telling->flow.server);
    char *names = adp_dns_names(r, part);
    char *end = adp_rules_silence_end(r, telling);
    guint count = count_questions(part);

    g_string_append_printf(out, "%s%s was asked for %s", out->len ? ". " : "", server, names);
    if (count > 1) {
        g_string_append_printf(out, ", %u questions", count);
    }
    g_string_append(out, end);
    if (other != ADP_NONE) {
        g_string_append(out, "; it answers other questions of this client");
        adp_rules_sign(f, ADP_SIGN_DNS_ANSWERS, other);
    }
    g_free(end);
    g_free(names);
    g_free(server);
}

/* Servers beyond these are counted. */
#define SERVERS_SAID 3

/* What each server was asked. */
static void observe_unanswered(const adp_rules *r, adp_finding *f, const adp_group *group)
{
    adp_groups *parts = adp_groups_new();
    GString *observed = g_string_new(NULL);
    guint i;

    for (i = 0; i < group->steps->len; i++) {
        const adp_step *step = g_ptr_array_index(group->steps, i);

        char *key =
            g_strdup_printf("%u|%d", step->flow.server, (int)adp_silence_proof(r->model, step).cut);

        adp_groups_add(parts, step, key);
        g_free(key);
    }
    for (i = 0; i < parts->list->len && i < SERVERS_SAID; i++) {
        observe_server(r, f, g_ptr_array_index(parts->list, i), observed);
    }
    if (parts->list->len > SERVERS_SAID) {
        g_string_append(observed, ". Others were asked likewise");
    }
    adp_rules_observed(f, "%s", observed->str);
    g_string_free(observed, TRUE);
    adp_groups_free(parts);
}

static guint count_names(const adp_rules *r, const adp_group *group)
{
    GHashTable *names = g_hash_table_new(adp_str_hash, adp_str_equal);
    guint count;
    guint i;

    for (i = 0; i < group->steps->len; i++) {
        g_hash_table_add(names,
                         (gpointer)adp_dns_question(r, g_ptr_array_index(group->steps, i))->name);
    }
    count = g_hash_table_size(names);
    g_hash_table_unref(names);
    return count;
}

static void report_unanswered(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const adp_obs_dns *dns = adp_dns_question(r, first);
    adp_finding *f = adp_rules_find(r, ADP_FINDING_SRV_UNANSWERED, first->path, group->key);
    char *servers = adp_rules_servers(r, group);
    guint names = count_names(r, group);
    guint i;

    for (i = 0; i < group->steps->len; i++) {
        const adp_step *step = g_ptr_array_index(group->steps, i);

        adp_rules_cite_step(r, f, step);
        adp_rules_sign_silence(r, f, step);
        adp_rules_remedy(f, step->client, ADP_TOPIC_SRV_DOMAIN,
                         adp_dns_question(r, step)->parts->domain);
    }
    if (names > 1) {
        adp_rules_summary(f, "No reply to the lookups of %s and %u other %s, from %s", dns->name,
                          names - 1, names > 2 ? "names" : "name", servers);
    } else {
        adp_rules_summary(f, "No reply to the lookup of %s, from %s", dns->name, servers);
    }
    observe_unanswered(r, f, group);
    adp_rules_inferred(f,
                       "The capture goes on for more than five seconds and holds other frames to "
                       "this client, so an answer would be in it.");
    adp_rules_advise(r, f, "srv-unanswered", "name", dns->name, "domain", dns->parts->domain,
                     "resolver", adp_rules_address(r, first->flow.server), NULL);
    g_free(servers);
}

/* Of the neighbours alone: no DNS server was asked. */
static void report_neighbours(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const adp_obs_dns *dns = adp_dns_question(r, first);
    adp_finding *f = adp_rules_find(r, ADP_FINDING_SRV_UNANSWERED, first->path, group->key);
    char *names = adp_dns_names(r, group);
    guint count = count_questions(group);

    adp_rules_cite_group(r, f, group);
    adp_rules_summary(f, "%s was looked for by mDNS only: no DNS server was asked",
                      dns->parts->domain);
    adp_rules_observed(
        f,
        "%s: %u %s to all neighbours (mDNS, %s), without any reply, and none to a DNS "
        "server",
        names, count, count == 1 ? "question" : "questions",
        adp_rules_address(r, first->flow.server));
    adp_rules_inferred(f, "Names that end in .local belong to mDNS, which asks the neighbours "
                          "(RFC 6762). Domain controllers do not answer there; what a DNS server "
                          "knows of the domain, this client did not ask.");
    adp_rules_advise(r, f, "srv-unanswered/mdns", "name", dns->name, "domain", dns->parts->domain,
                     NULL);
    adp_rules_remedy(f, first->client, ADP_TOPIC_SRV_DOMAIN, dns->parts->domain);
    g_free(names);
}

static void unanswered(adp_rules *r)
{
    GHashTable *servers = servers_of_names(r);
    adp_groups *groups = adp_groups_new();
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (is_unanswered(r, step)) {
            char *cause = adp_dns_question(r, step)->by_mdns
                              ? g_strdup_printf("mdns|%s", adp_dns_question(r, step)->parts->domain)
                              : cause_of(r, servers, step);

            adp_groups_add(groups, step, cause);
            g_free(cause);
        }
    }
    for (i = 0; i < groups->list->len; i++) {
        const adp_group *group = g_ptr_array_index(groups->list, i);

        if (adp_dns_question(r, adp_group_first(group))->by_mdns) {
            report_neighbours(r, group);
        } else {
            report_unanswered(r, group);
        }
    }
    adp_groups_free(groups);
    g_hash_table_unref(servers);
}

/* ---- answers ---- */

static void sign_reasons(adp_finding *f, const adp_obs_dns *dns, guint32 obs)
{
    static const adp_sign signs[] = {
        [ADP_DNS_ERROR_OTHER] = ADP_SIGN_NONE,
        [ADP_DNS_ERROR_SIGNATURES] = ADP_SIGN_SAYS_SIGNATURES,
        [ADP_DNS_ERROR_POLICY] = ADP_SIGN_SAYS_POLICY,
        [ADP_DNS_ERROR_NO_WAY] = ADP_SIGN_SAYS_NO_WAY,
    };
    guint i;

    for (i = 0; i < dns->said->reasons.count; i++) {
        adp_sign sign = signs[adp_dns_error_kind_of(dns->said->reasons.items[i].code)];

        if (sign != ADP_SIGN_NONE && !adp_finding_has_sign(f, sign)) {
            adp_rules_sign(f, sign, obs);
        }
    }
}

enum {
    FORMERR = 1,
    NOTIMP = 4,
    REFUSED = 5
};

/* RFC 1035 4.1.1: what the code alone says. */
static void sign_code(adp_finding *f, guint16 rcode, guint32 obs)
{
    adp_sign sign = rcode == REFUSED                      ? ADP_SIGN_DNS_REFUSED
                    : rcode == FORMERR || rcode == NOTIMP ? ADP_SIGN_DNS_NOT_UNDERSTOOD
                                                          : ADP_SIGN_DNS_FAILED;

    if (!adp_finding_has_sign(f, sign)) {
        adp_rules_sign(f, sign, obs);
    }
}

static void resolver_failed(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_dns *dns = step->kind == ADP_STEP_SRV ? adp_dns_answer(r, step) : NULL;
        const adp_obs_dns *asked;
        adp_finding *f;

        if (!dns || dns->truncated || dns->damaged || dns->rcode == ADP_DNS_NOERROR ||
            dns->rcode == ADP_DNS_NXDOMAIN || adp_rules_outcome(r, step) == ADP_NORMAL) {
            continue;
        }
        asked = adp_dns_question(r, step);
        if (!asked->parts->service || asked->parts->service->miss_is_normal ||
            asked->parts->role == ADP_ROLE_AUTODISCOVER ||
            adp_dns_answered_later(r, step, ADP_TOPIC_SRV_NAME, asked->name) ||
            adp_rules_is_said(r, ADP_SAID_MSDCS, asked->name) ||
            adp_model_has_foreign_suffix(r->model, step) ||
            (asked->parts->domain &&
             adp_dns_form_of(r, step, asked->parts->domain) == ADP_NAME_FLAT)) {
            continue;
        }
        f = adp_rules_find(r, ADP_FINDING_SRV_RESOLVER_FAILED, step->path, asked->parts->domain);
        adp_rules_cite_step(r, f, step);
        sign_code(f, dns->rcode, step->reply);
        sign_reasons(f, dns, step->reply);
        if (!f->summary) {
            const char *resolver = adp_rules_address(r, step->flow.server);
            char *reasons = adp_dns_reasons(dns);

            adp_rules_summary(f, "DNS server %s could not or would not look up %s", resolver,
                              asked->name);
            adp_rules_observed(f, "%s answered the question for %s with %s%s", resolver,
                               asked->name, adp_dns_code_words(dns), reasons);
            g_free(reasons);
            adp_rules_inferred(f, "This tells about the DNS server, not about the directory: "
                                  "whether the name exists, it does not say.");
            adp_rules_advise(r, f, "srv-resolver-failed", "name", asked->name, "domain",
                             asked->parts->domain, "resolver", resolver, NULL);
            adp_rules_remedy(f, step->client, ADP_TOPIC_SRV_DOMAIN, asked->parts->domain);
        }
        if (asked->parts->role != ADP_ROLE_KDC) {
            adp_rules_say(r, ADP_SAID_NOT_GUESSED, asked->parts->domain);
            adp_rules_unrecovered(f);
        } else if (adp_rules_good(r, step->client, ADP_TOPIC_REALM, NULL, NULL) &&
                   !adp_rules_is_said(r, ADP_SAID_NOT_GUESSED, asked->parts->domain)) {
            /* As of srv-not-found: realms are guessed from the names of hosts. */
            f->severity = ADP_SEVERITY_NOTE;
        }
    }
}

/* ---- targets without an address ---- */

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

    if ((known && known->len) || count_questions(group) < 2) {
        return;
    }
    f = adp_rules_find(r, ADP_FINDING_SRV_TARGET_UNRESOLVABLE, first->path, name);
    observed = g_string_new(NULL);
    adp_rules_cite_group(r, f, group);
    observe_server(r, f, group, observed);
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

/* ---- a target of "." ---- */

static gboolean is_not_offered(const adp_obs_dns *dns)
{
    return dns && dns->rcode == 0 && dns->said->records.count == 1 &&
           !*dns->said->records.items[0].target;
}

static gboolean is_refused_service(const adp_rules *r, const adp_step *step)
{
    const adp_srv_name *parts;

    if (step->kind != ADP_STEP_SRV || !is_not_offered(adp_dns_answer(r, step))) {
        return FALSE;
    }
    parts = adp_dns_question(r, step)->parts;
    /* Of what is optional, "not offered" is an answer like any other. */
    return parts->service && !parts->service->miss_is_normal &&
           parts->role != ADP_ROLE_AUTODISCOVER;
}

static void report_not_offered(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const adp_step *last = adp_group_last(group);
    const adp_obs_dns *asked = adp_dns_question(r, first);
    adp_finding *f = adp_rules_find(r, ADP_FINDING_SRV_NOT_OFFERED, first->path, group->key);
    char *servers = adp_rules_servers(r, group);
    char *names = adp_dns_names(r, group);
    const adp_step *by;

    adp_rules_cite_group(r, f, group);
    adp_rules_summary(f, "DNS says that %s is not offered", names);
    adp_rules_observed(f, "%s answered %s with the target \".\"", servers, names);
    adp_rules_inferred(f, "A target of \".\" means that the service is deliberately not offered "
                          "under this name (RFC 2782): a client does not look for an address.");
    adp_rules_advise(r, f, "srv-not-offered", "name", asked->name, "domain", asked->parts->domain,
                     "resolver", adp_rules_address(r, first->flow.server), NULL);
    by = adp_dns_good(r, last, ADP_TOPIC_SRV_DOMAIN, asked->parts->domain, last);
    if (by) {
        adp_rules_recovered(r, f, by);
    } else if (adp_names_found_any(r->names, first->client) == ADP_NONE) {
        f->severity = ADP_SEVERITY_ERROR;
    } else {
        f->aside = TRUE; /* a domain was found by other names before */
    }
    g_free(names);
    g_free(servers);
}

/* All names of a zone are one cause. */
static void not_offered(adp_rules *r)
{
    adp_groups *groups = adp_groups_new();
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (is_refused_service(r, step)) {
            const char *domain = adp_dns_question(r, step)->parts->domain;

            adp_groups_add(groups, step, domain ? domain : adp_dns_question(r, step)->name);
        }
    }
    for (i = 0; i < groups->list->len; i++) {
        report_not_offered(r, g_ptr_array_index(groups->list, i));
    }
    adp_groups_free(groups);
}

void adp_rules_dns_server(adp_rules *r)
{
    unanswered(r);
    resolver_failed(r);
    target_unresolvable(r);
    target_nowhere(r);
    not_offered(r);
}
