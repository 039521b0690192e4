/* model.c
 * The log of observations, addresses, and the questions others may ask.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/model.h"

#include "join/derived.h"
#include "join/machine.h"
#include "join/pairing.h"
#include "judge/analysis.h"
#include "judge/endpoint.h"
#include "log/observation.h"
#include "wire/arena.h"
#include "wire/scp.h"
#include "wire/text.h"

#include <string.h>

/*
 * Destinations are remembered only so that silence can be told from deafness.
 * A scan of the Internet must not fill the memory: beyond this many addresses,
 * every client counts as heard.
 */
#define MAX_HEARD 65536

static guint address_hash(gconstpointer data)
{
    const adp_address_key *key = data;

    return (guint)adp_hash_bytes(ADP_HASH_SEED + key->type, key->bytes, key->len);
}

static gboolean address_equal(gconstpointer a, gconstpointer b)
{
    const adp_address_key *x = a;
    const adp_address_key *y = b;

    return x->type == y->type && x->len == y->len && memcmp(x->bytes, y->bytes, x->len) == 0;
}

adp_model *adp_model_new(void)
{
    adp_model *model = g_new0(adp_model, 1);

    model->arena = adp_arena_new();
    model->log = g_array_new(FALSE, FALSE, sizeof(adp_obs));
    model->addresses = g_array_new(FALSE, TRUE, sizeof(adp_address));
    model->address_ids = g_hash_table_new_full(address_hash, address_equal, g_free, NULL);
    adp_derived_init(&model->derived);
    model->findings = adp_finding_cache_new();
    model->endpoints = adp_endpoint_cache_new();
    return model;
}

void adp_model_free(adp_model *model)
{
    if (!model) {
        return;
    }
    adp_finding_cache_free(model->findings);
    adp_endpoint_cache_free(model->endpoints);
    adp_derived_clear(&model->derived);
    g_hash_table_unref(model->address_ids);
    g_array_unref(model->addresses);
    g_array_unref(model->log);
    adp_arena_free(model->arena);
    g_free(model);
}

adp_arena *adp_model_arena(adp_model *model)
{
    return model->arena;
}

/* Three times a frame: most addresses were asked for a moment ago. */
static guint32 find_address(adp_model *model, const adp_address_key *key)
{
    guint32 *recent = &model->recent[key->len ? key->bytes[key->len - 1] : 0];
    gpointer found;

    if (*recent < model->addresses->len &&
        address_equal(&g_array_index(model->addresses, adp_address, *recent).key, key)) {
        return *recent;
    }
    found = g_hash_table_lookup(model->address_ids, key);
    if (!found) {
        return ADP_NONE;
    }
    *recent = GPOINTER_TO_UINT(found) - 1;
    return *recent;
}

static guint32 add_address(adp_model *model, const adp_address_key *key)
{
    adp_address address = {.key = *key};

    g_array_append_val(model->addresses, address);
    g_hash_table_insert(model->address_ids, g_memdup2(key, sizeof(*key)),
                        GUINT_TO_POINTER(model->addresses->len));
    return model->addresses->len - 1;
}

static void fill_key(adp_address_key *key, guint8 type, const guint8 *bytes, guint8 len)
{
    memset(key, 0, sizeof(*key));
    key->type = type;
    key->len = MIN(len, (guint8)sizeof(key->bytes));
    if (key->len) {
        memcpy(key->bytes, bytes, key->len);
    }
}

guint32 adp_model_address(adp_model *model, guint8 type, const guint8 *bytes, guint8 len,
                          const char *text)
{
    adp_address_key key;
    guint32 id;
    adp_address *address;

    fill_key(&key, type, bytes, len);
    id = find_address(model, &key);
    if (!text) {
        return id;
    }
    if (id == ADP_NONE) {
        id = add_address(model, &key);
    }
    address = &g_array_index(model->addresses, adp_address, id);
    if (!address->text) {
        address->text = adp_text(model->arena, (const guint8 *)text, strlen(text));
    }
    return id;
}

static const adp_address *address_at(const adp_model *model, guint32 id)
{
    id = adp_model_own_address(model, id);
    return id < model->addresses->len ? &g_array_index(model->addresses, adp_address, id) : NULL;
}

