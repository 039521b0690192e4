/* rules_dc.c
 * Findings about connections to domain controllers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_dc.h"

#include "facts/outcome.h"
#include "join/attempts.h"
#include "join/hosts.h"
#include "join/identity.h"
#include "join/model.h"
#include "judge/finding.h"
#include "judge/krb_topics.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/scans.h"
#include "judge/silence.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/limits.h"
#include "wire/ports.h"
#include "wire/text.h"

#include <string.h>

#define KDC_ERR_SVC_UNAVAILABLE 29

static gboolean is_dc(const adp_rules *r, guint32 address)
{
    const char *name = adp_model_address_name(r->model, address);

    return adp_rules_is_fact(r, ADP_FACT_DC, adp_rules_address(r, address)) ||
           (name && adp_rules_is_fact(r, ADP_FACT_DC, name));
}

/* Did somebody log on there over LDAP? A capture that begins late shows no more of a controller. */
static gboolean is_signed_in_at(const adp_rules *r, guint32 address)
{
    return adp_rules_is_fact(r, ADP_FACT_SASL, adp_rules_address(r, address));
}

/* Does an answer of a directory refer to it, and nothing else say what it is? */
static gboolean is_referred_to(const adp_rules *r, guint32 address)
{
    const char *name = adp_model_address_name(r->model, address);

    return name && (adp_model_named(r->model, name) & ADP_NAMED_BY_LDAP_REFERRAL);
}

/* Does the attempt go to a KDC that answered at another time, whatever else it is? */
static gboolean is_at_kdc(const adp_rules *r, const adp_attempt *attempt)
{
    return adp_port_is_kdc(attempt->flow.server_port) &&
           adp_rules_is_fact(r, ADP_FACT_KDC, adp_rules_address(r, attempt->flow.server));
}

/*
 * The domain of the path whose own name has the address: programs that are given nothing but the domain ask there. NULL:
 * it has not, or the capture does not show it.
 */
static const char *domain_at(const adp_rules *r, const adp_attempt *attempt)
{
    guint32 path = adp_rules_path_near(r, attempt);
    const char *domain = path == ADP_NONE ? NULL : adp_model_path(r->model, path)->domain;

    return domain && adp_model_host_has_address(r->model, domain, attempt->flow.server) ? domain
                                                                                        : NULL;
}

/*
 * "dc1.contoso.test.apps.example", where dc1.contoso.test is a controller: what a resolver made of its name; NULL: the
 * address has no such name, or something answered there.
 */
static const char *suffixed_name(const adp_rules *r, guint32 address)
{
    const char *name = adp_model_suffixed_at(r->model, address);

    return name && !adp_rules_is_fact(r, ADP_FACT_SPOKE, adp_rules_address(r, address)) ? name
                                                                                        : NULL;
}

/* Is the attempt's server known for what its port is for? */
static gboolean is_known(const adp_rules *r, const adp_attempt *attempt)
{
    return is_dc(r, attempt->flow.server) || is_referred_to(r, attempt->flow.server) ||
           is_signed_in_at(r, attempt->flow.server) || is_at_kdc(r, attempt) ||
           domain_at(r, attempt) || suffixed_name(r, attempt->flow.server);
}

/* What it is called, and why: an LDAP server or a KDC is a domain controller only where something says so. */
static const char *what_is(const adp_rules *r, guint32 address, const char **why)
{
    if (is_dc(r, address)) {
        *why = "It is taken for a domain controller because a locator record or its own reply to a "
               "ping says so.";
        return "Domain controller";
    }
    if (is_referred_to(r, address)) {
        *why =
            "It is taken for a domain controller because an answer of LDAP refers to it: programs "
            "that follow such references connect to it, and wait.";
        return "Domain controller";
    }
    if (is_signed_in_at(r, address)) {
        *why = "It is taken for a directory's server because a client logged on there over LDAP by "
               "SASL, or speaks sealed LDAP with it.";
        return "Directory server";
    }
    if (suffixed_name(r, address)) {
        *why = "DNS gave this address for the name of a domain controller with a suffix behind it: "
               "the client takes it for the controller, and nothing says that it is one.";
        return "Host";
    }
    if (!adp_rules_is_fact(r, ADP_FACT_KDC, adp_rules_address(r, address))) {
        *why =
            "DNS gave this address for the domain's own name: a program that is told nothing but "
            "the domain, and does not look for its locator records, takes it for a controller.";
        return "Host of the domain's name";
    }
    *why = "It is taken for a KDC because it answered as one elsewhere in the capture.";
    return "KDC";
}

