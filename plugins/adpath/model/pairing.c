/* pairing.c
 * Which step an observation belongs to. One pass over the log, constant work
 * for each observation, no look ahead.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "model_private.h"

#include "codes.h"
#include "path.h"
#include "text.h"

#include <string.h>

/*
 * The same bytes again so soon are a second capture of one packet (a mirror
 * port, two taps), not a repetition: no client repeats within a millisecond.
 */
#define COPY_WINDOW (ADP_NS_PER_S / 1000)
/*
 * Identical bytes on the same ports later than this are a new request: Windows
 * pings with message id 1 for ever. Resolvers, locators and KDC clients repeat
 * within this time (from memory).
 */
#define RETRY_WINDOW (30 * ADP_NS_PER_S)

/** What kind of exchange a key belongs to, so that ids do not meet. */
typedef enum {
    SPACE_DNS,
    SPACE_SEARCH,
    SPACE_KDC,
    SPACE_STREAM
} key_space;

typedef struct {
    guint8 space;
    guint8 transport;
    guint16 client_port;
    guint16 server_port;
    guint32 client;
    guint32 server;
    guint32 stream;
    guint32 id;
    guint64 extra;
} pair_key;

typedef struct {
    guint8 type;
    guint16 client_port;
    guint16 server_port;
    guint32 id;
    guint64 hash;
} copy_key;

static guint pair_hash(gconstpointer data)
{
    return (guint)adp_hash_bytes(ADP_HASH_SEED, data, sizeof(pair_key));
}

static gboolean pair_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(pair_key)) == 0;
}

static guint copy_hash(gconstpointer data)
{
    return (guint)((const copy_key *)data)->hash;
}

static gboolean copy_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(copy_key)) == 0;
}

static void ranks_free(gpointer data)
{
    g_free(((adp_ranks *)data)->ranks);
    g_free(data);
}

void adp_derived_init(adp_derived *d)
{
    d->marks = g_array_new(FALSE, TRUE, sizeof(adp_mark));
    d->steps = g_array_new(FALSE, TRUE, sizeof(adp_step));
    d->paths = g_array_new(FALSE, TRUE, sizeof(adp_path));
    g_array_set_clear_func(d->paths, adp_path_clear);
    d->clients = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    d->open = g_hash_table_new_full(pair_hash, pair_equal, g_free, NULL);
    d->copies = g_hash_table_new_full(copy_hash, copy_equal, g_free, NULL);
    d->conns = g_hash_table_new_full(pair_hash, pair_equal, g_free, g_free);
    d->hosts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    d->generic = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    d->troubles =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
    d->ranks = g_hash_table_new_full(NULL, NULL, NULL, ranks_free);
}

void adp_derived_clear(adp_derived *d)
{
    g_array_unref(d->marks);
    g_array_unref(d->steps);
    g_array_unref(d->paths);
    g_hash_table_unref(d->clients);
    g_hash_table_unref(d->open);
    g_hash_table_unref(d->copies);
    g_hash_table_unref(d->conns);
    g_hash_table_unref(d->hosts);
    g_hash_table_unref(d->generic);
    g_hash_table_unref(d->troubles);
    g_hash_table_unref(d->ranks);
    memset(d, 0, sizeof(*d));
}

/* ---- keys ---- */

static void stream_key(pair_key *key, const adp_flow *flow)
{
    memset(key, 0, sizeof(*key));
    key->space = SPACE_STREAM;
    key->transport = (guint8)flow->transport;
    key->stream = flow->stream;
    if (flow->stream == ADP_NONE) {
        key->client = flow->client;
        key->server = flow->server;
        key->client_port = flow->client_port;
        key->server_port = flow->server_port;
    }
}

static void exchange_key(pair_key *key, key_space space, const adp_flow *flow, guint32 id,
                         guint64 extra)
{
    memset(key, 0, sizeof(*key));
    key->space = (guint8)space;
    key->transport = (guint8)flow->transport;
    key->client = flow->client;
    key->server = flow->server;
    key->client_port = flow->client_port;
    key->server_port = flow->server_port;
    /* A port pair used again for another connection is another stream. */
    key->stream = flow->transport == ADP_TCP ? flow->stream : 0;
    key->id = id;
    key->extra = extra;
}

