/* timeline.c
 * What the clients began to do, in order.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/timeline.h"

#include "join/attempts.h"
#include "join/ldap_ops.h"
#include "join/model.h"
#include "join/path.h"
#include "join/tunnels.h"
#include "log/observation.h"
#include "wire/count.h"

static gint by_path(gconstpointer a, gconstpointer b)
{
    const adp_begun *x = a;
    const adp_begun *y = b;

    if (x->path != y->path) {
        return x->path < y->path ? -1 : 1;
    }
    return x->obs < y->obs ? -1 : x->obs > y->obs;
}

static void gather_steps(const adp_model *model, GArray *out)
{
    guint32 i;

    for (i = 0; i < adp_model_step_count(model); i++) {
        const adp_step *step = adp_model_step(model, i);
        adp_begun begun = {.path = step->path,
                           .obs = step->first,
                           .time = adp_model_obs(model, step->first)->time,
                           .step = i,
                           .attempt = ADP_NONE,
                           .asked = ADP_NONE,
                           .tunnel = ADP_NONE};

        ADP_COUNT();
        g_array_append_val(out, begun);
    }
}

static void gather_attempts(const adp_model *model, GArray *out)
{
    guint32 i;

    for (i = 0; i < adp_model_attempt_count(model); i++) {
        const adp_attempt *attempt = adp_model_attempt(model, i);
        adp_begun begun = {.obs = attempt->first,
                           .time = attempt->first_time,
                           .step = ADP_NONE,
                           .attempt = i,
                           .asked = ADP_NONE,
                           .tunnel = ADP_NONE};

        ADP_COUNT();
        begun.path =
            attempt->syns ? adp_path_around(model, &attempt->flow, attempt->first) : ADP_NONE;
        if (begun.path != ADP_NONE) {
            g_array_append_val(out, begun);
        }
    }
}

/* Searches and changes: they are no steps, and programs wait for them all the same. */
static void gather_asked(const adp_model *model, GArray *out)
{
    guint32 i;

    for (i = 0; i < adp_model_asked_count(model); i++) {
        guint32 asked = adp_model_asked(model, i);
        const adp_obs *obs = adp_model_obs(model, asked);
        adp_begun begun = {.path = adp_path_around(model, &obs->flow, asked),
                           .obs = asked,
                           .time = obs->time,
                           .step = ADP_NONE,
                           .attempt = ADP_NONE,
                           .asked = asked,
                           .tunnel = ADP_NONE};

        ADP_COUNT();
        if (begun.path != ADP_NONE) {
            g_array_append_val(out, begun);
        }
    }
}

static void gather_tunnels(const adp_model *model, GArray *out)
{
    guint32 i;

    for (i = 0; i < adp_model_tunnel_count(model); i++) {
        const adp_tunnel *tunnel = adp_model_tunnel(model, i);
        adp_begun begun = {.path = adp_model_tunnel_path(model, tunnel),
                           .obs = tunnel->request,
                           .time = adp_model_obs(model, tunnel->request)->time,
                           .step = ADP_NONE,
                           .attempt = ADP_NONE,
                           .asked = ADP_NONE,
                           .tunnel = i};

        ADP_COUNT();
        if (begun.path != ADP_NONE) {
            g_array_append_val(out, begun);
        }
    }
}

/* Sorting takes as much memory again, and most captures have one path after the other. */
static gboolean is_sorted(const GArray *out)
{
    guint i;

    for (i = 1; i < out->len; i++) {
        if (by_path(&g_array_index(out, adp_begun, i - 1), &g_array_index(out, adp_begun, i)) > 0) {
            return FALSE;
        }
    }
    return TRUE;
}

GArray *adp_timeline(const adp_model *model)
{
    GArray *out = g_array_new(FALSE, FALSE, sizeof(adp_begun));

    gather_steps(model, out);
    gather_attempts(model, out);
    gather_asked(model, out);
    gather_tunnels(model, out);
    if (!is_sorted(out)) {
        g_array_sort(out, by_path);
    }
    return out;
}
