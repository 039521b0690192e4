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
#include "wire/hash.h"
#include "wire/krb_types.h"
#include "wire/text.h"

#include <string.h>

/** NetBIOS names have so many characters, and tools that join a machine cut its account's name to them. */
#define NETBIOS_LEN 15

/* What the form of the name tells by itself. */
static void sign_form(adp_finding *finding, const char *name, guint32 obs)
{
    gsize len = strlen(name);

    if (len > NETBIOS_LEN + 1 && name[len - 1] == '$' && !strpbrk(name, "/@\\")) {
        adp_rules_sign(finding, ADP_SIGN_LONG_MACHINE_NAME, obs);
    }
    if (strchr(name, '\\')) {
        adp_rules_sign(finding, ADP_SIGN_NAME_HAS_DOMAIN, obs);
    }
}

void adp_rules_sign_account(adp_finding *finding, const char *name, guint32 obs)
{
    static const adp_sign signs[] = {
        [ADP_ACCOUNT_NONE] = ADP_SIGN_NONE,
        [ADP_ACCOUNT_PLAIN] = ADP_SIGN_NONE,
        [ADP_ACCOUNT_UPN] = ADP_SIGN_ACCOUNT_UPN,
        [ADP_ACCOUNT_MACHINE] = ADP_SIGN_ACCOUNT_MACHINE,
        [ADP_ACCOUNT_SERVICE] = ADP_SIGN_ACCOUNT_SERVICE,
        [ADP_ACCOUNT_DN] = ADP_SIGN_ACCOUNT_DN,
    };
    adp_sign sign = signs[adp_account_kind_of(name)];

    if (sign) {
        adp_rules_sign(finding, sign, obs);
    }
}