static guint64 question_hash(const char *name)
{
    char *lower = g_ascii_strdown(name, -1);
    guint64 hash = adp_hash_bytes(ADP_HASH_SEED, (const guint8 *)lower, strlen(lower));

    g_free(lower);
    return hash;
}

static void key_of(pair_key *key, const adp_obs *obs)
{
    switch (obs->type) {
    case ADP_OBS_DNS_QUERY:
    case ADP_OBS_DNS_REPLY:
        exchange_key(key, SPACE_DNS, &obs->flow, obs->id, question_hash(obs->u.dns->name));
        break;
    case ADP_OBS_KDC_REQUEST:
    case ADP_OBS_KDC_REPLY:
        exchange_key(key, SPACE_KDC, &obs->flow, 0, 0);
        break;
    default:
        exchange_key(key, SPACE_SEARCH, &obs->flow, obs->id, 0);
        break;
    }
}

static guint32 open_step(const adp_derived *d, const pair_key *key)
{
    gpointer found = g_hash_table_lookup(d->open, key);

    return found ? GPOINTER_TO_UINT(found) - 1 : ADP_NONE;
}

static void set_open_step(adp_derived *d, const pair_key *key, guint32 step)
{
    g_hash_table_insert(d->open, g_memdup2(key, sizeof(*key)), GUINT_TO_POINTER(step + 1));
}

static adp_conn *find_conn(const adp_derived *d, const adp_flow *flow)
{
    pair_key key;

    stream_key(&key, flow);
    return g_hash_table_lookup(d->conns, &key);
}

static adp_conn *need_conn(adp_derived *d, const adp_flow *flow)
{
    adp_conn *conn = find_conn(d, flow);
    pair_key key;

    if (conn) {
        return conn;
    }
    conn = g_new0(adp_conn, 1);
    conn->flow = *flow;
    conn->bind = conn->ap = conn->ap_request = conn->hidden = ADP_NONE;
    stream_key(&key, flow);
    g_hash_table_insert(d->conns, g_memdup2(&key, sizeof(key)), conn);
    return conn;
}

/* ---- steps and paths ---- */

static adp_step *step_at(adp_derived *d, guint32 i)
{
    return &g_array_index(d->steps, adp_step, i);
}

static adp_mark *mark_at(adp_derived *d, guint32 i)
{
    return &g_array_index(d->marks, adp_mark, i);
}

static const adp_obs *obs_at(const adp_model *model, guint32 i)
{
    return &g_array_index(model->log, adp_obs, i);
}

static adp_path *path_at(adp_derived *d, guint32 i)
{
    return &g_array_index(d->paths, adp_path, i);
}

/* Appends the observation to the step's chain and gives it its mark. */
static void attach(adp_derived *d, guint32 step_index, guint32 i)
{
    adp_step *step = step_at(d, step_index);
    adp_mark mark = {.step = step_index, .next = ADP_NONE};

    g_array_append_val(d->marks, mark);
    if (step->first == ADP_NONE) {
        step->first = i;
    } else {
        mark_at(d, step->last)->next = i;
    }
    step->last = i;
}

/* The mark tells what was known at its observation, so it is written last. */
static gboolean finish(adp_derived *d, guint32 i)
{
    adp_mark *mark = mark_at(d, i);
    const adp_step *step = step_at(d, mark->step);

    mark->reply = step->reply;
    mark->retries = step->retries;
    mark->count = step->count;
    return TRUE;
}

