/* accounts.c
 * What the capture says of accounts, of the KDCs that answer for them, and of the clients that ask.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "case/accounts.h"

#include "case/krb_vendor.h"
#include "join/machine.h"
#include "join/identity.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/text.h"

#include <string.h>

/* An attribute's type and '=' come before whatever else; values may hold anything. */
static gboolean is_dn(const char *name)
{
    gsize len = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    return len && name[len] == '=' && strchr(name, ',') != NULL;
}

const char *adp_account_text(const char *name)
{
    const char *slash = strchr(name, '\\');

    return slash && slash[1] && !is_dn(name) ? slash + 1 : name;
}

adp_account_kind adp_account_kind_of(const char *name)
{
    gsize len;

    if (!name || !*name) {
        return ADP_ACCOUNT_NONE;
    }
    if (is_dn(name)) {
        return ADP_ACCOUNT_DN;
    }
    name = adp_account_text(name);
    len = strlen(name);
    if ((len > 1 && name[len - 1] == '$') || adp_has_prefix(name, "host/")) {
        return ADP_ACCOUNT_MACHINE;
    }
    if (strchr(name, '/')) {
        return ADP_ACCOUNT_SERVICE;
    }
    return strchr(name, '@') ? ADP_ACCOUNT_UPN : ADP_ACCOUNT_PLAIN;
}

char *adp_account_of_machine(const char *name)
{
    char *label;
    char *account;

    if (adp_account_kind_of(name) != ADP_ACCOUNT_MACHINE) {
        return NULL;
    }
    if (!adp_has_prefix(name, "host/")) {
        return g_strdup(name);
    }
    name += strlen("host/");
    label = g_strndup(name, strcspn(name, "./:@"));
    account = *label ? g_strconcat(label, "$", NULL) : NULL;
    g_free(label);
    return account;
}

/* ---- who asks, who answers ---- */

typedef struct {
    int what;
    guint32 obs;
} shown;

struct adp_accounts {
    GHashTable *vendors; /* server + 1 -> shown */
    GHashTable *systems; /* client + 1 -> shown */
    GHashTable *aliases; /* host in lower case -> alias */
};

typedef struct {
    const char *target;
    guint32 obs;
} alias;

#define RC4_HMAC_EXP 24
#define RC4_HMAC_OLD (-135)

/*
 * Windows offers old forms of RC4 that no library for Unix knows; those offer Camellia, the SHA-2
 * forms of AES, or triple DES. From memory.
 */
static adp_system system_of(const adp_obs_krb *ask)
{
    gboolean of_unix = FALSE;
    guint i;

    for (i = 0; i < ask->etypes.count; i++) {
        switch (ask->etypes.items[i]) {
        case RC4_HMAC_EXP:
        case RC4_HMAC_OLD:
            return ADP_SYSTEM_WINDOWS;
        case 16:
        case 25:
        case 26:
            of_unix = TRUE;
            break;
        default:
            break;
        }
    }
    return of_unix ? ADP_SYSTEM_UNIX : ADP_SYSTEM_UNKNOWN;
}

static void learn_aliases(adp_accounts *accounts, const adp_obs_dns *dns, guint32 obs)
{
    guint i;

    for (i = 0; i < dns->said->hosts.count; i++) {
        const adp_dns_host *host = &dns->said->hosts.items[i];
        alias *entry;

        if (host->alias && host->name && !adp_same_text(host->alias, host->name)) {
            entry = g_new(alias, 1);
            entry->target = host->alias;
            entry->obs = obs;
            g_hash_table_replace(accounts->aliases, g_ascii_strdown(host->name, -1), entry);
        }
    }
}

static void keep(GHashTable *table, guint32 address, int what, guint32 obs)
{
    gpointer key = GUINT_TO_POINTER(address + 1);
    shown *entry;

    if (what == 0 || g_hash_table_contains(table, key)) {
        return;
    }
    entry = g_new(shown, 1);
    entry->what = what;
    entry->obs = obs;
    g_hash_table_insert(table, key, entry);
}

/* What an answer tells for sure goes before what it only lacks. */
static void learn_vendors(adp_accounts *accounts, const adp_model *model, gboolean sure)
{
    guint32 i;

    for (i = 0; i < adp_model_step_count(model); i++) {
        const adp_step *step = adp_model_step(model, i);
        adp_krb_vendor_facts facts;

        if (step->kind != ADP_STEP_KERBEROS || step->reply == ADP_NONE) {
            continue;
        }
        facts = adp_krb_vendor(model, step);
        if (facts.sure == sure) {
            keep(accounts->vendors, step->flow.server, (int)facts.vendor, step->reply);
        }
    }
}

/* A KDC that answers LDAP pings as Heimdal's does is Samba's. */
static void tell_samba(adp_accounts *accounts, const adp_model *model)
{
    guint32 i;

    for (i = 0; i < adp_model_step_count(model); i++) {
        const adp_step *step = adp_model_step(model, i);
        shown *entry;

        if (step->kind != ADP_STEP_PING || step->own->netlogon == ADP_NONE) {
            continue;
        }
        entry = g_hash_table_lookup(accounts->vendors, GUINT_TO_POINTER(step->flow.server + 1));
        if (entry && entry->what == ADP_VENDOR_HEIMDAL) {
            entry->what = ADP_VENDOR_SAMBA;
        }
    }
}

adp_accounts *adp_accounts_new(const adp_model *model)
{
    adp_accounts *accounts = g_new0(adp_accounts, 1);
    guint32 i;

    accounts->vendors = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    accounts->systems = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    accounts->aliases = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, g_free);
    for (i = 0; i < adp_model_obs_count(model); i++) {
        const adp_obs *obs = adp_model_obs(model, i);

        if (obs->type == ADP_OBS_KDC_REQUEST) {
            keep(accounts->systems, obs->flow.client, (int)system_of(obs->u.krb), i);
        } else if (obs->type == ADP_OBS_DNS_REPLY) {
            learn_aliases(accounts, obs->u.dns, i);
        }
    }
    learn_vendors(accounts, model, TRUE);
    learn_vendors(accounts, model, FALSE);
    tell_samba(accounts, model);
    return accounts;
}

void adp_accounts_free(adp_accounts *accounts)
{
    g_hash_table_unref(accounts->vendors);
    g_hash_table_unref(accounts->systems);
    g_hash_table_unref(accounts->aliases);
    g_free(accounts);
}

static int look_up(GHashTable *table, guint32 address, guint32 *ret_obs)
{
    const shown *entry = g_hash_table_lookup(table, GUINT_TO_POINTER(address + 1));

    *ret_obs = entry ? entry->obs : ADP_NONE;
    return entry ? entry->what : 0;
}

adp_vendor adp_accounts_vendor(const adp_accounts *accounts, guint32 server, guint32 *ret_obs)
{
    return (adp_vendor)look_up(accounts->vendors, server, ret_obs);
}

adp_system adp_accounts_system(const adp_accounts *accounts, guint32 address, guint32 *ret_obs)
{
    return (adp_system)look_up(accounts->systems, address, ret_obs);
}

const char *adp_accounts_alias(const adp_accounts *accounts, const char *host, guint32 *ret_obs)
{
    char *key = g_ascii_strdown(host, -1);
    const alias *entry = g_hash_table_lookup(accounts->aliases, key);

    g_free(key);
    *ret_obs = entry ? entry->obs : ADP_NONE;
    return entry ? entry->target : NULL;
}
