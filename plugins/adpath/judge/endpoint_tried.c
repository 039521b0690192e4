/* endpoint_tried.c
 * Where a client did look for autodiscover, and what came of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/endpoint_tried.h"

#include "facts/outcome.h"
#include "join/attempts.h"
#include "join/guess.h"
#include "join/hosts.h"
#include "join/identity.h"
#include "join/model.h"
#include "join/tunnels.h"
#include "judge/endpoint.h"
#include "judge/endpoint_private.h"
#include "log/observation.h"
#include "wire/address.h"
#include "wire/ports.h"
#include "wire/srv_name.h"
#include "wire/url.h"

#include <string.h>

static void cite(adp_endpoint_builder *b, adp_endpoint *endpoint, guint32 from)
{
    if (endpoint->first == ADP_NONE) {
        endpoint->first = from;
        endpoint->order = ++b->tried;
    }
    g_array_append_val(endpoint->evidence, from);
}

static void cite_step(adp_endpoint_builder *b, adp_endpoint *endpoint, const adp_step *step)
{
    cite(b, endpoint, step->first);
    if (step->reply != ADP_NONE && step->reply != step->first) {
        cite(b, endpoint, step->reply);
    }
}

static void judge(adp_endpoint *endpoint, adp_endpoint_outcome outcome,
                  adp_endpoint_trouble trouble)
{
    if (endpoint->gone && (outcome == ADP_ENDPOINT_OK || outcome == ADP_ENDPOINT_HIDDEN)) {
        g_array_set_size(endpoint->gone, 0);
    }
    /* Once it has answered, nothing later takes that away; nor a connection that stood. */
    if (endpoint->outcome != ADP_ENDPOINT_OK &&
        (endpoint->outcome != ADP_ENDPOINT_HIDDEN || outcome == ADP_ENDPOINT_OK ||
         trouble == ADP_TROUBLE_HTTP)) {
        endpoint->outcome = outcome;
        endpoint->trouble = outcome == ADP_ENDPOINT_FAILED ? trouble : ADP_TROUBLE_NONE;
    }
}

/* Hosts whose lookups were not answered, neither by another server nor later. */
static void find_unheard(adp_endpoint_builder *b)
{
    guint pass;
    guint i;

    for (pass = 0; pass < 2; pass++) {
        for (i = 0; i < b->path->steps.count; i++) {
            const adp_step *step = adp_model_step(b->model, b->path->steps.items[i]);
            char *host;

            if (step->kind != ADP_STEP_ADDRESS) {
                continue;
            }
            host = g_ascii_strdown(adp_model_obs(b->model, step->first)->u.dns->name, -1);
            if (pass == 0 && adp_step_outcome(b->model, step, FALSE) == ADP_UNANSWERED) {
                g_hash_table_add(b->unheard, host);
                continue;
            }
            if (pass == 1 && step->reply != ADP_NONE &&
                adp_dns_answers(adp_model_obs(b->model, step->reply)->u.dns)) {
                g_hash_table_remove(b->unheard, host);
            }
            g_free(host);
        }
    }
}

/*
 * Is an answer with addresses none all the same? 0.0.0.0 is nobody's; a loopback one may be that of a program on the client
 * itself, unless the server says that it blocks the name.
 */
static gboolean leads_nowhere(const adp_endpoint_builder *b, const char *host, const adp_step *step)
{
    const GArray *known = adp_model_host_addresses(b->model, host);
    gboolean withheld = adp_dns_withholds(adp_model_obs(b->model, step->reply)->u.dns);
    guint i;

    for (i = 0; known && i < known->len; i++) {
        const char *address = adp_model_address_text(b->model, g_array_index(known, guint32, i));

        if (!adp_address_is_nobodys(address) && !(withheld && adp_address_is_nowhere(address))) {
            return FALSE;
        }
    }
    return known && known->len;
}

