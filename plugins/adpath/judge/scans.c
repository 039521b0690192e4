/* scans.c
 * Connections that are opened only to see which ports of a host answer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/scans.h"

#include "join/ldap_ops.h"
#include "join/model.h"
#include "judge/report.h"
#include "log/observation.h"
#include "wire/count.h"
#include "wire/hash.h"
#include "wire/text.h"

/* Programs that use a directory do not drop connections to so many of its ports at once. */
#define PORTS   3
#define AT_ONCE ADP_NS_PER_S
#define WINDOW  (10 * ADP_NS_PER_S)

struct adp_scans {
    const adp_rules *r;
    GHashTable *dropped; /* window_key() -> set of ports, owned */
    GHashTable *used;    /* streams on which something was asked, each + 1 */
};

/* Of a client and a host in a piece of time; free with g_free(). */
static char *window_key(const adp_attempt *attempt, gint64 window)
{
    return g_strdup_printf("%u|%u|%" G_GINT64_FORMAT, attempt->flow.client, attempt->flow.server,
                           window);
}

/* Connections on which somebody asked something. */
static GHashTable *used_streams(const adp_rules *r)
{
    GHashTable *used = g_hash_table_new(NULL, NULL);
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_flow *flow = &adp_rules_step(r, i)->flow;

        ADP_COUNT();
        if (flow->transport == ADP_TCP) {
            g_hash_table_add(used, GUINT_TO_POINTER(flow->stream + 1));
        }
    }
    for (i = 0; i < adp_model_asked_count(r->model); i++) {
        ADP_COUNT();
        g_hash_table_add(
            used, GUINT_TO_POINTER(
                      adp_model_obs(r->model, adp_model_asked(r->model, i))->flow.stream + 1));
    }
    return used;
}

/* Closed by the client as soon as it was open, before anything was asked in it? */
static gboolean is_dropped(const adp_scans *scans, const adp_attempt *attempt)
{
    const adp_rules *r = scans->r;

    return attempt->accepted && attempt->closed && !attempt->server_closed &&
           !g_hash_table_contains(scans->used, GUINT_TO_POINTER(attempt->flow.stream + 1)) &&
           adp_since(adp_model_obs(r->model, attempt->last)->time, attempt->first_time) < AT_ONCE;
}

adp_scans *adp_scans_new(const adp_rules *r)
{
    adp_scans *scans = g_new0(adp_scans, 1);
    guint32 i;

    scans->r = r;
    scans->used = used_streams(r);
    scans->dropped = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free,
                                           (GDestroyNotify)g_hash_table_unref);
    for (i = 0; i < adp_model_attempt_count(r->model); i++) {
        const adp_attempt *attempt = adp_model_attempt(r->model, i);
        GHashTable *ports;
        char *key;

        ADP_COUNT();
        if (!is_dropped(scans, attempt)) {
            continue;
        }
        key = window_key(attempt, attempt->first_time / WINDOW);
        ports = g_hash_table_lookup(scans->dropped, key);
        if (ports) {
            g_free(key);
        } else {
            ports = g_hash_table_new(NULL, NULL);
            g_hash_table_insert(scans->dropped, key, ports);
        }
        g_hash_table_add(ports, GUINT_TO_POINTER(attempt->flow.server_port));
    }
    return scans;
}

void adp_scans_free(adp_scans *scans)
{
    g_hash_table_unref(scans->dropped);
    g_hash_table_unref(scans->used);
    g_free(scans);
}

gboolean adp_scans_has(const adp_scans *scans, const adp_attempt *attempt)
{
    gint64 window = attempt->first_time / WINDOW;
    GHashTable *ports;
    gboolean is;
    gint64 w;

    if (g_hash_table_size(scans->dropped) == 0) {
        return FALSE;
    }
    ports = g_hash_table_new(NULL, NULL);
    for (w = window - 1; w <= window + 1; w++) {
        char *key = window_key(attempt, w);
        GHashTable *there = g_hash_table_lookup(scans->dropped, key);
        GHashTableIter iter;
        gpointer port;

        g_free(key);
        if (there) {
            g_hash_table_iter_init(&iter, there);
            while (g_hash_table_iter_next(&iter, &port, NULL)) {
                g_hash_table_add(ports, port);
            }
        }
    }
    is = g_hash_table_size(ports) >= PORTS;
    g_hash_table_unref(ports);
    return is;
}
