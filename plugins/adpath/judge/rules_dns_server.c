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
#include "wire/srv_name.h"

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
        dns = adp_dns_question(r, step);
        if (dns->parts.service->miss_is_normal ||
            adp_dns_answered_later(r, step, ADP_TOPIC_SRV_ANSWER, dns->name)) {
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
            adp_rules_remedy(f, step->client, ADP_TOPIC_SRV_DOMAIN, dns->parts.domain);
            g_free(server);
        }
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
