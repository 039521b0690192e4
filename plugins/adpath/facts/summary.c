/* summary.c
 * The sentence that stands for a step, in lists, tables and reports.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/summary.h"

#include "facts/absence.h"
#include "facts/handshake.h"
#include "facts/krb_purpose.h"
#include "facts/outcome.h"
#include "facts/view.h"
#include "join/attempts.h"
#include "join/identity.h"
#include "join/model.h"
#include "join/pair_http.h"
#include "log/observation.h"
#include "wire/krb_error.h"
#include "wire/krb_types.h"
#include "wire/ldap_result.h"
#include "wire/netlogon.h"
#include "wire/ntstatus.h"
#include "wire/srv_name.h"
#include "wire/text.h"
#include "wire/tls.h"

/* A list of servers is cut here; the details have them all. */
#define TARGETS_SHOWN 3

static void say_srv(const adp_model *model, const adp_view *view, GString *out)
{
    const adp_step *step = adp_model_step(model, view->step);
    const adp_obs_dns *dns = adp_model_obs(model, step->first)->u.dns;
    const adp_obs *reply = adp_view_reply(model, view);
    const char *result = adp_view_dns_result(model, view);
    guint i;

    g_string_append_printf(out, "SRV %s (%s)", dns->name, adp_srv_name_phrase(&dns->parts));
    if (!reply) {
        return;
    }
    if (reply->u.dns->records.count == 0 || !*reply->u.dns->records.items[0].target) {
        g_string_append_printf(out, ": %s", result ? result : "the answer was not captured whole");
        return;
    }
    for (i = 0; i < reply->u.dns->records.count && i < TARGETS_SHOWN; i++) {
        const adp_srv_record *record = &reply->u.dns->records.items[i];

        g_string_append_printf(out, "%s %s:%u", i ? "," : ":", record->target, record->port);
    }
    if (reply->u.dns->records.count > TARGETS_SHOWN) {
        g_string_append_printf(out, " and %u more", reply->u.dns->records.count - TARGETS_SHOWN);
    }
    if (reply->u.dns->truncated) {
        g_string_append(out, " (truncated)");
    }
}

static void say_address(const adp_model *model, const adp_view *view, GString *out)
{
    const adp_obs_dns *dns = adp_model_obs(model, adp_model_step(model, view->step)->first)->u.dns;
    const adp_obs *reply = adp_view_reply(model, view);
    const char *result = adp_view_dns_result(model, view);
    guint shown = 0;
    guint i;

    g_string_append_printf(out, "%s %s", dns->qtype == ADP_DNS_AAAA ? "AAAA" : "A", dns->name);
    if (!reply) {
        return;
    }
    for (i = 0; i < reply->u.dns->answer_hosts; i++) {
        const adp_dns_host *host = &reply->u.dns->hosts.items[i];

        if (host->address == ADP_NONE) {
            continue;
        }
        if (shown++ < TARGETS_SHOWN) {
            g_string_append_printf(out, "%s %s", shown > 1 ? "," : ":",
                                   adp_model_address_text(model, host->address));
        }
    }
    if (shown > TARGETS_SHOWN) {
        g_string_append_printf(out, " and %u more", shown - TARGETS_SHOWN);
    } else if (!shown) {
        g_string_append_printf(out, ": %s", result ? result : "the answer was not captured whole");
    }
}

