/* kind_dns.c
 * Lookups of SRV records and of addresses.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/kind_dns.h"

#include "facts/absence.h"
#include "facts/fact_list.h"
#include "facts/kind.h"
#include "facts/outcomes.h"
#include "facts/repeat_private.h"
#include "facts/repeat_words.h"
#include "facts/stage.h"
#include "facts/view.h"
#include "join/hosts.h"
#include "join/identity.h"
#include "join/learn.h"
#include "join/model.h"
#include "join/tunnels.h"
#include "log/observation.h"
#include "wire/ports.h"
#include "wire/srv_name.h"
#include "wire/text.h"

#include <string.h>

/* So many steps may lie between a question and the same one again; both families are asked at once. */
#define AGAIN_WITHIN 4

/* The step so many places on when it asks the same and was answered; NULL: it does not. */
static const adp_step *same_question(const adp_model *model, const adp_step *step, gint by)
{
    const adp_obs_dns *asked = adp_model_obs(model, step->first)->u.dns;
    const adp_step *other = adp_model_neighbour(model, step, by);
    const adp_obs_dns *again;

    if (!other || other->kind != step->kind || other->reply == ADP_NONE) {
        return NULL;
    }
    again = adp_model_obs(model, other->first)->u.dns;
    return again->qtype == asked->qtype && adp_same_text(again->name, asked->name) ? other : NULL;
}

/*
 * Clients with more than one network ask the servers of each at once, and take the answer that is one:
 * that the others do not know the name belongs to it. At once is: before either has answered.
 */
