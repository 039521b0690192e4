/* disguise.c
 * Observations with pseudonyms in place of the names of a house, so that all that is concluded from them has them.
 *
 * What is no name stays: numbers, times, ports, hashes, and the order of all. A new text in an observation
 * (log/observation.h) needs a line here; until it has one, tests/capture/test_anonymize.py finds it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/disguise.h"

#include "log/log.h"
#include "log/observation.h"
#include "wire/arena.h"
#include "wire/pseudonym.h"
#include "wire/pseudonym_forms.h"
#include "wire/pseudonym_ldap.h"
#include "wire/pseudonym_text.h"
#include "wire/scp.h"
#include "wire/srv_name.h"

#include <string.h>

typedef struct {
    adp_log *shadow;
    const adp_log *log;
    adp_pseudonyms *names;
    GString *buffer; /* what is being written */
} context;

/* ---- texts ---- */

typedef void (*write_form)(adp_pseudonyms *names, GString *out, const char *text);

static const char *keep(const context *c)
{
    return adp_arena_strndup(c->shadow->arena, c->buffer->str, c->buffer->len);
}

static const char *named(const context *c, const char *text, adp_name_kind kind)
{
    if (!text) {
        return NULL;
    }
    g_string_truncate(c->buffer, 0);
    adp_pseudonym_value(c->names, c->buffer, text, strlen(text), kind);
    return keep(c);
}

/* A name of DNS or a realm, and nothing else, whatever characters it has. */
static const char *dns_name(const context *c, const char *text, adp_name_kind kind)
{
    if (!text) {
        return NULL;
    }
    g_string_truncate(c->buffer, 0);
    adp_pseudonym_name(c->names, c->buffer, text, strlen(text), kind);
    return keep(c);
}

static const char *host(const context *c, const char *text)
{
    return dns_name(c, text, ADP_NAMED_HOST);
}

static const char *domain(const context *c, const char *text)
{
    return dns_name(c, text, ADP_NAMED_DOMAIN);
}

static const char *site(const context *c, const char *text)
{
    if (!text || !*text) {
        return text;
    }
    g_string_truncate(c->buffer, 0);
    adp_pseudonym_site(c->names, c->buffer, text);
    return keep(c);
}

static const char *form(const context *c, const char *text, write_form write)
{
    if (!text) {
        return NULL;
    }
    g_string_truncate(c->buffer, 0);
    write(c->names, c->buffer, text);
    return keep(c);
}

static const char *principal(const context *c, const char *text)
{
    if (!text) {
        return NULL;
    }
    g_string_truncate(c->buffer, 0);
    adp_pseudonym_principal(c->names, c->buffer, text, strlen(text));
    return keep(c);
}

static const char *sentence(const context *c, const char *text)
{
    return form(c, text, adp_pseudonym_text);
}

static void strings(const context *c, adp_strings *list, write_form write)
{
    const char **items = adp_arena_new_array(c->shadow->arena, const char *, list->count);
    guint i;

    for (i = 0; i < list->count; i++) {
        items[i] = form(c, list->items[i], write);
    }
    list->items = items;
    list->room = list->count;
}

static void write_value(adp_pseudonyms *names, GString *out, const char *text)
{
    adp_pseudonym_value(names, out, text, strlen(text), ADP_NAMED_OTHER);
}

static void write_url(adp_pseudonyms *names, GString *out, const char *text)
{
    adp_pseudonym_url(names, out, text, strlen(text));
}

static void write_host(adp_pseudonyms *names, GString *out, const char *text)
{
    adp_pseudonym_name(names, out, text, strlen(text), ADP_NAMED_HOST);
}

/* ---- copies; each is the shadow's own ---- */

#define COPY(c, type, from)                                                                        \
    memcpy(adp_arena_alloc((c)->shadow->arena, sizeof(type)), (from), sizeof(type))

static void address(const context *c, guint32 id)
{
    const char *text;

    if (id == ADP_NONE || *adp_log_address_text(c->shadow, id)) {
        return;
    }
    text = adp_log_address_text(c->log, id);
    if (*text) {
        g_string_assign(c->buffer, text);
        if (c->names) {
            g_string_truncate(c->buffer, 0);
            write_value(c->names, c->buffer, text);
        }
        adp_log_show_address(c->shadow, id, c->buffer->str);
    }
}

