/* machine.c
 * Several machines behind one address: translation (NAT), a VPN's pool, a proxy.
 *
 * What names a machine, in this order:
 *   - its ping: DnsHostName or Host, by the first label alone, because one machine sends both
 *     (MS-ADTS 6.3.3). A bare User names none. Users are no machines: a terminal server has
 *     many, and one path for each mail domain, as path.c says;
 *   - the TCP connection, when an earlier message of it told;
 *   - a ticket, byte by byte: a KDC gave it to a machine that was known then;
 *   - the account HOST$ in an exchange with a KDC, if a machine of this name has pinged from there,
 *     or once the address is known to be several machines'. Accounts prove nothing by themselves:
 *     group managed service accounts and the names of clusters end in $ as well, and all are
 *     used by one machine.
 *
 * An address is several machines' when a name comes again after another one, or when two
 * whole DNS names follow each other so soon that no machine was renamed and started anew
 * between them. Else the second name may be the same machine's, or that of the next one which
 * was lent the address: the address then has no name, and its steps stay together.
 *
 * From that proof on each machine is a client of its own (adp_client), with a name and
 * paths. Nothing that was shown before moves: all earlier paths become those
 * of the machine that named itself first, and the path of a later one names the early steps
 * that it rests on (`uses`). Steps say whose they are: the client of a step is the machine
 * when it is certain, and the bare address when nothing tells. Such a step goes to the path
 * of the machine to whose earlier steps it fits (connection, ticket, user, host, domain), else of
 * the machine that had the last step; that is a guess, and rules treat it as one: what
 * went well there may have made good anybody's fault (rules.c).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/machine.h"

#include "join/chain.h"
#include "join/derived.h"
#include "join/exchange.h"
#include "join/identity.h"
#include "join/model.h"
#include "log/krb.h"
#include "log/observation.h"
#include "wire/arena.h"
#include "wire/hash.h"
#include "wire/text.h"

#include <string.h>

/* A renamed machine restarts, which takes longer (from memory). */
#define REBOOT (30 * ADP_NS_PER_S)

struct adp_machine_table {
    GHashTable *twice; /* hash of a ticket that more than one step got: it proves nothing */
    GHashTable *ties;  /* "address|what|name", owned -> key of the last client with it */
};

adp_machine_table *adp_machine_table_new(void)
{
    adp_machine_table *t = g_new0(adp_machine_table, 1);

    t->twice = g_hash_table_new_full(adp_int64_hash, g_int64_equal, g_free, NULL);
    t->ties = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    return t;
}

void adp_machine_table_free(adp_machine_table *t)
{
    g_hash_table_unref(t->twice);
    g_hash_table_unref(t->ties);
    g_free(t);
}

/* ---- names ---- */

static guint32 by_ping(adp_model *model, guint32 address, const adp_ping_request *ping)
{
    const char *name = adp_machine_name_in(ping);
    guint32 number = adp_machine_by_name(model, address, name);
    adp_machine *m;

    if (number == ADP_NONE) {
        number = adp_machine_add(model, address, name);
    }
    if (number == ADP_NONE) {
        return ADP_NONE;
    }
    m = adp_machine_at(model, number);
    if (!m->whole && strchr(name, '.')) {
        m->name = name;
        m->whole = TRUE;
    }
    return number;
}

/* "PC1" of "PC1$"; NULL when it is no such account. Free with g_free(). */
static char *host_of_account(const char *client)
{
    gsize len = client ? strlen(client) : 0;

    return len > 1 && client[len - 1] == '$' ? g_strndup(client, len - 1) : NULL;
}

/* ---- what tells whose a message is ---- */

static const adp_obs_krb *kerberos_of(const adp_obs *obs)
{
    switch (obs->type) {
    case ADP_OBS_KDC_REQUEST:
    case ADP_OBS_KDC_REPLY:
    case ADP_OBS_AP_REQUEST:
    case ADP_OBS_AP_REPLY:
        return obs->u.krb;
    default:
        return NULL;
    }
}

/* Hash of a ticket that the message shows to a service, or to a KDC; 0: none. */
static guint64 shown_ticket(const adp_obs *obs)
{
    if (obs->type == ADP_OBS_LDAP_BIND) {
        return obs->u.bind->ticket_hash;
    }
    if (obs->type == ADP_OBS_KDC_REQUEST) {
        return obs->u.krb->shown_hash;
    }
    return obs->type == ADP_OBS_AP_REQUEST && obs->u.krb->has_ticket ? obs->u.krb->ticket_hash : 0;
}

