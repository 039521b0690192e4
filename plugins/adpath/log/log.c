/* log.c
 * The append-only log of observations, and the addresses it speaks of. Knows no step.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/log.h"

#include "log/observation.h"
#include "wire/arena.h"
#include "wire/hash.h"
#include "wire/limits.h"
#include "wire/text.h"

#include <string.h>

/* One of IPv4 is a number by itself; the type is small, so that no two are the same. */
static guint64 address_hash(const adp_address_key *key)
{
    if (key->len == sizeof(guint32)) {
        return (guint64)key->type << 40 | (guint64)key->len << 32 | key->bytes[0];
    }
    return adp_hash_bytes(ADP_HASH_SEED, (const guint8 *)key, sizeof(*key));
}

static gboolean address_equal(const adp_address_key *x, const adp_address_key *y)
{
    return x->bytes[0] == y->bytes[0] && x->bytes[1] == y->bytes[1] && x->type == y->type &&
           x->len == y->len;
}

adp_log *adp_log_new(void)
{
    adp_log *log = g_new0(adp_log, 1);

    log->arena = adp_arena_new();
    log->texts = adp_arena_new();
    adp_arena_texts_differ(log->texts);
    log->begins = g_array_new(FALSE, FALSE, sizeof(adp_begin));
    log->obs = g_array_new(FALSE, FALSE, sizeof(adp_obs));
    log->addresses = g_array_new(FALSE, TRUE, sizeof(adp_address));
    log->address_ids = adp_table_new();
    log->recent = g_new0(adp_found, ADP_RECENT);
    log->recent[0].id = ADP_NONE; /* no address at all; the other places fit to no address yet */
    return log;
}

adp_log *adp_log_new_shadow(const adp_log *log)
{
    adp_log *shadow = adp_log_new();

    adp_table_free(shadow->address_ids);
    g_array_unref(shadow->addresses);
    shadow->addresses = g_array_ref(log->addresses);
    shadow->address_ids = log->address_ids;
    shadow->shown = g_ptr_array_new();
    return shadow;
}

void adp_log_follow(adp_log *shadow, const adp_log *log)
{
    guint32 *into = adp_arena_counters(shadow->arena);
    const guint32 *from = adp_arena_counters(log->arena);
    guint i;

    shadow->frames = log->frames;
    shadow->first_time = log->first_time;
    shadow->first_frame = log->first_frame;
    shadow->last_frame = log->last_frame;
    shadow->last_time = log->last_time;
    for (i = 0; i < ADP_ARENA_COUNTERS; i++) {
        into[i] = MAX(into[i], from[i]);
    }
}

void adp_log_show_address(adp_log *shadow, guint32 address, const char *text)
{
    if (address >= shadow->shown->len) {
        g_ptr_array_set_size(shadow->shown, (gint)address + 1);
    }
    g_ptr_array_index(shadow->shown, address) =
        (gpointer)adp_text(shadow->texts, (const guint8 *)text, strlen(text));
}

void adp_log_free(adp_log *log)
{
    if (log->shown) {
        g_ptr_array_unref(log->shown);
    }
    g_free(log->recent);
    if (!log->shown) {
        adp_table_free(log->address_ids);
    }
    g_array_unref(log->addresses);
    g_array_unref(log->obs);
    g_array_unref(log->begins);
    adp_arena_free(log->texts);
    adp_arena_free(log->arena);
    g_free(log);
}

/* ---- observations ---- */

const adp_obs *adp_log_obs(const adp_log *log, guint32 i)
{
    return &g_array_index(log->obs, adp_obs, i);
}

guint32 adp_log_append(adp_log *log, const adp_obs *obs)
{
    g_array_append_val(log->obs, *obs);
    return log->obs->len - 1;
}

void adp_log_refuse_last(adp_log *log)
{
    g_array_set_size(log->obs, log->obs->len - 1);
}

void adp_log_cut(adp_log *log, guint32 keep)
{
    guint i = log->begins->len;

    g_array_set_size(log->obs, keep);
    while (i && g_array_index(log->begins, adp_begin, i - 1).obs >= keep) {
        i--;
    }
    if (i < log->begins->len) {
        adp_arena_release(log->arena, g_array_index(log->begins, adp_begin, i).mark);
        g_array_set_size(log->begins, i);
    }
}

void adp_log_note_begin(adp_log *log)
{
    guint32 i = log->obs->len - 1;

    if (i == 0 || adp_log_obs(log, i - 1)->frame != adp_log_obs(log, i)->frame) {
        adp_begin begin = {.obs = i, .mark = log->mark};

        g_array_append_val(log->begins, begin);
    }
}

