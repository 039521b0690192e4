/* connections.c
 * What the whole of a TCP connection tells of one request on it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/connections.h"

#include "join/model.h"
#include "judge/rules.h"
#include "log/observation.h"
#include "wire/text.h"

/* The frame in which the observation shows the server speaking; 0: it does not. */
static guint32 spoken_in(const adp_obs *obs)
{
    /* That it says goodbye is no answer to anything. */
    if (obs->type == ADP_OBS_LDAP_OPERATION_REPLY && obs->u.operation->op == ADP_LDAP_OP_NOTICE) {
        return 0;
    }
    if (obs->from_server) {
        return obs->type == ADP_OBS_TCP ? 0 : obs->frame;
    }
    if (obs->type == ADP_OBS_LDAP_OPERATION && obs->u.operation->answer) {
        return MAX(obs->u.operation->answer->answered, obs->u.operation->answer->heard);
    }
    return 0;
}

/* TCP stream + 1 -> frame. */
GHashTable *adp_rules_last_spoken(const adp_rules *r)
{
    GHashTable *spoken = g_hash_table_new(NULL, NULL);
    guint32 i;

    for (i = 0; i < adp_model_obs_count(r->model); i++) {
        const adp_obs *obs = adp_model_obs(r->model, i);
        guint32 frame = spoken_in(obs);
        gpointer key = GUINT_TO_POINTER(obs->flow.stream + 1);

        if (obs->flow.transport == ADP_TCP && obs->flow.stream != ADP_NONE &&
            frame > GPOINTER_TO_UINT(g_hash_table_lookup(spoken, key))) {
            g_hash_table_replace(spoken, key, GUINT_TO_POINTER(frame));
        }
    }
    return spoken;
}

gboolean adp_rules_spoke_later(GHashTable *spoken, const adp_flow *flow, guint32 frame)
{
    return flow->transport == ADP_TCP && flow->stream != ADP_NONE &&
           GPOINTER_TO_UINT(g_hash_table_lookup(spoken, GUINT_TO_POINTER(flow->stream + 1))) >
               frame;
}

/* Firewalls and translators forget a connection that is quiet for some minutes (from memory). */
#define IDLE (5 * 60 * ADP_NS_PER_S)

static gboolean is_request(const adp_rules *r, const adp_obs *obs, guint32 i)
{
    guint32 step = adp_model_mark(r->model, i)->step;

    return step != ADP_NONE ? adp_rules_step(r, step)->first == i
                            : obs->type == ADP_OBS_LDAP_OPERATION;
}

/* Observation + 1 -> seconds. */
GHashTable *adp_rules_idle_before(const adp_rules *r)
{
    GHashTable *last = g_hash_table_new(NULL, NULL); /* stream + 1 -> observation + 1 */
    GHashTable *idle = g_hash_table_new(NULL, NULL);
    guint32 i;

    for (i = 0; i < adp_model_obs_count(r->model); i++) {
        const adp_obs *obs = adp_model_obs(r->model, i);
        gpointer key = GUINT_TO_POINTER(obs->flow.stream + 1);
        guint before;
        gint64 pause;

        if (obs->flow.transport != ADP_TCP || obs->flow.stream == ADP_NONE) {
            continue;
        }
        before = GPOINTER_TO_UINT(g_hash_table_lookup(last, key));
        pause = before ? adp_since(obs->time, adp_model_obs(r->model, before - 1)->time) : 0;
        if (pause >= IDLE && is_request(r, obs, i)) {
            g_hash_table_insert(idle, GUINT_TO_POINTER(i + 1),
                                GUINT_TO_POINTER((guint)MIN(pause / ADP_NS_PER_S, G_MAXUINT)));
        }
        g_hash_table_replace(last, key, GUINT_TO_POINTER(i + 1));
    }
    g_hash_table_unref(last);
    return idle;
}

guint adp_rules_idle_minutes(GHashTable *idle, guint32 i)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(idle, GUINT_TO_POINTER(i + 1))) / 60;
}
