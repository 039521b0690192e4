/* outcome.c
 * How steps and paths ended.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/outcome.h"

#include "facts/absence.h"
#include "join/attempts.h"
#include "join/hosts.h"
#include "join/identity.h"
#include "join/learn.h"
#include "join/model.h"
#include "join/pair_http.h"
#include "log/krb.h"
#include "log/observation.h"
#include "wire/krb_error.h"
#include "wire/krb_types.h"
#include "wire/ldap_result.h"
#include "wire/netlogon.h"
#include "wire/srv_name.h"
#include "wire/text.h"

const char *adp_outcome_name(adp_outcome outcome)
{
    static const char *const names[ADP_OUTCOMES] = {"ok",         "normal", "failed",
                                                    "unanswered", "hidden", "pending"};

    return names[outcome];
}

/* What is missing is a fault only when the capture proves that nothing came. */
static adp_outcome silence(const adp_model *model, const adp_step *step, gboolean early)
{
    if (early) {
        return ADP_PENDING;
    }
    switch (adp_silence_proof(model, step).kind) {
    case ADP_SILENCE_WITHDRAWN:
        return ADP_NORMAL;
    case ADP_SILENCE_ICMP:
    case ADP_SILENCE_CLOSED:
    case ADP_SILENCE_UNANSWERED:
        return ADP_UNANSWERED;
    default:
        return ADP_PENDING;
    }
}

/* An answer without records: a fault, unless the name was never meant to be there. */
static adp_outcome srv_miss(const adp_model *model, const adp_step *step, const adp_srv_name *parts,
                            gboolean early)
{
    if (parts->service->miss_is_normal ||
        (parts->site && adp_model_generic_answered(model, step, parts))) {
        return ADP_NORMAL;
    }
    /* Tools ask for a host as if it were a domain; resolvers append suffixes. */
    if (parts->domain &&
        (adp_model_is_host(model, parts->domain) || adp_domain_has_appended_suffix(parts->domain) ||
         adp_model_has_foreign_suffix(model, step))) {
        return ADP_NORMAL;
    }
    return early ? ADP_PENDING : ADP_FAILED;
}

static adp_outcome srv_outcome(const adp_model *model, const adp_step *step, gboolean early)
{
    const adp_obs_dns *dns = adp_model_obs(model, step->reply)->u.dns;
    const adp_srv_name *parts = &adp_model_obs(model, step->first)->u.dns->parts;

    if (dns->truncated) {
        return ADP_NORMAL;
    }
    if (dns->damaged) {
        return ADP_PENDING;
    }
    switch (dns->rcode) {
    case 0:
        if (dns->records.count == 1 && !*dns->records.items[0].target) {
            return parts->service->miss_is_normal ? ADP_NORMAL : ADP_FAILED;
        }
        return dns->records.count ? ADP_OK : srv_miss(model, step, parts, early);
    case 3:
        return srv_miss(model, step, parts, early);
    default:
        return ADP_FAILED;
    }
}

/* An answer without address: fine when the host has one of the other family. */
static adp_outcome address_miss(const adp_model *model, const adp_obs_dns *asked, gboolean nodata,
                                gboolean early)
{
    /* Some servers say more than "none" of AAAA alone; nobody minds who has an IPv4 address. */
    if ((nodata || asked->qtype == ADP_DNS_AAAA) && adp_model_host_is_known(model, asked->name)) {
        return ADP_NORMAL;
    }
    return early ? ADP_PENDING : ADP_FAILED;
}

static adp_outcome address_outcome(const adp_model *model, const adp_step *step, gboolean early)
{
    const adp_obs_dns *dns = adp_model_obs(model, step->reply)->u.dns;

    if (dns->truncated) {
        return ADP_NORMAL;
    }
    if (dns->damaged) {
        return ADP_PENDING;
    }
    if (dns->rcode == 0 && adp_dns_answers(dns)) {
        return ADP_OK;
    }
    return address_miss(model, adp_model_obs(model, step->first)->u.dns, dns->rcode == 0, early);
}

