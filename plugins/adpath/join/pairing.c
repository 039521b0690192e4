/* pairing.c
 * Which step an observation belongs to. One pass over the log, constant work
 * for each observation, no look ahead.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/pairing.h"

#include "join/client.h"
#include "join/derived.h"
#include "join/duplicates.h"
#include "join/guess.h"
#include "join/hosts.h"
#include "join/machine.h"
#include "join/model.h"
#include "join/pair_dns.h"
#include "join/pair_http.h"
#include "join/pair_kerberos.h"
#include "join/pair_ldap.h"
#include "join/pair_tcp.h"
#include "join/pair_tls.h"
#include "join/path.h"
#include "log/observation.h"
#include "wire/text.h"

#include <string.h>

/*
 * Identical bytes on the same ports later than this are a new request: Windows
 * pings with message id 1 for ever. Resolvers, locators and KDC clients repeat
 * within this time (from memory).
 */
#define RETRY_WINDOW (30 * ADP_NS_PER_S)

guint adp_pair_hash(gconstpointer data)
{
    return (guint)adp_hash_bytes(ADP_HASH_SEED, data, sizeof(adp_pair_key));
}

gboolean adp_pair_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, sizeof(adp_pair_key)) == 0;
}

static void ranks_free(gpointer data)
{
    g_free(((adp_ranks *)data)->ranks);
    g_free(data);
}

static void conn_free(gpointer data)
{
    adp_conn *conn = data;

    if (conn->http_open) {
        g_queue_free(conn->http_open);
    }
    g_free(conn);
}

static void host_free(gpointer data)
{
    g_array_unref(((adp_host *)data)->addresses);
    g_free(data);
}

void adp_derived_init(adp_derived *d)
{
    d->marks = g_array_new(FALSE, TRUE, sizeof(adp_mark));
    d->steps = g_array_new(FALSE, TRUE, sizeof(adp_step));
    d->paths = g_array_new(FALSE, TRUE, sizeof(adp_path));
    d->attempts = g_array_new(FALSE, TRUE, sizeof(adp_attempt));
    g_array_set_clear_func(d->paths, adp_path_clear);
    d->clients = g_hash_table_new_full(NULL, NULL, NULL, adp_client_state_free);
    d->joins = adp_client_table_new();
    d->machines = adp_machine_table_new();
    d->open = g_hash_table_new_full(adp_pair_hash, adp_pair_equal, g_free, NULL);
    d->copies = adp_copies_new();
    d->conns = g_hash_table_new_full(adp_pair_hash, adp_pair_equal, g_free, conn_free);
    d->hosts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    d->named = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, host_free);
    d->names_of = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
    d->mail_domains = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    d->client_domains = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    d->challenges = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    d->scp_clients = g_hash_table_new(NULL, NULL);
    d->guesses = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    d->guess_windows = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    d->srv_names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    d->generic = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    d->tickets = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    d->troubles =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_array_unref);
    d->asked = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    d->gaps = g_hash_table_new(NULL, NULL);
    d->ranks = g_hash_table_new_full(NULL, NULL, NULL, ranks_free);
}

void adp_derived_clear(adp_derived *d)
{
    g_array_unref(d->marks);
    g_array_unref(d->steps);
    g_array_unref(d->paths);
    g_array_unref(d->attempts);
    g_hash_table_unref(d->clients);
    adp_client_table_free(d->joins);
    adp_machine_table_free(d->machines);
    g_hash_table_unref(d->open);
    g_hash_table_unref(d->copies);
    g_hash_table_unref(d->conns);
    g_hash_table_unref(d->hosts);
    g_hash_table_unref(d->names_of); /* points to the keys of the next */
    g_hash_table_unref(d->named);
    g_hash_table_unref(d->mail_domains);
    g_hash_table_unref(d->client_domains);
    g_hash_table_unref(d->challenges);
    g_hash_table_unref(d->scp_clients);
    g_hash_table_unref(d->guesses);
    g_hash_table_unref(d->guess_windows);
    g_hash_table_unref(d->srv_names);
    g_hash_table_unref(d->generic);
    g_hash_table_unref(d->tickets);
    g_hash_table_unref(d->troubles);
    g_hash_table_unref(d->asked);
    g_hash_table_unref(d->gaps);
    g_hash_table_unref(d->ranks);
    memset(d, 0, sizeof(*d));
}

/* ---- keys ---- */

