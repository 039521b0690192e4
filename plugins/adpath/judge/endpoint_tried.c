/* endpoint_tried.c
 * Where a client did look for autodiscover, and what came of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/endpoint_tried.h"

#include "facts/outcome.h"
#include "join/guess.h"
#include "join/hosts.h"
#include "join/model.h"
#include "judge/endpoint.h"
#include "judge/endpoint_private.h"
#include "log/observation.h"
#include "wire/srv_name.h"

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
    /* Once it has answered, nothing later takes that away; nor a connection that stood. */
    if (endpoint->outcome != ADP_ENDPOINT_OK &&
        (endpoint->outcome != ADP_ENDPOINT_HIDDEN || outcome == ADP_ENDPOINT_OK ||
         trouble == ADP_TROUBLE_HTTP)) {
        endpoint->outcome = outcome;
        endpoint->trouble = outcome == ADP_ENDPOINT_FAILED ? trouble : ADP_TROUBLE_NONE;
    }
}

static void did_address(adp_endpoint_builder *b, const adp_step *step)
{
    const adp_obs_dns *asked = adp_model_obs(b->model, step->first)->u.dns;
    const adp_obs_dns *reply =
        step->reply != ADP_NONE ? adp_model_obs(b->model, step->reply)->u.dns : NULL;
    char *host = g_ascii_strdown(asked->name, -1);
    guint16 ports[] = {443, 80};
    guint i;

    for (i = 0; reply && i < reply->hosts.count; i++) {
        if (reply->hosts.items[i].address != ADP_NONE) {
            g_hash_table_replace(b->resolved, GUINT_TO_POINTER(reply->hosts.items[i].address + 1),
                                 (gpointer)asked->name);
        }
    }
    for (i = 0; i < G_N_ELEMENTS(ports); i++) {
        adp_endpoint *endpoint = adp_endpoint_find(b, host, ports[i]);

        if (endpoint && adp_step_outcome(b->model, step, FALSE) == ADP_FAILED &&
            endpoint->outcome == ADP_ENDPOINT_NOT_TRIED) {
            cite_step(b, endpoint, step);
            judge(endpoint, ADP_ENDPOINT_FAILED, ADP_TROUBLE_UNRESOLVABLE);
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
    return step->attempt != ADP_NONE && adp_model_attempt(b->model, step->attempt)->closed &&
           !(step->tls_seen & ADP_TLS_SEEN_CLIENT_DATA);
}

static void did_tls(adp_endpoint_builder *b, const adp_step *step)
{
    const adp_obs_tls *hello = adp_model_obs(b->model, step->first)->u.tls;
    char *host = hello->sni ? g_ascii_strdown(hello->sni, -1) : host_at(b, step->flow.server);
    adp_endpoint *endpoint = adp_endpoint_find(b, host, step->flow.server_port);

    if (!endpoint && hello->sni) {
        endpoint = adp_endpoint_find(b, host, 443); /* through a proxy */
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

static void did_http(adp_endpoint_builder *b, const adp_step *step)
{
    const adp_obs_http *request =
        step->request != ADP_NONE ? adp_model_obs(b->model, step->request)->u.http : NULL;
    const adp_obs_http *reply =
        step->reply != ADP_NONE ? adp_model_obs(b->model, step->reply)->u.http : NULL;
    adp_endpoint *endpoint;
    const char *sent_to;
    char *host = NULL;
    guint16 port;

    if (!request || !adp_endpoint_split_url(request->url, &host, &port)) {
        return;
    }
    endpoint = adp_endpoint_find(b, host, port);
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
            if (reply && reply->status == 401 && !step->carried_on) {
                judge(endpoint, ADP_ENDPOINT_FAILED, ADP_TROUBLE_HTTP);
            } else if (!reply) {
                judge(endpoint, ADP_ENDPOINT_HIDDEN, ADP_TROUBLE_NONE);
            }
            break;
        }
    }
    g_free(host);
    if (reply && reply->redirect && !reply->redirect_is_address) {
        (void)adp_endpoint_add(b, reply->redirect, ADP_ENDPOINT_OTHER, "redirect", FALSE);
    }
    sent_to = adp_endpoint_sent_to(b, step);
    if (sent_to) {
        b->elsewhere = TRUE;
        adp_endpoint_add_domain(b, sent_to, FALSE);
    }
}

static void did_mail_srv(adp_endpoint_builder *b, const adp_step *step)
{
    const adp_obs_dns *reply =
        step->reply != ADP_NONE ? adp_model_obs(b->model, step->reply)->u.dns : NULL;
    guint i;

    for (i = 0; reply && i < reply->records.count; i++) {
        const adp_srv_record *record = &reply->records.items[i];
        char *url;

        if (!*record->target || record->port != 443) {
            continue; /* from the EWS client: other ports are ignored */
        }
        url = g_strdup_printf("https://%s" ADP_AUTODISCOVER_XML, record->target);
        (void)adp_endpoint_add(b, url, ADP_ENDPOINT_SRV, "SRV record", TRUE);
        g_free(url);
    }
}

static void did_attempt(adp_endpoint_builder *b, const adp_attempt *attempt)
{
    char *host;
    adp_endpoint *endpoint;

    if (attempt->accepted) {
        return; /* what went over it tells more */
    }
    host = host_at(b, attempt->flow.server);
    endpoint = adp_endpoint_find(b, host, attempt->flow.server_port);
    g_free(host);
    if (endpoint) {
        cite(b, endpoint, attempt->first);
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
    adp_endpoint *endpoint = b->guess ? adp_endpoint_find(b, b->mail, 443) : NULL;

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
        if (adp_model_obs(b->model, step->first)->u.dns->parts.role == ADP_ROLE_AUTODISCOVER) {
            did_mail_srv(b, step);
        }
        break;
    default:
        break;
    }
}

/* The first attempt of the list that is not before the observation. */
static guint first_attempt(const adp_endpoint_builder *b, const GArray *attempts, guint32 obs)
{
    guint low = 0;
    guint high = attempts ? attempts->len : 0;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (adp_model_attempt(b->model, g_array_index(attempts, guint32, middle))->first < obs) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

void adp_endpoint_follow(adp_endpoint_builder *b, const GArray *attempts)
{
    const adp_step *begin = adp_model_step(b->model, g_array_index(b->path->steps, guint32, 0));
    guint i = 0;
    guint a = first_attempt(b, attempts, begin->first);

    while (i < b->path->steps->len || (attempts && a < attempts->len)) {
        const adp_step *step =
            i < b->path->steps->len
                ? adp_model_step(b->model, g_array_index(b->path->steps, guint32, i))
                : NULL;
        const adp_attempt *attempt =
            attempts && a < attempts->len
                ? adp_model_attempt(b->model, g_array_index(attempts, guint32, a))
                : NULL;
        guint32 at = step ? step->first : ADP_NONE;

        if (attempt && attempt->first < at) {
            did_guess(b, attempt->first);
            did_attempt(b, attempt);
            a++;
        } else if (step) {
            did_guess(b, at);
            did_step(b, step);
            i++;
        }
    }
    did_guess(b, G_MAXUINT32);
}
