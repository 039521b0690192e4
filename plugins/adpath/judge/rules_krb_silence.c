/* rules_krb_silence.c
 * Findings about what a KDC leaves unsaid: 25 without a sequel, silence; and what goes with it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_krb_silence.h"

#include "facts/absence.h"
#include "facts/outcome.h"
#include "join/attempts.h"
#include "join/identity.h"
#include "join/model.h"
#include "judge/finding.h"
#include "judge/krb_signs.h"
#include "judge/krb_topics.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/silence.h"
#include "judge/topics.h"
#include "log/krb.h"
#include "log/observation.h"
#include "wire/krb_error.h"
#include "wire/ports.h"
#include "wire/text.h"

#include <string.h>

/* After 25 a client that goes on does so at once; people may have to type a password. */
#define PREAUTH_PATIENCE (5 * ADP_NS_PER_S)

/* ---- 25, or a further round, and then nothing ---- */

enum {
    KDC_ERR_PREAUTH_EXPIRED = 90,
    KDC_ERR_MORE_PREAUTH_DATA_REQUIRED = 91
};

/* More names than this in one path: a list is worked through. */
#define MANY        5
#define NAMES_SHOWN 3

/* Does the answer want one more request, which is a sequel to this one? */
static gboolean wants_more(const adp_rules *r, const adp_step *step, const adp_obs_krb *answer)
{
    switch (answer->error) {
    case ADP_KRB_PREAUTH_REQUIRED:
        return !adp_krb_has_proof(adp_rules_krb_ask(r, step));
    case KDC_ERR_PREAUTH_EXPIRED:
        return !adp_rules_krb_is_stuck(r, step);
    case KDC_ERR_MORE_PREAUTH_DATA_REQUIRED:
        return TRUE;
    default:
        return FALSE;
    }
}

/* The next request of the same name for a ticket-granting ticket; NULL: none. */
static const adp_step *next_logon(const adp_rules *r, const adp_step *step)
{
    return adp_rules_good(r, step->client, ADP_TOPIC_LOGON, adp_rules_krb_client(r, step), step);
}

/* A round that the client did not go on with: it began anew, and was asked for a proof once more. */
static gboolean is_begun_anew(const adp_rules *r, const adp_step *step, const adp_step *next)
{
    const adp_obs_krb *answer = adp_rules_krb_answer(r, next);

    return adp_rules_krb_answer(r, step)->error == KDC_ERR_MORE_PREAUTH_DATA_REQUIRED && answer &&
           answer->is_error && answer->error == ADP_KRB_PREAUTH_REQUIRED &&
           !adp_krb_has_proof(adp_rules_krb_ask(r, next));
}

/* Was this client asked for preauthentication, and did it send nothing more that goes on with it? */
static gboolean is_abandoned(const adp_rules *r, const adp_step *step)
{
    const adp_obs_krb *answer =
        step->kind == ADP_STEP_KERBEROS ? adp_rules_krb_answer(r, step) : NULL;
    const adp_step *next;
    char *about;
    gboolean went_on;

    if (!answer || !answer->is_error || !adp_rules_krb_ask(r, step) ||
        adp_rules_krb_exchange(r, step) != ADP_EXCHANGE_AS || !wants_more(r, step, answer) ||
        /* A probe for a ticket without a name, to armour others with. */
        adp_krb_is_anonymous(adp_rules_krb_ask(r, step)) ||
        adp_krb_names_nobody(adp_rules_krb_ask(r, step)) ||
        adp_since(r->end, adp_rules_reply(r, step)->time) < PREAUTH_PATIENCE) {
        return FALSE;
    }
    about = adp_rules_krb_about(r, step);
    next = next_logon(r, step);
    /* Servers that look for a user's domain stop here and go on with S4U. */
    went_on = (next && !is_begun_anew(r, step, next)) ||
              adp_rules_good(r, step->client, ADP_TOPIC_EXCHANGE, about, NULL) ||
              adp_rules_good(r, step->client, ADP_TOPIC_TGS, NULL, step);
    g_free(about);
    return !went_on;
}