static guint32 new_step(adp_model *model, adp_step_kind kind, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    adp_step step = {
        .kind = kind,
        .flow = obs->flow,
        .request = ADP_NONE,
        .reply = ADP_NONE,
        .netlogon = ADP_NONE,
        .older = ADP_NONE,
        .first = ADP_NONE,
        .last = ADP_NONE,
    };
    guint32 index = d->steps->len;
    const adp_conn *conn = find_conn(d, &obs->flow);
    adp_path *path;

    if (kind != ADP_STEP_SRV && kind != ADP_STEP_KERBEROS && conn) {
        step.mechanism = conn->mechanism;
    }
    step.server_name = adp_model_address_name(model, obs->flow.server);
    step.path = adp_path_for(model, kind, obs, &step.after_pause);
    path = path_at(d, step.path);
    step.path_index = path->steps->len;
    g_array_append_val(path->steps, index);
    g_array_append_val(d->steps, step);
    attach(d, index, i);
    return index;
}

/* ---- copies and repetitions ---- */

/*
 * Addresses may differ between a packet and its copy (one before, one behind a
 * translation), but the same question to another server is a question of its
 * own, and so is the answer to it.
 */
static gboolean may_be_copy(const adp_model *model, const adp_obs *obs, guint32 other)
{
    const adp_obs *before = obs_at(model, other);
    pair_key key;
    guint32 open;

    if (!obs->from_server) {
        return obs->flow.server == before->flow.server;
    }
    key_of(&key, obs);
    open = open_step(&model->derived, &key);
    return open == ADP_NONE || open == adp_model_mark(model, other)->step ||
           adp_model_step(model, open)->request == ADP_NONE;
}

static void copy_key_of(copy_key *key, const adp_obs *obs)
{
    memset(key, 0, sizeof(*key));
    key->type = (guint8)obs->type;
    key->client_port = obs->flow.client_port;
    key->server_port = obs->flow.server_port;
    key->id = obs->id;
    key->hash = obs->hash;
}

/* The step of the same PDU captured a moment ago, else ADP_NONE. */
static guint32 step_of_copy(const adp_model *model, const adp_obs *obs)
{
    const adp_derived *d = &model->derived;
    const adp_obs *before;
    copy_key key;
    gpointer found;
    gint64 apart;
    guint32 other;

    copy_key_of(&key, obs);
    found = g_hash_table_lookup(d->copies, &key);
    if (!found) {
        return ADP_NONE;
    }
    other = GPOINTER_TO_UINT(found) - 1;
    before = obs_at(model, other);
    apart = adp_since(obs->time, before->time);
    if (apart < -COPY_WINDOW || apart > COPY_WINDOW || !may_be_copy(model, obs, other)) {
        return ADP_NONE;
    }
    return adp_model_mark(model, other)->step;
}

static void remember_for_copies(adp_derived *d, const adp_obs *obs, guint32 i)
{
    copy_key key;

    copy_key_of(&key, obs);
    g_hash_table_insert(d->copies, g_memdup2(&key, sizeof(key)), GUINT_TO_POINTER(i + 1));
}

static gboolean attach_copy(adp_derived *d, guint32 step, guint32 i)
{
    attach(d, step, i);
    mark_at(d, i)->copy = TRUE;
    return finish(d, i);
}

static gboolean is_repetition(const adp_model *model, const adp_step *step, const adp_obs *obs)
{
    const adp_obs *request;

    /* TCP repeats segments, not messages: the same bytes there are asked anew. */
    if (step->request == ADP_NONE || obs->flow.transport == ADP_TCP) {
        return FALSE;
    }
    request = obs_at(model, step->request);
    return request->hash == obs->hash && request->type == obs->type &&
           adp_since(obs->time, obs_at(model, step->last)->time) <= RETRY_WINDOW;
}

/* Two taps may deliver a request a moment after its answer. */
#define LATE_WINDOW (5 * (ADP_NS_PER_S / 1000))

static gboolean came_late(const adp_model *model, const adp_step *step, const adp_obs *obs)
{
    gint64 apart;

    if (step->request != ADP_NONE || step->reply == ADP_NONE) {
        return FALSE;
    }
    apart = adp_since(obs->time, obs_at(model, step->reply)->time);
    return apart >= -LATE_WINDOW && apart <= LATE_WINDOW;
}

