/* tls_signs.c
 * What hellos and certificates of a failed handshake speak for: dates, names, authorities, and whether the server said anything.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/tls_signs.h"

#include "join/stream.h"
#include "join/tls_records.h"
#include "judge/report.h"
#include "log/observation.h"
#include "wire/text.h"

static void sign_once(adp_finding *f, adp_sign sign, guint32 obs)
{
    if (!adp_finding_has_sign(f, sign)) {
        adp_rules_sign(f, sign, obs);
    }
}

/* Of what a certificate says of its time, and those that came behind it, the one thing that decides. */
static adp_sign sign_of_time(const adp_obs_tls *tls, gint64 now)
{
    if (!tls->valid_from || !tls->valid_to) {
        return ADP_SIGN_NONE;
    }
    return now < tls->valid_from                      ? ADP_SIGN_CERT_NOT_YET
           : now > tls->valid_to                      ? ADP_SIGN_CERT_OVER
           : tls->issuers_to && now > tls->issuers_to ? ADP_SIGN_ISSUER_OVER
                                                      : ADP_SIGN_CERT_IN_TIME;
}

void adp_tls_sign_certificate(const adp_rules *r, adp_finding *f, guint32 certificate,
                              const char *host)
{
    const adp_obs *obs = certificate != ADP_NONE ? adp_model_obs(r->model, certificate) : NULL;
    adp_sign sign = obs ? sign_of_time(obs->u.tls, obs->time / ADP_NS_PER_S) : ADP_SIGN_NONE;

    if (sign != ADP_SIGN_NONE) {
        sign_once(f, sign, certificate);
    }
    if (obs && obs->u.tls->cn && host && adp_same_text(obs->u.tls->cn, host)) {
        sign_once(f, ADP_SIGN_NAME_IS_CN, certificate);
    }
}

void adp_tls_sign_issuer(const adp_rules *r, adp_finding *f, guint32 certificate, guint32 taken)
{
    guint32 issuer;

    if (certificate == ADP_NONE || taken == ADP_NONE) {
        return;
    }
    issuer = adp_model_obs(r->model, certificate)->u.tls->issuer;
    if (issuer && issuer != adp_model_obs(r->model, taken)->u.tls->issuer) {
        sign_once(f, ADP_SIGN_OTHER_ISSUER, taken);
    }
}

void adp_tls_sign_hello(const adp_rules *r, adp_finding *f, guint32 hello)
{
    const adp_obs_tls *tls = hello != ADP_NONE ? adp_model_obs(r->model, hello)->u.tls : NULL;

    if (tls && tls->fallback) {
        sign_once(f, ADP_SIGN_FELL_BACK, hello);
    }
    if (tls && tls->proxied) {
        sign_once(f, ADP_SIGN_HELLO_PROXIED, hello);
    }
}

/* A message of 8 bytes, its true type, and a tag of 16. */
#define EMPTY_CERTIFICATE 25

void adp_tls_sign_turned_away(const adp_rules *r, adp_finding *f, const adp_step *step)
{
    const adp_tls_records *records = adp_step_tls_records(r->model, step);
    guint i;

    adp_rules_cite(f, adp_model_stream(r->model, &step->flow)->server_end);
    for (i = 0; records && i < records->count; i++) {
        if (!records->items[i].from_server) {
            if (records->items[i].length == EMPTY_CERTIFICATE) {
                sign_once(f, ADP_SIGN_EMPTY_CERTIFICATE, step->last);
            }
            return;
        }
    }
}

gboolean adp_tls_is_unanswered(const adp_rules *r, const adp_step *step)
{
    const adp_stream *stream = adp_model_stream(r->model, &step->flow);

    return step->request != ADP_NONE && step->reply == ADP_NONE &&
           adp_model_handshake(r->model, step)->answer == ADP_NONE &&
           adp_model_handshake(r->model, step)->alert_count == 0 &&
           !(stream &&
             (stream->part != ADP_NONE || (stream->server_end != ADP_NONE &&
                                           adp_stream_first_end(stream) == stream->server_end)));
}
