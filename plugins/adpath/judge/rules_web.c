/* rules_web.c
 * Findings about the endpoints of autodiscover: which there were, and which answered.
 *
 * Rules of the client: EWS Managed API (AutodiscoverService, AutodiscoverRequest).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_web.h"

#include "facts/outcome.h"
#include "join/attempts.h"
#include "join/model.h"
#include "join/pair_dns.h"
#include "judge/dns_answers.h"
#include "judge/endpoint.h"
#include "judge/endpoints.h"
#include "judge/finding.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/rules_http.h"
#include "judge/rules_proxy.h"
#include "judge/rules_redirect.h"
#include "judge/rules_tls.h"
#include "judge/silence.h"
#include "judge/topics.h"
#include "judge/web.h"
#include "log/observation.h"
#include "wire/address.h"
#include "wire/scp.h"
#include "wire/ports.h"
#include "wire/text.h"
#include "wire/url.h"

#include <string.h>

static void cite_all(adp_finding *f, const GArray *evidence)
{
    guint i;

    for (i = 0; i < evidence->len; i++) {
        adp_rules_cite(f, g_array_index(evidence, guint32, i));
    }
}

/* ---- no address, no connection ---- */

/* The port of an endpoint's URL as text; free with g_free(). */
static char *port_of(const adp_endpoint *endpoint)
{
    return g_strdup_printf("%u", adp_url_port(endpoint->url));
}

/* The last answer to an endpoint's lookups in which a filter or a policy keeps the address back, or any; ADP_NONE. */
static guint32 answer_of(const adp_web_path *w, const adp_endpoint *endpoint, gboolean withheld)
{
    guint i;

    for (i = endpoint->evidence->len; i; i--) {
        guint32 at = g_array_index(endpoint->evidence, guint32, i - 1);
        const adp_obs *obs = adp_model_obs(w->r->model, at);

        if (obs->type == ADP_OBS_DNS_REPLY && (!withheld || adp_dns_withholds(obs->u.dns))) {
            return at;
        }
    }
    return ADP_NONE;
}

/* "the address 0.0.0.0", or what stands for none; free with g_free(). */
static char *answer_words(const adp_web_path *w, const adp_obs_dns *dns)
{
    guint i;

    for (i = 0; i < dns->answer_hosts; i++) {
        if (dns->said->hosts.items[i].address != ADP_NONE) {
            return g_strdup_printf("the address %s",
                                   adp_rules_address(w->r, dns->said->hosts.items[i].address));
        }
    }
    return g_strdup(adp_dns_code_words(dns));
}

static void observe_answer(const adp_web_path *w, adp_finding *f, const char *host, guint32 by)
{
    const adp_obs *obs = adp_model_obs(w->r->model, by);
    char *words = answer_words(w, obs->u.dns);
    char *reasons = adp_dns_withholds(obs->u.dns) ? adp_dns_reasons(obs->u.dns) : g_strdup("");

    adp_rules_observed(f, "DNS server %s answered the question for %s with %s%s",
                       adp_rules_address(w->r, obs->flow.server), host, words, reasons);
    g_free(reasons);
    g_free(words);
}

/* What the finding says, by what DNS said last; the row of advice. */
static const char *say_unresolvable(const adp_web_path *w, adp_finding *f,
                                    const adp_endpoint *endpoint)
{
    guint32 withheld = answer_of(w, endpoint, TRUE);
    guint32 last = answer_of(w, endpoint, FALSE);

    if (withheld != ADP_NONE) {
        f->withheld = TRUE;
        adp_rules_sign(f, ADP_SIGN_SAYS_WITHHELD, withheld);
        adp_rules_summary(f, "The DNS server withholds the address of %s", endpoint->host);
        observe_answer(w, f, endpoint->host, withheld);
        return "endpoint-unresolvable/withheld";
    }
    if (endpoint->unheard) {
        adp_rules_summary(f, "No DNS server tells the address of %s", endpoint->host);
        adp_rules_observed(f, "The lookups of %s got no answer", endpoint->host);
        return "endpoint-unresolvable/unheard";
    }
    if (last != ADP_NONE && adp_dns_answers(adp_model_obs(w->r->model, last)->u.dns)) {
        adp_rules_summary(f, "The address of %s is that of no host", endpoint->host);
        observe_answer(w, f, endpoint->host, last);
        return "endpoint-unresolvable/nowhere";
    }
    adp_rules_summary(f, "The host %s has no address", endpoint->host);
    adp_rules_observed(f, "The DNS server has no address for %s", endpoint->host);
    return "endpoint-unresolvable";
}

