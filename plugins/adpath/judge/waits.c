/* waits.c
 * When a client waited for a server.
 *
 * A wait begins with a request, and ends with its answer or when the client does something else,
 * whichever comes first. So whatever runs beside it costs nothing: several pings at once, IPv4 a
 * moment after IPv6. A person who types, and a pause between two discoveries, have nothing pending.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/waits.h"

#include "facts/absence.h"
#include "facts/outcome.h"
#include "join/attempts.h"
#include "join/identity.h"
#include "join/ldap_ops.h"
#include "join/model.h"
#include "join/tunnels.h"
#include "judge/timeline.h"
#include "log/observation.h"
#include "wire/address.h"
#include "wire/count.h"
#include "wire/sorted.h"
#include "wire/text.h"

#include <string.h>

/*
 * Less than this is no wait: a repetition after a second is what repetitions are for. Many clients repeat after just
 * that, and timers end some thousandths early.
 */
#define WAIT_MIN (9 * ADP_NS_PER_S / 10)
/* An answer that needed no repetition may take somewhat longer. */
#define ANSWER_MIN (2 * ADP_NS_PER_S)
/* And whatever took longer than an hour is a clock that was set, or no wait. */
#define WAIT_MAX (3600 * ADP_NS_PER_S)
/* Resolvers ask for both families of addresses in one go. */
#define AT_ONCE (ADP_NS_PER_S / 20)
/* So many of what is begun together is looked at, not more. */
#define SIBLINGS 4
/*
 * A client gives a try up some time after its last packet (from memory: UDP clients within 15 s, LDAP
 * clients within two minutes; TCP doubles its intervals). What it does later than that it did not
 * wait for.
 */
#define GIVES_UP (15 * ADP_NS_PER_S)
/* Of a client that sends the same request again the pauses tell more (Java asks a KDC every 30 s). */
#define PAUSE_MAX    (60 * ADP_NS_PER_S)
#define GIVES_UP_TCP (130 * ADP_NS_PER_S)

typedef struct {
    const adp_model *model;
    const GArray *events; /* of adp_begun, by path and observation */
    GHashTable *answered; /* path + 1 -> gint64, owned: when its last answer came */
    GArray *waits;        /* of adp_wait */
    guint32 vain_path;    /* of the last that was in vain; ADP_NONE */
    gint64 vain_until;    /* when the client last tried any of those of that path */
} finder;

/* ---- what happened ---- */

static void note_answer(finder *f, guint32 path, gint64 time)
{
    gpointer key = GUINT_TO_POINTER(path + 1);
    gint64 *last = g_hash_table_lookup(f->answered, key);

    if (!last) {
        last = g_new0(gint64, 1);
        g_hash_table_insert(f->answered, key, last);
    }
    *last = MAX(*last, time);
}

/* When a request that is no step was answered; FALSE: it is a step, or was not. */
static gboolean other_answer(const adp_model *model, const adp_begun *e, gint64 *when)
{
    if (e->asked != ADP_NONE) {
        return adp_model_asked_until(model, e->asked, when);
    }
    if (e->tunnel != ADP_NONE && adp_model_tunnel(model, e->tunnel)->reply != ADP_NONE) {
        *when = adp_model_obs(model, adp_model_tunnel(model, e->tunnel)->reply)->time;
        return TRUE;
    }
    return FALSE;
}

/* When each path was last answered. */
static void note_answers(finder *f)
{
    guint i;

    for (i = 0; i < f->events->len; i++) {
        const adp_begun *e = &g_array_index(f->events, adp_begun, i);
        const adp_step *step = e->step != ADP_NONE ? adp_model_step(f->model, e->step) : NULL;
        gint64 until;

        ADP_COUNT();
        if (step && step->reply != ADP_NONE) {
            note_answer(f, e->path, adp_model_obs(f->model, step->reply)->time);
        } else if (step && step->kind == ADP_STEP_HIDDEN) {
            note_answer(f, e->path, adp_model_obs(f->model, step->last)->time);
        } else if (other_answer(f->model, e, &until)) {
            note_answer(f, e->path, until);
        }
    }
}