static gboolean is_answered_elsewhere(const adp_model *model, const adp_step *step)
{
    gint by;

    for (by = -AGAIN_WITHIN; by <= AGAIN_WITHIN; by++) {
        const adp_step *other = by ? same_question(model, step, by) : NULL;

        if (other && other->flow.server != step->flow.server && other->first < step->reply &&
            step->first < other->reply &&
            adp_dns_answers(adp_model_obs(model, other->reply)->u.dns)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Asked so soon after each other, questions wait for no answer of each other. */
#define AT_ONCE (ADP_NS_PER_S / 10)

/* No answer: nobody waits for it of one server when another that was asked at once has told. */
static adp_outcome silent(const adp_model *model, const adp_step *step, gboolean early)
{
    adp_outcome outcome = adp_silence_outcome(model, step, early);
    gint by;

    for (by = -AGAIN_WITHIN; outcome == ADP_UNANSWERED && by <= AGAIN_WITHIN; by++) {
        const adp_step *other = by ? same_question(model, step, by) : NULL;
        gint64 pause = other ? adp_since(adp_model_obs(model, other->first)->time,
                                         adp_model_obs(model, step->first)->time)
                             : 0;

        if (other && other->flow.server != step->flow.server && pause > -AT_ONCE &&
            pause < AT_ONCE &&
            adp_model_obs(model, other->reply)->u.dns->rcode == ADP_DNS_NOERROR) {
            return ADP_NORMAL;
        }
    }
    return outcome;
}

static adp_outcome missing(const adp_model *model, const adp_step *step, gboolean early)
{
    if (early) {
        return ADP_PENDING;
    }
    return is_answered_elsewhere(model, step) ? ADP_NORMAL : ADP_FAILED;
}

/* A suffix behind a domain of one label that is there: resolvers complete names without a dot. */
static gboolean completes_one_label(const adp_model *model, const adp_step *step,
                                    const adp_srv_name *parts)
{
    const char *dot = parts->domain ? strchr(parts->domain, '.') : NULL;
    adp_srv_name bare = *parts;
    char *label;
    gboolean found;

    if (!dot) {
        return FALSE;
    }
    label = g_strndup(parts->domain, (gsize)(dot - parts->domain));
    bare.domain = label;
    found = adp_model_generic_answered(model, step, &bare);
    g_free(label);
    return found;
}

/*
 * A global catalog is one of the forest, and stands below its root alone: programs that ask for it below their own
 * domain first go on to the parents. Did one of them have it?
 */
static gboolean parent_has_catalog(const adp_model *model, const adp_step *step,
                                   const adp_srv_name *parts)
{
    adp_srv_name parent = *parts;

    if (parts->role != ADP_ROLE_GC || !parts->domain) {
        return FALSE;
    }
    while ((parent.domain = strchr(parent.domain, '.')) != NULL) {
        parent.domain++;
        if (adp_model_generic_answered(model, step, &parent)) {
            return TRUE;
        }
    }
    return FALSE;
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
    return !early && (completes_one_label(model, step, parts) ||
                      parent_has_catalog(model, step, parts))
               ? ADP_NORMAL
               : missing(model, step, early);
}

/* ---- EDNS ---- */

/* The server does not want the question as it is: FORMERR, NOTIMP, and what EDNS has for it. */
static gboolean is_about_form(const adp_obs_dns *dns)
{
    return dns->rcode == ADP_DNS_FORMERR || dns->rcode == ADP_DNS_NOTIMP ||
           dns->rcode == ADP_DNS_BADVERS || dns->rcode == ADP_DNS_BADCOOKIE;
}

/*
 * A server that does not know EDNS says so, and the client asks again without it (RFC 6891 7); one that
 * wants another version or its cookie is asked with those. Did that server answer the same question next?
 */
static gboolean is_asked_anew(const adp_model *model, const adp_step *step)
{
    guint16 rcode = adp_model_obs(model, step->reply)->u.dns->rcode;
    gint by;

    if (!adp_model_obs(model, step->first)->u.dns->extended) {
        return FALSE;
    }
    for (by = 1; by <= AGAIN_WITHIN; by++) {
        const adp_step *other = same_question(model, step, by);

        if (other && other->flow.server == step->flow.server &&
            !is_about_form(adp_model_obs(model, other->reply)->u.dns) &&
            (rcode >= ADP_DNS_BADVERS || !adp_model_obs(model, other->first)->u.dns->extended)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* Of a server that did not want the question so. */
static adp_outcome not_understood(const adp_model *model, const adp_step *step, gboolean early)
{
    if (early) {
        return ADP_PENDING;
    }
    return is_asked_anew(model, step) ? ADP_NORMAL : ADP_FAILED;
}

static adp_outcome srv_outcome(const adp_model *model, const adp_step *step, gboolean early)
{
    const adp_srv_name *parts = adp_model_obs(model, step->first)->u.dns->parts;
    const adp_obs_dns *dns;

    if (step->reply == ADP_NONE) {
        return silent(model, step, early);
    }
    dns = adp_model_obs(model, step->reply)->u.dns;
    if (dns->truncated) {
        return ADP_NORMAL;
    }
    if (dns->damaged) {
        return ADP_PENDING;
    }
    if (is_about_form(dns)) {
        return not_understood(model, step, early);
    }
    switch (dns->rcode) {
    case ADP_DNS_NOERROR:
        if (dns->said->records.count == 1 && !*dns->said->records.items[0].target) {
            return parts->service->miss_is_normal ? ADP_NORMAL : ADP_FAILED;
        }
        return dns->said->records.count ? ADP_OK : srv_miss(model, step, parts, early);
    case ADP_DNS_NXDOMAIN:
        return srv_miss(model, step, parts, early);
    default:
        return missing(model, step, early);
    }
}

/* An answer without address: fine when the host has one of the other family. */
static adp_outcome address_miss(const adp_model *model, const adp_step *step, guint16 rcode,
                                gboolean early)
{
    const adp_obs_dns *asked = adp_model_obs(model, step->first)->u.dns;

    /* Some servers say more than "none" of AAAA alone; a client with an IPv4 address does not mind. */
    if ((rcode == ADP_DNS_NOERROR || asked->qtype == ADP_DNS_AAAA) &&
        adp_model_host_is_known(model, asked->name)) {
        return ADP_NORMAL;
    }
    /* The answer that refers to it came all the same, and clients leave out what is not there. */
    if (!early && (rcode == ADP_DNS_NOERROR || rcode == ADP_DNS_NXDOMAIN) &&
        adp_model_named(model, asked->name) == ADP_NAMED_BY_LDAP_REFERRAL) {
        return ADP_NORMAL;
    }
    /* Behind a proxy nobody but the proxy needs to know the names of the Internet. */
    if (!early && adp_model_tunnel_soon(model, step->flow.client, asked->name, step->reply)) {
        return ADP_NORMAL;
    }
    return missing(model, step, early);
}

static adp_outcome address_outcome(const adp_model *model, const adp_step *step, gboolean early)
{
    const adp_obs_dns *dns;

    if (step->reply == ADP_NONE) {
        return silent(model, step, early);
    }
    dns = adp_model_obs(model, step->reply)->u.dns;
    if (dns->truncated) {
        return ADP_NORMAL;
    }
    if (dns->damaged) {
        return ADP_PENDING;
    }
    if (dns->rcode == 0 && adp_dns_answers(dns)) {
        return ADP_OK;
    }
    if (is_about_form(dns) && (early || is_asked_anew(model, step))) {
        return not_understood(model, step, early);
    }
    return address_miss(model, step, dns->rcode, early);
}

const char *adp_dns_result(const adp_model *model, const adp_view *view)
{
    const adp_obs *reply = adp_view_reply(model, view);
    const adp_obs_dns *dns;

    if (!reply) {
        const adp_step *step = adp_model_step(model, view->step);

        return view->whole && step->reply == ADP_NONE && !step->abandoned &&
                       adp_silence_outcome(model, step, FALSE) == ADP_UNANSWERED
                   ? "unanswered"
                   : NULL;
    }
    dns = reply->u.dns;
    if (dns->truncated) {
        return "truncated";
    }
    if (dns->damaged) {
        return NULL;
    }
    switch (dns->rcode) {
    case ADP_DNS_NOERROR:
        if (dns->said->records.count == 1 && !*dns->said->records.items[0].target) {
            return "not-offered";
        }
        return adp_dns_answers(dns) ? "answered" : "nodata";
    case ADP_DNS_NXDOMAIN:
        return "nxdomain";
    case ADP_DNS_REFUSED:
        return "refused";
    default:
        return "servfail";
    }
}

/* The same in a sentence: the field has one word for all other errors. */
static const char *result_words(const adp_model *model, const adp_view *view)
{
    const adp_obs *reply = adp_view_reply(model, view);

    if (reply && !reply->u.dns->truncated && !reply->u.dns->damaged) {
        switch (reply->u.dns->rcode) {
        case ADP_DNS_FORMERR:
            return "formerr";
        case ADP_DNS_NOTIMP:
            return "notimp";
        case ADP_DNS_BADVERS:
            return "badvers";
        case ADP_DNS_BADCOOKIE:
            return "badcookie";
        default:
            break;
        }
    }
    return adp_dns_result(model, view);
}

static void srv_facts(adp_fact_builder *b)
{
    const adp_obs *reply = adp_view_reply(b->model, b->view);
    const adp_obs_dns *dns = adp_model_obs(b->model, b->step->first)->u.dns;
    guint i;

    adp_fact_string(b, ADP_F_SRV_NAME, dns->name);
    adp_fact_string(b, ADP_F_SRV_SERVICE, dns->parts->service->label);
    adp_fact_string(b, ADP_F_SRV_PROTO, dns->parts->proto);
    adp_fact_string(b, ADP_F_SRV_ROLE, adp_role_name(dns->parts->role));
    adp_fact_string(b, ADP_F_SRV_SITE, dns->parts->site);
    adp_fact_string(b, ADP_F_SRV_DOMAIN, dns->parts->domain);
    adp_fact_string(b, ADP_F_SRV_RESULT, adp_dns_result(b->model, b->view));
    adp_fact_repeat(b);
    for (i = 0; reply && i < reply->u.dns->said->records.count; i++) {
        const adp_srv_record *record = &reply->u.dns->said->records.items[i];

        b->group = i + 1;
        adp_fact_string(b, ADP_F_SRV_TARGET, record->target);
        adp_fact_uint(b, ADP_F_SRV_PORT, record->port);
        adp_fact_uint(b, ADP_F_SRV_PRIORITY, record->priority);
        adp_fact_uint(b, ADP_F_SRV_WEIGHT, record->weight);
    }
    b->group = 0;
}

static void address_facts(adp_fact_builder *b)
{
    const adp_obs *reply = adp_view_reply(b->model, b->view);
    const adp_obs_dns *dns = adp_model_obs(b->model, b->step->first)->u.dns;
    guint i;

    adp_fact_string(b, ADP_F_ADDRESS_NAME, dns->name);
    adp_fact_string(b, ADP_F_ADDRESS_TYPE, dns->qtype == ADP_DNS_AAAA ? "AAAA" : "A");
    adp_fact_string(b, ADP_F_ADDRESS_RESULT, adp_dns_result(b->model, b->view));
    for (i = 0; reply && i < reply->u.dns->answer_hosts; i++) {
        const adp_dns_host *host = &reply->u.dns->said->hosts.items[i];

        if (host->alias) {
            adp_fact_string(b, ADP_F_ADDRESS_ALIAS, host->alias);
        } else {
            adp_fact_string(b, ADP_F_ADDRESS_HOST_ADDRESS,
                            adp_model_address_text(b->model, host->address));
        }
    }
    adp_fact_repeat(b);
}

/* A list of servers is cut here; the details have them all. */
#define TARGETS_SHOWN 3

static void say_srv(const adp_model *model, const adp_view *view, GString *out)
{
    const adp_step *step = adp_model_step(model, view->step);
    const adp_obs_dns *dns = adp_model_obs(model, step->first)->u.dns;
    const adp_obs *reply = adp_view_reply(model, view);
    const char *result = result_words(model, view);
    guint i;

    g_string_append_printf(out, "SRV %s (%s)", dns->name, adp_srv_name_phrase(dns->parts));
    if (!reply) {
        return;
    }
    if (reply->u.dns->said->records.count == 0 || !*reply->u.dns->said->records.items[0].target) {
        g_string_append_printf(out, ": %s", result ? result : "the answer was not captured whole");
        return;
    }
    for (i = 0; i < reply->u.dns->said->records.count && i < TARGETS_SHOWN; i++) {
        const adp_srv_record *record = &reply->u.dns->said->records.items[i];

        g_string_append_printf(out, "%s %s:%u", i ? "," : ":", record->target, record->port);
    }
    if (reply->u.dns->said->records.count > TARGETS_SHOWN) {
        g_string_append_printf(out, " and %u more",
                               reply->u.dns->said->records.count - TARGETS_SHOWN);
    }
    if (reply->u.dns->truncated) {
        g_string_append(out, " (truncated)");
    }
}

static void say_address(const adp_model *model, const adp_view *view, GString *out)
{
    const adp_obs_dns *dns = adp_model_obs(model, adp_model_step(model, view->step)->first)->u.dns;
    const adp_obs *reply = adp_view_reply(model, view);
    const char *result = result_words(model, view);
    guint shown = 0;
    guint i;

    g_string_append_printf(out, "%s %s", dns->qtype == ADP_DNS_AAAA ? "AAAA" : "A", dns->name);
    if (!reply) {
        return;
    }
    for (i = 0; i < reply->u.dns->answer_hosts; i++) {
        const adp_dns_host *host = &reply->u.dns->said->hosts.items[i];

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

/* At a terminal dig refuses ASCII names that IDNA would not have, unless it is told not to care. */
static gboolean is_plain_name(const char *name)
{
    const char *p;

    for (p = name; *p; p++) {
        gboolean first = p == name || p[-1] == '.';
        gboolean last = !p[1] || p[1] == '.';

        if (*p == '-' ? first || last || p[1] == '-'
                      : !g_ascii_isalnum(*p) && *p != '_' && *p != '.') {
            return FALSE;
        }
    }
    return TRUE;
}

/* dig (ISC), Resolve-DnsName (Windows). */
static void repeat_dns(adp_repeat_context *c, const char *type)
{
    const adp_obs_dns *dns = c->request->u.dns;
    GString *name = g_string_new(NULL);
    const char *p;

    /* dig reads the escapes of RFC 1035 itself; other bytes are spelled in them. */
    for (p = dns->name; *p; p++) {
        if ((guint8)*p >= 0x80) {
            g_string_append_printf(name, "\\%03u", (guint8)*p);
        } else {
            g_string_append_c(name, *p);
        }
    }
    /* "-q NAME": NAME is a name even when it looks like an option or a server. */
    g_string_append(c->shell, "dig -q");
    adp_repeat_sh_arg(c, "", name->str);
    g_string_append_printf(c->shell, " -t %s", type);
    if (!is_plain_name(dns->name)) {
        g_string_append(c->shell, " +noidnin +noidnout"); /* older dig know neither */
    }
    g_string_append_printf(c->powershell, "Resolve-DnsName -DnsOnly -Type %s -Name ", type);
    if (c->step->flow.transport == ADP_TCP) {
        g_string_append(c->shell, " +tcp");
    }
    if (!adp_port_is_dns(c->step->flow.server_port)) {
        g_string_append_printf(c->shell, " -p %u", c->step->flow.server_port);
    }
    adp_repeat_sh_arg(c, "@", adp_repeat_server_address(c));
    if (strchr(dns->name, '\\')) {
        c->powershell_ok = FALSE;
    }
    adp_repeat_ps_arg(c, dns->name);
    g_string_append(c->powershell, " -Server ");
    adp_repeat_ps_arg(c, adp_repeat_server_address(c));
    if (c->step->flow.transport == ADP_TCP) {
        g_string_append(c->powershell, " -TcpOnly");
    }
    if (!adp_port_is_dns(c->step->flow.server_port)) {
        c->powershell_ok = FALSE; /* it cannot ask another port */
    }
    g_string_free(name, TRUE);
}

static void repeat_srv(adp_repeat_context *c)
{
    repeat_dns(c, "SRV");
}

static void repeat_address(adp_repeat_context *c)
{
    repeat_dns(c, c->request->u.dns->qtype == ADP_DNS_AAAA ? "AAAA" : "A");
}

static const adp_lore autodiscover_srv = {
    "A question to DNS for a server of autodiscover by the mail domain: the last method a client "
    "tries.",
    "All other endpoints, without success.",
    "The address of the target, TLS and HTTP there. Only port 443 is used. That the name does not "
    "exist is usual."};

static const adp_lore *guide_of_srv(const adp_obs *first)
{
    return first->u.dns->parts->role == ADP_ROLE_AUTODISCOVER ? &autodiscover_srv : NULL;
}

static const adp_lore srv_guide = {
    "A question to DNS: which hosts offer this service for the domain? Lower priorities come "
    "first; among equals the weight is a share, so any of them may be chosen.",
    "Nothing has to: it is where a discovery begins. A name with a site comes before the one "
    "without, when the client remembers its site.",
    "The address of a target, unless the answer brought it along, and an LDAP ping or a "
    "Kerberos request to it."};

const adp_kind adp_kind_srv = {
    .outcome = srv_outcome,
    .judges_silence = TRUE,
    .facts = srv_facts,
    .first = ADP_F_SRV_NAME,
    .last = ADP_F_SRV_WEIGHT,
    .say = say_srv,
    .stage = ADP_STAGE_FIND,
    .repeat = repeat_srv,
    .guide = &srv_guide,
    .guide_of = guide_of_srv,
};

static const adp_lore address_guide = {
    "A question to DNS for the address of a host that an earlier step named, or that "
    "autodiscover tries.",
    "The answer that named the host: an SRV record, a service connection point, a redirect.",
    "A ping, or a connection to the address. An IPv6 question without an answer beside an "
    "IPv4 "
    "one with is usual."};

/* Of a controller's address, or of an endpoint's. */
static adp_stage address_stage(const adp_model *model, const adp_step *step)
{
    (void)model;
    return step->to_web ? ADP_STAGE_REACH : ADP_STAGE_FIND;
}

const adp_kind adp_kind_address = {
    .outcome = address_outcome,
    .judges_silence = TRUE,
    .facts = address_facts,
    .first = ADP_F_ADDRESS_NAME,
    .last = ADP_F_ADDRESS_ALIAS,
    .say = say_address,
    .stage = ADP_STAGE_FIND,
    .stage_of = address_stage,
    .repeat = repeat_address,
    .guide = &address_guide,
};
