/* client.c
 * Which addresses are one client's: IPv4 beside IPv6.
 *
 * A machine with both asks DNS over one and goes to the controller over the other. That two
 * addresses are one machine's is never guessed from time alone. It takes one of
 *   - a ping that names the machine as one of the other address did (MS-ADTS 6.3.3),
 *   - a ticket that a KDC gave to the other address, byte by byte,
 *   - with the first step of an address, a server's address that DNS gave to the other one alone, a moment before, while the
 *     link-layer addresses are the same and nobody else's (or, where the capture has none,
 *     while there is no other client of that family).
 *   - the same locator name, that the other address asked for in vain a moment before, while the link-layer addresses
 *     are the same and nobody else's: a machine with a resolver of each family asks the next one.
 * Steps from before the proof stay in the path where they were shown.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/client.h"

#include "join/derived.h"
#include "join/identity.h"
#include "join/model.h"
#include "log/log.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/table.h"
#include "wire/text.h"

/* A client goes to an address soon after it was told it. */
#define FRESH (60 * ADP_NS_PER_S)

/* AT_IPv4 and AT_IPv6 have addresses of these lengths. */
#define V4_LEN 4
#define V6_LEN 16

/** The client that DNS gave an address last, and the one before. */
typedef struct {
    adp_client client;
    guint32 obs;
    adp_client other;
    guint32 other_obs;
} resolver;

/* A resolver that does not know a name, or does not answer, is given up for the next one after so long. */
#define NEXT_RESOLVER (15 * ADP_NS_PER_S)

/** Who asked for a locator name last, of those that send from one link-layer address. */
typedef struct {
    adp_client client;
    gint64 time;
    gboolean known;
} asker;

/** How many clients of each family send from one link-layer address. */
typedef struct {
    guint v4;
    guint v6;
} link_users;

/** A link-layer address that somebody sends from. */
typedef struct {
    guint64 link;
    link_users users;
} card;

struct adp_client_table {
    GHashTable *joined;    /* key of a client -> key of its second address */
    adp_table *links;      /* number of a client -> its network card in `cards` + 1 */
    adp_table *by_link;    /* link-layer address -> the same */
    GArray *cards;         /* of card */
    GHashTable *machines;  /* lower-case name, owned -> key of its client, or AMBIGUOUS */
    GHashTable *resolvers; /* address + 1 -> resolver, owned */
    adp_rows *askers;      /* hash of a link-layer address and a locator name -> asker */
    link_users all;
};

#define AMBIGUOUS GUINT_TO_POINTER(G_MAXUINT32)

adp_client_table *adp_client_table_new(void)
{
    adp_client_table *t = g_new0(adp_client_table, 1);

    t->joined = g_hash_table_new(NULL, NULL);
    t->links = adp_table_new();
    t->by_link = adp_table_new();
    t->cards = g_array_new(FALSE, TRUE, sizeof(card));
    t->machines = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    t->resolvers = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    t->askers = adp_rows_new(sizeof(asker), NULL);
    return t;
}

void adp_client_table_free(adp_client_table *t)
{
    g_hash_table_unref(t->joined);
    adp_table_free(t->links);
    adp_table_free(t->by_link);
    g_array_unref(t->cards);
    g_hash_table_unref(t->machines);
    g_hash_table_unref(t->resolvers);
    adp_rows_free(t->askers);
    g_free(t);
}

/* ---- families and links ---- */

static guint8 length_of(const adp_model *model, guint32 address)
{
    return adp_log_address_len(model->log, address);
}

/* One is of IPv4, the other of IPv6. */
static gboolean differ_in_family(const adp_model *model, guint32 a, guint32 b)
{
    guint8 x = length_of(model, a);
    guint8 y = length_of(model, b);

    return (x == V4_LEN && y == V6_LEN) || (x == V6_LEN && y == V4_LEN);
}

static void count(link_users *users, guint8 len)
{
    users->v4 += len == V4_LEN;
    users->v6 += len == V6_LEN;
}

static guint users_of_family(const link_users *users, guint8 len)
{
    return len == V4_LEN ? users->v4 : users->v6;
}

