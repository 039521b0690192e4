/* rules_ldap_ops.c
 * What LDAP operations that are no steps tell: StartTLS, refusals, silence.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_ldap_ops.h"

#include "facts/absence.h"
#include "facts/outcome.h"
#include "join/identity.h"
#include "join/ldap_ops.h"
#include "join/model.h"
#include "join/path.h"
#include "join/stream.h"
#include "judge/bind_refusal.h"
#include "judge/bind_report.h"
#include "judge/connections.h"
#include "judge/finding.h"
#include "judge/refusals.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/rules_ldap.h"
#include "judge/rules_ports.h"
#include "judge/signs.h"
#include "judge/silence.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/ldap_result.h"
#include "wire/limits.h"
#include "wire/ports.h"
#include "wire/table.h"
#include "wire/text.h"

#define RESULT_BUSY        51
#define RESULT_UNAVAILABLE 52

/* ---- refusals ---- */

/* Is the directory as it was, until it is done again? */
static gboolean is_change(adp_ldap_op op)
{
    return op == ADP_LDAP_OP_MODIFY || op == ADP_LDAP_OP_ADD || op == ADP_LDAP_OP_DELETE ||
           op == ADP_LDAP_OP_MODIFY_DN;
}

/* An operation that is no step was refused for the same reason. */
static void operation_not_bound(adp_rules *r, const adp_ldap_operation *operation, guint32 path)
{
    const adp_obs_result *result = &adp_model_obs(r->model, operation->reply)->u.operation->result;
    const adp_step *bind = operation->bind != ADP_NONE ? adp_rules_step(r, operation->bind) : NULL;
    const adp_obs *asked = bind ? adp_rules_request(r, bind) : NULL;
    gboolean anonymous = asked && asked->u.bind->anonymous;
    gboolean nameless = anonymous && !asked->u.bind->name;
    gboolean refused = bind && bind->reply != ADP_NONE && adp_rules_outcome(r, bind) == ADP_FAILED;
    const char *what = adp_ldap_op_name(operation->op);
    char *server = adp_rules_named(r, operation->flow.server);
    char number[ADP_NUMBER_TEXT];
    adp_finding *f = adp_rules_find(r, ADP_FINDING_LDAP_NOT_BOUND, path,
                                    adp_number_text(operation->flow.server, number));

    adp_rules_cite(f, operation->request);
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
                           nameless    ? "; the bind before it was anonymous"
                           : anonymous ? "; the bind before it had a name and no password"
                           : refused   ? "; the bind before it was refused"
                                       : "");
        adp_rules_inferred(
            f, "%s",
            nameless    ? "The connection is bound anonymously: Active Directory shows "
                          "the rootDSE to everybody, and nothing else."
            : anonymous ? "A bind with a name and an empty password is accepted, and binds "
                          "nobody: the connection is anonymous."
            : refused   ? "The bind on this connection was refused, so nobody is bound: what "
                          "it was refused for comes first."
                        : "Nobody was bound on this connection, or only anonymously: "
                          "a program that follows a referral often binds so.");
        adp_rules_advise(r, f, "ldap-not-bound", "host", adp_rules_host(r, operation->flow.server),
                         "server", adp_rules_address(r, operation->flow.server), NULL);
        /* A program that learns from the refusal binds, and asks again. */
        if (!is_change(operation->op) || operation->good != ADP_NONE) {
            adp_rules_remedy(f, adp_client_at(operation->flow.client), ADP_TOPIC_BIND, number);
        }
        if (asked) {
            adp_bind_sign_nobody(r, f, bind->request);
        }
        if (refused) {
            adp_rules_sign(f, ADP_SIGN_BIND_REFUSED, bind->reply);
        }
    }
    g_free(server);
}

/* Servers, each address + 1 -> what shows TLS there + 1. */
typedef struct {
    GHashTable *starttls; /* StartTLS that was taken, and the handshake after it */
    GHashTable *tls;      /* any handshake for LDAP */
} tls_there;

static void note_tls(GHashTable *table, guint32 server, guint32 obs)
{
    g_hash_table_insert(table, GUINT_TO_POINTER(server + 1), GUINT_TO_POINTER(obs + 1));
}

static gboolean is_completed(const adp_rules *r, const adp_step *step)
{
    adp_outcome outcome = adp_rules_outcome(r, step);

    return step->kind == ADP_STEP_TLS && (outcome == ADP_OK || outcome == ADP_HIDDEN);
}

