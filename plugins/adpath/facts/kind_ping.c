/* kind_ping.c
 * LDAP pings.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "facts/absence.h"
#include "facts/fact_list.h"
#include "facts/kind.h"
#include "facts/outcomes.h"
#include "facts/repeat_ldap.h"
#include "facts/stage.h"
#include "facts/view.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/netlogon.h"

static adp_outcome ping_outcome(const adp_model *model, const adp_step *step, gboolean early)
{
    const adp_netlogon *reply = step->own->netlogon != ADP_NONE
                                    ? &adp_model_obs(model, step->own->netlogon)->u.entry->netlogon
                                    : NULL;

    if (reply) {
        return reply->opcode == ADP_NETLOGON_RESPONSE_EX || reply->opcode == ADP_NETLOGON_RESPONSE
                   ? ADP_OK
                   : ADP_FAILED;
    }
    if (step->reply == ADP_NONE) {
        return adp_silence_outcome(model, step, early);
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

static void ping_facts(adp_fact_builder *b)
{
    const adp_obs *request = adp_view_request(b->model, b->view);
    const adp_netlogon *reply = adp_view_netlogon(b->model, b->view);
    const adp_ping_request *ping = request ? &request->u.search->ping : NULL;
    const char *domain = ping ? ping->domain : NULL;

    if (reply && reply->domain && *reply->domain) {
        domain = reply->domain;
    }
    adp_fact_string(b, ADP_F_PING_DOMAIN, domain);
    if (reply) {
        adp_fact_string(b, ADP_F_PING_HOST, reply->host);
        adp_fact_string(b, ADP_F_PING_DC_SITE, reply->dc_site);
        adp_fact_string(b, ADP_F_PING_CLIENT_SITE, reply->client_site);
        adp_fact_string(b, ADP_F_PING_NEXT_SITE, reply->next_site);
        if (reply->has_flags) {
            adp_fact_bool(b, ADP_F_PING_CLOSEST, (reply->flags & ADP_DS_CLOSEST) != 0);
        }
        adp_fact_uint(b, ADP_F_PING_OPCODE, reply->opcode);
        if (reply->has_flags) {
            adp_fact_uint(b, ADP_F_PING_FLAGS, reply->flags);
        }
        adp_fact_string(b, ADP_F_PING_FOREST, reply->forest);
        adp_fact_string(b, ADP_F_PING_NETBIOS_DOMAIN, reply->netbios_domain);
        adp_fact_string(b, ADP_F_PING_NETBIOS_HOST, reply->netbios_host);
    }
    if (ping) {
        adp_fact_string(b, ADP_F_PING_CLIENT_HOST, ping->dns_host ? ping->dns_host : ping->host);
        adp_fact_string(b, ADP_F_PING_USER, ping->user);
        adp_fact_string(b, ADP_F_PING_GUID, ping->guid);
        if (ping->has_aac) {
            adp_fact_uint(b, ADP_F_PING_AAC, ping->aac);
        }
        if (ping->has_ntver) {
            adp_fact_uint(b, ADP_F_PING_NTVER, ping->ntver);
        }
    }
    adp_fact_repeat(b);
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

static const adp_lore ping_guide = {
    "An LDAP ping: is this domain controller alive, does it serve the domain, and in which "
    "site is the client? It needs no bind.",
    "An SRV lookup that named the controller.",
    "If the controller is not the closest, one more lookup with the site it told; then "
    "Kerberos and the bind. Several pings, some without answer, are usual."};

const adp_kind adp_kind_ping = {
    .outcome = ping_outcome,
    .judges_silence = TRUE,
    .facts = ping_facts,
    .first = ADP_F_PING_DOMAIN,
    .last = ADP_F_PING_NTVER,
    .say = say_ping,
    .stage = ADP_STAGE_FIND,
    .repeat = adp_repeat_ping,
    .guide = &ping_guide,
};