const char *adp_model_address_text(const adp_model *model, guint32 id)
{
    const adp_address *address = address_at(model, id);

    return address && address->text ? address->text : "";
}

const char *adp_model_address_name(const adp_model *model, guint32 id)
{
    const adp_address *address = address_at(model, id);

    if (adp_is_machine(id)) {
        return adp_machine_name(model, id);
    }
    return address ? address->name : NULL;
}

gboolean adp_model_is_shared(const adp_model *model, guint32 id)
{
    const adp_address *address = address_at(model, id);

    return address && address->is_shared;
}

gboolean adp_model_is_unnamed(const adp_model *model, guint32 client)
{
    return !adp_is_machine(client) && adp_model_is_shared(model, client);
}

gboolean adp_model_has_names(const adp_model *model, guint32 id)
{
    const adp_address *address = address_at(model, id);

    return address && address->has_names && !address->is_shared;
}

gboolean adp_model_was_heard(const adp_model *model, guint32 id)
{
    const adp_address *address = address_at(model, id);

    return (address && address->heard) || model->addresses->len >= MAX_HEARD;
}

static void hear(adp_model *model, guint8 type, const guint8 *bytes, guint8 len)
{
    adp_address_key key;
    guint32 id;

    fill_key(&key, type, bytes, len);
    id = find_address(model, &key);
    if (id == ADP_NONE) {
        if (model->addresses->len >= MAX_HEARD) {
            return;
        }
        id = add_address(model, &key);
    }
    g_array_index(model->addresses, adp_address, id).heard = TRUE;
}

/* Cuts the log before `frame` and concludes anew from what is left. */
static void truncate_log(adp_model *model, guint32 frame)
{
    guint32 keep = model->log->len;
    guint32 i;

    while (keep && g_array_index(model->log, adp_obs, keep - 1).frame >= frame) {
        keep--;
    }
    g_array_set_size(model->log, keep);
    for (i = 0; i < model->addresses->len; i++) {
        adp_address *address = &g_array_index(model->addresses, adp_address, i);

        address->name = NULL;
        address->name_is_hearsay = FALSE;
        address->has_names = FALSE;
        address->is_shared = FALSE;
    }
    adp_derived_clear(&model->derived);
    adp_derived_init(&model->derived);
    for (i = 0; i < keep; i++) {
        (void)adp_feed(model, i);
    }
    model->generation++;
}

void adp_model_frame(adp_model *model, guint32 frame, gint64 time, guint8 dst_type,
                     const guint8 *dst, guint8 dst_len)
{
    if (model->log->len && g_array_index(model->log, adp_obs, model->log->len - 1).frame >= frame) {
        truncate_log(model, frame);
    }
    if (model->frames == 0 || time < model->first_time) {
        model->first_time = time;
    }
    if (model->frames == 0 || time > model->last_time) {
        model->last_time = time;
    }
    model->frames = MAX(model->frames, frame);
    if (dst_len) {
        hear(model, dst_type, dst, dst_len);
    }
}

gboolean adp_model_add(adp_model *model, const adp_obs *obs)
{
    g_array_append_val(model->log, *obs);
    if (!adp_feed(model, model->log->len - 1)) {
        g_array_set_size(model->log, model->log->len - 1);
        return FALSE;
    }
    model->generation++;
    return TRUE;
}

guint32 adp_model_obs_count(const adp_model *model)
{
    return model->log->len;
}

const adp_obs *adp_model_obs(const adp_model *model, guint32 i)
{
    return &g_array_index(model->log, adp_obs, i);
}

const adp_mark *adp_model_mark(const adp_model *model, guint32 i)
{
    return &g_array_index(model->derived.marks, adp_mark, i);
}

guint32 adp_model_step_count(const adp_model *model)
{
    return model->derived.steps->len;
}

const adp_step *adp_model_step(const adp_model *model, guint32 i)
{
    return &g_array_index(model->derived.steps, adp_step, i);
}

guint32 adp_model_path_count(const adp_model *model)
{
    return model->derived.paths->len;
}

