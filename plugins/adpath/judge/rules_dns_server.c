/* rules_dns_server.c
 * Findings about DNS servers: silence, failures, and targets without an address.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_dns_server.h"

#include "case/names.h"
#include "join/hosts.h"
#include "join/learn.h"
#include "join/model.h"
#include "judge/catalogue.h"
#include "judge/dns_topics.h"
#include "judge/finding.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/rules_flat.h"
#include "judge/silence.h"
#include "judge/topics.h"
#include "log/observation.h"
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
    return !dns->parts.service->miss_is_normal &&
           !adp_dns_answered_later(r, step, ADP_TOPIC_SRV_ANSWER, dns->name);
}

#define SEVERAL GUINT_TO_POINTER(G_MAXUINT32)

/* By path and name: the server that was asked for it, address + 1, or SEVERAL. */
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
        key = g_strdup_printf("%u|%s", step->path, adp_dns_question(r, step)->name);
        before = g_hash_table_lookup(servers, key);
        g_hash_table_replace(servers, key, !before || before == server ? server : SEVERAL);
    }
    return servers;
}

/* A server that answers nothing at all is one cause, whatever it was asked. */
static char *cause_of(const adp_rules *r, GHashTable *servers, const adp_step *step)
{
    const char *name = adp_dns_question(r, step)->name;
    char *key = g_strdup_printf("%u|%s", step->path, name);
    gboolean alone = g_hash_table_lookup(servers, key) != SEVERAL;

    g_free(key);
    return alone && !adp_rules_is_fact(r, ADP_FACT_SPOKE, adp_rules_address(r, step->flow.server))
               ? g_strdup_printf("server|%u", step->flow.server)
               : g_strdup(name);
}

static void report_unanswered(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const adp_step *telling =
        adp_rules_most_telling(r, (const adp_step *const *)group->steps->pdata, group->steps->len);
    const adp_obs_dns *dns = adp_dns_question(r, first);
    adp_finding *f = adp_rules_find(r, ADP_FINDING_SRV_UNANSWERED, first->path, group->key);
    char *servers = adp_rules_servers(r, group);
    char *names = adp_dns_names(r, group);
    char *words = adp_rules_silence_words(r, telling);
    guint i;

    for (i = 0; i < group->steps->len; i++) {
        const adp_step *step = g_ptr_array_index(group->steps, i);

        adp_rules_cite_step(r, f, step);
        adp_rules_sign_silence(r, f, step);
        adp_rules_remedy(f, step->client, ADP_TOPIC_SRV_DOMAIN,
                         adp_dns_question(r, step)->parts.domain);
    }
    adp_rules_summary(f, "No reply to the lookup of %s, from %s", dns->name, servers);
    adp_rules_observed(f, "%s: asked for %s%s", servers, names, words);
    adp_rules_inferred(f,
                       "The capture goes on for more than five seconds and holds other frames to "
                       "this client, so an answer would be in it.");
    adp_rules_advise(r, f, "srv-unanswered", "name", dns->name, "domain", dns->parts.domain,
                     "resolver", adp_rules_address(r, first->flow.server), NULL);
    g_free(words);
    g_free(names);
    g_free(servers);
}

static void unanswered(adp_rules *r)
{
    GHashTable *servers = servers_of_names(r);
    adp_groups *groups = adp_groups_new();
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (is_unanswered(r, step)) {
            char *cause = cause_of(r, servers, step);

            adp_groups_add(groups, step, cause);
            g_free(cause);
        }
    }
    for (i = 0; i < groups->list->len; i++) {
        report_unanswered(r, g_ptr_array_index(groups->list, i));
    }
    adp_groups_free(groups);
    g_hash_table_unref(servers);
}

/* ---- answers ---- */

static void resolver_failed(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_dns *dns = step->kind == ADP_STEP_SRV ? adp_dns_answer(r, step) : NULL;
        const adp_obs_dns *asked;
        adp_finding *f;

        if (!dns || dns->truncated || dns->damaged || dns->rcode == 0 || dns->rcode == 3) {
            continue;
        }
        asked = adp_dns_question(r, step);
        if (!asked->parts.service || asked->parts.service->miss_is_normal ||
            asked->parts.role == ADP_ROLE_AUTODISCOVER ||
            adp_dns_answered_later(r, step, ADP_TOPIC_SRV_NAME, asked->name) ||
            adp_rules_is_said(r, ADP_SAID_MSDCS, asked->name) ||
            adp_model_has_foreign_suffix(r->model, step) ||
            (asked->parts.domain &&
             adp_dns_form_of(r, step, asked->parts.domain) == ADP_NAME_FLAT)) {
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
            adp_rules_remedy(f, step->client, ADP_TOPIC_SRV_DOMAIN, asked->parts.domain);
        }
        if (asked->parts.role != ADP_ROLE_KDC) {
            adp_rules_say(r, ADP_SAID_NOT_GUESSED, asked->parts.domain);
            adp_rules_unrecovered(f);
        } else if (adp_rules_good(r, step->client, ADP_TOPIC_REALM, NULL, NULL) &&
                   !adp_rules_is_said(r, ADP_SAID_NOT_GUESSED, asked->parts.domain)) {
            /* As of srv-not-found: realms are guessed from the names of hosts. */
            f->severity = ADP_SEVERITY_NOTE;
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
            !adp_dns_is_miss(adp_dns_answer(r, step))) {
            continue;
        }
        name = adp_dns_question(r, step)->name;
        if (!(adp_model_named(r->model, name) & ADP_NAMED_BY_SRV) ||
            adp_dns_good(r, step, ADP_TOPIC_ADDRESS, name, NULL)) {
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

        if (step->kind != ADP_STEP_SRV || !is_not_offered(adp_dns_answer(r, step))) {
            continue;
        }
        asked = adp_dns_question(r, step);
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
        by = adp_dns_good(r, step, ADP_TOPIC_SRV_DOMAIN, asked->parts.domain, step);
        if (by) {
            adp_rules_recovered(r, f, by);
        } else if (adp_names_found_any(r->names, step->client) == ADP_NONE) {
            f->severity = ADP_SEVERITY_ERROR;
        }
    }
}

void adp_rules_dns_server(adp_rules *r)
{
    unanswered(r);
    resolver_failed(r);
    target_unresolvable(r);
    not_offered(r);
}
