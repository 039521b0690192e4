/* endpoint.c
 * Where a client could look for autodiscover, and where it did.
 *
 * The order: EWS Managed API (DirectoryHelper, AutodiscoverService); MS-OXDISCO.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "endpoint.h"

#include "facts.h"
#include "guess.h"
#include "model_private.h"
#include "text.h"
#include "web.h"

#include <string.h>

#define XML_PATH "/autodiscover/autodiscover.xml"

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

typedef struct {
    const adp_model *model;
    const adp_path *path;
    GPtrArray *list;      /* of adp_endpoint */
    GHashTable *by_place; /* "host|port" -> the first endpoint there */
    GHashTable *urls;     /* those that are in, in lower case */
    GHashTable *resolved; /* address + 1 -> host that the client looked up last for it */
    guint tried;
    char *mail;             /* M in lower case, NULL when it was not seen */
    const adp_guess *guess; /* what came of M before it was known, NULL; how much of it is told: */
    guint guess_told;
} builder;

static void endpoint_free(gpointer data)
{
    adp_endpoint *endpoint = data;

    g_free(endpoint->url);
    g_free(endpoint->host);
    g_array_unref(endpoint->evidence);
    g_free(endpoint);
}

/* ---- which there are ---- */

/* Host in lower case and port of a URL; FALSE when it is none. The host is the caller's. */
static gboolean split_url(const char *url, char **host, guint16 *port)
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

static adp_endpoint *find(const builder *b, const char *host, guint16 port)
{
    char *key = place(host, port);
    adp_endpoint *found = g_hash_table_lookup(b->by_place, key);

    g_free(key);
    return found;
}

/* Takes over nothing. NULL when it is there already, or the URL is none. */
static adp_endpoint *add(builder *b, const char *url, adp_endpoint_source source,
                         const char *reason, gboolean ranked)
{
    adp_endpoint *endpoint;
    char *host = NULL;
    guint16 port = 0;

    if (!split_url(url, &host, &port)) {
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
    endpoint->rank = ranked ? b->list->len + 1 : 0;
    endpoint->first = ADP_NONE;
    endpoint->evidence = g_array_new(FALSE, FALSE, sizeof(guint32));
    g_ptr_array_add(b->list, endpoint);
    if (!find(b, host, port)) {
        g_hash_table_insert(b->by_place, place(host, port), endpoint);
    }
    return endpoint;
}

static gboolean is_exchange(const builder *b, const adp_step *step)
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

/* The URLs of one answer in their documented order. */
static void add_answer(builder *b, const adp_step *step)
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
        (void)add(b, item->entry->bindings.items[0], ADP_ENDPOINT_SCP,
                  item->rank.rank ? adp_rank_reason_name(item->rank.reason) : "site unknown",
                  item->rank.rank > 0);
    }
    g_array_unref(entries);
}

/*
 * Answers in the order of the path. A pointer with Domain= makes the client drop what it
 * had; one without is followed when there is no URL. So the last answer with URLs counts.
 */
static gboolean has_urls(const builder *b, const adp_step *step)
{
    guint32 o;

    for (o = step->first; o != ADP_NONE; o = adp_model_mark(b->model, o)->next) {
        const adp_obs *obs = adp_model_obs(b->model, o);

        if (obs->type == ADP_OBS_LDAP_ENTRY && obs->u.entry->scp.type == ADP_SCP_URL) {
            return TRUE;
        }
    }
    return FALSE;
}

static const adp_step *last_answer(const builder *b, const GArray *steps, const adp_step *before)
{
    guint i;

    for (i = 0; i < steps->len; i++) {
        const adp_step *step = adp_model_step(b->model, g_array_index(steps, guint32, i));

        if (is_exchange(b, step) && has_urls(b, step)) {
            before = step;
        }
    }
    return before;
}

static void add_scp(builder *b, guint32 path)
{
    GArray *uses = adp_path_uses(b->model, path);
    const adp_step *last = last_answer(b, b->path->steps, last_answer(b, uses, NULL));

    g_array_unref(uses);
    if (last) {
        add_answer(b, last);
    }
}

static void add_from_domain(builder *b, const char *mail)
{
    char *domain = g_strdup_printf("https://%s" XML_PATH, mail);
    char *host = g_strdup_printf("https://autodiscover.%s" XML_PATH, mail);
    char *plain = g_strdup_printf("http://autodiscover.%s" XML_PATH, mail);

    (void)add(b, domain, ADP_ENDPOINT_DOMAIN, "mail domain", TRUE);
    (void)add(b, host, ADP_ENDPOINT_AUTODISCOVER_HOST, "mail domain", TRUE);
    (void)add(b, plain, ADP_ENDPOINT_HTTP_REDIRECT, "mail domain", TRUE);
    g_free(domain);
    g_free(host);
    g_free(plain);
}

/* ---- what was done ---- */

static void cite(builder *b, adp_endpoint *endpoint, guint32 from)
{
    if (endpoint->first == ADP_NONE) {
        endpoint->first = from;
        endpoint->order = ++b->tried;
    }
    g_array_append_val(endpoint->evidence, from);
}

static void cite_step(builder *b, adp_endpoint *endpoint, const adp_step *step)
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

static void did_address(builder *b, const adp_step *step)
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
        adp_endpoint *endpoint = find(b, host, ports[i]);

        if (endpoint && adp_step_outcome(b->model, step, FALSE) == ADP_FAILED &&
            endpoint->outcome == ADP_ENDPOINT_NOT_TRIED) {
            cite_step(b, endpoint, step);
            judge(endpoint, ADP_ENDPOINT_FAILED, ADP_TROUBLE_UNRESOLVABLE);
        }
    }
    g_free(host);
}

