/* rules_site.c
 * Findings about what a controller says of the client: its account and its site.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_site.h"

#include "join/identity.h"
#include "join/model.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/rules_ping.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "log/search.h"
#include "wire/hash.h"
#include "wire/netlogon.h"
#include "wire/text.h"

#include <string.h>

/* The account that a ping is about; NULL: none, or the capture has neither end that tells. */
static const char *account_of(const adp_ping_request *ping, const adp_netlogon *dc)
{
    const char *user = ping && ping->user ? ping->user : dc->user;

    return user && *user ? user : NULL;
}

/* Each forest has sites of its own. */
static const char *forest_of(const adp_netlogon *dc)
{
    return dc->forest && *dc->forest ? dc->forest : dc->domain;
}

/*
 * The forest, and the family of the client's address: subnets of IPv4 and IPv6 are entered each for
 * itself, so that a site by the one is none by the other. Free with g_free().
 */
static char *sited(const adp_rules *r, const adp_step *step, const adp_netlogon *dc)
{
    gboolean six = strchr(adp_rules_address(r, step->flow.client), ':') != NULL;

    return g_strdup_printf("%s|%s", six ? "IPv6" : "IPv4", forest_of(dc));
}

void adp_rules_learn_client(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_netlogon *dc = step->kind == ADP_STEP_PING ? adp_ping_said(r, step) : NULL;
        const char *user = dc ? account_of(adp_ping_asked(r, step), dc) : NULL;

        if (user && !adp_netlogon_is_user_unknown(dc->opcode) && adp_ping_is_serving(dc->opcode)) {
            adp_rules_note_good(r, step, ADP_TOPIC_ACCOUNT, user);
        }
        if (dc && dc->client_site && *dc->client_site) {
            char *by = sited(r, step, dc);

            adp_rules_note_good(r, step, ADP_TOPIC_CLIENT_SITE, forest_of(dc));
            adp_rules_note_good(r, step, ADP_TOPIC_CLIENT_SITE, by);
            g_free(by);
        }
    }
}

/*
 * Does the controller serve another domain than the one that the machine is proven to be a member of?
 * It need not know the machine: who looks at a trusted domain hears so.
 */
static gboolean is_of_other_domain(const adp_rules *r, const adp_step *step, const adp_netlogon *dc)
{
    const adp_path *path = adp_model_path(r->model, step->path);

    return path->domain_is_own && path->domain && dc->domain && strchr(dc->domain, '.') &&
           !adp_same_text(path->domain, dc->domain);
}

/* The controllers of which a finding tells, each address + 1: of `denying`, which has them by finding. */
static guint count_denying(GHashTable *denying, const adp_finding *f, const adp_step *step)
{
    GHashTable *servers = g_hash_table_lookup(denying, f);

    if (!servers) {
        servers = g_hash_table_new(NULL, NULL);
        g_hash_table_insert(denying, (gpointer)f, servers);
    }
    g_hash_table_add(servers, GUINT_TO_POINTER(step->flow.server + 1));
    return g_hash_table_size(servers);
}

/* It is the same at several controllers. */
static void say_several(adp_finding *f, guint count, const char *user, guint32 reply)
{
    adp_rules_summary(f, "%u domain controllers do not know the account %s", count, user);
    adp_rules_observed(f, "The replies of %u controllers to LDAP pings say \"user unknown\" for %s",
                       count, user);
    if (!adp_finding_has_sign(f, ADP_SIGN_SEVERAL_DENY)) {
        adp_rules_sign(f, ADP_SIGN_SEVERAL_DENY, reply);
    }
}

static void account_unknown(adp_rules *r)
{
    GHashTable *denying =
        g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_hash_table_unref);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_netlogon *dc = step->kind == ADP_STEP_PING ? adp_ping_said(r, step) : NULL;
        const adp_ping_request *ping = dc ? adp_ping_asked(r, step) : NULL;
        const char *user = dc ? account_of(ping, dc) : NULL;
        adp_finding *f;
        guint count;

        if (!user || !adp_netlogon_is_user_unknown(dc->opcode)) {
            continue;
        }
        f = adp_rules_find(r, ADP_FINDING_ACCOUNT_UNKNOWN_TO_DC, step->path, user);
        adp_rules_cite_step(r, f, step);
        count = count_denying(denying, f, step);
        if (count > 1) {
            say_several(f, count, user, step->reply);
        }
        if (!f->summary) {
            char *server = adp_rules_named(r, step->flow.server);

            adp_rules_summary(f, "%s does not know the account %s", server, user);
            adp_rules_observed(f, "The reply to the LDAP ping says \"user unknown\" for %s", user);
            adp_rules_inferred(f, "The account is not there, not of the kind asked for, disabled, "
                                  "or not yet replicated to this controller. The controller "
                                  "itself serves.");
            if (!ping || !adp_ping_is_of_own_account(ping)) {
                f->severity = ADP_SEVERITY_NOTE;
            } else if (is_of_other_domain(r, step, dc)) {
                f->severity = ADP_SEVERITY_NOTE;
                adp_rules_sign(f, ADP_SIGN_FOREIGN_MEMBER, step->reply);
                adp_rules_inferred(f,
                                   "The machine is a member of %s, and this controller serves %s: "
                                   "it need not know the account. The controller itself serves.",
                                   adp_model_path(r->model, step->path)->domain, dc->domain);
            }
            adp_rules_advise(r, f, "account-unknown-to-dc", "account", user, "host",
                             adp_rules_host(r, step->flow.server), "domain", dc->domain, NULL);
            /* Another controller that knows it makes it good. */
            adp_rules_remedy(f, step->client, ADP_TOPIC_ACCOUNT, user);
            /* So does its first logon: at a join, the controller is asked before there is one. */
            adp_rules_remedy(f, step->client, ADP_TOPIC_USER, user);
            g_free(server);
        }
    }
    g_hash_table_unref(denying);
}