guint32 adp_log_before_frame(const adp_log *log, guint32 frame)
{
    guint32 keep = log->obs->len;

    while (keep && adp_log_obs(log, keep - 1)->frame >= frame) {
        keep--;
    }
    return keep;
}

/* ---- addresses ---- */

/* Who makes many addresses share one place gains a slower look, no more. */
static adp_found *place_of(const adp_log *log, const adp_address_key *key)
{
    return &log->recent[((key->bytes[0] ^ key->bytes[1]) *
                         G_GUINT64_CONSTANT(0x9e3779b97f4a7c15)) >>
                        (64 - ADP_RECENT_BITS)];
}

/* Twice a frame: most addresses were asked for a moment ago. */
static guint32 find_address(adp_log *log, const adp_address_key *key)
{
    adp_found *place = place_of(log, key);

    if (!address_equal(&place->key, key)) {
        place->key = *key;
        place->id = adp_table_get(log->address_ids, address_hash(key)) - 1; /* ADP_NONE: none */
    }
    return place->id;
}

static guint32 add_address(adp_log *log, const adp_address_key *key)
{
    adp_address address = {.len = (guint8)key->len};
    adp_found *place = place_of(log, key);

    g_array_append_val(log->addresses, address);
    adp_table_set(log->address_ids, address_hash(key), log->addresses->len);
    place->key = *key;
    place->id = log->addresses->len - 1;
    return place->id;
}

static void fill_key(adp_address_key *key, guint8 type, const guint8 *bytes, guint8 len)
{
    guint32 four;

    key->type = type;
    key->len = MIN(len, (guint8)sizeof(key->bytes));
    key->bytes[0] = key->bytes[1] = 0;
    /* Twice a frame, and nearly always of four bytes. */
    if (key->len == sizeof(four)) {
        memcpy(&four, bytes, sizeof(four));
        key->bytes[0] = four;
    } else if (key->len) {
        memcpy(key->bytes, bytes, key->len);
    }
}

guint32 adp_log_address(adp_log *log, guint8 type, const guint8 *bytes, guint8 len,
                        const char *text)
{
    adp_address_key key;
    guint32 id;
    adp_address *address;

    fill_key(&key, type, bytes, len);
    id = find_address(log, &key);
    if (!text) {
        return id;
    }
    if (id == ADP_NONE) {
        id = add_address(log, &key);
    }
    address = &g_array_index(log->addresses, adp_address, id);
    if (!address->text) {
        address->text = adp_text(log->texts, (const guint8 *)text, strlen(text));
    }
    return id;
}

const char *adp_log_address_text(const adp_log *log, guint32 address)
{
    const char *text;

    if (log->shown) {
        text = address < log->shown->len ? g_ptr_array_index(log->shown, address) : NULL;
        return text ? text : "";
    }
    text = address < log->addresses->len ? g_array_index(log->addresses, adp_address, address).text
                                         : NULL;

    return text ? text : "";
}

guint8 adp_log_address_len(const adp_log *log, guint32 address)
{
    return address < log->addresses->len ? g_array_index(log->addresses, adp_address, address).len
                                         : 0;
}

gboolean adp_log_was_heard(const adp_log *log, guint32 address)
{
    return adp_log_first_heard(log, address) || log->addresses->len >= ADP_MAX_HEARD;
}

guint32 adp_log_first_heard(const adp_log *log, guint32 address)
{
    return address < log->addresses->len ? g_array_index(log->addresses, adp_address, address).heard
                                         : 0;
}

/* Destinations are remembered only so that silence can be told from deafness. */
static guint32 hear(adp_log *log, guint32 frame, guint8 type, const guint8 *bytes, guint8 len)
{
    adp_address_key key;
    adp_address *address;
    guint32 id;

    fill_key(&key, type, bytes, len);
    id = find_address(log, &key);
    if (id == ADP_NONE) {
        if (log->addresses->len >= ADP_MAX_HEARD) {
            adp_limit_hit(log->arena, ADP_LIMIT_HEARD);
            return ADP_NONE;
        }
        id = add_address(log, &key);
    }
    address = &g_array_index(log->addresses, adp_address, id);
    if (!address->heard) {
        address->heard = frame;
    }
    return id;
}

guint32 adp_log_frame(adp_log *log, guint32 frame, gint64 time, guint8 dst_type, const guint8 *dst,
                      guint8 dst_len)
{
    log->mark = adp_arena_get_mark(log->arena);
    if (log->frames == 0 || time < log->first_time) {
        log->first_time = time;
        log->first_frame = frame;
    }
    if (log->frames == 0 || time > log->last_time) {
        log->last_time = time;
        log->last_frame = frame;
    }
    log->frames = MAX(log->frames, frame);
    return dst_len ? hear(log, frame, dst_type, dst, dst_len) : ADP_NONE;
}