static tls_there find_tls(const adp_rules *r)
{
    tls_there there = {g_hash_table_new(NULL, NULL), g_hash_table_new(NULL, NULL)};
    guint32 i;

    for (i = 0; i < adp_model_operation_count(r->model); i++) {
        const adp_ldap_operation *operation = adp_model_operation(r->model, i);
        const adp_step *tls = operation->op == ADP_LDAP_OP_STARTTLS && operation->tls != ADP_NONE
                                  ? adp_rules_step(r, operation->tls)
                                  : NULL;
        const adp_obs *reply =
            tls && operation->reply != ADP_NONE ? adp_model_obs(r->model, operation->reply) : NULL;

        if (reply && reply->u.operation->result.result == ADP_LDAP_SUCCESS &&
            is_completed(r, tls)) {
            note_tls(there.starttls, operation->flow.server, operation->reply);
            note_tls(there.tls, operation->flow.server, tls->first);
        }
    }
    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (is_completed(r, step) && adp_port_is_ldaps(step->flow.server_port)) {
            note_tls(there.tls, step->flow.server, step->first);
        }
    }
    return there;
}

static void free_tls(tls_there *there)
{
    g_hash_table_unref(there->starttls);
    g_hash_table_unref(there->tls);
}

static void sign_there(adp_finding *f, adp_sign sign, GHashTable *table, guint32 server)
{
    gpointer shown = g_hash_table_lookup(table, GUINT_TO_POINTER(server + 1));

    if (shown && !adp_finding_has_sign(f, sign)) {
        adp_rules_sign(f, sign, GPOINTER_TO_UINT(shown) - 1);
    }
}

/* What the refusal means, beside TLS that went well at the same address. */
static void infer_starttls(adp_finding *f, const tls_there *there, guint32 server, guint result)
{
    /* A server that is busy will take it in a moment. */
    if (result != RESULT_BUSY) {
        sign_there(f, ADP_SIGN_STARTTLS_TAKEN, there->starttls, server);
    }
    sign_there(f, ADP_SIGN_TLS_COMPLETED, there->tls, server);
    if (adp_finding_has_sign(f, ADP_SIGN_STARTTLS_TAKEN)) {
        adp_rules_inferred(f,
                           "At this address StartTLS is refused at one time and taken at another: "
                           "several machines may share it, or the server lost what it needs.");
    } else if (adp_finding_has_sign(f, ADP_SIGN_TLS_COMPLETED)) {
        adp_rules_inferred(
            f, "The server did not take StartTLS, although a handshake for LDAP over TLS "
               "at the same address was completed.");
    } else {
        adp_rules_inferred(f, "The server did not take StartTLS. Where it says unavailable (52), a "
                              "controller of Windows without a certificate answers so.");
    }
}

static void starttls_failed(adp_rules *r, const adp_ldap_operation *operation, guint32 path,
                            const tls_there *there)
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
    infer_starttls(f, there, operation->flow.server, result->result);
    /* R 4511 4.14.2 */
    if (result->result == ADP_LDAP_OPERATIONS_ERROR) {
        adp_rules_sign(f, ADP_SIGN_STARTTLS_OUT_OF_TURN, operation->reply);
    } else if (result->result == RESULT_BUSY || result->result == RESULT_UNAVAILABLE) {
        adp_rules_sign(f, ADP_SIGN_STARTTLS_KNOWN, operation->reply);
    }
    if (result->result == RESULT_BUSY) {
        adp_rules_sign(f, ADP_SIGN_SAYS_BUSY, operation->reply);
    }
    adp_rules_advise(r, f, "starttls-failed", "host", adp_rules_host(r, operation->flow.server),
                     "server", adp_rules_address(r, operation->flow.server), "port", port, NULL);
    g_free(port);
    if (adp_port_is_ldaps(operation->flow.server_port) || operation->tls != ADP_NONE) {
        adp_rules_sign(f, ADP_SIGN_IN_TLS, operation->request);
    }
    /* The same server in another way, or another server. */
    adp_rules_remedy(f, adp_client_at(operation->flow.client), ADP_TOPIC_LDAP_USED, NULL);
    g_free(said);
    g_free(server);
}

/* Did the client go to another server afterwards, as the referral says? */
static gboolean is_followed(const adp_rules *r, const adp_ldap_operation *operation)
{
    return adp_rules_elsewhere(r, adp_client_at(operation->flow.client), operation->flow.server,
                               operation->reply) != NULL;
}

/*
 * A program that looks in several places leaves it at a referral; one that asks the same again wants an answer,
 * and gets none.
 */
static gboolean is_left_at_that(const adp_ldap_operation *operation, const adp_obs_result *result)
{
    return operation->op == ADP_LDAP_OP_SEARCH && result->result == ADP_LDAP_REFERRAL &&
           operation->before == ADP_NONE;
}

/* ---- searches from a base that is not there ---- */

/* subject: of a search, 0 of any between the two. */
static guint64 ends_key(const adp_flow *flow, guint64 subject)
{
    const guint64 parts[] = {(guint64)flow->client << 32 | flow->server, subject};

    return adp_hash_bytes(ADP_HASH_SEED, (const guint8 *)parts, sizeof(parts));
}

