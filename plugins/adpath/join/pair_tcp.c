/* pair_tcp.c
 * Attempts to open a TCP connection, and ICMP errors about requests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/pair_tcp.h"

#include "join/attempts.h"
#include "join/chain.h"
#include "join/derived.h"
#include "join/duplicates.h"
#include "join/exchange.h"
#include "join/guess.h"
#include "join/hosts.h"
#include "join/identity.h"
#include "join/model.h"
#include "join/pair_dns.h"
#include "join/pairing.h"
#include "join/stream.h"
#include "log/observation.h"
#include "wire/ports.h"
#include "wire/text.h"

/* Gives the observation its mark, behind the attempt's others. Always TRUE. */
static gboolean keep(adp_derived *d, guint32 index, guint32 i, gboolean copy)
{
    adp_attempt *attempt = adp_attempt_at(d, index);
    adp_mark *mark;

    (void)adp_keep_aside(d);
    mark = adp_mark_at(d, i);
    mark->attempt = index;
    mark->copy = copy;
    /* Without a SYN, `first` is a step's observation, whose chain is the step's. */
    if (attempt->syns && attempt->first != i) {
        adp_mark_at(d, attempt->last)->next = i;
        attempt->last = i;
    }
    return TRUE;
}

static gboolean serves_autodiscover(const adp_model *model, const adp_flow *flow)
{
    const GPtrArray *names =
        g_hash_table_lookup(model->derived.names_of, GUINT_TO_POINTER(flow->server + 1));
    gboolean usual = adp_port_is_web(flow->server_port);
    guint i;

    for (i = 0; names && i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        const adp_host *host = g_hash_table_lookup(model->derived.named, name);

        if ((usual || adp_host_has_port(host, flow->server_port)) &&
            adp_is_web_host(model, flow->client, name)) {
            return TRUE;
        }
    }
    /* A URL may have an address for a host. */
    return adp_is_web_host(model, flow->client, adp_model_address_text(model, flow->server));
}

gboolean adp_is_web_server(const adp_model *model, const adp_flow *flow)
{
    return serves_autodiscover(model, flow);
}

/* A cut answer makes the client ask once more over TCP; no other TCP of DNS is of interest. */
static gboolean asks_again(const adp_derived *d, const adp_flow *flow)
{
    return adp_port_is_dns(flow->server_port) &&
           adp_cut_answer(d, flow->client, flow->server) != ADP_NONE;
}

/* Of the same SYN with other addresses; its ports and sequence number are the same. */
static guint32 attempt_of_copy(const adp_model *model, const adp_obs *obs)
{
    guint32 original = adp_original_of(model, obs, adp_copy_key(obs));

    return original == ADP_NONE ? ADP_NONE : adp_model_mark(model, original)->attempt;
}

/* A client doubles the pause between two SYNs, and gives up after 21 to 127 s. */
#define SAME_TRY (64 * ADP_NS_PER_S)

static gboolean is_open_yet(const adp_attempt *attempt)
{
    return attempt->syns && !attempt->accepted && !attempt->refused && !attempt->older;
}

/* The server has acknowledged something else than the SYN that comes again: what belongs to an older connection. */
static gboolean meets_older(const adp_obs *obs)
{
    return obs->u.tcp->met && obs->u.tcp->taken != obs->u.tcp->number + 1;
}

/* Was that so just before? The client goes on with the same ports, which Wireshark may call another connection. */
static gboolean follows_older(const adp_derived *d, const adp_obs *obs)
{
    guint32 index = adp_last_attempt(d, &obs->flow);
    const adp_attempt *before =
        index == ADP_NONE ? NULL : &g_array_index(d->attempts, adp_attempt, index);

    return before && (before->older || before->after_older) && !before->accepted &&
           adp_since(obs->time, before->last_time) <= SAME_TRY;
}

