/* rules_service.c
 * Findings about services that cannot open a ticket, and about clocks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "rules.h"

#include "codes.h"
#include "text.h"

#include <string.h>

#define SKEW_ALLOWED (300 * ADP_NS_PER_S)

/*
 * The machine in a principal that a server gives as its own: "srv2$",
 * "host/srv2.contoso.com", "HTTP/srv2". First label, lower case, without "$"; free
 * with g_free(), NULL when there is none.
 */
static char *machine_of(const char *principal)
{
    const char *slash;
    gsize len;
    char *name;

    if (!principal || !*principal) {
        return NULL;
    }
    slash = strchr(principal, '/');
    principal = slash ? slash + 1 : principal;
    len = strcspn(principal, "./:$@");
    if (len == 0) {
        return NULL;
    }
    name = g_ascii_strdown(principal, (gssize)len);
    return name;
}

static const char *service_key_case(const char *spn, gint32 code)
{
    if (code == 44) {
        return "service-key-mismatch/kvno";
    }
    if (adp_has_prefix(spn, "http/")) {
        return "service-key-mismatch/http";
    }
    if (adp_has_prefix(spn, "ldap/")) {
        return "service-key-mismatch/ldap";
    }
    if (adp_has_prefix(spn, "cifs/") || adp_has_prefix(spn, "host/")) {
        return "service-key-mismatch/smb";
    }
    return "service-key-mismatch";
}

/* Does the server call itself otherwise than the ticket calls it? */
static void wrong_host(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const adp_obs_krb *ask = adp_rules_krb_ask(r, first);
    const adp_obs_krb *answer = adp_rules_krb_answer(r, first);
    char *meant = machine_of(ask ? ask->spn : NULL);
    char *answering = machine_of(answer->spn);

    /* A server that repeats the name of the ticket says nothing about itself. */
    if (meant && answering && strcmp(meant, answering) != 0 &&
        strcmp(answering, "<unspecified realm>") != 0 && !adp_same_text(ask->spn, answer->spn)) {
        adp_finding *f =
            adp_rules_find(r, ADP_FINDING_WRONG_HOST_ANSWERED, first->path, group->key);
        char *server = adp_rules_named(r, first->flow.server);

        adp_rules_cite_group(r, f, group);
        adp_rules_cite(f, first->request);
        adp_rules_summary(f, "The ticket is for %s, and %s answered", ask->spn, answer->spn);
        adp_rules_observed(f,
                           "The ticket in the request is for %s; the KRB-ERROR that came from %s "
                           "names %s",
                           ask->spn, server, answer->spn);
        adp_rules_inferred(f, "A server puts its own name into this error. The name that the "
                              "client used leads to another machine than the one whose key the "
                              "ticket was made for: an old address record, a hosts file, a load "
                              "balancer or a cluster name. Changing service principal names would "
                              "break the healthy one.");
        adp_rules_advise(r, f, "wrong-host-answered", "spn", ask->spn, "host", meant, "account",
                         answer->spn, "server", adp_rules_address(r, first->flow.server), NULL);
        g_free(server);
    }
    g_free(meant);
    g_free(answering);
}

void adp_rules_service_key(adp_rules *r, adp_finding *f, const adp_group *group)
{
    static const char *const carriers[] = {"Kerberos", "LDAP", "HTTP", "SMB", "RPC", "Kerberos"};
    const adp_step *first = adp_group_first(group);
    const adp_obs_krb *ask = adp_rules_krb_ask(r, first);
    const adp_obs_krb *answer = adp_rules_krb_answer(r, first);
    const char *spn = adp_rules_krb_spn(r, first);
    char *server = adp_rules_named(r, first->flow.server);
    char *host = adp_spn_host(spn);
    const char *owner = adp_model_address_name(r->model, first->flow.server);

    adp_rules_summary(f, "%s could not open the ticket for %s", server, *spn ? spn : "its service");
    adp_rules_observed(f, "%s answered %u %s in %s with %s (%d)%s%s", server, group->steps->len,
                       group->steps->len == 1 ? "ticket" : "tickets", carriers[answer->carrier],
                       adp_krb_error_name(answer->error), answer->error,
                       ask && ask->has_ticket ? "; the ticket is encrypted with " : "",
                       ask && ask->has_ticket && adp_etype_name(ask->ticket_etype)
                           ? adp_etype_name(ask->ticket_etype)
                           : "");
    adp_rules_inferred(
        f,
        "The key of the process that answered is not the one the KDC used for the ticket.%s%s%s%s "
        "A KRB-ERROR with 31, 41 or 44 from a service means the same; only its maker differs. It "
        "is almost never an attack.",
        owner && *host && !adp_same_text(owner, host)
            ? " The capture knows the server's address as "
            : "",
        owner && *host && !adp_same_text(owner, host) ? owner : "",
        owner && *host && !adp_same_text(owner, host) ? ", the ticket is for " : "",
        owner && *host && !adp_same_text(owner, host) ? host : "");
    adp_rules_advise(r, f, service_key_case(spn, answer->error), "spn", *spn ? spn : NULL, "host",
                     *host ? host : NULL, "server", adp_rules_address(r, first->flow.server), NULL);
    g_free(host);
    g_free(server);
    wrong_host(r, group);
}

void adp_rules_clock_skew(adp_rules *r, adp_finding *f, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const adp_obs *reply = adp_rules_reply(r, first);
    const adp_obs_krb *answer = reply->u.krb;
    char *server = adp_rules_named(r, first->flow.server);
    gboolean at_kdc = answer->carrier == ADP_CARRIER_KDC;
    gint64 skew = answer->has_stime ? adp_since(answer->stime, reply->time) : 0;
    gboolean small = skew > -SKEW_ALLOWED && skew < SKEW_ALLOWED;
    char seconds[ADP_SECONDS_LEN];

    (void)adp_seconds(skew, seconds);
    adp_rules_summary(f, "%s refuses because the clocks differ too much", server);
    if (answer->has_stime) {
        adp_rules_observed(f,
                           "%s answered with KRB_AP_ERR_SKEW (37); its clock stands %s s from "
                           "that of the capturing machine",
                           server, seconds);
    } else {
        adp_rules_observed(f, "%s answered with KRB_AP_ERR_SKEW (37), without its own time",
                           server);
    }
    if (answer->has_stime && small) {
        adp_rules_inferred(f, "That is under five minutes, so the server's clock agrees with the "
                              "capturing machine's: the client's clock is the one that is off, or "
                              "the ticket was made by a KDC whose clock is. The client's own time "
                              "is not visible in the capture.");
    } else if (answer->has_stime) {
        adp_rules_inferred(f,
                           "The server's clock is off, or that of the capturing machine. Compare "
                           "with other servers in the capture before anything is changed.");
    } else {
        adp_rules_inferred(f, "Which of the two clocks is off, the capture does not show.");
    }
    adp_rules_advise(r, f,
                     answer->has_stime && small ? "clock-skew/small"
                     : at_kdc                   ? "clock-skew"
                                                : "clock-skew/ap",
                     "server", adp_rules_address(r, first->flow.server), "host",
                     adp_rules_host(r, first->flow.server), "domain",
                     adp_model_path(r->model, first->path)->domain, NULL);
    g_free(server);
}