static char *end_key(const adp_attempt *attempt)
{
    return g_strdup_printf("%u|%u|%u", attempt->flow.client, attempt->flow.server,
                           attempt->flow.server_port);
}

/* A KDC that refuses a password is there, and was used. */
static gboolean kdc_spoke(const adp_rules *r, const adp_step *step, adp_outcome outcome)
{
    const adp_obs *reply = adp_rules_reply(r, step);

    return step->kind == ADP_STEP_KERBEROS &&
           adp_model_obs(r->model, step->first)->u.krb->carrier == ADP_CARRIER_KDC &&
           (outcome == ADP_OK || (outcome == ADP_FAILED && reply && reply->u.krb->is_error &&
                                  reply->u.krb->error != KDC_ERR_SVC_UNAVAILABLE));
}

void adp_rules_learn_use(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        adp_outcome outcome = adp_rules_outcome(r, step);

        adp_rules_note_good(r, step, ADP_TOPIC_STEP, NULL);
        if (step->reply != ADP_NONE) {
            adp_rules_add_fact(r, ADP_FACT_SPOKE, adp_rules_address(r, step->flow.server));
        }
        if (step->kind == ADP_STEP_HIDDEN ||
            (outcome == ADP_OK && (step->kind == ADP_STEP_BIND || step->kind == ADP_STEP_ROOTDSE ||
                                   step->kind == ADP_STEP_SCP))) {
            adp_rules_note_good(r, step, ADP_TOPIC_LDAP, NULL);
        } else if (kdc_spoke(r, step, outcome)) {
            char number[ADP_NUMBER_TEXT];
            char *way = adp_rules_way(&step->flow);

            adp_rules_note_good(r, step, ADP_TOPIC_KDC_TRANSPORT, way);
            g_free(way);
            adp_rules_note_good(r, step, ADP_TOPIC_KDC, NULL);
            adp_rules_note_good(r, step, ADP_TOPIC_KDC_SERVER,
                                adp_number_text(step->flow.server, number));
        }
    }
}

/* What the client got after the attempt: from another DC, another port, or over UDP. */
static const adp_step *used_instead(const adp_rules *r, const adp_attempt *attempt,
                                    GHashTable *failed)
{
    adp_client client = adp_rules_attempt_client(r, attempt);
    adp_topic topic = adp_port_is_kdc(attempt->flow.server_port) ? ADP_TOPIC_KDC : ADP_TOPIC_LDAP;
    const adp_step *before = adp_rules_good_before(r, client, ADP_TOPIC_STEP, NULL, attempt->first);
    const adp_step *by = adp_rules_good(r, client, topic, NULL, before);

    if (!by) {
        /* It looked for another one, found it, and logged on there. */
        const adp_step *ping = adp_rules_good(r, client, ADP_TOPIC_PING, NULL, before);
        char number[ADP_NUMBER_TEXT];

        if (ping && ping->flow.server != attempt->flow.server &&
            !g_hash_table_contains(failed, GUINT_TO_POINTER(ping->flow.server + 1))) {
            by = adp_rules_good(r, client, ADP_TOPIC_KDC_SERVER,
                                adp_number_text(ping->flow.server, number), ping);
        }
    }
    return by;
}

