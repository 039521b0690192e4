/* rules_pointers.c
 * Findings about where entries lead: pointers to other forests, loops, the order of the endpoints.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_pointers.h"

#include "join/identity.h"
#include "join/model.h"
#include "judge/endpoint.h"
#include "judge/endpoints.h"
#include "judge/finding.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/scp_topics.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/scp.h"
#include "wire/text.h"

/* A client follows so many pointers: EWS Managed API, DirectoryHelper. */
#define MAX_HOPS 10

/* Is `host` the pointer's target, or a machine or domain of it? */
static gboolean leads_to(const char *host, const char *target)
{
    gsize len = strlen(target);
    gsize n = host ? strlen(host) : 0;

    return n >= len && g_ascii_strcasecmp(host + n - len, target) == 0 &&
           (n == len || host[n - len - 1] == '.');
}

/* "DC=fabrikam,DC=test" of a base as fabrikam.test; free with g_free(). */
static char *domain_of_base(const char *base)
{
    GString *out = g_string_new(NULL);
    char **parts = g_strsplit(base ? base : "", ",", -1);
    guint i;

    for (i = 0; parts[i]; i++) {
        if (adp_has_prefix(parts[i], "DC=")) {
            g_string_append_printf(out, "%s%s", out->len ? "." : "", parts[i] + 3);
        }
    }
    g_strfreev(parts);
    return g_string_free(out, FALSE);
}

/* The pointer's host may be a controller of the forest or the forest's own name. */
static gboolean is_in_forest_of(const char *host, const char *domain)
{
    return *domain && (leads_to(host, domain) || leads_to(domain, host));
}

/* Does the step go where the pointer leads? */
static gboolean follows(const adp_rules *r, const adp_step *step, const char *target)
{
    const adp_obs *first = adp_model_obs(r->model, step->first);
    const adp_obs_search *search;
    const char *name;
    char *domain;
    gboolean found;

    switch (step->kind) {
    case ADP_STEP_SRV:
    case ADP_STEP_ADDRESS:
        name = step->kind == ADP_STEP_SRV ? first->u.dns->parts->domain : first->u.dns->name;
        return name && leads_to(name, target);
    case ADP_STEP_PING:
    case ADP_STEP_BIND:
    case ADP_STEP_HIDDEN:
        name = adp_model_address_name(r->model, step->flow.server);
        return name && leads_to(name, target);
    case ADP_STEP_ROOTDSE:
    case ADP_STEP_SCP:
        search = adp_scp_search(r, step);
        domain = domain_of_base(search ? search->base : NULL);
        name = adp_model_address_name(r->model, step->flow.server);
        found = is_in_forest_of(target, domain) || (name && leads_to(name, target));
        g_free(domain);
        return found;
    default:
        return FALSE;
    }
}

static void report_pointer(adp_rules *r, const adp_step *step, const adp_scp_entry *pointer)
{
    const adp_path *path = adp_model_path(r->model, step->path);
    guint begin = adp_scp_last_page(r, step)->path_index;
    guint i;

    for (i = begin + 1; i < path->steps.count; i++) {
        const adp_step *next = adp_rules_step(r, path->steps.items[i]);
        adp_finding *f;

        if (i - begin >= ADP_MAX_LOOK_AHEAD) {
            adp_model_limit(r->model, ADP_LIMIT_LOOK_AHEAD);
            return;
        }
        if (!follows(r, next, pointer->host)) {
            continue;
        }
        f = adp_rules_find(r, ADP_FINDING_SCP_POINTER, step->path, pointer->host);
        adp_scp_cite(r, f, step);
        adp_rules_cite(f, next->first);
        adp_rules_summary(f, "A pointer led the client to %s", pointer->host);
        adp_rules_observed(f,
                           "The answer holds a pointer object with %s; afterwards the client "
                           "turned there",
                           pointer->bindings.count ? pointer->bindings.items[0] : pointer->host);
        adp_rules_inferred(f, "Joined by the host's name. Exchange is in another forest than the "
                              "account: what is asked from here on concerns that one.");
        adp_rules_advise(r, f, "scp-pointer", "host", pointer->host, NULL);
        return;
    }
}

static void pointers(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        adp_scp_counts counts;

        if (!adp_scp_begins(r, step)) {
            continue;
        }
        counts = adp_scp_count(r, step);
        if (counts.pointer && counts.pointer->host && *counts.pointer->host) {
            report_pointer(r, step, counts.pointer);
        }
    }
}

static void report_loop(adp_rules *r, const adp_step *step, guint hops, const char *base)
{
    adp_finding *f = adp_rules_find(r, ADP_FINDING_SCP_POINTER_LOOP, step->path, NULL);

    adp_rules_cite_step(r, f, step);
    adp_rules_summary(f, "The pointers between forests form a loop");
    adp_rules_observed(f, "After a pointer the client searched below %s%s", base,
                       hops > MAX_HOPS ? ", the eleventh directory or more"
                                       : ", where it had been before");
    adp_rules_inferred(f, "Each forest points at the other. A client stops after ten hops with an "
                          "error.");
    adp_rules_advise(r, f, "scp-pointer-loop", "forest",
                     adp_model_path(r->model, step->path)->own->forest, NULL);
}

