/* rules_ldap.c
 * Findings about LDAP connections: binds, protection, silence.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_ldap.h"

#include "join/ldap_ops.h"
#include "join/identity.h"
#include "join/model.h"
#include "judge/finding.h"
#include "judge/rules_bind.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/silence.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/ldap_result.h"
#include "wire/ports.h"
#include "wire/text.h"

/* Result codes of RFC 4511 that say why a bind was refused. */
#define RESULT_OPERATIONS_ERROR 1

void adp_rules_learn_ldap(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (step->kind == ADP_STEP_SCP && adp_rules_outcome(r, step) == ADP_OK) {
            adp_rules_note_good(r, step, ADP_TOPIC_READ, NULL);
        } else if (step->kind == ADP_STEP_BIND) {
            adp_rules_learn_bind_step(r, step);
        }
    }
}

/* ---- searches without a bind ---- */

gboolean adp_rules_is_not_bound(const adp_rules *r, const adp_step *step)
{
    const adp_obs_result *result = adp_ldap_result_of(r, step);

    /* Samba's number for the same. */
    return result && result->result == RESULT_OPERATIONS_ERROR &&
           (adp_ldap_says(result, "000004DC") || adp_ldap_says(result, "00002020"));
}

static void not_bound(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        adp_finding *f;
        char *subject;
        char *server;

        if ((step->kind != ADP_STEP_SCP && step->kind != ADP_STEP_ROOTDSE) ||
            !adp_rules_is_not_bound(r, step)) {
            continue;
        }
        subject = g_strdup_printf("%u", step->flow.server);
        f = adp_rules_find(r, ADP_FINDING_LDAP_NOT_BOUND, step->path, subject);
        g_free(subject);
        adp_rules_cite_step(r, f, step);
        if (f->summary) {
            continue;
        }
        server = adp_rules_named(r, step->flow.server);
        adp_rules_summary(f, "%s answers the search only after a bind", server);
        adp_rules_observed(f, "The search ended with operationsError and %s",
                           adp_ldap_says(adp_ldap_result_of(r, step), "000004DC") ? "000004DC"
                                                                                  : "00002020");
        adp_rules_inferred(f, "Nobody was bound on this connection, or only anonymously. Active "
                              "Directory shows the rootDSE to everybody, and nothing else.");
        adp_rules_advise(r, f, "ldap-not-bound", "host", adp_rules_host(r, step->flow.server),
                         "server", adp_rules_address(r, step->flow.server), NULL);
        g_free(server);
        adp_rules_remedy(f, step->client, ADP_TOPIC_READ, NULL);
    }
}

/* An operation that is no step was refused for the same reason. */
static void operation_not_bound(adp_rules *r, const adp_ldap_operation *operation, guint32 path)
{
    const adp_obs_result *result = &adp_model_obs(r->model, operation->reply)->u.operation->result;
    const adp_step *bind = operation->bind != ADP_NONE ? adp_rules_step(r, operation->bind) : NULL;
    const adp_obs *asked = bind ? adp_rules_request(r, bind) : NULL;
    gboolean anonymous = asked && asked->u.bind->anonymous;
    const char *what = adp_ldap_op_name(operation->op);
    char *server = adp_rules_named(r, operation->flow.server);
    char number[ADP_NUMBER_TEXT];
    adp_finding *f = adp_rules_find(r, ADP_FINDING_LDAP_NOT_BOUND, path,
                                    adp_number_text(operation->flow.server, number));

    adp_rules_cite(f, operation->reply);
    if (bind) {
        adp_rules_cite_step(r, f, bind);
    }
    if (!f->summary) {
        adp_rules_summary(f,
                          "%s refuses an LDAP operation (%s), which needs a bind: nobody is bound",
                          server, what);
        adp_rules_observed(f, "The operation (%s) ended with operationsError and %s%s", what,
                           adp_ldap_says(result, "000004DC") ? "000004DC" : "00002020",
                           anonymous ? "; the bind before it was anonymous" : "");
        adp_rules_inferred(f, "%s",
                           anonymous
                               ? "The connection is bound anonymously: Active Directory shows "
                                 "the rootDSE to everybody, and nothing else."
                               : "Nobody was bound on this connection, or only anonymously: "
                                 "a program that follows a referral often binds so.");
        adp_rules_advise(r, f, "ldap-not-bound", "host", adp_rules_host(r, operation->flow.server),
                         "server", adp_rules_address(r, operation->flow.server), NULL);
        /* A program that learns from the refusal binds, and asks again. */
        adp_rules_remedy(f, adp_client_at(operation->flow.client), ADP_TOPIC_BIND, number);
        if (anonymous) {
            adp_rules_sign(f, ADP_SIGN_ANONYMOUS, bind->request);
        }
    }
    g_free(server);
}