/* A host without an address: DNS says so, or says nothing at all. */
static void did_fail_lookup(adp_endpoint_builder *b, adp_endpoint *endpoint, const adp_step *step)
{
    adp_outcome outcome = adp_step_outcome(b->model, step, FALSE);
    gboolean unheard =
        outcome == ADP_UNANSWERED && g_hash_table_contains(b->unheard, endpoint->host);
    gboolean nowhere = outcome == ADP_OK && leads_nowhere(b, endpoint->host, step);

    if ((outcome == ADP_FAILED || unheard || nowhere) &&
        endpoint->outcome == ADP_ENDPOINT_NOT_TRIED) {
        cite_step(b, endpoint, step);
        judge(endpoint, ADP_ENDPOINT_FAILED, ADP_TROUBLE_UNRESOLVABLE);
        endpoint->unheard = unheard;
    } else if (endpoint->trouble == ADP_TROUBLE_UNRESOLVABLE &&
               (endpoint->unheard || outcome == ADP_FAILED)) {
        /* The next server, which may say that there is no such host; or the same again. */
        cite_step(b, endpoint, step);
        endpoint->unheard = endpoint->unheard && unheard;
    }
}

/* Of several URLs of one place, what is tried there counts for the first. */
static gboolean is_first_of_place(const adp_endpoint_builder *b, const adp_endpoint *endpoint)
{
    return adp_endpoint_find(b, endpoint->host, adp_url_port(endpoint->url)) == endpoint;
}

static void did_address(adp_endpoint_builder *b, const adp_step *step)
{
    const adp_obs_dns *asked = adp_model_obs(b->model, step->first)->u.dns;
    const adp_obs_dns *reply =
        step->reply != ADP_NONE ? adp_model_obs(b->model, step->reply)->u.dns : NULL;
    char *host = g_ascii_strdown(asked->name, -1);
    guint i;

    for (i = 0; reply && i < reply->said->hosts.count; i++) {
        if (reply->said->hosts.items[i].address != ADP_NONE) {
            g_hash_table_replace(b->resolved,
                                 GUINT_TO_POINTER(reply->said->hosts.items[i].address + 1),
                                 (gpointer)asked->name);
        }
    }
    for (i = 0; i < b->list->len; i++) {
        adp_endpoint *endpoint = g_ptr_array_index(b->list, i);

        if (strcmp(endpoint->host, host) == 0 && is_first_of_place(b, endpoint)) {
            did_fail_lookup(b, endpoint, step);
        }
    }
    g_free(host);
}

/* A host that is behind an address, as this client sees it; free with g_free(). */
static char *host_at(const adp_endpoint_builder *b, guint32 address)
{
    const char *name = g_hash_table_lookup(b->resolved, GUINT_TO_POINTER(address + 1));

    name = name ? name : adp_model_address_name(b->model, address);
    return g_ascii_strdown(name ? name : adp_model_address_text(b->model, address), -1);
}

/* The handshake was completed, and the client closed the connection without asking anything. */
static gboolean hung_up(const adp_endpoint_builder *b, const adp_step *step)
{
    return step->own->attempt != ADP_NONE &&
           adp_model_attempt(b->model, step->own->attempt)->closed &&
           !(step->own->tls_seen & ADP_TLS_SEEN_CLIENT_DATA);
}

static void did_tls(adp_endpoint_builder *b, const adp_step *step)
{
    const adp_obs_tls *hello = adp_model_obs(b->model, step->first)->u.tls;
    char *host = hello->sni ? g_ascii_strdown(hello->sni, -1) : host_at(b, step->flow.server);
    adp_endpoint *endpoint = adp_endpoint_find(b, host, step->flow.server_port);
    guint32 alias;

    if (!endpoint && hello->sni) {
        endpoint = adp_endpoint_find(b, host, ADP_PORT_HTTPS); /* through a proxy */
    }
    if (!endpoint && hello->sni) {
        endpoint = adp_endpoint_by_target(b->model, b->list, host, step->flow.server_port, &alias);
    }
    if (endpoint) {
        adp_outcome outcome = adp_step_outcome(b->model, step, FALSE);

        gboolean failed = outcome == ADP_FAILED || outcome == ADP_UNANSWERED ||
                          (outcome == ADP_OK && hung_up(b, step));

        cite_step(b, endpoint, step);
        judge(endpoint, failed ? ADP_ENDPOINT_FAILED : ADP_ENDPOINT_HIDDEN, ADP_TROUBLE_TLS);
    }
    g_free(host);
}

/* The places that settings name: an endpoint of another source may be one of them, too. */
static void add_services(adp_endpoint_builder *b, const adp_obs_http *reply)
{
    guint i;

    for (i = 0; i < reply->services.count; i++) {
        const char *url = reply->services.items[i];
        adp_endpoint *endpoint;
        adp_url place;

        if (!adp_url_parse(url, strlen(url), &place)) {
            continue;
        }
        endpoint = adp_endpoint_find(b, place.host, place.port);
        if (!endpoint) {
            endpoint = adp_endpoint_add(b, url, ADP_ENDPOINT_OTHER, "settings", FALSE);
            if (endpoint) {
                endpoint->is_service = TRUE;
                endpoint->if_tried = TRUE;
            }
        }
        if (endpoint) {
            endpoint->in_settings = TRUE;
        }
    }
}

