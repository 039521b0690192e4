/* rules_slow_client.c
 * Time that clients take for themselves in the middle of a TLS handshake: the server's certificate is there, and they
 * do not go on. Nothing is awaited from the server then, so that it is no wait (waits.c); what the client looks for
 * elsewhere, such as a list of revoked certificates, is mostly nobody's discovery.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_slow_client.h"

#include "facts/handshake.h"
#include "join/model.h"
#include "join/stream.h"
#include "join/tls_records.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/rules_slow.h"
#include "judge/tls_talk.h"
#include "judge/web.h"
#include "log/observation.h"
#include "wire/text.h"

/* What a client computes takes less; a person may take longer than this, and is told as a possibility. */
#define PAUSE_MIN (2 * ADP_NS_PER_S)
/* A clock that was set, or a client that slept. */
#define PAUSE_MAX (3600 * ADP_NS_PER_S)
#define TLS_1_3   0x0304

/* Between what the server said and what the client went on with. */
typedef struct {
    const adp_step *step;
    guint32 said; /* observations */
    guint32 on;
} pause;

/* Those of one path. */
typedef struct {
    GArray *pauses; /* of pause; NULL: there are none */
    gint64 until;   /* the end of the last of them, */
    gint64 lost;    /* and their sum: what two have in common counts once */
} at_path;

static gint64 time_of(const adp_rules *r, guint32 obs)
{
    return adp_model_obs(r->model, obs)->time;
}

static gint64 length_of(const adp_rules *r, const pause *p)
{
    return adp_since(time_of(r, p->on), time_of(r, p->said));
}

/* Did the server's TCP repeat its messages in between? Then the client had not got them. */
static gboolean came_again(const adp_rules *r, const pause *p)
{
    const adp_stream *stream = adp_model_stream(r->model, &p->step->flow);
    guint i;

    for (i = 0; stream && i < stream->backs && i < ADP_STREAM_AGAINS; i++) {
        if (stream->back[i] > p->said && stream->back[i] < p->on) {
            return TRUE;
        }
    }
    return FALSE;
}

/*
 * Is it the client's last part of the handshake that begins here? Where the capture lacks that, what comes next is a
 * request, and may come much later. A client that shows a certificate of its own may have asked a person for it.
 */
static gboolean is_last_part(const adp_rules *r, const adp_step *step, guint32 on)
{
    const adp_obs *obs = adp_model_obs(r->model, on);
    const adp_tls_records *records;
    guint i;

    if (obs->u.tls->event != ADP_TLS_DATA) {
        return TRUE;
    }
    records = step->own->tls_version < TLS_1_3 ? NULL : adp_step_tls_records(r->model, step);
    for (i = 0; records && i < records->count; i++) {
        if (!records->items[i].from_server) {
            return records->items[i].frame == obs->frame && adp_tls_is_finished(&records->items[i]);
        }
    }
    return FALSE;
}

/* The client's first message behind those of the server's with which it can go on. */
static gboolean find(const adp_rules *r, const adp_step *step, pause *p)
{
    guint32 i;

    *p = (pause){.step = step, .said = ADP_NONE, .on = ADP_NONE};
    for (i = step->first; i != ADP_NONE; i = adp_model_mark(r->model, i)->next) {
        const adp_obs *obs = adp_model_obs(r->model, i);
        adp_tls_event event;

        if (obs->type != ADP_OBS_TLS || adp_model_mark(r->model, i)->copy) {
            continue;
        }
        event = obs->u.tls->event;
        if (event == ADP_TLS_CLIENT_HELLO) {
            p->said = ADP_NONE;
        } else if (!obs->from_server && p->said != ADP_NONE) {
            p->on = i;
            return is_last_part(r, step, i);
        } else if (obs->from_server && step->own->tls_version < TLS_1_3 &&
                   (event == ADP_TLS_CIPHER_CHANGE || event == ADP_TLS_DATA)) {
            return FALSE; /* it is the server's last part already: the capture lacks the client's */
        } else if (obs->from_server) {
            p->said = i;
        }
    }
    return FALSE;
}

/* Is there something to be checked? A session that is taken up again has no certificate; TLS 1.3 hides which it is. */
static gboolean has_certificate(const adp_rules *r, const adp_step *step)
{
    return step->own->tls_version >= TLS_1_3 ||
           adp_model_handshake(r->model, step)->certificate != ADP_NONE;
}