/*
 * RFC 4074 4.2: a name that has an address of IPv4 is denied as a whole (NXDOMAIN) when it is asked for one of
 * IPv6, and the address of IPv4 with it from then on. The answer that denies; ADP_NONE.
 */
static guint32 denied_with_aaaa(const adp_web_path *w, const char *host)
{
    guint32 known = ADP_NONE;
    guint i;

    for (i = 0; i < w->path->steps.count; i++) {
        const adp_step *step = adp_web_step(w, i);
        const adp_obs_dns *answer = step->kind == ADP_STEP_ADDRESS && step->reply != ADP_NONE
                                        ? adp_rules_reply(w->r, step)->u.dns
                                        : NULL;

        if (!answer || !adp_same_text(answer->name, host)) {
            continue;
        }
        if (answer->qtype == ADP_DNS_A && adp_dns_answers(answer)) {
            known = step->reply;
        } else if (answer->qtype == ADP_DNS_AAAA && answer->rcode == ADP_DNS_NXDOMAIN &&
                   known != ADP_NONE) {
            return step->reply;
        }
    }
    return ADP_NONE;
}

static void unresolvable(const adp_web_path *w, const adp_endpoint *endpoint)
{
    adp_finding *f =
        adp_rules_find(w->r, ADP_FINDING_ENDPOINT_UNRESOLVABLE, w->index, endpoint->host);
    char *why = adp_web_why(endpoint);
    guint32 denied = denied_with_aaaa(w, endpoint->host);
    const char *key;
    guint32 round;

    cite_all(f, endpoint->evidence);
    if (denied != ADP_NONE) {
        adp_rules_sign(f, ADP_SIGN_DENIED_WITH_AAAA, denied);
    }
    if (adp_model_alias_leads_to(w->r->model, endpoint->host, endpoint->host, &round)) {
        adp_rules_sign(f, ADP_SIGN_ALIAS_ROUND, round);
    }
    key = say_unresolvable(w, f, endpoint);
    adp_rules_inferred(f, "%s", why);
    g_free(why);
    adp_rules_advise(w->r, f, key, "host", endpoint->host, "url", endpoint->url, NULL);
    adp_web_sign_host(w, f, endpoint->host);
    adp_web_weigh(w, f, endpoint->order);
    f->guessed = f->made_up = adp_web_is_guess(w, endpoint->host);
}

/* A server that is asked at a public address sends its client to a private one. */
static void sign_inner(const adp_web_path *w, adp_finding *f, const char *host,
                       const adp_attempt *attempt)
{
    const adp_step *from = adp_web_redirect_to(w, host);

    if (from && adp_address_is_public(adp_rules_address(w->r, from->flow.server)) &&
        !adp_address_is_public(adp_rules_address(w->r, attempt->flow.server)) &&
        !adp_finding_has_sign(f, ADP_SIGN_INNER_ADDRESS)) {
        adp_rules_sign(f, ADP_SIGN_INNER_ADDRESS, attempt->first);
    }
}

/* Each SYN of the attempts, what came back, and what the capture says of the silence. */
static void cite_attempts(const adp_web_path *w, adp_finding *f, const adp_endpoint *endpoint,
                          const GArray *evidence)
{
    guint i;

    for (i = 0; i < evidence->len; i++) {
        gpointer found = g_hash_table_lookup(
            w->r->attempts, GUINT_TO_POINTER(g_array_index(evidence, guint32, i) + 1));

        if (found) {
            const adp_attempt *attempt =
                adp_model_attempt(w->r->model, GPOINTER_TO_UINT(found) - 1);

            adp_rules_cite_attempt(w->r, f, attempt);
            adp_rules_sign_attempt(w->r, f, attempt);
            sign_inner(w, f, endpoint->host, attempt);
        }
    }
}

/* The last attempt at the endpoint of which it is certain how it failed; NULL: none. */
static const adp_attempt *last_in_vain(const adp_web_path *w, const GArray *evidence)
{
    guint i;

    for (i = evidence->len; i; i--) {
        gpointer found = g_hash_table_lookup(
            w->r->attempts, GUINT_TO_POINTER(g_array_index(evidence, guint32, i - 1) + 1));
        const adp_attempt *attempt =
            found ? adp_model_attempt(w->r->model, GPOINTER_TO_UINT(found) - 1) : NULL;

        if (attempt && adp_rules_attempt_failed(w->r, attempt)) {
            return attempt;
        }
    }
    return NULL;
}

