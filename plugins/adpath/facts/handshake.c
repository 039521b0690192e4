/* handshake.c
 * What a TLS handshake showed, and whether its certificate covers the host.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/handshake.h"

#include "join/model.h"
#include "log/observation.h"
#include "wire/tls.h"

/* The first observation of the step up to `to` that tells of the event, else NULL. */
const adp_obs_tls *adp_tls_find(const adp_model *model, const adp_step *step, guint32 to,
                                adp_tls_event event)
{
    guint32 i;

    for (i = step->first; i != ADP_NONE && i <= to; i = adp_model_mark(model, i)->next) {
        const adp_obs *obs = adp_model_obs(model, i);

        if (obs->type == ADP_OBS_TLS && obs->u.tls->event == event) {
            return obs->u.tls;
        }
    }
    return NULL;
}

gboolean adp_tls_name_match(const adp_model *model, const adp_step *step, gboolean *matches)
{
    const adp_obs_tls *hello = adp_tls_find(model, step, step->last, ADP_TLS_CLIENT_HELLO);
    const adp_obs_tls *certificate = adp_tls_find(model, step, step->last, ADP_TLS_CERTIFICATE);

    return hello && certificate && adp_tls_names_match(&certificate->names, hello->sni, matches);
}