/* A request that is paired by an id: a repetition, or a new step of `kind`. */
static guint32 feed_request(adp_model *model, const adp_obs *obs, guint32 i, adp_step_kind kind)
{
    adp_derived *d = &model->derived;
    pair_key key;
    guint32 index;

    key_of(&key, obs);
    index = open_step(d, &key);
    if (index != ADP_NONE && is_repetition(model, step_at(d, index), obs)) {
        attach(d, index, i);
        step_at(d, index)->retries++;
        return index;
    }
    if (index != ADP_NONE && came_late(model, step_at(d, index), obs)) {
        attach(d, index, i);
        step_at(d, index)->request = i;
        return index;
    }
    {
        guint32 older = index;

        index = new_step(model, kind, obs, i);
        step_at(d, index)->older = older;
    }
    step_at(d, index)->request = i;
    set_open_step(d, &key, index);
    return index;
}

/* The step that a reply answers; ADP_NONE when its request was not captured. */
static guint32 asked_step(const adp_model *model, const adp_obs *obs, pair_key *key)
{
    const adp_derived *d = &model->derived;
    guint32 index;

    key_of(key, obs);
    index = open_step(d, key);
    if (index != ADP_NONE) {
        const adp_step *step = adp_model_step(model, index);

        /* A step made by a reply alone has room for one. */
        if (step->request == ADP_NONE && step->reply != ADP_NONE &&
            obs_at(model, step->reply)->hash != obs->hash) {
            index = ADP_NONE;
        }
    }
    return index;
}

static guint32 feed_reply(adp_model *model, const adp_obs *obs, guint32 i, adp_step_kind kind)
{
    adp_derived *d = &model->derived;
    pair_key key;
    guint32 index = asked_step(model, obs, &key);

    if (index == ADP_NONE) {
        index = new_step(model, kind, obs, i);
        set_open_step(d, &key, index);
    } else {
        attach(d, index, i);
    }
    if (step_at(d, index)->reply == ADP_NONE) {
        step_at(d, index)->reply = i;
    }
    return index;
}

/* ---- what the steps teach about hosts, sites and domains ---- */

static void learn_host(adp_derived *d, const char *name)
{
    if (name && *name) {
        g_hash_table_add(d->hosts, g_ascii_strdown(name, -1));
    }
}

static void learn_name(adp_model *model, guint32 address, const char *name)
{
    adp_address *entry;

    if (address >= model->addresses->len || !name || !*name) {
        return;
    }
    entry = &g_array_index(model->addresses, adp_address, address);
    if (!entry->name) {
        entry->name = name;
    }
}

static char *generic_key(guint32 path, const adp_srv_name *parts)
{
    char *domain = g_ascii_strdown(parts->domain ? parts->domain : "", -1);
    char *key =
        g_strdup_printf("%u|%s|%d|%s", path, parts->service->label, (int)parts->role, domain);

    g_free(domain);
    return key;
}

gboolean adp_model_generic_answered(const adp_model *model, const adp_step *step,
                                    const adp_srv_name *parts)
{
    char *key = generic_key(step->path, parts);
    gboolean found = g_hash_table_contains(model->derived.generic, key);

    g_free(key);
    return found;
}

static gboolean names_a_domain(adp_role role)
{
    return role == ADP_ROLE_DOMAIN || role == ADP_ROLE_DC || role == ADP_ROLE_PDC ||
           role == ADP_ROLE_KDC;
}

static void learn_srv(adp_model *model, const adp_step *step, const adp_obs_dns *dns)
{
    adp_derived *d = &model->derived;
    adp_path *path = path_at(d, step->path);
    guint i;

    for (i = 0; i < dns->records.count; i++) {
        learn_host(d, dns->records.items[i].target);
    }
    if (dns->records.count == 0) {
        return;
    }
    if (!dns->parts.site) {
        g_hash_table_add(d->generic, generic_key(step->path, &dns->parts));
    }
    if (!path->domain && dns->parts.domain && names_a_domain(dns->parts.role)) {
        /* Kerberos clients ask for the realm, which is the domain in upper case. */
        char *lower = g_ascii_strdown(dns->parts.domain, -1);

        path->domain = adp_arena_strndup(model->arena, lower, strlen(lower));
        g_free(lower);
    }
}