/* ---- when the client went on ---- */

static const adp_obs_dns *question_of(const finder *f, const adp_begun *e)
{
    const adp_step *step = e->step != ADP_NONE ? adp_model_step(f->model, e->step) : NULL;

    return step && step->request != ADP_NONE &&
                   (step->kind == ADP_STEP_SRV || step->kind == ADP_STEP_ADDRESS)
               ? adp_model_obs(f->model, step->request)->u.dns
               : NULL;
}

/* The same name's other address family, asked for in the same moment: a client waits for both. */
static gboolean is_sibling(const finder *f, const adp_begun *a, const adp_begun *b)
{
    const adp_obs_dns *x = question_of(f, a);
    const adp_obs_dns *y = question_of(f, b);

    return x && y && x->qtype != y->qtype && adp_since(b->time, a->time) < AT_ONCE &&
           g_ascii_strcasecmp(x->name, y->name) == 0;
}

/* A ticket that another request carries: it is no further thing that the client does. */
static gboolean is_carried(const finder *f, const adp_begun *e)
{
    const adp_step *step = e->step != ADP_NONE ? adp_model_step(f->model, e->step) : NULL;

    return step && step->kind == ADP_STEP_KERBEROS && step->request != ADP_NONE &&
           adp_model_obs(f->model, step->request)->type == ADP_OBS_AP_REQUEST;
}

/* Did the client do something else after event `n`, not later than `latest`? And when. */
static gboolean went_on(const finder *f, guint n, gint64 latest, gint64 *when)
{
    const adp_begun *e = &g_array_index(f->events, adp_begun, n);
    guint skipped = 0;
    guint i;

    for (i = n + 1; i < f->events->len; i++) {
        const adp_begun *later = &g_array_index(f->events, adp_begun, i);

        ADP_COUNT();
        if (later->path != e->path) {
            break;
        }
        if (skipped < SIBLINGS && (is_sibling(f, e, later) || is_carried(f, later))) {
            skipped++;
            continue;
        }
        *when = later->time;
        return later->time <= latest;
    }
    return FALSE;
}

/* ---- one wait ---- */

/* A wait as long as it counts for `most`; what was answered soon is none. */
static void add(finder *f, adp_wait wait, adp_wait_weight most)
{
    gint64 least = wait.kind == ADP_WAIT_SLOW ? ANSWER_MIN : WAIT_MIN;
    const gint64 *answered = g_hash_table_lookup(f->answered, GUINT_TO_POINTER(wait.path + 1));
    gint64 took = adp_since(wait.to, wait.from);

    if (took <= 0 || took > WAIT_MAX || (took < least && wait.kind != ADP_WAIT_VAIN)) {
        return;
    }
    if (took < least) {
        wait.weight = ADP_WAIT_BRIEF;
    } else {
        wait.weight = MIN(most, answered && *answered >= wait.to ? ADP_WAIT_TOLD : ADP_WAIT_LOST);
    }
    g_array_append_val(f->waits, wait);
}

/* Did the client begin nothing on the path after event `n`? */
static gboolean is_last(const finder *f, guint n)
{
    return n + 1 == f->events->len || g_array_index(f->events, adp_begun, n + 1).path !=
                                          g_array_index(f->events, adp_begun, n).path;
}

/* `wait` from its first to its last packet without an answer, until the client did something else. */
static void add_vain(finder *f, guint n, adp_wait wait, gint64 last, gint64 gives_up,
                     adp_wait_weight most)
{
    gint64 more = MAX(gives_up, 2 * CLAMP(adp_since(last, wait.from), 0, WAIT_MAX));

    f->vain_until = f->vain_path == wait.path ? MAX(f->vain_until, last) : last;
    f->vain_path = wait.path;
    /* Where it did nothing for long, it tried for as long as it repeated its request. */
    if (!went_on(f, n, last > G_MAXINT64 - more ? G_MAXINT64 : last + more, &wait.to)) {
        /* Behind the last there may be repetitions of what was begun before. */
        wait.to = is_last(f, n) ? f->vain_until : last;
    }
    wait.kind = ADP_WAIT_VAIN;
    add(f, wait, most);
}

