/* path_time.c
 * Where the time of a path went.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/path_time.h"

#include "join/attempts.h"
#include "join/identity.h"
#include "join/ldap_ops.h"
#include "join/model.h"
#include "join/tunnels.h"
#include "judge/timeline.h"
#include "judge/waits.h"
#include "log/observation.h"
#include "wire/address.h"
#include "wire/sorted.h"
#include "wire/text.h"

/* A connection that is tried later than this after all else is not of the discovery. */
#define SOON (30 * ADP_NS_PER_S)

/* ---- from when to when ---- */

/* Of a connection that came to nothing, or of a request to a proxy; FALSE: it is neither. */
static gboolean ended_in_vain(const adp_model *model, const adp_begun *begun, gint64 *when)
{
    if (begun->attempt != ADP_NONE) {
        const adp_attempt *attempt = adp_model_attempt(model, begun->attempt);

        *when = attempt->last_time;
        return !attempt->accepted;
    }
    if (begun->tunnel != ADP_NONE) {
        const adp_tunnel *tunnel = adp_model_tunnel(model, begun->tunnel);

        *when =
            adp_model_obs(model, tunnel->reply != ADP_NONE ? tunnel->reply : tunnel->request)->time;
        return TRUE;
    }
    return FALSE;
}

void adp_path_span(const adp_model *model, const GArray *timeline, guint32 path, gint64 *start,
                   gint64 *end)
{
    const adp_path *p = adp_model_path(model, path);
    guint i;

    *start = *end = adp_model_obs(model, adp_model_step(model, p->steps.items[0])->first)->time;
    for (i = 0; i < p->steps.count; i++) {
        const adp_step *step = adp_model_step(model, p->steps.items[i]);

        *end = MAX(*end, adp_model_obs(model, step->last)->time);
    }
    for (i = adp_sorted_place(timeline, G_STRUCT_OFFSET(adp_begun, path), path);
         i < timeline->len && g_array_index(timeline, adp_begun, i).path == path; i++) {
        const adp_begun *begun = &g_array_index(timeline, adp_begun, i);
        gint64 when;

        if (begun->time >= *start && adp_since(begun->time, *end) <= SOON &&
            ended_in_vain(model, begun, &when)) {
            *end = MAX(*end, when);
        }
    }
}

/* ---- what was pending ---- */

typedef struct {
    const adp_model *model;
    GArray *all; /* of adp_pending */
} gatherer;

static void add(const gatherer *g, gint64 from, gint64 to, guint32 server, gboolean vain)
{
    adp_pending one = {.from = from, .to = to, .server = server, .vain = vain};

    if (to > from) {
        g_array_append_val(g->all, one);
    }
}

/** A walk along the messages of a step. */
typedef struct {
    gint64 asked;    /* when the client began to ask; -1: nothing is pending */
    gint64 last;     /* when it sent its last message */
    gboolean any;    /* an answer was added */
    gboolean hidden; /* which message answers which cannot be seen */
} round_walk;

static gboolean is_everybody(const adp_model *model, guint32 address)
{
    return adp_address_is_group(adp_model_address_text(model, address));
}

/* What the server sends belongs to the last request; what went before an answer was in vain. */
static void answered(const gatherer *g, const adp_step *step, round_walk *walk, const adp_obs *obs)
{
    gint64 time = obs->time;
    /* Of all who were asked the one that answered was waited for, however often they were asked. */
    gboolean all = is_everybody(g->model, step->flow.server);

    if (walk->asked < 0) {
        /* More of the same answer. */
        if (walk->any && !walk->hidden) {
            adp_pending *before = &g_array_index(g->all, adp_pending, g->all->len - 1);

            before->to = MAX(before->to, time);
        }
        return;
    }
    if (step->retries && !all && walk->last > walk->asked && !walk->hidden) {
        add(g, walk->asked, walk->last, step->flow.server, TRUE);
        walk->asked = walk->last;
    }
    walk->any = time > walk->asked;
    add(g, walk->hidden ? walk->last : walk->asked, time,
        all ? obs->flow.server : step->flow.server, FALSE);
    walk->asked = -1;
}

static void of_step(const gatherer *g, const adp_step *step)
{
    round_walk walk = {.asked = -1, .hidden = step->kind == ADP_STEP_HIDDEN};
    guint32 i;

    /* A request that became one only through its answer stands outside the chain. */
    if (step->request != ADP_NONE && adp_model_mark(g->model, step->request)->step == ADP_NONE) {
        walk.asked = walk.last = adp_model_obs(g->model, step->request)->time;
    }
    for (i = step->first; i != ADP_NONE; i = adp_model_mark(g->model, i)->next) {
        const adp_obs *obs = adp_model_obs(g->model, i);

        if (adp_model_mark(g->model, i)->copy) {
            continue;
        }
        if (obs->from_server) {
            answered(g, step, &walk, obs);
        } else {
            walk.asked = walk.asked < 0 ? obs->time : walk.asked;
            walk.last = obs->time;
        }
    }
}

static void of_attempt(const gatherer *g, const adp_attempt *attempt)
{
    gint64 heard = -1;
    guint32 i;

    for (i = attempt->first; i != ADP_NONE && heard < 0; i = adp_model_mark(g->model, i)->next) {
        const adp_obs *obs = adp_model_obs(g->model, i);

        heard = obs->from_server && obs->type == ADP_OBS_TCP ? obs->time : -1;
    }
    if (attempt->accepted && heard >= 0) {
        add(g, attempt->first_time, attempt->last_time, attempt->flow.server, TRUE);
        add(g, attempt->last_time, heard, attempt->flow.server, FALSE);
    } else if (attempt->refused) {
        add(g, attempt->first_time, MAX(attempt->last_time, heard), attempt->flow.server, TRUE);
    }
}