static void learn_ping_request(adp_model *model, const adp_obs *obs)
{
    const adp_ping_request *ping = &obs->u.search->ping;

    learn_host(&model->derived, ping->host);
    learn_host(&model->derived, ping->dns_host);
    learn_name(model, obs->flow.client, ping->dns_host ? ping->dns_host : ping->host);
}

static void learn_ping_reply(adp_model *model, const adp_step *step, const adp_netlogon *reply)
{
    adp_derived *d = &model->derived;
    adp_path *path = path_at(d, step->path);

    learn_host(d, reply->host);
    learn_host(d, reply->netbios_host);
    learn_name(model, step->flow.server, reply->host);
    if (reply->client_site) {
        path->site = reply->client_site;
    }
    /* A controller's word counts more than the name that was asked for. */
    if (reply->domain && *reply->domain && !path->forest) {
        path->domain = reply->domain;
    }
    if (reply->forest && *reply->forest && !path->forest) {
        path->forest = reply->forest;
    }
}

/* ---- one observation ---- */

static gboolean feed_dns(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    pair_key any_question;
    guint32 index;

    exchange_key(&any_question, SPACE_DNS, &obs->flow, obs->id, 0);
    if (!obs->from_server) {
        index = feed_request(model, obs, i, ADP_STEP_SRV);
        set_open_step(d, &any_question, index);
        return finish(d, i);
    }
    if (!obs->u.dns->parts.service) {
        /* An error without its question belongs to the last one with this id. */
        index = open_step(d, &any_question);
        if (index == ADP_NONE || step_at(d, index)->reply != ADP_NONE) {
            return FALSE;
        }
        attach(d, index, i);
        step_at(d, index)->reply = i;
        return finish(d, i);
    }
    index = feed_reply(model, obs, i, ADP_STEP_SRV);
    learn_srv(model, step_at(d, index), obs->u.dns);
    return finish(d, i);
}

static adp_step_kind kind_of_search(const adp_obs_search *search)
{
    if (search->is_ping) {
        return ADP_STEP_PING;
    }
    return search->scp_kind ? ADP_STEP_SCP : ADP_STEP_ROOTDSE;
}

static gboolean feed_entry(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    const adp_obs_entry *entry = obs->u.entry;
    pair_key key;
    guint32 index;

    key_of(&key, obs);
    index = open_step(d, &key);
    if (index == ADP_NONE) {
        /* Only the Netlogon attribute tells by itself what was asked. */
        if (!entry->has_netlogon) {
            return FALSE;
        }
        index = new_step(model, ADP_STEP_PING, obs, i);
        set_open_step(d, &key, index);
    } else {
        attach(d, index, i);
    }
    step_at(d, index)->count++;
    if (entry->has_netlogon && step_at(d, index)->kind == ADP_STEP_PING) {
        if (step_at(d, index)->netlogon == ADP_NONE) {
            step_at(d, index)->netlogon = i;
        }
        learn_ping_reply(model, step_at(d, index), &entry->netlogon);
    }
    return finish(d, i);
}

static gboolean feed_search(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    guint32 index;
    pair_key key;

    switch (obs->type) {
    case ADP_OBS_LDAP_SEARCH:
        if (obs->flow.transport == ADP_TCP) {
            (void)need_conn(d, &obs->flow);
        }
        (void)feed_request(model, obs, i, kind_of_search(obs->u.search));
        if (obs->u.search->is_ping) {
            learn_ping_request(model, obs);
        }
        return finish(d, i);
    case ADP_OBS_LDAP_ENTRY:
        return feed_entry(model, obs, i);
    default:
        key_of(&key, obs);
        index = open_step(d, &key);
        if (index == ADP_NONE) {
            return FALSE;
        }
        attach(d, index, i);
        if (obs->type == ADP_OBS_LDAP_ABANDON) {
            step_at(d, index)->abandoned = TRUE;
        } else if (step_at(d, index)->reply == ADP_NONE) {
            step_at(d, index)->reply = i;
        }
        return finish(d, i);
    }
}