/** What tells a base that is set wrongly from a look for what may be there. */
typedef struct {
    adp_table
        *served; /* client and server: a search between them was answered with something else */
    GHashTable *repeated; /* operation + 1: the same was asked for again */
} base_searches;

static gboolean is_no_such_base(const adp_rules *r, const adp_ldap_operation *operation)
{
    return operation->op == ADP_LDAP_OP_SEARCH && operation->reply != ADP_NONE &&
           adp_model_obs(r->model, operation->reply)->u.operation->result.result ==
               ADP_LDAP_NO_SUCH_OBJECT;
}

static base_searches find_base_searches(const adp_rules *r)
{
    base_searches found = {adp_table_new(), g_hash_table_new(NULL, NULL)};
    adp_table *missed = adp_table_new();
    gboolean any = FALSE;
    guint32 i;

    for (i = 0; i < adp_model_operation_count(r->model); i++) {
        const adp_ldap_operation *operation = adp_model_operation(r->model, i);

        if (!is_no_such_base(r, operation)) {
            continue;
        }
        any = TRUE;
        if (operation->request != ADP_NONE) {
            const adp_obs *asked = adp_model_obs(r->model, operation->request);

            adp_table_set(missed, ends_key(&operation->flow, asked->u.operation->subject), 1);
        }
        if (operation->before != ADP_NONE) {
            g_hash_table_add(found.repeated, GUINT_TO_POINTER(i + 1));
            g_hash_table_add(found.repeated, GUINT_TO_POINTER(operation->before + 1));
        }
    }
    /* In most captures no search is of interest here. */
    for (i = 0; any && i < adp_model_asked_count(r->model); i++) {
        const adp_obs *obs = adp_model_obs(r->model, adp_model_asked(r->model, i));

        /* Not all answers are kept: the same search again is no other one. */
        if (obs->u.operation->op == ADP_LDAP_OP_SEARCH &&
            !adp_table_get(missed, ends_key(&obs->flow, obs->u.operation->subject))) {
            adp_table_set(found.served, ends_key(&obs->flow, 0), 1);
        }
    }
    adp_table_free(missed);
    return found;
}

static void free_base_searches(base_searches *found)
{
    adp_table_free(found->served);
    g_hash_table_unref(found->repeated);
}

/*
 * Programs look for containers that a directory may have or not. One that asks for the same again, and of which the
 * capture has no other search at this server, has a base that is not there.
 */
static gboolean is_a_look(const adp_rules *r, const base_searches *searches,
                          const adp_ldap_operation *operation, guint32 index)
{
    return is_no_such_base(r, operation) &&
           (operation->request == ADP_NONE ||
            !g_hash_table_contains(searches->repeated, GUINT_TO_POINTER(index + 1)) ||
            adp_table_get(searches->served, ends_key(&operation->flow, 0)) ||
            adp_model_asked_count(r->model) >= ADP_MAX_LDAP_ASKED);
}

/* The server wants a protected connection, and the client goes on with one: nobody sees with what. */
static gboolean is_continued_hidden(const adp_rules *r, const adp_ldap_operation *operation,
                                    const adp_obs_result *result)
{
    const adp_step *hidden =
        adp_rules_good_before(r, adp_client_at(operation->flow.client), ADP_TOPIC_PROTECTED, NULL,
                              adp_model_obs_count(r->model));

    return hidden && hidden->last > operation->reply &&
           (result->result == ADP_LDAP_STRONGER_AUTH_REQUIRED ||
            result->result == ADP_LDAP_CONFIDENTIALITY_REQUIRED ||
            adp_ldap_says(result, "0000001F"));
}

/* No finding is about it, so the verdict has to name it. */
static void other_refusal(adp_rules *r, const adp_ldap_operation *operation, guint32 index,
                          guint32 path)
{
    const adp_obs_result *result = &adp_model_obs(r->model, operation->reply)->u.operation->result;
    adp_refusal refusal = {.path = path, .operation = index};

    if (operation->good == ADP_NONE &&
        !(result->result == ADP_LDAP_REFERRAL && is_followed(r, operation)) &&
        !is_left_at_that(operation, result) && !is_continued_hidden(r, operation, result)) {
        g_array_append_val(r->refusals, refusal);
    }
}

static void operations(adp_rules *r)
{
    tls_there there = find_tls(r);
    base_searches searches = find_base_searches(r);
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
            starttls_failed(r, operation, path, &there);
        } else if (adp_ldap_wants_bind(result->result, result->diagnostic)) {
            operation_not_bound(r, operation, path);
        } else if (!is_a_look(r, &searches, operation, i)) {
            other_refusal(r, operation, i, path);
        }
    }
    free_base_searches(&searches);
    free_tls(&there);
}

