/* tunnels.c
 * Requests to a proxy for a connection to a candidate.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/tunnels.h"

#include "join/derived.h"
#include "join/model.h"
#include "join/path.h"
#include "log/observation.h"
#include "wire/sorted.h"
#include "wire/text.h"

static adp_tunnel *tunnel_at(const adp_derived *d, guint32 i)
{
    return &g_array_index(d->tunnels, adp_tunnel, i);
}

void adp_tunnel_asked(adp_derived *d, const adp_obs *obs, guint32 i)
{
    adp_tunnel tunnel = {.flow = obs->flow, .request = i, .reply = ADP_NONE};

    g_array_append_val(d->tunnels, tunnel);
}

/* They are in the order of their requests: the first that was not asked for before. */
static guint place_of(const adp_derived *d, guint32 request)
{
    return adp_sorted_place(d->tunnels, G_STRUCT_OFFSET(adp_tunnel, request), request);
}

void adp_tunnel_answered(adp_derived *d, guint32 request, guint32 i)
{
    guint low = place_of(d, request);

    if (low < d->tunnels->len && tunnel_at(d, low)->request == request) {
        tunnel_at(d, low)->reply = i;
    }
}

guint32 adp_model_tunnel_count(const adp_model *model)
{
    return model->derived.tunnels->len;
}

const adp_tunnel *adp_model_tunnel(const adp_model *model, guint32 i)
{
    return tunnel_at(&model->derived, i);
}

guint32 adp_model_tunnel_path(const adp_model *model, const adp_tunnel *tunnel)
{
    return adp_path_around(model, &tunnel->flow, tunnel->request);
}

const char *adp_tunnel_host(const adp_model *model, const adp_tunnel *tunnel)
{
    return adp_model_obs(model, tunnel->request)->u.http->host;
}

guint adp_tunnel_status(const adp_model *model, const adp_tunnel *tunnel)
{
    return tunnel->reply == ADP_NONE ? 0 : adp_model_obs(model, tunnel->reply)->u.http->status;
}

gboolean adp_model_tunnel_soon(const adp_model *model, guint32 client, const char *host,
                               guint32 after)
{
    const adp_derived *d = &model->derived;
    guint first = place_of(d, after);
    guint i;

    for (i = first; i < d->tunnels->len && i - first < ADP_TUNNELS_SOON; i++) {
        const adp_tunnel *tunnel = tunnel_at(d, i);
        guint status = adp_tunnel_status(model, tunnel);

        if (tunnel->flow.client == client && status >= 200 && status < 300 &&
            adp_same_text(adp_tunnel_host(model, tunnel), host)) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean adp_tunnel_is_refused(const adp_model *model, const adp_tunnel *tunnel)
{
    guint status = adp_tunnel_status(model, tunnel);

    return status == 403 || status == 407 || status >= 500;
}
