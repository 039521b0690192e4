/* endpoint.c
 * Where a client could look for autodiscover: the documented order. endpoint_tried.c adds what
 * it did.
 *
 * The order: EWS Managed API (DirectoryHelper, AutodiscoverService); MS-OXDISCO.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/endpoint.h"

#include "facts/ranks.h"
#include "join/hosts.h"
#include "join/model.h"
#include "join/pages.h"
#include "join/pair_dns.h"
#include "judge/endpoint_private.h"
#include "log/observation.h"
#include "wire/limits.h"
#include "wire/scp.h"
#include "wire/text.h"
#include "wire/url.h"

#include <string.h>

const char *adp_endpoint_source_name(adp_endpoint_source source)
{
    static const char *const names[] = {"scp",           "domain", "autodiscover-host",
                                        "http-redirect", "srv",    "other"};

    return names[source];
}

const char *adp_endpoint_outcome_name(adp_endpoint_outcome outcome)
{
    static const char *const names[] = {"not tried", "ok", "failed", "hidden"};

    return names[outcome];
}

/* ---- which there are ---- */

/* Autodiscover is HTTP: what leads elsewhere is no endpoint. */
static gboolean split_url(const char *url, adp_url *ret)
{
    return url && adp_url_parse(url, strlen(url), ret) &&
           (ret->scheme == ADP_SCHEME_HTTP || ret->scheme == ADP_SCHEME_HTTPS);
}

static char *place(const char *host, guint16 port)
{
    return g_strdup_printf("%s|%u", host, port);
}

adp_endpoint *adp_endpoint_find(const adp_endpoint_builder *b, const char *host, guint16 port)
{
    char *key = place(host, port);
    adp_endpoint *found = g_hash_table_lookup(b->by_place, key);

    g_free(key);
    return found;
}

adp_endpoint *adp_endpoint_by_target(const adp_model *model, const GPtrArray *list,
                                     const char *name, guint16 port, guint32 *obs)
{
    guint i;

    for (i = 0; i < list->len; i++) {
        adp_endpoint *endpoint = g_ptr_array_index(list, i);

        if (adp_url_port(endpoint->url) == port &&
            adp_model_alias_leads_to(model, endpoint->host, name, obs)) {
            return endpoint;
        }
    }
    return NULL;
}

adp_endpoint *adp_endpoint_add(adp_endpoint_builder *b, const char *url, adp_endpoint_source source,
                               const char *reason, gboolean ranked)
{
    adp_endpoint *endpoint;
    adp_url parts;

    if (!split_url(url, &parts) || !g_hash_table_add(b->urls, g_ascii_strdown(url, -1))) {
        return NULL;
    }
    endpoint = g_new0(adp_endpoint, 1);
    endpoint->url = g_strdup(url);
    endpoint->host = g_strdup(parts.host);
    endpoint->source = source;
    endpoint->reason = reason;
    endpoint->rank = ranked ? ++b->ranked : 0;
    endpoint->first = ADP_NONE;
    endpoint->evidence = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_ptr_array_add(b->list, endpoint);
    if (!adp_endpoint_find(b, parts.host, parts.port)) {
        g_hash_table_insert(b->by_place, place(parts.host, parts.port), endpoint);
    }
    return endpoint;
}

static gboolean is_exchange(const adp_endpoint_builder *b, const adp_step *step)
{
    return step->kind == ADP_STEP_SCP && step->request != ADP_NONE &&
           adp_same_text(adp_model_obs(b->model, step->request)->u.search->scp_kind,
                         ADP_SCP_EXCHANGE);
}

typedef struct {
    const adp_scp_entry *entry;
    adp_rank rank;
} ranked_entry;

/* Entries without a place come last: one that repeats an earlier one's URL has none. */
static gint by_rank(gconstpointer a, gconstpointer b)
{
    const ranked_entry *x = a;
    const ranked_entry *y = b;

    if (!x->rank.rank || !y->rank.rank) {
        return !x->rank.rank - !y->rank.rank;
    }
    return (int)x->rank.rank - (int)y->rank.rank;
}