/*
 * An error that depends on what follows counts as healthy flow when the same is
 * asked again and granted within this time (from memory: clients try at once,
 * people within a minute or two).
 */
#define RECOVERY_WINDOW (120 * ADP_NS_PER_S)

/* What a Kerberos exchange is about: who asks for which service, and how. Owned by the caller. */
static char *topic_of(const adp_model *model, const adp_step *step)
{
    const adp_obs_krb *first = obs_at(model, step->first)->u.krb;
    const adp_obs_krb *ask =
        step->request != ADP_NONE ? obs_at(model, step->request)->u.krb : first;
    char *topic =
        g_strdup_printf("%u|%d|%s|%s", step->path, (int)ask->exchange, ask->spn ? ask->spn : "",
                        ask->exchange == ADP_EXCHANGE_AS && ask->client ? ask->client : "");
    char *lower = g_ascii_strdown(topic, -1);

    g_free(topic);
    return lower;
}

static void recover(adp_model *model, GArray *troubles, gint64 time)
{
    guint t;

    for (t = 0; t < troubles->len; t++) {
        adp_step *step = step_at(&model->derived, g_array_index(troubles, guint32, t));

        if (adp_since(time, obs_at(model, step->reply)->time) <= RECOVERY_WINDOW) {
            step->recovered = TRUE;
        }
    }
    g_array_set_size(troubles, 0);
}

/* To be called when a Kerberos step has got its answer. */
static void learn_kerberos(adp_model *model, guint32 index, const adp_obs *reply)
{
    adp_derived *d = &model->derived;
    const adp_obs_krb *krb = reply->u.krb;
    char *topic;
    GArray *troubles;

    if (krb->is_error ? !adp_krb_error_needs_context(krb->error) : krb->refused) {
        return;
    }
    topic = topic_of(model, step_at(d, index));
    troubles = g_hash_table_lookup(d->troubles, topic);
    if (!krb->is_error) {
        if (troubles) {
            recover(model, troubles, reply->time);
        }
        g_free(topic);
        return;
    }
    if (troubles) {
        g_free(topic);
    } else {
        troubles = g_array_new(FALSE, FALSE, sizeof(guint32));
        g_hash_table_insert(d->troubles, topic, troubles);
    }
    g_array_append_val(troubles, index);
}

/* Do the names of a KRB-ERROR fit the request? Missing names fit any. */
static gboolean error_fits(const adp_obs_krb *request, const adp_obs_krb *error)
{
    if (!error->is_error || !error->spn || !*error->spn || !request->spn) {
        return TRUE;
    }
    /* A KDC may answer for CONTOSO with the realm's full name. */
    if (adp_has_prefix(error->spn, "krbtgt/") && adp_has_prefix(request->spn, "krbtgt/")) {
        return TRUE;
    }
    return adp_same_text(error->spn, request->spn);
}

/* So many requests of one connection may wait for their answers at once. */
#define MAX_WAITING 16

/*
 * A reply belongs to the step that is open, unless it repeats the answer to an
 * older one, or an older one still waits and is the one it names. FIFO.
 */
static guint32 step_of_kdc_reply(const adp_model *model, const adp_obs *obs, guint32 open)
{
    const adp_obs_krb *krb = obs->u.krb;
    guint32 best = open;
    guint32 at = open;
    guint i;

    for (i = 0; i < MAX_WAITING && at != ADP_NONE; i++) {
        const adp_step *step = adp_model_step(model, at);
        const adp_obs_krb *request =
            step->request != ADP_NONE ? obs_at(model, step->request)->u.krb : NULL;

        /* Not when the port was used again, much later, for the same question. */
        if (step->reply != ADP_NONE && obs_at(model, step->reply)->hash == obs->hash &&
            adp_since(obs->time, obs_at(model, step->reply)->time) <= 2 * ADP_NS_PER_S) {
            return at;
        }
        if (step->reply == ADP_NONE && request && request->spn && krb->spn &&
            adp_same_text(request->spn, krb->spn)) {
            best = at;
        }
        at = step->older;
    }
    return best;
}