static void report_abandoned(adp_rules *r, const adp_group *group)
{
    const adp_step *step = adp_group_first(group);
    const char *client = adp_rules_krb_client(r, step);
    gint32 code = adp_rules_krb_answer(r, adp_group_last(group))->error;
    adp_finding *f = adp_rules_find(r, ADP_FINDING_PREAUTH_ABANDONED, step->path, client);

    adp_rules_cite_group(r, f, group);
    adp_rules_krb_signs(r, f, step);
    if (code == ADP_KRB_PREAUTH_REQUIRED) {
        adp_rules_summary(f, "%s was asked for preauthentication and sent no further request",
                          *client ? client : "The client");
        adp_rules_inferred(f, "The client has no password or key at hand, gave up, or went on "
                              "where the capture does not look.");
    } else {
        adp_rules_summary(f, "%s began preauthentication and did not go on with it",
                          *client ? client : "The client");
        adp_rules_inferred(f, "The client cannot do what this round asks for, gave up, or went on "
                              "where the capture does not look.");
    }
    adp_rules_observed(f,
                       "%s (%d), which is normal, and no further AS request of this client in the "
                       "capture",
                       adp_krb_error_name(code), code);
    adp_rules_advise(r, f,
                     code == ADP_KRB_PREAUTH_REQUIRED  ? "preauth-abandoned"
                     : code == KDC_ERR_PREAUTH_EXPIRED ? "preauth-abandoned/late"
                                                       : "preauth-abandoned/rounds",
                     "account", client, "realm", adp_rules_krb_realm(r, step), NULL);
}

/* `list`: groups of one path, each a name that was asked for once and given up. */
static void report_names(adp_rules *r, const GPtrArray *list)
{
    const adp_step *first = adp_group_first(g_ptr_array_index(list, 0));
    adp_finding *f = adp_rules_find(r, ADP_FINDING_PREAUTH_ABANDONED, first->path, "|many");
    GString *names = g_string_new(NULL);
    guint i;

    for (i = 0; i < list->len; i++) {
        const adp_group *group = g_ptr_array_index(list, i);

        adp_rules_cite_group(r, f, group);
        if (i < NAMES_SHOWN) {
            g_string_append_printf(names, "%s%s", i ? ", " : "",
                                   adp_rules_krb_client(r, adp_group_first(group)));
        }
    }
    adp_rules_summary(f,
                      "The client goes through a list: %u names (%s and %u more) were asked for, "
                      "and it stopped at preauthentication each time",
                      list->len, names->str, list->len - NAMES_SHOWN);
    adp_rules_observed(f,
                       "One client asked for a ticket-granting ticket for %u names (%s and %u "
                       "more), was asked for preauthentication (25) for each, and sent no further "
                       "request for any of them",
                       list->len, names->str, list->len - NAMES_SHOWN);
    adp_rules_inferred(f,
                       "Code 25 tells that a name exists, without a password: this is how a list "
                       "of names is tried. It may be somebody's preparation, or a tool of the "
                       "administrators.");
    adp_rules_advise(r, f, "preauth-abandoned/list", "address",
                     adp_rules_address(r, first->flow.client), NULL);
    g_string_free(names, TRUE);
}

/* It began anew once more, and went on then. */
static gboolean went_on_at_last(const adp_rules *r, const adp_group *group)
{
    return next_logon(r, adp_group_last(group)) != NULL;
}

static void preauth_abandoned(adp_rules *r)
{
    adp_groups *groups = adp_groups_new();
    GHashTable *paths = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (is_abandoned(r, step)) {
            adp_groups_add(groups, step, adp_rules_krb_client(r, step));
        }
    }
    for (i = 0; i < groups->list->len; i++) {
        adp_group *group = g_ptr_array_index(groups->list, i);
        gpointer key = GUINT_TO_POINTER(adp_group_first(group)->path + 1);
        GPtrArray *list = g_hash_table_lookup(paths, key);

        if (went_on_at_last(r, group)) {
            continue;
        }
        if (!list) {
            list = g_ptr_array_new();
            g_hash_table_insert(paths, key, list);
        }
        g_ptr_array_add(list, group);
    }
    for (i = 0; i < groups->list->len; i++) {
        adp_group *group = g_ptr_array_index(groups->list, i);
        const GPtrArray *list =
            g_hash_table_lookup(paths, GUINT_TO_POINTER(adp_group_first(group)->path + 1));

        if (went_on_at_last(r, group)) {
            continue;
        }
        if (list->len <= MANY) {
            report_abandoned(r, group);
        } else if (g_ptr_array_index(list, 0) == group) {
            report_names(r, list);
        }
    }
    g_hash_table_unref(paths);
    adp_groups_free(groups);
}

/* ---- silence ---- */

/*
 * Connections to TCP port 88 that came to nothing, on a path whose requests over UDP did, too: one
 * cause, hence one finding. `silent` has the finding of each path, path + 1 -> adp_finding.
 */
