/* netbios.c
 * Which NetBIOS names were asked for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/netbios.h"

#include "join/chain.h"
#include "join/derived.h"
#include "join/identity.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/limits.h"

static char *key_of(guint32 client, const char *what, const char *name)
{
    char *lower = g_ascii_strdown(name, -1);
    char *key = g_strdup_printf("%u|%s|%s", client, what, lower);

    g_free(lower);
    return key;
}

static const char *what_of(const adp_obs *obs)
{
    if (obs->from_server) {
        return "answer";
    }
    return obs->u.netbios->suffix == ADP_NETBIOS_SERVER ? "server" : "domain";
}

gboolean adp_feed_netbios(adp_model *model, const adp_obs *obs, guint32 i)
{
    GHashTable *names = model->derived.netbios;
    char *key;

    /* What says no tells nothing: a name may be known elsewhere. */
    if (obs->from_server && obs->u.netbios->rcode) {
        return FALSE;
    }
    key =
        key_of(obs->from_server ? ADP_NONE : obs->flow.client, what_of(obs), obs->u.netbios->name);
    if (g_hash_table_contains(names, key)) {
        g_free(key);
        return FALSE;
    }
    if (g_hash_table_size(names) >= ADP_MAX_NETBIOS_NAMES) {
        g_free(key);
        adp_model_limit(model, ADP_LIMIT_NETBIOS_NAMES);
        return FALSE;
    }
    g_hash_table_insert(names, key, GUINT_TO_POINTER(i + 1));
    return adp_keep_aside(&model->derived);
}

static guint32 find(const adp_model *model, guint32 client, const char *what, const char *name)
{
    char *key = key_of(client, what, name);
    gpointer found = g_hash_table_lookup(model->derived.netbios, key);

    g_free(key);
    return found ? GPOINTER_TO_UINT(found) - 1 : ADP_NONE;
}

guint32 adp_model_netbios_domain(const adp_model *model, guint32 address, const char *name)
{
    return find(model, address, "domain", name);
}

guint32 adp_model_netbios_answer(const adp_model *model, const char *name)
{
    return find(model, ADP_NONE, "answer", name);
}