/* What was answered, and connections; silence is a wait already. */
static void of_begun(const gatherer *g, const adp_begun *begun)
{
    gint64 until;

    if (begun->step != ADP_NONE) {
        of_step(g, adp_model_step(g->model, begun->step));
    } else if (begun->attempt != ADP_NONE) {
        of_attempt(g, adp_model_attempt(g->model, begun->attempt));
    } else if (begun->tunnel != ADP_NONE) {
        const adp_tunnel *tunnel = adp_model_tunnel(g->model, begun->tunnel);

        if (tunnel->reply != ADP_NONE) {
            add(g, begun->time, adp_model_obs(g->model, tunnel->reply)->time, tunnel->flow.server,
                FALSE);
        }
    } else if (adp_model_asked_until(g->model, begun->asked, &until)) {
        add(g, begun->time, until, adp_model_obs(g->model, begun->asked)->flow.server, FALSE);
    }
}

static gint by_from(gconstpointer a, gconstpointer b)
{
    const adp_pending *x = a;
    const adp_pending *y = b;

    if (x->from != y->from) {
        return x->from < y->from ? -1 : 1;
    }
    return x->to < y->to ? -1 : x->to > y->to;
}

/* Each moment to the first that waits in it, within the path. */
static void part(GArray *all, gint64 start, gint64 end)
{
    gint64 until = start;
    guint kept = 0;
    guint i;

    g_array_sort(all, by_from);
    for (i = 0; i < all->len; i++) {
        adp_pending one = g_array_index(all, adp_pending, i);

        one.from = MAX(one.from, until);
        one.to = MIN(one.to, end);
        if (one.to > one.from) {
            g_array_index(all, adp_pending, kept++) = one;
            until = one.to;
        }
    }
    g_array_set_size(all, kept);
}

GArray *adp_path_pending(const adp_model *model, const GArray *timeline, const GArray *waits,
                         guint32 path)
{
    gatherer g = {.model = model, .all = g_array_new(FALSE, FALSE, sizeof(adp_pending))};
    gint64 start;
    gint64 end;
    guint i;

    for (i = adp_sorted_place(timeline, G_STRUCT_OFFSET(adp_begun, path), path);
         i < timeline->len && g_array_index(timeline, adp_begun, i).path == path; i++) {
        of_begun(&g, &g_array_index(timeline, adp_begun, i));
    }
    for (i = adp_sorted_place(waits, G_STRUCT_OFFSET(adp_wait, path), path);
         i < waits->len && g_array_index(waits, adp_wait, i).path == path; i++) {
        const adp_wait *wait = &g_array_index(waits, adp_wait, i);

        if (wait->kind == ADP_WAIT_VAIN) {
            add(&g, wait->from, wait->to, wait->server, TRUE);
        }
    }
    adp_path_span(model, timeline, path, &start, &end);
    part(g.all, start, end);
    return g.all;
}

/* ---- the sums ---- */

static gint by_cost(gconstpointer a, gconstpointer b)
{
    const adp_time_at *x = a;
    const adp_time_at *y = b;
    gint64 of_x = x->answers + x->vain;
    gint64 of_y = y->answers + y->vain;

    if (of_x != of_y) {
        return of_x > of_y ? -1 : 1;
    }
    return x->server < y->server ? -1 : x->server > y->server;
}

/* `places`: server + 1 -> its place + 1. */
static adp_time_at *at_server(GArray *servers, GHashTable *places, guint32 server)
{
    gpointer place = g_hash_table_lookup(places, GUINT_TO_POINTER(server + 1));
    adp_time_at fresh = {.server = server};

    if (!place) {
        g_array_append_val(servers, fresh);
        place = GUINT_TO_POINTER(servers->len);
        g_hash_table_insert(places, GUINT_TO_POINTER(server + 1), place);
    }
    return &g_array_index(servers, adp_time_at, GPOINTER_TO_UINT(place) - 1);
}

static void pause(adp_path_time *time, gint64 from, gint64 to)
{
    if (to > from) {
        time->pauses += to - from;
        time->longest = MAX(time->longest, to - from);
    }
}

adp_path_time *adp_path_time_of(const adp_model *model, const GArray *timeline, const GArray *waits,
                                guint32 path)
{
    adp_path_time *time = g_new0(adp_path_time, 1);
    GArray *pending = adp_path_pending(model, timeline, waits, path);
    GHashTable *places = g_hash_table_new(NULL, NULL);
    gint64 until;
    gint64 end;
    guint i;

    adp_path_span(model, timeline, path, &until, &end);
    time->duration = adp_since(end, until);
    time->servers = g_array_new(FALSE, FALSE, sizeof(adp_time_at));
    for (i = 0; i < pending->len; i++) {
        const adp_pending *one = &g_array_index(pending, adp_pending, i);
        adp_time_at *at;

        pause(time, until, one->from);
        until = one->to;
        if (is_everybody(model, one->server)) {
            time->vain += one->to - one->from;
            time->neighbours += one->to - one->from;
            continue;
        }
        at = at_server(time->servers, places, one->server);
        if (one->vain) {
            at->vain += one->to - one->from;
            at->in_vain++;
            time->vain += one->to - one->from;
        } else {
            at->answers += one->to - one->from;
            at->answered++;
            time->answers += one->to - one->from;
        }
    }
    pause(time, until, end);
    g_array_sort(time->servers, by_cost);
    g_hash_table_unref(places);
    g_array_unref(pending);
    return time;
}

void adp_path_time_free(adp_path_time *time)
{
    g_array_unref(time->servers);
    g_free(time);
}