/* Is it the SYN of the very connection that the server has accepted? */
static gboolean is_same_syn(const adp_model *model, const adp_attempt *attempt, const adp_obs *obs)
{
    const adp_obs *syn = adp_model_obs(model, attempt->first);

    return attempt->accepted && attempt->syns && attempt->flow.stream != ADP_NONE &&
           syn->type == ADP_OBS_TCP && syn->u.tcp->number == obs->u.tcp->number;
}

/*
 * Is it the SYN of a connection on which there was talk already? Of a new one of the same ports, Wireshark's number is
 * another.
 */
static gboolean is_late_syn(const adp_model *model, const adp_attempt *attempt, const adp_obs *obs)
{
    return (!attempt || !attempt->syns) && adp_model_stream(model, &obs->flow);
}

static gboolean feed_late_syn(adp_model *model, const adp_attempt *attempt, const adp_obs *obs,
                              guint32 i)
{
    adp_attempt *fresh;
    guint32 index;

    if (attempt) {
        return FALSE;
    }
    index = adp_new_attempt(model, obs, i);
    fresh = adp_attempt_at(&model->derived, index);
    fresh->syns = 1;
    fresh->accepted = TRUE;
    fresh->heard = TRUE;
    fresh->talked = TRUE;
    return keep(&model->derived, index, i, FALSE);
}

static gboolean feed_syn(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    guint32 index = adp_find_attempt(d, &obs->flow);
    adp_attempt *attempt = index == ADP_NONE ? NULL : adp_attempt_at(d, index);
    gboolean after_older;
    guint32 before;

    /* Each of two machines captured one direction, and their clocks differ. */
    if (is_late_syn(model, attempt, obs)) {
        return feed_late_syn(model, attempt, obs, i);
    }
    if (attempt) {
        gint64 apart = adp_since(obs->time, attempt->last_time);

        if (attempt->syns && apart >= -ADP_COPY_WINDOW && apart <= ADP_COPY_WINDOW) {
            return keep(d, index, i, TRUE);
        }
        /* Who talks on a connection asks for it no more: two machines captured it, whose clocks differ. */
        if (attempt->talked && is_same_syn(model, attempt, obs)) {
            return keep(d, index, i, TRUE);
        }
        attempt->older = attempt->older || (is_open_yet(attempt) && meets_older(obs));
        if (is_open_yet(attempt)) {
            attempt->syns++;
            attempt->last_time = obs->time;
            return keep(d, index, i, FALSE);
        }
    }
    before = attempt && is_same_syn(model, attempt, obs) ? index : ADP_NONE;
    index = attempt_of_copy(model, obs);
    if (index != ADP_NONE) {
        return keep(d, index, i, TRUE);
    }
    if (!adp_port_is_dc(obs->flow.server_port) && !adp_port_is_kpasswd(obs->flow.server_port) &&
        !asks_again(d, &obs->flow) && !serves_autodiscover(model, &obs->flow) &&
        !adp_guess_is_server(model, &obs->flow)) {
        return FALSE;
    }
    after_older = follows_older(d, obs);
    index = adp_new_attempt(model, obs, i);
    adp_attempt_at(d, index)->syns = 1;
    adp_attempt_at(d, index)->after_older = after_older;
    adp_attempt_at(d, index)->asked_before = before;
    adp_remember_for_copies(d, adp_copy_key(obs), i);
    return keep(d, index, i, FALSE);
}

/* ---- UDP whose messages do not tell their ids: of the ports' last question ---- */

static void ports_key(adp_pair_key *key, const adp_flow *flow, guint32 id)
{
    switch (flow->server_port) {
    case ADP_PORT_KDC:
    case ADP_PORT_KPASSWD: /* its messages are paired likewise */
        adp_exchange_key(key, ADP_SPACE_KDC, flow, 0, 0);
        break;
    case ADP_PORT_DNS:
        /* ADP_NONE stands for the last question, whatever its id. */
        adp_exchange_key(key, ADP_SPACE_DNS, flow, id, 0);
        break;
    default:
        adp_exchange_key(key, ADP_SPACE_SEARCH, flow, 0, 1);
        break;
    }
}