static void say_ping(const adp_model *model, const adp_view *view, GString *out)
{
    const adp_step *step = adp_model_step(model, view->step);
    const adp_obs *request = adp_view_request(model, view);
    const adp_netlogon *reply = adp_view_netlogon(model, view);
    const char *domain = request ? request->u.search->ping.domain : NULL;

    g_string_append(out, "LDAP ping");
    if (domain) {
        g_string_append_printf(out, " for %s", domain);
    }
    if (step->flow.transport == ADP_TCP) {
        g_string_append(out, " over TCP");
    }
    if (!reply) {
        if (adp_view_reply(model, view)) {
            g_string_append(out, ": the server does not host it");
        }
        return;
    }
    g_string_append_printf(out, ": %s", reply->host && *reply->host ? reply->host : "a DC");
    if (reply->opcode != ADP_NETLOGON_RESPONSE && reply->opcode != ADP_NETLOGON_RESPONSE_EX) {
        g_string_append_printf(out, " says %s", adp_netlogon_opcode_name(reply->opcode));
    }
    if (reply->dc_site) {
        g_string_append_printf(out, " in site %s", *reply->dc_site ? reply->dc_site : "(none)");
    }
    if (reply->client_site) {
        g_string_append_printf(out, ", client in site %s",
                               *reply->client_site ? reply->client_site : "(none)");
    }
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
    if (view->whole && !(step->tls_seen & (ADP_TLS_SEEN_COMPLETE | ADP_TLS_SEEN_FATAL)) &&
        adp_step_outcome(model, step, FALSE) == ADP_FAILED) {
        const adp_attempt *attempt = adp_model_attempt(model, step->attempt);

        g_string_append_printf(
            out, "%s %s by the %s before %s", answer ? "," : ":",
            attempt->reset ? "reset" : "closed", attempt->server_closed ? "server" : "client",
            attempt->server_closed && !answer ? "it showed a certificate" : "it was complete");
    }
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
    g_string_append_printf(out, ": %u", answer->status);
    if (answer->status == 401 || answer->status == 407) {
        g_string_append(out, adp_http_has_credentials(ask) ? ", credentials refused"
                                                           : ", asks for credentials");
    } else if (answer->error) {
        g_string_append_printf(out, ", error %s", answer->error);
    } else if (answer->redirect) {
        g_string_append_printf(out, ", redirect to %s", answer->redirect);
    } else if (answer->moved) {
        g_string_append_printf(out, ", sent to %s, where it does not look", answer->moved);
    } else if (answer->has_settings) {
        g_string_append(out, ", settings");
    } else if (answer->status < 300 && answer->damaged) {
        g_string_append(out, ", the answer was not captured whole");
    } else if (answer->status < 300) {
        g_string_append(out, ", no answer of autodiscover");
    }
}

static const char *or_unknown(const char *text)
{
    return text && *text ? text : "(unknown)";
}

/* What is asked, in what, for which service, in whose name. */
static void say_kerberos_request(const adp_obs_krb *any, const char *spn,
                                 const adp_krb_purpose_facts *purpose, GString *out)
{
    static const char *const exchanges[] = {"AS", "TGS", "AP"};
    static const char *const carriers[] = {"",        "",        " in LDAP", " in HTTP",
                                           " in SMB", " in RPC", ""};
    static const char *const purposes[ADP_PURPOSES] = {
        [ADP_PURPOSE_ANONYMOUS] = " (anonymous)",     [ADP_PURPOSE_RENEWAL] = " (renewal)",
        [ADP_PURPOSE_FORWARD] = " (to be forwarded)", [ADP_PURPOSE_USER2USER] = " (user-to-user)",
        [ADP_PURPOSE_S4U2SELF] = " (S4U2Self)",       [ADP_PURPOSE_S4U2PROXY] = " (S4U2Proxy)",
    };

    if (any->carrier == ADP_CARRIER_KPASSWD) {
        g_string_append(out, "Kerberos password change");
    } else {
        g_string_append_printf(out, "Kerberos %s%s for %s", exchanges[any->exchange],
                               carriers[any->carrier], or_unknown(spn));
    }
    if (purpose->for_user) {
        g_string_append_printf(out, " on behalf of %s", or_unknown(purpose->for_user));
    }
    if (purposes[purpose->purpose]) {
        g_string_append(out, purposes[purpose->purpose]);
    }
    if (purpose->by && *purpose->by) {
        g_string_append_printf(out, " by %s", purpose->by);
    }
}

