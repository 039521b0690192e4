/* feed.c
 * Observations come in: the log grows, and what is derived from it with it.
 *
 * One pass over the log, constant work for each observation, no look ahead. Only what is kept may
 * change anything: the kept log is all that a truncation feeds again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/feed.h"

#include "join/attempts.h"
#include "join/chain.h"
#include "join/client.h"
#include "join/derived.h"
#include "join/duplicates.h"
#include "join/exchange.h"
#include "join/guess.h"
#include "join/hosts.h"
#include "join/identity.h"
#include "join/ldap_ops.h"
#include "join/learn.h"
#include "join/machine.h"
#include "join/model.h"
#include "join/netbios.h"
#include "join/served.h"
#include "join/smb_sessions.h"
#include "join/pair_dns.h"
#include "join/pair_http.h"
#include "join/pair_kerberos.h"
#include "join/pair_ldap.h"
#include "join/pair_tcp.h"
#include "join/pair_tls.h"
#include "join/path.h"
#include "join/stray.h"
#include "join/stream.h"
#include "join/tls_records.h"
#include "join/tunnels.h"
#include "log/disguise.h"
#include "log/log.h"
#include "log/observation.h"
#include "wire/arena.h"
#include "wire/hash.h"
#include "wire/pseudonym.h"

#include <string.h>

/* ---- what is derived ---- */

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

static void derived_init(adp_derived *d)
{
    d->arena = adp_arena_new();
    d->marks = g_array_new(FALSE, TRUE, sizeof(adp_mark));
    d->steps = g_array_new(FALSE, TRUE, sizeof(adp_step));
    d->paths = g_array_new(FALSE, TRUE, sizeof(adp_path));
    d->attempts = g_array_new(FALSE, TRUE, sizeof(adp_attempt));
    d->tunnels = g_array_new(FALSE, TRUE, sizeof(adp_tunnel));
    d->handshakes = g_array_new(FALSE, FALSE, sizeof(adp_handshake));
    d->operations = g_array_new(FALSE, TRUE, sizeof(adp_ldap_operation));
    d->asked_aside = g_array_new(FALSE, FALSE, sizeof(guint32));
    d->refused = adp_table_new();
    d->clients = adp_client_states_new();
    d->identity = adp_identity_new();
    d->called = g_array_new(FALSE, TRUE, sizeof(adp_called));
    d->joins = adp_client_table_new();
    d->machines = adp_machine_table_new();
    d->open = adp_table_new();
    d->copies = adp_table_new();
    d->conns = g_hash_table_new_full(adp_pair_hash, adp_pair_equal, g_free, conn_free);
    d->hosts = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    d->named = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, host_free);
    d->names_of = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_ptr_array_unref);
    d->mail_domains = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    d->client_domains = adp_table_new();
    d->challenges = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    d->scp_clients = g_hash_table_new(NULL, NULL);
    d->guesses = adp_guess_table();
    d->guess_windows = adp_guess_windows_new();
    d->askers = adp_table_new();
    d->asked_domains = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    d->srv_names = adp_table_new();
    d->generic = adp_table_new();
    d->tickets = adp_table_new();
    d->troubles =
        g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, (GDestroyNotify)g_array_unref);
    d->ap_refused = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    d->asked = adp_table_new();
    d->gaps = g_hash_table_new(NULL, NULL);
    d->aliases = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, g_free);
    d->ntlm = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    d->netbios = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    d->reverse = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    d->cut_answers = adp_table_new();
    d->streams = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    d->stream_servers = g_byte_array_new();
    d->served = adp_served_new();
    d->servers = g_hash_table_new(NULL, NULL);
    d->missed = g_hash_table_new(NULL, NULL);
    d->urls = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify)g_array_unref);
    adp_hosts_begin(d);
}

static void derived_clear(adp_derived *d)
{
    g_array_unref(d->marks);
    adp_arena_free(d->arena);
    g_array_unref(d->steps);
    g_array_unref(d->paths);
    g_array_unref(d->attempts);
    g_array_unref(d->operations);
    g_array_unref(d->asked_aside);
    adp_table_free(d->refused);
    g_array_unref(d->handshakes);
    g_array_unref(d->tunnels);
    adp_rows_free(d->clients);
    adp_identity_free(d->identity);
    g_array_unref(d->called);
    adp_client_table_free(d->joins);
    adp_machine_table_free(d->machines);
    adp_table_free(d->open);
    adp_table_free(d->copies);
    g_hash_table_unref(d->conns);
    g_hash_table_unref(d->hosts);
    g_hash_table_unref(d->names_of); /* points to the keys of the next */
    g_hash_table_unref(d->named);
    g_hash_table_unref(d->mail_domains);
    adp_table_free(d->client_domains);
    g_hash_table_unref(d->challenges);
    g_hash_table_unref(d->scp_clients);
    g_hash_table_unref(d->guesses);
    adp_rows_free(d->guess_windows);
    adp_table_free(d->askers);
    g_hash_table_unref(d->asked_domains);
    adp_table_free(d->srv_names);
    adp_table_free(d->generic);
    adp_table_free(d->tickets);
    g_hash_table_unref(d->troubles);
    g_hash_table_unref(d->ap_refused);
    adp_table_free(d->asked);
    g_hash_table_unref(d->gaps);
    g_hash_table_unref(d->aliases);
    g_hash_table_unref(d->ntlm);
    g_hash_table_unref(d->netbios);
    g_hash_table_unref(d->reverse);
    adp_table_free(d->cut_answers);
    g_hash_table_unref(d->streams);
    g_byte_array_unref(d->stream_servers);
    adp_served_free(d->served);
    g_hash_table_unref(d->servers);
    g_hash_table_unref(d->missed);
    g_hash_table_unref(d->urls);
    memset(d, 0, sizeof(*d));
}

