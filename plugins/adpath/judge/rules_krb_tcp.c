/* rules_krb_tcp.c
 * Findings about replies of a KDC that are too big for UDP: 52, and then no success over TCP.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_krb_tcp.h"

#include "facts/absence.h"
#include "join/attempts.h"
#include "join/identity.h"
#include "join/model.h"
#include "judge/finding.h"
#include "judge/krb_topics.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/silence.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/ports.h"

#include <string.h>

#define KRB_ERR_RESPONSE_TOO_BIG 52

/** What clients did at the TCP ports of KDCs. */
typedef struct {
    adp_rules *r;
    GHashTable *attempts; /* client's own address + 1 -> GArray of its attempts, ascending */
    GHashTable *ends;     /* end of its own key: attempts of one client at one KDC */
    GHashTable *cited;    /* client's own address + 1 -> how many of its attempts are cited */
    GHashTable *requests; /* client + 1 -> its last request over TCP, a step + 1 */
    GHashTable *named;    /* finding -> named */
} over_tcp;

/* KDCs of which a finding speaks; so many are named. */
#define NAMES_SHOWN 3

typedef struct {
    GHashTable *seen; /* of server + 1 */
    guint32 first[NAMES_SHOWN];
} named;

static void named_free(gpointer data)
{
    g_hash_table_unref(((named *)data)->seen);
    g_free(data);
}

typedef struct {
    guint64 key;      /* the client's own address, and the KDC */
    guint32 accepted; /* first observation of the last attempt that was not in vain, + 1 */
} end;

static guint64 end_key(const adp_flow *flow)
{
    return ((guint64)flow->client << 32) | flow->server;
}

static gpointer address_key(const adp_flow *flow)
{
    return GUINT_TO_POINTER(flow->client + 1);
}

static void note_attempt(over_tcp *t, guint32 index)
{
    const adp_attempt *attempt = adp_model_attempt(t->r->model, index);
    guint64 key = end_key(&attempt->flow);
    end *e = g_hash_table_lookup(t->ends, &key);
    gpointer client = address_key(&attempt->flow);
    GArray *list = g_hash_table_lookup(t->attempts, client);

    if (!e) {
        e = g_new0(end, 1);
        e->key = key;
        g_hash_table_insert(t->ends, &e->key, e);
    }
    if (!adp_rules_attempt_failed(t->r, attempt)) {
        e->accepted = attempt->first + 1;
    }
    if (!list) {
        list = g_array_new(FALSE, FALSE, sizeof(guint32));
        g_hash_table_insert(t->attempts, client, list);
    }
    g_array_append_val(list, index);
}

static void begin(over_tcp *t, adp_rules *r)
{
    guint32 i;

    t->r = r;
    t->attempts = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
    t->ends = g_hash_table_new_full(adp_int64_hash, g_int64_equal, NULL, g_free);
    t->cited = g_hash_table_new(NULL, NULL);
    t->requests = g_hash_table_new(NULL, NULL);
    t->named = g_hash_table_new_full(NULL, NULL, NULL, named_free);
    for (i = 0; i < adp_model_attempt_count(r->model); i++) {
        if (adp_port_is_kdc(adp_model_attempt(r->model, i)->flow.server_port)) {
            note_attempt(t, i);
        }
    }
    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (step->kind == ADP_STEP_KERBEROS && step->flow.transport == ADP_TCP &&
            adp_rules_krb_carrier(r, step) == ADP_CARRIER_KDC) {
            g_hash_table_replace(t->requests,
                                 adp_client_key(adp_model_owner(r->model, step->client)),
                                 GUINT_TO_POINTER(i + 1));
        }
    }
}

static void finish(over_tcp *t)
{
    g_hash_table_unref(t->named);
    g_hash_table_unref(t->requests);
    g_hash_table_unref(t->cited);
    g_hash_table_unref(t->ends);
    g_hash_table_unref(t->attempts);
}

/* ---- tried in vain ---- */

