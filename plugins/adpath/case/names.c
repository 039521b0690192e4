/* names.c
 * The case file of names: which are hosts, domains, NetBIOS names; each with what shows it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "case/names.h"

#include "case/name_forms.h"
#include "join/identity.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/table.h"
#include "wire/netlogon.h"
#include "wire/srv_name.h"
#include "wire/text.h"

#include <string.h>

struct adp_names {
    const adp_model *model;
    adp_table *shown; /* hash of what, client and name -> observation + 1 */
    GHashTable *dns;  /* NetBIOS name, owned -> DNS name of the domain (the model's) */
    GHashTable *full; /* "full|client|label", owned -> the host's name (the model's), "": several */
};

static char *key_of(const char *what, guint32 client, const char *name)
{
    char *text = g_strdup_printf("%s|%u|%s", what, client, name);
    char *key = g_ascii_strdown(text, -1);

    g_free(text);
    return key;
}

static guint64 shown_key(const char *what, guint32 client, const char *name)
{
    return adp_hash_lower(adp_hash_lower(client, what), name);
}

/* The first observation counts. */
static void show(adp_names *names, const char *what, guint32 client, const char *name, guint32 obs)
{
    if (name && *name) {
        guint64 key = shown_key(what, client, name);

        if (!adp_table_get(names->shown, key)) {
            adp_table_set(names->shown, key, obs + 1);
        }
    }
}

static guint32 shown(const adp_names *names, const char *what, guint32 client, const char *name)
{
    return name && *name ? adp_table_get(names->shown, shown_key(what, client, name)) - 1
                         : ADP_NONE;
}

/* What is said of a client counts for all of its addresses. */
static guint32 owner(const adp_names *names, adp_client client)
{
    return adp_client_number(adp_model_owner(names->model, client));
}

static guint32 sender(const adp_names *names, const adp_obs *obs)
{
    return owner(names, adp_client_at(obs->flow.client));
}

static void found_domain(adp_names *names, const adp_obs *obs, guint32 i)
{
    show(names, "found", sender(names, obs), "any", i);
}

/* DNS told this client an address of the host. */
static void complete(adp_names *names, guint32 client, const char *host)
{
    char *label = adp_first_label(host);
    char *key = key_of("full", client, label);
    const char *before = g_hash_table_lookup(names->full, key);

    g_free(label);
    if (!strchr(host, '.') || adp_same_text(before, host)) {
        g_free(key);
        return;
    }
    g_hash_table_replace(names->full, key, (gpointer)(before ? "" : host));
}

static void read_dns(adp_names *names, const adp_obs *obs, guint32 i)
{
    const adp_obs_dns *dns = obs->u.dns;
    const adp_srv_name *parts = dns->parts;
    guint n;

    if (obs->type == ADP_OBS_DNS_QUERY) {
        if (parts->service && parts->domain && !strchr(parts->domain, '.')) {
            show(names, "bare", sender(names, obs), parts->domain, i);
        }
        return;
    }
    /* The root of a zone that nobody made is its own server. */
    if (dns->said->soa_server && !adp_same_text(dns->said->soa_server, dns->said->soa_zone)) {
        show(names, "host", 0, dns->said->soa_server, i);
    }
    for (n = 0; n < dns->said->hosts.count; n++) {
        show(names, "host", 0, dns->said->hosts.items[n].name, i);
        show(names, "host", 0, dns->said->hosts.items[n].alias, i);
    }
    for (n = 0; n < dns->said->records.count; n++) {
        show(names, "host", 0, dns->said->records.items[n].target, i);
    }
    if (!parts->service && dns->name && dns->answer_hosts && dns->qtype != ADP_DNS_PTR) {
        complete(names, sender(names, obs), dns->name);
    }
    if (dns->said->records.count && *dns->said->records.items[0].target && parts->service &&
        parts->domain && parts->role != ADP_ROLE_AUTODISCOVER) {
        show(names, "domain", 0, parts->domain, i);
        found_domain(names, obs, i);
    }
}

/*
 * pc1.floor2.example says so of itself, and a controller of corp.example has its account: machines may
 * stand in another zone than their domain (a disjoint namespace).
 */
static void read_host_suffix(adp_names *names, const adp_obs *obs, guint32 i)
{
    guint32 step = adp_model_mark(names->model, i)->step;
    guint32 request = step == ADP_NONE ? ADP_NONE : adp_model_step(names->model, step)->request;
    const adp_netlogon *dc = &obs->u.entry->netlogon;
    const adp_ping_request *ping;
    const char *dot;

    if (request == ADP_NONE || adp_model_step(names->model, step)->kind != ADP_STEP_PING) {
        return;
    }
    ping = &adp_model_obs(names->model, request)->u.search->ping;
    dot = ping->dns_host && ping->user && *ping->user ? strchr(ping->dns_host, '.') : NULL;
    if (dot && !adp_netlogon_is_user_unknown(dc->opcode) && dc->domain && *dc->domain &&
        !adp_same_text(dot + 1, dc->domain)) {
        show(names, "host suffix", sender(names, obs), dot + 1, i);
    }
}

