/* krb_remedy.c
 * Who asked for what a KDC refused, and what made it good.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/krb_remedy.h"

#include "case/accounts.h"
#include "facts/krb_purpose.h"
#include "join/model.h"
#include "judge/krb_hosts.h"
#include "judge/krb_topics.h"
#include "judge/rules.h"
#include "judge/rules_spn.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/limits.h"
#include "wire/text.h"

#include <string.h>

enum {
    KDC_ERR_NAME_EXP = 1,
    KDC_ERR_C_PRINCIPAL_UNKNOWN = 6,
    KDC_ERR_S_PRINCIPAL_UNKNOWN = 7,
    KDC_ERR_PRINCIPAL_NOT_UNIQUE = 8,
    KDC_ERR_POLICY = 12,
    KDC_ERR_BADOPTION = 13,
    KDC_ERR_CLIENT_REVOKED = 18,
    KDC_ERR_TGT_REVOKED = 20,
    KRB_AP_ERR_BADMATCH = 36
};

adp_krb_purpose_facts adp_krb_code_purpose(const adp_rules *r, const adp_step *step)
{
    adp_view view = adp_view_whole(r->model, adp_rules_index(r, step), r->mailboxes);

    return adp_krb_purpose(r->model, &view);
}

const char *adp_krb_code_account(const adp_rules *r, const adp_step *step)
{
    gint32 code = adp_rules_krb_answer(r, step)->error;
    adp_krb_purpose_facts purpose;

    if ((code != KDC_ERR_CLIENT_REVOKED && code != KDC_ERR_NAME_EXP) ||
        adp_rules_krb_exchange(r, step) != ADP_EXCHANGE_TGS) {
        return NULL;
    }
    purpose = adp_krb_code_purpose(r, step);
    return purpose.purpose == ADP_PURPOSE_S4U2SELF    ? purpose.for_user
           : purpose.purpose == ADP_PURPOSE_S4U2PROXY ? NULL
                                                      : purpose.by;
}

/* Codes 7 and 8: the name is not there, or is there twice. */
static gboolean is_name_error(gint32 code)
{
    return code == KDC_ERR_S_PRINCIPAL_UNKNOWN || code == KDC_ERR_PRINCIPAL_NOT_UNIQUE;
}

/*
 * Clients that make a short name a full one ask for both (dns_canonicalize_hostname), and drivers for
 * the name with and without its port.
 */
static const adp_step *by_other_name(const adp_rules *r, const adp_step *step)
{
    char *class = adp_spn_class(adp_rules_krb_spn(r, step));
    char *host = adp_spn_host(adp_rules_krb_spn(r, step));
    const adp_step *by =
        class ? adp_krb_good_at_host(r, step, ADP_TOPIC_NEIGHBOUR, class, host, step) : NULL;

    g_free(host);
    g_free(class);
    return by;
}

/* The ticket for the host that the name is an alias of, as DNS said: programs ask for both. */
static const adp_step *by_alias(const adp_rules *r, const adp_step *step)
{
    const char *spn = adp_rules_krb_spn(r, step);
    char *host = adp_spn_host(spn);
    guint32 obs = ADP_NONE;
    const char *target = *host ? adp_accounts_alias(r->accounts, host, &obs) : NULL;
    const adp_step *by = NULL;

    if (target) {
        gsize class_len = strcspn(spn, "/");
        char *real = g_strdup_printf("%.*s/%s", (int)class_len, spn, target);
        char *about = adp_krb_about_service(real);

        by = adp_rules_good(r, step->client, ADP_TOPIC_EXCHANGE, about, step);
        g_free(about);
        g_free(real);
    }
    g_free(host);
    return by;
}

