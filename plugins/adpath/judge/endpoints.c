/* endpoints.c
 * The endpoints of all paths: made when somebody asks, because every surface does, and kept.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/endpoints.h"

#include "facts/ranks.h"
#include "join/attempts.h"
#include "join/client.h"
#include "join/guess.h"
#include "join/identity.h"
#include "join/model.h"
#include "join/path.h"
#include "join/shared_steps.h"
#include "join/tunnels.h"
#include "judge/endpoint.h"
#include "judge/endpoint_private.h"
#include "judge/endpoint_tried.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/text.h"

/** What the kept endpoints were made of; a live capture grows in both. */
struct adp_endpoints {
    const adp_model *model;
    adp_ranks *ranks;
    gboolean filled;
    guint64 generation;
    gint64 end;
    GPtrArray *paths;    /* of GPtrArray of adp_endpoint; */
    GPtrArray *none;     /* that of most clients: it is empty */
    GHashTable *tunnels; /* path + 1 -> GArray of numbers of its tunnels, owned */
};

adp_endpoints *adp_endpoints_new(const adp_model *model, adp_ranks *ranks)
{
    adp_endpoints *endpoints = g_new0(adp_endpoints, 1);

    endpoints->model = model;
    endpoints->ranks = ranks;
    endpoints->paths = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    endpoints->none = g_ptr_array_new();
    endpoints->tunnels = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
    return endpoints;
}

void adp_endpoints_free(adp_endpoints *endpoints)
{
    g_hash_table_unref(endpoints->tunnels);
    g_ptr_array_unref(endpoints->paths);
    g_ptr_array_unref(endpoints->none);
    g_free(endpoints);
}

/* ---- one path ---- */

static void endpoint_free(gpointer data)
{
    adp_endpoint *endpoint = data;

    g_free(endpoint->url);
    g_free(endpoint->host);
    if (endpoint->gone) {
        g_array_unref(endpoint->gone);
    }
    g_array_unref(endpoint->evidence);
    g_free(endpoint);
}