static gboolean is_pause(const adp_rules *r, const adp_step *step, pause *p)
{
    if (step->kind != ADP_STEP_TLS || !has_certificate(r, step) || !find(r, step, p)) {
        return FALSE;
    }
    return length_of(r, p) >= PAUSE_MIN && length_of(r, p) <= PAUSE_MAX && !came_again(r, p);
}

static const pause *longest(const adp_rules *r, const at_path *at)
{
    const pause *best = &g_array_index(at->pauses, pause, 0);
    guint i;

    for (i = 1; i < at->pauses->len; i++) {
        const pause *p = &g_array_index(at->pauses, pause, i);

        best = length_of(r, p) > length_of(r, best) ? p : best;
    }
    return best;
}

static void tell(adp_rules *r, guint32 path, at_path *at)
{
    const pause *most = longest(r, at);
    const adp_flow *flow = &most->step->flow;
    const adp_obs_tls *hello =
        adp_tls_find(r->model, most->step, most->step->last, ADP_TLS_CLIENT_HELLO);
    const char *name = hello ? hello->sni : NULL;
    char *server = adp_rules_named(r, flow->server);
    char *place = most->step->own->in_tunnel
                      ? NULL
                      : adp_web_place(adp_rules_address(r, flow->server), flow->server_port);
    adp_finding *f = adp_rules_find(r, ADP_FINDING_SLOW, path, "client");
    guint others = at->pauses->len - 1;
    gboolean sealed = most->step->own->tls_version >= TLS_1_3;
    char buf[ADP_SECONDS_LEN];
    guint i;

    for (i = 0; i < at->pauses->len; i++) {
        adp_rules_cite(f, g_array_index(at->pauses, pause, i).said);
        adp_rules_cite(f, g_array_index(at->pauses, pause, i).on);
    }
    f->cost = at->lost;
    f->severity = at->lost >= ADP_SLOW_WARNED ? ADP_SEVERITY_WARN : ADP_SEVERITY_NOTE;
    adp_rules_summary(
        f, "%s passed in %s with %s before the client went on", adp_seconds_said(at->lost, buf),
        others ? "TLS handshakes, the longest" : "the TLS handshake", name ? name : server);
    adp_rules_observed(f,
                       "%s, port %u, had answered the client's hello%s (frame %u); what the client "
                       "sent next came %s later (frame %u)",
                       server, flow->server_port, sealed ? "" : " and shown its certificate",
                       adp_model_obs(r->model, most->said)->frame,
                       adp_seconds_said(length_of(r, most), buf),
                       adp_model_obs(r->model, most->on)->frame);
    adp_rules_inferred(
        f, "The server had said all that the client needs, so that this is the client's "
           "own time: before it goes on, it checks the certificate. What it asks "
           "others for that, and whether they answer, this path does not show.");
    adp_rules_advise(r, f, "slow/client", "server", adp_rules_address(r, flow->server), "host",
                     name, "place", place, "client", adp_rules_address(r, flow->client), NULL);
    g_free(place);
    g_free(server);
}

static void note(const adp_rules *r, at_path *at, const pause *p)
{
    gint64 from = time_of(r, p->said);

    if (!at->pauses) {
        at->pauses = g_array_new(FALSE, FALSE, sizeof(pause));
        at->until = from;
    }
    g_array_append_val(at->pauses, *p);
    at->lost += MAX(0, adp_since(time_of(r, p->on), MAX(from, at->until)));
    at->until = MAX(at->until, time_of(r, p->on));
}

void adp_rules_slow_client(adp_rules *r)
{
    guint32 path;

    for (path = 0; path < adp_model_path_count(r->model); path++) {
        const adp_numbers *steps = &adp_model_path(r->model, path)->steps;
        at_path at = {NULL};
        guint i;

        for (i = 0; i < steps->count; i++) {
            pause p;

            if (is_pause(r, adp_rules_step(r, steps->items[i]), &p)) {
                note(r, &at, &p);
            }
        }
        if (at.lost >= ADP_SLOW_TOLD) {
            tell(r, path, &at);
        }
        if (at.pauses) {
            g_array_unref(at.pauses);
        }
    }
}