static void remember_link(adp_model *model, const adp_obs *obs)
{
    adp_client_table *t = model->derived.joins;
    guint32 number;

    count(&t->all, length_of(model, obs->flow.client));
    if (!obs->link) {
        return;
    }
    number = adp_table_get(t->by_link, obs->link);
    if (!number) {
        card fresh = {.link = obs->link};

        g_array_append_val(t->cards, fresh);
        number = t->cards->len;
        adp_table_set(t->by_link, obs->link, number);
    }
    adp_table_set(t->links, adp_client_number(adp_client_at(obs->flow.client)), number);
    count(&g_array_index(t->cards, card, number - 1).users, length_of(model, obs->flow.client));
}

/* The card that the client sends from; NULL when the capture has none. */
static const card *card_of(const adp_model *model, adp_client client)
{
    const adp_client_table *t = model->derived.joins;
    guint32 number = adp_table_get(t->links, adp_client_number(client));

    return number ? &g_array_index(t->cards, card, number - 1) : NULL;
}

guint adp_client_card_users(const adp_model *model, guint32 address)
{
    const card *its = card_of(model, adp_client_at(address));

    return its ? users_of_family(&its->users, length_of(model, address)) : 0;
}

/* ---- evidence ---- */

/* Several machines named themselves there: the address alone does not tell which it is. */
static gboolean is_anybodys(const adp_model *model, adp_client client)
{
    return !adp_is_machine(client) && adp_machine_count(model, client.address) > 1;
}

/* May it be the client of the observation at all? */
static gboolean is_possible(const adp_model *model, const adp_obs *obs, adp_client client)
{
    const card *its = card_of(model, client);

    return !adp_is_nobody(client) && !is_anybodys(model, client) &&
           !is_anybodys(model, adp_client_at(obs->flow.client)) &&
           differ_in_family(model, client.address, obs->flow.client) &&
           !g_hash_table_contains(model->derived.joins->joined, adp_client_key(client)) &&
           (!its || !obs->link || its->link == obs->link);
}

static char *machine_name(const adp_ping_request *ping)
{
    const char *name = ping->dns_host && *ping->dns_host ? ping->dns_host : NULL;
    char *text;
    char *lower;

    if (!name && !(ping->host && *ping->host && ping->domain)) {
        return NULL;
    }
    /* NetBIOS names are unique in a domain only. */
    text = name ? g_strdup(name) : g_strdup_printf("%s|%s", ping->host, ping->domain);
    lower = g_ascii_strdown(text, -1);
    g_free(text);
    return lower;
}

static adp_client by_name(const adp_model *model, const adp_obs *obs)
{
    char *name = obs->type == ADP_OBS_LDAP_SEARCH ? machine_name(&obs->u.search->ping) : NULL;
    gpointer found = name ? g_hash_table_lookup(model->derived.joins->machines, name) : NULL;

    adp_client client = adp_client_of_key(model, found != AMBIGUOUS ? found : NULL);
    guint32 machine;

    g_free(name);
    if (adp_is_nobody(client) || !adp_model_is_shared(model, client.address)) {
        return client;
    }
    machine = adp_machine_find(model, client.address, &obs->u.search->ping);
    return machine != ADP_NONE ? adp_client_machine(model, machine) : adp_client_at(ADP_NONE);
}

static adp_client by_ticket(const adp_model *model, const adp_obs *obs)
{
    guint32 given =
        obs->u.krb->has_ticket && obs->u.krb->ticket_hash && obs->type == ADP_OBS_AP_REQUEST
            ? adp_model_ticket(model, obs->u.krb->ticket_hash)
            : ADP_NONE;
    guint32 step = given != ADP_NONE ? adp_model_mark(model, given)->step : ADP_NONE;

    return step != ADP_NONE ? adp_model_owner(model, adp_model_step(model, step)->client)
                            : adp_client_at(ADP_NONE);
}

/* Nobody else of its family could have been meant. */
static gboolean is_alone(const adp_model *model, const adp_obs *obs, adp_client client)
{
    const adp_client_table *t = model->derived.joins;
    const card *its = card_of(model, client);
    const link_users *users = its && obs->link ? &its->users : &t->all;

    return users_of_family(users, length_of(model, client.address)) == 1;
}