static void stream_key(adp_pair_key *key, const adp_flow *flow)
{
    memset(key, 0, sizeof(*key));
    key->space = ADP_SPACE_STREAM;
    key->transport = (guint8)flow->transport;
    key->stream = flow->stream;
    if (flow->stream == ADP_NONE) {
        key->client = flow->client;
        key->server = flow->server;
        key->client_port = flow->client_port;
        key->server_port = flow->server_port;
    }
}

void adp_exchange_key(adp_pair_key *key, adp_key_space space, const adp_flow *flow, guint32 id,
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
    return adp_hash_lower(ADP_HASH_SEED, name);
}

void adp_key_of(adp_pair_key *key, const adp_obs *obs)
{
    switch (obs->type) {
    case ADP_OBS_DNS_QUERY:
    case ADP_OBS_DNS_REPLY:
        adp_exchange_key(key, ADP_SPACE_DNS, &obs->flow, obs->id,
                         question_hash(obs->u.dns->name) + obs->u.dns->qtype);
        break;
    case ADP_OBS_KDC_REQUEST:
    case ADP_OBS_KDC_REPLY:
        adp_exchange_key(key, ADP_SPACE_KDC, &obs->flow, 0, 0);
        break;
    default:
        adp_exchange_key(key, ADP_SPACE_SEARCH, &obs->flow, obs->id, 0);
        break;
    }
}

guint32 adp_open_step(const adp_derived *d, const adp_pair_key *key)
{
    gpointer found = g_hash_table_lookup(d->open, key);

    return found ? GPOINTER_TO_UINT(found) - 1 : ADP_NONE;
}

void adp_set_open_step(adp_derived *d, const adp_pair_key *key, guint32 step)
{
    g_hash_table_insert(d->open, g_memdup2(key, sizeof(*key)), GUINT_TO_POINTER(step + 1));
}

adp_conn *adp_find_conn(const adp_derived *d, const adp_flow *flow)
{
    adp_pair_key key;

    stream_key(&key, flow);
    return g_hash_table_lookup(d->conns, &key);
}

adp_conn *adp_need_conn(adp_derived *d, const adp_flow *flow)
{
    adp_conn *conn = adp_find_conn(d, flow);
    adp_pair_key key;

    if (conn) {
        return conn;
    }
    conn = g_new0(adp_conn, 1);
    conn->flow = *flow;
    conn->machine = conn->placed = ADP_NONE;
    conn->bind = conn->ap = conn->ap_request = conn->hidden = conn->tls = ADP_NONE;
    stream_key(&key, flow);
    g_hash_table_insert(d->conns, g_memdup2(&key, sizeof(key)), conn);
    return conn;
}

/* ---- steps and paths ---- */

adp_step *adp_step_at(adp_derived *d, guint32 i)
{
    return &g_array_index(d->steps, adp_step, i);
}

adp_mark *adp_mark_at(adp_derived *d, guint32 i)
{
    return &g_array_index(d->marks, adp_mark, i);
}

adp_path *adp_path_at(adp_derived *d, guint32 i)
{
    return &g_array_index(d->paths, adp_path, i);
}

/* Appends the observation to the step's chain and gives it its mark. */
void adp_attach(adp_derived *d, guint32 step_index, guint32 i)
{
    adp_step *step = adp_step_at(d, step_index);
    adp_mark mark = {.step = step_index, .next = ADP_NONE, .attempt = ADP_NONE};

    g_array_append_val(d->marks, mark);
    if (step->first == ADP_NONE) {
        step->first = i;
    } else {
        adp_mark_at(d, step->last)->next = i;
    }
    step->last = i;
}

/* The mark tells what was known at its observation, so it is written last. */
gboolean adp_finish(adp_derived *d, guint32 i)
{
    adp_mark *mark = adp_mark_at(d, i);
    const adp_step *step = adp_step_at(d, mark->step);

    mark->reply = step->reply;
    mark->retries = step->retries;
    mark->count = step->count;
    return TRUE;
}

/* Steps by which a client turns to its directory: names made from the mailbox may follow. */
static gboolean is_about_directory(adp_step_kind kind)
{
    return kind == ADP_STEP_SRV || kind == ADP_STEP_PING || kind == ADP_STEP_BIND ||
           kind == ADP_STEP_ROOTDSE || kind == ADP_STEP_SCP;
}

