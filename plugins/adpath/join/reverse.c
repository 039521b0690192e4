/* reverse.c
 * The names that DNS gives for addresses (PTR): some libraries make names of services of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/reverse.h"

#include "join/chain.h"
#include "join/derived.h"
#include "join/hosts.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/limits.h"

/* Names that anybody may make up: they are keys of a table that knows what may come. */
static guint32 find(const adp_model *model, const char *name)
{
    char *lower = g_ascii_strdown(name, -1);
    gpointer found = g_hash_table_lookup(model->derived.reverse, lower);

    g_free(lower);
    return found ? GPOINTER_TO_UINT(found) - 1 : ADP_NONE;
}

gboolean adp_model_wants_reverse(const adp_model *model, guint32 address, const char *name)
{
    return address != ADP_NONE && name && *name && find(model, name) == ADP_NONE;
}

gboolean adp_feed_reverse(adp_model *model, const adp_obs *obs, guint32 i)
{
    GHashTable *names = model->derived.reverse;
    const adp_obs_dns *dns = obs->u.dns;

    if (!dns->said->hosts.count ||
        !adp_model_wants_reverse(model, dns->said->hosts.items[0].address, dns->name)) {
        return FALSE;
    }
    if (g_hash_table_size(names) >= ADP_MAX_REVERSE_NAMES) {
        adp_model_limit(model, ADP_LIMIT_REVERSE_NAMES);
        return FALSE;
    }
    g_hash_table_insert(names, g_ascii_strdown(dns->name, -1), GUINT_TO_POINTER(i + 1));
    return adp_keep_aside(&model->derived);
}

guint32 adp_model_reverse(const adp_model *model, const char *name, guint32 *address)
{
    guint32 i = find(model, name);

    if (i == ADP_NONE) {
        return ADP_NONE;
    }
    *address = adp_model_obs(model, i)->u.dns->said->hosts.items[0].address;
    return adp_model_host_has_address(model, name, *address) ? ADP_NONE : i;
}