static void read_entry(adp_names *names, const adp_obs *obs, guint32 i)
{
    const adp_netlogon *dc = &obs->u.entry->netlogon;

    show(names, "host", 0, obs->u.entry->dns_host, i);
    if (!obs->u.entry->has_netlogon) {
        return;
    }
    read_host_suffix(names, obs, i);
    show(names, "domain", 0, dc->domain, i);
    show(names, "domain", 0, dc->forest, i);
    show(names, "host", 0, dc->host, i);
    show(names, "netbios", 0, dc->netbios_domain, i);
    if (dc->netbios_domain && *dc->netbios_domain && dc->domain && *dc->domain) {
        char *label = g_ascii_strdown(dc->netbios_domain, -1);

        if (g_hash_table_contains(names->dns, label)) {
            g_free(label);
        } else {
            g_hash_table_insert(names->dns, label, (gpointer)dc->domain);
        }
    }
    found_domain(names, obs, i);
}

/* The host of "class/host:port/realm". */
static void read_spn(adp_names *names, const char *spn, guint32 i)
{
    const char *slash = spn ? strchr(spn, '/') : NULL;
    char *host;

    if (!slash || adp_has_prefix(spn, "krbtgt/")) {
        return;
    }
    host = g_strndup(slash + 1, strcspn(slash + 1, ":/"));
    if (strchr(host, '.')) {
        show(names, "host", 0, host, i);
    }
    g_free(host);
}

#define KDC_ERR_WRONG_REALM 68

static void read_kdc(adp_names *names, const adp_obs *obs, guint32 i)
{
    const adp_obs_krb *krb = obs->u.krb;
    gboolean krbtgt = krb->spn && adp_has_prefix(krb->spn, "krbtgt/");

    /* Granted or not: the client takes it for a host. */
    read_spn(names, krb->spn, i);
    /* "wrong realm" names the account's own (RFC 6806 7). */
    if (obs->type == ADP_OBS_KDC_REPLY && krb->is_error && krb->error == KDC_ERR_WRONG_REALM &&
        krb->client_realm && *krb->client_realm) {
        show(names, "referred", sender(names, obs), krb->client_realm, i);
    }
    if (obs->type == ADP_OBS_KDC_REPLY && !krb->is_error && !krb->damaged) {
        show(names, "domain", 0, krb->realm, i);
        found_domain(names, obs, i);
        /* A ticket for another realm's krbtgt: go and ask there (RFC 4120 3.3.1). */
        if (krbtgt && krb->exchange == ADP_EXCHANGE_TGS && krb->realm) {
            const char *realm = strchr(krb->spn, '/') + 1;

            if (!adp_same_text(realm, krb->realm)) {
                show(names, "referred", sender(names, obs), realm, i);
            }
        }
    }
}

/* "corp.example" of ann@corp.example and of CN=ann,DC=corp,DC=example; NULL: it says none. Free with g_free(). */
static char *domain_of_account(const char *name)
{
    const char *at = strrchr(name, '@');
    GString *domain = g_string_new(NULL);
    char **parts;
    guint i;

    if (at) {
        g_string_assign(domain, at + 1);
        return g_string_free(domain, FALSE);
    }
    parts = g_strsplit(name, ",", -1);
    for (i = 0; parts[i]; i++) {
        const char *part = g_strchug(parts[i]);

        if (adp_has_prefix(part, "DC=")) {
            g_string_append_printf(domain, "%s%s", domain->len ? "." : "", part + strlen("DC="));
        }
    }
    g_strfreev(parts);
    return g_string_free(domain, domain->len == 0);
}

/* A bind by name and password that was accepted. */
static void read_bind(adp_names *names, const adp_obs *obs, guint32 i)
{
    guint32 step = obs->u.bind->name ? adp_model_mark(names->model, i)->step : ADP_NONE;
    guint32 reply = step == ADP_NONE ? ADP_NONE : adp_model_step(names->model, step)->reply;
    const adp_obs *answer = reply == ADP_NONE ? NULL : adp_model_obs(names->model, reply);
    char *domain;

    if (!answer || answer->type != ADP_OBS_LDAP_BIND_REPLY || obs->u.bind->anonymous ||
        answer->u.result->result != 0 || answer->u.result->damaged) {
        return;
    }
    domain = domain_of_account(obs->u.bind->name);
    if (domain) {
        show(names, "bound", sender(names, obs), "any", reply);
        show(names, "bound in", sender(names, obs), domain, reply);
    }
    g_free(domain);
}

