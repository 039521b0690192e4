/* krb_purpose.c
 * What a Kerberos step is for: an exchange of three kinds serves a dozen purposes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/krb_purpose.h"

#include "facts/view.h"
#include "join/model.h"
#include "log/krb.h"
#include "log/observation.h"
#include "wire/krb_types.h"
#include "wire/text.h"

#include <string.h>

const char *adp_purpose_name(adp_purpose purpose)
{
    static const char *const names[ADP_PURPOSES] = {
        [ADP_PURPOSE_LOGON] = "logon",
        [ADP_PURPOSE_ANONYMOUS] = "anonymous",
        [ADP_PURPOSE_TICKET] = "ticket",
        [ADP_PURPOSE_REFERRAL] = "referral",
        [ADP_PURPOSE_RENEWAL] = "renewal",
        [ADP_PURPOSE_FORWARD] = "forward",
        [ADP_PURPOSE_USER2USER] = "user-to-user",
        [ADP_PURPOSE_S4U2SELF] = "s4u2self",
        [ADP_PURPOSE_S4U2PROXY] = "s4u2proxy",
        [ADP_PURPOSE_ACCESS] = "access",
        [ADP_PURPOSE_PASSWORD] = "password",
    };

    return names[purpose];
}

static adp_purpose purpose_of_tgs(const adp_obs_krb *ask)
{
    if (adp_krb_is_s4u2proxy(ask)) {
        return ADP_PURPOSE_S4U2PROXY;
    }
    /* Before user-to-user: a service without a key of its own may ask for both. */
    if (adp_krb_is_s4u2self(ask)) {
        return ADP_PURPOSE_S4U2SELF;
    }
    if (adp_krb_is_user_to_user(ask)) {
        return ADP_PURPOSE_USER2USER;
    }
    if (ask->options & (ADP_KDC_RENEW | ADP_KDC_VALIDATE)) {
        return ADP_PURPOSE_RENEWAL;
    }
    if (ask->options & ADP_KDC_FORWARDED) {
        return ADP_PURPOSE_FORWARD;
    }
    return adp_krb_name_is_kpasswd(ask->spn) ? ADP_PURPOSE_PASSWORD : ADP_PURPOSE_TICKET;
}

static adp_purpose purpose_of(const adp_obs_krb *any, const adp_obs_krb *ask)
{
    if (any->carrier == ADP_CARRIER_KPASSWD) {
        return ADP_PURPOSE_PASSWORD;
    }
    if (any->exchange == ADP_EXCHANGE_AP) {
        return ADP_PURPOSE_ACCESS;
    }
    if (!ask) {
        return any->exchange == ADP_EXCHANGE_AS ? ADP_PURPOSE_LOGON : ADP_PURPOSE_UNKNOWN;
    }
    if (ask->exchange == ADP_EXCHANGE_TGS) {
        return purpose_of_tgs(ask);
    }
    if (adp_krb_is_anonymous(ask)) {
        return ADP_PURPOSE_ANONYMOUS;
    }
    return adp_krb_name_is_kpasswd(ask->spn) ? ADP_PURPOSE_PASSWORD : ADP_PURPOSE_LOGON;
}

/* The client in the KDC reply that gave this ticket: an observation of an earlier step. */
static const char *holder(const adp_model *model, guint32 given)
{
    return given != ADP_NONE ? adp_model_obs(model, given)->u.krb->client : NULL;
}

/* The one whose ticket the request shows, to a service or to a KDC. */
static const char *shown_by(const adp_model *model, const adp_step *step, const adp_obs_krb *ask)
{
    return holder(model, ask->exchange == ADP_EXCHANGE_AP ? step->own->ticket : step->own->shown);
}

static const char *first_of(const char *a, const char *b)
{
    return a && *a ? a : b;
}

/* S4U: a service asks with its own ticket; its request or the answer names the user. */
static void name_the_user(const adp_model *model, const adp_step *step, const adp_obs_krb *ask,
                          const adp_obs_krb *answer, adp_krb_purpose_facts *facts)
{
    if (facts->purpose == ADP_PURPOSE_S4U2SELF) {
        facts->for_user = ask->for_user;
        facts->for_realm = ask->for_realm;
    } else {
        facts->for_user = holder(model, step->own->more);
    }
    if (answer && !answer->is_error) {
        facts->for_user = first_of(facts->for_user, answer->client);
        facts->for_realm = first_of(facts->for_realm, answer->client_realm);
    }
}

/* The evidence is a ticket to the service that asks. */
static gboolean is_same_service(const adp_obs_krb *ask, const adp_krb_purpose_facts *facts)
{
    gsize len = facts->by ? strlen(facts->by) : 0;

    if (adp_same_text(ask->spn, facts->with->spn)) {
        return TRUE;
    }
    /* "host/srv1.corp.test" by SRV1$ */
    if (len > 1 && facts->by[len - 1] == '$' && ask->spn) {
        const char *host = strchr(ask->spn, '/');
        const char *name = host ? host + 1 : ask->spn;

        return adp_same_text(ask->spn, facts->by) ||
               (g_ascii_strncasecmp(name, facts->by, len - 1) == 0 &&
                (name[len - 1] == '\0' || name[len - 1] == '.'));
    }
    return FALSE;
}

adp_krb_purpose_facts adp_krb_purpose(const adp_model *model, const adp_view *view)
{
    const adp_step *step = adp_model_step(model, view->step);
    const adp_obs *request = adp_view_request(model, view);
    const adp_obs *reply = adp_view_reply(model, view);
    const adp_obs_krb *any = adp_model_obs(model, step->first)->u.krb;
    const adp_obs_krb *ask = request ? request->u.krb : NULL;
    const adp_obs_krb *answer = reply ? reply->u.krb : NULL;
    adp_krb_purpose_facts facts = {.purpose = purpose_of(any, ask)};
    gboolean s4u;

    s4u = facts.purpose == ADP_PURPOSE_S4U2SELF || facts.purpose == ADP_PURPOSE_S4U2PROXY;
    if (answer) {
        facts.referral = adp_krb_referral(ask, answer);
    }
    if (facts.referral && facts.purpose == ADP_PURPOSE_TICKET) {
        facts.purpose = ADP_PURPOSE_REFERRAL;
    }
    facts.by = first_of(ask ? ask->client : NULL, ask ? shown_by(model, step, ask) : NULL);
    if (!s4u && answer) {
        facts.by = first_of(facts.by, answer->client);
    }
    if (ask && ask->more.count &&
        (facts.purpose == ADP_PURPOSE_USER2USER || facts.purpose == ADP_PURPOSE_S4U2PROXY)) {
        facts.with = &ask->more.items[0];
    }
    if (s4u) {
        name_the_user(model, step, ask, answer, &facts);
        facts.to_itself = facts.with && is_same_service(ask, &facts);
    }
    return facts;
}