/* ---- one observation ---- */

static gboolean attach_copy(adp_derived *d, guint32 step, guint32 i)
{
    adp_attach(d, step, i);
    adp_mark_at(d, i)->copy = TRUE;
    return adp_finish(d, i);
}

/* Only what is kept may change anything: it is all that a truncation feeds again. */
static gboolean feed_by_type(adp_model *model, const adp_obs *obs, guint32 i)
{
    switch (obs->type) {
    case ADP_OBS_DNS_QUERY:
    case ADP_OBS_DNS_REPLY:
        return adp_feed_dns(model, obs, i);
    case ADP_OBS_NETBIOS:
        return adp_feed_netbios(model, obs, i);
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
    case ADP_OBS_LDAP_OPERATION:
    case ADP_OBS_LDAP_OPERATION_REPLY:
        return adp_feed_operation(model, obs, i);
    case ADP_OBS_LDAP_REFERENCE:
        adp_learn_reference(model, obs->u.referred);
        return adp_keep_aside(&model->derived);
    case ADP_OBS_LDAP_UNBIND:
        return adp_feed_unbind(model, obs, i);
    case ADP_OBS_KDC_REQUEST:
    case ADP_OBS_KDC_REPLY:
        return adp_feed_kdc(model, obs, i);
    case ADP_OBS_TLS:
        return adp_feed_tls(model, obs, i);
    case ADP_OBS_HTTP_REQUEST:
        return adp_feed_http_request(model, obs, i);
    case ADP_OBS_HTTP_REPLY:
        return adp_feed_http_reply(model, obs, i);
    case ADP_OBS_NTLM:
        return adp_feed_ntlm(model, obs, i);
    case ADP_OBS_AP_REQUEST:
        return adp_feed_ap_request(model, obs, i);
    default:
        return adp_feed_ap_reply(model, obs, i);
    }
}

/* Types of which a copy with other addresses would be one more of what is kept beside steps. */
static gboolean is_beside(adp_obs_type type)
{
    return type == ADP_OBS_LDAP_OPERATION || type == ADP_OBS_LDAP_OPERATION_REPLY ||
           type == ADP_OBS_HTTP_REQUEST || type == ADP_OBS_HTTP_REPLY;
}

static void note_message(adp_model *model, const adp_obs *obs, guint32 i, guint32 step)
{
    if (step == ADP_NONE) {
        return;
    }
    adp_stream_has_message(model, obs, i);
    if (obs->from_server) {
        adp_step_at(&model->derived, step)->heard = i;
        adp_stray_went_on(&model->derived, step);
    }
}

static gboolean carries_data(adp_tcp_event event)
{
    return event == ADP_TCP_PART || event == ADP_TCP_WHOLE || event == ADP_TCP_AGAIN ||
           event == ADP_TCP_GAP;
}

static gboolean feed_one(adp_model *model, guint32 i)
{
    const adp_obs *obs = adp_model_obs(model, i);
    guint32 original;
    guint32 copied;
    guint64 alike;

    if (obs->type == ADP_OBS_TCP) {
        return adp_feed_tcp(model, obs, i);
    }
    if (obs->type == ADP_OBS_ICMP) {
        return adp_feed_icmp(model, obs, i);
    }
    alike = adp_copy_key(obs);
    original = adp_original_of(model, obs, alike);
    copied = original == ADP_NONE ? ADP_NONE : adp_mark_at(&model->derived, original)->step;
    if (original != ADP_NONE && copied == ADP_NONE && is_beside(obs->type) &&
        (obs->type == ADP_OBS_LDAP_OPERATION_REPLY ||
         adp_model_obs(model, original)->flow.stream != obs->flow.stream)) {
        return FALSE;
    }
    if (copied != ADP_NONE) {
        if (obs->type == ADP_OBS_DNS_QUERY || obs->type == ADP_OBS_LDAP_SEARCH ||
            obs->type == ADP_OBS_KDC_REQUEST) {
            /* The answer may pass this tap first. */
            adp_pair_key key;

            adp_key_of(&key, obs);
            adp_set_open_step(&model->derived, &key, copied);
        }
        note_message(model, obs, i, copied);
        adp_attempt_has_words(&model->derived, obs);
        return attach_copy(&model->derived, copied, i);
    }
    if (!feed_by_type(model, obs, i)) {
        return FALSE;
    }
    note_message(model, obs, i, adp_mark_at(&model->derived, i)->step);
    /* Of requests that are no steps there are many; adp_feed_operation() knows its copies. */
    if (obs->type != ADP_OBS_LDAP_OPERATION || obs->u.operation->op == ADP_LDAP_OP_STARTTLS) {
        adp_remember_for_copies(&model->derived, alike, i);
    }
    adp_attempt_has_message(model, obs);
    return TRUE;
}

