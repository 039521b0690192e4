/* ends.c
 * Two captures of the same minute, at two places of the way.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compare/ends.h"

#include "wire/hash.h"
#include "wire/text.h"

#include <string.h>

/* So many requests with the same ports are no accident; of few steps, this part of them. */
#define SURE         3
#define SHARE        4
#define SURE_NUMBERS 2

/* Where clocks are apart by so much more or less than by all others, it is another request. */
#define APART_NS ADP_NS_PER_S

/* Below this the two places are one, as far as the capture's clock tells. */
#define SAME_PLACE_NS 1000

/* ---- what is asked ---- */

static void append(GString *out, const adp_told_step *step, const char *member)
{
    const adp_json_value *value = adp_value_member(step->detail, member);
    const adp_json_value *item;

    g_string_append_c(out, ' ');
    if (value && value->type == ADP_JSON_STRING) {
        g_string_append(out, value->u.text);
    }
    for (item = adp_value_items(value); item; item = item->next) {
        if (item->type == ADP_JSON_STRING) {
            g_string_append_printf(out, " %s", item->u.text);
        }
    }
}

char *adp_ends_question(const adp_told_step *step)
{
    static const struct {
        const char *kind;
        const char *members[3];
    } rows[] = {{"srv", {"name"}},
                {"address", {"name", "type"}},
                {"kerberos", {"exchange", "spn", "carrier"}},
                {"rootdse", {"attribute"}},
                {"scp", {"base", "filter"}},
                {"autodiscover", {"url"}}};
    GString *out = g_string_new(step->kind);
    char *lower;
    guint i;
    guint k;

    for (i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (strcmp(rows[i].kind, step->kind) == 0) {
            for (k = 0; k < G_N_ELEMENTS(rows[i].members) && rows[i].members[k]; k++) {
                append(out, step, rows[i].members[k]);
            }
        }
    }
    lower = g_ascii_strdown(out->str, -1);
    g_string_free(out, TRUE);
    return lower;
}

/* With the ports of both ends, or with what the message itself has that no way changes. */
static char *key_of(const adp_ends *ends, const adp_told_step *step, gboolean by_ports)
{
    char *question = adp_ends_question(step);
    guint32 id = ends->numbered ? step->id : 0;
    char *key;

    if (by_ports) {
        key = g_strdup_printf("%s %s:%u %s:%u %u %s", step->transport, step->client.address,
                              step->client.port, step->server.address, step->server.port, id,
                              question);
    } else {
        key = g_strdup_printf("%s %u %u %s", step->transport, step->server.port, id, question);
    }
    g_free(question);
    return key;
}

/* ---- pairs ---- */

/* A DNS id or the number in a Kerberos request: drawn by chance. LDAP counts from one. */
static gboolean has_own_number(const adp_told_step *step)
{
    const char *exchange = adp_value_string(step->detail, "exchange");

    return step->id && (strcmp(step->kind, "srv") == 0 || strcmp(step->kind, "address") == 0 ||
                        (exchange && strcmp(exchange, "ap") != 0));
}

static gboolean has_numbers(const adp_told *told)
{
    guint i;

    for (i = 0; i < told->steps.count; i++) {
        if (told->steps.items[i]->id) {
            return TRUE;
        }
    }
    return FALSE;
}

gint64 adp_ends_offset_of(const adp_ends_pair *pair)
{
    gint64 apart = adp_since(pair->step[1]->start, pair->step[0]->start);

    if (pair->step[0]->time == ADP_TOLD_NO_TIME || pair->step[1]->time == ADP_TOLD_NO_TIME) {
        return apart;
    }
    /* The middle of question and answer: the way there is taken to be as long as the way back. */
    return apart + adp_since(pair->step[1]->time, pair->step[0]->time) / 2;
}