static void starttls_failed(adp_rules *r, const adp_ldap_operation *operation, guint32 path)
{
    const adp_obs_result *result = &adp_model_obs(r->model, operation->reply)->u.operation->result;
    const char *name = adp_ldap_result_name(result->result);
    char *server = adp_rules_named(r, operation->flow.server);
    char *said = adp_one_line(result->diagnostic);
    char *port = g_strdup_printf("%u", operation->flow.server_port);
    char number[ADP_NUMBER_TEXT];
    adp_finding *f = adp_rules_find(r, ADP_FINDING_STARTTLS_FAILED, path,
                                    adp_number_text(operation->flow.server, number));

    adp_rules_cite(f, operation->request);
    adp_rules_cite(f, operation->reply);
    adp_rules_summary(f, "%s refuses StartTLS: %s", server, name ? name : "error");
    adp_rules_observed(f, "StartTLS on port %u ended with result %u%s%s",
                       operation->flow.server_port, result->result,
                       said && *said ? ", saying " : "", said ? said : "");
    adp_rules_inferred(f, "The server did not take StartTLS. Where it says unavailable (52), a "
                          "controller of Windows without a certificate answers so.");
    adp_rules_advise(r, f, "starttls-failed", "host", adp_rules_host(r, operation->flow.server),
                     "server", adp_rules_address(r, operation->flow.server), "port", port, NULL);
    g_free(port);
    if (adp_port_is_ldaps(operation->flow.server_port) || operation->tls != ADP_NONE) {
        adp_rules_sign(f, ADP_SIGN_IN_TLS, operation->request);
    }
    /* The same server in another way, or another server. */
    adp_rules_remedy(f, adp_client_at(operation->flow.client), ADP_TOPIC_LDAP_SERVER, number);
    adp_rules_remedy(f, adp_client_at(operation->flow.client), ADP_TOPIC_LDAP, NULL);
    g_free(said);
    g_free(server);
}

static void operations(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_model_operation_count(r->model); i++) {
        const adp_ldap_operation *operation = adp_model_operation(r->model, i);
        guint32 path = adp_model_operation_path(r->model, operation);
        const adp_obs_result *result;

        if (operation->reply == ADP_NONE || path == ADP_NONE) {
            continue;
        }
        result = &adp_model_obs(r->model, operation->reply)->u.operation->result;
        if (result->damaged || result->result == ADP_LDAP_SUCCESS) {
            continue;
        }
        if (operation->op == ADP_LDAP_OP_STARTTLS) {
            starttls_failed(r, operation, path);
        } else if (result->result == RESULT_OPERATIONS_ERROR &&
                   (adp_ldap_says(result, "000004DC") || adp_ldap_says(result, "00002020"))) {
            operation_not_bound(r, operation, path);
        }
    }
}

/* ---- silence ---- */

static gboolean is_ldap(adp_step_kind kind)
{
    return kind == ADP_STEP_BIND || kind == ADP_STEP_ROOTDSE || kind == ADP_STEP_SCP;
}

/* The last observation of each server on each TCP connection: stream + 1 -> number + 1. */
static GHashTable *last_spoken(const adp_rules *r)
{
    GHashTable *spoken = g_hash_table_new(NULL, NULL);
    guint32 i;

    for (i = 0; i < adp_model_obs_count(r->model); i++) {
        const adp_obs *obs = adp_model_obs(r->model, i);

        if (obs->from_server && obs->flow.transport == ADP_TCP && obs->flow.stream != ADP_NONE &&
            obs->type != ADP_OBS_TCP) {
            g_hash_table_replace(spoken, GUINT_TO_POINTER(obs->flow.stream + 1),
                                 GUINT_TO_POINTER(i + 1));
        }
    }
    return spoken;
}