static void say_kpasswd_result(const adp_obs_krb *answer, GString *out)
{
    const char *name = adp_kpasswd_result_name(answer->result);

    if (name) {
        g_string_append(out, name);
    } else {
        g_string_append_printf(out, "result %u", answer->result);
    }
    if (answer->result_text) {
        g_string_append_printf(out, " (%s)", answer->result_text);
    }
}

static void say_kerberos_error(const adp_obs_krb *answer, const char *referral, GString *out)
{
    g_string_append_printf(out, ": %s (%d)", adp_krb_error_name(answer->error), answer->error);
    if (answer->has_ntstatus) {
        const char *name = adp_ntstatus_name(answer->ntstatus);

        if (name) {
            g_string_append_printf(out, ", %s", name);
        } else {
            g_string_append_printf(out, ", NTSTATUS 0x%08x", answer->ntstatus);
        }
    }
    if (answer->has_result) {
        g_string_append(out, ", ");
        say_kpasswd_result(answer, out);
    }
    if (referral) {
        g_string_append_printf(out, ", the realm is %s", referral);
    }
}

static void say_kerberos(const adp_model *model, const adp_view *view, GString *out)
{
    const adp_step *step = adp_model_step(model, view->step);
    const adp_obs *request = adp_view_request(model, view);
    const adp_obs *reply = adp_view_reply(model, view);
    const adp_obs_krb *any = adp_model_obs(model, step->first)->u.krb;
    const adp_obs_krb *ask = request ? request->u.krb : NULL;
    const adp_obs_krb *answer = reply ? reply->u.krb : NULL;
    adp_krb_purpose_facts purpose = adp_krb_purpose(model, view);

    say_kerberos_request(any,
                         ask && ask->spn ? ask->spn
                         : answer        ? answer->spn
                                         : NULL,
                         &purpose, out);
    if (!answer) {
        return;
    }
    if (answer->damaged) {
        g_string_append(out, ": answered, without telling how");
    } else if (answer->is_error) {
        say_kerberos_error(answer, purpose.referral, out);
    } else if (answer->has_result) {
        g_string_append(out, ": ");
        say_kpasswd_result(answer, out);
    } else if (answer->sealed) {
        g_string_append(out, ": answered, the result is sealed");
    } else if (purpose.referral) {
        g_string_append_printf(out, ": referral to %s", purpose.referral);
    } else if (any->exchange != ADP_EXCHANGE_AP) {
        g_string_append(out, ": ticket");
    } else {
        g_string_append(out, answer->refused ? ": refused without a reason" : ": accepted");
    }
}

/* `good`: what success is called here; NULL: as LDAP calls it. */
static void say_result(const adp_obs *reply, const char *good, GString *out)
{
    const char *name;

    if (!reply) {
        return;
    }
    if (reply->u.result->damaged) {
        g_string_append(out, ": the answer was not captured whole");
        return;
    }
    name = adp_ldap_result_name(reply->u.result->result);
    if (name) {
        g_string_append_printf(out, ": %s",
                               good && reply->u.result->result == ADP_LDAP_SUCCESS ? good : name);
    } else {
        g_string_append_printf(out, ": result %u", reply->u.result->result);
    }
}

static void say_bind(const adp_model *model, const adp_view *view, GString *out)
{
    const adp_step *step = adp_model_step(model, view->step);
    const adp_obs *request = adp_view_request(model, view);

    g_string_append(out, "LDAP bind");
    if (request && request->u.bind->anonymous) {
        g_string_append(out, " (anonymous)");
    } else if (step->mechanism) {
        g_string_append_printf(out, " (%s)", step->mechanism);
    }
    say_result(adp_view_reply(model, view), "accepted", out);
}

#define SCOPE_BASE 0 /* RFC 4511 4.5.1.2 */

/* Attributes named in a sentence; the details have them all. */
#define ATTRIBUTES_SHOWN 3

