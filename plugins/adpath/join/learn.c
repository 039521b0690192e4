/* learn.c
 * What the steps teach about hosts, sites and domains.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/learn.h"

#include "join/chain.h"
#include "join/client.h"
#include "join/derived.h"
#include "join/hosts.h"
#include "join/identity.h"
#include "join/model.h"
#include "log/observation.h"
#include "log/search.h"
#include "wire/arena.h"
#include "wire/hash.h"
#include "wire/limits.h"
#include "wire/netlogon.h"
#include "wire/scp.h"
#include "wire/srv_name.h"
#include "wire/text.h"
#include "wire/url.h"

#include <string.h>

void adp_learn_host(adp_derived *d, const char *name)
{
    if (name && *name) {
        g_hash_table_add(d->hosts, g_ascii_strdown(name, -1));
    }
}

/* Is it the DNS name of which the other one is the first label? */
static gboolean is_whole_of(const char *name, const char *label)
{
    gsize len = strlen(label);

    return !strchr(label, '.') && g_ascii_strncasecmp(name, label, len) == 0 && name[len] == '.';
}

static void learn_name(adp_model *model, guint32 address, const char *name)
{
    adp_called *entry;

    if (address >= model->log->addresses->len || !name || !*name) {
        return;
    }
    entry = adp_address_called(&model->derived, address);
    if (entry->has_names) {
        return;
    }
    /* A controller that pings itself calls itself by its short name first. */
    if (!entry->name || is_whole_of(name, entry->name) ||
        (entry->name_is_hearsay && !is_whole_of(entry->name, name))) {
        entry->name = name;
        entry->name_is_hearsay = FALSE;
    }
}

/* What DNS says: several names may have one address, so the host's own word counts more. */
static void learn_hearsay(adp_model *model, guint32 address, const char *name)
{
    adp_called *entry;

    if (address >= model->log->addresses->len || !name || !*name) {
        return;
    }
    entry = adp_address_called(&model->derived, address);
    if (entry->has_names) {
        return;
    }
    if (!entry->name || is_whole_of(name, entry->name)) {
        entry->name_is_hearsay = !entry->name;
        entry->name = name;
    }
}

static guint64 generic_key(guint32 path, const adp_srv_name *parts)
{
    guint64 salt = adp_hash_lower((guint64)path << 8 | (guint)parts->role, parts->service->label);

    return adp_hash_lower(salt, parts->domain ? parts->domain : "");
}

gboolean adp_model_generic_answered(const adp_model *model, const adp_step *step,
                                    const adp_srv_name *parts)
{
    return adp_table_get(model->derived.generic, generic_key(step->path, parts)) != 0;
}

static guint64 question_key(guint32 client, const char *name, gsize len)
{
    char *lower = g_ascii_strdown(name, (gssize)len);
    guint64 key = adp_hash_bytes(client, (const guint8 *)lower, len);

    g_free(lower);
    return key;
}

/* One of 64, by what costs little to look at; the same in any case. */
static guint64 shape_of(const char *name, gsize len)
{
    guint first = (guchar)g_ascii_tolower(name[0]);
    guint last = (guchar)g_ascii_tolower(name[len - 1]);

    return G_GUINT64_CONSTANT(1) << ((first * 5 + last + (guint)len * 11) % 64);
}

static void note_domain(adp_derived *d, const char *domain, gboolean is_one)
{
    char *lower = domain ? g_ascii_strdown(domain, -1) : NULL;

    if (lower && *lower) {
        d->asked_shapes |= shape_of(lower, strlen(lower));
    }
    if (lower && (is_one || !g_hash_table_contains(d->asked_domains, lower))) {
        g_hash_table_replace(d->asked_domains, lower, GINT_TO_POINTER(is_one));
    } else {
        g_free(lower);
    }
}

gboolean adp_model_may_be_host(const adp_model *model, const char *name, gsize len)
{
    char *lower;
    gpointer is_one;
    gboolean found;

    if (len == 0 || len > ADP_MAX_HOST || !(model->derived.asked_shapes & shape_of(name, len))) {
        return FALSE;
    }
    lower = g_ascii_strdown(name, (gssize)len);
    found = g_hash_table_lookup_extended(model->derived.asked_domains, lower, NULL, &is_one);
    g_free(lower);
    return found && !GPOINTER_TO_INT(is_one);
}

