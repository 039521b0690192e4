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

/* ---- clients as values ---- */

/* Numbers of machines begin here, behind those of addresses: no capture has so many of either. */
#define MACHINES 0x80000000U

adp_client adp_client_at(guint32 address)
{
    return (adp_client){.address = address, .machine = ADP_NONE};
}

adp_client adp_client_machine(const adp_model *model, guint32 machine)
{
    return (adp_client){.address = adp_machine_at(model, machine)->address, .machine = machine};
}

gboolean adp_is_nobody(adp_client client)
{
    return client.address == ADP_NONE;
}

gboolean adp_is_machine(adp_client client)
{
    return client.machine != ADP_NONE;
}

gboolean adp_same_client(adp_client a, adp_client b)
{
    return a.address == b.address && a.machine == b.machine;
}

guint32 adp_client_number(adp_client client)
{
    return (adp_is_machine(client) ? MACHINES + client.machine : client.address) + 1;
}

gpointer adp_client_key(adp_client client)
{
    return GUINT_TO_POINTER(adp_client_number(client));
}

adp_client adp_client_of_key(const adp_model *model, gconstpointer key)
{
    guint32 number = GPOINTER_TO_UINT(key) - 1;

    return key && number >= MACHINES ? adp_client_machine(model, number - MACHINES)
                                     : adp_client_at(number);
}

/* ---- machines ---- */

adp_machine *adp_machine_at(const adp_model *model, guint32 machine)
{
    return &g_array_index(model->derived.identity->machines, adp_machine, machine);
}

adp_machine_users *adp_machine_users_of(const adp_model *model, guint32 address)
{
    return g_hash_table_lookup(model->derived.identity->at, GUINT_TO_POINTER(address + 1));
}

guint adp_machine_count(const adp_model *model, guint32 address)
{
    const adp_machine_users *u = adp_machine_users_of(model, address);

    return u ? u->count : 0;
}

adp_client adp_machine_then(const adp_model *model, adp_client client)
{
    return adp_model_is_unnamed(model, client)
               ? adp_client_machine(model, adp_machine_users_of(model, client.address)->first)
               : client;
}

adp_client adp_machine_recent(const adp_model *model, guint32 address)
{
    return adp_model_is_shared(model, address) ? adp_machine_users_of(model, address)->recent
                                               : adp_client_at(address);
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
    g_hash_table_insert(t->by_name, key, GUINT_TO_POINTER(t->machines->len));
    if (!u) {
        u = g_new0(adp_machine_users, 1);
        u->first = u->last = t->machines->len - 1;
        u->recent = adp_client_at(ADP_NONE);
        g_hash_table_insert(t->at, GUINT_TO_POINTER(address + 1), u);
    }
    u->count++;
    return t->machines->len - 1;
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

adp_client adp_model_client(const adp_model *model, guint32 address)
{
    return adp_model_owner(model, adp_client_at(address));
}

adp_client adp_model_owner(const adp_model *model, adp_client client)
{
    gpointer found = g_hash_table_lookup(model->derived.identity->owner, adp_client_key(client));

    return found ? adp_client_of_key(model, found) : client;
}

adp_called *adp_address_called(adp_derived *d, guint32 address)
{
    if (address >= d->called->len) {
        g_array_set_size(d->called, address + 1);
    }
    return &g_array_index(d->called, adp_called, address);
}

/* What the address of a client is called; NULL: nothing is known. */
static const adp_called *called(const adp_model *model, guint32 address)
{
    return address < model->derived.called->len
               ? &g_array_index(model->derived.called, adp_called, address)
               : NULL;
}

const char *adp_model_address_text(const adp_model *model, guint32 address)
{
    return adp_log_address_text(model->log, address);
}

gboolean adp_model_was_heard(const adp_model *model, guint32 address)
{
    return adp_log_was_heard(model->log, address);
}

const char *adp_model_address_name(const adp_model *model, guint32 address)
{
    const adp_called *it = called(model, address);

    return it ? it->name : NULL;
}

const char *adp_model_client_name(const adp_model *model, adp_client client)
{
    return adp_is_machine(client) ? adp_machine_at(model, client.machine)->name
                                  : adp_model_address_name(model, client.address);
}

gboolean adp_model_is_shared(const adp_model *model, guint32 address)
{
    const adp_called *it = called(model, address);

    return it && it->is_shared;
}

gboolean adp_model_is_unnamed(const adp_model *model, adp_client client)
{
    return !adp_is_machine(client) && adp_model_is_shared(model, client.address);
}

gboolean adp_model_has_names(const adp_model *model, guint32 address)
{
    const adp_called *it = called(model, address);

    return it && it->has_names && !it->is_shared;
}
