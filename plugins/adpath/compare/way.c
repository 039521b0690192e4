/* way.c
 * What two captures of the same minute tell of the way between them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "compare/way.h"

#include "compare/differences.h"
#include "compare/lines.h"
#include "wire/hash.h"
#include "wire/text.h"

#include <string.h>

/* What is listed before "and N more". */
#define LINES 8
/* Requests that took longest. */
#define SLOWEST 3

static const char *const side[2] = {"here", "there"};

typedef struct {
    const adp_ends *ends;
    const adp_told *told[2];
    GHashTable *servers[2]; /* addresses of servers, of requests that are in pairs: of each side */
    GHashTable *clients[2]; /* likewise of clients */
    GHashTable *translated[2]; /* address here -> address there: of clients, of servers */
    GPtrArray *lines;
} way;

static const adp_ends_pair *pair_at(const way *w, guint i)
{
    return &g_array_index(w->ends->pairs, adp_ends_pair, i);
}

static gboolean is_answered(const adp_told_step *step)
{
    return step->time != ADP_TOLD_NO_TIME;
}

static void learn(way *w)
{
    guint i;
    guint at;

    for (i = 0; i < w->ends->pairs->len; i++) {
        const adp_ends_pair *pair = pair_at(w, i);

        for (at = 0; at < 2; at++) {
            g_hash_table_add(w->servers[at], (gpointer)pair->step[at]->server.address);
            g_hash_table_add(w->clients[at], (gpointer)pair->step[at]->client.address);
        }
        if (strcmp(pair->step[0]->client.address, pair->step[1]->client.address) != 0) {
            g_hash_table_insert(w->translated[0], (gpointer)pair->step[0]->client.address,
                                (gpointer)pair->step[1]->client.address);
        }
        if (strcmp(pair->step[0]->server.address, pair->step[1]->server.address) != 0) {
            g_hash_table_insert(w->translated[1], (gpointer)pair->step[0]->server.address,
                                (gpointer)pair->step[1]->server.address);
        }
    }
}

/* ---- which place is which ---- */

static void say_places(const way *w)
{
    const adp_ends *ends = w->ends;
    char ahead[ADP_SECONDS_LEN];
    char spread[ADP_SECONDS_LEN];

    if (ends->client < 0) {
        adp_lines_add(w->lines, ADP_LINE_TEXT, NULL,
                      "Which of both was made nearer to the client cannot be told: their answers "
                      "take equally long.");
    } else {
        adp_lines_add(w->lines, ADP_LINE_TEXT, NULL,
                      "This capture was made nearer to the %s, the other one nearer to the %s.",
                      ends->client == 0 ? "client" : "servers",
                      ends->client == 0 ? "servers" : "client");
    }
    adp_lines_add(w->lines, ADP_LINE_TEXT, NULL,
                  "The clock there is %s s %s (median of %u requests, which agree within %s s).",
                  adp_seconds(ends->offset < 0 ? -ends->offset : ends->offset, ahead),
                  ends->offset < 0 ? "behind" : "ahead", ends->pairs->len,
                  adp_seconds(adp_since(ends->offset_most, ends->offset_least), spread));
}

static void say_translated(const way *w)
{
    static const char *const whose[2] = {"client", "server"};
    guint ports = 0;
    guint at;
    guint i;

    for (i = 0; i < w->ends->pairs->len; i++) {
        ports += pair_at(w, i)->step[0]->client.port != pair_at(w, i)->step[1]->client.port;
    }
    if (!ports && !g_hash_table_size(w->translated[0]) && !g_hash_table_size(w->translated[1])) {
        return;
    }
    adp_lines_add(w->lines, ADP_LINE_TITLE, NULL, "Addresses are translated on the way (NAT)");
    for (at = 0; at < 2; at++) {
        GList *keys = g_list_sort(g_hash_table_get_keys(w->translated[at]), (GCompareFunc)strcmp);
        const GList *key;
        guint said = 0;

        for (key = keys; key && said < LINES; key = key->next, said++) {
            adp_lines_add(w->lines, ADP_LINE_TEXT, NULL, "%s %s here is %s there", whose[at],
                          (const char *)key->data,
                          (const char *)g_hash_table_lookup(w->translated[at], key->data));
        }
        if (key) {
            adp_lines_add(w->lines, ADP_LINE_TEXT, NULL, "and %u more",
                          g_hash_table_size(w->translated[at]) - said);
        }
        g_list_free(keys);
    }
    if (ports) {
        adp_lines_add(w->lines, ADP_LINE_TEXT, NULL,
                      "The client's port is another one in %u of %u requests.", ports,
                      w->ends->pairs->len);
    }
}

/* ---- what was lost ---- */

/* Told of each such message, whatever else the capture holds: its absence says something. */
static gboolean is_always_told(const adp_told_step *step)
{
    static const char *const kinds[] = {"srv", "ping", "scp"};
    const char *carrier = adp_value_string(step->detail, "carrier");
    guint i;

    for (i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (strcmp(step->kind, kinds[i]) == 0) {
            return TRUE;
        }
    }
    return strcmp(step->kind, "kerberos") == 0 && carrier && strcmp(carrier, "kdc") == 0;
}