static adp_outcome ping_outcome(const adp_model *model, const adp_step *step, gboolean early)
{
    const adp_netlogon *reply = step->netlogon != ADP_NONE
                                    ? &adp_model_obs(model, step->netlogon)->u.entry->netlogon
                                    : NULL;

    if (reply) {
        return reply->opcode == ADP_NETLOGON_RESPONSE_EX || reply->opcode == ADP_NETLOGON_RESPONSE
                   ? ADP_OK
                   : ADP_FAILED;
    }
    if (step->reply == ADP_NONE) {
        return silence(model, step, early);
    }
    if (step->lost) {
        return ADP_PENDING;
    }
    /* Success without a value: this server does not host what was asked for. */
    if (step->request != ADP_NONE) {
        const char *domain = adp_model_obs(model, step->request)->u.search->ping.domain;

        if (domain && adp_model_is_host(model, domain)) {
            return ADP_NORMAL;
        }
    }
    return early ? ADP_PENDING : ADP_FAILED;
}

/* The password service answered without an error of Kerberos. */
static adp_outcome kpasswd_outcome(const adp_obs_krb *krb)
{
    if (krb->has_result) {
        return krb->result == ADP_KPASSWD_SUCCESS ? ADP_OK : ADP_FAILED;
    }
    /* It took the ticket; what it did with the password it says under seal. */
    return ADP_HIDDEN;
}

static adp_outcome kerberos_outcome(const adp_model *model, const adp_step *step, gboolean early)
{
    const adp_obs_krb *krb = adp_model_obs(model, step->reply)->u.krb;
    const adp_obs_krb *ask =
        step->request != ADP_NONE ? adp_model_obs(model, step->request)->u.krb : NULL;
    adp_krb_class class;

    if (krb->damaged) {
        return ADP_PENDING;
    }
    if (!krb->is_error) {
        if (krb->carrier == ADP_CARRIER_KPASSWD) {
            return kpasswd_outcome(krb);
        }
        return krb->refused ? ADP_FAILED : ADP_OK;
    }
    class = adp_krb_class_of(ask, krb);
    if (early && !ask && krb->carrier == ADP_CARRIER_KDC) {
        /* What was asked may come a moment later, and decides. */
        return ADP_PENDING;
    }
    if (class == ADP_KRB_NORMAL || step->recovered) {
        return ADP_NORMAL;
    }
    return early && class == ADP_KRB_CONTEXT ? ADP_PENDING : ADP_FAILED;
}

static gboolean was_closed(const adp_model *model, const adp_step *step)
{
    return step->attempt != ADP_NONE && adp_model_attempt(model, step->attempt)->closed;
}

/*
 * A handshake went well when the client was content with it. A server may refuse it
 * still, so that is not sure before the server has sent data, too.
 */
static adp_outcome tls_outcome(const adp_model *model, const adp_step *step, gboolean early)
{
    const adp_obs_tls *first = adp_model_obs(model, step->first)->u.tls;
    const adp_obs_tls *reply =
        step->reply != ADP_NONE ? adp_model_obs(model, step->reply)->u.tls : first;

    if (step->tls_seen & ADP_TLS_SEEN_FATAL) {
        return ADP_FAILED;
    }
    if (step->tls_seen & ADP_TLS_SEEN_SETTLED) {
        return ADP_OK;
    }
    if (early) {
        return ADP_PENDING;
    }
    if (step->tls_seen & ADP_TLS_SEEN_COMPLETE) {
        /* Without the server's hello something of it was lost. */
        return step->reply != ADP_NONE ? ADP_OK : ADP_PENDING;
    }
    /* Who did not see the question whole cannot miss its answer. */
    if (step->request == ADP_NONE || first->damaged || reply->damaged) {
        return ADP_PENDING;
    }
    if (was_closed(model, step)) {
        /* Of a capture that sees the client alone, the server's part is missing. */
        return step->reply != ADP_NONE || adp_model_was_heard(model, step->flow.client)
                   ? ADP_FAILED
                   : ADP_PENDING;
    }
    return step->reply == ADP_NONE ? silence(model, step, early) : ADP_PENDING;
}