/* Clients use what they need of the settings, and keep the rest. */
static void drop_not_tried(adp_endpoint_builder *b)
{
    guint i;

    for (i = b->list->len; i; i--) {
        const adp_endpoint *endpoint = g_ptr_array_index(b->list, i - 1);

        if (endpoint->if_tried && !endpoint->order) {
            (void)g_ptr_array_remove_index(b->list, i - 1);
        }
    }
}

/* A place that is an endpoint already stays one, whatever path the redirect names there. */
static void add_redirect(adp_endpoint_builder *b, const char *url)
{
    adp_url place;

    if (adp_url_parse(url, strlen(url), &place) && !adp_endpoint_find(b, place.host, place.port)) {
        (void)adp_endpoint_add(b, url, ADP_ENDPOINT_OTHER, "redirect", FALSE);
    }
}

static void did_http(adp_endpoint_builder *b, const adp_step *step)
{
    const adp_obs_http *request =
        step->request != ADP_NONE ? adp_model_obs(b->model, step->request)->u.http : NULL;
    const adp_obs_http *reply =
        step->reply != ADP_NONE ? adp_model_obs(b->model, step->reply)->u.http : NULL;
    adp_endpoint *endpoint;
    const char *sent_to;
    adp_url place;

    if (!request || !request->url || !adp_url_parse(request->url, strlen(request->url), &place)) {
        return;
    }
    endpoint = adp_endpoint_find(b, place.host, place.port);
    if (!endpoint) {
        endpoint = adp_endpoint_add(b, request->url, ADP_ENDPOINT_OTHER, "seen", FALSE);
    }
    if (endpoint) {
        cite_step(b, endpoint, step);
        switch (adp_step_outcome(b->model, step, FALSE)) {
        case ADP_OK:
            endpoint->only_looked =
                (endpoint->outcome != ADP_ENDPOINT_OK || endpoint->only_looked) &&
                g_str_equal(request->method, "GET") && reply && !reply->has_settings &&
                !reply->redirect;
            judge(endpoint, ADP_ENDPOINT_OK, ADP_TROUBLE_NONE);
            break;
        case ADP_FAILED:
        case ADP_UNANSWERED:
            if (endpoint->only_looked) {
                endpoint->outcome = ADP_ENDPOINT_NOT_TRIED; /* nobody was there after all */
            }
            judge(endpoint, ADP_ENDPOINT_FAILED, ADP_TROUBLE_HTTP);
            break;
        default:
            /* A challenge that nobody answered is the end of it. */
            if (reply && reply->status == 401 && !step->own->carried_on) {
                judge(endpoint, ADP_ENDPOINT_FAILED, ADP_TROUBLE_HTTP);
            } else if (!reply) {
                judge(endpoint, ADP_ENDPOINT_HIDDEN, ADP_TROUBLE_NONE);
            }
            break;
        }
    }
    if (reply && reply->redirect && !reply->redirect_is_address) {
        add_redirect(b, reply->redirect);
    }
    if (reply) {
        add_services(b, reply);
    }
    sent_to = adp_endpoint_sent_to(b, step);
    if (sent_to) {
        b->elsewhere = TRUE;
        adp_endpoint_add_domain(b, sent_to, FALSE);
    }
}

/* The EWS client ignores such a record, so it has no place in the documented order; other clients take it. */
static void add_at_other_port(adp_endpoint_builder *b, const adp_srv_record *record)
{
    char *url = g_strdup_printf("https://%s:%u" ADP_AUTODISCOVER_XML, record->target, record->port);
    adp_endpoint *endpoint = adp_endpoint_add(b, url, ADP_ENDPOINT_SRV, "SRV record", FALSE);

    g_free(url);
    if (endpoint) {
        endpoint->if_tried = TRUE;
    }
}