/* Steps of the other capture by key, each a queue of those that are left. */
static GHashTable *index_of(const adp_ends *ends, const adp_told *told, gboolean by_ports)
{
    GHashTable *index =
        g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, (GDestroyNotify)g_queue_free);
    guint i;

    for (i = 0; i < told->steps.count; i++) {
        const adp_told_step *step = told->steps.items[i];
        char *key = g_hash_table_contains(ends->paired, step) ? NULL : key_of(ends, step, by_ports);
        GQueue *queue = key ? g_hash_table_lookup(index, key) : NULL;

        if (queue) {
            g_free(key);
        } else if (key) {
            queue = g_queue_new();
            g_hash_table_insert(index, key, queue);
        }
        if (queue) {
            g_queue_push_tail(queue, (gpointer)step);
        }
    }
    return index;
}

typedef enum {
    BY_PORTS,
    BY_NUMBERS, /* those that have one of their own */
    BY_TIME     /* the same question, when the clocks say that it is the same */
} way;

/* Takes the next of the queue that can be the same request. */
static const adp_told_step *take(GQueue *queue, const adp_ends *ends, const adp_told_step *step,
                                 way how)
{
    const adp_told_step *other;

    while (how == BY_TIME && queue && g_queue_peek_head(queue)) {
        adp_ends_pair pair = {{step, g_queue_peek_head(queue)}};
        gint64 apart = adp_since(adp_ends_offset_of(&pair), ends->offset);

        if (apart >= -APART_NS) {
            return apart <= APART_NS ? g_queue_pop_head(queue) : NULL;
        }
        g_queue_pop_head(queue); /* of a request before this one */
    }
    other = queue && how != BY_TIME ? g_queue_pop_head(queue) : NULL;
    return other;
}

static void match(adp_ends *ends, const adp_told *here, const adp_told *there, way how)
{
    GHashTable *index = index_of(ends, there, how == BY_PORTS);
    guint i;

    for (i = 0; i < here->steps.count; i++) {
        adp_ends_pair pair = {{here->steps.items[i], NULL}};
        char *key;

        if (g_hash_table_contains(ends->paired, pair.step[0]) ||
            (how == BY_NUMBERS && !has_own_number(pair.step[0]))) {
            continue;
        }
        key = key_of(ends, pair.step[0], how == BY_PORTS);
        pair.step[1] = take(g_hash_table_lookup(index, key), ends, pair.step[0], how);
        g_free(key);
        if (pair.step[1]) {
            g_array_append_val(ends->pairs, pair);
            g_hash_table_add(ends->paired, (gpointer)pair.step[0]);
            g_hash_table_add(ends->paired, (gpointer)pair.step[1]);
        }
    }
    g_hash_table_unref(index);
}

/* ---- clocks ---- */

static gint compare_times(gconstpointer a, gconstpointer b)
{
    gint64 x = *(const gint64 *)a;
    gint64 y = *(const gint64 *)b;

    return (x > y) - (x < y);
}

static void weigh_clocks(adp_ends *ends)
{
    GArray *offsets = g_array_new(FALSE, FALSE, sizeof(gint64));
    guint i;

    for (i = 0; i < ends->pairs->len; i++) {
        gint64 offset = adp_ends_offset_of(&g_array_index(ends->pairs, adp_ends_pair, i));

        g_array_append_val(offsets, offset);
    }
    g_array_sort(offsets, compare_times);
    if (offsets->len) {
        ends->offset = g_array_index(offsets, gint64, offsets->len / 2);
        ends->offset_least = g_array_index(offsets, gint64, 0);
        ends->offset_most = g_array_index(offsets, gint64, offsets->len - 1);
    }
    g_array_unref(offsets);
}

/* Leaves out pairs whose clocks say that they are two requests. */
static void sift(adp_ends *ends)
{
    guint kept = 0;
    guint i;

    weigh_clocks(ends);
    for (i = 0; i < ends->pairs->len; i++) {
        adp_ends_pair *pair = &g_array_index(ends->pairs, adp_ends_pair, i);
        gint64 apart = adp_since(adp_ends_offset_of(pair), ends->offset);

        if (apart >= -APART_NS && apart <= APART_NS) {
            g_array_index(ends->pairs, adp_ends_pair, kept++) = *pair;
        } else {
            g_hash_table_remove(ends->paired, pair->step[0]);
            g_hash_table_remove(ends->paired, pair->step[1]);
        }
    }
    g_array_set_size(ends->pairs, kept);
    weigh_clocks(ends);
}

