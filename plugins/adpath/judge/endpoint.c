/* endpoint.c
 * Where a client could look for autodiscover: the documented order. endpoint_tried.c adds what
 * it did.
 *
 * The order: EWS Managed API (DirectoryHelper, AutodiscoverService); MS-OXDISCO.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/endpoint.h"

#include "join/client.h"
#include "join/derived.h"
#include "join/guess.h"
#include "join/hosts.h"
#include "join/machine.h"
#include "join/model.h"
#include "join/shared_steps.h"
#include "judge/endpoint_private.h"
#include "judge/endpoint_tried.h"
#include "log/observation.h"
#include "wire/scp.h"
#include "wire/text.h"

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

static void endpoint_free(gpointer data)
{
    adp_endpoint *endpoint = data;

    g_free(endpoint->url);
    g_free(endpoint->host);
    g_array_unref(endpoint->evidence);
    g_free(endpoint);
}

/* ---- which there are ---- */

gboolean adp_endpoint_split_url(const char *url, char **host, guint16 *port)
{
    const char *scheme = url ? strstr(url, "://") : NULL;
    gboolean plain = url && adp_has_prefix(url, "http:");
    gsize len;

    if (!scheme) {
        return FALSE;
    }
    scheme += 3;
    len = strcspn(scheme, ":/?#");
    if (len == 0) {
        return FALSE;
    }
    *host = g_ascii_strdown(scheme, (gssize)len);
    *port = plain ? 80 : 443;
    if (scheme[len] == ':') {
        guint64 number = g_ascii_strtoull(scheme + len + 1, NULL, 10);

        *port = number > 0 && number <= G_MAXUINT16 ? (guint16)number : *port;
    }
    return TRUE;
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

adp_endpoint *adp_endpoint_add(adp_endpoint_builder *b, const char *url, adp_endpoint_source source,
                               const char *reason, gboolean ranked)
{
    adp_endpoint *endpoint;
    char *host = NULL;
    guint16 port = 0;

    if (!adp_endpoint_split_url(url, &host, &port)) {
        return NULL;
    }
    if (!g_hash_table_add(b->urls, g_ascii_strdown(url, -1))) {
        g_free(host);
        return NULL;
    }
    endpoint = g_new0(adp_endpoint, 1);
    endpoint->url = g_strdup(url);
    endpoint->host = host;
    endpoint->source = source;
    endpoint->reason = reason;
    endpoint->rank = ranked ? ++b->ranked : 0;
    endpoint->first = ADP_NONE;
    endpoint->evidence = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_ptr_array_add(b->list, endpoint);
    if (!adp_endpoint_find(b, host, port)) {
        g_hash_table_insert(b->by_place, place(host, port), endpoint);
    }
    return endpoint;
}

static gboolean is_exchange(const adp_endpoint_builder *b, const adp_step *step)
{
    return step->kind == ADP_STEP_SCP && step->request != ADP_NONE &&
           adp_same_text(adp_model_obs(b->model, step->request)->u.search->scp_kind,
                         ADP_SCP_EXCHANGE);
}

/* An answer holds a handful; what is beyond this is nobody's list of servers. */
#define MAX_ENTRIES 256

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

void adp_endpoint_add_answer(adp_endpoint_builder *b, const adp_step *step, gboolean ranked)
{
    GArray *entries = g_array_new(FALSE, FALSE, sizeof(ranked_entry));
    guint32 index = adp_model_mark(b->model, step->first)->step;
    guint32 i;
    guint n = 0;

    for (i = step->first; i != ADP_NONE && entries->len < MAX_ENTRIES;
         i = adp_model_mark(b->model, i)->next) {
        const adp_obs *obs = adp_model_obs(b->model, i);
        ranked_entry item;

        if (obs->type != ADP_OBS_LDAP_ENTRY || adp_model_mark(b->model, i)->copy) {
            continue;
        }
        item.entry = &obs->u.entry->scp;
        item.rank = adp_model_rank(b->model, index, n++);
        if (item.entry->type == ADP_SCP_URL && item.entry->bindings.count) {
            g_array_append_val(entries, item);
        }
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
    guint32 o;

    for (o = is_exchange(b, step) ? step->first : ADP_NONE; o != ADP_NONE;
         o = adp_model_mark(b->model, o)->next) {
        const adp_obs *obs = adp_model_obs(b->model, o);

        if (obs->type == ADP_OBS_LDAP_ENTRY && obs->u.entry->scp.type == ADP_SCP_URL) {
            return TRUE;
        }
    }
    return FALSE;
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
    return target && b->path->mail_domain && !adp_same_text(target, b->path->mail_domain) ? target
                                                                                          : NULL;
}

static const adp_step *last_answer(const adp_endpoint_builder *b, const GArray *steps,
                                   const adp_step *before)
{
    guint i;

    for (i = 0; i < steps->len; i++) {
        const adp_step *step = adp_model_step(b->model, g_array_index(steps, guint32, i));

        if (before && adp_endpoint_sent_to(b, step)) {
            break; /* what it looks up then is about the other domain */
        }
        if (adp_endpoint_has_urls(b, step)) {
            before = step;
        }
    }
    return before;
}

static void add_scp(adp_endpoint_builder *b, guint32 path)
{
    GArray *uses = adp_path_uses(b->model, path);
    const adp_step *last = last_answer(b, b->path->steps, last_answer(b, uses, NULL));

    g_array_unref(uses);
    if (last) {
        adp_endpoint_add_answer(b, last, TRUE);
    }
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

gboolean adp_path_is_served_hidden(const adp_model *model, guint32 path)
{
    GPtrArray *list = adp_endpoints_of(model, path);
    gboolean hidden = FALSE;
    gboolean seen = FALSE;
    guint i;

    for (i = 0; i < list->len; i++) {
        const adp_endpoint *endpoint = g_ptr_array_index(list, i);

        hidden = hidden || endpoint->outcome == ADP_ENDPOINT_HIDDEN;
        /* A redirect only says where to go. */
        seen = seen || (endpoint->outcome == ADP_ENDPOINT_OK &&
                        endpoint->source != ADP_ENDPOINT_HTTP_REDIRECT);
    }
    g_ptr_array_unref(list);
    return hidden && !seen;
}

const char *adp_path_mail_domain(const adp_model *model, guint32 path)
{
    return adp_model_path(model, path)->mail_domain;
}

static GPtrArray *build(const adp_model *model, guint32 path, const GArray *attempts)
{
    adp_endpoint_builder b = {.model = model, .path = adp_model_path(model, path)};
    const char *mail = adp_path_mail_domain(model, path);
    guint i;

    b.list = g_ptr_array_new_with_free_func(endpoint_free);
    b.by_place = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    b.urls = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    b.resolved = g_hash_table_new(NULL, NULL);
    add_scp(&b, path);
    if (mail) {
        adp_endpoint_add_domain(&b, mail, TRUE);
        b.mail = g_ascii_strdown(mail, -1);
        b.guess = adp_model_guess(model, b.path->client, mail);
    }
    adp_endpoint_follow(&b, attempts);
    for (i = 0; i < b.list->len; i++) {
        adp_endpoint *endpoint = g_ptr_array_index(b.list, i);

        g_array_sort(endpoint->evidence, adp_compare_numbers);
    }
    g_free(b.mail);
    g_hash_table_unref(b.resolved);
    g_hash_table_unref(b.urls);
    g_hash_table_unref(b.by_place);
    return b.list;
}

/* ---- kept, because every surface asks for them ---- */

struct adp_endpoint_cache {
    gboolean filled;
    guint64 generation;
    gint64 end;
    GPtrArray *paths; /* of GPtrArray of adp_endpoint */
};

adp_endpoint_cache *adp_endpoint_cache_new(void)
{
    adp_endpoint_cache *cache = g_new0(adp_endpoint_cache, 1);

    cache->paths = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    return cache;
}

void adp_endpoint_cache_free(adp_endpoint_cache *cache)
{
    g_ptr_array_unref(cache->paths);
    g_free(cache);
}

/* Client + 1 -> GArray of the numbers of its attempts. */
static GHashTable *attempts_by_client(const adp_model *model)
{
    GHashTable *by_client = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
    guint32 a;

    for (a = 0; a < adp_model_attempt_count(model); a++) {
        /* Behind a shared address, the machine's whose path the connection belongs to. */
        guint32 client = adp_machine_then(model, adp_model_attempt(model, a)->client);
        gpointer key = GUINT_TO_POINTER(adp_model_client(model, client) + 1);
        GArray *list = g_hash_table_lookup(by_client, key);

        if (!list) {
            list = g_array_new(FALSE, FALSE, sizeof(guint32));
            g_hash_table_insert(by_client, key, list);
        }
        g_array_append_val(list, a);
    }
    return by_client;
}

GPtrArray *adp_endpoints_of(const adp_model *model, guint32 path)
{
    adp_endpoint_cache *cache = model->endpoints;

    if (!cache->filled || cache->generation != model->generation ||
        cache->end != model->last_time) {
        GHashTable *attempts = attempts_by_client(model);
        guint32 p;

        g_ptr_array_set_size(cache->paths, 0);
        for (p = 0; p < adp_model_path_count(model); p++) {
            guint32 owner = adp_model_client(model, adp_model_path(model, p)->client);
            gpointer client = GUINT_TO_POINTER(owner + 1);

            g_ptr_array_add(cache->paths, build(model, p, g_hash_table_lookup(attempts, client)));
        }
        g_hash_table_unref(attempts);
        cache->filled = TRUE;
        cache->generation = model->generation;
        cache->end = model->last_time;
    }
    return g_ptr_array_ref(g_ptr_array_index(cache->paths, path));
}
