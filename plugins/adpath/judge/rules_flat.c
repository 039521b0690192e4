/* rules_flat.c
 * Findings about NetBIOS names that were asked for as DNS domains.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_flat.h"

#include "case/name_forms.h"
#include "case/names.h"
#include "join/learn.h"
#include "join/model.h"
#include "join/netbios.h"
#include "judge/catalogue.h"
#include "judge/dns_answers.h"
#include "judge/dns_topics.h"
#include "judge/finding.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "log/observation.h"
#include "wire/srv_name.h"
#include "wire/text.h"

#include <string.h>

/* ---- flat names ---- */

/*
 * What speaks for a first label being a NetBIOS name, ADP_NONE: nothing does. A lookup by NetBIOS is
 * no such thing: clients try that, too, when DNS does not know their domain's full name.
 */
static guint32 flat_sign(const adp_rules *r, const adp_step *step, const char *label)
{
    guint32 sign = adp_names_netbios(r->names, label);

    if (sign == ADP_NONE) {
        sign = adp_names_asked_bare(r->names, step->client, label);
    }
    return sign;
}

/* A controller says that the domain's DNS name is the NetBIOS name: there is no longer one to ask for. */
static gboolean is_domain_of_one_label(const adp_rules *r, const char *label)
{
    return adp_names_netbios(r->names, label) != ADP_NONE &&
           adp_same_text(adp_names_dns_of(r->names, label), label);
}

/* Is it a domain's full name, of two labels or more, before what a resolver appends? */
static gboolean is_completed(const adp_rules *r, const adp_step *step, const char *domain)
{
    const char *dot = strchr(domain, '.');
    gboolean known = adp_model_has_foreign_suffix(r->model, step);

    for (dot = dot ? strchr(dot + 1, '.') : NULL; dot && !known; dot = strchr(dot + 1, '.')) {
        char *front = g_strndup(domain, (gsize)(dot - domain));

        known = adp_names_domain(r->names, front) != ADP_NONE;
        g_free(front);
    }
    return known;
}

adp_name_form adp_dns_form_of(const adp_rules *r, const adp_step *step, const char *domain)
{
    char *label = adp_first_label(domain);
    const char *suffix = adp_parent_domain(domain);
    adp_name_form form = ADP_NAME_PROPER;

    if (adp_is_workgroup(label) || adp_is_cloud_label(label) || adp_is_home_network(domain)) {
        form = ADP_NAME_WORKGROUP;
    } else if (adp_names_domain(r->names, domain) != ADP_NONE ||
               (suffix && adp_same_text(adp_names_dns_of(r->names, label), domain))) {
        /* Where it works, a name stands for itself, also one that begins like the NetBIOS name. */
        form = ADP_NAME_PROPER;
    } else if (is_completed(r, step, domain)) {
        form = ADP_NAME_COMPLETED;
    } else if (suffix && is_domain_of_one_label(r, label)) {
        form = ADP_NAME_MAYBE_FLAT;
    } else if (!suffix || flat_sign(r, step, label) != ADP_NONE) {
        form = ADP_NAME_FLAT;
    } else if (adp_names_domain(r->names, suffix) != ADP_NONE) {
        form = ADP_NAME_MAYBE_FLAT;
    } else if (adp_looks_like_netbios(label) && !adp_looks_like_netbios(suffix) &&
               strchr(suffix, '.')) {
        /* Capitals before a suffix in small letters: typed by somebody, and completed. */
        form = ADP_NAME_FLAT;
    }
    g_free(label);
    return form;
}

/* Was it also looked for as NetBIOS names are, and did anybody say where it is? */
static void sign_netbios(const adp_rules *r, adp_finding *f, guint32 address, const char *label)
{
    guint32 asked = adp_model_netbios_domain(r->model, address, label);
    guint32 answer = adp_model_netbios_answer(r->model, label);

    if (asked == ADP_NONE) {
        return;
    }
    adp_rules_cite(f, asked);
    if (answer != ADP_NONE) {
        adp_rules_cite(f, answer);
    }
    adp_rules_sign(f, answer != ADP_NONE ? ADP_SIGN_NETBIOS_ANSWERED : ADP_SIGN_NETBIOS_ASKED,
                   answer != ADP_NONE ? answer : asked);
}

static void report_flat(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const char *domain = adp_dns_question(r, first)->parts->domain;
    char *label = adp_first_label(domain);
    guint32 known = adp_names_netbios(r->names, label);
    guint32 found = adp_names_found_any(r->names, first->client);
    const char *dns = adp_names_dns_of(r->names, label);
    adp_finding *f = adp_rules_find(r, ADP_FINDING_FLAT_DOMAIN_NAME, first->path, label);
    char *told = adp_dns_told(r, group);

    adp_rules_cite_group(r, f, group);
    adp_rules_summary(f, "%s was asked for as a DNS domain, and is a NetBIOS name", label);
    adp_rules_observed(f, "%s", told);
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
    sign_netbios(r, f, first->flow.client, label);
    if (adp_dns_withheld(r, group, NULL) != ADP_NONE) {
        adp_rules_sign(f, ADP_SIGN_SAYS_WITHHELD, adp_dns_withheld(r, group, NULL));
    }
    adp_rules_advise(r, f, "flat-domain-name", "short", label, "domain",
                     known != ADP_NONE ? dns : NULL, "name", adp_dns_question(r, first)->name,
                     "resolver", adp_rules_address(r, first->flow.server), NULL);
    g_free(told);
    g_free(label);
}

/* A NetBIOS name in the place of a domain: not found, or not even looked up. */
static void flat_names(adp_rules *r)
{
    adp_groups *groups = adp_groups_new();
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_dns *dns = step->kind == ADP_STEP_SRV ? adp_dns_answer(r, step) : NULL;
        const char *domain;
        char *label;

        if (!dns || dns->truncated || dns->damaged || adp_dns_is_answered(dns)) {
            continue;
        }
        domain = adp_dns_question(r, step)->parts->domain;
        if (!domain || !*domain ||
            adp_dns_question(r, step)->parts->role == ADP_ROLE_AUTODISCOVER ||
            adp_dns_question(r, step)->parts->service->miss_is_normal ||
            adp_dns_form_of(r, step, domain) != ADP_NAME_FLAT ||
            adp_names_host(r->names, domain) != ADP_NONE) {
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

void adp_rules_flat(adp_rules *r)
{
    flat_names(r);
}