/* The last reply to a ping of the client that says which roles the server has; NULL: none. */
static const adp_step *roles_of(const adp_rules *r, const adp_attempt *attempt)
{
    char number[ADP_NUMBER_TEXT];

    return adp_rules_good(r, adp_client_at(attempt->flow.client), ADP_TOPIC_NO_CATALOG,
                          adp_number_text(attempt->flow.server, number), NULL);
}

/* Is any address of the name that of a controller? Usually all are, and one that is gone stays among them. */
static gboolean has_controller(const adp_rules *r, const char *name)
{
    const GArray *addresses = adp_model_host_addresses(r->model, name);
    guint i;

    for (i = 0; addresses && i < MIN(addresses->len, ADP_MAX_HOST_ADDRESSES); i++) {
        guint32 address = g_array_index(addresses, guint32, i);

        if (is_dc(r, address) || is_signed_in_at(r, address) ||
            adp_rules_is_fact(r, ADP_FACT_KDC, adp_rules_address(r, address))) {
            return TRUE;
        }
    }
    return FALSE;
}

/* What the capture shows of the place that does not let the client in. */
static void sign_place(const adp_rules *r, adp_finding *f, const adp_attempt *attempt)
{
    const adp_step *said = adp_port_is_gc(attempt->flow.server_port) ? roles_of(r, attempt) : NULL;

    if (said && !adp_finding_has_sign(f, ADP_SIGN_NO_CATALOG)) {
        adp_rules_sign(f, ADP_SIGN_NO_CATALOG, said->reply);
    }
    if (!is_dc(r, attempt->flow.server) && domain_at(r, attempt) &&
        !has_controller(r, domain_at(r, attempt)) &&
        !adp_finding_has_sign(f, ADP_SIGN_OF_DOMAIN_NAME)) {
        adp_rules_sign(f, ADP_SIGN_OF_DOMAIN_NAME, attempt->first);
    }
    if (!is_dc(r, attempt->flow.server) && suffixed_name(r, attempt->flow.server) &&
        !adp_finding_has_sign(f, ADP_SIGN_SUFFIX_BEHIND_NAME)) {
        adp_rules_sign(f, ADP_SIGN_SUFFIX_BEHIND_NAME, attempt->first);
    }
}

/*
 * `syns`: finding -> the connection requests it speaks of. `failed`: controllers, each address + 1, whose
 * LDAP did not let somebody in.
 */
static void report_unreachable(adp_rules *r, const adp_attempt *attempt, const char *how,
                               GHashTable *syns, GHashTable *failed)
{
    guint32 path = adp_rules_path_near(r, attempt);
    const adp_step *by;
    adp_finding *f;
    char *server;
    const char *what;
    const char *suffixed;
    const char *why;
    gboolean spoke;
    char *subject;
    char *port;
    char *key;
    guint sum;

    if (path == ADP_NONE) {
        return;
    }
    if (adp_attempt_took(r->model, attempt)) {
        how = "taken";
    }
    subject = g_strdup_printf("%u|%u", attempt->flow.server, attempt->flow.server_port);
    f = adp_rules_find(r, ADP_FINDING_DC_UNREACHABLE, path, subject);
    g_free(subject);
    adp_rules_cite_attempt(r, f, attempt);
    adp_rules_sign_attempt(r, f, attempt);
    sign_place(r, f, attempt);
    by = used_instead(r, attempt, failed);
    /* Clients try several at once: one used between a SYN and its repetition is used instead. */
    f->served = by != NULL;
    if (by) {
        adp_rules_recovered(r, f, by);
    } else {
        adp_rules_unrecovered(f);
    }
    sum = GPOINTER_TO_UINT(g_hash_table_lookup(syns, f)) + attempt->syns;
    g_hash_table_insert(syns, f, GUINT_TO_POINTER(sum));
    suffixed = is_dc(r, attempt->flow.server) ? NULL : suffixed_name(r, attempt->flow.server);
    server = suffixed
                 ? g_strdup_printf("%s (%s)", suffixed, adp_rules_address(r, attempt->flow.server))
                 : adp_rules_named(r, attempt->flow.server);
    adp_rules_observed(f, "%u connection %s to %s, port %u: it %s", sum,
                       sum == 1 ? "request" : "requests", server, attempt->flow.server_port,
                       adp_rules_attempt_words(how));
    if (f->summary) {
        g_free(server);
        return;
    }
    what = what_is(r, attempt->flow.server, &why);
    adp_rules_summary(f, "%s %s, TCP port %u: %s", what, server, attempt->flow.server_port,
                      adp_rules_attempt_words(how));
    adp_rules_inferred(f, "%s%s", why,
                       strcmp(how, "older") == 0
                           ? " It acknowledges numbers that this connection does not have: "
                             "they are an older one's (RFC 5961, RFC 9293)."
                           : "");
    spoke = adp_rules_is_fact(r, ADP_FACT_SPOKE, adp_rules_address(r, attempt->flow.server));
    key = g_strdup_printf("dc-unreachable/%s%s", how,
                          spoke && strcmp(how, "silent") == 0 ? "-port" : "");
    port = g_strdup_printf("%u", attempt->flow.server_port);
    adp_rules_advise(r, f, key, "server", adp_rules_address(r, attempt->flow.server), "host",
                     suffixed ? suffixed : adp_rules_host(r, attempt->flow.server), "port", port,
                     "client", adp_rules_address(r, attempt->flow.client), NULL);
    g_free(port);
    g_free(key);
    g_free(server);
}

