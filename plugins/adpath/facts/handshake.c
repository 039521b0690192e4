/* handshake.c
 * What a TLS handshake showed, and whether its certificate covers the host.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/handshake.h"

#include "join/model.h"
#include "log/observation.h"
#include "wire/tls.h"

const adp_obs_tls *adp_tls_find(const adp_model *model, const adp_step *step, guint32 to,
                                adp_tls_event event)
{
    const adp_handshake *handshake = adp_model_handshake(model, step);
    guint32 found = event == ADP_TLS_CLIENT_HELLO   ? handshake->hello
                    : event == ADP_TLS_SERVER_HELLO ? handshake->answer
                    : event == ADP_TLS_CERTIFICATE  ? handshake->certificate
                                                    : ADP_NONE;

    return found != ADP_NONE && found <= to ? adp_model_obs(model, found)->u.tls : NULL;
}

gboolean adp_tls_name_match(const adp_model *model, const adp_step *step, gboolean *matches)
{
    const adp_obs_tls *hello = adp_tls_find(model, step, step->last, ADP_TLS_CLIENT_HELLO);
    const adp_obs_tls *certificate = adp_tls_find(model, step, step->last, ADP_TLS_CERTIFICATE);

    return hello && certificate && adp_tls_names_match(&certificate->names, hello->sni, matches);
}
