/* rules_redirect.c
 * Findings about redirects of autodiscover.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_redirect.h"

#include "join/hosts.h"
#include "join/model.h"
#include "judge/endpoint.h"
#include "judge/finding.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/topics.h"
#include "judge/web.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/ports.h"
#include "wire/text.h"
#include "wire/url.h"

#include <string.h>

#define REDIRECT_PATIENCE (5 * ADP_NS_PER_S)
#define MAX_REDIRECTS     10

/* Does the redirect lead to this host: its own, or one of those that are made of a mail domain? */
static gboolean leads_to(const char *host, const char *target, gboolean is_domain)
{
    const char *domain = is_domain ? adp_mail_domain_of(host) : NULL;

    return adp_same_text(host, target) || (domain && adp_same_text(domain, target));
}

/*
 * Was anything tried there after the answer? What a proxy was asked for, and a connection that was not
 * accepted, are no steps; that nothing came of it is another finding's.
 */
static gboolean was_tried(const adp_web_path *w, guint32 after, const char *target,
                          gboolean is_domain)
{
    guint i;

    for (i = 0; i < w->endpoints->len; i++) {
        const adp_endpoint *endpoint = g_ptr_array_index(w->endpoints, i);
        const GArray *evidence = endpoint->evidence;

        /* Only the first lookup of a host without an address is among the evidence. */
        if (evidence->len &&
            (g_array_index(evidence, guint32, evidence->len - 1) > after ||
             (is_domain && endpoint->trouble == ADP_TROUBLE_UNRESOLVABLE)) &&
            leads_to(endpoint->host, target, is_domain)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Does anything after the step turn to that host? Redirects to an address need another request. */
static gboolean is_followed(const adp_web_path *w, guint at, const adp_obs_http *reply)
{
    gboolean is_domain = reply->redirect_is_address;
    const char *domain = is_domain ? adp_mailbox_domain(reply->redirect) : NULL;
    char *target = is_domain ? g_strdup(domain) : adp_url_host(reply->redirect);
    guint last = is_domain || !target ? w->last_http
                                      : GPOINTER_TO_UINT(g_hash_table_lookup(w->turns, target));
    gboolean followed =
        last > at + 1 || (target && was_tried(w, adp_web_step(w, at)->reply, target, is_domain));

    g_free(target);
    return followed;
}

static gboolean changes_only_scheme(const adp_obs_http *request, const char *target)
{
    return request && adp_url_only_scheme_differs(request->url, target);
}

/* Connections to ports that are none of the web's are not read; 0: it is one that is, or none is named. */
static guint16 unread_port(const adp_obs_http *reply)
{
    adp_url url;

    return !reply->redirect_is_address &&
                   adp_url_parse(reply->redirect, strlen(reply->redirect), &url) &&
                   !adp_port_is_web(url.port)
               ? url.port
               : 0;
}

/* What is certain: that no request came of it. */
static void say_not_followed(adp_finding *f, const adp_obs_http *reply)
{
    guint16 port = unread_port(reply);

    if (port) {
        adp_rules_summary(f, "The redirect to %s led to no request", reply->redirect);
        adp_rules_observed(f,
                           "Answer with a redirect to %s; no request in the capture goes there "
                           "afterwards. Whether a connection to port %u was tried is not looked at",
                           reply->redirect, port);
    } else {
        adp_rules_summary(f, "The client did not follow the redirect to %s", reply->redirect);
        adp_rules_observed(f,
                           "Answer with a redirect to %s; nothing in the capture goes there "
                           "afterwards",
                           reply->redirect);
    }
}

static void not_followed(const adp_web_path *w)
{
    guint i;

    for (i = 0; i < w->path->steps.count; i++) {
        const adp_step *step = adp_web_step(w, i);
        const adp_obs_http *request;
        const adp_obs_http *reply;
        gboolean plain;
        adp_finding *f;

        if (step->kind != ADP_STEP_AUTODISCOVER) {
            continue;
        }
        request = adp_web_request(w->r, step);
        reply = adp_web_reply(w->r, step);
        if (!reply || !reply->redirect ||
            adp_since(w->r->end, adp_rules_reply(w->r, step)->time) < REDIRECT_PATIENCE ||
            is_followed(w, i, reply) || adp_web_is_in_circle(w, step)) {
            continue;
        }
        plain = request && !request->in_tls && adp_same_text(request->method, "GET");
        f = adp_rules_find(w->r, ADP_FINDING_REDIRECT_NOT_FOLLOWED, w->index, reply->redirect);
        adp_rules_cite_step(w->r, f, step);
        say_not_followed(f, reply);
        adp_rules_inferred(f, "The answer itself is a success. %s",
                           plain ? "Programs made with the EWS Managed API refuse such a redirect "
                                   "unless they were told to accept it."
                                 : "The client may not accept redirects, a proxy or firewall may "
                                   "have stopped it, or it went where the capture does not look.");
        adp_rules_advise(w->r, f,
                         plain ? "redirect-not-followed/http-get" : "redirect-not-followed", "url",
                         reply->redirect_is_address ? NULL : reply->redirect, "host",
                         adp_web_http_host(w->r, step), NULL);
        if (changes_only_scheme(request, reply->redirect) &&
            adp_web_was_at(w, i, reply->redirect)) {
            adp_rules_sign(f, ADP_SIGN_ONLY_SCHEME, step->reply);
        }
        if (!reply->redirect_is_address && adp_has_prefix(reply->redirect, "http://")) {
            adp_rules_sign(f, ADP_SIGN_REDIRECT_IN_CLEAR, step->reply);
        }
    }
}

/*
 * Where the answer sends the client; NULL: nowhere. What clients of autodiscover do not follow counts
 * when this one does.
 */
static const char *sent_to(const adp_web_path *w, guint at, const adp_obs_http *reply)
{
    guint i;

    for (i = at + 1; !reply->redirect && reply->moved && i < w->path->steps.count; i++) {
        const adp_step *next = adp_web_step(w, i);

        if (next->kind == ADP_STEP_AUTODISCOVER) {
            const adp_obs_http *request = adp_web_request(w->r, next);

            return request && adp_same_text(request->url, reply->moved) ? reply->moved : NULL;
        }
    }
    return reply->redirect;
}

/* Where a redirect leads, with what is not shown of it. Free with g_free(). */
static char *target_of(const adp_obs_http *reply, const char *to)
{
    char *lower = g_ascii_strdown(to, -1);
    char *target = g_strdup_printf("%s|%" G_GINT64_MODIFIER "x", lower, reply->redirect_hash);

    g_free(lower);
    return target;
}

/** Redirects each of which leads to the next request. */
typedef struct {
    GHashTable *targets; /* of them, with what is not shown; owned */
    GHashTable *asked;   /* places that were asked, in lower case; owned */
    GPtrArray *steps;    /* that no finding cites yet */
    guint32 scheme;      /* observation: a redirect that changes only http and https, ADP_NONE */
    guint32 leaves;      /* observation: one that leads to another host or mailbox, ADP_NONE */
    const char *last;    /* where the last of them leads, if to a URL; NULL */
    const char *address; /* the mailbox to which the last of them leads; NULL */
    guint cited;
} chain;

static void chain_end(chain *c)
{
    g_hash_table_remove_all(c->targets);
    g_hash_table_remove_all(c->asked);
    g_ptr_array_set_size(c->steps, 0);
    c->scheme = ADP_NONE;
    c->leaves = ADP_NONE;
    c->last = NULL;
    c->address = NULL;
}

/* Are both at one place: scheme, host and port? */
static gboolean is_same_place(const char *a, const char *b)
{
    adp_url x;
    adp_url y;

    return adp_url_parse(a, strlen(a), &x) && adp_url_parse(b, strlen(b), &y) &&
           x.scheme == y.scheme && x.port == y.port && adp_same_text(x.host, y.host);
}

/* Was each host of the mailbox's domain that was tried without an address, or out of reach? */
static gboolean leads_nowhere(const adp_web_path *w, const char *address)
{
    const char *domain = adp_mailbox_domain(address);
    gboolean failed = FALSE;
    guint i;

    for (i = 0; domain && i < w->endpoints->len; i++) {
        const adp_endpoint *endpoint = g_ptr_array_index(w->endpoints, i);

        if (endpoint->outcome == ADP_ENDPOINT_NOT_TRIED ||
            !leads_to(endpoint->host, domain, TRUE)) {
            continue;
        }
        if (endpoint->trouble != ADP_TROUBLE_UNRESOLVABLE &&
            endpoint->trouble != ADP_TROUBLE_UNREACHABLE) {
            return FALSE;
        }
        failed = TRUE;
    }
    return failed;
}

/*
 * Does the client begin anew where it began before, rather than where the last redirect leads? It did not
 * come through there, and tries once more: that is no circle.
 */
static gboolean begins_anew(const adp_web_path *w, const chain *c, const adp_obs_http *request)
{
    char *lower;
    gboolean asked;

    if (!request || !request->url || request->url_is_short) {
        return FALSE;
    }
    if (c->address ? !request->mailbox || adp_same_text(request->mailbox, c->address) ||
                         !leads_nowhere(w, c->address)
                   : !c->last || is_same_place(request->url, c->last)) {
        return FALSE;
    }
    lower = g_ascii_strdown(request->url, -1);
    asked = g_hash_table_contains(c->asked, lower);
    g_free(lower);
    return asked;
}

/* Does it lead to another host than the one that was asked, or to another mailbox? */
static gboolean leaves_host(const adp_web_path *w, const adp_step *step, const char *to)
{
    const char *host = adp_web_http_host(w->r, step);
    char *target = adp_web_reply(w->r, step)->redirect_is_address ? NULL : adp_url_host(to);
    gboolean leaves = !target || !host || !adp_same_text(target, host);

    g_free(target);
    return leaves;
}

/* Does the redirect lead to what was asked for? No second one is needed then to see the circle. */
static gboolean leads_back(const chain *c, const adp_obs_http *request, const adp_obs_http *reply,
                           const char *to)
{
    char *lower;
    gboolean found;

    if (reply->redirect_is_address) {
        return request && request->mailbox && adp_same_text(request->mailbox, reply->redirect);
    }
    lower = g_ascii_strdown(to, -1);
    found = g_hash_table_contains(c->asked, lower);
    g_free(lower);
    return found;
}

/* Takes the redirect into the chain; TRUE: it leads where the client has been. */
static gboolean chain_add(const adp_web_path *w, chain *c, const adp_step *step, const char *to)
{
    const adp_obs_http *request = adp_web_request(w->r, step);
    const adp_obs_http *reply = adp_web_reply(w->r, step);
    gboolean again;

    if (request && request->url && !request->url_is_short) {
        g_hash_table_add(c->asked, g_ascii_strdown(request->url, -1));
    }
    g_ptr_array_add(c->steps, (gpointer)step);
    if (changes_only_scheme(request, to)) {
        c->scheme = step->reply;
    }
    if (leaves_host(w, step, to)) {
        c->leaves = step->reply;
    }
    again = !g_hash_table_add(c->targets, target_of(reply, to));
    return leads_back(c, request, reply, to) || again;
}

static void say_loop(const adp_web_path *w, chain *c, const adp_step *step, const char *to,
                     gboolean again)
{
    const adp_obs_http *reply = adp_web_reply(w->r, step);
    adp_finding *f = adp_rules_find(w->r, ADP_FINDING_REDIRECT_LOOP, w->index, NULL);
    guint i;

    for (i = 0; i < c->steps->len; i++) {
        const adp_step *part = g_ptr_array_index(c->steps, i);
        char *name = g_strdup_printf("%u", part->first);

        adp_rules_say(w->r, ADP_SAID_CIRCLE, name);
        g_free(name);
        adp_rules_cite_step(w->r, f, part);
    }
    c->cited += c->steps->len;
    adp_rules_summary(f, "The redirects of autodiscover form a loop");
    adp_rules_observed(f, "%u redirects%s%s", c->cited,
                       again ? ", the last to a place where the client had been before: " : "",
                       again ? to : "");
    adp_rules_inferred(f, "A client gives up after ten.%s",
                       c->scheme != ADP_NONE ? " The host stays the same: the redirects lead from "
                                               "https to http and back."
                                             : "");
    adp_rules_advise(w->r, f, "redirect-loop", "url", reply->redirect_is_address ? NULL : to, NULL);
    if (c->scheme != ADP_NONE) {
        adp_rules_sign(f, ADP_SIGN_ONLY_SCHEME, c->scheme);
    }
    adp_rules_sign(f, c->leaves == ADP_NONE ? ADP_SIGN_ONE_HOST : ADP_SIGN_SEVERAL_HOSTS,
                   c->leaves == ADP_NONE ? step->reply : c->leaves);
    if (reply->redirect_is_address &&
        leads_back(c, adp_web_request(w->r, step), reply, reply->redirect)) {
        adp_rules_sign(f, ADP_SIGN_ADDRESS_AGAIN, step->reply);
    }
    /* EWS leaves SCP out once an address comes twice, and may find its way then. */
    adp_web_weigh(w, f, 0);
    g_ptr_array_set_size(c->steps, 0);
}

/* The same place twice in one chain is a circle, and so are more than ten redirects. */
static void redirect_loop(const adp_web_path *w)
{
    chain c = {.targets = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL),
               .asked = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL),
               .steps = g_ptr_array_new(),
               .scheme = ADP_NONE,
               .leaves = ADP_NONE};
    guint i;

    for (i = 0; i < w->path->steps.count; i++) {
        const adp_step *step = adp_web_step(w, i);
        const adp_obs_http *reply =
            step->kind == ADP_STEP_AUTODISCOVER ? adp_web_reply(w->r, step) : NULL;
        const char *to;
        gboolean again;

        if (!reply || reply->status == 401 || reply->wants_http_1) {
            continue; /* the same request comes again, with credentials or by HTTP/1.1 */
        }
        to = sent_to(w, i, reply);
        if (!to && c.cited && reply->moved && adp_web_was_at(w, i, reply->moved)) {
            to = reply->moved; /* once more round, and there the client gave up */
        }
        if (!to) {
            chain_end(&c);
            continue;
        }
        if (begins_anew(w, &c, adp_web_request(w->r, step))) {
            chain_end(&c);
        }
        again = chain_add(w, &c, step, to);
        c.last = reply->redirect_is_address ? NULL : to;
        c.address = reply->redirect_is_address ? to : NULL;
        if (again || c.steps->len > MAX_REDIRECTS) {
            say_loop(w, &c, step, to, again);
        }
    }
    g_ptr_array_unref(c.steps);
    g_hash_table_unref(c.asked);
    g_hash_table_unref(c.targets);
}

void adp_rules_redirects(const adp_web_path *w)
{
    redirect_loop(w);
    not_followed(w);
}
