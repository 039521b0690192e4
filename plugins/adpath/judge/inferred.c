/* inferred.c
 * What sealed traffic still tells of HTTPS.
 *
 * A statement is made only where nothing else explains what is seen. What decides, in this order: what the
 * client did next (it follows a documented order), what it asked of the KDC and of DNS meanwhile, and last the
 * sizes of records, of which only differences within one connection count.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/inferred.h"

#include "join/model.h"
#include "join/pair_tcp.h"
#include "join/tls_records.h"
#include "judge/inference.h"
#include "judge/inferred_ldap.h"
#include "judge/inferred_end.h"
#include "judge/inferred_next.h"
#include "judge/inferred_sign_on.h"
#include "judge/tls_talk.h"
#include "log/observation.h"
#include "wire/text.h"

#include <string.h>

/* More connections of one endpoint than this say no more. */
#define CONNECTIONS 8

static void say_answered(adp_inference *f, const adp_sealed *s)
{
    const adp_round *first = &s->talk.rounds[0];
    adp_inferred *item = adp_inference_about(
        f, ADP_INFERRED_ANSWERED, s,
        g_strdup_printf("probably a request was sent and answered: %u bytes of the client, then %u "
                        "of the server",
                        first->asked, first->heard));

    adp_inference_cite(item, first->asked_frame);
    adp_inference_cite(item, first->heard_frame);
}

/* ---- one connection ---- */

/* Is any of the HTTP on the connection visible? Then keys open it. */
static gboolean is_visible(const adp_inference *f, const adp_step *tls)
{
    guint i;

    for (i = 0; i < f->path->steps.count; i++) {
        const adp_step *step = adp_model_step(f->model, f->path->steps.items[i]);

        if (step->kind == ADP_STEP_AUTODISCOVER && step->flow.stream == tls->flow.stream &&
            step->flow.client == tls->flow.client &&
            step->flow.client_port == tls->flow.client_port) {
            return TRUE;
        }
    }
    return FALSE;
}

/* HTTP/2 has another talk; with TLS 1.3 only the offer of it is in clear. */
static gboolean may_be_http2(const adp_model *model, const adp_step *tls)
{
    const adp_handshake *handshake = adp_model_handshake(model, tls);
    const adp_obs_tls *hello = adp_model_obs(model, handshake->hello)->u.tls;
    const adp_obs_tls *answer =
        handshake->answer == ADP_NONE ? NULL : adp_model_obs(model, handshake->answer)->u.tls;

    return hello->http2 && (!answer || answer->version >= 0x0304 || answer->http2);
}

static gboolean read_talk(const adp_inference *f, guint32 index, adp_sealed *s)
{
    const adp_step *tls = adp_model_step(f->model, index);
    const adp_tls_records *records = adp_step_tls_records(f->model, tls);
    const adp_obs_tls *hello;

    s->step = index;
    if (!records || tls->own->tls_seen & (ADP_TLS_SEEN_FINISHED | ADP_TLS_SEEN_FATAL) ||
        !(tls->own->tls_seen & ADP_TLS_SEEN_COMPLETE) || adp_model_has_gap(f->model, tls) ||
        may_be_http2(f->model, tls)) {
        return FALSE;
    }
    hello = adp_model_obs(f->model, adp_model_handshake(f->model, tls)->hello)->u.tls;
    s->host = hello->sni;
    s->offer = hello->offer;
    return s->host && adp_tls_talk(records, tls->own->tls_version, &s->talk) && !is_visible(f, tls);
}

static void one_endpoint(adp_inference *f, const GPtrArray *list, const adp_endpoint *endpoint)
{
    adp_sealed s = {.endpoint = endpoint};
    guint looked = 0;
    guint i;

    for (i = endpoint->evidence->len; i && looked < CONNECTIONS; i--) {
        guint32 obs = g_array_index(endpoint->evidence, guint32, i - 1);
        guint32 index = adp_model_mark(f->model, obs)->step;

        if (index == ADP_NONE || adp_model_step(f->model, index)->kind != ADP_STEP_TLS ||
            adp_model_step(f->model, index)->first != obs) {
            continue;
        }
        if (read_talk(f, index, &s)) {
            say_answered(f, &s);
            adp_inference_signing_on(f, &s);
            if (!looked) {
                adp_inference_next(f, &s, list);
            }
        }
        looked++;
    }
}

/* ---- all ---- */

static gint by_place(gconstpointer a, gconstpointer b)
{
    const adp_inferred *x = *(const adp_inferred *const *)a;
    const adp_inferred *y = *(const adp_inferred *const *)b;

    if (x->path != y->path) {
        return x->path < y->path ? -1 : 1;
    }
    if (x->step != y->step) {
        return x->step < y->step ? -1 : 1;
    }
    return (int)x->kind - (int)y->kind;
}

GPtrArray *adp_inferred_find(const adp_model *model, adp_endpoints *endpoints)
{
    adp_inference f;
    guint i;

    adp_inference_begin(&f, model);
    for (f.path_index = 0; f.path_index < adp_model_path_count(model); f.path_index++) {
        GPtrArray *list = adp_endpoints_of(endpoints, f.path_index);
        guint begin = f.found->len;

        f.path = adp_model_path(model, f.path_index);
        for (i = 0; i < list->len; i++) {
            const adp_endpoint *endpoint = g_ptr_array_index(list, i);

            if (endpoint->outcome == ADP_ENDPOINT_HIDDEN && !endpoint->is_service) {
                one_endpoint(&f, list, endpoint);
            }
        }
        adp_inference_end(&f, list, begin);
        g_ptr_array_unref(list);
        adp_inference_directory(&f);
    }
    g_array_unref(f.visits);
    g_ptr_array_sort(f.found, by_place);
    return f.found;
}