static gboolean feed_kdc(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    pair_key key;
    guint32 index;

    if (!obs->from_server) {
        (void)feed_request(model, obs, i, ADP_STEP_KERBEROS);
        return finish(d, i);
    }
    index = asked_step(model, obs, &key);
    if (index != ADP_NONE) {
        index = step_of_kdc_reply(model, obs, index);
    }
    if (index != ADP_NONE && step_at(d, index)->request != ADP_NONE &&
        !error_fits(obs_at(model, step_at(d, index)->request)->u.krb, obs->u.krb)) {
        /* It answers a request that is not here; that one may still be answered. */
        index = new_step(model, ADP_STEP_KERBEROS, obs, i);
        step_at(d, index)->reply = i;
        return finish(d, i);
    }
    if (index == ADP_NONE) {
        index = feed_reply(model, obs, i, ADP_STEP_KERBEROS);
    } else {
        attach(d, index, i);
        if (step_at(d, index)->reply == ADP_NONE) {
            step_at(d, index)->reply = i;
        }
    }
    if (step_at(d, index)->reply == i) {
        learn_kerberos(model, index, obs);
    }
    return finish(d, i);
}

static gboolean feed_bind(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    adp_conn *conn = need_conn(d, &obs->flow);

    if (obs->type == ADP_OBS_LDAP_BIND) {
        const adp_obs_bind *bind = obs->u.bind;
        gboolean same = conn->bind != ADP_NONE && adp_same_text(conn->mechanism, bind->mechanism);

        conn->mechanism = bind->mechanism;
        if (same && (bind->continues || (bind->is_sasl && conn->bind_open))) {
            attach(d, conn->bind, i);
        } else {
            conn->bind = new_step(model, ADP_STEP_BIND, obs, i);
            step_at(d, conn->bind)->request = i;
        }
        conn->bind_open = TRUE;
        conn->unfinished = bind->unfinished;
        return finish(d, i);
    }
    if (conn->bind == ADP_NONE || (!conn->bind_open && step_at(d, conn->bind)->reply != ADP_NONE)) {
        conn->bind = new_step(model, ADP_STEP_BIND, obs, i);
    } else {
        attach(d, conn->bind, i);
    }
    conn->bind_open = obs->u.result->result == ADP_LDAP_SASL_BIND_IN_PROGRESS ||
                      (conn->unfinished && obs->u.result->result == ADP_LDAP_SUCCESS);
    step_at(d, conn->bind)->reply = conn->bind_open ? ADP_NONE : i;
    return finish(d, i);
}

static gboolean feed_hidden(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    adp_conn *conn = need_conn(d, &obs->flow);

    if (conn->hidden == ADP_NONE) {
        conn->hidden = new_step(model, ADP_STEP_HIDDEN, obs, i);
    } else {
        attach(d, conn->hidden, i);
    }
    step_at(d, conn->hidden)->count += obs->u.hidden->messages;
    return finish(d, i);
}

/* Everybody signs in to file servers all day: only LDAP and HTTP belong to the path as such. */
static gboolean is_step_by_itself(const adp_obs_krb *krb)
{
    return krb->carrier == ADP_CARRIER_LDAP || krb->carrier == ADP_CARRIER_HTTP;
}

/* Marks an observation that stays in the log, but belongs to no step by itself. */
static void keep_aside(adp_derived *d)
{
    adp_mark mark = {.step = ADP_NONE, .next = ADP_NONE, .reply = ADP_NONE};

    g_array_append_val(d->marks, mark);
}

static gboolean feed_ap_request(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    adp_conn *conn = need_conn(d, &obs->flow);

    if (is_step_by_itself(obs->u.krb)) {
        conn->ap = new_step(model, ADP_STEP_KERBEROS, obs, i);
        step_at(d, conn->ap)->request = i;
        return finish(d, i);
    }
    keep_aside(d);
    conn->ap_request = i;
    return TRUE;
}