/* A connection is one machine's. */
static void remember_sender(adp_derived *d, const adp_flow *flow, guint32 machine, guint32 client,
                            adp_conn *conn)
{
    guint32 attempt = adp_find_attempt(d, flow);

    if (conn) {
        conn->placed = client;
        conn->machine = machine != ADP_NONE ? machine : conn->machine;
    }
    if (attempt != ADP_NONE) {
        g_array_index(d->attempts, adp_attempt, attempt).client = client;
    }
}

guint32 adp_new_step(adp_model *model, adp_step_kind kind, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    adp_step step = {
        .kind = kind,
        .flow = obs->flow,
        .request = ADP_NONE,
        .reply = ADP_NONE,
        .netlogon = ADP_NONE,
        .older = ADP_NONE,
        .machine = ADP_NONE,
        .ticket = ADP_NONE,
        .icmp = ADP_NONE,
        .attempt = ADP_NONE,
        .first = ADP_NONE,
        .last = ADP_NONE,
    };
    guint32 index = d->steps->len;
    adp_conn *conn = adp_find_conn(d, &obs->flow);
    adp_path *path;

    if (kind != ADP_STEP_SRV && kind != ADP_STEP_ADDRESS && kind != ADP_STEP_KERBEROS && conn) {
        step.mechanism = conn->mechanism;
    }
    step.server_name = adp_model_address_name(model, obs->flow.server);
    step.path = adp_path_for(model, kind, obs, &step);
    path = adp_path_at(d, step.path);
    if (obs->flow.transport == ADP_TCP) {
        remember_sender(d, &obs->flow, step.machine, path->client, conn);
    }
    step.path_index = path->steps->len;
    g_array_append_val(path->steps, index);
    g_array_append_val(d->steps, step);
    adp_attach(d, index, i);
    if (is_about_directory(kind)) {
        adp_guess_begin(model, obs->flow.client, obs->time);
    }
    return index;
}

/* ---- repetitions ---- */

static gboolean attach_copy(adp_derived *d, guint32 step, guint32 i)
{
    adp_attach(d, step, i);
    adp_mark_at(d, i)->copy = TRUE;
    return adp_finish(d, i);
}

static gboolean is_repetition(const adp_model *model, const adp_step *step, const adp_obs *obs)
{
    const adp_obs *request;

    /* TCP repeats segments, not messages: the same bytes there are asked anew. */
    if (step->request == ADP_NONE || obs->flow.transport == ADP_TCP) {
        return FALSE;
    }
    request = adp_model_obs(model, step->request);
    return request->hash == obs->hash && request->type == obs->type &&
           adp_since(obs->time, adp_model_obs(model, step->last)->time) <= RETRY_WINDOW;
}

/* Two taps may deliver a request a moment after its answer. */
#define LATE_WINDOW (5 * (ADP_NS_PER_S / 1000))

static gboolean came_late(const adp_model *model, const adp_step *step, const adp_obs *obs)
{
    gint64 apart;

    if (step->request != ADP_NONE || step->reply == ADP_NONE) {
        return FALSE;
    }
    apart = adp_since(obs->time, adp_model_obs(model, step->reply)->time);
    return apart >= -LATE_WINDOW && apart <= LATE_WINDOW;
}

/* A request that is paired by an id: a repetition, or a new step of `kind`. */
guint32 adp_feed_request(adp_model *model, const adp_obs *obs, guint32 i, adp_step_kind kind)
{
    adp_derived *d = &model->derived;
    adp_pair_key key;
    guint32 index;

    adp_key_of(&key, obs);
    index = adp_open_step(d, &key);
    if (index != ADP_NONE && is_repetition(model, adp_step_at(d, index), obs)) {
        adp_attach(d, index, i);
        adp_step_at(d, index)->retries++;
        return index;
    }
    if (index != ADP_NONE && came_late(model, adp_step_at(d, index), obs)) {
        adp_attach(d, index, i);
        adp_step_at(d, index)->request = i;
        return index;
    }
    {
        guint32 older = index;

        index = adp_new_step(model, kind, obs, i);
        adp_step_at(d, index)->older = older;
    }
    adp_step_at(d, index)->request = i;
    adp_set_open_step(d, &key, index);
    return index;
}

/* The step that a reply answers; ADP_NONE when its request was not captured. */
guint32 adp_asked_step(const adp_model *model, const adp_obs *obs, adp_pair_key *key)
{
    const adp_derived *d = &model->derived;
    guint32 index;

    adp_key_of(key, obs);
    index = adp_open_step(d, key);
    if (index != ADP_NONE) {
        const adp_step *step = adp_model_step(model, index);

        /* A step made by a reply alone has room for one. */
        if (step->request == ADP_NONE && step->reply != ADP_NONE &&
            adp_model_obs(model, step->reply)->hash != obs->hash) {
            index = ADP_NONE;
        }
    }
    return index;
}

