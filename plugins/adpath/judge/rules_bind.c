/* rules_bind.c
 * Findings about LDAP binds that were refused.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/rules_bind.h"

#include "case/principal.h"
#include "join/model.h"
#include "judge/bind_refusal.h"
#include "judge/bind_report.h"
#include "judge/bind_series.h"
#include "judge/finding.h"
#include "judge/krb_topics.h"
#include "judge/report.h"
#include "judge/rules.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/ldap_result.h"

/* Wrong passwords lock an account wherever they are sent; a ticket that nobody opens does not. */
static void learn_wrong_password(adp_rules *r, const adp_step *step, const adp_obs_result *result)
{
    char *name = adp_bind_has_code(result, "52e") && !adp_bind_may_show_ticket(r, step)
                     ? adp_bind_name(r, step)
                     : NULL;
    char *user = name ? adp_principal_user(name) : NULL;

    if (user) {
        adp_rules_note_good(r, step, ADP_TOPIC_WRONG_PASSWORD, user);
    }
    g_free(user);
    g_free(name);
}

void adp_rules_learn_bind_step(adp_rules *r, const adp_step *step)
{
    const adp_obs_result *result = adp_ldap_result_of(r, step);
    char *subject;
    char *name;

    if (!result) {
        return;
    }
    if (result->result != ADP_LDAP_SUCCESS) {
        learn_wrong_password(r, step, result);
        return;
    }
    if (!adp_bind_lets_in(r, step)) {
        return;
    }
    subject = adp_bind_subject(step, NULL);
    adp_rules_note_good(r, step, ADP_TOPIC_BIND, subject);
    g_free(subject);
    name = adp_bind_name(r, step);
    if (name) {
        subject = adp_bind_subject(step, name);
        adp_rules_note_good(r, step, ADP_TOPIC_BIND, subject);
        g_free(subject);
        subject = adp_bind_by(name);
        adp_rules_note_good(r, step, ADP_TOPIC_BIND, subject);
        g_free(subject);
    }
    g_free(name);
}

void adp_rules_binds(adp_rules *r)
{
    adp_groups *groups = adp_groups_new();
    adp_bind_series *series;
    guint32 i;

    for (i = 0; i < adp_rules_count(r); i++) {
        const adp_step *step = adp_rules_step(r, i);
        const adp_obs_result *result =
            step->kind == ADP_STEP_BIND ? adp_ldap_result_of(r, step) : NULL;
        char *name;
        char *key;
        char code[ADP_BIND_CODE_ROOM] = "";
        char first[ADP_NUMBER_TEXT];

        if (!result) {
            continue;
        }
        /* Where a KRB-ERROR tells why, or a lock, the finding about that one does. */
        if (adp_rules_outcome(r, step) != ADP_FAILED || adp_rules_is_krb_refusal(r, step) ||
            adp_rules_is_said(r, ADP_SAID_LOCKED, adp_number_text(step->first, first))) {
            continue;
        }
        (void)adp_bind_code(result, code);
        name = adp_bind_name(r, step);
        /* Faults that do not depend on the account are one cause for all accounts. */
        key = g_strdup_printf("%u|%u|%s|%s", step->flow.server, result->result, code,
                              name && adp_bind_is_about_account(r, step) ? name : "");
        adp_groups_add(groups, step, key);
        g_free(key);
        g_free(name);
    }
    series = adp_bind_series_new(r, groups);
    for (i = 0; i < groups->list->len; i++) {
        const adp_group *group = g_ptr_array_index(groups->list, i);

        if (!adp_bind_series_tell(series, group)) {
            adp_bind_report(r, group);
        }
    }
    adp_bind_series_free(series);
    adp_groups_free(groups);
}