/*
 * alice@brand.example was let in by a KDC of CORP.EXAMPLE: an administrator gave the forest that suffix
 * for logon names (userPrincipalName), and it need be no domain.
 */
static void read_suffix(adp_names *names, const adp_obs *obs, guint32 i)
{
    const adp_obs_krb *ask = obs->u.krb;
    const char *at =
        ask->exchange == ADP_EXCHANGE_AS && ask->client ? strrchr(ask->client, '@') : NULL;
    guint32 step = at ? adp_model_mark(names->model, i)->step : ADP_NONE;
    guint32 reply = step == ADP_NONE ? ADP_NONE : adp_model_step(names->model, step)->reply;
    const adp_obs_krb *answer =
        reply == ADP_NONE ? NULL : adp_model_obs(names->model, reply)->u.krb;

    if (answer && !answer->is_error && !answer->damaged && answer->realm &&
        !adp_same_text(answer->realm, at + 1)) {
        show(names, "suffix", sender(names, obs), at + 1, reply);
    }
}

adp_names *adp_names_new(const adp_model *model)
{
    adp_names *names = g_new0(adp_names, 1);
    guint32 i;

    names->model = model;
    names->shown = adp_table_new();
    names->dns = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    names->full = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    for (i = 0; i < adp_model_obs_count(model); i++) {
        const adp_obs *obs = adp_model_obs(model, i);

        switch (obs->type) {
        case ADP_OBS_DNS_QUERY:
        case ADP_OBS_DNS_REPLY:
            read_dns(names, obs, i);
            break;
        case ADP_OBS_LDAP_ENTRY:
            read_entry(names, obs, i);
            break;
        case ADP_OBS_KDC_REQUEST:
            read_kdc(names, obs, i);
            read_suffix(names, obs, i);
            break;
        case ADP_OBS_KDC_REPLY:
            read_kdc(names, obs, i);
            break;
        case ADP_OBS_LDAP_BIND:
            read_bind(names, obs, i);
            break;
        case ADP_OBS_AP_REQUEST:
            read_spn(names, obs->u.krb->spn, i);
            break;
        case ADP_OBS_HTTP_REQUEST:
            show(names, "host", 0, obs->u.http->host, i);
            break;
        case ADP_OBS_TLS:
            show(names, "host", 0, obs->u.tls->sni, i);
            break;
        default:
            break;
        }
    }
    return names;
}

void adp_names_free(adp_names *names)
{
    adp_table_free(names->shown);
    g_hash_table_unref(names->dns);
    g_hash_table_unref(names->full);
    g_free(names);
}

guint32 adp_names_host(const adp_names *names, const char *name)
{
    return shown(names, "host", 0, name);
}

guint32 adp_names_domain(const adp_names *names, const char *name)
{
    return shown(names, "domain", 0, name);
}

guint32 adp_names_netbios(const adp_names *names, const char *label)
{
    return shown(names, "netbios", 0, label);
}

guint32 adp_names_asked_bare(const adp_names *names, adp_client client, const char *label)
{
    return shown(names, "bare", owner(names, client), label);
}

guint32 adp_names_referred(const adp_names *names, adp_client client, const char *realm)
{
    return shown(names, "referred", owner(names, client), realm);
}

guint32 adp_names_logon_suffix(const adp_names *names, adp_client client, const char *suffix)
{
    return shown(names, "suffix", owner(names, client), suffix);
}

guint32 adp_names_host_suffix(const adp_names *names, adp_client client, const char *suffix)
{
    return shown(names, "host suffix", owner(names, client), suffix);
}

guint32 adp_names_bound_elsewhere(const adp_names *names, adp_client client, const char *domain)
{
    return shown(names, "bound in", owner(names, client), domain) == ADP_NONE
               ? shown(names, "bound", owner(names, client), "any")
               : ADP_NONE;
}

guint32 adp_names_found_any(const adp_names *names, adp_client client)
{
    return shown(names, "found", owner(names, client), "any");
}

const char *adp_names_dns_of(const adp_names *names, const char *name)
{
    char *label;
    const char *found;

    if (!name || strchr(name, '.')) {
        return name;
    }
    label = g_ascii_strdown(name, -1);
    found = g_hash_table_lookup(names->dns, label);
    g_free(label);
    return found ? found : name;
}

const char *adp_names_full(const adp_names *names, adp_client client, const char *label)
{
    char *key = key_of("full", owner(names, client), label);
    const char *found = g_hash_table_lookup(names->full, key);

    g_free(key);
    return found && *found ? found : NULL;
}