/* Was the other capture running, by its own clock? */
static gboolean was_running(const way *w, guint at, const adp_told_step *step)
{
    const adp_told *other = w->told[1 - at];
    gint64 then = at == 0 ? adp_since(step->start, -w->ends->offset)
                          : adp_since(step->start, w->ends->offset);

    return other->first != ADP_TOLD_NO_TIME && then >= other->first && then <= other->last;
}

/* Does the other capture see what this client and this server say to each other? */
static gboolean is_on_the_way(const way *w, guint at, const adp_told_step *step)
{
    return g_hash_table_contains(w->servers[at], step->server.address) &&
           g_hash_table_contains(w->clients[at], step->client.address);
}

typedef struct {
    const char *title;
    guint count;
} series;

static void say_step(const way *w, series *s, const adp_told_step *step, const char *more)
{
    char *text;

    if (!s->count++) {
        adp_lines_add(w->lines, ADP_LINE_TITLE, NULL, "%s", s->title);
    }
    if (s->count > LINES) {
        return;
    }
    text = adp_difference_step(step);
    adp_lines_add(w->lines, ADP_LINE_TEXT, NULL, "%s%s", text, more);
    g_free(text);
}

static void end_series(const way *w, const series *s)
{
    if (s->count > LINES) {
        adp_lines_add(w->lines, ADP_LINE_TEXT, NULL, "and %u more", s->count - LINES);
    }
}

/* Requests of one capture that the other one lacks, though it sees both ends. */
static guint say_requests_lost(const way *w, guint at)
{
    gboolean from_client = w->ends->client < 0 || w->ends->client == (int)at;
    char *title = g_strdup_printf(from_client ? "Left %s, and never arrived %s"
                                              : "Arrived %s, but is not in the capture %s",
                                  side[at], side[1 - at]);
    series s = {.title = title};
    guint i;

    for (i = 0; i < w->told[at]->steps.count; i++) {
        const adp_told_step *step = w->told[at]->steps.items[i];

        if (!g_hash_table_contains(w->ends->paired, step) && is_always_told(step) &&
            is_on_the_way(w, at, step) && was_running(w, at, step)) {
            say_step(w, &s, step, is_answered(step) ? "; an answer came all the same" : "");
        }
    }
    end_series(w, &s);
    g_free(title);
    return s.count;
}

static guint say_answers_lost(const way *w, guint at)
{
    char *title =
        g_strdup_printf("Answered %s, and the answer never arrived %s", side[at], side[1 - at]);
    series s = {.title = title};
    guint i;

    for (i = 0; i < w->ends->pairs->len; i++) {
        const adp_ends_pair *pair = pair_at(w, i);

        if (is_answered(pair->step[at]) && !is_answered(pair->step[1 - at])) {
            say_step(w, &s, pair->step[1 - at], "");
        }
    }
    end_series(w, &s);
    g_free(title);
    return s.count;
}

static guint say_repeats_lost(const way *w)
{
    series s = {.title = "Sent more often than it arrived"};
    guint i;

    for (i = 0; i < w->ends->pairs->len; i++) {
        const adp_ends_pair *pair = pair_at(w, i);
        char *more;

        if (pair->step[0]->retries == pair->step[1]->retries) {
            continue;
        }
        more = g_strdup_printf("; here %u, there %u times", pair->step[0]->retries + 1,
                               pair->step[1]->retries + 1);
        say_step(w, &s, pair->step[0], more);
        g_free(more);
    }
    end_series(w, &s);
    return s.count;
}

/* It arrived, and nobody answered: no loss, but what the administrator came for. */
static void say_unanswered(const way *w)
{
    series s = {.title =
                    "Arrived, and was answered at neither place: it is the server that is silent"};
    guint i;

    for (i = 0; i < w->ends->pairs->len; i++) {
        const adp_ends_pair *pair = pair_at(w, i);

        if (!is_answered(pair->step[0]) && !is_answered(pair->step[1]) &&
            adp_told_step_went_wrong(pair->step[0])) {
            say_step(w, &s, pair->step[0], "");
        }
    }
    end_series(w, &s);
}

/* ---- where the time went ---- */

typedef struct {
    const adp_ends_pair *pair;
    gint64 client; /* ns to the answer at the place nearer to the client */
    gint64 server;
} timed;

static gint longest_first(gconstpointer a, gconstpointer b)
{
    gint64 x = ((const timed *)a)->client;
    gint64 y = ((const timed *)b)->client;

    return (x < y) - (x > y);
}

static GArray *timed_pairs(const way *w)
{
    GArray *all = g_array_new(FALSE, FALSE, sizeof(timed));
    guint near_client = w->ends->client == 1 ? 1 : 0;
    guint i;

    for (i = 0; i < w->ends->pairs->len; i++) {
        const adp_ends_pair *pair = pair_at(w, i);
        timed t = {pair, pair->step[near_client]->time, pair->step[1 - near_client]->time};

        if (is_answered(pair->step[0]) && is_answered(pair->step[1])) {
            g_array_append_val(all, t);
        }
    }
    g_array_sort(all, longest_first);
    return all;
}

