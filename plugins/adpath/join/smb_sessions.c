/* smb_sessions.c
 * Where clients got in with NTLM over SMB.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/smb_sessions.h"

#include "join/chain.h"
#include "join/derived.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/limits.h"

static gboolean keep(adp_model *model, char *key)
{
    GHashTable *sessions = model->derived.ntlm;

    if (g_hash_table_contains(sessions, key)) {
        g_free(key);
        return FALSE;
    }
    if (g_hash_table_size(sessions) >= ADP_MAX_NTLM_SESSIONS) {
        g_free(key);
        adp_model_limit(model, ADP_LIMIT_NTLM_SESSIONS);
        return FALSE;
    }
    g_hash_table_add(sessions, key);
    return adp_keep_aside(&model->derived);
}

gboolean adp_feed_ntlm(adp_model *model, const adp_obs *obs, guint32 i)
{
    GHashTable *sessions = model->derived.ntlm;
    char *asked = g_strdup_printf("asked|%u", obs->flow.stream);
    char *pair = g_strdup_printf("%u|%u", obs->flow.client, obs->flow.server);
    gboolean is_known = g_hash_table_contains(sessions, pair);
    gboolean was_asked = g_hash_table_contains(sessions, asked);
    gboolean kept = FALSE;

    (void)i;
    if (!is_known && obs->from_server && was_asked) {
        kept = keep(model, g_strdup(pair));
    } else if (!is_known && !obs->from_server) {
        kept = keep(model, g_strdup(asked));
    }
    g_free(asked);
    g_free(pair);
    return kept;
}