static guint64 question_key(const adp_obs *obs)
{
    return adp_hash_lower(obs->link, obs->u.dns->name);
}

static gboolean is_question(adp_step_kind kind, const adp_obs *obs)
{
    return kind == ADP_STEP_SRV && !obs->from_server && obs->link && !obs->u.dns->by_mdns;
}

/* Does the card send for nobody else of the observation's own family? */
static gboolean is_only_of_family(const adp_model *model, const adp_obs *obs, const card *its)
{
    guint self = card_of(model, adp_client_at(obs->flow.client)) != NULL;

    return users_of_family(&its->users, length_of(model, obs->flow.client)) == self;
}

/* The client of the same card that asked for the same locator name just before. */
static adp_client by_question(const adp_model *model, const adp_obs *obs)
{
    const asker *a = adp_rows_find(model->derived.joins->askers, question_key(obs));

    return a && a->known && adp_since(obs->time, a->time) <= NEXT_RESOLVER &&
                   card_of(model, a->client) &&
                   is_only_of_family(model, obs, card_of(model, a->client)) &&
                   is_alone(model, obs, a->client)
               ? a->client
               : adp_client_at(ADP_NONE);
}

static void note_question(adp_model *model, adp_step_kind kind, const adp_obs *obs,
                          adp_client client)
{
    if (is_question(kind, obs)) {
        asker *a = adp_rows_need(model->derived.joins->askers, question_key(obs));

        *a = (asker){.client = client, .time = obs->time, .known = TRUE};
    }
}

static gboolean was_told(const adp_model *model, const adp_obs *obs, adp_client client,
                         guint32 when)
{
    return is_possible(model, obs, client) &&
           adp_since(obs->time, adp_model_obs(model, when)->time) <= FRESH;
}

/* The client to which alone DNS gave the server's address. */
static adp_client by_resolution(const adp_model *model, const adp_obs *obs)
{
    const resolver *r = g_hash_table_lookup(model->derived.joins->resolvers,
                                            GUINT_TO_POINTER(obs->flow.server + 1));
    gboolean last = r && was_told(model, obs, r->client, r->obs);
    gboolean before = r && was_told(model, obs, r->other, r->other_obs);
    adp_client client;

    if (last == before) {
        return adp_client_at(ADP_NONE);
    }
    client = last ? r->client : r->other;
    return is_alone(model, obs, client) ? client : adp_client_at(ADP_NONE);
}

adp_client adp_client_told(const adp_model *model, guint32 i)
{
    const adp_obs *obs = adp_model_obs(model, i);
    const resolver *r = g_hash_table_lookup(model->derived.joins->resolvers,
                                            GUINT_TO_POINTER(obs->flow.server + 1));

    return r && adp_is_nobody(r->other) && r->obs < i && was_told(model, obs, r->client, r->obs)
               ? r->client
               : adp_client_at(ADP_NONE);
}

/* What proves it at any time. */
static adp_client proven(const adp_model *model, adp_step_kind kind, const adp_obs *obs)
{
    adp_client client = adp_client_at(ADP_NONE);

    if (kind == ADP_STEP_PING) {
        client = by_name(model, obs);
    } else if (kind == ADP_STEP_KERBEROS) {
        client = by_ticket(model, obs);
    } else if (is_question(kind, obs)) {
        client = by_question(model, obs);
    }
    return is_possible(model, obs, client) ? client : adp_client_at(ADP_NONE);
}

static adp_client partner_of(const adp_model *model, adp_step_kind kind, const adp_obs *obs)
{
    adp_client client = proven(model, kind, obs);

    /* A client that asks DNS itself does not need another address's answers. */
    if (adp_is_nobody(client) && kind != ADP_STEP_SRV && kind != ADP_STEP_ADDRESS &&
        !obs->from_server) {
        client = by_resolution(model, obs);
    }
    return client;
}