/* Would an answer be in the capture? Then the client waited in vain, however soon the capture ends. */
static gboolean is_audible(const adp_model *model, const adp_flow *flow)
{
    return adp_model_was_heard(model, flow->client) &&
           !adp_model_misses_server(model, flow->server);
}

/*
 * A client that tries an address of IPv6 that leads nowhere is heard at its other address alone. That
 * it repeats its request shows that nothing came back.
 */
static gboolean is_silent(const finder *f, const adp_begun *e, const adp_attempt *attempt)
{
    adp_silence silence = adp_attempt_silence(f->model, attempt);
    guint32 client = adp_model_path(f->model, e->path)->client.address;

    return silence.kind == ADP_SILENCE_UNANSWERED || silence.kind == ADP_SILENCE_ICMP ||
           (silence.kind == ADP_SILENCE_DEAF && attempt->syns > 1 &&
            adp_model_was_heard(f->model, client));
}

/* When the server took the connection; FALSE: the capture does not show it. */
static gboolean accepted_at(const adp_model *model, const adp_attempt *attempt, gint64 *when)
{
    guint32 i;

    for (i = attempt->first; i != ADP_NONE; i = adp_model_mark(model, i)->next) {
        const adp_obs *obs = adp_model_obs(model, i);

        ADP_COUNT();
        if (obs->from_server) {
            *when = obs->time;
            return TRUE;
        }
    }
    return FALSE;
}

static void of_attempt(finder *f, guint n, const adp_begun *e)
{
    const adp_attempt *attempt = adp_model_attempt(f->model, e->attempt);
    adp_wait wait = {.path = e->path,
                     .step = ADP_NONE,
                     .attempt = e->attempt,
                     .asked = ADP_NONE,
                     .tunnel = ADP_NONE,
                     .server = attempt->flow.server,
                     .port = attempt->flow.server_port,
                     .from = attempt->first_time};
    gint64 on;

    if (attempt->refused || attempt->older) {
        return;
    }
    if (!attempt->accepted) {
        if (is_silent(f, e, attempt)) {
            add_vain(f, n, wait, attempt->last_time, GIVES_UP, ADP_WAIT_TOLD);
        } else if (adp_attempt_silence(f->model, attempt).kind == ADP_SILENCE_TOO_SHORT &&
                   is_audible(f->model, &attempt->flow)) {
            add_vain(f, n, wait, attempt->last_time, GIVES_UP, ADP_WAIT_BRIEF);
        }
        return;
    }
    if (attempt->syns > 1 && accepted_at(f->model, attempt, &wait.to)) {
        if (went_on(f, n, wait.to, &on)) {
            wait.to = MAX(on, wait.from);
        }
        wait.kind = ADP_WAIT_REPEATED;
        add(f, wait, ADP_WAIT_TOLD);
    }
}

/* The longest pause between a round of the client and the server's answer to it. */
static gboolean longest_round(const adp_model *model, const adp_step *step, gint64 *from,
                              gint64 *to)
{
    gint64 asked = -1;
    gint64 longest = -1;
    guint32 i;

    for (i = step->first; i != ADP_NONE; i = adp_model_mark(model, i)->next) {
        const adp_obs *obs = adp_model_obs(model, i);

        ADP_COUNT();
        if (adp_model_mark(model, i)->copy) {
            continue;
        }
        if (!obs->from_server) {
            asked = asked < 0 ? obs->time : asked;
        } else if (asked >= 0) {
            if (adp_since(obs->time, asked) > longest) {
                longest = adp_since(obs->time, asked);
                *from = asked;
                *to = obs->time;
            }
            asked = -1;
        }
    }
    return longest >= 0;
}

