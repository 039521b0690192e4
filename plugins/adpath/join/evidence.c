/* evidence.c
 * Which frames the verdict needs: a capture of these alone is judged as the whole one is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/evidence.h"

#include "join/attempts.h"
#include "join/derived.h"
#include "join/model.h"
#include "log/log.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/sorted.h"

/* What is known of a TCP connection, or of several between the same ports: bits. */
enum {
    CONNECTION_KNOWN = 1,
    CONNECTION_MATTERS = 2, /* a message was observed on it, or it is to a server of a step */
    CONNECTION_ACCEPTED = 4 /* it came about */
};

struct adp_evidence {
    const adp_model *model;
    guint32 observations;
    guint cuts;
    GHashTable *connections; /* its two ends (owned guint64) -> bits */
    GHashTable *clients;     /* address + 1, of a step */
};

/* The same number for both directions. */
static guint64 ends_of(const adp_flow *flow)
{
    guint64 one = ((guint64)flow->client << 16) | flow->client_port;
    guint64 other = ((guint64)flow->server << 16) | flow->server_port;
    guint64 ends[2];

    ends[0] = MIN(one, other);
    ends[1] = MAX(one, other);
    return adp_hash_bytes(ADP_HASH_SEED, (const guint8 *)ends, sizeof(ends));
}

static guint bits_of(const adp_evidence *evidence, const adp_flow *flow)
{
    guint64 key = ends_of(flow);

    return GPOINTER_TO_UINT(g_hash_table_lookup(evidence->connections, &key));
}

static void set_bits(const adp_evidence *evidence, const adp_flow *flow, guint bits)
{
    guint64 key = ends_of(flow);
    guint before = GPOINTER_TO_UINT(g_hash_table_lookup(evidence->connections, &key));

    if ((before | bits) != before) {
        g_hash_table_replace(evidence->connections, g_memdup2(&key, sizeof(key)),
                             GUINT_TO_POINTER(before | bits));
    }
}

/* Servers of steps; clients go into `evidence`. */
static GHashTable *ends_of_steps(const adp_evidence *evidence)
{
    GHashTable *servers = g_hash_table_new(NULL, NULL);
    guint32 i;

    for (i = 0; i < adp_model_step_count(evidence->model); i++) {
        const adp_flow *flow = &adp_model_step(evidence->model, i)->flow;

        g_hash_table_add(servers, GUINT_TO_POINTER(flow->server + 1));
        g_hash_table_add(evidence->clients, GUINT_TO_POINTER(flow->client + 1));
    }
    return servers;
}

adp_evidence *adp_evidence_new(const adp_model *model)
{
    adp_evidence *evidence = g_new0(adp_evidence, 1);
    GHashTable *servers;
    guint32 i;

    evidence->model = model;
    evidence->observations = adp_model_obs_count(model);
    evidence->cuts = adp_model_cuts(model);
    evidence->connections = g_hash_table_new_full(adp_int64_hash, g_int64_equal, g_free, NULL);
    evidence->clients = g_hash_table_new(NULL, NULL);
    servers = ends_of_steps(evidence);
    for (i = 0; i < evidence->observations; i++) {
        const adp_obs *obs = adp_model_obs(model, i);
        guint bits = CONNECTION_KNOWN;

        if (obs->flow.transport != ADP_TCP || obs->type == ADP_OBS_ICMP) {
            continue;
        }
        if (obs->type != ADP_OBS_TCP ||
            g_hash_table_contains(servers, GUINT_TO_POINTER(obs->flow.server + 1))) {
            bits |= CONNECTION_MATTERS;
        }
        if (obs->type == ADP_OBS_TCP && obs->u.tcp->event == ADP_TCP_SYN_ACK) {
            bits |= CONNECTION_ACCEPTED;
        }
        set_bits(evidence, &obs->flow, bits);
    }
    g_hash_table_unref(servers);
    return evidence;
}

void adp_evidence_free(adp_evidence *evidence)
{
    if (evidence) {
        g_hash_table_unref(evidence->connections);
        g_hash_table_unref(evidence->clients);
        g_free(evidence);
    }
}

gboolean adp_evidence_holds(const adp_evidence *evidence, const adp_model *model)
{
    return evidence && evidence->model == model &&
           evidence->observations == adp_model_obs_count(model) &&
           evidence->cuts == adp_model_cuts(model);
}

/*
 * The end of a connection that matters to nobody shows a gap when what came before it is left out. Where it never came
 * about, its end is the refusal.
 */
static gboolean observation_counts(const adp_evidence *evidence, guint32 i)
{
    const adp_obs *obs = adp_model_obs(evidence->model, i);
    guint32 attempt = adp_model_mark(evidence->model, i)->attempt;

    if (attempt != ADP_NONE && adp_model_attempt(evidence->model, attempt)->older) {
        return TRUE; /* before Wireshark 4.2 of the same stream as the connection that stood then */
    }
    if (obs->type != ADP_OBS_TCP || obs->flow.transport != ADP_TCP) {
        return TRUE;
    }
    switch (obs->u.tcp->event) {
    case ADP_TCP_SYN:
    case ADP_TCP_SYN_ACK:
        return TRUE;
    case ADP_TCP_FIN:
    case ADP_TCP_RST:
        return !(bits_of(evidence, &obs->flow) & CONNECTION_ACCEPTED);
    default:
        return FALSE;
    }
}

/* Observations are in the order of their frames. */
static gboolean is_observed(const adp_evidence *evidence, guint32 frame)
{
    guint32 i = adp_sorted_place(evidence->model->log->obs, G_STRUCT_OFFSET(adp_obs, frame), frame);

    for (; i < evidence->observations && adp_model_obs(evidence->model, i)->frame == frame; i++) {
        if (observation_counts(evidence, i)) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean adp_evidence_needs(const adp_evidence *evidence, guint32 frame, const adp_flow *flow,
                            guint32 dst)
{
    const adp_log *log = evidence->model->log;

    if (frame == log->first_frame || frame == log->last_frame) {
        return TRUE;
    }
    if (dst != ADP_NONE && frame == adp_log_first_heard(log, dst) &&
        g_hash_table_contains(evidence->clients, GUINT_TO_POINTER(dst + 1))) {
        return TRUE;
    }
    if (flow->transport == ADP_TCP && flow->client != ADP_NONE && flow->server != ADP_NONE &&
        (bits_of(evidence, flow) & CONNECTION_MATTERS)) {
        return TRUE;
    }
    return is_observed(evidence, frame);
}