/* `evidence`: all of the endpoint's, or its attempts since it last answered. */
static void unreachable(const adp_web_path *w, const adp_endpoint *endpoint, const GArray *evidence)
{
    const adp_attempt *last = last_in_vain(w, evidence);
    const char *how = last ? adp_rules_attempt_failed(w->r, last) : NULL;
    adp_finding *f;
    char *port;
    char *key;
    char *why;

    if (!how) {
        return; /* too early to judge */
    }
    why = adp_web_why(endpoint);
    f = adp_rules_find(w->r, ADP_FINDING_ENDPOINT_UNREACHABLE, w->index, endpoint->url);
    cite_all(f, evidence);
    cite_attempts(w, f, endpoint, evidence);
    if (!adp_port_is_web(adp_url_port(endpoint->url))) {
        adp_rules_sign(f, ADP_SIGN_OTHER_PORT, last->first);
    }
    adp_rules_summary(f, "%s: %s", endpoint->url, adp_rules_attempt_words(how));
    adp_rules_observed(f, "The host %s %s", endpoint->host, adp_rules_attempt_words(how));
    adp_rules_inferred(f, "%s%s", why,
                       evidence == endpoint->gone ? " It answered before, and not since." : "");
    g_free(why);
    key = g_strdup_printf("endpoint-unreachable/%s", how);
    port = port_of(endpoint);
    adp_rules_advise(w->r, f, key, "host", endpoint->host, "url", endpoint->url, "port", port,
                     "server", adp_rules_address(w->r, last->flow.server), "client",
                     adp_rules_address(w->r, last->flow.client), NULL);
    adp_web_sign_host(w, f, endpoint->host);
    g_free(port);
    g_free(key);
    adp_web_weigh(w, f, endpoint->order);
    f->made_up = adp_web_is_guess(w, endpoint->host);
}

/* ---- found by another way ---- */

