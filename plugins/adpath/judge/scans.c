/* scans.c
 * Connections that are opened only to see which ports of a host answer.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/scans.h"

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
};

/* Of a client and a host in a piece of time; free with g_free(). */
static char *window_key(const adp_attempt *attempt, gint64 window)
{
    return g_strdup_printf("%u|%u|%" G_GINT64_FORMAT, attempt->flow.client, attempt->flow.server,
                           window);
}

/* Reset by the client as soon as it was open, before anything was said in it? */
static gboolean is_dropped(const adp_rules *r, const adp_attempt *attempt)
{
    return attempt->accepted && attempt->reset && !attempt->server_closed &&
           attempt->step == ADP_NONE &&
           adp_since(adp_model_obs(r->model, attempt->last)->time, attempt->first_time) < AT_ONCE;
}

adp_scans *adp_scans_new(const adp_rules *r)
{
    adp_scans *scans = g_new0(adp_scans, 1);
    guint32 i;

    scans->r = r;
    scans->dropped = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free,
                                           (GDestroyNotify)g_hash_table_unref);
    for (i = 0; i < adp_model_attempt_count(r->model); i++) {
        const adp_attempt *attempt = adp_model_attempt(r->model, i);
        GHashTable *ports;
        char *key;

        ADP_COUNT();
        if (!is_dropped(r, attempt)) {
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
    g_free(scans);
}

gboolean adp_scans_has(const adp_scans *scans, const adp_attempt *attempt)
{
    gint64 window = attempt->first_time / WINDOW;
    guint ports = 0;
    gint64 w;

    if (g_hash_table_size(scans->dropped) == 0) {
        return FALSE;
    }
    for (w = window - 1; w <= window + 1; w++) {
        char *key = window_key(attempt, w);
        GHashTable *there = g_hash_table_lookup(scans->dropped, key);

        g_free(key);
        ports = MAX(ports, there ? g_hash_table_size(there) : 0);
    }
    return ports >= PORTS;
}
