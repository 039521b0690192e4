/* pair_tls.c
 * TLS handshakes with candidates of autodiscover and with LDAP servers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/pair_tls.h"

#include "join/attempts.h"
#include "join/chain.h"
#include "join/derived.h"
#include "join/exchange.h"
#include "join/guess.h"
#include "join/hosts.h"
#include "join/ldap_ops.h"
#include "join/learn.h"
#include "join/model.h"
#include "join/pair_tcp.h"
#include "join/pairing.h"
#include "log/observation.h"
#include "wire/limits.h"
#include "wire/ports.h"

static adp_handshake *handshake_of(adp_derived *d, guint32 step)
{
    return &g_array_index(d->handshakes, adp_handshake, adp_step_at(d, step)->own->handshake);
}

static guint32 new_handshake(adp_derived *d)
{
    adp_handshake handshake = {.hello = ADP_NONE, .answer = ADP_NONE, .certificate = ADP_NONE};

    g_array_append_val(d->handshakes, handshake);
    return d->handshakes->len - 1;
}

/* Keeps the number of the first of its kind, and of every alert. */
static void note(adp_derived *d, guint32 step, const adp_obs *obs, guint32 i)
{
    adp_handshake *handshake = handshake_of(d, step);
    guint32 *first = NULL;

    switch (obs->u.tls->event) {
    case ADP_TLS_CLIENT_HELLO:
        first = &handshake->hello;
        break;
    case ADP_TLS_SERVER_HELLO:
        first = &handshake->answer;
        break;
    case ADP_TLS_CERTIFICATE:
        first = &handshake->certificate;
        break;
    case ADP_TLS_ALERT:
        handshake->alerts[handshake->alert_count++] = i;
        break;
    default:
        break;
    }
    if (first && *first == ADP_NONE) {
        *first = i;
    }
}

/* SNI names the host; only without it the address has to tell. */
static gboolean is_wanted(const adp_model *model, const adp_obs *obs)
{
    const adp_conn *conn = adp_find_conn(&model->derived, &obs->flow);
    const char *sni = obs->u.tls->sni;

    if (adp_port_is_ldap(obs->flow.server_port) || (conn && conn->tunnel)) {
        return TRUE;
    }
    return sni ? adp_is_web_host(model, obs->flow.client, sni)
               : adp_is_web_server(model, &obs->flow);
}

static guint32 begin(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    adp_conn *conn = adp_need_conn(d, &obs->flow);
    guint32 attempt = adp_find_attempt(d, &obs->flow);

    conn->tls = adp_new_step(model, ADP_STEP_TLS, obs, i);
    if (attempt == ADP_NONE) {
        attempt = adp_new_attempt(model, obs, i);
    }
    g_array_index(d->attempts, adp_attempt, attempt).step = conn->tls;
    adp_step_own(d, adp_step_at(d, conn->tls))->attempt = attempt;
    adp_step_own(d, adp_step_at(d, conn->tls))->handshake = new_handshake(d);
    note(d, conn->tls, obs, i);
    adp_step_own(d, adp_step_at(d, conn->tls))->in_tunnel = conn->tunnel;
    adp_operation_has_tls(model, obs, conn->tls);
    return conn->tls;
}

static void learn_hello(adp_model *model, const adp_obs *obs)
{
    const adp_conn *conn = adp_find_conn(&model->derived, &obs->flow);
    const char *sni = obs->u.tls->sni;

    if (!sni) {
        return;
    }
    if (adp_is_web_host(model, obs->flow.client, sni)) {
        adp_name_host(model, sni, ADP_NAMED_AS_CANDIDATE, 0);
    }
    /* Through a tunnel the address is the proxy's. */
    if (!conn || !conn->is_proxy) {
        adp_host_address(model, sni, obs->flow.server);
    }
}

static gboolean feed_client_hello(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    const adp_conn *conn = adp_find_conn(d, &obs->flow);

    if (conn && conn->tls != ADP_NONE) {
        /* The second hello, which the server asked for; a later one would be encrypted. */
        if (adp_step_at(d, conn->tls)->own->tls_seen & ADP_TLS_SEEN_COMPLETE) {
            return FALSE;
        }
        adp_attach(d, conn->tls, i);
        note(d, conn->tls, obs, i);
        if (adp_step_at(d, conn->tls)->request == ADP_NONE) {
            adp_step_at(d, conn->tls)->request = i;
        }
        return adp_finish(d, i);
    }
    if (!is_wanted(model, obs)) {
        return adp_guess_hello(model, obs, i) || adp_keep_named(model, obs->u.tls->sni);
    }
    adp_step_at(d, begin(model, obs, i))->request = i;
    learn_hello(model, obs);
    return adp_finish(d, i);
}

static gboolean feed_server_hello(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    const adp_conn *conn = adp_find_conn(d, &obs->flow);
    guint32 index = conn ? conn->tls : ADP_NONE;

    if (index != ADP_NONE) {
        if (adp_step_at(d, index)->own->tls_seen & ADP_TLS_SEEN_COMPLETE) {
            return FALSE;
        }
        adp_attach(d, index, i);
        note(d, index, obs, i);
    } else if (adp_port_is_ldap(obs->flow.server_port) || (conn && conn->tunnel)) {
        /* Elsewhere the hello that is missing may have named somebody else. */
        index = begin(model, obs, i);
    } else {
        return FALSE;
    }
    if (adp_step_at(d, index)->reply == ADP_NONE) {
        adp_step_at(d, index)->reply = i;
    }
    adp_step_own(d, adp_step_at(d, index))->tls_version = obs->u.tls->version;
    return adp_finish(d, i);
}