/* The URLs of one page of an answer. */
static void collect_page(const adp_endpoint_builder *b, guint32 page, GArray *entries)
{
    const GArray *urls = adp_model_urls(b->model, page);
    guint n;

    for (n = 0; urls && n < urls->len; n++) {
        guint32 i = g_array_index(urls, guint32, n);
        ranked_entry item = {&adp_model_obs(b->model, i)->u.entry->scp,
                             adp_rank_of(b->ranks, page, adp_model_mark(b->model, i)->count - 1)};

        if (entries->len == ADP_MAX_SCP_ENTRIES) {
            adp_model_limit(b->model, ADP_LIMIT_SCP_ENTRIES);
            return;
        }
        g_array_append_val(entries, item);
    }
}

/* All pages of a search are one answer. */
void adp_endpoint_add_answer(adp_endpoint_builder *b, const adp_step *step, gboolean ranked)
{
    GArray *entries = g_array_new(FALSE, FALSE, sizeof(ranked_entry));
    guint32 page = adp_page_first(b->model, adp_model_mark(b->model, step->first)->step);
    guint n;

    for (; page != ADP_NONE && entries->len < ADP_MAX_SCP_ENTRIES;
         page = adp_page_next(b->model, page)) {
        collect_page(b, page, entries);
    }
    g_array_sort(entries, by_rank);
    for (n = 0; n < entries->len; n++) {
        const ranked_entry *item = &g_array_index(entries, ranked_entry, n);

        /* Without the client's site no URL has a place: it takes none, or knows more than we. */
        (void)adp_endpoint_add(b, item->entry->bindings.items[0], ADP_ENDPOINT_SCP,
                               item->rank.rank ? adp_rank_reason_name(item->rank.reason)
                                               : "site unknown",
                               ranked && item->rank.rank > 0);
    }
    g_array_unref(entries);
}

/*
 * Answers in the order of the path. A pointer with Domain= makes the client drop what it
 * had; one without is followed when there is no URL. So the last answer with URLs counts.
 */
gboolean adp_endpoint_has_urls(const adp_endpoint_builder *b, const adp_step *step)
{
    return step->own->has_url && is_exchange(b, step);
}

const char *adp_endpoint_sent_to(const adp_endpoint_builder *b, const adp_step *step)
{
    const adp_obs_http *reply;
    const char *target;

    if (step->kind != ADP_STEP_AUTODISCOVER || step->reply == ADP_NONE) {
        return NULL;
    }
    reply = adp_model_obs(b->model, step->reply)->u.http;
    target = reply->redirect_is_address ? adp_mailbox_domain(reply->redirect) : NULL;
    return target && b->path->own->mail_domain && !adp_same_text(target, b->path->own->mail_domain)
               ? target
               : NULL;
}

void adp_endpoint_add_domain(adp_endpoint_builder *b, const char *mail, gboolean ranked)
{
    const char *reason = ranked ? "mail domain" : "redirect";
    char *domain = g_strdup_printf("https://%s" ADP_AUTODISCOVER_XML, mail);
    char *host = g_strdup_printf("https://autodiscover.%s" ADP_AUTODISCOVER_XML, mail);
    char *plain = g_strdup_printf("http://autodiscover.%s" ADP_AUTODISCOVER_XML, mail);

    (void)adp_endpoint_add(b, domain, ADP_ENDPOINT_DOMAIN, reason, ranked);
    (void)adp_endpoint_add(b, host, ADP_ENDPOINT_AUTODISCOVER_HOST, reason, ranked);
    (void)adp_endpoint_add(b, plain, ADP_ENDPOINT_HTTP_REDIRECT, reason, ranked);
    g_free(domain);
    g_free(host);
    g_free(plain);
}

const char *adp_path_mail_domain(const adp_model *model, guint32 path)
{
    return adp_model_path(model, path)->own->mail_domain;
}

const adp_guess *adp_path_guess(const adp_model *model, guint32 index)
{
    const adp_path *path = adp_model_path(model, index);
    const adp_guess *guess = path->own->mail_domain
                                 ? adp_model_guess(model, path->client, path->own->mail_domain)
                                 : NULL;
    const adp_numbers *steps = &path->steps;

    return guess && adp_guess_is_within(model, guess, adp_model_step(model, steps->items[0])->first,
                                        adp_model_step(model, steps->items[steps->count - 1])->last)
               ? guess
               : NULL;
}