static const adp_obs_dns *dns(const context *c, const adp_obs_dns *from)
{
    adp_obs_dns *to = COPY(c, adp_obs_dns, from);
    adp_dns_said *said = COPY(c, adp_dns_said, from->said);
    const adp_srv_name *parts;
    guint i;

    to->said = said;
    to->name = from->parts->service ? domain(c, from->name) : host(c, from->name);
    parts = from->parts->service ? adp_srv_name_of(c->shadow->arena, to->name) : NULL;
    to->parts = parts ? parts : from->parts;
    said->records.items =
        adp_arena_new_array(c->shadow->arena, adp_srv_record, from->said->records.count);
    for (i = 0; i < from->said->records.count; i++) {
        said->records.items[i] = from->said->records.items[i];
        said->records.items[i].target = host(c, from->said->records.items[i].target);
    }
    said->hosts.items =
        adp_arena_new_array(c->shadow->arena, adp_dns_host, from->said->hosts.count);
    for (i = 0; i < from->said->hosts.count; i++) {
        said->hosts.items[i] = from->said->hosts.items[i];
        said->hosts.items[i].name = host(c, from->said->hosts.items[i].name);
        said->hosts.items[i].alias = host(c, from->said->hosts.items[i].alias);
        address(c, from->said->hosts.items[i].address);
    }
    said->reasons.items =
        adp_arena_new_array(c->shadow->arena, adp_dns_reason, from->said->reasons.count);
    for (i = 0; i < from->said->reasons.count; i++) {
        /* Its text may hold any name. */
        said->reasons.items[i] = (adp_dns_reason){.code = from->said->reasons.items[i].code};
    }
    said->soa_zone = domain(c, from->said->soa_zone);
    said->soa_server = host(c, from->said->soa_server);
    return to;
}

static const adp_obs_netbios *netbios(const context *c, const adp_obs_netbios *from)
{
    adp_obs_netbios *to = COPY(c, adp_obs_netbios, from);

    to->name = dns_name(c, from->name,
                        from->suffix == ADP_NETBIOS_SERVER ? ADP_NAMED_HOST : ADP_NAMED_DOMAIN);
    return to;
}

static const adp_obs_search *search(const context *c, const adp_obs_search *from)
{
    adp_obs_search *to = COPY(c, adp_obs_search, from);

    to->ping.domain = domain(c, from->ping.domain);
    to->ping.host = host(c, from->ping.host);
    to->ping.dns_host = host(c, from->ping.dns_host);
    to->ping.user = principal(c, from->ping.user);
    to->ping.guid = named(c, from->ping.guid, ADP_NAMED_OTHER);
    to->base = form(c, from->base, write_value);
    to->filter = form(c, from->filter, adp_pseudonym_filter);
    strings(c, &to->attributes, adp_pseudonym_attribute);
    return to;
}

static const adp_obs_entry *entry(const context *c, const adp_obs_entry *from)
{
    adp_obs_entry *to = COPY(c, adp_obs_entry, from);

    to->netlogon.forest = domain(c, from->netlogon.forest);
    to->netlogon.domain = domain(c, from->netlogon.domain);
    to->netlogon.host = named(c, from->netlogon.host, ADP_NAMED_HOST);
    to->netlogon.netbios_domain = named(c, from->netlogon.netbios_domain, ADP_NAMED_DOMAIN);
    to->netlogon.netbios_host = named(c, from->netlogon.netbios_host, ADP_NAMED_HOST);
    to->netlogon.user = principal(c, from->netlogon.user);
    to->netlogon.dc_site = site(c, from->netlogon.dc_site);
    to->netlogon.client_site = site(c, from->netlogon.client_site);
    to->netlogon.next_site = site(c, from->netlogon.next_site);
    to->scp.dn = form(c, from->scp.dn, write_value);
    strings(c, &to->scp.bindings, write_value);
    strings(c, &to->scp.keywords, adp_pseudonym_keyword);
    to->scp.host = host(c, from->scp.host);
    to->scp.site = site(c, from->scp.site);
    to->scp.domain = domain(c, from->scp.domain);
    to->dns_host = host(c, from->dns_host);
    return to;
}

static void result(const context *c, adp_obs_result *to)
{
    to->diagnostic = sentence(c, to->diagnostic);
    to->referral = form(c, to->referral, write_url);
}