/* Of several that wait, what is told of is the last one's, and once: the same again, or a copy, tells nothing of those before. */
static gboolean feed_udp_part(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    adp_pair_key key;
    guint32 index;

    ports_key(&key, &obs->flow, obs->id);
    index = adp_last_of_ports(model, &key, obs, ADP_ANSWER_WINDOW);
    if (index == ADP_NONE || adp_step_at(d, index)->own->part != ADP_NONE) {
        return FALSE;
    }
    adp_step_own(d, adp_step_at(d, index))->part = i;
    return adp_keep_aside(d);
}

/*
 * Does the client's reset reject an acknowledgement that is none of its SYN? RFC 9293 3.10.7.3: it takes its number
 * from that. The server has a connection of the same ports yet, and answers the SYN so (RFC 5961 4.2); of the
 * segment itself, which has no flag but ACK, nothing is read.
 */
static gboolean rejects_older(const adp_model *model, const adp_attempt *attempt,
                              const adp_obs *obs)
{
    return obs->u.tcp->event == ADP_TCP_RST && obs->u.tcp->bare && !obs->from_server &&
           attempt->syns && adp_model_obs(model, attempt->first)->type == ADP_OBS_TCP &&
           obs->u.tcp->number != adp_model_obs(model, attempt->first)->u.tcp->number + 1;
}

static gboolean feed_close(adp_model *model, const adp_obs *obs, guint32 index, guint32 i)
{
    adp_derived *d = &model->derived;
    adp_attempt *attempt = adp_attempt_at(d, index);
    gboolean reset = obs->u.tcp->event == ADP_TCP_RST;

    if (attempt->closed || attempt->refused || attempt->older) {
        return FALSE; /* what follows only says the same of the attempt */
    }
    if (attempt->accepted) {
        attempt->closed = TRUE;
        attempt->reset = reset;
        attempt->server_closed = obs->from_server;
    } else if (reset && obs->from_server) {
        attempt->refused = TRUE;
    } else if (rejects_older(model, attempt, obs)) {
        attempt->older = TRUE;
    } else {
        return FALSE;
    }
    return keep(d, index, i, FALSE);
}

/* A FIN or RST tells of the attempt, of the connection's end, or of both. */
static gboolean feed_end(adp_model *model, const adp_obs *obs, guint32 index, guint32 i)
{
    gboolean is_end = adp_stream_has_end(model, obs, i);

    if (index != ADP_NONE && feed_close(model, obs, index, i)) {
        return TRUE;
    }
    return is_end ? adp_keep_aside(&model->derived) : FALSE;
}

/* Only of connections that are known: others have nothing to lose. */
static gboolean feed_gap(adp_derived *d, const adp_obs *obs, guint32 i)
{
    if (!obs->from_server || obs->flow.stream == ADP_NONE ||
        (!adp_port_is_kdc(obs->flow.server_port) && !adp_find_conn(d, &obs->flow) &&
         adp_find_attempt(d, &obs->flow) == ADP_NONE)) {
        return FALSE;
    }
    g_hash_table_replace(d->gaps, GUINT_TO_POINTER(obs->flow.stream + 1), GUINT_TO_POINTER(i + 1));
    return adp_keep_aside(d);
}

gboolean adp_model_has_gap_after(const adp_model *model, const adp_flow *flow, guint32 obs)
{
    gpointer gap;

    if (flow->transport != ADP_TCP || flow->stream == ADP_NONE) {
        return FALSE;
    }
    gap = g_hash_table_lookup(model->derived.gaps, GUINT_TO_POINTER(flow->stream + 1));
    return GPOINTER_TO_UINT(gap) > obs + 1;
}

gboolean adp_model_has_gap(const adp_model *model, const adp_step *step)
{
    return adp_model_has_gap_after(model, &step->flow, step->first);
}