/* Firewalls and translators forget a connection that is quiet for some minutes (from memory). */
#define IDLE (5 * 60 * ADP_NS_PER_S)

/* For steps that come after a long pause of their TCP connection: step + 1 -> seconds of it. */
static GHashTable *idle_before(const adp_rules *r)
{
    GHashTable *last = g_hash_table_new(NULL, NULL); /* stream + 1 -> observation + 1 */
    GHashTable *idle = g_hash_table_new(NULL, NULL);
    guint32 i;

    for (i = 0; i < adp_model_obs_count(r->model); i++) {
        const adp_obs *obs = adp_model_obs(r->model, i);
        guint32 step = adp_model_mark(r->model, i)->step;
        gpointer key = GUINT_TO_POINTER(obs->flow.stream + 1);
        guint before;
        gint64 pause;

        if (obs->flow.transport != ADP_TCP || obs->flow.stream == ADP_NONE) {
            continue;
        }
        before = GPOINTER_TO_UINT(g_hash_table_lookup(last, key));
        pause = before ? adp_since(obs->time, adp_model_obs(r->model, before - 1)->time) : 0;
        if (pause >= IDLE && step != ADP_NONE && adp_rules_step(r, step)->first == i) {
            g_hash_table_insert(idle, GUINT_TO_POINTER(step + 1),
                                GUINT_TO_POINTER((guint)MIN(pause / ADP_NS_PER_S, G_MAXUINT)));
        }
        g_hash_table_replace(last, key, GUINT_TO_POINTER(i + 1));
    }
    g_hash_table_unref(last);
    return idle;
}

/* A server that answers later requests has answered this one: the capture lost the packet. */
static gboolean spoke_later(const adp_rules *r, GHashTable *spoken, const adp_step *step)
{
    guint last =
        GPOINTER_TO_UINT(g_hash_table_lookup(spoken, GUINT_TO_POINTER(step->flow.stream + 1)));

    (void)r;
    return step->flow.stream != ADP_NONE && last > step->last + 1;
}

static void unanswered(adp_rules *r)
{
    GHashTable *spoken = last_spoken(r);
    GHashTable *idle = idle_before(r);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_step *by;
        adp_finding *f;
        char *subject;
        char number[ADP_NUMBER_TEXT];
        char *server;
        char *words;
        guint pause;

        if (!is_ldap(step->kind) || adp_rules_outcome(r, step) != ADP_UNANSWERED ||
            spoke_later(r, spoken, step)) {
            continue;
        }
        subject = g_strdup_printf("%u", step->flow.server);
        f = adp_rules_find(r, ADP_FINDING_LDAP_UNANSWERED, step->path, subject);
        g_free(subject);
        adp_rules_cite_step(r, f, step);
        adp_rules_sign_silence(r, f, step);
        if (f->summary) {
            continue;
        }
        server = adp_rules_named(r, step->flow.server);
        words = adp_rules_silence_words(r, step);
        adp_rules_summary(f, "%s does not answer over LDAP", server);
        adp_rules_observed(f, "A %s was sent to %s%s",
                           step->kind == ADP_STEP_BIND ? "bind" : "search", server, words);
        g_free(words);
        pause = GPOINTER_TO_UINT(g_hash_table_lookup(idle, GUINT_TO_POINTER(i + 1)));
        if (pause) {
            adp_rules_sign(f, ADP_SIGN_IDLE, step->first);
            adp_rules_inferred(f,
                               "The connection had been idle for %u minutes before: devices in "
                               "between forget such connections.",
                               pause / 60);
        } else {
            adp_rules_inferred(f, "The connection is there, as the request went over it, and the "
                                  "capture goes on for more than five seconds.");
        }
        adp_rules_advise(r, f, "ldap-unanswered", "host", adp_rules_host(r, step->flow.server),
                         "server", adp_rules_address(r, step->flow.server), NULL);
        g_free(server);
        by = adp_rules_other_server(r, step);
        if (by) {
            adp_rules_recovered(r, f, by);
        }
        /* A new connection to the same server does it as well. */
        adp_rules_remedy(f, step->client, ADP_TOPIC_LDAP_SERVER,
                         adp_number_text(step->flow.server, number));
    }
    g_hash_table_unref(idle);
    g_hash_table_unref(spoken);
}

