/* kind_tls.c
 * Handshakes of TLS.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "facts/absence.h"
#include "facts/fact_list.h"
#include "facts/handshake.h"
#include "facts/kind.h"
#include "facts/outcomes.h"
#include "facts/repeat_web.h"
#include "facts/stage.h"
#include "facts/view.h"
#include "join/attempts.h"
#include "join/identity.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/ports.h"
#include "wire/tls.h"

static gboolean was_closed(const adp_model *model, const adp_step *step)
{
    return step->own->attempt != ADP_NONE && adp_model_attempt(model, step->own->attempt)->closed;
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

    if (step->own->tls_seen & ADP_TLS_SEEN_FATAL) {
        return ADP_FAILED;
    }
    if (step->own->tls_seen & ADP_TLS_SEEN_SETTLED) {
        return ADP_OK;
    }
    if (early) {
        return ADP_PENDING;
    }
    if (step->own->tls_seen & ADP_TLS_SEEN_COMPLETE) {
        if (adp_tls_is_turned_away(model, step)) {
            return ADP_FAILED;
        }
        /* Without the server's hello something of it was lost. */
        return step->reply != ADP_NONE ? ADP_OK : ADP_PENDING;
    }
    /* Where the question is not whole in the capture, a missing answer means nothing. */
    if (step->request == ADP_NONE || first->damaged || reply->damaged) {
        return ADP_PENDING;
    }
    if (was_closed(model, step)) {
        /* Of a capture that sees the client alone, the server's part is missing. */
        return step->reply != ADP_NONE || adp_model_was_heard(model, step->flow.client)
                   ? ADP_FAILED
                   : ADP_PENDING;
    }
    return step->reply == ADP_NONE ? adp_silence_outcome(model, step, early) : ADP_PENDING;
}

static void alert_facts(adp_fact_builder *b)
{
    const adp_handshake *handshake = adp_model_handshake(b->model, b->step);
    guint i;

    for (i = 0; i < handshake->alert_count && handshake->alerts[i] <= b->view->to; i++) {
        const adp_obs_tls *tls = adp_model_obs(b->model, handshake->alerts[i])->u.tls;
        const char *name = adp_tls_alert_name(tls->alert);

        if (tls->alert == ADP_TLS_CLOSE_NOTIFY) {
            continue;
        }
        if (name) {
            adp_fact_string(b, ADP_F_TLS_ALERT, name);
        } else {
            adp_fact_owned(b, ADP_F_TLS_ALERT, g_strdup_printf("%u", tls->alert));
        }
    }
}

static void tls_facts(adp_fact_builder *b)
{
    guint32 to = b->view->to;
    const adp_obs_tls *ask = adp_tls_find(b->model, b->step, to, ADP_TLS_CLIENT_HELLO);
    const adp_obs_tls *certificate = adp_tls_find(b->model, b->step, to, ADP_TLS_CERTIFICATE);
    const adp_obs_tls *answer = adp_tls_find(b->model, b->step, to, ADP_TLS_SERVER_HELLO);
    gboolean matches;

    adp_fact_string(b, ADP_F_TLS_SNI, ask ? ask->sni : NULL);
    adp_fact_string(b, ADP_F_TLS_VERSION, answer ? adp_tls_version_name(answer->version) : NULL);
    if (certificate) {
        adp_fact_strings(b, ADP_F_TLS_CERTIFICATE_NAME, &certificate->names);
        if (ask && adp_tls_names_match(&certificate->names, ask->sni, &matches)) {
            adp_fact_bool(b, ADP_F_TLS_NAME_MATCH, matches);
        }
    }
    alert_facts(b);
    adp_fact_repeat(b);
}

/* Names shown of a certificate; the details have them all. */
#define NAMES_SHOWN 3

static void say_certificate(const adp_obs_tls *hello, const adp_obs_tls *certificate, GString *out)
{
    const adp_strings *names = &certificate->names;
    gboolean matches;
    guint i;

    g_string_append(out, ", certificate for");
    for (i = 0; i < names->count && i < NAMES_SHOWN; i++) {
        g_string_append_printf(out, "%s %s", i ? "," : "", names->items[i]);
    }
    if (names->count == 0) {
        g_string_append(out, " no host");
    } else if (names->count > NAMES_SHOWN) {
        g_string_append_printf(out, " and %u more", names->count - NAMES_SHOWN);
    }
    if (hello && adp_tls_names_match(names, hello->sni, &matches) && !matches) {
        g_string_append(out, " only");
    }
}

