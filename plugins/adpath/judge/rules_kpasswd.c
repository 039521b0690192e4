/* rules_kpasswd.c
 * Findings about changes of passwords (RFC 3244).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_kpasswd.h"

#include "case/accounts.h"
#include "facts/outcome.h"
#include "join/attempts.h"
#include "join/hosts.h"
#include "join/identity.h"
#include "join/model.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/krb_signs.h"
#include "judge/krb_topics.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/silence.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/krb_error.h"
#include "wire/krb_types.h"
#include "wire/ports.h"
#include "wire/text.h"

/* KRB_AP_ERR_REPEAT: the service had this very request before. */
#define REPEATED 34

/* The service whose ticket a change of a password needs (RFC 3244 2). */
#define CHANGES "kadmin/changepw"

static gboolean is_kpasswd(const adp_rules *r, const adp_step *step)
{
    return step->kind == ADP_STEP_KERBEROS && adp_rules_krb_carrier(r, step) == ADP_CARRIER_KPASSWD;
}

/* What the server says, in words: its result, its own text, or the error. Free with g_free(). */
static char *words_of(const adp_obs_krb *answer)
{
    const char *name = answer->has_result ? adp_kpasswd_result_name(answer->result) : NULL;
    GString *words = g_string_new(NULL);

    if (answer->is_error) {
        g_string_append_printf(words, "%s (%d)", adp_krb_error_name(answer->error), answer->error);
    }
    if (answer->has_result) {
        g_string_append_printf(words, "%sthe result %u%s%s", words->len ? ", with " : "",
                               answer->result, name ? ", " : "", name ? name : "");
    }
    if (answer->result_text && *answer->result_text) {
        g_string_append_printf(words, ", saying %s", answer->result_text);
    } else if (answer->text && *answer->text) {
        g_string_append_printf(words, ", saying %s", answer->text);
    }
    return g_string_free(words, FALSE);
}

static gboolean is_replay(const adp_obs_krb *answer)
{
    return answer && answer->is_error && answer->error == REPEATED && !answer->has_result;
}

static const char *case_of(const adp_obs_krb *answer)
{
    if (is_replay(answer)) {
        return "kpasswd-failed/replay";
    }
    if (!answer->has_result) {
        return "kpasswd-failed";
    }
    switch (answer->result) {
    case ADP_KPASSWD_SUCCESS:
        return "kpasswd-failed/success";
    case 4:
        return "kpasswd-failed/policy";
    default:
        return "kpasswd-failed";
    }
}

/* Who asks: of a change, whose ticket for it is shown; "" when nothing says so. */
static const char *asker(const adp_rules *r, const adp_step *step)
{
    const char *name = adp_rules_krb_client(r, step);
    const adp_obs_krb *grant =
        step->own->ticket != ADP_NONE ? adp_model_obs(r->model, step->own->ticket)->u.krb : NULL;

    return !*name && grant && grant->client ? grant->client : name;
}

static void report_refused(adp_rules *r, adp_finding *f, const adp_step *step)
{
    const adp_obs_krb *answer = adp_rules_krb_answer(r, step);
    char *server = adp_rules_named(r, step->flow.server);
    char *words = words_of(answer);
    const char *account = asker(r, step);
    char *machine = adp_account_of_machine(account);
    gboolean done = answer->has_result && answer->result == ADP_KPASSWD_SUCCESS;

    adp_rules_summary(f, "The password service %s: %s",
                      done ? "reports success in an error" : "did not accept the change", words);
    adp_rules_observed(f, "%s answered a request to change a password with %s", server, words);
    if (is_replay(answer)) {
        adp_rules_inferred(
            f, "The service has had the same request before, and says nothing here of what "
               "it did with it: the password may be changed. A logon with the new one tells.");
        if (step->retries && !adp_finding_has_sign(f, ADP_SIGN_SENT_AGAIN)) {
            adp_rules_sign(f, ADP_SIGN_SENT_AGAIN, adp_model_mark(r->model, step->first)->next);
        }
    } else if (done) {
        adp_rules_inferred(f, "The result inside the error is success: the password was changed, "
                              "and clients that go by the error take it for refused.");
    } else {
        adp_rules_inferred(f, "The ticket for the password service was good enough to ask. Good is "
                              "only a later change of the same account, or a logon after one whose "
                              "answer is sealed.");
    }
    adp_rules_advise(r, f, case_of(answer), "server", adp_rules_address(r, step->flow.server),
                     "host", adp_rules_host(r, step->flow.server), "realm",
                     adp_rules_krb_realm(r, step), "domain", adp_rules_krb_realm(r, step),
                     "account", *account ? account : NULL, "machine", machine, NULL);
    g_free(machine);
    g_free(words);
    g_free(server);
}

