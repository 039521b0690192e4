/* rules_dns_tcp.c
 * Findings about answers that are too big for UDP.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_dns_tcp.h"

#include "facts/absence.h"
#include "join/attempts.h"
#include "join/identity.h"
#include "join/model.h"
#include "judge/dns_topics.h"
#include "judge/finding.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/silence.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/ports.h"
#include "wire/text.h"

/* ---- truncated answers ---- */

/** Connections of one client to one DNS server's TCP port. */
typedef struct {
    guint64 key;
    GArray *failed; /* those that came to nothing, as numbers of attempts */
    guint32 other;  /* the last of the others, + 1; 0: none */
} dns_tcp;

static void dns_tcp_free(gpointer data)
{
    dns_tcp *tcp = data;

    g_array_unref(tcp->failed);
    g_free(tcp);
}

/* By addresses: a step may know which machine behind one it is of, an attempt does not. */
static guint64 ends_of(const adp_flow *flow)
{
    return ((guint64)flow->client << 32) | flow->server;
}

static GHashTable *dns_over_tcp(const adp_rules *r)
{
    GHashTable *all = g_hash_table_new_full(adp_int64_hash, g_int64_equal, NULL, dns_tcp_free);
    guint32 i;

    for (i = 0; i < adp_model_attempt_count(r->model); i++) {
        const adp_attempt *attempt = adp_model_attempt(r->model, i);
        guint64 key = ends_of(&attempt->flow);
        dns_tcp *found;

        if (!adp_port_is_dns(attempt->flow.server_port)) {
            continue;
        }
        found = g_hash_table_lookup(all, &key);
        if (!found) {
            found = g_new0(dns_tcp, 1);
            found->key = key;
            found->failed = g_array_new(FALSE, FALSE, sizeof(guint32));
            g_hash_table_insert(all, &found->key, found);
        }
        if (adp_rules_attempt_failed(r, attempt)) {
            g_array_append_val(found->failed, i);
        } else {
            found->other = i + 1;
        }
    }
    return all;
}

/* How TCP to this resolver failed after the truncated answer; NULL: it was not tried, or it worked. */
static const adp_attempt *failed_tcp(const adp_rules *r, GHashTable *over_tcp, const adp_step *step)
{
    guint64 key = ends_of(&step->flow);
    const dns_tcp *found = g_hash_table_lookup(over_tcp, &key);
    guint low = 0;
    guint high = found ? found->failed->len : 0;

    if (found && found->other &&
        adp_model_attempt(r->model, found->other - 1)->first > step->reply) {
        return NULL;
    }
    /* The first of them after the answer: attempts are in order. */
    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (adp_model_attempt(r->model, g_array_index(found->failed, guint32, middle))->first >
            step->reply) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return found && low < found->failed->len
               ? adp_model_attempt(r->model, g_array_index(found->failed, guint32, low))
               : NULL;
}

/* Truncated, and the client never asks over TCP: it may not know how, or be kept from it. */
static void tcp_unused(adp_rules *r, const adp_step *step)
{
    const char *name = adp_dns_question(r, step)->name;
    const char *resolver = adp_rules_address(r, step->flow.server);
    adp_finding *f;

    /* A client that finds its directory has asked somewhere, or took what there was. */
    if (adp_dns_answered_later(r, step, ADP_TOPIC_SRV_DOMAIN,
                               adp_dns_question(r, step)->parts->domain) ||
        adp_rules_good(r, step->client, ADP_TOPIC_PING, NULL, step) ||
        adp_rules_good(r, step->client, ADP_TOPIC_REALM, NULL, step) ||
        adp_since(r->end, adp_rules_reply(r, step)->time) < ADP_PATIENCE) {
        return;
    }
    f = adp_rules_find(r, ADP_FINDING_DNS_TCP_BLOCKED, step->path, resolver);
    adp_rules_cite_step(r, f, step);
    if (f->summary) {
        return;
    }
    adp_rules_summary(
        f, "DNS server %s answers %s too big for UDP, and the client does not ask over TCP",
        resolver, name);
    adp_rules_observed(f,
                       "%s answered %s with TC=1 (truncated); the capture holds no connection of "
                       "this client to its TCP port 53",
                       resolver, name);
    adp_rules_inferred(f, "An answer with many domain controllers does not fit into a UDP packet: "
                          "the client has to ask again over TCP. That it does not, or that the "
                          "capture leaves TCP out, is why it finds nothing here.");
    adp_rules_advise(r, f, "dns-tcp-blocked", "name", name, "resolver", resolver, "server",
                     resolver, NULL);
    adp_rules_sign(f, ADP_SIGN_TCP_NOT_TRIED, step->reply);
}