/* The slowest, each packet once: a message inside of another is a step of its own. */
static void say_slowest(const way *w, const GArray *all)
{
    guint32 frame = 0;
    guint said = 0;
    guint i;

    for (i = 0; i < all->len && said < SLOWEST; i++) {
        const timed *t = &g_array_index(all, timed, i);
        char *step = adp_difference_step(t->pair->step[0]);
        char total[ADP_SECONDS_LEN];
        char travelled[ADP_SECONDS_LEN];

        if (!frame || t->pair->step[0]->frame != frame) {
            adp_lines_add(w->lines, ADP_LINE_TEXT, NULL, "%s s, of it %s s on the way: %s",
                          adp_seconds(t->client, total),
                          adp_seconds(adp_since(t->client, t->server), travelled), step);
            said++;
        }
        frame = t->pair->step[0]->frame;
        g_free(step);
    }
}

static void say_times(const way *w)
{
    GArray *all = timed_pairs(w);
    gint64 client = 0;
    gint64 server = 0;
    char total[ADP_SECONDS_LEN];
    char served[ADP_SECONDS_LEN];
    char travelled[ADP_SECONDS_LEN];
    guint i;

    for (i = 0; i < all->len; i++) {
        client += g_array_index(all, timed, i).client / (gint64)all->len;
        server += g_array_index(all, timed, i).server / (gint64)all->len;
    }
    if (all->len) {
        adp_lines_add(w->lines, ADP_LINE_TITLE, NULL, "The time goes %s",
                      client - server > server ? "on the way" : "in the servers");
        adp_lines_add(w->lines, ADP_LINE_TEXT, NULL,
                      "An answer took %s s on average (%u requests that were answered at both "
                      "places): %s s in the servers, %s s on the way between the two places. The "
                      "slowest:",
                      adp_seconds(client, total), all->len, adp_seconds(server, served),
                      adp_seconds(client - server, travelled));
        say_slowest(w, all);
    }
    g_array_unref(all);
}

/* ---- what the other capture cannot see ---- */

static void say_unseen(const way *w, guint at)
{
    GHashTable *counts = g_hash_table_new(adp_str_hash, adp_str_equal);
    GList *keys;
    const GList *key;
    guint said = 0;
    guint i;

    for (i = 0; i < w->told[at]->steps.count; i++) {
        const adp_told_step *step = w->told[at]->steps.items[i];

        if (!g_hash_table_contains(w->ends->paired, step) &&
            !g_hash_table_contains(w->servers[at], step->server.address) &&
            g_hash_table_contains(w->clients[at], step->client.address)) {
            gpointer before = g_hash_table_lookup(counts, step->server.address);

            g_hash_table_insert(counts, (gpointer)step->server.address,
                                GUINT_TO_POINTER(GPOINTER_TO_UINT(before) + 1));
        }
    }
    keys = g_list_sort(g_hash_table_get_keys(counts), (GCompareFunc)strcmp);
    for (key = keys; key && said < LINES; key = key->next) {
        if (!said++) {
            adp_lines_add(w->lines, ADP_LINE_TITLE, NULL,
                          "Seen only %s: nothing of these servers is in the capture %s", side[at],
                          side[1 - at]);
        }
        adp_lines_add(w->lines, ADP_LINE_TEXT, NULL, "%s (requests: %u)", (const char *)key->data,
                      GPOINTER_TO_UINT(g_hash_table_lookup(counts, key->data)));
    }
    if (key) {
        adp_lines_add(w->lines, ADP_LINE_TEXT, NULL, "and %u more",
                      g_hash_table_size(counts) - said);
    }
    g_list_free(keys);
    g_hash_table_unref(counts);
}

guint adp_way_tell(const adp_ends *ends, const adp_told *here, const adp_told *there,
                   GPtrArray *lines)
{
    way w = {.ends = ends, .told = {here, there}, .lines = lines};
    guint lost = 0;
    guint at;

    for (at = 0; at < 2; at++) {
        w.servers[at] = g_hash_table_new(adp_str_hash, adp_str_equal);
        w.clients[at] = g_hash_table_new(adp_str_hash, adp_str_equal);
        w.translated[at] = g_hash_table_new(adp_str_hash, adp_str_equal);
    }
    learn(&w);
    say_places(&w);
    say_translated(&w);
    for (at = 0; at < 2; at++) {
        lost += say_requests_lost(&w, at);
        lost += say_answers_lost(&w, at);
    }
    lost += say_repeats_lost(&w);
    if (!lost) {
        adp_lines_add(lines, ADP_LINE_TITLE, NULL, "Nothing was lost on the way");
        adp_lines_add(lines, ADP_LINE_TEXT, NULL,
                      "Each request between machines that both captures see is in both, and so is "
                      "its answer.");
    }
    say_unanswered(&w);
    say_times(&w);
    for (at = 0; at < 2; at++) {
        say_unseen(&w, at);
    }
    for (at = 0; at < 2; at++) {
        g_hash_table_unref(w.servers[at]);
        g_hash_table_unref(w.clients[at]);
        g_hash_table_unref(w.translated[at]);
    }
    return lost;
}