/* The client's first attempt behind the observation, as a place in its list. */
static guint first_behind(const over_tcp *t, const GArray *list, guint32 obs)
{
    guint low = 0;
    guint high = list->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (adp_model_attempt(t->r->model, g_array_index(list, guint32, middle))->first <= obs) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Did it come to nothing, and no later one got through to the same KDC either? */
static gboolean is_vain(const over_tcp *t, const adp_attempt *attempt)
{
    guint64 key = end_key(&attempt->flow);
    const end *e = g_hash_table_lookup(t->ends, &key);

    return adp_rules_attempt_failed(t->r, attempt) && e->accepted <= attempt->first;
}

/* "dc1.contoso.test and dc2.contoso.test", with this one, of the KDCs of which `f` speaks. Free it. */
static char *names_with(const over_tcp *t, const adp_finding *f, guint32 server)
{
    named *n = g_hash_table_lookup(t->named, f);
    GString *out = g_string_new(NULL);
    guint count;
    guint i;

    if (!n) {
        n = g_new0(named, 1);
        n->seen = g_hash_table_new(NULL, NULL);
        g_hash_table_insert(t->named, (gpointer)f, n);
    }
    count = g_hash_table_size(n->seen);
    if (g_hash_table_add(n->seen, GUINT_TO_POINTER(server + 1)) && count++ < NAMES_SHOWN) {
        n->first[count - 1] = server;
    }
    for (i = 0; i < MIN(count, NAMES_SHOWN); i++) {
        g_string_append_printf(out, "%s%s",
                               i == 0           ? ""
                               : i + 1 == count ? " and "
                                                : ", ",
                               adp_rules_host(t->r, n->first[i]));
    }
    if (count > NAMES_SHOWN) {
        g_string_append_printf(out, " and %u more", count - NAMES_SHOWN);
    }
    return g_string_free(out, FALSE);
}

static void advise(const over_tcp *t, adp_finding *f, const adp_step *step, guint32 server)
{
    adp_rules_advise(t->r, f, "krb-tcp-blocked", "host", adp_rules_host(t->r, server), "server",
                     adp_rules_address(t->r, server), "realm", adp_rules_krb_realm(t->r, step),
                     NULL);
}

static void report_blocked(const over_tcp *t, const adp_step *step, const adp_attempt *attempt)
{
    const char *how = adp_rules_attempt_failed(t->r, attempt);
    guint32 server = attempt->flow.server;
    /* The same at several KDCs is one cause. */
    adp_finding *f = adp_rules_find(t->r, ADP_FINDING_KRB_TCP_BLOCKED, step->path, how);
    gboolean is_first = f->summary == NULL;
    char *names = names_with(t, f, server);
    char *what;

    adp_rules_cite_step(t->r, f, step);
    adp_rules_cite_attempt(t->r, f, attempt);
    adp_rules_sign_attempt(t->r, f, attempt);
    what = g_strdup_printf("%u|%u|%u", attempt->flow.client, server, attempt->flow.server_port);
    adp_rules_say(t->r, ADP_SAID_TCP_BLOCKED, what);
    g_free(what);
    adp_rules_summary(f,
                      "The Kerberos reply is too big for UDP, and TCP port %u does not carry it: "
                      "%s %s",
                      attempt->flow.server_port, names, adp_rules_attempt_words(how));
    adp_rules_observed(f,
                       "KRB_ERR_RESPONSE_TOO_BIG (52) over UDP, then connections to TCP port %u "
                       "of %s: it %s",
                       attempt->flow.server_port, names, adp_rules_attempt_words(how));
    adp_rules_inferred(f, "52 itself is normal: the client goes over to TCP. No exchange over TCP "
                          "succeeds after it.");
    if (is_first) {
        advise(t, f, step, server);
    }
    g_free(names);
}

/*
 * What the client told so tried next, one attempt soon after the other: later ones are of another
 * exchange. Each is cited once. FALSE: there is none.
 */
static gboolean report_attempts(over_tcp *t, const adp_step *step, const GArray *list)
{
    gpointer client = address_key(&step->flow);
    guint cited = GPOINTER_TO_UINT(g_hash_table_lookup(t->cited, client));
    guint i = first_behind(t, list, step->reply);
    gint64 last = adp_rules_reply(t->r, step)->time;

    if (i == list->len) {
        return FALSE;
    }
    if (i < cited) {
        /* An exchange before it had the same sequel. */
        const adp_attempt *attempt =
            adp_model_attempt(t->r->model, g_array_index(list, guint32, i));

        if (adp_since(attempt->first_time, last) <= ADP_PATIENCE_SYN && is_vain(t, attempt)) {
            report_blocked(t, step, attempt);
        }
        return TRUE;
    }
    for (; i < list->len; i++) {
        const adp_attempt *attempt =
            adp_model_attempt(t->r->model, g_array_index(list, guint32, i));

        if (adp_since(attempt->first_time, last) > ADP_PATIENCE_SYN) {
            break;
        }
        last = attempt->last_time;
        if (is_vain(t, attempt)) {
            report_blocked(t, step, attempt);
        }
        g_hash_table_replace(t->cited, client, GUINT_TO_POINTER(i + 1));
    }
    return TRUE;
}

/* ---- not tried ---- */

/* 52, and the client asks on over UDP, or no more. */
static void report_unused(const over_tcp *t, const adp_step *step)
{
    adp_finding *f = adp_rules_find(t->r, ADP_FINDING_KRB_TCP_BLOCKED, step->path, "not tried");

    adp_rules_cite_step(t->r, f, step);
    if (f->summary) {
        return;
    }
    adp_rules_summary(f,
                      "The KDC's reply is too big for UDP, and the client does not ask over TCP");
    adp_rules_observed(f,
                       "KRB_ERR_RESPONSE_TOO_BIG (52) from %s, and no request of this client over "
                       "TCP in the capture",
                       adp_rules_host(t->r, step->flow.server));
    adp_rules_inferred(f, "52 itself is normal: the client goes over to TCP. This one does not, so "
                          "it gets no ticket.");
    adp_rules_sign(f, ADP_SIGN_TCP_NOT_TRIED, step->reply);
    advise(t, f, step, step->flow.server);
}

static gboolean is_unused(const over_tcp *t, const adp_step *step)
{
    gpointer client = adp_client_key(adp_model_owner(t->r->model, step->client));
    guint64 key = end_key(&step->flow);

    /* Without its requests, what the client asked over TCP may be missing just as well. */
    return step->request != ADP_NONE && !g_hash_table_contains(t->ends, &key) &&
           GPOINTER_TO_UINT(g_hash_table_lookup(t->requests, client)) <=
               adp_rules_index(t->r, step) &&
           adp_since(t->r->end, adp_rules_reply(t->r, step)->time) >= ADP_PATIENCE;
}

/* ---- all of them ---- */

static gboolean was_too_big(const adp_rules *r, const adp_step *step)
{
    const adp_obs_krb *answer =
        step->kind == ADP_STEP_KERBEROS ? adp_rules_krb_answer(r, step) : NULL;

    return answer && answer->is_error && answer->error == KRB_ERR_RESPONSE_TOO_BIG;
}

void adp_rules_krb_tcp(adp_rules *r)
{
    over_tcp t;
    guint32 i;

    begin(&t, r);
    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const GArray *list;
        char *about;

        if (!was_too_big(r, step)) {
            continue;
        }
        about = adp_rules_krb_about(r, step);
        list = g_hash_table_lookup(t.attempts, address_key(&step->flow));
        if (!adp_rules_good(r, step->client, ADP_TOPIC_EXCHANGE, about, step) &&
            !(list && report_attempts(&t, step, list)) && is_unused(&t, step)) {
            report_unused(&t, step);
        }
        g_free(about);
    }
    finish(&t);
}