/* ---- silence ---- */

/** Operations of one kind, of a client: observations + 1, 0: none. */
typedef struct {
    guint32 vain;     /* the last that stayed without an answer */
    guint32 answered; /* the last that had one */
} last_operations;

static guint64 kind_key(guint32 client, guint op)
{
    return (guint64)client << 8 | op;
}

/* By client and kind; to be freed with adp_rows_free(). */
static adp_rows *find_last_operations(const adp_rules *r)
{
    adp_rows *rows = adp_rows_new(sizeof(last_operations), NULL);
    last_operations *last;
    guint32 i;

    for (i = 0; i < adp_model_asked_count(r->model); i++) {
        guint32 asked = adp_model_asked(r->model, i);
        const adp_obs *obs = adp_model_obs(r->model, asked);

        last = adp_rows_need(rows, kind_key(obs->flow.client, (guint)obs->u.operation->op));
        if (adp_model_is_asked_in_vain(r->model, asked)) {
            last->vain = MAX(last->vain, asked + 1);
        } else {
            last->answered = MAX(last->answered, asked + 1);
        }
    }
    return rows;
}

/* Is the same asked for once more in vain, and never answered? Then a bind elsewhere served nobody. */
static gboolean stays_vain(const adp_rules *r, const adp_rows *rows, guint32 asked)
{
    const adp_obs *obs = adp_model_obs(r->model, asked);
    const last_operations *last =
        adp_rows_find(rows, kind_key(obs->flow.client, (guint)obs->u.operation->op));

    return last && last->vain > asked + 1 && last->answered < asked + 1;
}

/* `vain`: see stays_vain(). */
static void say_silence(adp_rules *r, adp_finding *f, guint32 asked, const adp_silence *silence,
                        guint idle, gboolean vain)
{
    const adp_obs *obs = adp_model_obs(r->model, asked);
    char *server = adp_rules_named(r, obs->flow.server);
    char *words = adp_rules_asked_words(r, asked, silence);
    const char *what = adp_ldap_op_name(obs->u.operation->op);
    char number[ADP_NUMBER_TEXT];

    adp_rules_summary(f, "%s does not answer over LDAP%s", server,
                      obs->flow.transport == ADP_UDP ? " (UDP)" : "");
    adp_rules_observed(f, "An LDAP operation (%s) was sent to %s%s%s", what, server,
                       adp_rules_over_udp(&obs->flow), words);
    adp_rules_infer_unanswered(r, f, &obs->flow, idle, asked, "server said nothing more on it.");
    if (!vain) {
        adp_rules_remedy(f, adp_client_at(obs->flow.client), ADP_TOPIC_LDAP_USED, NULL);
        adp_rules_remedy(f, adp_client_at(obs->flow.client), ADP_TOPIC_LDAP_SERVER,
                         adp_number_text(obs->flow.server, number));
    }
    g_free(words);
    g_free(server);
}

static gboolean is_silence(const adp_silence *silence)
{
    return silence->kind == ADP_SILENCE_ICMP || silence->kind == ADP_SILENCE_CLOSED ||
           silence->kind == ADP_SILENCE_UNANSWERED;
}

/* One finding for each server of a path, as of binds and searches that are steps. */
static void unanswered(adp_rules *r)
{
    GHashTable *spoken = adp_rules_last_spoken(r);
    GHashTable *idle = adp_rules_idle_before(r);
    adp_rows *last = find_last_operations(r);
    guint32 i;

    for (i = 0; i < adp_model_asked_count(r->model); i++) {
        guint32 asked = adp_model_asked(r->model, i);
        const adp_obs *obs = adp_model_obs(r->model, asked);
        adp_silence silence;
        char number[ADP_NUMBER_TEXT];
        adp_finding *f;
        guint32 path;

        if (!adp_model_is_asked_in_vain(r->model, asked) ||
            adp_rules_spoke_later(spoken, &obs->flow, obs->frame) ||
            adp_rules_is_clear_at_tls(r, obs)) {
            continue;
        }
        silence = adp_asked_silence(r->model, asked);
        path = adp_path_around(r->model, &obs->flow, asked);
        if (!is_silence(&silence) || path == ADP_NONE) {
            continue;
        }
        f = adp_rules_find(r, ADP_FINDING_LDAP_UNANSWERED, path,
                           adp_number_text(obs->flow.server, number));
        adp_rules_sign_asked(r, f, asked, &silence);
        if (!f->summary) {
            say_silence(r, f, asked, &silence, adp_rules_idle_minutes(idle, asked),
                        stays_vain(r, last, asked));
        }
    }
    adp_rows_free(last);
    g_hash_table_unref(idle);
    g_hash_table_unref(spoken);
}

void adp_rules_ldap_operations(adp_rules *r)
{
    operations(r);
    unanswered(r);
}
