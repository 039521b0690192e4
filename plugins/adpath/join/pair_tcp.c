/* pair_tcp.c
 * Attempts to open a TCP connection, and ICMP errors about requests.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/pair_tcp.h"

#include "join/derived.h"
#include "join/duplicates.h"
#include "join/guess.h"
#include "join/hosts.h"
#include "join/machine.h"
#include "join/model.h"
#include "join/pairing.h"
#include "log/observation.h"
#include "wire/text.h"

static adp_attempt *attempt_at(adp_derived *d, guint32 i)
{
    return &g_array_index(d->attempts, adp_attempt, i);
}

static void attempt_key(adp_pair_key *key, const adp_flow *flow)
{
    adp_flow ends = *flow;

    ends.stream = ADP_NONE;
    adp_exchange_key(key, ADP_SPACE_ATTEMPT, &ends, 0, 0);
}

/* The number of the flow's last attempt, ADP_NONE when there is none. */
guint32 adp_find_attempt(const adp_derived *d, const adp_flow *flow)
{
    adp_pair_key key;
    guint32 index;
    const adp_attempt *attempt;

    attempt_key(&key, flow);
    index = adp_open_step(d, &key);
    if (index == ADP_NONE) {
        return ADP_NONE;
    }
    attempt = &g_array_index(d->attempts, adp_attempt, index);
    /* The ports were used again. */
    if (flow->stream != ADP_NONE && attempt->flow.stream != ADP_NONE &&
        flow->stream != attempt->flow.stream) {
        return ADP_NONE;
    }
    return index;
}

guint32 adp_new_attempt(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    adp_attempt attempt = {.flow = obs->flow,
                           .first = i,
                           .last = i,
                           .first_time = obs->time,
                           .last_time = obs->time,
                           .step = ADP_NONE,
                           .client = adp_machine_recent(model, obs->flow.client)};
    adp_pair_key key;

    g_array_append_val(d->attempts, attempt);
    attempt_key(&key, &obs->flow);
    adp_set_open_step(d, &key, d->attempts->len - 1);
    return d->attempts->len - 1;
}

