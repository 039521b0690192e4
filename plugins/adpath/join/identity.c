/* identity.c
 * Who is who: addresses, the machines behind them, and which of them are one client.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "join/identity.h"

#include "join/derived.h"
#include "join/model.h"
#include "log/log.h"
#include "log/observation.h"
#include "wire/hash.h"

#include <string.h>

/* NetBIOS names have so many characters; longer DNS names begin with them. */
#define NAME_LEN 15

adp_identity *adp_identity_new(void)
{
    adp_identity *t = g_new0(adp_identity, 1);

    t->machines = g_array_new(FALSE, FALSE, sizeof(adp_machine));
    t->by_name = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, NULL);
    t->at = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    t->owner = g_hash_table_new(NULL, NULL);
    return t;
}

void adp_identity_free(adp_identity *t)
{
    g_array_unref(t->machines);
    g_hash_table_unref(t->by_name);
    g_hash_table_unref(t->at);
    g_hash_table_unref(t->owner);
    g_free(t);
}

/* ---- machines ---- */

gboolean adp_is_machine(guint32 client)
{
    return client >= ADP_MACHINES && client < ADP_MACHINES + (ADP_MACHINES >> 1);
}

adp_machine *adp_machine_at(const adp_model *model, guint32 number)
{
    return &g_array_index(model->derived.identity->machines, adp_machine, number - ADP_MACHINES);
}

adp_machine_users *adp_machine_users_of(const adp_model *model, guint32 address)
{
    return g_hash_table_lookup(model->derived.identity->at, GUINT_TO_POINTER(address + 1));
}

guint32 adp_model_own_address(const adp_model *model, guint32 client)
{
    return adp_is_machine(client) ? adp_machine_at(model, client)->address : client;
}

const char *adp_machine_name(const adp_model *model, guint32 number)
{
    return adp_machine_at(model, number)->name;
}

guint adp_machine_count(const adp_model *model, guint32 address)
{
    const adp_machine_users *u = adp_machine_users_of(model, address);

    return u ? u->count : 0;
}

guint32 adp_machine_then(const adp_model *model, guint32 client)
{
    return !adp_is_machine(client) && adp_model_is_shared(model, client)
               ? adp_machine_users_of(model, client)->first
               : client;
}

guint32 adp_machine_recent(const adp_model *model, guint32 address)
{
    return adp_model_is_shared(model, address) ? adp_machine_users_of(model, address)->recent
                                               : address;
}

/* The first label, as NetBIOS has it; NULL when it is empty. Free with g_free(). */
static char *name_key(guint32 address, const char *name)
{
    gsize len = name ? strcspn(name, ".") : 0;
    char *label;
    char *key;

    if (len == 0) {
        return NULL;
    }
    label = g_ascii_strup(name, (gssize)MIN(len, NAME_LEN));
    key = g_strdup_printf("%u|%s", address, label);
    g_free(label);
    return key;
}

guint32 adp_machine_by_name(const adp_model *model, guint32 address, const char *name)
{
    char *key = name_key(address, name);
    gpointer found = key ? g_hash_table_lookup(model->derived.identity->by_name, key) : NULL;

    g_free(key);
    return found ? GPOINTER_TO_UINT(found) - 1 : ADP_NONE;
}

guint32 adp_machine_add(adp_model *model, guint32 address, const char *name)
{
    adp_identity *t = model->derived.identity;
    adp_machine fresh = {.address = address, .name = name};
    char *key = name_key(address, name);
    adp_machine_users *u = adp_machine_users_of(model, address);

    if (!key) {
        return ADP_NONE;
    }
    g_array_append_val(t->machines, fresh);
    g_hash_table_insert(t->by_name, key, GUINT_TO_POINTER(ADP_MACHINES + t->machines->len));
    if (!u) {
        u = g_new0(adp_machine_users, 1);
        u->first = u->last = ADP_MACHINES + t->machines->len - 1;
        u->recent = ADP_NONE;
        g_hash_table_insert(t->at, GUINT_TO_POINTER(address + 1), u);
    }
    u->count++;
    return ADP_MACHINES + t->machines->len - 1;
}

const char *adp_machine_name_in(const adp_ping_request *ping)
{
    return ping->dns_host && *ping->dns_host ? ping->dns_host : ping->host;
}

guint32 adp_machine_find(const adp_model *model, guint32 address, const adp_ping_request *ping)
{
    return adp_machine_by_name(model, address, adp_machine_name_in(ping));
}

/* ---- clients and addresses ---- */

guint32 adp_model_client(const adp_model *model, guint32 address)
{
    gpointer found =
        g_hash_table_lookup(model->derived.identity->owner, GUINT_TO_POINTER(address + 1));

    return found ? GPOINTER_TO_UINT(found) - 1 : address;
}

adp_called *adp_address_called(adp_derived *d, guint32 address)
{
    if (address >= d->called->len) {
        g_array_set_size(d->called, address + 1);
    }
    return &g_array_index(d->called, adp_called, address);
}

/* What the address of a client is called; NULL: nothing is known. */
static const adp_called *called(const adp_model *model, guint32 id)
{
    guint32 address = adp_model_own_address(model, id);

    return address < model->derived.called->len
               ? &g_array_index(model->derived.called, adp_called, address)
               : NULL;
}

const char *adp_model_address_text(const adp_model *model, guint32 id)
{
    return adp_log_address_text(model->log, adp_model_own_address(model, id));
}

gboolean adp_model_was_heard(const adp_model *model, guint32 id)
{
    return adp_log_was_heard(model->log, adp_model_own_address(model, id));
}

const char *adp_model_address_name(const adp_model *model, guint32 id)
{
    const adp_called *address = called(model, id);

    if (adp_is_machine(id)) {
        return adp_machine_name(model, id);
    }
    return address ? address->name : NULL;
}

gboolean adp_model_is_shared(const adp_model *model, guint32 id)
{
    const adp_called *address = called(model, id);

    return address && address->is_shared;
}

gboolean adp_model_is_unnamed(const adp_model *model, guint32 client)
{
    return !adp_is_machine(client) && adp_model_is_shared(model, client);
}

gboolean adp_model_has_names(const adp_model *model, guint32 id)
{
    const adp_called *address = called(model, id);

    return address && address->has_names && !address->is_shared;
}