/* The step in which a KDC gave the ticket to the same address; NULL: none. */
static const adp_step *origin(const adp_model *model, const adp_obs *obs)
{
    guint64 hash = shown_ticket(obs);
    guint32 found = hash ? adp_model_ticket(model, hash) : ADP_NONE;
    const adp_step *step;

    if (found == ADP_NONE || g_hash_table_contains(model->derived.machines->twice, &hash)) {
        return NULL;
    }
    step = adp_model_step(model, adp_model_mark(model, found)->step);
    return step->flow.client == obs->flow.client ? step : NULL;
}

static guint32 by_account(const adp_model *model, const adp_obs *obs)
{
    const adp_obs_krb *krb = kerberos_of(obs);
    char *host = krb && krb->carrier == ADP_CARRIER_KDC ? host_of_account(krb->client) : NULL;
    guint32 number = host ? adp_machine_by_name(model, obs->flow.client, host) : ADP_NONE;

    g_free(host);
    return number;
}

/* What tells without making anybody known. */
static guint32 known(const adp_model *model, const adp_obs *obs)
{
    const adp_conn *conn =
        obs->flow.transport == ADP_TCP ? adp_find_conn(&model->derived, &obs->flow) : NULL;
    const adp_step *from;
    guint32 number;

    if (conn && conn->machine != ADP_NONE &&
        adp_machine_at(model, conn->machine)->address == obs->flow.client) {
        return conn->machine;
    }
    number = by_account(model, obs);
    if (number != ADP_NONE) {
        return number;
    }
    from = origin(model, obs);
    return from ? from->machine : ADP_NONE;
}

/* ---- the proof ---- */

static gboolean follows_at_once(const adp_model *model, const adp_machine_users *u, guint32 number,
                                gint64 time)
{
    return adp_machine_at(model, number)->whole && adp_machine_at(model, u->last)->whole &&
           adp_since(time, u->last_time) <= REBOOT;
}

static void share(adp_model *model, guint32 address, adp_machine_users *u)
{
    adp_called *entry = adp_address_called(&model->derived, address);

    entry->is_shared = entry->has_names = TRUE;
    entry->name = NULL;
    u->recent = adp_client_machine(model, u->last);
}

/* Two names, and no proof of two machines: a DNS name counts more than what a tool says. */
static void call(const adp_model *model, adp_called *entry, guint32 a, guint32 b)
{
    const adp_machine *x = adp_machine_at(model, a);
    const adp_machine *y = adp_machine_at(model, b);

    if (x->whole == y->whole || entry->has_names) {
        entry->has_names = TRUE;
        entry->name = NULL;
    } else {
        entry->name = x->whole ? x->name : y->name;
    }
}

/* Returns whether this proves the address to be several machines'. */
static gboolean meet(adp_model *model, guint32 address, guint32 number, gboolean is_new,
                     gint64 time)
{
    adp_machine_users *u = adp_machine_users_of(model, address);
    adp_called *entry = adp_address_called(&model->derived, address);
    gboolean proven = FALSE;

    if (number != u->last && !entry->is_shared) {
        call(model, entry, u->last, number);
        if (!is_new || follows_at_once(model, u, number, time)) {
            share(model, address, u);
            proven = TRUE;
        }
    }
    u->last = number;
    u->last_time = time;
    return proven;
}

guint32 adp_machine_of(adp_model *model, adp_step_kind kind, const adp_obs *obs, gboolean *proven)
{
    guint32 address = obs->flow.client;
    guint before = adp_machine_count(model, address);
    guint32 number;

    *proven = FALSE;
    if (kind == ADP_STEP_PING && obs->type == ADP_OBS_LDAP_SEARCH) {
        number = by_ping(model, address, &obs->u.search->ping);
    } else if (!before) {
        return ADP_NONE;
    } else {
        number = known(model, obs);
        if (number == ADP_NONE && adp_model_is_shared(model, address)) {
            const adp_obs_krb *krb = kerberos_of(obs);
            char *host =
                krb && krb->carrier == ADP_CARRIER_KDC ? host_of_account(krb->client) : NULL;

            if (host) {
                number = adp_machine_add(
                    model, address, adp_arena_strndup(model->derived.arena, host, strlen(host)));
            }
            g_free(host);
        }
    }
    if (number != ADP_NONE) {
        *proven =
            meet(model, address, number, adp_machine_count(model, address) > before, obs->time);
    }
    return number;
}

guint32 adp_machine_behind(const adp_model *model, const adp_step *step)
{
    return step->machine != ADP_NONE ? step->machine
                                     : known(model, adp_model_obs(model, step->first));
}

/* The answer to a service that asks in a user's name has that user's name. */
static gboolean asks_for_another(const adp_model *model, const adp_step *step)
{
    const adp_obs_krb *ask =
        step->request != ADP_NONE ? adp_model_obs(model, step->request)->u.krb : NULL;

    return ask && (adp_krb_is_s4u2self(ask) || adp_krb_is_s4u2proxy(ask));
}