/* The request, and each time it was sent again. */
static void cite_all(const adp_rules *r, adp_finding *f, const adp_step *step)
{
    guint32 i;

    for (i = step->first; i != ADP_NONE; i = adp_model_mark(r->model, i)->next) {
        adp_rules_cite(f, i);
    }
}

static void report_silent(adp_rules *r, adp_finding *f, const adp_step *step)
{
    char *named = adp_rules_named(r, step->flow.server);
    char *words = adp_rules_silence_words(r, step);

    adp_rules_sign_silence(r, f, step);
    if (!f->summary) {
        adp_rules_summary(f, "The password service of %s does not answer", named);
        adp_rules_observed(f, "Port 464 of %s was asked to change a password%s", named, words);
        adp_rules_inferred(f, "Changes of passwords have a port of their own: that the host "
                              "answers elsewhere proves nothing for it.");
        adp_rules_advise(r, f, "kpasswd-failed/silent", "server",
                         adp_rules_address(r, step->flow.server), "host",
                         adp_rules_host(r, step->flow.server), NULL);
    }
    g_free(words);
    g_free(named);
}

/*
 * A client that holds a ticket for changes of passwords, and asks over TCP alone, sends no request when its
 * connection does not stand.
 */
static void report_connection(adp_rules *r, guint32 path, const adp_attempt *attempt,
                              const char *how)
{
    char *named;
    adp_finding *f;

    if (!adp_rules_good_before(r, attempt->client, ADP_TOPIC_TGT, CHANGES, attempt->first)) {
        return;
    }
    named = adp_rules_named(r, attempt->flow.server);
    f = adp_rules_find(r, ADP_FINDING_KPASSWD_FAILED, path, "connection");
    adp_rules_cite_attempt(r, f, attempt);
    adp_rules_sign_attempt(r, f, attempt);
    adp_rules_remedy(f, attempt->client, ADP_TOPIC_KPASSWD_ANSWER, NULL);
    if (!f->summary) {
        adp_rules_summary(f, "The password service of %s takes no connection: port 464 %s", named,
                          adp_rules_attempt_words(how));
        adp_rules_observed(f,
                           "The client got a ticket for %s and asked for a connection to port 464 "
                           "of %s, which %s",
                           CHANGES, named, adp_rules_attempt_words(how));
        adp_rules_inferred(f, "Changes of passwords have a port of their own: that the host "
                              "answers elsewhere proves nothing for it.");
        adp_rules_advise(r, f, "kpasswd-failed/silent", "server",
                         adp_rules_address(r, attempt->flow.server), "host",
                         adp_rules_host(r, attempt->flow.server), NULL);
    }
    g_free(named);
}

/* Connections to the same port that came to nothing belong to the same story. */
static void cite_connections(adp_rules *r, GHashTable *silent)
{
    GHashTable *told = g_hash_table_new(NULL, NULL); /* findings that speak of TCP */
    guint32 a;

    for (a = 0; a < adp_model_attempt_count(r->model); a++) {
        const adp_attempt *attempt = adp_model_attempt(r->model, a);
        guint32 path;
        const char *how = adp_rules_attempt_failed(r, attempt);
        adp_finding *f;

        if (attempt->flow.server_port != ADP_PORT_KPASSWD || !how) {
            continue;
        }
        path = adp_rules_path_near(r, attempt);
        if (path == ADP_NONE) {
            continue;
        }
        f = g_hash_table_lookup(silent, GUINT_TO_POINTER(path + 1));
        if (!f) {
            report_connection(r, path, attempt, how);
            continue;
        }
        adp_rules_cite_attempt(r, f, attempt);
        adp_rules_sign_attempt(r, f, attempt);
        if (g_hash_table_add(told, f)) {
            char *observed = f->observed;

            f->observed = NULL;
            adp_rules_observed(f, "%s; over TCP, %s %s", observed,
                               adp_rules_host(r, attempt->flow.server),
                               adp_rules_attempt_words(how));
            g_free(observed);
        }
    }
    g_hash_table_unref(told);
}