/* ---- what the pairs come to ---- */

static gboolean is_enough(const adp_ends *ends, const adp_told *here, const adp_told *there)
{
    guint least = MIN(here->steps.count, there->steps.count);

    return ends->pairs->len >= SURE || (ends->pairs->len && ends->pairs->len * SHARE >= least);
}

/* The nearer to the client, the longer an answer takes; and what is lost on the way back was seen before. */
static int nearer_to_the_client(const adp_ends *ends)
{
    GArray *longer = g_array_new(FALSE, FALSE, sizeof(gint64));
    gint64 median = 0;
    guint lost[2] = {0, 0};
    guint i;

    for (i = 0; i < ends->pairs->len; i++) {
        const adp_ends_pair *pair = &g_array_index(ends->pairs, adp_ends_pair, i);
        gboolean answered[2] = {pair->step[0]->time != ADP_TOLD_NO_TIME,
                                pair->step[1]->time != ADP_TOLD_NO_TIME};

        if (answered[0] && answered[1]) {
            gint64 more = adp_since(pair->step[0]->time, pair->step[1]->time);

            g_array_append_val(longer, more);
        } else if (answered[0] != answered[1]) {
            lost[answered[0] ? 1 : 0]++;
        }
    }
    g_array_sort(longer, compare_times);
    if (longer->len) {
        median = g_array_index(longer, gint64, longer->len / 2);
    }
    g_array_unref(longer);
    if (median >= SAME_PLACE_NS || median <= -SAME_PLACE_NS) {
        return median > 0 ? 0 : 1;
    }
    return lost[0] > lost[1] ? 0 : lost[1] > lost[0] ? 1 : -1;
}

/* Two places have their own clocks, and never to the microsecond the same times. */
static gboolean is_same_capture(const adp_ends *ends)
{
    guint i;

    for (i = 0; i < ends->pairs->len; i++) {
        const adp_ends_pair *pair = &g_array_index(ends->pairs, adp_ends_pair, i);

        if (pair->step[0]->start != pair->step[1]->start) {
            return FALSE;
        }
    }
    return TRUE;
}

static gint by_start(gconstpointer a, gconstpointer b)
{
    const adp_ends_pair *x = a;
    const adp_ends_pair *y = b;

    return (x->step[0]->start > y->step[0]->start) - (x->step[0]->start < y->step[0]->start);
}

adp_ends *adp_ends_new(const adp_told *here, const adp_told *there)
{
    adp_ends *ends = g_new0(adp_ends, 1);

    ends->pairs = g_array_new(FALSE, FALSE, sizeof(adp_ends_pair));
    ends->paired = g_hash_table_new(NULL, NULL);
    ends->numbered = has_numbers(here) && has_numbers(there);
    match(ends, here, there, BY_PORTS);
    sift(ends);
    if (!is_enough(ends, here, there) && ends->numbered) {
        ends->translated = TRUE;
        match(ends, here, there, BY_NUMBERS);
        sift(ends);
    }
    /* Two of 500 questions with the same number of 16 bits, at the same time, are no accident. */
    if (ends->translated ? ends->pairs->len < SURE_NUMBERS : !is_enough(ends, here, there)) {
        adp_ends_free(ends);
        return NULL;
    }
    if (ends->translated) {
        match(ends, here, there, BY_TIME);
        sift(ends);
    }
    g_array_sort(ends->pairs, by_start);
    ends->client = nearer_to_the_client(ends);
    ends->same = is_same_capture(ends);
    return ends;
}

void adp_ends_free(adp_ends *ends)
{
    if (ends) {
        g_hash_table_unref(ends->paired);
        g_array_unref(ends->pairs);
        g_free(ends);
    }
}
