/* rules_krb_referral.c
 * Findings about referrals to another realm that a client does not follow.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_krb_referral.h"

#include "join/identity.h"
#include "join/model.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/krb_remedy.h"
#include "judge/krb_signs.h"
#include "judge/krb_topics.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/rules_krb_realm.h"
#include "log/krb.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/text.h"

/* A client that follows gets a referral once and keeps it: two within this time are none that was kept. */
#define AGAIN (600 * ADP_NS_PER_S)
/* A client that follows does so soon. */
#define PATIENCE (5 * ADP_NS_PER_S)

/* Where the answer to a request for a service sends the client; NULL: nowhere. */
static const char *led_to(const adp_rules *r, const adp_step *step)
{
    const adp_obs_krb *ask = step->kind == ADP_STEP_KERBEROS ? adp_rules_krb_ask(r, step) : NULL;
    const adp_obs_krb *answer = ask ? adp_rules_krb_answer(r, step) : NULL;

    return answer && !answer->damaged && !answer->is_error && ask->realm &&
                   ask->exchange == ADP_EXCHANGE_TGS &&
                   adp_rules_krb_carrier(r, step) == ADP_CARRIER_KDC
               ? adp_krb_referral(ask, answer)
               : NULL;
}

/* Free with g_free(). */
static char *asked_key(const adp_rules *r, const adp_step *step, const char *realm)
{
    guint32 client = adp_client_number(adp_model_owner(r->model, step->client));
    char *key = g_strdup_printf("%u|%s", client, realm);
    char *lower = g_ascii_strdown(key, -1);

    g_free(key);
    return lower;
}

/* asked_key() of all that was asked of KDCs, whether or not it was answered. */
static GHashTable *asked_realms(const adp_rules *r)
{
    GHashTable *asked = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_krb *ask =
            step->kind == ADP_STEP_KERBEROS ? adp_rules_krb_ask(r, step) : NULL;

        if (ask && ask->realm) {
            g_hash_table_add(asked, asked_key(r, step, ask->realm));
        }
    }
    return asked;
}

static void report(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const char *spn = adp_rules_krb_spn(r, first);
    const char *realm = led_to(r, first);
    adp_finding *f = adp_rules_find(r, ADP_FINDING_WRONG_REALM, first->path, group->key);
    char *answered = adp_rules_krb_answered(r, group);

    adp_rules_cite_group(r, f, group);
    adp_rules_krb_signs(r, f, first);
    f->severity = ADP_SEVERITY_WARN;
    f->ends = TRUE;
    adp_rules_summary(f, "%s: the KDC refers the client to the realm %s, where it does not ask",
                      spn, realm);
    adp_rules_observed(f,
                       "%s for %s with a ticket for krbtgt/%s in its place; no request of the "
                       "client goes to that realm in the capture",
                       answered, spn, realm);
    adp_rules_inferred(f, "A referral is no ticket for the service: the client has to ask on in "
                          "the realm that it names (RFC 4120 3.3.1). This one asks the same KDC "
                          "for the same again.");
    adp_rules_advise(r, f, "wrong-realm/not-followed", "spn", spn, "realm", realm, NULL);
    g_free(answered);
}

/* The same account's requests for one thing, sent to the same realm each time. */
static adp_groups *referrals(adp_rules *r)
{
    adp_groups *groups = adp_groups_new();
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const char *realm = led_to(r, step);

        if (realm) {
            const char *by = adp_krb_code_purpose(r, step).by;
            char *key = g_strdup_printf("referred|%s|%s|%s|%s", adp_rules_krb_ask(r, step)->realm,
                                        realm, adp_rules_krb_spn(r, step), by ? by : "");

            adp_groups_add(groups, step, key);
            g_free(key);
        }
    }
    return groups;
}

/** The last step of a client, and the last one with another server than that. */
typedef struct {
    const adp_step *last;
    const adp_step *other;
} last_servers;

/* By the number of the client. */
static GHashTable *servers_of_clients(const adp_rules *r)
{
    GHashTable *servers = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        gpointer client =
            GUINT_TO_POINTER(adp_client_number(adp_model_owner(r->model, step->client)));
        last_servers *known = g_hash_table_lookup(servers, client);

        if (!known) {
            known = g_new0(last_servers, 1);
            g_hash_table_insert(servers, client, known);
        }
        if (known->last && known->last->flow.server != step->flow.server) {
            known->other = known->last;
        }
        known->last = step;
    }
    return servers;
}

/*
 * Did the client turn to another server behind the step? Beside a KDC, a capture has what the client asks of it
 * and nothing of where it asks on.
 */
static gboolean is_beside_client(const adp_rules *r, const adp_step *step, GHashTable *servers)
{
    guint32 client = adp_client_number(adp_model_owner(r->model, step->client));
    const last_servers *known = g_hash_table_lookup(servers, GUINT_TO_POINTER(client));
    const adp_step *other =
        known->last->flow.server != step->flow.server ? known->last : known->other;

    return other && other->first > step->first;
}

static gboolean is_again(const adp_rules *r, const adp_group *group)
{
    gint64 first = adp_rules_time(r, adp_group_first(group));
    gint64 last = adp_rules_time(r, adp_group_last(group));

    return group->steps->len > 1 && adp_since(r->end, last) >= PATIENCE &&
           adp_since(last, first) <= AGAIN;
}

void adp_rules_krb_referrals(adp_rules *r)
{
    adp_groups *groups = referrals(r);
    GHashTable *asked = groups->list->len ? asked_realms(r) : NULL;
    GHashTable *tried = groups->list->len ? adp_rules_krb_tried_realms(r) : NULL;
    GHashTable *servers = groups->list->len ? servers_of_clients(r) : NULL;
    guint i;

    for (i = 0; i < groups->list->len; i++) {
        const adp_group *group = g_ptr_array_index(groups->list, i);
        const adp_step *first = adp_group_first(group);
        const char *realm = led_to(r, first);
        char *key = asked_key(r, first, realm);

        /* What became of a try is told by itself. */
        if (is_again(r, group) && is_beside_client(r, first, servers) &&
            !g_hash_table_contains(asked, key) &&
            adp_rules_krb_looks_in(r, first, realm, tried) == ADP_NONE) {
            report(r, group);
        }
        g_free(key);
    }
    if (asked) {
        g_hash_table_unref(asked);
        g_hash_table_unref(tried);
        g_hash_table_unref(servers);
    }
    adp_groups_free(groups);
}