/* A host that is behind an address, as this client sees it; free with g_free(). */
static char *host_at(const builder *b, guint32 address)
{
    const char *name = g_hash_table_lookup(b->resolved, GUINT_TO_POINTER(address + 1));

    name = name ? name : adp_model_address_name(b->model, address);
    return g_ascii_strdown(name ? name : adp_model_address_text(b->model, address), -1);
}

/* The handshake was completed, and the client closed the connection without asking anything. */
static gboolean hung_up(const builder *b, const adp_step *step)
{
    return step->attempt != ADP_NONE && adp_model_attempt(b->model, step->attempt)->closed &&
           !(step->tls_seen & ADP_TLS_SEEN_CLIENT_DATA);
}

static void did_tls(builder *b, const adp_step *step)
{
    const adp_obs_tls *hello = adp_model_obs(b->model, step->first)->u.tls;
    char *host = hello->sni ? g_ascii_strdown(hello->sni, -1) : host_at(b, step->flow.server);
    adp_endpoint *endpoint = find(b, host, step->flow.server_port);

    if (!endpoint && hello->sni) {
        endpoint = find(b, host, 443); /* through a proxy */
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

static void did_http(builder *b, const adp_step *step)
{
    const adp_obs_http *request =
        step->request != ADP_NONE ? adp_model_obs(b->model, step->request)->u.http : NULL;
    const adp_obs_http *reply =
        step->reply != ADP_NONE ? adp_model_obs(b->model, step->reply)->u.http : NULL;
    adp_endpoint *endpoint;
    char *host = NULL;
    guint16 port;

    if (!request || !split_url(request->url, &host, &port)) {
        return;
    }
    endpoint = find(b, host, port);
    if (!endpoint) {
        endpoint = add(b, request->url, ADP_ENDPOINT_OTHER, "seen", FALSE);
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
        (void)add(b, reply->redirect, ADP_ENDPOINT_OTHER, "redirect", FALSE);
    }
}

static void did_mail_srv(builder *b, const adp_step *step)
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
        url = g_strdup_printf("https://%s" XML_PATH, record->target);
        (void)add(b, url, ADP_ENDPOINT_SRV, "SRV record", TRUE);
        g_free(url);
    }
}

static void did_attempt(builder *b, const adp_attempt *attempt)
{
    char *host;
    adp_endpoint *endpoint;

    if (attempt->accepted) {
        return; /* what went over it tells more */
    }
    host = host_at(b, attempt->flow.server);
    endpoint = find(b, host, attempt->flow.server_port);
    g_free(host);
    if (endpoint) {
        cite(b, endpoint, attempt->first);
        judge(endpoint, ADP_ENDPOINT_FAILED, ADP_TROUBLE_UNREACHABLE);
    }
}

/* ---- what was done at https://M before M was known ---- */

/* Nothing of the lookup became a step, so the connections' addresses are learnt here. */
static void did_guess_lookup(builder *b, adp_endpoint *endpoint)
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

static void did_guess_tls(builder *b, adp_endpoint *endpoint)
{
    const adp_guess *guess = b->guess;
    gboolean failed = guess->alert != ADP_NONE || adp_guess_was_closed(b->model, guess);

    cite(b, endpoint, guess->hello);
    judge(endpoint, failed ? ADP_ENDPOINT_FAILED : ADP_ENDPOINT_HIDDEN, ADP_TROUBLE_TLS);
}

/* Tells what happened before the observation. */
static void did_guess(builder *b, guint32 before)
{
    static void (*const tell[])(builder *, adp_endpoint *) = {did_guess_lookup, did_guess_tls};
    adp_endpoint *endpoint = b->guess ? find(b, b->mail, 443) : NULL;

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

static void did_step(builder *b, const adp_step *step)
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
static guint first_attempt(const builder *b, const GArray *attempts, guint32 obs)
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

/* Steps and failed connections in the order of the capture. */
static void follow(builder *b, const GArray *attempts)
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
        seen = seen || endpoint->outcome == ADP_ENDPOINT_OK;
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
    builder b = {.model = model, .path = adp_model_path(model, path)};
    const char *mail = adp_path_mail_domain(model, path);
    guint i;

    b.list = g_ptr_array_new_with_free_func(endpoint_free);
    b.by_place = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    b.urls = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    b.resolved = g_hash_table_new(NULL, NULL);
    add_scp(&b, path);
    if (mail) {
        add_from_domain(&b, mail);
        b.mail = g_ascii_strdown(mail, -1);
        b.guess = adp_model_guess(model, b.path->client, mail);
    }
    follow(&b, attempts);
    did_guess(&b, G_MAXUINT32);
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
        guint32 client = adp_model_client(model, adp_model_attempt(model, a)->flow.client);
        gpointer key = GUINT_TO_POINTER(client + 1);
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
            gpointer client = GUINT_TO_POINTER(adp_model_path(model, p)->client + 1);

            g_ptr_array_add(cache->paths, build(model, p, g_hash_table_lookup(attempts, client)));
        }
        g_hash_table_unref(attempts);
        cache->filled = TRUE;
        cache->generation = model->generation;
        cache->end = model->last_time;
    }
    return g_ptr_array_ref(g_ptr_array_index(cache->paths, path));
}
