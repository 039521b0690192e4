/* rules_refused.c
 * Findings about services that refuse tickets without a reason.
 *
 * Web servers answer a ticket that they cannot open with a plain 401, as they do where the user has no right. What
 * is an endpoint of autodiscover, rules_http.c tells; what has a KRB-ERROR, rules_krb_errors.c.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_refused.h"

#include "join/model.h"
#include "join/tunnels.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/krb_topics.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/rules_ntlm.h"
#include "judge/signs.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/table.h"

/* One refusal may belong to a session that the server forgot. */
#define REFUSED_TIMES 2

/* Address and port of a server as a key. */
static guint64 place_of(const adp_flow *flow)
{
    return (guint64)flow->server << 16 | flow->server_port;
}

/* Proxies, asked for a tunnel or for autodiscover in clear: rules_proxy.c tells what they refuse. To be freed with adp_table_free(). */
static adp_table *find_proxies(const adp_rules *r)
{
    adp_table *proxies = adp_table_new();
    guint32 i;

    for (i = 0; i < adp_model_tunnel_count(r->model); i++) {
        adp_table_set(proxies, place_of(&adp_model_tunnel(r->model, i)->flow), 1);
    }
    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (step->kind == ADP_STEP_AUTODISCOVER && step->request != ADP_NONE &&
            adp_model_obs(r->model, step->request)->u.http->via_proxy) {
            adp_table_set(proxies, place_of(&step->flow), 1);
        }
    }
    return proxies;
}

/* Refused in plain HTTP, and nothing after it says that the same ticket, or another way, was taken. */
static gboolean is_refused(const adp_rules *r, const adp_table *proxies, const adp_step *step)
{
    const adp_obs_krb *answer =
        step->kind == ADP_STEP_KERBEROS ? adp_rules_krb_answer(r, step) : NULL;
    gboolean refused;
    char *about;
    char *host;

    if (!answer || !answer->refused || answer->is_error || answer->damaged ||
        adp_rules_krb_exchange(r, step) != ADP_EXCHANGE_AP ||
        adp_rules_krb_carrier(r, step) != ADP_CARRIER_HTTP) {
        return FALSE;
    }
    about = adp_rules_krb_about(r, step);
    host = adp_spn_host(adp_rules_krb_spn(r, step));
    refused = *host && !adp_table_get(proxies, place_of(&step->flow)) &&
              !adp_rules_is_fact(r, ADP_FACT_ENDPOINT, host) &&
              !adp_rules_good(r, step->client, ADP_TOPIC_EXCHANGE, about, step) &&
              !adp_rules_ntlm_worked(r, step, host);
    g_free(host);
    g_free(about);
    return refused;
}

static void report(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const char *spn = adp_rules_krb_spn(r, first);
    adp_finding *f = adp_rules_find(r, ADP_FINDING_HTTP_UNAUTHORIZED, first->path, group->key);
    char *about = adp_rules_krb_about(r, first);
    const adp_step *taken =
        adp_rules_good_before(r, first->client, ADP_TOPIC_EXCHANGE, about, first->first);
    char *server = adp_rules_servers(r, group);
    char *host = adp_spn_host(spn);

    /* A page, and not what the path is after. */
    f->severity = ADP_SEVERITY_WARN;
    f->aside = TRUE;
    adp_rules_cite_group(r, f, group);
    adp_rules_summary(f, "The server rejected %u authentication attempts with tickets for %s",
                      group->steps->len, spn);
    adp_rules_observed(
        f, "%s answered %u tickets for %s with a refusal, without an error of Kerberos%s", server,
        group->steps->len, spn, taken ? "; a ticket for the same name was taken before" : "");
    adp_rules_inferred(
        f, "A web server that cannot open a ticket often says no more than this, and so "
           "does one at which the user has no right. No later attempt with such a ticket, "
           "or by NTLM, is accepted in the capture.");
    adp_rules_advise(r, f, "http-unauthorized/ticket", "host", host, "spn", spn, NULL);
    if (taken) {
        adp_rules_sign(f, ADP_SIGN_TICKET_TAKEN, taken->reply);
    }
    g_free(about);
    g_free(host);
    g_free(server);
}

void adp_rules_refused(adp_rules *r)
{
    adp_groups *groups = adp_groups_new();
    adp_table *proxies = find_proxies(r);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (is_refused(r, proxies, step)) {
            char *about = adp_rules_krb_about(r, step);

            adp_groups_add(groups, step, about);
            g_free(about);
        }
    }
    for (i = 0; i < groups->list->len; i++) {
        const adp_group *group = g_ptr_array_index(groups->list, i);

        if (group->steps->len >= REFUSED_TIMES) {
            report(r, group);
        }
    }
    adp_table_free(proxies);
    adp_groups_free(groups);
}