static void cite_connections(adp_rules *r, GHashTable *silent)
{
    GHashTable *told = g_hash_table_new(NULL, NULL); /* finding -> connection requests */
    GHashTableIter iter;
    gpointer finding;
    gpointer count;
    guint32 a;

    for (a = 0; g_hash_table_size(silent) && a < adp_model_attempt_count(r->model); a++) {
        const adp_attempt *attempt = adp_model_attempt(r->model, a);
        adp_finding *f;
        guint32 path;
        guint syns;
        char *end;

        if (!adp_port_is_kdc(attempt->flow.server_port) || !adp_rules_attempt_failed(r, attempt)) {
            continue;
        }
        path = adp_rules_path_near(r, attempt);
        f = path == ADP_NONE ? NULL : g_hash_table_lookup(silent, GUINT_TO_POINTER(path + 1));
        if (!f || f->recovered_by) {
            continue;
        }
        adp_rules_cite_attempt(r, f, attempt);
        end = g_strdup_printf("%u|%u|%u", attempt->flow.client, attempt->flow.server,
                              attempt->flow.server_port);
        adp_rules_say(r, ADP_SAID_TCP_BLOCKED, end);
        g_free(end);
        syns = GPOINTER_TO_UINT(g_hash_table_lookup(told, f)) + attempt->syns;
        g_hash_table_insert(told, f, GUINT_TO_POINTER(syns));
    }
    /* In whatever order: each finding is told what is its own. */
    g_hash_table_iter_init(&iter, told);
    while (g_hash_table_iter_next(&iter, &finding, &count)) {
        adp_finding *f = finding;
        char *observed = f->observed;

        f->observed = NULL;
        adp_rules_observed(f, "%s; TCP port 88 did not let the client in either (%u connection %s)",
                           observed, GPOINTER_TO_UINT(count),
                           GPOINTER_TO_UINT(count) == 1 ? "request" : "requests");
        g_free(observed);
    }
    g_hash_table_unref(told);
}

/*
 * Was there such an answer after the request was sent? Clients ask several KDCs at once, so the
 * request that was answered may have come before this one.
 */
static gboolean answered_later(const adp_rules *r, const adp_step *step, adp_topic topic,
                               const char *about)
{
    const adp_step *last = adp_rules_good_before(r, step->client, topic, about, ADP_NONE);

    return last && last->reply != ADP_NONE && last->reply > step->first;
}

/* Which KDCs were asked, and what for: the first by its name. */
static void summarize(const adp_rules *r, adp_finding *f, const adp_step *first, guint others)
{
    const char *spn = adp_rules_krb_spn(r, first);
    char *server = adp_rules_named(r, first->flow.server);

    if (others) {
        adp_rules_summary(f, "Neither %s nor %u other %s answered the request for %s", server,
                          others, others == 1 ? "KDC" : "KDCs", *spn ? spn : "a ticket");
    } else {
        adp_rules_summary(f, "%s did not answer the request for %s", server,
                          *spn ? spn : "a ticket");
    }
    g_free(server);
}

/* Further KDCs than that of the first of `steps`, of which `f` speaks already. */
static void observe_others(const adp_rules *r, adp_finding *f, const GPtrArray *steps)
{
    GHashTable *told = g_hash_table_new(NULL, NULL);
    GString *out = g_string_new(f->observed);
    guint more = 0;
    guint i;

    for (i = 0; i < steps->len; i++) {
        const adp_step *step = g_ptr_array_index(steps, i);

        if (!g_hash_table_add(told, GUINT_TO_POINTER(step->flow.server + 1)) ||
            g_hash_table_size(told) == 1) {
            continue;
        }
        if (g_hash_table_size(told) <= NAMES_SHOWN + 1) {
            char *server = adp_rules_named(r, step->flow.server);
            char *words = adp_rules_silence_words(r, step);

            g_string_append_printf(out, "; so was %s%s", server, words);
            g_free(words);
            g_free(server);
        } else {
            more++;
        }
    }
    if (more) {
        g_string_append_printf(out, "; and so were %u more", more);
    }
    adp_rules_observed(f, "%s", out->str);
    summarize(r, f, g_ptr_array_index(steps, 0), g_hash_table_size(told) - 1);
    g_string_free(out, TRUE);
    g_hash_table_unref(told);
}

#define NOT_LONG_BEFORE (60 * ADP_NS_PER_S)

/*
 * A step by which the same KDC answered the client, over the same transport, shortly before or later:
 * then it is not the port that is blocked. NULL: none, or the capture says what became of the request.
 */
static const adp_step *answers_others(const adp_rules *r, const adp_step *step)
{
    adp_silence silence = adp_silence_proof(r->model, step);
    const adp_step *by;
    char *way;

    if (silence.cut || silence.fragmented || silence.kind == ADP_SILENCE_CLOSED ||
        adp_silence_icmp(r->model, &silence)) {
        return NULL;
    }
    way = adp_rules_way(&step->flow);
    by = adp_rules_good_before(r, step->client, ADP_TOPIC_KDC_TRANSPORT, way, step->first);
    if (!by || adp_since(adp_rules_time(r, step), adp_rules_time(r, by)) > NOT_LONG_BEFORE) {
        by = adp_rules_good(r, step->client, ADP_TOPIC_KDC_TRANSPORT, way, step);
    }
    g_free(way);
    return by;
}

