/* krb_sequel.c
 * What a client did after an answer that is healthy only because it went on.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/krb_sequel.h"

#include "case/principal.h"
#include "facts/outcome.h"
#include "join/hosts.h"
#include "join/identity.h"
#include "join/model.h"
#include "judge/krb_topics.h"
#include "judge/rules.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/text.h"

#include <string.h>

#define KDC_ERR_WRONG_REALM 68

/* The host, and its domain. */
static void note_host(adp_rules *r, const adp_step *step, const char *host)
{
    const char *dot = strchr(host, '.');

    adp_rules_note_good(r, step, ADP_TOPIC_GOT_IN_AT, host);
    if (dot && !g_hostname_is_ip_address(host)) {
        adp_rules_note_good(r, step, ADP_TOPIC_GOT_IN, dot + 1);
    }
}

/* Did the client get in here, as somebody? Reading without a name is open to all. */
static gboolean got_in(const adp_rules *r, const adp_step *step)
{
    adp_outcome outcome = adp_rules_outcome(r, step);

    switch (step->kind) {
    case ADP_STEP_BIND: {
        const adp_obs *request = adp_rules_request(r, step);

        return outcome == ADP_OK && !(request && request->u.bind->anonymous);
    }
    case ADP_STEP_HIDDEN:
        return outcome == ADP_HIDDEN || outcome == ADP_OK;
    case ADP_STEP_KERBEROS:
        return outcome == ADP_OK && adp_rules_krb_carrier(r, step) != ADP_CARRIER_KDC;
    default:
        return FALSE;
    }
}

static GHashTable *addresses_of(const adp_rules *r)
{
    GHashTable *addresses = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        guint32 server = adp_rules_step(r, i)->flow.server;
        const char *name = adp_model_address_name(r->model, server);

        if (name) {
            g_hash_table_replace(addresses, g_ascii_strdown(name, -1),
                                 (gpointer)adp_rules_address(r, server));
        }
    }
    return addresses;
}

/* `addresses`: name of a host in lower case -> an address of it. */
static void learn_ticket(adp_rules *r, const adp_step *step, GHashTable *addresses)
{
    char *host;

    if (adp_rules_krb_carrier(r, step) != ADP_CARRIER_KDC ||
        adp_rules_krb_exchange(r, step) != ADP_EXCHANGE_TGS ||
        adp_rules_outcome(r, step) != ADP_OK || adp_rules_krb_is_referral(r, step) ||
        adp_has_prefix(adp_rules_krb_spn(r, step), "krbtgt/")) {
        return;
    }
    adp_rules_note_good(r, step, ADP_TOPIC_GOT_IN, NULL);
    host = adp_spn_host(adp_rules_krb_spn(r, step));
    if (*host) {
        const char *address = g_hash_table_lookup(addresses, host);
        const GArray *known = adp_model_host_addresses(r->model, host);
        guint i;

        note_host(r, step, host);
        for (i = 0; known && i < known->len; i++) {
            adp_rules_note_good(r, step, ADP_TOPIC_GOT_IN_AT,
                                adp_rules_address(r, g_array_index(known, guint32, i)));
        }
        if (address) {
            adp_rules_note_good(r, step, ADP_TOPIC_GOT_IN_AT, address);
        }
    }
    g_free(host);
}

/* The account that logs on with this request; NULL: no logon, or nothing says so. Free with g_free(). */
static char *logs_on(const adp_rules *r, const adp_step *step)
{
    const char *client = adp_rules_krb_client(r, step);

    return adp_rules_krb_exchange(r, step) == ADP_EXCHANGE_AS && *client
               ? adp_principal_user(client)
               : NULL;
}

/* What one user of a terminal server is told is nothing to another one. */
static void learn_realm_of_user(adp_rules *r, const adp_step *step, GHashTable *last,
                                gboolean wrong)
{
    const char *realm = adp_rules_krb_ask(r, step)->realm;
    char *user = logs_on(r, step);
    char *key;
    const char *before;

    if (!user) {
        return;
    }
    key = g_strdup_printf("%u|%s", adp_client_number(step->client), user);
    before = g_hash_table_lookup(last, key);
    if (before && !adp_same_text(before, realm)) {
        adp_rules_note_good(r, step, ADP_TOPIC_REALM_CHANGED, user);
    }
    g_hash_table_replace(last, key, (gpointer)realm);
    if (!wrong) {
        key = g_strdup_printf("%s|%s", realm, user);
        adp_rules_note_good(r, step, ADP_TOPIC_REALM_ASKED, key);
        g_free(key);
    }
    g_free(user);
}