/* Did such a connection stand afterwards? That one stood before says nothing of what came then. */
static gboolean stood_later(GHashTable *accepted, const char *key, const adp_attempt *attempt)
{
    const gint64 *when = g_hash_table_lookup(accepted, key);

    return when && *when >= attempt->first_time;
}

static void unreachable(adp_rules *r)
{
    /* end_key() -> when the last connection that stood there was asked for, owned */
    GHashTable *accepted = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, g_free);
    GHashTable *syns = g_hash_table_new(NULL, NULL);
    GHashTable *failed = g_hash_table_new(NULL, NULL);
    adp_scans *scans = adp_scans_new(r);
    guint32 i;

    for (i = 0; i < adp_model_attempt_count(r->model); i++) {
        const adp_attempt *attempt = adp_model_attempt(r->model, i);

        if (attempt->accepted && !adp_attempt_is_in_vain(r->model, attempt)) {
            g_hash_table_replace(accepted, end_key(attempt),
                                 g_memdup2(&attempt->last_time, sizeof(attempt->last_time)));
        } else if (adp_port_is_ldap(attempt->flow.server_port) &&
                   adp_rules_attempt_failed(r, attempt)) {
            g_hash_table_add(failed, GUINT_TO_POINTER(attempt->flow.server + 1));
        }
    }
    for (i = 0; i < adp_model_attempt_count(r->model); i++) {
        const adp_attempt *attempt = adp_model_attempt(r->model, i);
        const char *how = adp_rules_attempt_failed(r, attempt);
        char *key;

        if (!how || !adp_port_is_dc(attempt->flow.server_port) || !is_known(r, attempt) ||
            adp_scans_has(scans, attempt)) {
            continue;
        }
        key = end_key(attempt);
        /*
         * krb-tcp-blocked or kdc-unanswered says more than this about the same frames. A connection
         * that stood later makes it good, where something was done over it. That an older one was in
         * the way first is how TCP is meant to go about it.
         */
        if ((!stood_later(accepted, key, attempt) ||
             (!attempt->older && used_instead(r, attempt, failed))) &&
            !(adp_port_is_kdc(attempt->flow.server_port) &&
              adp_rules_is_said(r, ADP_SAID_TCP_BLOCKED, key))) {
            report_unreachable(r, attempt, how, syns, failed);
        }
        g_free(key);
    }
    adp_scans_free(scans);
    g_hash_table_unref(failed);
    g_hash_table_unref(syns);
    g_hash_table_unref(accepted);
}

void adp_rules_dc(adp_rules *r)
{
    unreachable(r);
}