static const adp_obs_bind *bind_of(const context *c, const adp_obs_bind *from)
{
    adp_obs_bind *to = COPY(c, adp_obs_bind, from);

    if (from->mechanism &&
        strspn(from->mechanism, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") !=
            strlen(from->mechanism) &&
        strcmp(from->mechanism, "simple") != 0 && strcmp(from->mechanism, "sicily") != 0) {
        to->mechanism = named(c, from->mechanism, ADP_NAMED_OTHER);
    }
    to->name = named(c, from->name, ADP_NAMED_USER);
    to->domain = domain(c, from->domain);
    return to;
}

static const adp_krb_ticket *ticket(const context *c, const adp_krb_ticket *from)
{
    adp_krb_ticket *to;

    if (!from) {
        return NULL;
    }
    to = COPY(c, adp_krb_ticket, from);
    to->realm = domain(c, from->realm);
    to->spn = principal(c, from->spn);
    return to;
}

static const adp_obs_krb *krb(const context *c, const adp_obs_krb *from)
{
    adp_obs_krb *to = COPY(c, adp_obs_krb, from);
    guint i;

    to->realm = domain(c, from->realm);
    to->spn = principal(c, from->spn);
    to->client = principal(c, from->client);
    to->client_realm = domain(c, from->client_realm);
    to->for_user = principal(c, from->for_user);
    to->for_realm = domain(c, from->for_realm);
    to->shown = ticket(c, from->shown);
    to->armor = ticket(c, from->armor);
    to->more.items = adp_arena_new_array(c->shadow->arena, adp_krb_ticket, from->more.count);
    for (i = 0; i < from->more.count; i++) {
        to->more.items[i] = *ticket(c, &from->more.items[i]);
    }
    to->text = sentence(c, from->text);
    to->result_text = sentence(c, from->result_text);
    return to;
}

static const adp_obs_tls *tls(const context *c, const adp_obs_tls *from)
{
    adp_obs_tls *to = COPY(c, adp_obs_tls, from);

    to->sni = host(c, from->sni);
    to->cn = host(c, from->cn);
    strings(c, &to->names, write_host);
    return to;
}

static const adp_obs_http *http(const context *c, const adp_obs_http *from)
{
    adp_obs_http *to = COPY(c, adp_obs_http, from);

    if (from->method &&
        strspn(from->method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ-_") != strlen(from->method)) {
        to->method = "OTHER";
    }
    to->host = host(c, from->host);
    to->url = form(c, from->url, write_url);
    to->mailbox = principal(c, from->mailbox);
    to->redirect = from->redirect_is_address ? principal(c, from->redirect)
                                             : form(c, from->redirect, write_url);
    to->moved = form(c, from->moved, write_url);
    to->error = sentence(c, from->error);
    strings(c, &to->services, write_url);
    return to;
}

static const adp_obs_icmp *icmp(const context *c, const adp_obs_icmp *from)
{
    adp_obs_icmp *to = COPY(c, adp_obs_icmp, from);

    to->sender = host(c, from->sender);
    return to;
}

static const adp_obs_operation *operation(const context *c, const adp_obs_operation *from)
{
    adp_obs_operation *to = COPY(c, adp_obs_operation, from);

    /* `answer` stays shared: readers go on to write there what became of the request. */
    result(c, &to->result);
    return to;
}

static const adp_obs_result *result_of(const context *c, const adp_obs_result *from)
{
    adp_obs_result *to = COPY(c, adp_obs_result, from);

    result(c, to);
    return to;
}

static void plain_hosts(const context *c, const adp_obs *obs)
{
    guint i;

    if (obs->type == ADP_OBS_DNS_QUERY || obs->type == ADP_OBS_DNS_REPLY) {
        for (i = 0; i < obs->u.dns->said->hosts.count; i++) {
            address(c, obs->u.dns->said->hosts.items[i].address);
        }
    }
}

static void fill(const context *c, const adp_obs *from, adp_obs *to)
{
    switch (from->type) {
    case ADP_OBS_DNS_QUERY:
    case ADP_OBS_DNS_REPLY:
        to->u.dns = dns(c, from->u.dns);
        break;
    case ADP_OBS_NETBIOS:
        to->u.netbios = netbios(c, from->u.netbios);
        break;
    case ADP_OBS_LDAP_SEARCH:
        to->u.search = search(c, from->u.search);
        break;
    case ADP_OBS_LDAP_ENTRY:
        to->u.entry = entry(c, from->u.entry);
        break;
    case ADP_OBS_LDAP_DONE:
    case ADP_OBS_LDAP_BIND_REPLY:
        to->u.result = result_of(c, from->u.result);
        break;
    case ADP_OBS_LDAP_BIND:
        to->u.bind = bind_of(c, from->u.bind);
        break;
    case ADP_OBS_LDAP_OPERATION:
    case ADP_OBS_LDAP_OPERATION_REPLY:
        to->u.operation = operation(c, from->u.operation);
        break;
    case ADP_OBS_LDAP_REFERENCE:
        to->u.referred = host(c, from->u.referred);
        break;
    case ADP_OBS_KDC_REQUEST:
    case ADP_OBS_KDC_REPLY:
    case ADP_OBS_AP_REQUEST:
    case ADP_OBS_AP_REPLY:
        to->u.krb = krb(c, from->u.krb);
        break;
    case ADP_OBS_TLS:
        to->u.tls = tls(c, from->u.tls);
        break;
    case ADP_OBS_HTTP_REQUEST:
    case ADP_OBS_HTTP_REPLY:
        to->u.http = http(c, from->u.http);
        break;
    case ADP_OBS_ICMP:
        to->u.icmp = icmp(c, from->u.icmp);
        break;
    case ADP_OBS_LDAP_ABANDON:
    case ADP_OBS_LDAP_HIDDEN:
    case ADP_OBS_LDAP_UNBIND:
    case ADP_OBS_NTLM:
    case ADP_OBS_TCP:
        /* No text in these. */
        break;
    }
}

adp_obs adp_disguise(adp_log *shadow, const adp_log *log, const adp_obs *obs, adp_pseudonyms *names)
{
    context c = {.shadow = shadow, .log = log, .names = names, .buffer = g_string_new(NULL)};
    adp_obs to = *obs;

    address(&c, obs->flow.client);
    address(&c, obs->flow.server);
    if (names) {
        fill(&c, obs, &to);
    } else {
        plain_hosts(&c, obs);
    }
    g_string_free(c.buffer, TRUE);
    return to;
}