/* ---- what cannot be seen ---- */

static const char *protection_words(adp_protection protection)
{
    switch (protection) {
    case ADP_PROTECTION_SEALED:
        return "sealed by SASL: a keytab with the key of the domain controller's or the client's "
               "account opens them (Preferences > Protocols > KRB5)";
    case ADP_PROTECTION_TLS:
        return "carried by TLS: the session secrets of either end open them (Preferences > "
               "Protocols > TLS, key log file)";
    case ADP_PROTECTION_SIGNED:
        return "signed, in a form that Wireshark does not take apart";
    default:
        return "wrapped: how, only the bind would tell, and the bind is not in the capture";
    }
}

gboolean adp_rules_is_unbound(const adp_rules *r, const adp_step *step)
{
    return step->kind == ADP_STEP_HIDDEN && !step->mechanism &&
           adp_model_obs(r->model, step->first)->protection != ADP_PROTECTION_TLS;
}

static void hidden(adp_rules *r)
{
    GHashTable *counts = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        adp_protection protection;
        adp_finding *f;
        char *subject;
        char *server;
        guint messages;

        if (step->kind != ADP_STEP_HIDDEN) {
            continue;
        }
        protection = adp_model_obs(r->model, step->first)->protection;
        server = adp_rules_named(r, step->flow.server);
        subject = g_strdup_printf("%u|%u", step->path, step->flow.server);
        messages = GPOINTER_TO_UINT(g_hash_table_lookup(counts, subject)) + step->messages;
        g_hash_table_replace(counts, g_strdup(subject), GUINT_TO_POINTER(messages));
        f = adp_rules_find(r, ADP_FINDING_LDAP_HIDDEN, step->path, subject);
        adp_rules_cite(f, step->first);
        adp_rules_summary(f, "%u LDAP %s with %s cannot be seen", messages,
                          messages == 1 ? "message" : "messages", server);
        adp_rules_observed(f, "%u %s of this client with %s %s %s", messages,
                           messages == 1 ? "message" : "messages", server,
                           messages == 1 ? "is" : "are", protection_words(protection));
        adp_rules_inferred(f, "A search for service connection points may be among them. That none "
                              "is visible says nothing about whether there was one.");
        adp_rules_advise(r, f, "ldap-hidden", "host", adp_rules_host(r, step->flow.server),
                         "server", adp_rules_address(r, step->flow.server), NULL);
        if (protection == ADP_PROTECTION_TLS) {
            adp_rules_sign(f, ADP_SIGN_IN_TLS, step->first);
        }
        if (adp_rules_is_unbound(r, step)) {
            f = adp_rules_find(r, ADP_FINDING_LDAP_MECHANISM_UNKNOWN, step->path, subject);
            adp_rules_cite(f, step->first);
            adp_rules_summary(f, "The capture began after the bind with %s", server);
            adp_rules_observed(f, "Wrapped LDAP messages without a bind before them");
            adp_rules_inferred(f, "%s",
                               protection == ADP_PROTECTION_UNKNOWN
                                   ? "Without the bind it cannot be told how the messages are "
                                     "wrapped, who is bound, or with which ticket."
                                   : "How the messages are wrapped, they tell themselves; who is "
                                     "bound, and with which ticket, only the bind would.");
            adp_rules_advise(r, f, "ldap-mechanism-unknown", "host",
                             adp_rules_host(r, step->flow.server), "server",
                             adp_rules_address(r, step->flow.server), "domain",
                             adp_model_path(r->model, step->path)->domain, NULL);
        }
        g_free(subject);
        g_free(server);
    }
    g_hash_table_unref(counts);
}

void adp_rules_ldap(adp_rules *r)
{
    not_bound(r);
    operations(r);
    unanswered(r);
    hidden(r);
}
