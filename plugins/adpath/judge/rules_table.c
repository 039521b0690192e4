/* rules_table.c
 * All rules, in two phases.
 *
 * First every row notes what the capture proves: what went well (topics of topics.h), and facts of
 * names. Then every row judges, and may ask for all of it; the order of learning means nothing.
 * The order of judging means something only where a comment says so: a rule that stays silent
 * because a finding says the same already (adp_rules_is_said()).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/dns_answers.h"
#include "judge/rules_table.h"

#include "judge/dns_topics.h"
#include "judge/krb_sequel.h"
#include "judge/krb_topics.h"
#include "judge/rules.h"
#include "judge/rules_bind.h"
#include "judge/rules_capture.h"
#include "judge/rules_dc.h"
#include "judge/rules_dns.h"
#include "judge/rules_dns_server.h"
#include "judge/rules_dns_target.h"
#include "judge/rules_dns_tcp.h"
#include "judge/rules_flat.h"
#include "judge/rules_kpasswd.h"
#include "judge/rules_krb_errors.h"
#include "judge/rules_krb_realm.h"
#include "judge/rules_krb_referral.h"
#include "judge/rules_krb_silence.h"
#include "judge/rules_krb_tcp.h"
#include "judge/rules_krb_weak.h"
#include "judge/rules_ldap.h"
#include "judge/rules_ldap_ops.h"
#include "judge/rules_ntlm.h"
#include "judge/rules_ping.h"
#include "judge/rules_pointers.h"
#include "judge/rules_ports.h"
#include "judge/rules_refused.h"
#include "judge/rules_scp.h"
#include "judge/scp_topics.h"
#include "judge/rules_site.h"
#include "judge/rules_slow.h"
#include "judge/rules_slow_client.h"
#include "judge/rules_unheard.h"
#include "judge/rules_way_back.h"
#include "judge/rules_web.h"
#include "judge/silence.h"

typedef void (*phase)(adp_rules *r);

static const struct {
    phase learn; /* NULL: nothing that others ask for */
    phase judge; /* NULL: it serves others only */
} rules[] = {
    {adp_rules_learn_silence, NULL},
    {NULL, adp_rules_flat},
    {adp_rules_learn_dns_answers, NULL},
    {adp_rules_learn_dns, adp_rules_dns},
    {NULL, adp_rules_dns_server}, /* behind adp_rules_dns: ADP_SAID_MSDCS */
    {NULL, adp_rules_dns_target},
    {NULL, adp_rules_dns_tcp},
    {adp_rules_krb_learn, adp_rules_krb_errors},
    {adp_rules_krb_learn_sequel, adp_rules_krb_realms},
    {NULL, adp_rules_krb_referrals},
    {adp_rules_learn_kpasswd, adp_rules_kpasswd},
    {NULL, adp_rules_krb_tcp},
    {NULL, adp_rules_kdc},
    {NULL, adp_rules_krb_weak},
    {adp_rules_learn_pings, adp_rules_pings},
    {adp_rules_learn_client, adp_rules_client},
    {adp_rules_learn_use, adp_rules_dc}, /* behind the two of KDCs: ADP_SAID_TCP_BLOCKED */
    {NULL, adp_rules_binds},
    {adp_rules_learn_ldap, adp_rules_ldap},
    {NULL, adp_rules_ldap_operations}, /* behind adp_rules_ldap */
    {adp_rules_learn_ports, adp_rules_ports},
    {adp_rules_learn_scp, adp_rules_scp},
    {NULL, adp_rules_pointers},
    {adp_rules_learn_web, adp_rules_web},
    {adp_rules_learn_ntlm, adp_rules_ntlm},
    {NULL, adp_rules_refused},
    {NULL, adp_rules_unheard},
    {NULL, adp_rules_way_back},
    {NULL, adp_rules_capture},
    {NULL, adp_rules_slow},
    {NULL, adp_rules_slow_client},
};

static void learn(adp_rules *r)
{
    guint i;

    for (i = 0; i < G_N_ELEMENTS(rules); i++) {
        if (rules[i].learn) {
            rules[i].learn(r);
        }
    }
}

void adp_rules_run(adp_rules *r)
{
    guint i;

    adp_rules_learn(r, learn);
    for (i = 0; i < G_N_ELEMENTS(rules); i++) {
        if (rules[i].judge) {
            rules[i].judge(r);
        }
    }
}