adp_client adp_client_again(adp_model *model, adp_step_kind kind, const adp_obs *obs)
{
    adp_client_table *t = model->derived.joins;
    adp_client client = adp_model_client(model, obs->flow.client);
    adp_client own = adp_client_at(obs->flow.client);
    adp_client partner;

    /* An address to which another was joined already is not joined to a third. */
    if (!adp_same_client(client, own) || g_hash_table_contains(t->joined, adp_client_key(own))) {
        note_question(model, kind, obs, client);
        return client;
    }
    partner = proven(model, kind, obs);
    if (adp_is_nobody(partner) || adp_same_client(partner, client)) {
        note_question(model, kind, obs, client);
        return client;
    }
    g_hash_table_insert(t->joined, adp_client_key(partner), adp_client_key(own));
    g_hash_table_replace(model->derived.identity->owner, adp_client_key(own),
                         adp_client_key(partner));
    return partner;
}

adp_client adp_client_hand_over(adp_model *model, guint32 address, guint32 machine)
{
    adp_client_table *t = model->derived.joins;
    gpointer own = adp_client_key(adp_client_at(address));
    gpointer now = adp_client_key(adp_client_machine(model, machine));
    adp_client client = adp_model_client(model, address);
    gpointer second = g_hash_table_lookup(t->joined, adp_client_key(client));

    if (second) {
        g_hash_table_insert(t->joined, now, second);
        /* The other of both addresses is this machine's alone. */
        g_hash_table_replace(model->derived.identity->owner,
                             adp_client_key(client) == own ? second : adp_client_key(client), now);
    }
    g_hash_table_replace(model->derived.identity->owner, own, own);
    return client;
}

adp_client adp_client_begin(adp_model *model, adp_step_kind kind, const adp_obs *obs)
{
    gpointer own = adp_client_key(adp_client_at(obs->flow.client));
    adp_client client = partner_of(model, kind, obs);

    if (adp_is_nobody(client)) {
        client = adp_client_at(obs->flow.client);
    } else {
        g_hash_table_insert(model->derived.joins->joined, adp_client_key(client), own);
    }
    g_hash_table_insert(model->derived.identity->owner, own, adp_client_key(client));
    remember_link(model, obs);
    note_question(model, kind, obs, client);
    return client;
}

/* ---- what is remembered ---- */

void adp_client_note_ping(adp_model *model, const adp_obs *obs)
{
    GHashTable *machines = model->derived.joins->machines;
    gpointer client = adp_client_key(adp_model_client(model, obs->flow.client));
    char *name = machine_name(&obs->u.search->ping);
    gpointer known = name ? g_hash_table_lookup(machines, name) : NULL;

    if (!name || known == client) {
        g_free(name);
    } else {
        g_hash_table_replace(machines, name, known ? AMBIGUOUS : client);
    }
}

static void note_address(adp_client_table *t, guint32 address, adp_client client, guint32 i)
{
    gpointer key = GUINT_TO_POINTER(address + 1);
    resolver *r = g_hash_table_lookup(t->resolvers, key);

    if (!r) {
        r = g_new0(resolver, 1);
        r->client = client;
        r->other = adp_client_at(ADP_NONE);
        g_hash_table_insert(t->resolvers, key, r);
    } else if (!adp_same_client(r->client, client)) {
        r->other = r->client;
        r->other_obs = r->obs;
        r->client = client;
    }
    r->obs = i;
}

/* Whoever has its records need not ask for them anew. */
static void note_records(adp_model *model, const adp_obs *obs)
{
    asker *a = obs->link && obs->u.dns->said->records.count && obs->u.dns->name
                   ? adp_rows_find(model->derived.joins->askers, question_key(obs))
                   : NULL;

    if (a) {
        a->known = FALSE;
    }
}

void adp_client_note_answer(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_client client = adp_model_client(model, obs->flow.client);
    guint h;

    note_records(model, obs);
    for (h = 0; h < obs->u.dns->said->hosts.count; h++) {
        if (obs->u.dns->said->hosts.items[h].address != ADP_NONE) {
            note_address(model->derived.joins, obs->u.dns->said->hosts.items[h].address, client, i);
        }
    }
}
