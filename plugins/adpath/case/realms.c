/* realms.c
 * What kind of realm a domain is, as far as its KDCs and its directory tell.
 *
 * A directory says it best, in its rootDSE: Active Directory has a capability of its own (MS-ADTS 3.1.1.3.4.3), Samba and
 * most others name their vendor (RFC 3045); 389 Directory, which FreeIPA has, does. An answer to an LDAP ping tells nothing:
 * FreeIPA with a trust gives it, too. From memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "case/realms.h"

#include "case/krb_vendor.h"
#include "join/identity.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/hash.h"
#include "wire/text.h"

#include <string.h>

/** What is known of one realm; the observations are ADP_NONE where the kind is unknown. */
typedef struct {
    adp_realm_kind directory; /* as one of its servers says */
    guint32 directory_obs;
    adp_realm_kind kdc; /* as the errors of one of its KDCs tell */
    guint32 kdc_obs;
} realm;

struct adp_realms {
    GHashTable *known; /* domain in lower case -> realm */
};

static realm *need(adp_realms *realms, const char *domain)
{
    char *lower = g_ascii_strdown(domain, -1);
    realm *of = g_hash_table_lookup(realms->known, lower);

    if (of) {
        g_free(lower);
        return of;
    }
    of = g_new(realm, 1);
    *of = (realm){.directory_obs = ADP_NONE, .kdc_obs = ADP_NONE};
    g_hash_table_insert(realms->known, lower, of);
    return of;
}

static adp_realm_kind by_entry(const adp_obs_entry *entry)
{
    if (entry->vendor && adp_has_prefix(entry->vendor, "Samba")) {
        return ADP_REALM_SAMBA;
    }
    if (entry->is_active_directory) {
        return ADP_REALM_WINDOWS;
    }
    return entry->vendor ? ADP_REALM_OTHER : ADP_REALM_UNKNOWN;
}

/* What a server says of itself holds for the domain right above its name. */
static void learn_directory(adp_realms *realms, const adp_model *model, guint32 i)
{
    const adp_obs *obs = adp_model_obs(model, i);
    adp_realm_kind kind = by_entry(obs->u.entry);
    const char *host;
    const char *dot;
    realm *of;

    if (kind == ADP_REALM_UNKNOWN) {
        return;
    }
    host = obs->u.entry->dns_host ? obs->u.entry->dns_host
                                  : adp_model_address_name(model, obs->flow.server);
    dot = host ? strchr(host, '.') : NULL;
    if (!dot || !dot[1]) {
        return;
    }
    of = need(realms, dot + 1);
    if (of->directory == ADP_REALM_UNKNOWN) {
        of->directory = kind;
        of->directory_obs = i;
    }
}

static void learn_kdc(adp_realms *realms, const adp_model *model, const adp_accounts *accounts,
                      const adp_step *step)
{
    static const adp_realm_kind kinds[] = {
        [ADP_VENDOR_UNKNOWN] = ADP_REALM_UNKNOWN, [ADP_VENDOR_WINDOWS] = ADP_REALM_WINDOWS,
        [ADP_VENDOR_SAMBA] = ADP_REALM_SAMBA,     [ADP_VENDOR_HEIMDAL] = ADP_REALM_SAMBA,
        [ADP_VENDOR_MIT] = ADP_REALM_OTHER,
    };
    const adp_obs_krb *answer =
        step->reply != ADP_NONE ? adp_model_obs(model, step->reply)->u.krb : NULL;
    adp_realm_kind kind;
    guint32 shown;
    realm *of;

    if (!answer || !answer->realm || answer->carrier != ADP_CARRIER_KDC) {
        return;
    }
    kind = kinds[adp_accounts_vendor(accounts, step->flow.server, &shown)];
    if (kind == ADP_REALM_UNKNOWN) {
        return;
    }
    of = need(realms, answer->realm);
    if (of->kdc == ADP_REALM_UNKNOWN) {
        of->kdc = kind;
        of->kdc_obs = shown;
    }
}

adp_realms *adp_realms_new(const adp_model *model, const adp_accounts *accounts)
{
    adp_realms *realms = g_new0(adp_realms, 1);
    guint32 i;

    realms->known = g_hash_table_new_full(adp_str_hash, adp_str_equal, g_free, g_free);
    for (i = 0; i < adp_model_obs_count(model); i++) {
        if (adp_model_obs(model, i)->type == ADP_OBS_LDAP_ENTRY) {
            learn_directory(realms, model, i);
        }
    }
    for (i = 0; i < adp_model_step_count(model); i++) {
        const adp_step *step = adp_model_step(model, i);

        if (step->kind == ADP_STEP_KERBEROS) {
            learn_kdc(realms, model, accounts, step);
        }
    }
    return realms;
}

void adp_realms_free(adp_realms *realms)
{
    g_hash_table_unref(realms->known);
    g_free(realms);
}

adp_realm_kind adp_realms_kind(const adp_realms *realms, const char *domain, guint32 *ret_obs)
{
    char *lower = g_ascii_strdown(domain, -1);
    const realm *of = g_hash_table_lookup(realms->known, lower);

    g_free(lower);
    *ret_obs = ADP_NONE;
    if (!of) {
        return ADP_REALM_UNKNOWN;
    }
    if (of->directory == ADP_REALM_WINDOWS &&
        (of->kdc == ADP_REALM_SAMBA || of->kdc == ADP_REALM_OTHER)) {
        /* Old versions of Samba name no vendor; some have a KDC of MIT. */
        *ret_obs = of->kdc_obs;
        return ADP_REALM_SAMBA;
    }
    *ret_obs = of->directory != ADP_REALM_UNKNOWN ? of->directory_obs : of->kdc_obs;
    return of->directory != ADP_REALM_UNKNOWN ? of->directory : of->kdc;
}