/* From the request to its answer; FALSE where the capture does not show it. */
static gboolean answer_time(const adp_model *model, const adp_step *step, gint64 *from, gint64 *to)
{
    if (step->kind == ADP_STEP_BIND) {
        return longest_round(model, step, from, to);
    }
    if (step->kind == ADP_STEP_TLS) {
        const adp_handshake *handshake = adp_model_handshake(model, step);

        if (handshake->hello == ADP_NONE || handshake->answer == ADP_NONE) {
            return FALSE;
        }
        *from = adp_model_obs(model, handshake->hello)->time;
        *to = adp_model_obs(model, handshake->answer)->time;
        return TRUE;
    }
    if (step->request == ADP_NONE || step->reply == ADP_NONE) {
        return FALSE;
    }
    *from = adp_model_obs(model, step->request)->time;
    *to = adp_model_obs(model, step->reply)->time;
    return TRUE;
}

/* The pause between the event and its neighbour `by` places away; 0: they are not one request sent twice. */
static gint64 pause_to(const finder *f, guint n, gint by)
{
    const adp_begun *e = &g_array_index(f->events, adp_begun, n);
    const adp_begun *other = (by < 0 && n == 0) || n + by >= f->events->len
                                 ? NULL
                                 : &g_array_index(f->events, adp_begun, n + by);
    const adp_step *a = e->step != ADP_NONE ? adp_model_step(f->model, e->step) : NULL;
    const adp_step *b = other && other->step != ADP_NONE && other->path == e->path
                            ? adp_model_step(f->model, other->step)
                            : NULL;
    gint64 pause;

    if (!a || !b || a->request == ADP_NONE || b->request == ADP_NONE ||
        a->flow.server != b->flow.server ||
        adp_model_obs(f->model, a->request)->hash != adp_model_obs(f->model, b->request)->hash) {
        return 0;
    }
    pause = by < 0 ? adp_since(e->time, other->time) : adp_since(other->time, e->time);
    return pause <= PAUSE_MAX ? pause : 0;
}

/*
 * Asked of all neighbours: none has to answer, so clients ask again and again, and whoever does answer is not
 * late. Where nobody did, a fault tells it; no server is to blame.
 */
static gboolean asks_everybody(const adp_model *model, const adp_step *step)
{
    return adp_address_is_group(adp_model_address_text(model, step->flow.server));
}

/* How long after its last packet the client may still have waited for the answer. */
static gint64 patience_of(const finder *f, guint n, const adp_step *step)
{
    gint64 pause = MAX(pause_to(f, n, 1), pause_to(f, n, -1));

    return step->flow.transport == ADP_TCP ? GIVES_UP_TCP : MAX(GIVES_UP, pause + pause / 4);
}

static void of_step(finder *f, guint n, const adp_begun *e)
{
    const adp_step *step = adp_model_step(f->model, e->step);
    adp_wait wait = {.path = e->path,
                     .step = e->step,
                     .attempt = ADP_NONE,
                     .asked = ADP_NONE,
                     .tunnel = ADP_NONE,
                     .server = step->flow.server,
                     .port = step->flow.server_port,
                     .from = e->time};
    adp_wait_weight most = asks_everybody(f->model, step) ? ADP_WAIT_LOST : ADP_WAIT_TOLD;
    adp_outcome outcome;
    gint64 on;

    /* A ticket in another protocol waits with that protocol's own step. */
    if (step->kind == ADP_STEP_HIDDEN || is_carried(f, e)) {
        return;
    }
    outcome = adp_step_outcome(f->model, step, FALSE);
    if (outcome == ADP_UNANSWERED) {
        add_vain(f, n, wait, adp_model_obs(f->model, step->last)->time, patience_of(f, n, step),
                 most);
        return;
    }
    if (outcome == ADP_PENDING && step->reply == ADP_NONE &&
        adp_silence_proof(f->model, step).kind == ADP_SILENCE_TOO_SHORT &&
        is_audible(f->model, &step->flow)) {
        add_vain(f, n, wait, adp_model_obs(f->model, step->last)->time, patience_of(f, n, step),
                 ADP_WAIT_BRIEF);
        return;
    }
    if (most == ADP_WAIT_TOLD && answer_time(f->model, step, &wait.from, &wait.to)) {
        if (step->kind != ADP_STEP_BIND && went_on(f, n, wait.to, &on)) {
            wait.to = MAX(on, wait.from);
        }
        wait.kind = step->retries ? ADP_WAIT_REPEATED : ADP_WAIT_SLOW;
        add(f, wait, ADP_WAIT_TOLD);
    }
}