/*
 * Is this a controller of the domain the client is a member of? The client's own
 * DNS name tells; without it only a client that talks to one domain.
 */
static gboolean is_own_domain(const adp_rules *r, const adp_step *step, const adp_netlogon *dc)
{
    const adp_ping_request *ping = adp_ping_asked(r, step);
    const adp_path *path = adp_model_path(r->model, step->path);
    const char *name =
        ping && ping->dns_host ? ping->dns_host : adp_model_client_name(r->model, step->client);
    const char *dot = name ? strchr(name, '.') : NULL;

    if (dot) {
        return adp_same_text(dot + 1, dc->domain);
    }
    if (ping && ping->user && adp_ping_is_of_own_account(ping)) {
        return TRUE;
    }
    return adp_same_text(path->domain, dc->domain);
}

/* Did any controller of the forest give the client a site? */
static gboolean has_site(const adp_rules *r, const adp_step *step, const adp_netlogon *dc)
{
    char *by = sited(r, step, dc);
    gboolean has = adp_rules_good(r, step->client, ADP_TOPIC_CLIENT_SITE, by, NULL) != NULL;

    g_free(by);
    return has;
}

/* By its address of the other family it is in a site. */
static void sign_other_family(const adp_rules *r, adp_finding *f, const adp_step *step,
                              const adp_netlogon *dc)
{
    const adp_step *other =
        adp_rules_good(r, step->client, ADP_TOPIC_CLIENT_SITE, forest_of(dc), NULL);

    if (other) {
        adp_rules_sign(f, ADP_SIGN_OTHER_FAMILY_SITED, other->reply);
    }
}

static void client_site(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_netlogon *dc = step->kind == ADP_STEP_PING ? adp_ping_said(r, step) : NULL;
        adp_finding *f;
        char *server;

        if (!dc || !dc->client_site || *dc->client_site || !dc->domain || !*dc->domain ||
            !adp_ping_is_serving(dc->opcode) || !is_own_domain(r, step, dc) ||
            has_site(r, step, dc)) {
            continue;
        }
        f = adp_rules_find(r, ADP_FINDING_CLIENT_SITE_UNDEFINED, step->path, dc->domain);
        adp_rules_cite_step(r, f, step);
        if (f->summary) {
            continue;
        }
        server = adp_rules_named(r, step->flow.server);
        adp_rules_summary(f, "%s is in no site of %s", adp_rules_address(r, step->flow.client),
                          dc->domain);
        adp_rules_observed(f, "%s leaves the client's site empty in its reply to the LDAP ping",
                           server);
        adp_rules_inferred(f,
                           "The controller knows no site for %s, or for the address that it "
                           "sees in its place. The client takes any domain controller, and has "
                           "no site by which to choose a service connection point.",
                           adp_rules_address(r, step->flow.client));
        adp_rules_advise(r, f, "client-site-undefined", "domain", dc->domain, "server",
                         adp_rules_address(r, step->flow.server), "host",
                         adp_rules_host(r, step->flow.server), "address",
                         adp_rules_address(r, step->flow.client), NULL);
        sign_other_family(r, f, step, dc);
        g_free(server);
    }
}

static void other_site(adp_rules *r)
{
    GHashTable *uses = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (step->kind == ADP_STEP_BIND || step->kind == ADP_STEP_SCP ||
            step->kind == ADP_STEP_HIDDEN || step->kind == ADP_STEP_ROOTDSE) {
            g_hash_table_add(
                uses, g_strdup_printf("%u|%u", adp_client_number(step->client), step->flow.server));
        }
    }
    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_netlogon *dc = step->kind == ADP_STEP_PING ? adp_ping_said(r, step) : NULL;
        char *key;
        gboolean used;
        adp_finding *f;
        char *server;

        if (!dc || !dc->has_flags || (dc->flags & ADP_DS_CLOSEST) || !dc->client_site ||
            !*dc->client_site || !dc->dc_site || !*dc->dc_site ||
            adp_same_text(dc->client_site, dc->dc_site) || !adp_ping_is_serving(dc->opcode)) {
            continue;
        }
        key = g_strdup_printf("%u|%u", adp_client_number(step->client), step->flow.server);
        used = g_hash_table_contains(uses, key);
        if (!used) {
            g_free(key);
            continue;
        }
        f = adp_rules_find(r, ADP_FINDING_DC_OTHER_SITE, step->path, key);
        g_free(key);
        adp_rules_cite_step(r, f, step);
        if (f->summary) {
            continue;
        }
        server = adp_rules_named(r, step->flow.server);
        adp_rules_summary(f, "The client in site %s uses a domain controller of site %s",
                          dc->client_site, dc->dc_site);
        adp_rules_observed(f,
                           "%s says that it is not the closest, and the client sent it LDAP "
                           "requests",
                           server);
        adp_rules_inferred(f,
                           "No controller of site %s was found or answered, or the client was "
                           "told to use this one.",
                           dc->client_site);
        adp_rules_advise(r, f, "dc-other-site", "site", dc->client_site, "host",
                         adp_rules_host(r, step->flow.server), "domain", dc->domain, NULL);
        g_free(server);
    }
    g_hash_table_unref(uses);
}

void adp_rules_client(adp_rules *r)
{
    account_unknown(r);
    client_site(r);
    other_site(r);
}
