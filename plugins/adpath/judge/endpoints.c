/* endpoints.c
 * The endpoints of all paths: made when somebody asks, because every surface does, and kept.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/endpoints.h"

#include "facts/ranks.h"
#include "join/attempts.h"
#include "join/identity.h"
#include "join/model.h"
#include "join/shared_steps.h"
#include "join/tunnels.h"
#include "judge/endpoint.h"
#include "judge/endpoint_private.h"
#include "judge/endpoint_tried.h"
#include "wire/hash.h"
#include "wire/text.h"

/** What the kept endpoints were made of; a live capture grows in both. */
struct adp_endpoints {
    const adp_model *model;
    adp_ranks *ranks;
    gboolean filled;
    guint64 generation;
    gint64 end;
    GPtrArray *paths;    /* of GPtrArray of adp_endpoint */
    GHashTable *tunnels; /* path + 1 -> GArray of numbers of its tunnels, owned */
};

adp_endpoints *adp_endpoints_new(const adp_model *model, adp_ranks *ranks)
{
    adp_endpoints *endpoints = g_new0(adp_endpoints, 1);

    endpoints->model = model;
    endpoints->ranks = ranks;
    endpoints->paths = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);
    endpoints->tunnels = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
    return endpoints;
}

void adp_endpoints_free(adp_endpoints *endpoints)
{
    g_hash_table_unref(endpoints->tunnels);
    g_ptr_array_unref(endpoints->paths);
    g_free(endpoints);
}

/* ---- one path ---- */

static void endpoint_free(gpointer data)
{
    adp_endpoint *endpoint = data;

    g_free(endpoint->url);
    g_free(endpoint->host);
    g_array_unref(endpoint->evidence);
    g_free(endpoint);
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
    g_hash_table_unref(b.resolved);
    g_hash_table_unref(b.urls);
    g_hash_table_unref(b.by_place);
    return b.list;
}

/* ---- all paths ---- */

static void append_number(GHashTable *lists, guint32 key, guint32 number)
{
    GArray *list = g_hash_table_lookup(lists, GUINT_TO_POINTER(key + 1));

    if (!list) {
        list = g_array_new(FALSE, FALSE, sizeof(guint32));
        g_hash_table_insert(lists, GUINT_TO_POINTER(key + 1), list);
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
            append_number(endpoints->tunnels, path, t);
        }
    }
}

/* Client + 1 -> GArray of the numbers of its attempts. */
static GHashTable *attempts_by_client(const adp_model *model)
{
    GHashTable *by_client = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
    guint32 a;

    for (a = 0; a < adp_model_attempt_count(model); a++) {
        /* Behind a shared address, the machine's whose path the connection belongs to. */
        guint32 client = adp_machine_then(model, adp_model_attempt(model, a)->client);

        append_number(by_client, adp_model_client(model, client), a);
    }
    return by_client;
}

static void fill(adp_endpoints *endpoints)
{
    const adp_model *model = endpoints->model;
    GHashTable *attempts = attempts_by_client(model);
    guint32 p;

    collect_tunnels(endpoints);
    g_ptr_array_set_size(endpoints->paths, 0);
    for (p = 0; p < adp_model_path_count(model); p++) {
        guint32 owner = adp_model_client(model, adp_model_path(model, p)->client);
        gpointer client = GUINT_TO_POINTER(owner + 1);

        g_ptr_array_add(endpoints->paths,
                        build(endpoints, p, g_hash_table_lookup(attempts, client)));
    }
    g_hash_table_unref(attempts);
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
