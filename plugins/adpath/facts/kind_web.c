/* kind_web.c
 * Autodiscover over HTTP.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "facts/absence.h"
#include "facts/fact_list.h"
#include "facts/kind.h"
#include "facts/outcomes.h"
#include "facts/repeat_web.h"
#include "facts/stage.h"
#include "facts/view.h"
#include "join/model.h"
#include "join/pair_http.h"
#include "log/observation.h"
#include "wire/text.h"

/* The server asks for credentials, or refuses those it got. */
static adp_outcome challenge_outcome(const adp_model *model, const adp_step *step,
                                     const adp_obs_http *request, gboolean early)
{
    gboolean kerberos = request->auth == ADP_AUTH_KERBEROS;
    gint64 first;
    gint64 last;
    guint32 frames;

    /* A ticket refused for the client's clock, and then one that fits it (RFC 4120 3.2.3). */
    if (step->own->carried_on && (!adp_http_has_credentials(request) || kerberos)) {
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
    /* A request in clear wants a redirect; a GET in TLS only tests whether a server is there. */
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

    if (reply->wants_http_1) {
        return early ? ADP_PENDING : step->own->carried_on ? ADP_NORMAL : ADP_FAILED;
    }
    if (reply->status == 401 || reply->status == 407) {
        return challenge_outcome(model, step, request, early);
    }
    /* Clients of today ask by JSON first; a server that knows none gets its question as XML next. */
    if (adp_http_is_unknown_form(request, reply) && (early || step->own->carried_on)) {
        return early ? ADP_PENDING : ADP_NORMAL;
    }
    if (reply->status >= 400 || reply->status < 200) {
        return ADP_FAILED;
    }
    if (reply->status >= 300) {
        return reply->redirect ? ADP_OK : adp_http_lacks_place(reply) ? ADP_PENDING : ADP_FAILED;
    }
    return answer_outcome(request, reply);
}

static void autodiscover_facts(adp_fact_builder *b)
{
    static const char *const auths[] = {"none", "kerberos", "ntlm", "basic", "bearer", "other"};
    const adp_obs *request = adp_view_request(b->model, b->view);
    const adp_obs *reply = adp_view_reply(b->model, b->view);

    adp_fact_string(b, ADP_F_AUTODISCOVER_METHOD, b->step->own->method);
    if (request) {
        adp_fact_string(b, ADP_F_AUTODISCOVER_URL, request->u.http->url);
    }
    if (reply && !reply->u.http->wants_http_1) {
        adp_fact_uint(b, ADP_F_AUTODISCOVER_STATUS, reply->u.http->status);
    }
    if (reply) {
        adp_fact_string(b, ADP_F_AUTODISCOVER_REDIRECT,
                        reply->u.http->redirect ? reply->u.http->redirect : reply->u.http->moved);
        adp_fact_string(b, ADP_F_AUTODISCOVER_ERROR, reply->u.http->error);
    }
    if (request) {
        adp_fact_string(b, ADP_F_AUTODISCOVER_AUTH, auths[request->u.http->auth]);
        adp_fact_string(b, ADP_F_AUTODISCOVER_MAILBOX, request->u.http->mailbox);
    }
    adp_fact_repeat(b);
}

static void say_autodiscover(const adp_model *model, const adp_view *view, GString *out)
{
    static const char *const forms[] = {"", " (POX)", " (SOAP)", " (JSON)", ""};
    const adp_obs_http *ask = adp_view_request(model, view)->u.http;
    const adp_obs *reply = adp_view_reply(model, view);
    const adp_obs_http *answer = reply ? reply->u.http : NULL;

    g_string_append_printf(out, "Autodiscover%s %s %s", forms[ask->form], ask->method, ask->url);
    if (ask->auth == ADP_AUTH_KERBEROS || ask->auth == ADP_AUTH_NTLM) {
        g_string_append(out, ask->auth == ADP_AUTH_NTLM ? " with NTLM" : " with Kerberos");
    }
    if (!answer) {
        return;
    }
    if (answer->wants_http_1) {
        g_string_append(out, ": the server wants it by HTTP/1.1");
        return;
    }
    g_string_append_printf(out, ": %u", answer->status);
    if (answer->status == 401 || answer->status == 407) {
        g_string_append(out, adp_http_has_credentials(ask) ? ", credentials refused"
                                                           : ", asks for credentials");
    } else if (answer->error) {
        g_string_append_printf(out, ", error %s", answer->error);
    } else if (answer->redirect) {
        g_string_append_printf(out, ", redirect to %s", answer->redirect);
    } else if (answer->moved) {
        g_string_append_printf(out, ", sent to %s, which clients of autodiscover refuse",
                               answer->moved);
    } else if (answer->has_settings) {
        g_string_append(out, ", settings");
    } else if ((answer->status < 300 && answer->damaged) || adp_http_lacks_place(answer)) {
        g_string_append(out, ", the answer was not captured whole");
    } else if (answer->status < 300) {
        g_string_append(out, ", no answer of autodiscover");
    }
}

static const adp_lore autodiscover_guide = {
    "An autodiscover exchange over HTTP: where is the mailbox, and by which URLs is it "
    "reached?",
    "The address of the host and TLS; a plain GET on port 80 comes without TLS, and looks "
    "for a redirect.",
    "After 401 the same with credentials; after a redirect the place it names; after "
    "settings the mail protocol itself. An error makes the client try the next endpoint."};

const adp_kind adp_kind_autodiscover = {
    .outcome = autodiscover_outcome,
    .facts = autodiscover_facts,
    .first = ADP_F_AUTODISCOVER_METHOD,
    .last = ADP_F_AUTODISCOVER_MAILBOX,
    .say = say_autodiscover,
    .stage = ADP_STAGE_AUTODISCOVER,
    .repeat = adp_repeat_autodiscover,
    .guide = &autodiscover_guide,
};
