/* rules_krb_realm.c
 * Findings about the realm in which a client asks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_krb_realm.h"

#include "join/model.h"
#include "judge/finding.h"
#include "judge/krb_sequel.h"
#include "judge/krb_signs.h"
#include "judge/krb_topics.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "log/observation.h"
#include "wire/krb_types.h"
#include "wire/text.h"

#include <string.h>

/* A client that uses its ticket does so soon. */
#define PATIENCE (5 * ADP_NS_PER_S)

/* ---- 68, and no request elsewhere ---- */

#define KDC_ERR_WRONG_REALM 68

static void report_wrong_realm(adp_rules *r, const adp_group *group)
{
    const adp_step *first = adp_group_first(group);
    const adp_obs_krb *answer = adp_rules_krb_answer(r, first);
    const char *asked = adp_rules_krb_ask(r, first)->realm;
    const char *client = adp_rules_krb_client(r, first);
    gboolean as = adp_rules_krb_exchange(r, first) == ADP_EXCHANGE_AS;
    const char *name = as && *client ? client : adp_rules_krb_spn(r, first);
    const char *right = answer->client_realm;
    gboolean told = right && *right && !adp_same_text(right, asked);
    adp_finding *f = adp_rules_find(r, ADP_FINDING_WRONG_REALM, first->path, group->key);
    char *answered = adp_rules_krb_answered(r, group);

    adp_rules_cite_group(r, f, group);
    adp_rules_krb_signs(r, f, first);
    adp_rules_summary(f, "%s: the KDC is not one of the realm %s that the client asked for", name,
                      asked);
    adp_rules_observed(f, "%s for %s in the realm %s with KDC_ERR_WRONG_REALM (68)%s%s", answered,
                       name, asked, told ? ", and names the realm " : "", told ? right : "");
    adp_rules_inferred(f,
                       "Such an answer is healthy when the client then asks in the right realm. "
                       "%s sent no request in any other realm afterwards.",
                       as && *client ? client : "This one");
    adp_rules_advise(r, f, as ? "wrong-realm" : "wrong-realm/tgs", "account",
                     as && *client ? client : NULL, "realm", asked, "spn",
                     adp_rules_krb_spn(r, first), "server",
                     adp_rules_address(r, first->flow.server), "host",
                     adp_rules_host(r, first->flow.server), NULL);
    g_free(answered);
}

static void wrong_realm(adp_rules *r)
{
    adp_groups *groups = adp_groups_new();
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_krb *answer =
            step->kind == ADP_STEP_KERBEROS ? adp_rules_krb_answer(r, step) : NULL;
        const adp_obs_krb *ask = answer ? adp_rules_krb_ask(r, step) : NULL;
        char *key;

        if (!answer || !answer->is_error || answer->error != KDC_ERR_WRONG_REALM || !ask ||
            !ask->realm || adp_rules_krb_changed_realm(r, step) ||
            adp_rules_krb_taken_after_all(r, step)) {
            continue;
        }
        key = g_strdup_printf("%s|%s|%s", ask->realm, adp_rules_krb_client(r, step),
                              adp_rules_krb_spn(r, step));
        adp_groups_add(groups, step, key);
        g_free(key);
    }
    for (i = 0; i < groups->list->len; i++) {
        report_wrong_realm(r, g_ptr_array_index(groups->list, i));
    }
    adp_groups_free(groups);
}

/* ---- a realm in other letters ---- */

/* A logon whose ticket names the realm in other letters, and which asked not to be corrected. */
static gboolean is_respelled(const adp_rules *r, const adp_step *step)
{
    const adp_obs_krb *ask = adp_rules_krb_ask(r, step);
    const adp_obs_krb *answer = adp_rules_krb_answer(r, step);

    return ask && answer && !answer->is_error && ask->exchange == ADP_EXCHANGE_AS && ask->realm &&
           answer->realm && !(ask->options & ADP_KDC_CANONICALIZE) &&
           strcmp(ask->realm, answer->realm) != 0 && adp_same_text(ask->realm, answer->realm);
}

static void realm_case(adp_rules *r)
{
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        adp_finding *f;

        /* A client that uses the ticket did not mind. */
        if (step->kind != ADP_STEP_KERBEROS || !is_respelled(r, step) ||
            adp_since(r->end, adp_rules_time(r, step)) < PATIENCE ||
            adp_rules_good(r, step->client, ADP_TOPIC_TGS, NULL, step) ||
            adp_rules_krb_went_on_in(r, step->client, NULL, step)) {
            continue;
        }
        f = adp_rules_find(r, ADP_FINDING_REALM_CASE_DIFFERS, step->path,
                           adp_rules_krb_client(r, step));
        adp_rules_cite_step(r, f, step);
        if (f->summary) {
            continue;
        }
        adp_rules_krb_signs(r, f, step);
        adp_rules_summary(f, "The client asked in %s, the ticket names %s, and nobody used it",
                          adp_rules_krb_ask(r, step)->realm, adp_rules_krb_answer(r, step)->realm);
        adp_rules_observed(f,
                           "The logon asked for a ticket in the realm %s; the KDC gave one of the "
                           "realm %s. No request with the ticket follows in the capture",
                           adp_rules_krb_ask(r, step)->realm, adp_rules_krb_answer(r, step)->realm);
        adp_rules_inferred(f,
                           "Names of realms depend on case (RFC 4120 6.1), and the client did not "
                           "ask for a correction (canonicalize): libraries take such a ticket for "
                           "another realm's and drop it.");
        adp_rules_advise(r, f, "realm-case-differs", "realm", adp_rules_krb_answer(r, step)->realm,
                         "account", adp_rules_krb_client(r, step), NULL);
    }
}

void adp_rules_krb_realms(adp_rules *r)
{
    wrong_realm(r);
    realm_case(r);
}