/* Servers look for a user's domain by asking: another KDC knew, and S4U needs no logon. */
static const adp_step *known_after_all(const adp_rules *r, const adp_step *step)
{
    const char *client = adp_rules_krb_client(r, step);
    const adp_step *by = adp_rules_good(r, step->client, ADP_TOPIC_USER, client, step);
    char *other = NULL;

    if (!by && strchr(client, '@')) {
        /* alice@contoso.com may be the name of alice in the realm CONTOSO.COM. */
        other = g_strndup(client, strcspn(client, "@"));
    } else if (!by && strchr(client, '/')) {
        /* host/web1.contoso.com is WEB1$, the next name in the keytab. */
        other = adp_account_of_machine(client);
    }
    if (other) {
        by = adp_rules_good(r, step->client, ADP_TOPIC_USER, other, step);
    }
    g_free(other);
    return by;
}

/*
 * Is the error about who asks, or the ticket-granting ticket that was shown? Of most others the service or the KDC is
 * the cause, for everybody.
 */
static gboolean is_about_asker(const adp_rules *r, const adp_step *step)
{
    switch (adp_rules_krb_answer(r, step)->error) {
    case KDC_ERR_NAME_EXP:
    case KDC_ERR_POLICY:
    case KDC_ERR_BADOPTION:
    case KDC_ERR_CLIENT_REVOKED:
    case KDC_ERR_TGT_REVOKED:
    case KRB_AP_ERR_BADMATCH:
        return adp_rules_krb_exchange(r, step) == ADP_EXCHANGE_TGS;
    default:
        return FALSE;
    }
}

/* Is it known that another account than that of the refused request got its ticket? */
static gboolean other_asks(const adp_rules *r, const adp_step *refused, const adp_step *good)
{
    const char *a = adp_krb_code_purpose(r, refused).by;
    const char *b = adp_krb_code_purpose(r, good).by;

    return a && b && !adp_same_text(a, b);
}

/*
 * A TGT that cannot be renewed or forwarded, or is not taken any more: a new one does as well, and so does it for an
 * account that was shut out. Where it is known whose it was, it has to be his.
 */
static const adp_step *by_new_logon(const adp_rules *r, const adp_step *step)
{
    const char *account = adp_krb_code_account(r, step);
    const char *spn = adp_rules_krb_spn(r, step);
    const char *by = is_about_asker(r, step) ? adp_krb_code_purpose(r, step).by : NULL;
    gboolean of_tgt = adp_has_prefix(spn, "krbtgt/") ||
                      adp_rules_krb_answer(r, step)->error == KDC_ERR_TGT_REVOKED;

    if (account) {
        return adp_rules_krb_logon_after(r, step, account);
    }
    if (by) {
        return of_tgt ? adp_rules_krb_logon_after(r, step, by) : NULL;
    }
    return adp_rules_good(r, step->client, ADP_TOPIC_TGT, spn, step);
}

/* The step that made the group's fault good: it asked the same and got it. */
const adp_step *adp_krb_code_recovery(const adp_rules *r, const adp_group *group)
{
    const adp_step *last = adp_group_last(group);
    adp_client asker = last->client;
    char *about = adp_rules_krb_about(r, last);
    const adp_step *by = adp_rules_good(r, asker, ADP_TOPIC_EXCHANGE, about, last);
    guint looked;

    for (looked = 0; by && is_about_asker(r, last) && other_asks(r, last, by); looked++) {
        if (looked == ADP_MAX_OTHERS) {
            adp_model_limit(r->model, ADP_LIMIT_OTHERS);
            by = NULL;
            break;
        }
        by = adp_rules_good(r, asker, ADP_TOPIC_EXCHANGE, about, by);
    }
    g_free(about);
    if (!by && adp_rules_krb_exchange(r, last) == ADP_EXCHANGE_TGS) {
        by = by_new_logon(r, last);
    }
    if (!by && is_name_error(adp_rules_krb_answer(r, last)->error)) {
        by = by_other_name(r, last);
        by = by ? by : adp_rules_krb_spn_sequel(r, last);
    }
    if (!by && is_name_error(adp_rules_krb_answer(r, last)->error)) {
        by = by_alias(r, last);
    }
    if (!by && adp_rules_krb_answer(r, last)->error == KDC_ERR_C_PRINCIPAL_UNKNOWN) {
        by = known_after_all(r, last);
    }
    return by;
}