/* The server asks for credentials, or refuses those it got. */
static adp_outcome challenge_outcome(const adp_model *model, const adp_step *step,
                                     const adp_obs_http *request, gboolean early)
{
    gboolean kerberos = request->auth == ADP_AUTH_KERBEROS;
    gint64 first;
    gint64 last;
    guint32 frames;

    /* A ticket refused for the client's clock, and then one that fits it (RFC 4120 3.2.3). */
    if (step->carried_on && (!adp_http_has_credentials(request) || kerberos)) {
        return ADP_NORMAL;
    }
    if (adp_http_has_credentials(request)) {
        return early && kerberos ? ADP_PENDING : ADP_FAILED;
    }
    /* Clients that speak SOAP look at the headers of this answer, whatever its status. */
    if (request->in_tls && request->auth == ADP_AUTH_NONE && g_str_equal(request->method, "GET")) {
        return ADP_NORMAL;
    }
    if (early || !adp_model_span(model, &first, &last, &frames) ||
        adp_since(last, adp_model_obs(model, step->last)->time) < ADP_PATIENCE) {
        return ADP_PENDING;
    }
    return ADP_FAILED;
}

/* The answer to a question that came through. */
static adp_outcome answer_outcome(const adp_obs_http *request, const adp_obs_http *reply)
{
    gboolean get = g_str_equal(request->method, "GET");

    if (reply->error) {
        /* "Malformed" is what a GET without a question gets: the service is alive. */
        return get && request->in_tls && g_str_equal(reply->error, "600") ? ADP_NORMAL : ADP_FAILED;
    }
    if (reply->has_settings || reply->redirect) {
        return ADP_OK;
    }
    if (reply->damaged) {
        return ADP_PENDING;
    }
    /* Whoever asks in clear wants a redirect; a GET in TLS only looks whether there is anybody. */
    if (!get || request->form == ADP_AUTODISCOVER_JSON) {
        return ADP_FAILED;
    }
    return request->in_tls || request->form == ADP_AUTODISCOVER_OTHER ? ADP_OK : ADP_FAILED;
}

static adp_outcome autodiscover_outcome(const adp_model *model, const adp_step *step,
                                        gboolean early)
{
    const adp_obs_http *request = adp_model_obs(model, step->request)->u.http;
    const adp_obs_http *reply = adp_model_obs(model, step->reply)->u.http;

    if (reply->status == 401 || reply->status == 407) {
        return challenge_outcome(model, step, request, early);
    }
    if (reply->status >= 400 || reply->status < 200) {
        return ADP_FAILED;
    }
    if (reply->status >= 300) {
        return reply->redirect ? ADP_OK : ADP_FAILED;
    }
    return answer_outcome(request, reply);
}

adp_outcome adp_step_outcome(const adp_model *model, const adp_step *step, gboolean early)
{
    const adp_obs_result *result;

    if (step->kind == ADP_STEP_HIDDEN) {
        return ADP_HIDDEN;
    }
    if (step->kind == ADP_STEP_PING) {
        return ping_outcome(model, step, early);
    }
    if (step->kind == ADP_STEP_TLS) {
        return tls_outcome(model, step, early);
    }
    if (step->reply == ADP_NONE) {
        return step->abandoned ? ADP_NORMAL : silence(model, step, early);
    }
    if (step->kind == ADP_STEP_SRV) {
        return srv_outcome(model, step, early);
    }
    if (step->kind == ADP_STEP_AUTODISCOVER) {
        return autodiscover_outcome(model, step, early);
    }
    if (step->kind == ADP_STEP_ADDRESS) {
        return address_outcome(model, step, early);
    }
    if (step->kind == ADP_STEP_KERBEROS) {
        return kerberos_outcome(model, step, early);
    }
    result = adp_model_obs(model, step->reply)->u.result;
    if (result->damaged) {
        return ADP_PENDING;
    }
    return result->result == ADP_LDAP_SUCCESS ? ADP_OK : ADP_FAILED;
}