static void sign_ends(const adp_rules *r, adp_finding *finding, const adp_step *step)
{
    static const adp_sign vendors[] = {
        [ADP_VENDOR_UNKNOWN] = ADP_SIGN_NONE,        [ADP_VENDOR_WINDOWS] = ADP_SIGN_NONE,
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
    sign = systems[adp_accounts_system(r->accounts, step->flow.client, &obs)];
    if (sign) {
        adp_rules_sign(finding, sign, obs);
    }
}

/* AES, in the forms that a directory has keys of. */
static gboolean is_aes(gint32 etype)
{
    return etype >= 17 && etype <= 20;
}

/* AES with SHA-2 (RFC 8009), which few KDCs have. */
static gboolean is_newest(gint32 etype)
{
    return etype == 19 || etype == 20;
}

static void sign_etypes(const adp_rules *r, adp_finding *finding, const adp_step *step)
{
    const adp_obs_krb *ask = adp_rules_krb_ask(r, step);
    guint aes = 0;
    guint newest = 0;
    guint i;

    if (!ask || !ask->etypes.count) {
        return;
    }
    for (i = 0; i < ask->etypes.count; i++) {
        aes += is_aes(ask->etypes.items[i]) ? 1 : 0;
        newest += is_newest(ask->etypes.items[i]) ? 1 : 0;
    }
    if (aes == 0) {
        adp_rules_sign(finding, ADP_SIGN_NO_AES, step->request);
    } else if (newest == ask->etypes.count) {
        adp_rules_sign(finding, ADP_SIGN_NEWEST_TYPES, step->request);
    } else if (aes == ask->etypes.count) {
        adp_rules_sign(finding, ADP_SIGN_ONLY_AES, step->request);
    }
}

/* The upper half of the number of krbtgt's key is that of a read-only controller (MS-KILE 3.1.5.8). */
static void sign_rodc(const adp_rules *r, adp_finding *finding, const adp_step *step)
{
    const adp_obs_krb *ask = adp_rules_krb_ask(r, step);

    if (ask && ask->shown && ask->shown->has_kvno && ask->shown->kvno > G_MAXUINT16) {
        adp_rules_sign(finding, ADP_SIGN_RODC, step->request);
    }
}

/* A ticket-granting ticket that one realm made for another realm's KDC (RFC 4120 5.3). */
static void sign_cross_realm(const adp_rules *r, adp_finding *finding, const adp_step *step)
{
    const adp_obs_krb *ask = adp_rules_krb_ask(r, step);
    const adp_krb_ticket *shown = ask ? ask->shown : NULL;

    if (shown && shown->spn && shown->realm && adp_has_prefix(shown->spn, "krbtgt/") &&
        !adp_same_text(shown->spn + strlen("krbtgt/"), shown->realm)) {
        adp_rules_sign(finding, ADP_SIGN_CROSS_REALM, step->request);
        /* Its key is the trust's: a ticket that is sealed with AES shows that the trust has AES. */
        if (!is_aes(shown->etype)) {
            adp_rules_sign(finding, ADP_SIGN_TRUST_IS_OLD, step->request);
        }
    }
}

static gboolean has_padata(const adp_obs_krb *krb, gint32 type)
{
    guint i;

    for (i = 0; krb && i < krb->padata.count; i++) {
        if (krb->padata.items[i] == type) {
            return TRUE;
        }
    }
    return FALSE;
}

/** Armour, FAST (RFC 6113 5.4.2) */
#define PA_FX_FAST 136

/* So many steps before may hold the question of a KDC for a proof. */
#define QUESTION_WITHIN 3

/*
 * RFC 6113: PA-FX-FAST is 136. A KDC offers it with its question for a proof (25), and refuses without
 * saying so again.
 */
static void sign_fast(const adp_rules *r, adp_finding *finding, const adp_step *step)
{
    gint by;

    if (has_padata(adp_rules_krb_ask(r, step), PA_FX_FAST)) {
        return;
    }
    for (by = 0; by <= QUESTION_WITHIN; by++) {
        const adp_step *asked = by ? adp_model_neighbour(r->model, step, -by) : step;
        const adp_obs_krb *answer =
            asked && asked->kind == ADP_STEP_KERBEROS ? adp_rules_krb_answer(r, asked) : NULL;

        if (answer && answer->is_error && has_padata(answer, PA_FX_FAST) &&
            adp_same_text(adp_rules_krb_client(r, asked), adp_rules_krb_client(r, step))) {
            adp_rules_sign(finding, ADP_SIGN_FAST_OFFERED, asked->reply);
            return;
        }
    }
}

/* Is it what a KDC of Active Directory makes of realm and name by itself (MS-KILE 3.1.1.2)? */
static gboolean is_plain_salt(guint64 salt, const char *realm, const char *client)
{
    char *plain = g_strconcat(realm, client, NULL);
    gboolean same = salt == adp_hash_lower(ADP_HASH_SEED, plain);

    g_free(plain);
    return same;
}

void adp_rules_krb_sign_salt(const adp_rules *r, adp_finding *finding, const adp_step *step)
{
    const char *client = adp_rules_krb_client(r, step);
    gint by;

    /* A machine's salt has its host's name, and that of a UPN the account's. */
    if (adp_account_kind_of(client) == ADP_ACCOUNT_MACHINE || strpbrk(client, "@/") || !*client) {
        return;
    }
    for (by = 0; by <= QUESTION_WITHIN; by++) {
        const adp_step *asked = by ? adp_model_neighbour(r->model, step, -by) : step;
        const adp_obs_krb *answer =
            asked && asked->kind == ADP_STEP_KERBEROS ? adp_rules_krb_answer(r, asked) : NULL;

        if (answer && answer->is_error && answer->salt &&
            adp_same_text(adp_rules_krb_client(r, asked), client)) {
            if (!is_plain_salt(answer->salt, adp_rules_krb_realm(r, asked), client)) {
                adp_rules_sign(finding, ADP_SIGN_SALT_DIFFERS, asked->reply);
            }
            return;
        }
    }
}

void adp_rules_krb_sign_armour(const adp_rules *r, adp_finding *finding, const adp_step *step)
{
    const adp_path *path = adp_model_path(r->model, step->path);
    guint i;

    if (has_padata(adp_rules_krb_ask(r, step), PA_FX_FAST)) {
        adp_rules_sign(finding, ADP_SIGN_ARMOURED, step->request);
        return;
    }
    for (i = 0; i < path->steps.count; i++) {
        const adp_step *other = adp_rules_step(r, path->steps.items[i]);
        gboolean granted = other->kind == ADP_STEP_KERBEROS &&
                           other->flow.server == step->flow.server &&
                           adp_rules_krb_exchange(r, other) == ADP_EXCHANGE_AS &&
                           adp_rules_krb_carrier(r, other) == ADP_CARRIER_KDC &&
                           adp_rules_outcome(r, other) == ADP_OK;
        const adp_obs_krb *ask = granted ? adp_rules_krb_ask(r, other) : NULL;
        adp_sign sign = has_padata(ask, PA_FX_FAST) ? ADP_SIGN_FAST_USED : ADP_SIGN_PLAIN_GRANTED;

        if (ask && !adp_finding_has_sign(finding, sign)) {
            adp_rules_sign(finding, sign, other->request);
        }
    }
}

#define KRB_AP_ERR_TKT_EXPIRED 32

/* Clocks that differ by less are the same to Kerberos. */
#define CLOCK_AGREES (60 * ADP_NS_PER_S)

/* A KDC that says of a ticket that it has ended: was it to be renewed, and is the KDC's clock right? */
static void sign_ended(const adp_rules *r, adp_finding *finding, const adp_step *step)
{
    const adp_obs_krb *ask = adp_rules_krb_ask(r, step);
    const adp_obs_krb *answer = adp_rules_krb_answer(r, step);
    gint64 skew;

    if (!ask || !answer || !answer->is_error || answer->error != KRB_AP_ERR_TKT_EXPIRED) {
        return;
    }
    if (ask->options & ADP_KDC_RENEW) {
        adp_rules_sign(finding, ADP_SIGN_RENEWAL, step->request);
    }
    skew =
        answer->has_stime ? adp_since(answer->stime, adp_rules_reply(r, step)->time) : G_MAXINT64;
    if (skew > -CLOCK_AGREES && skew < CLOCK_AGREES) {
        adp_rules_sign(finding, ADP_SIGN_KDC_CLOCK_RIGHT, step->reply);
    }
}

void adp_rules_krb_signs(const adp_rules *r, adp_finding *finding, const adp_step *step)
{
    adp_rules_sign_account(finding, adp_rules_krb_client(r, step), step->request);
    sign_form(finding, adp_rules_krb_client(r, step), step->request);
    sign_ends(r, finding, step);
    sign_etypes(r, finding, step);
    sign_rodc(r, finding, step);
    sign_cross_realm(r, finding, step);
    sign_fast(r, finding, step);
    sign_ended(r, finding, step);
}