static gboolean feed_ap_reply(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    const adp_obs_krb *krb = obs->u.krb;
    adp_conn *conn = find_conn(d, &obs->flow);
    guint32 index;

    if (conn && conn->ap != ADP_NONE) {
        if (krb->goes_on && !krb->has_token) {
            return FALSE;
        }
        index = conn->ap;
        conn->ap = ADP_NONE;
        attach(d, index, i);
    } else if (is_step_by_itself(krb) ? krb->has_token : krb->is_error) {
        index = new_step(model, ADP_STEP_KERBEROS, obs, i);
        if (conn && !is_step_by_itself(krb)) {
            step_at(d, index)->request = conn->ap_request;
            conn->ap_request = ADP_NONE;
        }
    } else if (conn && conn->ap_request != ADP_NONE && !is_step_by_itself(krb)) {
        /* Granted: a later error in this connection is about something else. */
        keep_aside(d);
        conn->ap_request = ADP_NONE;
        return TRUE;
    } else {
        return FALSE;
    }
    step_at(d, index)->reply = i;
    learn_kerberos(model, index, obs);
    return finish(d, i);
}

/* Only what is kept may change anything: it is all that a truncation feeds again. */
static gboolean feed_by_type(adp_model *model, const adp_obs *obs, guint32 i)
{
    switch (obs->type) {
    case ADP_OBS_DNS_QUERY:
    case ADP_OBS_DNS_REPLY:
        return feed_dns(model, obs, i);
    case ADP_OBS_LDAP_SEARCH:
    case ADP_OBS_LDAP_ENTRY:
    case ADP_OBS_LDAP_DONE:
    case ADP_OBS_LDAP_ABANDON:
        return feed_search(model, obs, i);
    case ADP_OBS_LDAP_BIND:
    case ADP_OBS_LDAP_BIND_REPLY:
        return feed_bind(model, obs, i);
    case ADP_OBS_LDAP_HIDDEN:
        return feed_hidden(model, obs, i);
    case ADP_OBS_KDC_REQUEST:
    case ADP_OBS_KDC_REPLY:
        return feed_kdc(model, obs, i);
    case ADP_OBS_AP_REQUEST:
        return feed_ap_request(model, obs, i);
    default:
        return feed_ap_reply(model, obs, i);
    }
}

gboolean adp_feed(adp_model *model, guint32 i)
{
    const adp_obs *obs = obs_at(model, i);
    guint32 copied = step_of_copy(model, obs);

    if (copied != ADP_NONE) {
        if (obs->type == ADP_OBS_DNS_QUERY || obs->type == ADP_OBS_LDAP_SEARCH ||
            obs->type == ADP_OBS_KDC_REQUEST) {
            /* The answer may pass this tap first. */
            pair_key key;

            key_of(&key, obs);
            set_open_step(&model->derived, &key, copied);
        }
        return attach_copy(&model->derived, copied, i);
    }
    if (!feed_by_type(model, obs, i)) {
        return FALSE;
    }
    remember_for_copies(&model->derived, obs, i);
    return TRUE;
}

gboolean adp_model_search_kind(const adp_model *model, const adp_flow *flow, guint32 id,
                               adp_step_kind *ret)
{
    pair_key key;
    guint32 index;

    exchange_key(&key, SPACE_SEARCH, flow, id, 0);
    index = open_step(&model->derived, &key);
    if (index == ADP_NONE) {
        return FALSE;
    }
    *ret = adp_model_step(model, index)->kind;
    return TRUE;
}

gboolean adp_model_stream_flow(const adp_model *model, adp_transport transport, guint32 stream,
                               adp_flow *ret)
{
    const adp_flow flow = {.transport = transport, .stream = stream};
    const adp_conn *conn = stream == ADP_NONE ? NULL : find_conn(&model->derived, &flow);

    if (!conn) {
        return FALSE;
    }
    *ret = conn->flow;
    return TRUE;
}

gboolean adp_model_ap_waits(const adp_model *model, const adp_flow *flow)
{
    const adp_conn *conn = find_conn(&model->derived, flow);

    return conn && conn->ap != ADP_NONE;
}