/*
 * Gives the observation `i` of the log its step, and marks it. FALSE when it belongs to none;
 * nothing has changed then.
 */
static gboolean feed(adp_model *model, guint32 i)
{
    const adp_obs *obs = adp_model_obs(model, i);

    if (!feed_one(model, i)) {
        return FALSE;
    }
    if (obs->type == ADP_OBS_TCP && carries_data(obs->u.tcp->event)) {
        adp_attempt_has_words(&model->derived, obs);
    }
    return TRUE;
}

/* ---- the model ---- */

adp_model *adp_model_new(void)
{
    adp_model *model = g_new0(adp_model, 1);

    model->log = adp_log_new();
    derived_init(&model->derived);
    return model;
}

adp_model *adp_model_new_shadow(const adp_model *model)
{
    adp_model *shadow = g_new0(adp_model, 1);

    shadow->log = adp_log_new_shadow(model->log);
    shadow->generation = model->generation;
    shadow->cuts = model->cuts;
    derived_init(&shadow->derived);
    return shadow;
}

void adp_model_shadow(adp_model *shadow, const adp_model *model, guint32 from,
                      adp_pseudonyms *names, GArray *places)
{
    guint32 count = adp_model_obs_count(model);
    guint32 i;

    adp_log_follow(shadow->log, model->log);
    g_array_set_size(places, from);
    for (i = from; i < count; i++) {
        adp_obs obs = adp_disguise(shadow->log, model->log, adp_model_obs(model, i), names);

        guint32 place = adp_model_obs_count(shadow);

        place = adp_model_add(shadow, &obs) ? place : ADP_NONE;
        g_array_append_val(places, place);
    }
}

void adp_model_free(adp_model *model)
{
    if (!model) {
        return;
    }
    derived_clear(&model->derived);
    adp_log_free(model->log);
    adp_noted_free(model->noted);
    g_free(model);
}

/* Cuts the log before `frame` and concludes anew from what is left. */
static void truncate_log(adp_model *model, guint32 frame)
{
    guint32 keep = adp_log_before_frame(model->log, frame);
    guint32 i;

    adp_log_cut(model->log, keep);
    g_clear_pointer(&model->noted, adp_noted_free);
    derived_clear(&model->derived);
    derived_init(&model->derived);
    for (i = 0; i < keep; i++) {
        adp_operation_forget(adp_model_obs(model, i), frame);
        adp_tls_records_forget(adp_model_obs(model, i), frame);
        (void)feed(model, i);
    }
    model->fed_again += keep;
    model->generation++;
    model->cuts++;
}

/*
 * With a read filter Wireshark reads frames twice, or gives the number of one that did not pass to
 * the next: each would have us conclude anew from the whole log, which takes the square of the
 * capture. So much of it is done in any case (it takes a second), and so much more for each frame.
 * Beyond that the last frame's part stays in the log, beside what comes again with its number: the
 * same message is then a copy, and what did not pass the filter has been seen all the same.
 */
#define FED_AGAIN       200000
#define FED_AGAIN_FRAME 16

static gboolean is_worth_it(const adp_model *model, guint32 frame)
{
    guint32 count = adp_model_obs_count(model);

    return adp_model_obs(model, count - 1)->frame > frame ||
           model->fed_again + count <= FED_AGAIN + FED_AGAIN_FRAME * model->begun;
}

guint32 adp_model_frame(adp_model *model, guint32 frame, gint64 time, guint8 dst_type,
                        const guint8 *dst, guint8 dst_len)
{
    guint32 count = adp_model_obs_count(model);

    model->begun++;
    if (count && adp_model_obs(model, count - 1)->frame >= frame && is_worth_it(model, frame)) {
        truncate_log(model, frame);
    }
    return adp_log_frame(model->log, frame, time, dst_type, dst, dst_len);
}

gboolean adp_model_add(adp_model *model, const adp_obs *obs)
{
    guint32 i = adp_log_append(model->log, obs);

    if (!feed(model, i)) {
        adp_log_refuse_last(model->log);
        return FALSE;
    }
    adp_log_note_begin(model->log);
    model->generation++;
    return TRUE;
}