/* Whose password, on which client. Free with g_free(). */
static char *whose(const adp_rules *r, const adp_step *step)
{
    return g_strdup_printf("%u|%s", adp_client_number(step->client), asker(r, step));
}

/*
 * A sealed answer says neither yes nor no; a client that gets in afterwards was content with it.
 * `sealed`: whose last change was answered so.
 */
static void learn_change(adp_rules *r, const adp_step *step, GHashTable *sealed)
{
    const char *user = asker(r, step);
    adp_outcome outcome = adp_rules_outcome(r, step);
    char *key = whose(r, step);

    if (!is_kpasswd(r, step)) {
        if (outcome == ADP_OK && adp_rules_krb_carrier(r, step) == ADP_CARRIER_KDC &&
            adp_rules_krb_exchange(r, step) == ADP_EXCHANGE_AS &&
            adp_has_prefix(adp_rules_krb_spn(r, step), "krbtgt/") &&
            g_hash_table_remove(sealed, key)) {
            adp_rules_note_good(r, step, ADP_TOPIC_KPASSWD, user);
        }
    } else if (outcome == ADP_OK) {
        adp_rules_note_good(r, step, ADP_TOPIC_KPASSWD, user);
    } else if (*user && (outcome == ADP_HIDDEN || is_replay(adp_rules_krb_answer(r, step)))) {
        g_hash_table_add(sealed, g_strdup(key));
    } else {
        g_hash_table_remove(sealed, key);
    }
    g_free(key);
}

void adp_rules_learn_kpasswd(adp_rules *r)
{
    GHashTable *sealed = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (step->kind == ADP_STEP_KERBEROS) {
            learn_change(r, step, sealed);
        }
        if (is_kpasswd(r, step) && step->reply != ADP_NONE) {
            adp_rules_note_good(r, step, ADP_TOPIC_KPASSWD_ANSWER, NULL);
        }
    }
    g_hash_table_unref(sealed);
}

/* ---- answered, and asked again ---- */

/* People think of another password, or are asked for one; programs come again at once. */
#define AGAIN_WITHIN (5 * ADP_NS_PER_S)
/* So many answers in a row that the client was not content with. */
#define AGAIN_TIMES 3

/** Requests of one account that had a sealed answer, each soon after the one before. */
typedef struct {
    GPtrArray *steps;
    gboolean own; /* one of them at least changes the asker's own password, and nobody else's */
} series;

static void free_series(gpointer data)
{
    series *s = data;

    g_ptr_array_unref(s->steps);
    g_free(s);
}

static void report_again(adp_rules *r, const series *s)
{
    const adp_step *first = g_ptr_array_index(s->steps, 0);
    const char *account = asker(r, first);
    char *subject = g_strconcat("again|", account, NULL);
    char *server = adp_rules_named(r, first->flow.server);
    char *machine = adp_account_of_machine(account);
    adp_finding *f = adp_rules_find(r, ADP_FINDING_KPASSWD_FAILED, first->path, subject);
    guint i;

    for (i = 0; i < s->steps->len; i++) {
        adp_rules_cite_step(r, f, g_ptr_array_index(s->steps, i));
    }
    adp_rules_summary(f,
                      "The password service answered %u times, and the client asked for the "
                      "change again each time",
                      s->steps->len - 1);
    adp_rules_observed(f,
                       "%u requests to %s to change the password of %s, each some seconds after "
                       "the answer to the one before; what the answers say is sealed",
                       s->steps->len, server, *account ? account : "somebody");
    adp_rules_inferred(f,
                       "A client that is content with an answer asks no more. Either each answer "
                       "says no under its seal, or the client does not take answers that say "
                       "yes: then the password may be changed already. A logon with the new "
                       "one tells.");
    adp_rules_krb_signs(r, f, first);
    adp_rules_advise(r, f, "kpasswd-failed/again", "server",
                     adp_rules_address(r, first->flow.server), "host",
                     adp_rules_host(r, first->flow.server), "account", *account ? account : NULL,
                     "machine", machine, NULL);
    adp_rules_remedy(f, first->client, ADP_TOPIC_KPASSWD, account);
    /* Who sets others' passwords may do so for one after another. */
    f->severity = s->own ? ADP_SEVERITY_WARN : ADP_SEVERITY_NOTE;
    g_free(machine);
    g_free(server);
    g_free(subject);
}