static void say_alerts(const adp_model *model, const adp_view *view, GString *out)
{
    const adp_handshake *handshake = adp_model_handshake(model, adp_model_step(model, view->step));
    guint i;

    for (i = 0; i < handshake->alert_count && handshake->alerts[i] <= view->to; i++) {
        const adp_obs *obs = adp_model_obs(model, handshake->alerts[i]);
        const char *name = adp_tls_alert_name(obs->u.tls->alert);

        if (obs->u.tls->alert == ADP_TLS_CLOSE_NOTIFY) {
            continue;
        }
        g_string_append_printf(
            out, ", %s alert of the %s: ", obs->u.tls->alert_level == 2 ? "fatal" : "warning",
            obs->from_server ? "server" : "client");
        if (name) {
            g_string_append(out, name);
        } else {
            g_string_append_printf(out, "%u", obs->u.tls->alert);
        }
    }
}

static void say_tls(const adp_model *model, const adp_view *view, GString *out)
{
    const adp_step *step = adp_model_step(model, view->step);
    const adp_obs_tls *hello = adp_tls_find(model, step, view->to, ADP_TLS_CLIENT_HELLO);
    const adp_obs_tls *answer = adp_tls_find(model, step, view->to, ADP_TLS_SERVER_HELLO);
    const adp_obs_tls *certificate = adp_tls_find(model, step, view->to, ADP_TLS_CERTIFICATE);
    const char *version = answer ? adp_tls_version_name(answer->version) : NULL;
    const char *host = hello && hello->sni ? hello->sni : step->server_name;

    g_string_append_printf(out, "TLS handshake with %s",
                           host ? host : adp_model_address_text(model, step->flow.server));
    if (version) {
        g_string_append_printf(out, ": %s", version);
    } else if (answer) {
        g_string_append(out, ": answered");
    }
    if (certificate) {
        say_certificate(hello, certificate, out);
    }
    say_alerts(model, view, out);
    if (view->whole && !(step->own->tls_seen & ADP_TLS_SEEN_FATAL) &&
        adp_tls_is_turned_away(model, step)) {
        g_string_append(out, ", ended by the server with an alert under seal");
    }
    if (view->whole && !(step->own->tls_seen & (ADP_TLS_SEEN_COMPLETE | ADP_TLS_SEEN_FATAL)) &&
        tls_outcome(model, step, FALSE) == ADP_FAILED) {
        const adp_attempt *attempt = adp_model_attempt(model, step->own->attempt);

        g_string_append_printf(
            out, "%s %s by the %s before %s", answer ? "," : ":",
            attempt->reset ? "reset" : "closed", attempt->server_closed ? "server" : "client",
            attempt->server_closed && !answer ? "it showed a certificate" : "it was complete");
    }
}

static const adp_lore tls_guide = {
    "The start of TLS with a server of autodiscover or LDAP. The name that the client "
    "expects is visible; the certificate only up to TLS 1.2 and in full handshakes.",
    "The address of the host, and the TCP connection.",
    "HTTP or LDAP inside, which only keys make visible. A connection that ends at once is "
    "often a client that did not like the certificate."};

/* With a directory, or with an endpoint. */
static adp_stage tls_stage(const adp_model *model, const adp_step *step)
{
    (void)model;
    return adp_port_is_ldap(step->flow.server_port) ? ADP_STAGE_OPEN : ADP_STAGE_REACH;
}

const adp_kind adp_kind_tls = {
    .outcome = tls_outcome,
    .judges_silence = TRUE,
    .facts = tls_facts,
    .first = ADP_F_TLS_SNI,
    .last = ADP_F_TLS_ALERT,
    .say = say_tls,
    .stage = ADP_STAGE_REACH,
    .stage_of = tls_stage,
    .repeat = adp_repeat_tls,
    .guide = &tls_guide,
};