static void did_mail_srv(adp_endpoint_builder *b, const adp_step *step)
{
    const adp_obs_dns *reply =
        step->reply != ADP_NONE ? adp_model_obs(b->model, step->reply)->u.dns : NULL;
    guint i;

    for (i = 0; reply && i < reply->said->records.count; i++) {
        const adp_srv_record *record = &reply->said->records.items[i];

        if (*record->target && record->port == ADP_PORT_HTTPS) {
            char *url = g_strdup_printf("https://%s" ADP_AUTODISCOVER_XML, record->target);

            (void)adp_endpoint_add(b, url, ADP_ENDPOINT_SRV, "SRV record", TRUE);
            g_free(url);
        } else if (*record->target && record->port) {
            add_at_other_port(b, record);
        }
    }
}

static void did_attempt(adp_endpoint_builder *b, const adp_attempt *attempt)
{
    char *host = host_at(b, attempt->flow.server);
    adp_endpoint *endpoint = adp_endpoint_find(b, host, attempt->flow.server_port);

    g_free(host);
    if (endpoint) {
        cite(b, endpoint, attempt->first);
        if (endpoint->outcome == ADP_ENDPOINT_OK || endpoint->outcome == ADP_ENDPOINT_HIDDEN) {
            endpoint->gone =
                endpoint->gone ? endpoint->gone : g_array_new(FALSE, FALSE, sizeof(guint32));
            g_array_append_val(endpoint->gone, attempt->first);
        }
        judge(endpoint, ADP_ENDPOINT_FAILED, ADP_TROUBLE_UNREACHABLE);
    }
}

/* ---- what was done at https://M before M was known ---- */

/* Nothing of the lookup became a step, so the connections' addresses are learnt here. */
static void did_guess_lookup(adp_endpoint_builder *b, adp_endpoint *endpoint)
{
    const adp_guess *guess = b->guess;
    const GArray *addresses = adp_model_host_addresses(b->model, endpoint->host);
    guint i;

    for (i = 0; addresses && i < addresses->len; i++) {
        gpointer at = GUINT_TO_POINTER(g_array_index(addresses, guint32, i) + 1);

        g_hash_table_replace(b->resolved, at, endpoint->host);
    }
    if (guess->missed && !guess->resolved) {
        cite(b, endpoint, guess->asked);
        cite(b, endpoint, guess->answered);
        judge(endpoint, ADP_ENDPOINT_FAILED, ADP_TROUBLE_UNRESOLVABLE);
    }
}

static void did_guess_tls(adp_endpoint_builder *b, adp_endpoint *endpoint)
{
    const adp_guess *guess = b->guess;
    gboolean failed = guess->alert != ADP_NONE || adp_guess_was_closed(b->model, guess);

    cite(b, endpoint, guess->hello);
    judge(endpoint, failed ? ADP_ENDPOINT_FAILED : ADP_ENDPOINT_HIDDEN, ADP_TROUBLE_TLS);
}

/* Tells what happened before the observation. */
static void did_guess(adp_endpoint_builder *b, guint32 before)
{
    static void (*const tell[])(adp_endpoint_builder *, adp_endpoint *) = {did_guess_lookup,
                                                                           did_guess_tls};
    adp_endpoint *endpoint = b->guess ? adp_endpoint_find(b, b->mail, ADP_PORT_HTTPS) : NULL;

    while (endpoint && b->guess_told < G_N_ELEMENTS(tell)) {
        guint32 at = b->guess_told == 0 ? b->guess->answered : b->guess->hello;

        if (at != ADP_NONE && at >= before) {
            return;
        }
        if (at != ADP_NONE) {
            tell[b->guess_told](b, endpoint);
        }
        b->guess_told++;
    }
}

static void did_step(adp_endpoint_builder *b, const adp_step *step)
{
    switch (step->kind) {
    case ADP_STEP_ADDRESS:
        did_address(b, step);
        break;
    case ADP_STEP_TLS:
        did_tls(b, step);
        break;
    case ADP_STEP_AUTODISCOVER:
        did_http(b, step);
        break;
    case ADP_STEP_SCP:
        if (b->elsewhere && adp_endpoint_has_urls(b, step)) {
            adp_endpoint_add_answer(b, step, FALSE);
        }
        break;
    case ADP_STEP_SRV:
        if (adp_model_obs(b->model, step->first)->u.dns->parts->role == ADP_ROLE_AUTODISCOVER) {
            did_mail_srv(b, step);
        }
        break;
    default:
        break;
    }
}

/* ---- through a proxy ---- */