gboolean adp_keep_named(adp_model *model, const char *name)
{
    char *lower;

    if (!name || !adp_model_may_be_host(model, name, strlen(name))) {
        return FALSE;
    }
    lower = g_ascii_strdown(name, -1);
    (void)g_hash_table_remove(model->derived.asked_domains, lower);
    g_free(lower);
    return adp_keep_aside(&model->derived);
}

void adp_learn_srv_question(adp_model *model, const adp_obs *obs)
{
    const char *name = obs->u.dns->name;

    adp_table_set(model->derived.srv_names, question_key(obs->flow.client, name, strlen(name)), 1);
    note_domain(&model->derived, obs->u.dns->parts->domain, FALSE);
    adp_table_set(model->derived.askers, obs->flow.client, 1);
    if (obs->link) {
        adp_table_set(model->derived.askers, ADP_CARD | obs->link, 1);
    }
}

gboolean adp_model_has_foreign_suffix(const adp_model *model, const adp_step *step)
{
    const adp_obs_dns *dns = adp_model_obs(model, step->first)->u.dns;
    const char *domain = dns->parts->domain;
    gsize before;
    const char *dot;

    if (!domain || !adp_has_suffix(dns->name, domain)) {
        return FALSE;
    }
    before = strlen(dns->name) - strlen(domain);
    /* A domain of one label may be the short name of a domain that begins with it. */
    dot = strchr(dns->name + before, '.');
    for (dot = dot ? strchr(dot + 1, '.') : NULL; dot; dot = strchr(dot + 1, '.')) {
        if (adp_table_get(model->derived.srv_names,
                          question_key(step->flow.client, dns->name, (gsize)(dot - dns->name)))) {
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean names_a_domain(adp_role role)
{
    return role == ADP_ROLE_DOMAIN || role == ADP_ROLE_DC || role == ADP_ROLE_PDC ||
           role == ADP_ROLE_KDC;
}

void adp_learn_srv(adp_model *model, const adp_step *step, const adp_obs_dns *dns)
{
    adp_derived *d = &model->derived;
    adp_path *path = adp_path_at(d, step->path);
    guint i;

    for (i = 0; i < dns->said->records.count; i++) {
        gboolean mail = dns->parts->role == ADP_ROLE_AUTODISCOVER;

        adp_learn_host(d, dns->said->records.items[i].target);
        adp_name_host(model, dns->said->records.items[i].target,
                      mail ? ADP_NAMED_BY_MAIL_SRV : ADP_NAMED_BY_SRV,
                      mail ? dns->said->records.items[i].port : 0);
    }
    if (dns->said->records.count == 0) {
        return;
    }
    if (!dns->parts->site) {
        adp_table_set(d->generic, generic_key(step->path, dns->parts), 1);
    }
    note_domain(d, dns->parts->domain, TRUE);
    if (names_a_domain(dns->parts->role)) {
        adp_learn_client_domain(model, step->flow.client, dns->parts->domain);
    }
    if ((!path->domain || path->domain_is_realm) && dns->parts->domain &&
        names_a_domain(dns->parts->role)) {
        /* Kerberos clients ask for the realm, which is the domain in upper case. */
        char *lower = g_ascii_strdown(dns->parts->domain, -1);

        path->domain = adp_arena_strndup(model->derived.arena, lower, strlen(lower));
        path->domain_is_realm = FALSE;
        g_free(lower);
    }
}

void adp_learn_ping_request(adp_model *model, const adp_obs *obs)
{
    const adp_ping_request *ping = &obs->u.search->ping;

    adp_learn_host(&model->derived, ping->host);
    adp_learn_host(&model->derived, ping->dns_host);
    adp_client_note_ping(model, obs);
    learn_name(model, obs->flow.client, ping->dns_host ? ping->dns_host : ping->host);
}

/* CONTOSO, which a resolver's suffix search makes CONTOSO.contoso.com of: no domain either. */
static void learn_short_domain(adp_derived *d, const char *netbios, const char *suffix)
{
    if (netbios && *netbios && suffix && *suffix) {
        char *name = g_strdup_printf("%s.%s", netbios, suffix);

        adp_learn_host(d, name);
        g_free(name);
    }
}

/*
 * The domain in which the client's machine account stands. What it was thought to be until then was
 * a domain that the client looked at first: its forest and the site there are not the client's.
 */
static void learn_own_domain(adp_derived *d, adp_path *path, const char *domain)
{
    if (path->domain_is_own) {
        return;
    }
    if (!adp_same_text(path->domain, domain)) {
        adp_path_own(d, path)->forest = NULL;
        adp_path_own(d, path)->site = NULL;
    }
    path->domain = domain;
    path->domain_is_own = TRUE;
    path->domain_is_realm = FALSE;
}

/* A controller that knows the account of the machine that asks is one of the machine's domain. */
static gboolean is_own_domain(const adp_model *model, const adp_step *step,
                              const adp_netlogon *reply)
{
    const adp_obs *asked = step->request != ADP_NONE ? adp_model_obs(model, step->request) : NULL;

    return asked && reply->domain && *reply->domain &&
           !adp_netlogon_is_user_unknown(reply->opcode) &&
           adp_ping_is_of_own_account(&asked->u.search->ping);
}

void adp_learn_ping_reply(adp_model *model, const adp_step *step, const adp_netlogon *reply)
{
    adp_derived *d = &model->derived;
    adp_path *path = adp_path_at(d, step->path);

    adp_learn_host(d, reply->host);
    adp_learn_host(d, reply->netbios_host);
    learn_short_domain(d, reply->netbios_domain, reply->domain);
    learn_short_domain(d, reply->netbios_domain, reply->forest);
    learn_name(model, step->flow.server, reply->host);
    adp_name_host(model, reply->host, ADP_NAMED_BY_PING, 0);
    adp_host_address(model, reply->host, step->flow.server);
    adp_learn_client_domain(model, step->flow.client, reply->domain);
    adp_learn_client_domain(model, step->flow.client, reply->forest);
    if (is_own_domain(model, step, reply)) {
        learn_own_domain(d, path, reply->domain);
    }
    /* Another forest maps the address to a site of its own; a client keeps its own forest's. */
    if (reply->client_site && (!path->own->forest || !reply->forest || !*reply->forest ||
                               adp_same_text(path->own->forest, reply->forest))) {
        adp_path_own(d, path)->site = reply->client_site;
    }
    /* A controller's word counts more than the name that was asked for. */
    if (reply->domain && *reply->domain && !path->own->forest && !path->domain_is_own) {
        path->domain = reply->domain;
    }
    if (reply->forest && *reply->forest && !path->own->forest &&
        (!path->domain_is_own || adp_same_text(path->domain, reply->domain))) {
        adp_path_own(d, path)->forest = reply->forest;
    }
}

/* ---- what names hosts ---- */

typedef struct {
    const char *names[ADP_MAX_ALIASES];
    guint count;
} chain;

static gboolean in_chain(const chain *c, const char *name)
{
    guint i;

    for (i = 0; i < c->count; i++) {
        if (adp_same_text(c->names[i], name)) {
            return TRUE;
        }
    }
    return FALSE;
}

/* All names of a chain have the addresses at its end, and an alias is as good as the name. */
static void learn_chain(adp_model *model, const adp_obs_dns *dns, gboolean names_address)
{
    chain c = {.names = {dns->name}, .count = 1};
    guint how = dns->parts->service ? 0 : adp_model_named(model, dns->name);
    guint i;
    guint n;

    for (i = 0; i < dns->said->hosts.count; i++) {
        const adp_dns_host *host = &dns->said->hosts.items[i];

        if (!in_chain(&c, host->name)) {
            /* Additional: of a target, or of a name server that nobody asked for. */
            if (host->address != ADP_NONE && adp_model_named(model, host->name)) {
                adp_host_address(model, host->name, host->address);
                learn_hearsay(model, host->address, host->name);
            }
        } else if (host->alias) {
            if (c.count == ADP_MAX_ALIASES) {
                adp_model_limit(model, ADP_LIMIT_ALIASES);
            } else if (!in_chain(&c, host->alias)) {
                c.names[c.count++] = host->alias;
                adp_name_host(model, host->alias, how, 0);
            }
        } else {
            for (n = 0; n < c.count; n++) {
                adp_host_address(model, c.names[n], host->address);
            }
            if (names_address) {
                learn_hearsay(model, host->address, dns->name);
            }
        }
    }
}

void adp_learn_addresses(adp_model *model, const adp_obs_dns *dns)
{
    /* The root of a zone that nobody made is its own server. */
    if (dns->said->soa_server && !adp_same_text(dns->said->soa_server, dns->said->soa_zone)) {
        adp_learn_host(&model->derived, dns->said->soa_server);
    }
    learn_chain(model, dns, TRUE);
}

void adp_guess_addresses(adp_model *model, const adp_obs_dns *dns)
{
    learn_chain(model, dns, FALSE);
}

void adp_learn_scp_search(adp_model *model, const adp_obs *obs)
{
    if (adp_same_text(obs->u.search->scp_kind, ADP_SCP_EXCHANGE)) {
        g_hash_table_add(model->derived.scp_clients,
                         adp_client_key(adp_model_client(model, obs->flow.client)));
    }
}

void adp_learn_reference(adp_model *model, const char *host)
{
    adp_name_host(model, host, ADP_NAMED_BY_LDAP_REFERRAL, 0);
}

/* Of an Exchange search: other products' entries name no mail server. */
void adp_learn_scp_entry(adp_model *model, const adp_scp_entry *entry)
{
    gboolean pointer = entry->type == ADP_SCP_POINTER;
    guint16 port = 0;

    if (entry->bindings.count && !pointer) {
        port = adp_url_port(entry->bindings.items[0]);
    }
    adp_name_host(model, entry->host, pointer ? ADP_NAMED_BY_POINTER : ADP_NAMED_BY_SCP, port);
    if (entry->domain) {
        adp_learn_mail_domain(model, entry->domain);
    }
}

void adp_learn_realm(adp_model *model, guint32 step, const char *realm)
{
    adp_path *path = adp_path_at(&model->derived, adp_step_at(&model->derived, step)->path);
    char *lower;

    /* Without a dot it is a NetBIOS name. */
    if (path->domain || !realm || !strchr(realm, '.')) {
        return;
    }
    lower = g_ascii_strdown(realm, -1);
    path->domain = adp_arena_strndup(model->derived.arena, lower, strlen(lower));
    path->domain_is_realm = TRUE;
    adp_path_own(&model->derived, path)->domain_step = step;
    g_free(lower);
}

void adp_learn_machine_realm(adp_model *model, guint32 step, const char *account, const char *realm)
{
    adp_path *path = adp_path_at(&model->derived, adp_step_at(&model->derived, step)->path);
    char *lower;

    if (!account || !g_str_has_suffix(account, "$") || !realm || !strchr(realm, '.') ||
        path->domain_is_own) {
        return;
    }
    lower = g_ascii_strdown(realm, -1);
    learn_own_domain(&model->derived, path,
                     adp_arena_strndup(model->derived.arena, lower, strlen(lower)));
    g_free(lower);
}

void adp_unlearn_realm(adp_model *model, guint32 step)
{
    adp_path *path = adp_path_at(&model->derived, adp_step_at(&model->derived, step)->path);

    if (path->domain_is_realm && path->own->domain_step == step) {
        path->domain = NULL;
        path->domain_is_realm = FALSE;
    }
}

void adp_learn_spn(adp_model *model, const char *spn)
{
    adp_url place;

    if (!spn || !adp_has_prefix(spn, "HTTP/")) {
        return;
    }
    spn += strlen("HTTP/");
    if (adp_url_parse_place(spn, strcspn(spn, "/@"), &place)) {
        adp_name_host(model, place.host, ADP_NAMED_BY_SPN, 0);
    }
}