const adp_path *adp_model_path(const adp_model *model, guint32 i)
{
    return &g_array_index(model->derived.paths, adp_path, i);
}

gboolean adp_path_is_unattached(const adp_model *model, const adp_path *path)
{
    const adp_step *step = adp_model_step(model, g_array_index(path->steps, guint32, 0));

    return path->steps->len == 1 && step->kind != ADP_STEP_HIDDEN && step->reply == ADP_NONE &&
           step->netlogon == ADP_NONE && step->count == 0;
}

gboolean adp_model_frame_has_step(const adp_model *model, guint32 first)
{
    guint32 i;

    for (i = first; i < model->log->len &&
                    adp_model_obs(model, i)->frame == adp_model_obs(model, first)->frame;
         i++) {
        if (adp_model_mark(model, i)->step != ADP_NONE) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean adp_model_span(const adp_model *model, gint64 *first, gint64 *last, guint32 *frames)
{
    *first = model->first_time;
    *last = model->last_time;
    *frames = model->frames;
    return model->frames > 0;
}

guint64 adp_model_generation(const adp_model *model)
{
    return model->generation;
}

gboolean adp_model_is_host(const adp_model *model, const char *name)
{
    char *lower = g_ascii_strdown(name, -1);
    gboolean found = g_hash_table_contains(model->derived.hosts, lower);

    g_free(lower);
    return found;
}

const adp_step *adp_model_neighbour(const adp_model *model, const adp_step *step, gint by)
{
    const adp_path *path = adp_model_path(model, step->path);
    gint64 at = (gint64)step->path_index + by;
    const adp_step *other;

    if (at < 0 || at >= path->steps->len || (by < 0 && step->after_pause)) {
        return NULL;
    }
    other = adp_model_step(model, g_array_index(path->steps, guint32, (guint)at));
    return by > 0 && other->after_pause ? NULL : other;
}

static adp_ranks *compute_ranks(const adp_model *model, const adp_step *step)
{
    adp_ranks *ranks = g_new0(adp_ranks, 1);
    GPtrArray *entries = g_ptr_array_new();
    guint32 i;

    for (i = step->first; i != ADP_NONE; i = adp_model_mark(model, i)->next) {
        const adp_obs *obs = adp_model_obs(model, i);

        if (obs->type == ADP_OBS_LDAP_ENTRY && !adp_model_mark(model, i)->copy) {
            g_ptr_array_add(entries, (gpointer)&obs->u.entry->scp);
        }
    }
    ranks->generation = model->generation;
    ranks->count = entries->len;
    ranks->ranks = g_new0(adp_rank, entries->len + 1);
    adp_scp_rank((adp_scp_entry *const *)entries->pdata, entries->len,
                 adp_model_path(model, step->path)->site, ranks->ranks);
    g_ptr_array_unref(entries);
    return ranks;
}

adp_rank adp_model_rank(const adp_model *model, guint32 step, guint32 n)
{
    gpointer key = GUINT_TO_POINTER(step + 1);
    adp_ranks *ranks = g_hash_table_lookup(model->derived.ranks, key);
    adp_rank none = {0};

    if (!ranks || ranks->generation != model->generation) {
        ranks = compute_ranks(model, adp_model_step(model, step));
        g_hash_table_replace(model->derived.ranks, key, ranks);
    }
    return n < ranks->count ? ranks->ranks[n] : none;
}

const char *adp_step_kind_name(adp_step_kind kind)
{
    static const char *const names[ADP_STEP_KINDS] = {
        [ADP_STEP_SRV] = "srv",   [ADP_STEP_ADDRESS] = "address",
        [ADP_STEP_PING] = "ping", [ADP_STEP_KERBEROS] = "kerberos",
        [ADP_STEP_BIND] = "bind", [ADP_STEP_ROOTDSE] = "rootdse",
        [ADP_STEP_SCP] = "scp",   [ADP_STEP_HIDDEN] = "hidden",
        [ADP_STEP_TLS] = "tls",   [ADP_STEP_AUTODISCOVER] = "autodiscover",
    };

    return names[kind];
}