/* So many requests of one user are not lost by chance. */
#define PASSED_OVER 3

/*
 * Does the same KDC answer others, before and after, and this user never? Then it is not the KDC that was away for a
 * while. `asked`: the user's requests so far.
 */
static gboolean is_passed_over(const adp_rules *r, const adp_step *step, const GPtrArray *asked)
{
    char *way = adp_rules_way(&step->flow);
    const adp_step *before =
        adp_rules_good_before(r, step->client, ADP_TOPIC_KDC_TRANSPORT, way, step->first);
    gboolean passed =
        asked->len + step->retries >= PASSED_OVER && before &&
        adp_since(adp_rules_time(r, step), adp_rules_time(r, before)) <= NOT_LONG_BEFORE &&
        adp_rules_good(r, step->client, ADP_TOPIC_KDC_TRANSPORT, way, step);

    g_free(way);
    return passed;
}

static void advise_silence(adp_rules *r, adp_finding *f, const adp_step *step)
{
    const adp_step *by = answers_others(r, step);

    /* A request that went over TCP had its handshake accepted. */
    adp_rules_advise(r, f,
                     by                                ? "kdc-unanswered/answers-others"
                     : step->flow.transport == ADP_TCP ? "kdc-unanswered/tcp"
                                                       : "kdc-unanswered",
                     "realm", adp_rules_krb_realm(r, step), "domain", adp_rules_krb_realm(r, step),
                     "host", adp_rules_host(r, step->flow.server), "server",
                     adp_rules_address(r, step->flow.server), NULL);
    if (by) {
        adp_rules_sign(f, ADP_SIGN_KDC_ANSWERS, by->reply);
    }
}

static void kdc_unanswered(adp_rules *r)
{
    GHashTable *silent = g_hash_table_new(NULL, NULL);
    /* finding -> GPtrArray of its steps */
    GHashTable *asked = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
    GHashTableIter iter;
    gpointer finding;
    gpointer steps;
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        char *about;
        const adp_step *by;
        adp_finding *f;
        gboolean fine;

        if (step->kind != ADP_STEP_KERBEROS || adp_rules_krb_carrier(r, step) != ADP_CARRIER_KDC ||
            adp_rules_outcome(r, step) != ADP_UNANSWERED) {
            continue;
        }
        about = adp_rules_krb_about(r, step);
        fine = answered_later(r, step, ADP_TOPIC_EXCHANGE, about) ||
               answered_later(r, step, ADP_TOPIC_ANSWER, about);
        if (fine) {
            g_free(about);
            continue;
        }
        f = adp_rules_find(r, ADP_FINDING_KDC_UNANSWERED, step->path, about);
        g_free(about);
        steps = g_hash_table_lookup(asked, f);
        if (!steps) {
            steps = g_ptr_array_new();
            g_hash_table_insert(asked, f, steps);
        }
        g_ptr_array_add(steps, (gpointer)step);
        adp_rules_cite_step(r, f, step);
        adp_rules_sign_silence(r, f, step);
        if (!f->summary) {
            const char *spn = adp_rules_krb_spn(r, step);
            char *server = adp_rules_named(r, step->flow.server);
            char *words = adp_rules_silence_words(r, step);

            adp_rules_krb_signs(r, f, step);
            summarize(r, f, step, 0);
            adp_rules_observed(f, "%s was asked for a ticket to %s%s", server,
                               *spn ? spn : "a service", words);
            adp_rules_inferred(f, "The same question has no answer from any KDC in the capture, "
                                  "which goes on for more than five seconds.");
            advise_silence(r, f, step);
            g_free(words);
            g_free(server);
        }
        /* Another logon in this realm went well, so it has a KDC; another service's ticket is no reply. */
        by = adp_rules_krb_exchange(r, step) == ADP_EXCHANGE_AS && !is_passed_over(r, step, steps)
                 ? adp_rules_krb_ticket_after(r, step)
                 : NULL;
        if (by) {
            adp_rules_recovered(r, f, by);
        } else if (!g_hash_table_contains(silent, GUINT_TO_POINTER(step->path + 1))) {
            g_hash_table_insert(silent, GUINT_TO_POINTER(step->path + 1), f);
        }
    }
    /* In whatever order: each finding is told what is its own. */
    g_hash_table_iter_init(&iter, asked);
    while (g_hash_table_iter_next(&iter, &finding, &steps)) {
        observe_others(r, finding, steps);
    }
    g_hash_table_unref(asked);
    cite_connections(r, silent);
    g_hash_table_unref(silent);
}

void adp_rules_kdc(adp_rules *r)
{
    preauth_abandoned(r);
    kdc_unanswered(r);
}
