/* rules_krb_weak.c
 * Findings about tickets with old encryption.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_krb_weak.h"

#include "join/model.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/krb_topics.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "log/krb.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/krb_error.h"
#include "wire/text.h"

#include <string.h>

#define NAMES_SHOWN 3

static gboolean offers_aes(const adp_obs_krb *ask)
{
    guint i;

    for (i = 0; ask && i < ask->etypes.count; i++) {
        if (ask->etypes.items[i] >= 17 && ask->etypes.items[i] <= 20) {
            return TRUE;
        }
    }
    return FALSE;
}

/*
 * The other realm whose KDC is to open the ticket: its key is the trust's, whatever service the client
 * asked for. NULL: the ticket is for a service.
 */
static const char *realm_of_trust(const adp_rules *r, const adp_step *step)
{
    const adp_obs_krb *answer = adp_rules_krb_answer(r, step);
    const adp_obs_krb *ask = adp_rules_krb_ask(r, step);
    const char *referral = adp_krb_referral(ask, answer);
    const char *spn = adp_rules_krb_spn(r, step);

    if (referral || !adp_has_prefix(spn, "krbtgt/") || !answer->realm ||
        adp_same_text(spn + strlen("krbtgt/"), answer->realm)) {
        return referral;
    }
    return spn + strlen("krbtgt/");
}

/* So many services within so long: no program uses them all at once. */
#define COLLECTED        4
#define COLLECTED_WITHIN (2 * ADP_NS_PER_S)

static gboolean is_weak_ticket(const adp_rules *r, const adp_step *step)
{
    const adp_obs_krb *answer =
        step->kind == ADP_STEP_KERBEROS ? adp_rules_krb_answer(r, step) : NULL;

    return answer && !answer->is_error && answer->has_ticket &&
           adp_etype_is_weak(answer->ticket_etype) &&
           adp_rules_krb_carrier(r, step) == ADP_CARRIER_KDC &&
           offers_aes(adp_rules_krb_ask(r, step));
}

/* The first ticket for each of the services. */
static GPtrArray *services_of(const adp_rules *r, const adp_group *group)
{
    GHashTable *seen = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    GPtrArray *services = g_ptr_array_new();
    guint i;

    for (i = 0; i < group->steps->len; i++) {
        const adp_step *step = g_ptr_array_index(group->steps, i);

        if (g_hash_table_add(seen, g_ascii_strdown(adp_rules_krb_spn(r, step), -1))) {
            g_ptr_array_add(services, (gpointer)step);
        }
    }
    g_hash_table_unref(seen);
    return services;
}

/* Were so many of them taken in a moment? */
static gboolean was_collected(const adp_rules *r, const GPtrArray *services)
{
    guint i;

    for (i = COLLECTED; i <= services->len; i++) {
        if (adp_since(adp_rules_time(r, g_ptr_array_index(services, i - 1)),
                      adp_rules_time(r, g_ptr_array_index(services, i - COLLECTED))) <=
            COLLECTED_WITHIN) {
            return TRUE;
        }
    }
    return FALSE;
}

static void say_weak_ones(const adp_rules *r, adp_finding *f, const GPtrArray *services,
                          const char *type)
{
    GString *names = g_string_new(NULL);
    guint i;

    for (i = 0; i < services->len && i < NAMES_SHOWN; i++) {
        g_string_append_printf(names, "%s%s", i ? ", " : "",
                               adp_rules_krb_spn(r, g_ptr_array_index(services, i)));
    }
    if (services->len > NAMES_SHOWN) {
        g_string_append_printf(names, " and %u more", services->len - NAMES_SHOWN);
    }
    adp_rules_summary(f, "Tickets for %u services are encrypted with %s: %s", services->len, type,
                      names->str);
    g_string_free(names, TRUE);
}

/* A referral: the type is that of the trust's key, and says nothing of the service's account. */
static void report_weak_trust(adp_rules *r, adp_finding *f, const adp_step *first,
                              const char *trust, const char *type)
{
    adp_rules_summary(f, "The ticket for the realm %s is encrypted with %s", trust, type);
    adp_rules_inferred(f, "It is a referral, sealed with the key of the trust between the realms: "
                          "the trust has no AES key, or is not marked for AES.");
    adp_rules_advise(r, f, "weak-etype/trust", "realm", trust, "domain",
                     adp_rules_krb_realm(r, first), NULL);
}

static void report_weak(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    adp_finding *f = adp_rules_find(r, ADP_FINDING_WEAK_ETYPE, first->path, group->key);
    gint32 etype = adp_rules_krb_answer(r, first)->ticket_etype;
    const char *name = adp_etype_name(etype);
    const char *spn = adp_rules_krb_spn(r, first);
    GPtrArray *services = services_of(r, group);
    gboolean collected = was_collected(r, services);

    const char *trust = realm_of_trust(r, first);

    adp_rules_cite_group(r, f, group);
    adp_rules_observed(f, "The client offered AES, and the KDC made %s with %s (%d)",
                       group->steps->len > 1 ? "the tickets" : "the ticket",
                       name ? name : "an old type", etype);
    if (trust) {
        report_weak_trust(r, f, first, trust, name ? name : "DES");
        g_ptr_array_unref(services);
        return;
    }
    if (services->len > 1) {
        say_weak_ones(r, f, services, name ? name : "DES");
    } else {
        adp_rules_summary(f, "The ticket for %s is encrypted with %s", spn, name ? name : "DES");
    }
    adp_rules_inferred(
        f,
        "The %s no AES key, %s not marked for AES, or the domain controller is older "
        "than Windows 2008.%s",
        services->len > 1 ? "services' accounts have" : "service's account has",
        services->len > 1 ? "are" : "is",
        collected ? " So many within two seconds look collected rather than needed: by an "
                    "inventory, or by somebody who wants to guess the accounts' passwords from "
                    "them (Kerberoasting)."
                  : "");
    adp_rules_advise(r, f, collected ? "weak-etype/collected" : "weak-etype", "spn", spn, "realm",
                     adp_rules_krb_realm(r, first), "address",
                     adp_rules_address(r, first->flow.client), NULL);
    g_ptr_array_unref(services);
}

void adp_rules_krb_weak(adp_rules *r)
{
    adp_groups *groups = adp_groups_new();
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (is_weak_ticket(r, step)) {
            const char *trust = realm_of_trust(r, step);
            char *key = g_strdup_printf("%d|%s|%s", adp_rules_krb_answer(r, step)->ticket_etype,
                                        adp_rules_krb_client(r, step), trust ? trust : "");

            adp_groups_add(groups, step, key);
            g_free(key);
        }
    }
    for (i = 0; i < groups->list->len; i++) {
        report_weak(r, g_ptr_array_index(groups->list, i));
    }
    adp_groups_free(groups);
}