guint32 adp_feed_reply(adp_model *model, const adp_obs *obs, guint32 i, adp_step_kind kind)
{
    adp_derived *d = &model->derived;
    adp_pair_key key;
    guint32 index = adp_asked_step(model, obs, &key);

    if (index == ADP_NONE) {
        index = adp_new_step(model, kind, obs, i);
        adp_set_open_step(d, &key, index);
    } else {
        adp_attach(d, index, i);
    }
    if (adp_step_at(d, index)->reply == ADP_NONE) {
        adp_step_at(d, index)->reply = i;
    }
    return index;
}

gboolean adp_keep_aside(adp_derived *d)
{
    adp_mark mark = {.step = ADP_NONE, .next = ADP_NONE, .reply = ADP_NONE, .attempt = ADP_NONE};

    g_array_append_val(d->marks, mark);
    return TRUE;
}

/* Only what is kept may change anything: it is all that a truncation feeds again. */
static gboolean feed_by_type(adp_model *model, const adp_obs *obs, guint32 i)
{
    switch (obs->type) {
    case ADP_OBS_DNS_QUERY:
    case ADP_OBS_DNS_REPLY:
        return adp_feed_dns(model, obs, i);
    case ADP_OBS_LDAP_SEARCH:
    case ADP_OBS_LDAP_ENTRY:
    case ADP_OBS_LDAP_DONE:
    case ADP_OBS_LDAP_ABANDON:
        return adp_feed_search(model, obs, i);
    case ADP_OBS_LDAP_BIND:
    case ADP_OBS_LDAP_BIND_REPLY:
        return adp_feed_bind(model, obs, i);
    case ADP_OBS_LDAP_HIDDEN:
        return adp_feed_hidden(model, obs, i);
    case ADP_OBS_KDC_REQUEST:
    case ADP_OBS_KDC_REPLY:
        return adp_feed_kdc(model, obs, i);
    case ADP_OBS_TLS:
        return adp_feed_tls(model, obs, i);
    case ADP_OBS_HTTP_REQUEST:
        return adp_feed_http_request(model, obs, i);
    case ADP_OBS_HTTP_REPLY:
        return adp_feed_http_reply(model, obs, i);
    case ADP_OBS_AP_REQUEST:
        return adp_feed_ap_request(model, obs, i);
    default:
        return adp_feed_ap_reply(model, obs, i);
    }
}

gboolean adp_feed(adp_model *model, guint32 i)
{
    const adp_obs *obs = adp_model_obs(model, i);
    guint32 copied;

    if (obs->type == ADP_OBS_TCP) {
        return adp_feed_tcp(model, obs, i);
    }
    if (obs->type == ADP_OBS_ICMP) {
        return adp_feed_icmp(model, obs, i);
    }
    copied = adp_step_of_copy(model, obs);
    if (copied != ADP_NONE) {
        if (obs->type == ADP_OBS_DNS_QUERY || obs->type == ADP_OBS_LDAP_SEARCH ||
            obs->type == ADP_OBS_KDC_REQUEST) {
            /* The answer may pass this tap first. */
            adp_pair_key key;

            adp_key_of(&key, obs);
            adp_set_open_step(&model->derived, &key, copied);
        }
        return attach_copy(&model->derived, copied, i);
    }
    if (!feed_by_type(model, obs, i)) {
        return FALSE;
    }
    adp_remember_for_copies(&model->derived, obs, i);
    adp_attempt_has_data(model, obs);
    return TRUE;
}

gboolean adp_model_search_kind(const adp_model *model, const adp_flow *flow, guint32 id,
                               adp_step_kind *ret)
{
    adp_pair_key key;
    guint32 index;

    adp_exchange_key(&key, ADP_SPACE_SEARCH, flow, id, 0);
    index = adp_open_step(&model->derived, &key);
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
    const adp_conn *conn = stream == ADP_NONE ? NULL : adp_find_conn(&model->derived, &flow);

    if (!conn) {
        return FALSE;
    }
    *ret = conn->flow;
    return TRUE;
}

gboolean adp_model_ap_waits(const adp_model *model, const adp_flow *flow)
{
    const adp_conn *conn = adp_find_conn(&model->derived, flow);

    return conn && conn->ap != ADP_NONE;
}
