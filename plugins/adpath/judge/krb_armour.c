/* krb_armour.c
 * Clients that want an anonymous ticket, as an armour for their logons, and do nothing without it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/krb_armour.h"

#include "join/model.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/krb_codes.h"
#include "judge/krb_signs.h"
#include "judge/krb_topics.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/topics.h"
#include "log/krb.h"
#include "log/observation.h"
#include "wire/krb_error.h"
#include "wire/text.h"

/* Once is a look at what the KDC offers; a client that goes on without does so at once. */
#define ASKED_TIMES 2
#define PATIENCE    (5 * ADP_NS_PER_S)

enum {
    KRB_ERR_RESPONSE_TOO_BIG = 52,
    KDC_ERR_WRONG_REALM = 68
};

/* Did the client go on after it, in its own name or somebody's? */
static gboolean went_on(const adp_rules *r, const adp_step *step)
{
    return adp_rules_good(r, step->client, ADP_TOPIC_LOGON, NULL, step) ||
           adp_rules_good(r, step->client, ADP_TOPIC_TGS, NULL, step) ||
           adp_rules_good(r, step->client, ADP_TOPIC_TICKET, NULL, step) ||
           adp_rules_good(r, step->client, ADP_TOPIC_GOT_IN, NULL, step);
}

/* An anonymous request that a KDC refused, and after which the client did nothing. */
static gboolean is_left_without(const adp_rules *r, const adp_step *step)
{
    const adp_obs_krb *ask = step->kind == ADP_STEP_KERBEROS ? adp_rules_krb_ask(r, step) : NULL;
    const adp_obs_krb *answer = ask ? adp_rules_krb_answer(r, step) : NULL;

    return answer && answer->is_error && adp_rules_krb_carrier(r, step) == ADP_CARRIER_KDC &&
           adp_krb_is_anonymous(ask) && answer->error != KRB_ERR_RESPONSE_TOO_BIG &&
           answer->error != KDC_ERR_WRONG_REALM &&
           adp_since(r->end, adp_rules_reply(r, step)->time) >= PATIENCE && !went_on(r, step);
}

/* How often it was refused as it was last: a question for a proof may lie before each. */
static guint times_refused(const adp_rules *r, const adp_group *group)
{
    gint32 last = adp_rules_krb_answer(r, adp_group_last(group))->error;
    guint count = 0;
    guint i;

    for (i = 0; i < group->steps->len; i++) {
        count += adp_rules_krb_answer(r, g_ptr_array_index(group->steps, i))->error == last ? 1 : 0;
    }
    return count;
}

static const char *advice_key(adp_finding_id id)
{
    switch (id) {
    case ADP_FINDING_CLIENT_UNKNOWN:
        return "client-unknown/anonymous";
    case ADP_FINDING_POLICY_REFUSED:
        return "policy-refused/anonymous";
    case ADP_FINDING_PKINIT_FAILED:
        return "pkinit-failed/anonymous";
    case ADP_FINDING_PREAUTH_ABANDONED:
        return "preauth-abandoned/anonymous";
    default:
        return "krb-error/anonymous";
    }
}

/* What the refusal comes to; of a client without a name no code speaks of its password or keys. */
static adp_finding_id finding_of(const adp_rules *r, const adp_step *step, gint32 code)
{
    adp_finding_id id = adp_krb_code_finding(r, step, code);

    if (code == ADP_KRB_PREAUTH_REQUIRED) {
        return ADP_FINDING_PREAUTH_ABANDONED;
    }
    return id == ADP_FINDING_CLIENT_UNKNOWN || id == ADP_FINDING_POLICY_REFUSED ||
                   id == ADP_FINDING_PKINIT_FAILED
               ? id
               : ADP_FINDING_KRB_ERROR;
}

static void report(adp_rules *r, const adp_group *group)
{
    const adp_step *last = adp_group_last(group);
    const adp_obs_krb *answer = adp_rules_krb_answer(r, last);
    const char *realm = adp_rules_krb_realm(r, last);
    adp_finding_id id = finding_of(r, last, answer->error);
    adp_finding *f = adp_rules_find(r, id, last->path, group->key);
    char *answered = adp_rules_krb_answered(r, group);

    adp_rules_cite_group(r, f, group);
    adp_rules_krb_signs(r, f, last);
    adp_rules_summary(f, "no anonymous ticket in the realm %s (%s), and no logon without it", realm,
                      adp_krb_error_name(answer->error));
    adp_rules_observed(f,
                       "%s for an anonymous ticket-granting ticket, the last with %s (%d)%s%s, and "
                       "the client asked for nothing else after it",
                       answered, adp_krb_error_name(answer->error), answer->error,
                       answer->text && *answer->text ? ", saying " : "",
                       answer->text && *answer->text ? answer->text : "");
    adp_rules_inferred(f,
                       "Such a ticket is for the armour (FAST) around a logon. A client that only "
                       "looks whether there is one logs on without it; this one does not, so it "
                       "demands the armour, or has no other way.");
    adp_rules_advise(r, f, advice_key(id), "realm", realm, NULL);
    g_free(answered);
}

void adp_krb_armour(adp_rules *r)
{
    adp_groups *groups = adp_groups_new();
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);

        if (is_left_without(r, step)) {
            char *key = g_strdup_printf("anonymous|%s", adp_rules_krb_realm(r, step));

            adp_groups_add(groups, step, key);
            g_free(key);
        }
    }
    for (i = 0; i < groups->list->len; i++) {
        const adp_group *group = g_ptr_array_index(groups->list, i);

        if (times_refused(r, group) >= ASKED_TIMES) {
            report(r, group);
        }
    }
    adp_groups_free(groups);
}