/* `last`: client + 1 -> the realm in which it asked last; `of_user`: the same of "client|user". */
static void learn_realm(adp_rules *r, const adp_step *step, GHashTable *last, GHashTable *of_user)
{
    gboolean wrong;
    const adp_obs_krb *ask = adp_rules_krb_ask(r, step);
    const adp_obs_krb *answer = adp_rules_krb_answer(r, step);
    gpointer key = adp_client_key(step->client);
    const char *before = g_hash_table_lookup(last, key);

    if (!ask || !ask->realm || adp_rules_krb_carrier(r, step) != ADP_CARRIER_KDC) {
        return;
    }
    if (before && !adp_same_text(before, ask->realm)) {
        adp_rules_note_good(r, step, ADP_TOPIC_REALM_CHANGED, NULL);
    }
    g_hash_table_replace(last, key, (gpointer)ask->realm);
    wrong = !answer || (answer->is_error && answer->error == KDC_ERR_WRONG_REALM);
    if (!wrong) {
        adp_rules_note_good(r, step, ADP_TOPIC_REALM_ASKED, ask->realm);
    }
    learn_realm_of_user(r, step, of_user, wrong);
}

void adp_rules_krb_learn_sequel(adp_rules *r)
{
    GHashTable *last = g_hash_table_new(NULL, NULL);
    GHashTable *of_user = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    GHashTable *addresses = addresses_of(r);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (step->kind == ADP_STEP_KERBEROS) {
            learn_ticket(r, step, addresses);
            learn_realm(r, step, last, of_user);
        }
        if (got_in(r, step)) {
            const char *name = adp_model_address_name(r->model, step->flow.server);

            adp_rules_note_good(r, step, ADP_TOPIC_GOT_IN, NULL);
            adp_rules_note_good(r, step, ADP_TOPIC_GOT_IN_AT,
                                adp_rules_address(r, step->flow.server));
            if (name) {
                note_host(r, step, name);
            }
        }
    }
    g_hash_table_unref(addresses);
    g_hash_table_unref(of_user);
    g_hash_table_unref(last);
}

const adp_step *adp_rules_krb_went_on_in(const adp_rules *r, adp_client client, const char *domain,
                                         const adp_step *after)
{
    return adp_rules_good(r, client, ADP_TOPIC_GOT_IN, domain, after);
}

const adp_step *adp_rules_krb_asked_in(const adp_rules *r, adp_client client, const char *realm,
                                       const adp_step *after)
{
    return adp_rules_good(r, client, ADP_TOPIC_REALM_ASKED, realm, after);
}

const adp_step *adp_rules_krb_changed_realm(const adp_rules *r, const adp_step *after)
{
    const adp_obs_krb *answer = adp_rules_krb_answer(r, after);
    const adp_obs_krb *ask = adp_rules_krb_ask(r, after);
    char *user = logs_on(r, after);
    const adp_step *step = adp_rules_good(r, after->client, ADP_TOPIC_REALM_CHANGED, user, after);

    /* He may be called otherwise in the realm that the KDC named. */
    if (!step && user && ask && ask->realm && answer && answer->client_realm &&
        *answer->client_realm && !adp_same_text(answer->client_realm, ask->realm)) {
        step = adp_rules_krb_asked_in(r, after->client, answer->client_realm, after);
    }
    g_free(user);
    return step;
}

const adp_step *adp_rules_krb_taken_after_all(const adp_rules *r, const adp_step *after)
{
    const char *realm = adp_rules_krb_ask(r, after)->realm;
    char *user = logs_on(r, after);
    char *subject = user ? g_strdup_printf("%s|%s", realm, user) : g_strdup(realm);
    const adp_step *step = adp_rules_good(r, after->client, ADP_TOPIC_REALM_ASKED, subject, after);

    g_free(subject);
    g_free(user);
    return step;
}