/* Of several requests at once on a connection each ends the wait for the one before. */
static void of_other(finder *f, guint n, const adp_begun *e)
{
    const adp_flow *flow = &adp_model_obs(f->model, e->obs)->flow;
    adp_wait wait = {.path = e->path,
                     .step = ADP_NONE,
                     .attempt = ADP_NONE,
                     .asked = e->asked,
                     .tunnel = e->tunnel,
                     .kind = ADP_WAIT_SLOW,
                     .server = flow->server,
                     .port = flow->server_port,
                     .from = e->time};
    gint64 on;

    if (other_answer(f->model, e, &wait.to)) {
        if (went_on(f, n, wait.to, &on)) {
            wait.to = MAX(on, wait.from);
        }
        add(f, wait, ADP_WAIT_TOLD);
    } else if (e->tunnel != ADP_NONE && is_audible(f->model, flow)) {
        /* A search that tells of changes has no end, so that one of LDAP proves nothing. */
        add_vain(f, n, wait, e->time, GIVES_UP_TCP, ADP_WAIT_BRIEF);
    }
}

/* ---- all of them ---- */

static gint by_time(gconstpointer a, gconstpointer b)
{
    const adp_wait *x = a;
    const adp_wait *y = b;

    if (x->path != y->path) {
        return x->path < y->path ? -1 : 1;
    }
    return x->from < y->from ? -1 : x->from > y->from;
}

/* Two waits at once are one loss. */
static void share(GArray *waits)
{
    guint32 path = ADP_NONE;
    gint64 until = 0;
    guint i;

    for (i = 0; i < waits->len; i++) {
        adp_wait *wait = &g_array_index(waits, adp_wait, i);

        ADP_COUNT();
        if (wait->weight == ADP_WAIT_BRIEF) {
            continue;
        }
        if (wait->path != path) {
            path = wait->path;
            until = wait->from;
        }
        wait->lost = MAX(0, adp_since(wait->to, MAX(wait->from, until)));
        until = MAX(until, wait->to);
    }
}

GArray *adp_waits_find(const adp_model *model, const GArray *timeline)
{
    finder f = {.model = model, .events = timeline, .vain_path = ADP_NONE};
    guint i;

    f.waits = g_array_new(FALSE, FALSE, sizeof(adp_wait));
    f.answered = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    note_answers(&f);
    for (i = 0; i < f.events->len; i++) {
        const adp_begun *e = &g_array_index(f.events, adp_begun, i);

        ADP_COUNT();
        if (e->step != ADP_NONE) {
            of_step(&f, i, e);
        } else if (e->attempt != ADP_NONE) {
            of_attempt(&f, i, e);
        } else {
            of_other(&f, i, e);
        }
    }
    g_array_sort(f.waits, by_time);
    share(f.waits);
    g_hash_table_unref(f.answered);
    return f.waits;
}

gint64 adp_waits_lost(const GArray *waits, guint32 path)
{
    gint64 lost = 0;
    guint i;

    for (i = adp_sorted_place(waits, G_STRUCT_OFFSET(adp_wait, path), path);
         i < waits->len && g_array_index(waits, adp_wait, i).path == path; i++) {
        ADP_COUNT();
        lost += g_array_index(waits, adp_wait, i).lost;
    }
    return lost;
}
