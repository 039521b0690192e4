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

        if (evidence->len && g_array_index(evidence, guint32, evidence->len - 1) > after &&
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

/* redirect-loop says why the client stopped there. */
static gboolean closes_circle(const adp_web_path *w, const adp_step *step)
{
    char *name = g_strdup_printf("%u", step->first);
    gboolean found = adp_rules_is_said(w->r, ADP_SAID_CIRCLE, name);

    g_free(name);
    return found;
}

static void not_followed(const adp_web_path *w)
{
    guint i;

    for (i = 0; i < w->path->steps->len; i++) {
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
            is_followed(w, i, reply) || closes_circle(w, step)) {
            continue;
        }
        plain = request && !request->in_tls && adp_same_text(request->method, "GET");
        f = adp_rules_find(w->r, ADP_FINDING_REDIRECT_NOT_FOLLOWED, w->index, reply->redirect);
        adp_rules_cite_step(w->r, f, step);
        adp_rules_summary(f, "The client did not follow the redirect to %s", reply->redirect);
        adp_rules_observed(f,
                           "Answer with a redirect to %s; nothing in the capture goes there "
                           "afterwards",
                           reply->redirect);
        adp_rules_inferred(f, "The answer itself is a success. %s",
                           plain ? "Programs made with the EWS Managed API refuse such a redirect "
                                   "unless they were told to accept it."
                                 : "The client may not accept redirects, a proxy or firewall may "
                                   "have stopped it, or it went where the capture does not look.");
        adp_rules_advise(w->r, f,
                         plain ? "redirect-not-followed/http-get" : "redirect-not-followed", "url",
                         reply->redirect_is_address ? NULL : reply->redirect, "host",
                         adp_web_http_host(w->r, step), NULL);
    }
}

/* Where a redirect leads, with what is not shown of it. Free with g_free(). */
static char *target_of(const adp_obs_http *reply)
{
    char *lower = g_ascii_strdown(reply->redirect, -1);
    char *target = g_strdup_printf("%s|%" G_GINT64_MODIFIER "x", lower, reply->redirect_hash);

    g_free(lower);
    return target;
}

/* Does the redirect lead to what was asked for? No second one is needed then to see the circle. */
static gboolean leads_back(const adp_web_path *w, const adp_step *step, const adp_obs_http *reply)
{
    const adp_obs_http *request = adp_web_request(w->r, step);

    if (!request) {
        return FALSE;
    }
    return reply->redirect_is_address
               ? request->mailbox && adp_same_text(request->mailbox, reply->redirect)
               : request->url && !request->url_is_short &&
                     adp_same_text(request->url, reply->redirect);
}

/* Redirects each of which leads to the next request; the same target twice is a circle. */
static void redirect_loop(const adp_web_path *w)
{
    GHashTable *seen = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    GPtrArray *chain = g_ptr_array_new();
    guint cited = 0;
    guint i;

    for (i = 0; i < w->path->steps->len; i++) {
        const adp_step *step = adp_web_step(w, i);
        const adp_obs_http *reply;
        char *target;
        gboolean again;

        if (step->kind != ADP_STEP_AUTODISCOVER) {
            continue;
        }
        reply = adp_web_reply(w->r, step);
        if (!reply || reply->status == 401) {
            continue; /* the same request comes again with credentials */
        }
        if (!reply->redirect) {
            g_hash_table_remove_all(seen);
            g_ptr_array_set_size(chain, 0);
            continue;
        }
        g_ptr_array_add(chain, (gpointer)step);
        target = target_of(reply);
        again = !g_hash_table_add(seen, target) || leads_back(w, step, reply);
        if (again || chain->len > MAX_REDIRECTS) {
            adp_finding *f = adp_rules_find(w->r, ADP_FINDING_REDIRECT_LOOP, w->index, NULL);
            char *name = g_strdup_printf("%u", step->first);
            guint c;

            adp_rules_say(w->r, ADP_SAID_CIRCLE, name);
            g_free(name);
            for (c = 0; c < chain->len; c++) {
                adp_rules_cite_step(w->r, f, g_ptr_array_index(chain, c));
            }
            cited += chain->len;
            adp_rules_summary(f, "The redirects of autodiscover form a loop");
            adp_rules_observed(f, "%u redirects%s%s", cited,
                               again ? ", the last to a place where the client had been before: "
                                     : "",
                               again ? reply->redirect : "");
            adp_rules_inferred(f, "A client gives up after ten.");
            adp_rules_advise(w->r, f, "redirect-loop", "url",
                             reply->redirect_is_address ? NULL : reply->redirect, NULL);
            if (reply->redirect_is_address && leads_back(w, step, reply)) {
                adp_rules_sign(f, ADP_SIGN_ADDRESS_AGAIN, step->reply);
            }
            /* EWS leaves SCP out once an address comes twice, and may find its way then. */
            adp_web_weigh(w, f, 0);
            g_hash_table_remove_all(seen);
            g_ptr_array_set_size(chain, 0);
        }
    }
    g_ptr_array_unref(chain);
    g_hash_table_unref(seen);
}

void adp_rules_redirects(const adp_web_path *w)
{
    redirect_loop(w);
    not_followed(w);
}