static const adp_step *last_answer(const adp_endpoint_builder *b, const guint32 *steps, guint count,
                                   const adp_step *before)
{
    guint i;

    for (i = 0; i < count; i++) {
        const adp_step *step = adp_model_step(b->model, steps[i]);

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
    const adp_numbers *steps = &b->path->steps;
    const adp_step *last =
        last_answer(b, (const guint32 *)(const void *)uses->data, uses->len, NULL);

    last = last_answer(b, steps->items, steps->count, last);

    g_array_unref(uses);
    if (last) {
        adp_endpoint_add_answer(b, last, TRUE);
    }
}

static GPtrArray *build(const adp_endpoints *endpoints, guint32 path, const GArray *attempts)
{
    const adp_model *model = endpoints->model;
    adp_endpoint_builder b = {
        .model = model, .path = adp_model_path(model, path), .ranks = endpoints->ranks};
    const char *mail = adp_path_mail_domain(model, path);
    guint i;

    b.list = g_ptr_array_new_with_free_func(endpoint_free);
    b.by_place = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    b.urls = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    b.resolved = g_hash_table_new(NULL, NULL);
    b.unheard = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    add_scp(&b, path);
    if (mail) {
        adp_endpoint_add_domain(&b, mail, TRUE);
        b.mail = g_ascii_strdown(mail, -1);
        b.guess = adp_path_guess(model, path);
    }
    adp_endpoint_follow(&b, attempts,
                        g_hash_table_lookup(endpoints->tunnels, GUINT_TO_POINTER(path + 1)));
    for (i = 0; i < b.list->len; i++) {
        adp_endpoint *endpoint = g_ptr_array_index(b.list, i);

        g_array_sort(endpoint->evidence, adp_compare_numbers);
    }
    g_free(b.mail);
    g_hash_table_unref(b.unheard);
    g_hash_table_unref(b.resolved);
    g_hash_table_unref(b.urls);
    g_hash_table_unref(b.by_place);
    return b.list;
}

/* ---- all paths ---- */

static void append_number(GHashTable *lists, gpointer key, guint32 number)
{
    GArray *list = g_hash_table_lookup(lists, key);

    if (!list) {
        list = g_array_new(FALSE, FALSE, sizeof(guint32));
        g_hash_table_insert(lists, key, list);
    }
    g_array_append_val(list, number);
}

static void collect_tunnels(adp_endpoints *endpoints)
{
    guint32 t;

    g_hash_table_remove_all(endpoints->tunnels);
    for (t = 0; t < adp_model_tunnel_count(endpoints->model); t++) {
        guint32 path =
            adp_model_tunnel_path(endpoints->model, adp_model_tunnel(endpoints->model, t));

        if (path != ADP_NONE) {
            append_number(endpoints->tunnels, GUINT_TO_POINTER(path + 1), t);
        }
    }
}

/* ---- which path a connection that was not accepted belongs to ---- */

/** While steps, answers and attempts go by in their order. */
typedef struct {
    const adp_model *model;
    GArray *answered;      /* numbers of address steps with an answer, in the order of those */
    GHashTable *by_client; /* key of a client -> GArray of attempts */
    GHashTable *by_path;   /* path + 1 -> GArray of attempts */
    GHashTable *current;   /* key of a client -> path + 1 of its last step */
    GHashTable *lookups;   /* lookup of its own key: the client's last one of each address */
} placing;

typedef struct {
    guint64 key; /* client and address */
    guint32 path;
    gint64 time;
} lookup;

static guint64 lookup_key(adp_client client, guint32 address)
{
    return ((guint64)adp_client_number(client) << 32) | address;
}

static adp_client client_of(const placing *p, const adp_step *step)
{
    return adp_model_owner(p->model, adp_model_path(p->model, step->path)->client);
}

static void note_step(placing *p, const adp_step *step)
{
    g_hash_table_insert(p->current, adp_client_key(client_of(p, step)),
                        GUINT_TO_POINTER(step->path + 1));
}

/* What is asked before a connection and answered after it did not lead there. */
static void note_answer(placing *p, const adp_step *step)
{
    const adp_obs_dns *reply = adp_model_obs(p->model, step->reply)->u.dns;
    adp_client client = client_of(p, step);
    guint i;

    for (i = 0; i < reply->said->hosts.count; i++) {
        guint32 address = reply->said->hosts.items[i].address;
        lookup *found = g_new(lookup, 1);

        *found = (lookup){.key = lookup_key(client, address),
                          .path = step->path,
                          .time = adp_model_obs(p->model, step->reply)->time};
        g_hash_table_replace(p->lookups, &found->key, found);
    }
}

/*
 * Behind a shared address, the machine's whose path the connection belongs to. Of an address without any
 * step, such as the client's of IPv6 when nothing comes of that, his whom DNS told where to go.
 */
static adp_client whose(const placing *p, const adp_attempt *attempt)
{
    adp_client client = adp_model_owner(p->model, adp_machine_then(p->model, attempt->client));
    adp_client told = g_hash_table_contains(p->current, adp_client_key(client))
                          ? adp_client_at(ADP_NONE)
                          : adp_client_told(p->model, attempt->first);

    return adp_is_nobody(told) ? client : adp_model_owner(p->model, told);
}

/*
 * It is of the path whose step came last; and, since a client may look for two mail domains at once,
 * of the one that has just looked the address up. What a later discovery did is no earlier one's.
 */
static void place_attempt(placing *p, guint32 index)
{
    const adp_attempt *attempt = adp_model_attempt(p->model, index);
    adp_client client = whose(p, attempt);
    guint32 current = GPOINTER_TO_UINT(g_hash_table_lookup(p->current, adp_client_key(client)));
    guint64 key = lookup_key(client, attempt->flow.server);
    const lookup *found = g_hash_table_lookup(p->lookups, &key);

    if (attempt->accepted && !adp_attempt_is_in_vain(p->model, attempt)) {
        return; /* what went over it tells more */
    }
    append_number(p->by_client, adp_client_key(client), index);
    if (current) {
        append_number(p->by_path, GUINT_TO_POINTER(current), index);
    }
    if (found && found->path + 1 != current &&
        adp_since(attempt->first_time, found->time) <= ADP_PATH_IDLE) {
        append_number(p->by_path, GUINT_TO_POINTER(found->path + 1), index);
    }
}

static gint by_answer(gconstpointer a, gconstpointer b, gpointer data)
{
    const adp_model *model = data;
    guint32 x = adp_model_step(model, *(const guint32 *)a)->reply;
    guint32 y = adp_model_step(model, *(const guint32 *)b)->reply;

    return (x > y) - (x < y);
}

static void collect_answers(placing *p)
{
    guint32 s;

    for (s = 0; s < adp_model_step_count(p->model); s++) {
        const adp_step *step = adp_model_step(p->model, s);

        if (step->kind == ADP_STEP_ADDRESS && step->reply != ADP_NONE) {
            g_array_append_val(p->answered, s);
        }
    }
    g_array_sort_with_data(p->answered, by_answer, (gpointer)p->model);
}

static void place_attempts(placing *p)
{
    guint answer = 0;
    guint32 s = 0;
    guint32 a;

    collect_answers(p);
    for (a = 0; a < adp_model_attempt_count(p->model); a++) {
        for (; s < adp_model_step_count(p->model) &&
               adp_model_step(p->model, s)->first < adp_model_attempt(p->model, a)->first;
             s++) {
            note_step(p, adp_model_step(p->model, s));
        }
        for (; answer < p->answered->len &&
               adp_model_step(p->model, g_array_index(p->answered, guint32, answer))->reply <
                   adp_model_attempt(p->model, a)->first;
             answer++) {
            note_answer(p, adp_model_step(p->model, g_array_index(p->answered, guint32, answer)));
        }
        place_attempt(p, a);
    }
}

/* The first attempt of the list that is not before the observation. */
static guint first_attempt(const adp_model *model, const GArray *attempts, guint32 obs)
{
    guint low = 0;
    guint high = attempts->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (adp_model_attempt(model, g_array_index(attempts, guint32, middle))->first < obs) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/*
 * What the path's client tried in vain: before the path began only what it had done since it asked for
 * the mail domain's own host, which lies within a minute. Free with g_array_unref().
 */
static GArray *attempts_of(const placing *p, guint32 path)
{
    adp_client client = adp_model_owner(p->model, adp_model_path(p->model, path)->client);
    const GArray *before = g_hash_table_lookup(p->by_client, adp_client_key(client));
    const GArray *since = g_hash_table_lookup(p->by_path, GUINT_TO_POINTER(path + 1));
    const adp_guess *guess = before ? adp_path_guess(p->model, path) : NULL;
    GArray *attempts = g_array_new(FALSE, FALSE, sizeof(guint32));

    if (guess && guess->asked != ADP_NONE) {
        guint32 begin =
            adp_model_step(p->model, adp_model_path(p->model, path)->steps.items[0])->first;
        guint from = first_attempt(p->model, before, guess->asked);
        guint to = first_attempt(p->model, before, begin);

        if (from < to) {
            g_array_append_vals(attempts, &g_array_index(before, guint32, from), to - from);
        }
    }
    if (since) {
        g_array_append_vals(attempts, since->data, since->len);
    }
    return attempts;
}

static void fill(adp_endpoints *endpoints)
{
    placing p = {.model = endpoints->model};
    guint32 i;

    p.by_client = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
    p.by_path = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
    p.current = g_hash_table_new(NULL, NULL);
    p.answered = g_array_new(FALSE, FALSE, sizeof(guint32));
    p.lookups = g_hash_table_new_full(adp_int64_hash, g_int64_equal, NULL, g_free);
    place_attempts(&p);
    collect_tunnels(endpoints);
    g_ptr_array_set_size(endpoints->paths, 0);
    for (i = 0; i < adp_model_path_count(p.model); i++) {
        GArray *attempts = attempts_of(&p, i);
        GPtrArray *list = build(endpoints, i, attempts);

        if (list->len == 0) {
            g_ptr_array_unref(list);
            list = g_ptr_array_ref(endpoints->none);
        }
        g_ptr_array_add(endpoints->paths, list);
        g_array_unref(attempts);
    }
    g_hash_table_unref(p.lookups);
    g_array_unref(p.answered);
    g_hash_table_unref(p.current);
    g_hash_table_unref(p.by_path);
    g_hash_table_unref(p.by_client);
}

/* What is kept holds until the model changes. */
static void refresh(adp_endpoints *endpoints)
{
    const adp_model *model = endpoints->model;
    gint64 first;
    gint64 end = 0;
    guint32 frames;

    (void)adp_model_span(model, &first, &end, &frames);
    if (!endpoints->filled || endpoints->generation != adp_model_generation(model) ||
        endpoints->end != end) {
        fill(endpoints);
        endpoints->filled = TRUE;
        endpoints->generation = adp_model_generation(model);
        endpoints->end = end;
    }
}

GPtrArray *adp_endpoints_of(adp_endpoints *endpoints, guint32 path)
{
    refresh(endpoints);
    return g_ptr_array_ref(g_ptr_array_index(endpoints->paths, path));
}

const GArray *adp_endpoints_tunnels(adp_endpoints *endpoints, guint32 path)
{
    refresh(endpoints);
    return g_hash_table_lookup(endpoints->tunnels, GUINT_TO_POINTER(path + 1));
}

gboolean adp_path_is_served_hidden(adp_endpoints *endpoints, guint32 path)
{
    GPtrArray *list = adp_endpoints_of(endpoints, path);
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