void adp_machine_answered(adp_model *model, guint32 index, const adp_obs *reply)
{
    adp_derived *d = &model->derived;
    adp_step *step = adp_step_at(d, index);
    const adp_obs_krb *krb = reply->u.krb;
    guint32 given =
        krb->has_ticket && krb->ticket_hash ? adp_model_ticket(model, krb->ticket_hash) : ADP_NONE;

    if (given != ADP_NONE && adp_mark_at(d, given)->step != index) {
        g_hash_table_add(d->machines->twice,
                         g_memdup2(&krb->ticket_hash, sizeof(krb->ticket_hash)));
    }
    if (step->machine != ADP_NONE || asks_for_another(model, step)) {
        return;
    }
    step->machine = by_account(model, reply);
    /* It may stand in another machine's path; it is then better nobody's. */
    if (step->machine != ADP_NONE && adp_path_at(d, step->path)->client.machine == step->machine) {
        step->client = adp_client_machine(model, step->machine);
    }
}

/* ---- ties: what a step without a name fits to ---- */

static const char *host_in(const adp_obs *obs)
{
    switch (obs->type) {
    case ADP_OBS_DNS_QUERY:
    case ADP_OBS_DNS_REPLY:
        return obs->u.dns->parts->service ? NULL : obs->u.dns->name;
    case ADP_OBS_TLS:
        return obs->u.tls->sni;
    case ADP_OBS_HTTP_REQUEST:
        return obs->u.http->host;
    default:
        return NULL;
    }
}

static const char *domain_in(const adp_obs *obs)
{
    switch (obs->type) {
    case ADP_OBS_DNS_QUERY:
    case ADP_OBS_DNS_REPLY:
        return obs->u.dns->parts->service ? obs->u.dns->parts->domain : NULL;
    case ADP_OBS_LDAP_SEARCH:
        return obs->u.search->ping.domain;
    case ADP_OBS_KDC_REQUEST:
        return obs->u.krb->realm;
    default:
        return NULL;
    }
}

static const char *user_in(const adp_obs *obs)
{
    const adp_obs_krb *krb = kerberos_of(obs);

    return krb ? krb->client : NULL;
}

typedef const char *(*tie)(const adp_obs *obs);
static const tie ties[] = {user_in, host_in, domain_in};

/* NULL when the message has no such tie. Free with g_free(). */
static char *tie_key(const adp_obs *obs, guint which)
{
    const char *name = ties[which](obs);
    char *lower = name && *name ? g_ascii_strdown(name, -1) : NULL;
    char *key = lower ? g_strdup_printf("%u|%u|%s", obs->flow.client, which, lower) : NULL;

    g_free(lower);
    return key;
}

/* The machine of this address that a client of an earlier step is; else nobody. */
static adp_client machine_there(const adp_model *model, guint32 address, adp_client client)
{
    adp_client now = adp_model_owner(model, adp_machine_then(model, client));

    return adp_is_machine(now) && now.address == address ? now : adp_client_at(ADP_NONE);
}

adp_client adp_machine_guess(const adp_model *model, const adp_obs *obs)
{
    const adp_derived *d = &model->derived;
    const adp_conn *conn = obs->flow.transport == ADP_TCP ? adp_find_conn(d, &obs->flow) : NULL;
    const adp_step *from = origin(model, obs);
    adp_client found =
        machine_there(model, obs->flow.client, conn ? conn->placed : adp_client_at(ADP_NONE));
    guint i;

    if (adp_is_nobody(found) && from) {
        found = machine_there(model, obs->flow.client, adp_model_path(model, from->path)->client);
    }
    if (!adp_is_nobody(found)) {
        return found;
    }
    for (i = 0; i < G_N_ELEMENTS(ties); i++) {
        /* Each machine asks DNS for itself; what comes next is of the one that asked last. */
        char *key = ties[i] == host_in && obs->type == ADP_OBS_DNS_QUERY ? NULL : tie_key(obs, i);
        gpointer tied = key ? g_hash_table_lookup(d->machines->ties, key) : NULL;

        g_free(key);
        if (tied) {
            return adp_client_of_key(model, tied);
        }
    }
    return adp_machine_users_of(model, obs->flow.client)->recent;
}

void adp_machine_placed(adp_model *model, const adp_obs *obs, adp_client client)
{
    guint i;

    adp_machine_users_of(model, obs->flow.client)->recent = client;
    for (i = 0; i < G_N_ELEMENTS(ties); i++) {
        char *key = tie_key(obs, i);

        if (key) {
            g_hash_table_replace(model->derived.machines->ties, key, adp_client_key(client));
        }
    }
}