gboolean adp_feed_tcp(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    guint32 index;

    if (obs->u.tcp->event == ADP_TCP_SYN) {
        return feed_syn(model, obs, i);
    }
    if (obs->u.tcp->event == ADP_TCP_GAP) {
        return feed_gap(d, obs, i);
    }
    if (obs->u.tcp->event == ADP_TCP_PART || obs->u.tcp->event == ADP_TCP_WHOLE) {
        return obs->flow.transport == ADP_TCP ? adp_feed_part(model, obs, i)
                                              : feed_udp_part(model, obs, i);
    }
    if (obs->u.tcp->event == ADP_TCP_AGAIN) {
        return obs->from_server ? adp_feed_back(model, obs, i) : adp_feed_again(model, obs, i);
    }
    index = adp_find_attempt(d, &obs->flow);
    if (obs->from_server) {
        adp_server_note(model, obs, index);
    }
    if (obs->u.tcp->event != ADP_TCP_SYN_ACK) {
        return feed_end(model, obs, index, i);
    }
    if (index == ADP_NONE || adp_attempt_at(d, index)->accepted) {
        return FALSE;
    }
    adp_attempt_is_accepted(model, index, i);
    return keep(d, index, i, FALSE);
}

/* ---- ICMP ---- */

static gboolean is_unreachable(adp_icmp_kind kind)
{
    return kind == ADP_ICMP_NET || kind == ADP_ICMP_HOST || kind == ADP_ICMP_PROTOCOL ||
           kind == ADP_ICMP_PORT || kind == ADP_ICMP_TTL || kind == ADP_ICMP_OTHER;
}

/* Whoever waits for fragments says so after one minute, or after two at most (RFC 1122 3.3.2); other errors come at once. */
#define FRAGMENTS_WINDOW (2 * ADP_ANSWER_WINDOW)

static gboolean feed_icmp_udp(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    gint64 patience =
        obs->u.icmp->kind == ADP_ICMP_REASSEMBLY ? FRAGMENTS_WINDOW : ADP_ANSWER_WINDOW;
    adp_pair_key key;
    guint32 index;

    ports_key(&key, &obs->flow, obs->u.icmp->id);
    index = adp_last_of_ports(model, &key, obs, patience);
    if (index == ADP_NONE || adp_step_at(d, index)->icmp != ADP_NONE) {
        return FALSE;
    }
    adp_step_at(d, index)->icmp = i;
    return adp_keep_aside(d);
}

gboolean adp_feed_icmp(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    guint32 index;

    if (obs->flow.transport != ADP_TCP) {
        return feed_icmp_udp(model, obs, i);
    }
    index = adp_find_attempt(d, &obs->flow);
    if (index == ADP_NONE && obs->u.icmp->of_syn &&
        adp_model_may_attempt(model, obs->flow.server, obs->flow.server_port)) {
        /* The capture lacks the SYN; that it is quoted shows that it was sent. */
        index = adp_new_attempt(model, obs, i);
        adp_attempt_at(d, index)->syns = 1;
    }
    if (index == ADP_NONE || adp_attempt_at(d, index)->refused ||
        adp_attempt_at(d, index)->icmp != ADP_NONE) {
        return FALSE;
    }
    adp_attempt_at(d, index)->icmp = i;
    if (adp_attempt_at(d, index)->accepted) {
        /* Of a later packet: a step on the connection may have suffered. */
        return adp_keep_aside(d);
    }
    adp_attempt_at(d, index)->prohibited = obs->u.icmp->prohibited;
    adp_attempt_at(d, index)->unreachable = is_unreachable(obs->u.icmp->kind);
    return keep(d, index, i, FALSE);
}

/* ---- questions of the readers ---- */

gboolean adp_model_may_attempt(const adp_model *model, guint32 server, guint16 port)
{
    return adp_port_is_dc(port) || adp_port_is_kpasswd(port) || adp_port_is_dns(port) ||
           (server != ADP_NONE &&
            (g_hash_table_contains(model->derived.names_of, GUINT_TO_POINTER(server + 1)) ||
             adp_model_may_have_part(model, server)));
}