/* Chains of searches, each of which a pointer of the one before led to. */
static void loops(adp_rules *r)
{
    guint32 p;
    guint i;

    for (p = 0; p < adp_model_path_count(r->model); p++) {
        const adp_path *path = adp_model_path(r->model, p);
        const adp_step *before = NULL;
        GHashTable *visited = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
        guint hops = 0;

        for (i = 0; i < path->steps.count; i++) {
            const adp_step *step = adp_rules_step(r, path->steps.items[i]);
            const adp_obs_search *search;
            gboolean led = FALSE;
            char *base;

            if (!adp_scp_begins(r, step)) {
                continue;
            }
            search = adp_scp_search(r, step);
            base = g_ascii_strdown(search->base ? search->base : "", -1);
            if (before) {
                adp_scp_counts counts = adp_scp_count(r, before);
                const adp_obs_search *last = adp_scp_search(r, before);
                char *domain = domain_of_base(search->base);

                led = counts.pointer && counts.pointer->host &&
                      !adp_same_text(last->base, search->base) &&
                      is_in_forest_of(counts.pointer->host, domain);
                g_free(domain);
            }
            if (!led) {
                g_hash_table_remove_all(visited);
                hops = 0;
            } else {
                hops++;
                if (g_hash_table_contains(visited, base) || hops > MAX_HOPS) {
                    report_loop(r, step, hops, search->base ? search->base : "");
                }
            }
            g_hash_table_add(visited, base);
            before = step;
        }
        g_hash_table_unref(visited);
    }
}

/* ---- the order in which the endpoints were tried ---- */

/* Both GUIDs and the class, and nothing else: the filter of the EWS Managed API. */
static gboolean follows_ews(const adp_rules *r, const adp_step *step)
{
    const adp_obs_search *search = adp_scp_search(r, step);
    char *lower;
    gboolean found;

    if (!search || !search->filter) {
        return FALSE;
    }
    lower = g_ascii_strdown(search->filter, -1);
    found = strcmp(lower, "(&(objectclass=serviceconnectionpoint)"
                          "(|(keywords=67661d7f-8fc4-4fa7-bfac-e1d7794c1f68)"
                          "(keywords=77378f46-2c66-4aa9-a6a6-3e7a48b19596)))") == 0;
    g_free(lower);
    return found;
}

static void order_differs(adp_rules *r)
{
    guint32 p;
    guint i;

    for (p = 0; p < adp_model_path_count(r->model); p++) {
        const adp_path *path = adp_model_path(r->model, p);
        const adp_step *search = NULL;
        const adp_endpoint *before = NULL;
        GPtrArray *endpoints;

        for (i = 0; i < path->steps.count && !search; i++) {
            const adp_step *step = adp_rules_step(r, path->steps.items[i]);

            if (adp_scp_is_exchange(r, step) && follows_ews(r, step)) {
                search = step;
            }
        }
        if (!search) {
            continue;
        }
        endpoints = adp_endpoints_of(r->endpoints, p);
        for (i = 0; i < endpoints->len; i++) {
            const adp_endpoint *endpoint = g_ptr_array_index(endpoints, i);

            if (endpoint->source != ADP_ENDPOINT_SCP || !endpoint->rank || !endpoint->order) {
                continue;
            }
            if (before && endpoint->order < before->order &&
                !adp_same_text(before->host, endpoint->host)) {
                adp_finding *f = adp_rules_find(r, ADP_FINDING_SCP_ORDER_DIFFERS, p, NULL);

                adp_rules_cite_step(r, f, search);
                adp_rules_cite(f, endpoint->first);
                adp_rules_cite(f, before->first);
                adp_rules_summary(f,
                                  "%s was tried before %s, which comes first in the documented "
                                  "order",
                                  endpoint->host, before->host);
                adp_rules_observed(f,
                                   "%s is no. %u and %s is no. %u; the client turned to the "
                                   "former first",
                                   endpoint->host, endpoint->rank, before->host, before->rank);
                adp_rules_inferred(f,
                                   "The search is the one of the EWS Managed API, whose order is "
                                   "known. The client sorts otherwise, knows another site than "
                                   "the capture shows, or had an answer from before.");
                adp_rules_advise(r, f, "scp-order-differs", "host", before->host, "site",
                                 path->own->site, NULL);
            }
            before = endpoint;
        }
        g_ptr_array_unref(endpoints);
    }
}

void adp_rules_pointers(adp_rules *r)
{
    pointers(r);
    loops(r);
    order_differs(r);
}