/* The series ends before `step`, and is told when it is long enough. */
static gboolean goes_on(const adp_rules *r, const series *s, const adp_step *step)
{
    const adp_step *last = s->steps->len ? g_ptr_array_index(s->steps, s->steps->len - 1) : NULL;
    gint64 pause =
        last ? adp_since(adp_model_obs(r->model, step->first)->time, adp_rules_reply(r, last)->time)
             : 0;

    return !last || (last->path == step->path && pause >= 0 && pause < AGAIN_WITHIN);
}

static void end_series(adp_rules *r, series *s)
{
    if (s->steps->len >= AGAIN_TIMES) {
        report_again(r, s);
    }
    g_ptr_array_set_size(s->steps, 0);
    s->own = FALSE;
}

static series *series_of(GPtrArray *list, GHashTable *index, char *key)
{
    series *s = g_hash_table_lookup(index, key);

    if (s) {
        g_free(key);
        return s;
    }
    s = g_new0(series, 1);
    s->steps = g_ptr_array_new();
    g_ptr_array_add(list, s);
    g_hash_table_insert(index, key, s);
    return s;
}

/* Clients behind NAT do not take an answer that is sealed for another address, and ask again. */
static void asked_again(adp_rules *r)
{
    GPtrArray *list = g_ptr_array_new_with_free_func(free_series);
    GHashTable *index = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_krb *ask = is_kpasswd(r, step) ? adp_rules_krb_ask(r, step) : NULL;
        series *s;

        if (!ask || step->reply == ADP_NONE || adp_rules_outcome(r, step) != ADP_HIDDEN) {
            continue;
        }
        s = series_of(list, index, whose(r, step));
        if (!goes_on(r, s, step)) {
            end_series(r, s);
        }
        g_ptr_array_add(s->steps, (gpointer)step);
        s->own = s->own || ask->changes_own;
    }
    for (i = 0; i < list->len; i++) {
        end_series(r, g_ptr_array_index(list, i));
    }
    g_hash_table_unref(index);
    g_ptr_array_unref(list);
}

void adp_rules_kpasswd(adp_rules *r)
{
    GHashTable *silent = g_hash_table_new(NULL, NULL); /* path + 1 -> adp_finding */
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        adp_outcome outcome;
        adp_finding *f;
        char *subject;

        if (!is_kpasswd(r, step)) {
            continue;
        }
        outcome = adp_rules_outcome(r, step);
        if (outcome != ADP_FAILED && outcome != ADP_UNANSWERED) {
            continue;
        }
        /* A refusal is about one account, silence about none. */
        subject = g_strconcat(outcome == ADP_FAILED ? "refused|" : "silent",
                              outcome == ADP_FAILED ? asker(r, step) : NULL, NULL);
        f = adp_rules_find(r, ADP_FINDING_KPASSWD_FAILED, step->path, subject);
        g_free(subject);
        adp_rules_cite_step(r, f, step);
        adp_rules_remedy(f, step->client, ADP_TOPIC_KPASSWD, asker(r, step));
        adp_rules_krb_signs(r, f, step);
        if (outcome == ADP_FAILED) {
            if (is_replay(adp_rules_krb_answer(r, step))) {
                cite_all(r, f, step);
            }
            report_refused(r, f, step);
        } else {
            cite_all(r, f, step);
            report_silent(r, f, step);
            /* Clients go over to TCP, or to another server; what it answers may be sealed. */
            adp_rules_remedy(f, step->client, ADP_TOPIC_KPASSWD_ANSWER, NULL);
            g_hash_table_insert(silent, GUINT_TO_POINTER(step->path + 1), f);
        }
    }
    cite_connections(r, silent);
    g_hash_table_unref(silent);
    asked_again(r);
}