static void say_rootdse(const adp_model *model, const adp_view *view, GString *out)
{
    const adp_obs *request = adp_view_request(model, view);
    const adp_strings *names = request ? &request->u.search->attributes : NULL;
    guint i;

    g_string_append(out, "rootDSE read");
    for (i = 0; names && i < names->count && i < ATTRIBUTES_SHOWN; i++) {
        g_string_append_printf(out, "%s%s", i ? ", " : " of ", names->items[i]);
    }
    if (names && names->count > ATTRIBUTES_SHOWN) {
        g_string_append_printf(out, " and %u more", names->count - ATTRIBUTES_SHOWN);
    }
    say_result(adp_view_reply(model, view), NULL, out);
}

static void say_scp(const adp_model *model, const adp_view *view, GString *out)
{
    const adp_step *step = adp_model_step(model, view->step);
    const adp_obs *request = adp_view_request(model, view);
    const adp_obs *reply = adp_view_reply(model, view);
    guint32 entries = adp_model_mark(model, view->to)->count;

    gboolean read = request && request->u.search->scope == SCOPE_BASE;

    g_string_append(out, read ? "SCP read" : "SCP search");
    if (request) {
        g_string_append_printf(out, " (%s) %s %s", request->u.search->scp_kind,
                               read ? "of" : "below",
                               request->u.search->base ? request->u.search->base : "(unknown)");
    }
    if (reply && (reply->u.result->damaged || reply->u.result->result != ADP_LDAP_SUCCESS)) {
        say_result(reply, NULL, out);
    } else if (reply || entries) {
        g_string_append_printf(out, ": %u %s%s", entries, entries == 1 ? "entry" : "entries",
                               reply && step->lost ? ", and more that the capture lost" : "");
        if (reply && (step->page || reply->u.result->cookie)) {
            g_string_append_printf(out, " (page %u)", step->page + 1);
        }
    }
}

static void say_hidden(const adp_model *model, const adp_view *view, GString *out)
{
    static const char *const how[] = {"LDAP", "Signed LDAP", "Sealed LDAP", "LDAP over TLS",
                                      "LDAP in an unknown wrapping"};
    const adp_step *step = adp_model_step(model, view->step);
    guint32 count = adp_model_mark(model, view->to)->count;

    g_string_append_printf(out, "%s, content not visible (%u %s%s)",
                           how[adp_model_obs(model, step->first)->protection], count,
                           count == 1 ? "message" : "messages", view->whole ? "" : " so far");
}

char *adp_summary(const adp_model *model, const adp_view *view)
{
    const adp_step *step = adp_model_step(model, view->step);
    GString *out = g_string_new(NULL);
    char *masked;

    switch (step->kind) {
    case ADP_STEP_SRV:
        say_srv(model, view, out);
        break;
    case ADP_STEP_ADDRESS:
        say_address(model, view, out);
        break;
    case ADP_STEP_TLS:
        say_tls(model, view, out);
        break;
    case ADP_STEP_AUTODISCOVER:
        say_autodiscover(model, view, out);
        break;
    case ADP_STEP_PING:
        say_ping(model, view, out);
        break;
    case ADP_STEP_KERBEROS:
        say_kerberos(model, view, out);
        break;
    case ADP_STEP_BIND:
        say_bind(model, view, out);
        break;
    case ADP_STEP_ROOTDSE:
        say_rootdse(model, view, out);
        break;
    case ADP_STEP_SCP:
        say_scp(model, view, out);
        break;
    default:
        say_hidden(model, view, out);
        break;
    }
    if (view->whole && step->kind != ADP_STEP_HIDDEN && !adp_view_reply(model, view) &&
        !adp_view_netlogon(model, view)) {
        /* How a step failed is said already. */
        if (adp_step_outcome(model, step, FALSE) != ADP_FAILED) {
            adp_silence_say(model, step, out);
        }
    }
    masked = view->mailboxes ? NULL : adp_mask_mailboxes(out->str);
    if (masked) {
        g_string_free(out, TRUE);
        return masked;
    }
    return g_string_free(out, FALSE);
}
