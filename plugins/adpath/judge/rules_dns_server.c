/* rules_dns_server.c
 * Findings about DNS servers: silence, failures, and services that are not offered.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_dns_server.h"

#include "case/names.h"
#include "facts/absence.h"
#include "join/learn.h"
#include "join/model.h"
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
#include "wire/hash.h"
#include "wire/srv_name.h"

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

guint adp_dns_count_questions(const adp_group *group)
{
    guint count = 0;
    guint i;

    for (i = 0; i < group->steps->len; i++) {
        count += 1 + ((const adp_step *)g_ptr_array_index(group->steps, i))->retries;
    }
    return count;
}

void adp_dns_observe_silence(const adp_rules *r, adp_finding *f, const adp_group *part,
                             GString *out)
{
    const adp_step *const *steps = (const adp_step *const *)part->steps->pdata;
    const adp_step *telling = adp_rules_most_telling(r, steps, part->steps->len);
    guint32 other = adp_dns_answers_others(r, steps[0]);
    char *server = adp_rules_named(r, telling->flow.server);
    char *names = adp_dns_names(r, part);
    char *end = adp_rules_silence_end(r, telling);
    guint count = adp_dns_count_questions(part);

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
        adp_dns_observe_silence(r, f, g_ptr_array_index(parts->list, i), observed);
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
    guint count = adp_dns_count_questions(group);

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
    not_offered(r);
}