/* A candidate that only the request to the proxy names. */
static adp_endpoint *add_tunnelled(adp_endpoint_builder *b, const char *host, guint16 port)
{
    adp_endpoint *endpoint;
    char *url;

    if (!adp_mail_domain_of(host) &&
        !(adp_model_named(b->model, host) & ~(guint)ADP_NAMED_BY_LDAP_REFERRAL)) {
        return NULL;
    }
    url = port == ADP_PORT_HTTPS ? g_strdup_printf("https://%s/", host)
                                 : g_strdup_printf("https://%s:%u/", host, port);
    endpoint = adp_endpoint_add(
        b, url, adp_mail_domain_of(host) ? ADP_ENDPOINT_AUTODISCOVER_HOST : ADP_ENDPOINT_OTHER,
        "seen", FALSE);
    g_free(url);
    return endpoint;
}

static void did_tunnel(adp_endpoint_builder *b, const adp_tunnel *tunnel)
{
    const char *host = adp_tunnel_host(b->model, tunnel);
    guint16 port = adp_model_obs(b->model, tunnel->request)->u.http->port;
    adp_endpoint *endpoint;

    if (!host) {
        return;
    }
    port = port ? port : ADP_PORT_HTTPS;
    endpoint = adp_endpoint_find(b, host, port);
    endpoint = endpoint ? endpoint : add_tunnelled(b, host, port);
    if (!endpoint) {
        return;
    }
    cite(b, endpoint, tunnel->request);
    if (tunnel->reply != ADP_NONE) {
        cite(b, endpoint, tunnel->reply);
    }
    if (adp_tunnel_is_refused(b->model, tunnel)) {
        judge(endpoint, ADP_ENDPOINT_FAILED, ADP_TROUBLE_PROXY);
    } else if (tunnel->reply != ADP_NONE) {
        endpoint->tunnelled = TRUE;
        if (endpoint->trouble == ADP_TROUBLE_PROXY) {
            /* It asked for credentials, and let the client through. */
            endpoint->outcome = ADP_ENDPOINT_NOT_TRIED;
            endpoint->trouble = ADP_TROUBLE_NONE;
        }
    }
}

/* A connection that a proxy made, and of which nothing else is seen. */
static void settle_tunnels(adp_endpoint_builder *b)
{
    guint i;

    for (i = 0; i < b->list->len; i++) {
        adp_endpoint *endpoint = g_ptr_array_index(b->list, i);

        if (endpoint->tunnelled && endpoint->outcome == ADP_ENDPOINT_NOT_TRIED) {
            judge(endpoint, ADP_ENDPOINT_HIDDEN, ADP_TROUBLE_NONE);
        }
    }
}

/* ---- all of it, in its order ---- */

/* The first tunnel's, attempt's or step's observation, ADP_NONE behind the last. */
static guint32 at_attempt(const adp_endpoint_builder *b, const GArray *attempts, guint i)
{
    return attempts && i < attempts->len
               ? adp_model_attempt(b->model, g_array_index(attempts, guint32, i))->first
               : ADP_NONE;
}

static guint32 at_tunnel(const adp_endpoint_builder *b, const GArray *tunnels, guint i)
{
    return tunnels && i < tunnels->len
               ? adp_model_tunnel(b->model, g_array_index(tunnels, guint32, i))->request
               : ADP_NONE;
}

static guint32 at_step(const adp_endpoint_builder *b, guint i)
{
    return i < b->path->steps.count ? adp_model_step(b->model, b->path->steps.items[i])->first
                                    : ADP_NONE;
}

void adp_endpoint_follow(adp_endpoint_builder *b, const GArray *attempts, const GArray *tunnels)
{
    guint a = 0;
    guint t = 0;
    guint i = 0;

    find_unheard(b);
    for (;;) {
        guint32 attempt = at_attempt(b, attempts, a);
        guint32 tunnel = at_tunnel(b, tunnels, t);
        guint32 step = at_step(b, i);
        guint32 next = MIN(step, MIN(attempt, tunnel));

        did_guess(b, next == ADP_NONE ? G_MAXUINT32 : next);
        if (next == ADP_NONE) {
            break;
        }
        if (next == step) {
            did_step(b, adp_model_step(b->model, b->path->steps.items[i++]));
        } else if (next == tunnel) {
            did_tunnel(b, adp_model_tunnel(b->model, g_array_index(tunnels, guint32, t++)));
        } else {
            did_attempt(b, adp_model_attempt(b->model, g_array_index(attempts, guint32, a++)));
        }
    }
    settle_tunnels(b);
    drop_not_tried(b);
}
