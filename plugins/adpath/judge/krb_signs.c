/* krb_signs.c
 * What the capture shows of an account, its KDC and its client, as signs on a finding.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/krb_signs.h"

#include "case/accounts.h"
#include "join/identity.h"
#include "join/model.h"
#include "judge/finding.h"
#include "judge/krb_topics.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/signs.h"
#include "log/observation.h"

static void sign_account(const adp_rules *r, adp_finding *finding, const adp_step *step)
{
    static const adp_sign signs[] = {
        [ADP_ACCOUNT_NONE] = ADP_SIGN_NONE,
        [ADP_ACCOUNT_PLAIN] = ADP_SIGN_ACCOUNT_PLAIN,
        [ADP_ACCOUNT_UPN] = ADP_SIGN_ACCOUNT_UPN,
        [ADP_ACCOUNT_MACHINE] = ADP_SIGN_ACCOUNT_MACHINE,
        [ADP_ACCOUNT_SERVICE] = ADP_SIGN_ACCOUNT_SERVICE,
    };
    adp_sign sign = signs[adp_account_kind_of(adp_rules_krb_client(r, step))];

    if (sign) {
        adp_rules_sign(finding, sign, step->request);
    }
}

static void sign_ends(const adp_rules *r, adp_finding *finding, const adp_step *step)
{
    static const adp_sign vendors[] = {
        [ADP_VENDOR_UNKNOWN] = ADP_SIGN_NONE,        [ADP_VENDOR_WINDOWS] = ADP_SIGN_KDC_WINDOWS,
        [ADP_VENDOR_SAMBA] = ADP_SIGN_KDC_SAMBA,     [ADP_VENDOR_MIT] = ADP_SIGN_KDC_MIT,
        [ADP_VENDOR_HEIMDAL] = ADP_SIGN_KDC_HEIMDAL,
    };
    static const adp_sign systems[] = {
        [ADP_SYSTEM_UNKNOWN] = ADP_SIGN_NONE,
        [ADP_SYSTEM_WINDOWS] = ADP_SIGN_CLIENT_WINDOWS,
        [ADP_SYSTEM_UNIX] = ADP_SIGN_CLIENT_UNIX,
    };
    guint32 obs;
    adp_sign sign = vendors[adp_accounts_vendor(r->accounts, step->flow.server, &obs)];

    if (sign) {
        adp_rules_sign(finding, sign, obs);
    }
    sign = systems[adp_accounts_system(r->accounts,
                                       adp_model_own_address(r->model, step->flow.client), &obs)];
    if (sign) {
        adp_rules_sign(finding, sign, obs);
    }
}

/* AES, in the forms that a directory has keys of. */
static gboolean is_aes(gint32 etype)
{
    return etype >= 17 && etype <= 20;
}

static void sign_etypes(const adp_rules *r, adp_finding *finding, const adp_step *step)
{
    const adp_obs_krb *ask = adp_rules_krb_ask(r, step);
    guint aes = 0;
    guint i;

    if (!ask || !ask->etypes.count) {
        return;
    }
    for (i = 0; i < ask->etypes.count; i++) {
        aes += is_aes(ask->etypes.items[i]) ? 1 : 0;
    }
    if (aes == 0) {
        adp_rules_sign(finding, ADP_SIGN_NO_AES, step->request);
    } else if (aes == ask->etypes.count) {
        adp_rules_sign(finding, ADP_SIGN_ONLY_AES, step->request);
    }
}

void adp_rules_krb_signs(const adp_rules *r, adp_finding *finding, const adp_step *step)
{
    sign_account(r, finding, step);
    sign_ends(r, finding, step);
    sign_etypes(r, finding, step);
}