static gboolean searched_directory(const adp_web_path *w)
{
    guint i;

    for (i = 0; i < w->path->steps.count; i++) {
        const adp_step *step = adp_web_step(w, i);
        const adp_obs *request = adp_rules_request(w->r, step);

        if (step->kind == ADP_STEP_SCP && request &&
            adp_same_text(request->u.search->scp_kind, ADP_SCP_EXCHANGE)) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean is_redirect(const adp_rules *r, const adp_step *step)
{
    const adp_obs_http *reply = step->kind == ADP_STEP_AUTODISCOVER ? adp_web_reply(r, step) : NULL;

    return reply && reply->redirect;
}

/* The redirect by which the endpoint led on, without the way to it. */
static void cite_redirect(const adp_web_path *w, adp_finding *f, const adp_endpoint *endpoint)
{
    guint i;

    for (i = 0; i < endpoint->evidence->len; i++) {
        guint32 obs = g_array_index(endpoint->evidence, guint32, i);
        guint32 step = adp_model_mark(w->r->model, obs)->step;

        if (step != ADP_NONE && is_redirect(w->r, adp_rules_step(w->r, step))) {
            adp_rules_cite(f, obs);
        }
    }
}

/*
 * Did an entry name its host? Behind a device that ends TLS, the server itself is asked in clear,
 * at the same host.
 */
static gboolean is_of_scp(const adp_web_path *w, const adp_endpoint *endpoint)
{
    return adp_web_is_named_by(w, endpoint->host, ADP_ENDPOINT_SCP);
}

/*
 * A host of Microsoft 365, or one that nothing in the capture names, and the first that the client
 * turned to: it knew it beforehand ("direct connect", the last good URL, a policy), and the
 * directory was no matter.
 */
static gboolean was_known_before(const adp_endpoint *endpoint)
{
    return endpoint->order == 1 && endpoint->source == ADP_ENDPOINT_OTHER &&
           adp_same_text(endpoint->reason, "seen");
}

/* Was any place tried that the directory names? */
static gboolean tried_scp(const adp_web_path *w)
{
    guint i;

    for (i = 0; i < w->endpoints->len; i++) {
        const adp_endpoint *endpoint = g_ptr_array_index(w->endpoints, i);

        if (endpoint->source == ADP_ENDPOINT_SCP && endpoint->order) {
            return TRUE;
        }
    }
    return FALSE;
}

static void fallback(const adp_web_path *w)
{
    const adp_endpoint *found = NULL;
    gboolean by_scp = FALSE;
    adp_finding *f;
    guint i;

    for (i = 0; i < w->endpoints->len; i++) {
        const adp_endpoint *endpoint = g_ptr_array_index(w->endpoints, i);

        if (endpoint->outcome == ADP_ENDPOINT_OK) {
            by_scp = by_scp || is_of_scp(w, endpoint);
            found = found ? found : endpoint;
        }
    }
    if (!found || by_scp || (was_known_before(found) && !tried_scp(w)) || !w->good ||
        !searched_directory(w)) {
        return;
    }
    f = adp_rules_find(w->r, ADP_FINDING_AUTODISCOVER_FALLBACK, w->index, NULL);
    cite_redirect(w, f, found);
    adp_rules_cite_step(w->r, f, w->good);
    adp_rules_summary(f, "Autodiscover was found by %s, not by the directory",
                      adp_web_source_words(found->source));
    adp_rules_observed(f, "%s answered", found->url);
    adp_rules_inferred(f, "The client had searched the directory first, and got nothing there that "
                          "worked.");
    adp_rules_advise(w->r, f, "autodiscover-fallback", "host", found->host, "url", found->url,
                     NULL);
    adp_web_sign_host(w, f, found->host);
}

/* ---- what other rules want to know ---- */

/*
 * Hosts with which the client opened a session of which TLS hides what became, and looked no further:
 * a client that is refused there goes on to the next endpoint.
 */
static void learn_unseen(adp_rules *r, guint32 path, const GPtrArray *endpoints)
{
    guint last = 0;
    guint i;

    for (i = 0; i < endpoints->len; i++) {
        last = MAX(last, ((const adp_endpoint *)g_ptr_array_index(endpoints, i))->order);
    }
    for (i = 0; last && i < endpoints->len; i++) {
        const adp_endpoint *endpoint = g_ptr_array_index(endpoints, i);

        if (endpoint->outcome == ADP_ENDPOINT_HIDDEN && endpoint->order == last) {
            char *name = g_strdup_printf("%u|%s", path, endpoint->host);

            adp_rules_add_fact(r, ADP_FACT_UNSEEN, name);
            g_free(name);
        }
    }
}

void adp_rules_learn_web(adp_rules *r)
{
    guint32 p;
    guint32 i;
    guint e;

    for (p = 0; p < adp_model_path_count(r->model); p++) {
        GPtrArray *endpoints = adp_endpoints_of(r->endpoints, p);

        learn_unseen(r, p, endpoints);
        for (e = 0; e < endpoints->len; e++) {
            const adp_endpoint *endpoint = g_ptr_array_index(endpoints, e);
            gsize len = strcspn(endpoint->host, ".");
            char *first = g_strndup(endpoint->host, len);

            adp_rules_add_fact(r, ADP_FACT_ENDPOINT, endpoint->host);
            /* HTTP/mail means the same machine as HTTP/mail.contoso.com. */
            adp_rules_add_fact(r, ADP_FACT_ENDPOINT, first);
            g_free(first);
        }
        g_ptr_array_unref(endpoints);
    }
    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (adp_web_is_answer(r, step)) {
            adp_rules_note_good(r, step, ADP_TOPIC_AUTODISCOVER, NULL);
        } else if (step->kind == ADP_STEP_TLS && adp_rules_outcome(r, step) == ADP_OK) {
            adp_rules_note_good(r, step, ADP_TOPIC_TLS, adp_web_tls_host(r, step));
        }
    }
}

void adp_rules_web(adp_rules *r)
{
    guint32 p;
    guint e;

    for (p = 0; p < adp_model_path_count(r->model); p++) {
        adp_web_path w;

        adp_web_open(&w, r, p);
        for (e = 0; e < w.endpoints->len; e++) {
            const adp_endpoint *endpoint = g_ptr_array_index(w.endpoints, e);

            if (endpoint->trouble == ADP_TROUBLE_UNRESOLVABLE) {
                unresolvable(&w, endpoint);
            } else if (endpoint->trouble == ADP_TROUBLE_UNREACHABLE) {
                unreachable(&w, endpoint, endpoint->evidence);
            } else if (endpoint->gone && endpoint->gone->len) {
                unreachable(&w, endpoint, endpoint->gone);
            }
        }
        adp_rules_proxy(&w);
        adp_rules_tls(&w);
        adp_rules_redirects(&w);
        adp_rules_http(&w);
        fallback(&w);
        adp_web_close(&w);
    }
}
