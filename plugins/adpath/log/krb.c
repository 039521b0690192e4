/* krb.c
 * What a Kerberos request asks for, and what an answer to it means: of two messages alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "log/krb.h"

#include "log/observation.h"
#include "wire/krb_error.h"
#include "wire/krb_types.h"
#include "wire/text.h"

#include <string.h>

/* The realm that "krbtgt/REALM" grants tickets for; NULL for another name. */
static const char *realm_of_krbtgt(const char *spn)
{
    return spn && adp_has_prefix(spn, "krbtgt/") && spn[strlen("krbtgt/")] ? spn + strlen("krbtgt/")
                                                                           : NULL;
}

gboolean adp_krb_has_padata(const adp_obs_krb *krb, gint32 type)
{
    guint i;

    for (i = 0; i < krb->padata.count; i++) {
        if (krb->padata.items[i] == type) {
            return TRUE;
        }
    }
    return FALSE;
}

gboolean adp_krb_has_proof(const adp_obs_krb *ask)
{
    return adp_krb_has_padata(ask, ADP_PA_ENC_TIMESTAMP) ||
           adp_krb_has_padata(ask, ADP_PA_ENCRYPTED_CHALLENGE);
}

gboolean adp_krb_is_anonymous(const adp_obs_krb *ask)
{
    return ask->exchange == ADP_EXCHANGE_AS && adp_krb_name_is_anonymous(ask->client);
}

gboolean adp_krb_names_nobody(const adp_obs_krb *ask)
{
    return ask->exchange == ADP_EXCHANGE_AS && ask->realm && *ask->realm &&
           (!ask->client || !*ask->client);
}

gboolean adp_krb_is_s4u2self(const adp_obs_krb *ask)
{
    return ask->exchange == ADP_EXCHANGE_TGS && (adp_krb_has_padata(ask, ADP_PA_FOR_USER) ||
                                                 adp_krb_has_padata(ask, ADP_PA_S4U_X509_USER));
}

/*
 * What the other ticket is for, the options say; without them, whether it is a ticket-granting
 * one. Old clients of Heimdal ask for anonymous tickets with the bit of S4U2Proxy, and send none.
 */
static gboolean has_other_ticket(const adp_obs_krb *ask, guint32 option, gboolean granting)
{
    if (ask->exchange != ADP_EXCHANGE_TGS || !ask->more.count) {
        return FALSE;
    }
    if (ask->options & (ADP_KDC_CNAME_IN_ADDL_TKT | ADP_KDC_ENC_TKT_IN_SKEY)) {
        return (ask->options & option) != 0;
    }
    return (realm_of_krbtgt(ask->more.items[0].spn) != NULL) == granting;
}

gboolean adp_krb_is_user_to_user(const adp_obs_krb *ask)
{
    return has_other_ticket(ask, ADP_KDC_ENC_TKT_IN_SKEY, TRUE);
}

gboolean adp_krb_is_s4u2proxy(const adp_obs_krb *ask)
{
    return has_other_ticket(ask, ADP_KDC_CNAME_IN_ADDL_TKT, FALSE);
}

/* Two names of a ticket-granting service; a domain may be called by its short or its full name. */
static gboolean same_krbtgt(const char *a, const char *b)
{
    gsize len = MIN(adp_krbtgt_len(a), adp_krbtgt_len(b));

    return adp_same_text(a, b) ||
           ((!a[len] || !b[len]) && (!a[len] || a[len] == '.') && (!b[len] || b[len] == '.') &&
            g_ascii_strncasecmp(a, b, len) == 0);
}

#define WRONG_REALM 68

const char *adp_krb_referral(const adp_obs_krb *ask, const adp_obs_krb *answer)
{
    const char *realm;

    if (answer->is_error) {
        realm = answer->error == WRONG_REALM ? answer->client_realm : NULL;
        return realm && *realm && !(ask && adp_same_text(ask->realm, realm)) ? realm : NULL;
    }
    realm = realm_of_krbtgt(answer->spn);
    if (!realm || !ask || ask->exchange != ADP_EXCHANGE_TGS || !ask->spn || !*ask->spn ||
        same_krbtgt(ask->spn, answer->spn)) {
        return NULL;
    }
    return realm;
}

adp_krb_class adp_krb_class_of(const adp_obs_krb *ask, const adp_obs_krb *error)
{
    const adp_krb_error *row = adp_krb_error_find(error->error);

    if (ask && adp_krb_is_anonymous(ask)) {
        /* It asks whether the KDC does so. Where no logon follows, a rule says it: krb_armour.c. */
        return ADP_KRB_NORMAL;
    }
    if (ask && adp_krb_names_nobody(ask)) {
        return ADP_KRB_NORMAL;
    }
    if (error->error == ADP_KRB_PREAUTH_REQUIRED && ask && adp_krb_has_proof(ask)) {
        /* There was a proof: the KDC did not take it. */
        return ADP_KRB_CONTEXT;
    }
    if (error->carrier == ADP_CARRIER_KPASSWD && error->has_result) {
        return ADP_KRB_FAULT;
    }
    return row ? row->class : ADP_KRB_FAULT;
}