/* What the message adds to what was seen of the handshake; 0: nothing. */
static guint news(const adp_step *step, const adp_obs *obs)
{
    const adp_obs_tls *tls = obs->u.tls;
    gboolean server = obs->from_server;

    switch (tls->event) {
    case ADP_TLS_CERTIFICATE:
        return server ? ADP_TLS_SEEN_CERTIFICATE : 0;
    case ADP_TLS_FINISHED:
        return server ? 0 : ADP_TLS_SEEN_FINISHED;
    case ADP_TLS_CIPHER_CHANGE:
        return server ? ADP_TLS_SEEN_SERVER_CHANGE : ADP_TLS_SEEN_CLIENT_CHANGE;
    case ADP_TLS_DATA:
        if (!server) {
            return ADP_TLS_SEEN_CLIENT_DATA;
        }
        /* Before the client's, it is what TLS 1.3 hides of the handshake. */
        return step->own->tls_seen & (ADP_TLS_SEEN_CLIENT_DATA | ADP_TLS_SEEN_FINISHED)
                   ? ADP_TLS_SEEN_SERVER_DATA
                   : 0;
    default:
        return tls->alert_level == 2 ? ADP_TLS_SEEN_FATAL : ADP_TLS_SEEN_ALERT;
    }
}

/* The client is content: it sent what it sends only then. */
static gboolean is_complete(const adp_step *step)
{
    const guint both = ADP_TLS_SEEN_CLIENT_CHANGE | ADP_TLS_SEEN_SERVER_CHANGE;

    return (step->own->tls_seen & (ADP_TLS_SEEN_FINISHED | ADP_TLS_SEEN_CLIENT_DATA)) ||
           /* With TLS 1.3 the changes are for show (RFC 8446 D.4). */
           (step->own->tls_version && step->own->tls_version < 0x0304 &&
            (step->own->tls_seen & both) == both);
}

static gboolean feed_later(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    const adp_conn *conn = adp_find_conn(d, &obs->flow);
    gboolean alert = obs->u.tls->event == ADP_TLS_ALERT;
    adp_step *step;
    guint seen;

    if (!conn || conn->tls == ADP_NONE) {
        return conn && conn->guess ? adp_guess_later(model, conn->guess, obs, i) : FALSE;
    }
    step = adp_step_at(d, conn->tls);
    seen = news(step, obs);
    /* After a fatal alert only the other side's matters. */
    if (step->own->tls_seen & ADP_TLS_SEEN_SETTLED ||
        (step->own->tls_seen & ADP_TLS_SEEN_FATAL && !alert) ||
        (alert ? handshake_of(d, conn->tls)->alert_count >= ADP_MAX_TLS_ALERTS
               : !(seen & ~step->own->tls_seen))) {
        return FALSE;
    }
    adp_attach(d, conn->tls, i);
    note(d, conn->tls, obs, i);
    adp_step_own(d, step)->tls_seen |= seen;
    if (seen == ADP_TLS_SEEN_FATAL && obs->from_server && step->reply == ADP_NONE) {
        step->reply = i;
    }
    if (is_complete(step)) {
        adp_step_own(d, step)->tls_seen |= ADP_TLS_SEEN_COMPLETE;
    }
    if (step->own->tls_seen & ADP_TLS_SEEN_SERVER_DATA) {
        adp_step_own(d, step)->tls_seen |= ADP_TLS_SEEN_SETTLED;
    }
    return adp_finish(d, i);
}

gboolean adp_feed_tls(adp_model *model, const adp_obs *obs, guint32 i)
{
    switch (obs->u.tls->event) {
    case ADP_TLS_CLIENT_HELLO:
        return feed_client_hello(model, obs, i);
    case ADP_TLS_SERVER_HELLO:
        return feed_server_hello(model, obs, i);
    default:
        return feed_later(model, obs, i);
    }
}

gboolean adp_model_tls_goes_on(const adp_model *model, const adp_flow *flow)
{
    const adp_conn *conn = adp_find_conn(&model->derived, flow);
    const adp_step *step;

    if (!conn || conn->flow.client != flow->client || conn->flow.client_port != flow->client_port) {
        return FALSE;
    }
    if (conn->tls == ADP_NONE) {
        return adp_guess_goes_on(conn->guess);
    }
    step = adp_model_step(model, conn->tls);
    return !(step->own->tls_seen & ADP_TLS_SEEN_SETTLED) &&
           (!(step->own->tls_seen & ADP_TLS_SEEN_FATAL) ||
            g_array_index(model->derived.handshakes, adp_handshake, step->own->handshake)
                    .alert_count < ADP_MAX_TLS_ALERTS);
}

gboolean adp_model_may_be_unasked_tls(const adp_model *model, const adp_flow *flow)
{
    guint32 attempt = adp_find_attempt(&model->derived, flow);

    return !adp_find_conn(&model->derived, flow) && attempt != ADP_NONE &&
           adp_model_attempt(model, attempt)->syns > 0;
}

gboolean adp_model_is_unasked_tls(const adp_model *model, const adp_flow *flow)
{
    const adp_conn *conn = adp_find_conn(&model->derived, flow);
    guint32 hello;

    if (!conn || conn->tls == ADP_NONE) {
        return FALSE;
    }
    hello = g_array_index(model->derived.handshakes, adp_handshake,
                          adp_model_step(model, conn->tls)->own->handshake)
                .hello;
    return hello != ADP_NONE && adp_model_obs(model, hello)->u.tls->unasked;
}