/* Gives the observation its mark, behind the attempt's others. Always TRUE. */
static gboolean keep(adp_derived *d, guint32 index, guint32 i, gboolean copy)
{
    adp_attempt *attempt = attempt_at(d, index);
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

static gboolean is_dc_port(guint16 port)
{
    return port == 88 || port == 389 || port == 636 || port == 3268 || port == 3269;
}

static gboolean serves_autodiscover(const adp_model *model, const adp_flow *flow)
{
    const GPtrArray *names =
        g_hash_table_lookup(model->derived.names_of, GUINT_TO_POINTER(flow->server + 1));
    gboolean usual = flow->server_port == 443 || flow->server_port == 80;
    guint i;

    for (i = 0; names && i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        const adp_host *host = g_hash_table_lookup(model->derived.named, name);

        if ((usual || host->port == flow->server_port) &&
            adp_is_web_host(model, flow->client, name)) {
            return TRUE;
        }
    }
    /* An URL may have an address for a host. */
    return adp_is_web_host(model, flow->client, adp_model_address_text(model, flow->server));
}

gboolean adp_is_web_server(const adp_model *model, const adp_flow *flow)
{
    return serves_autodiscover(model, flow);
}

static gboolean feed_syn(adp_model *model, const adp_obs *obs, guint32 i)
{
    adp_derived *d = &model->derived;
    guint32 index = adp_find_attempt(d, &obs->flow);
    adp_attempt *attempt = index == ADP_NONE ? NULL : attempt_at(d, index);

    if (attempt) {
        gint64 apart = adp_since(obs->time, attempt->last_time);

        if (attempt->syns && apart >= -ADP_COPY_WINDOW && apart <= ADP_COPY_WINDOW) {
            return keep(d, index, i, TRUE);
        }
        if (attempt->syns && !attempt->accepted && !attempt->refused) {
            attempt->syns++;
            attempt->last_time = obs->time;
            return keep(d, index, i, FALSE);
        }
    }
    if (!is_dc_port(obs->flow.server_port) && !serves_autodiscover(model, &obs->flow) &&
        !adp_guess_is_server(model, &obs->flow)) {
        return FALSE;
    }
    index = adp_new_attempt(model, obs, i);
    attempt_at(d, index)->syns = 1;
    return keep(d, index, i, FALSE);
}

static gboolean feed_close(adp_derived *d, const adp_obs *obs, guint32 index, guint32 i)
{
    adp_attempt *attempt = attempt_at(d, index);
    gboolean reset = obs->u.tcp->event == ADP_TCP_RST;

    if (attempt->closed || attempt->refused) {
        return FALSE; /* whoever follows only says the same */
    }
    if (attempt->accepted) {
        attempt->closed = TRUE;
        attempt->reset = reset;
        attempt->server_closed = obs->from_server;
    } else if (reset && obs->from_server) {
        attempt->refused = TRUE;
    } else {
        return FALSE;
    }
    return keep(d, index, i, FALSE);
}

/* Only of connections that are known: others have nothing to lose. */
static gboolean feed_gap(adp_derived *d, const adp_obs *obs, guint32 i)
{
    if (!obs->from_server || obs->flow.stream == ADP_NONE ||
        (obs->flow.server_port != 88 && !adp_find_conn(d, &obs->flow) &&
         adp_find_attempt(d, &obs->flow) == ADP_NONE)) {
        return FALSE;
    }
    g_hash_table_replace(d->gaps, GUINT_TO_POINTER(obs->flow.stream + 1), GUINT_TO_POINTER(i + 1));
    return adp_keep_aside(d);
}

gboolean adp_model_has_gap(const adp_model *model, const adp_step *step)
{
    gpointer gap;

    if (step->flow.transport != ADP_TCP || step->flow.stream == ADP_NONE) {
        return FALSE;
    }
    gap = g_hash_table_lookup(model->derived.gaps, GUINT_TO_POINTER(step->flow.stream + 1));
    return GPOINTER_TO_UINT(gap) > step->first + 1;
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
    index = adp_find_attempt(d, &obs->flow);
    if (index == ADP_NONE) {
        return FALSE;
    }
    if (obs->u.tcp->event != ADP_TCP_SYN_ACK) {
        return feed_close(d, obs, index, i);
    }
    if (attempt_at(d, index)->accepted) {
        return FALSE;
    }
    attempt_at(d, index)->accepted = TRUE;
    return keep(d, index, i, FALSE);
}

void adp_attempt_has_data(adp_model *model, const adp_obs *obs)
{
    guint32 index;

    if (obs->flow.transport == ADP_TCP) {
        index = adp_find_attempt(&model->derived, &obs->flow);
        if (index != ADP_NONE) {
            attempt_at(&model->derived, index)->accepted = TRUE;
        }
    }
}

/* ---- ICMP ---- */

/* The request of UDP that the error quotes too little of to tell its id: the flow's last one. */
static guint32 quoted_step(const adp_derived *d, const adp_flow *flow)
{
    adp_pair_key key;

    if (flow->server_port == 88) {
        adp_exchange_key(&key, ADP_SPACE_KDC, flow, 0, 0);
    } else {
        adp_exchange_key(&key, ADP_SPACE_SEARCH, flow, 0, 1);
    }
    return adp_open_step(d, &key);
}

static gboolean feed_icmp_udp(adp_derived *d, const adp_obs *obs, guint32 i)
{
    guint32 index = quoted_step(d, &obs->flow);

    if (index == ADP_NONE || adp_step_at(d, index)->reply != ADP_NONE ||
        adp_step_at(d, index)->icmp != ADP_NONE) {
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
        return feed_icmp_udp(d, obs, i);
    }
    index = adp_find_attempt(d, &obs->flow);
    if (index == ADP_NONE || attempt_at(d, index)->accepted || attempt_at(d, index)->refused ||
        attempt_at(d, index)->prohibited || attempt_at(d, index)->unreachable) {
        return FALSE;
    }
    attempt_at(d, index)->prohibited = obs->u.icmp->prohibited;
    attempt_at(d, index)->unreachable = !obs->u.icmp->prohibited;
    return keep(d, index, i, FALSE);
}

/* ---- questions of the readers ---- */

gboolean adp_model_knows_attempt(const adp_model *model, const adp_flow *flow)
{
    adp_flow ends = *flow;

    ends.client = adp_model_own_address(model, flow->client);
    return adp_find_attempt(&model->derived, &ends) != ADP_NONE;
}

gboolean adp_model_may_attempt(const adp_model *model, guint32 server, guint16 port)
{
    return is_dc_port(port) ||
           (server != ADP_NONE &&
            g_hash_table_contains(model->derived.names_of, GUINT_TO_POINTER(server + 1)));
}
