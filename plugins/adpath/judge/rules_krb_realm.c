/* rules_krb_realm.c
 * Findings about the realm in which a client asks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_krb_realm.h"

#include "join/model.h"
#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/krb_sequel.h"
#include "judge/krb_signs.h"
#include "judge/krb_topics.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "log/observation.h"
#include "wire/text.h"

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
    gboolean told = answer->realm && *answer->realm && !adp_same_text(answer->realm, asked);
    adp_finding *f = adp_rules_find(r, ADP_FINDING_WRONG_REALM, first->path, group->key);
    char *answered = adp_rules_krb_answered(r, group);

    adp_rules_cite_group(r, f, group);
    adp_rules_krb_signs(r, f, first);
    adp_rules_summary(f, "%s: the KDC is not one of the realm %s that the client asked for", name,
                      asked);
    adp_rules_observed(f, "%s for %s in the realm %s with KDC_ERR_WRONG_REALM (68)%s%s", answered,
                       name, asked, told ? ", and names the realm " : "",
                       told ? answer->realm : "");
    adp_rules_inferred(f, "Such an answer is healthy when the client then asks in the right realm. "
                          "This one sent no request in any other realm afterwards.");
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
            adp_rules_krb_asked_in(r, step->flow.client, ask->realm, step)) {
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

void adp_rules_krb_realms(adp_rules *r)
{
    wrong_realm(r);
}