/* What DNS answered; NULL: nothing, or the step is of another kind. */
static const adp_obs_dns *answer_of(const adp_rules *r, const adp_step *step)
{
    return step->kind == ADP_STEP_SRV || step->kind == ADP_STEP_ADDRESS ? adp_dns_answer(r, step)
                                                                        : NULL;
}

/* adp_dns_name_at() of the client and the name -> its last answer that is whole, + 1 */
static GHashTable *whole_answers(const adp_rules *r)
{
    GHashTable *whole = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_dns *dns = answer_of(r, step);

        if (dns && !dns->truncated && adp_dns_is_answered(dns)) {
            g_hash_table_replace(
                whole, adp_dns_name_at(step->flow.client, adp_dns_question(r, step)->name),
                GUINT_TO_POINTER(step->reply + 1));
        }
    }
    return whole;
}

/* Was the name answered after `step`? The piece that a further truncated answer holds is no answer. */
static gboolean answered_whole(const adp_rules *r, GHashTable *whole, const adp_step *step)
{
    const char *name = adp_dns_question(r, step)->name;
    const adp_step *by = adp_dns_good(r, step, ADP_TOPIC_SRV_NAME, name, step);
    char *key;
    gboolean is;

    by = by ? by : adp_dns_good(r, step, ADP_TOPIC_ADDRESS, name, step);
    if (!by || !adp_dns_answer(r, by)->truncated) {
        return by != NULL;
    }
    key = adp_dns_name_at(step->flow.client, name);
    is = GPOINTER_TO_UINT(g_hash_table_lookup(whole, key)) > step->reply + 1;
    g_free(key);
    return is;
}

static gboolean any_is_truncated(const adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_obs_dns *dns = answer_of(r, adp_rules_step(r, i));

        if (dns && dns->truncated) {
            return TRUE;
        }
    }
    return FALSE;
}

static void tcp_blocked(adp_rules *r)
{
    GHashTable *whole;
    GHashTable *over_tcp;
    guint32 i;

    if (!any_is_truncated(r)) {
        return;
    }
    whole = whole_answers(r);
    over_tcp = dns_over_tcp(r);
    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_dns *dns = answer_of(r, step);
        const char *how;
        const char *name;
        const adp_attempt *attempt;
        adp_finding *f;
        char *server;

        if (!dns || !dns->truncated) {
            continue;
        }
        name = adp_dns_question(r, step)->name;
        if (answered_whole(r, whole, step)) {
            continue;
        }
        attempt = failed_tcp(r, over_tcp, step);
        if (!attempt) {
            guint64 key = ends_of(&step->flow);

            if (step->kind == ADP_STEP_SRV && step->request != ADP_NONE &&
                !g_hash_table_contains(over_tcp, &key)) {
                tcp_unused(r, step);
            }
            continue;
        }
        how = adp_rules_attempt_failed(r, attempt);
        server = adp_rules_named(r, step->flow.server);
        f = adp_rules_find(r, ADP_FINDING_DNS_TCP_BLOCKED, step->path,
                           adp_rules_address(r, step->flow.server));
        adp_rules_cite_step(r, f, step);
        adp_rules_cite_attempt(r, f, attempt);
        adp_rules_summary(f, "DNS server %s answers %s too big for UDP, and its TCP port 53 %s",
                          adp_rules_address(r, step->flow.server), name,
                          adp_rules_attempt_words(how));
        adp_rules_observed(f,
                           "%s answered %s with TC=1 (truncated); the connection to its TCP port "
                           "53 %s",
                           server, name, adp_rules_attempt_words(how));
        adp_rules_inferred(f, "An answer with many domain controllers does not fit into a UDP "
                              "packet: the client has to ask again over TCP, and cannot.");
        adp_rules_advise(r, f, "dns-tcp-blocked", "name", name, "resolver",
                         adp_rules_address(r, step->flow.server), "server",
                         adp_rules_address(r, step->flow.server), NULL);
        adp_rules_sign_attempt(r, f, attempt);
        g_free(server);
    }
    g_hash_table_unref(over_tcp);
    g_hash_table_unref(whole);
}

void adp_rules_dns_tcp(adp_rules *r)
{
    tcp_blocked(r);
}
