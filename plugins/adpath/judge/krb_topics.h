/* krb_topics.h
 * What the rules about Kerberos share. Inside of the model.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_KRB_TOPICS_H
#define ADPATH_JUDGE_KRB_TOPICS_H

#include "join/model.h"
#include "judge/rules.h"
#include "log/observation.h"

#include <glib.h>

/** Of the service, as the request or else the answer says; "" when neither does. */
const char *adp_rules_krb_realm(const adp_rules *r, const adp_step *step);
/** Who asks, without realm; "" when nothing says so. */
const char *adp_rules_krb_client(const adp_rules *r, const adp_step *step);
adp_exchange adp_rules_krb_exchange(const adp_rules *r, const adp_step *step);
adp_carrier adp_rules_krb_carrier(const adp_rules *r, const adp_step *step);

/* Topics of adp_rules_good(); free with g_free(). */

/** Before "class/host": a KDC gave the client a ticket for class/host.domain. */
#define ADP_TOPIC_FULL_NAME "full|"

/** What an exchange is about: in AS also who asks. */
char *adp_rules_krb_topic(const adp_rules *r, const adp_step *step);
/** A KDC knew the user. */
char *adp_rules_krb_user_topic(const adp_rules *r, const adp_step *step);
/** A logon of this client, whatever the domain is called in it. */
char *adp_rules_krb_logon_topic(const adp_rules *r, const adp_step *step);

/** Remembers what went well; to be called before the rules. */
void adp_rules_krb_learn(adp_rules *r);

const adp_obs_krb *adp_rules_krb_ask(const adp_rules *r, const adp_step *step);
const adp_obs_krb *adp_rules_krb_answer(const adp_rules *r, const adp_step *step);

/** The service of the exchange; "" when nothing names it. */
const char *adp_rules_krb_spn(const adp_rules *r, const adp_step *step);

/** The host of "class/host:port/realm" in lower case, "" without one; free with g_free(). */
char *adp_spn_host(const char *spn);

/** Topic of adp_rules_good(): a ticket was shown on the step's connection. Free with g_free(). */
char *adp_rules_shown_topic(const adp_step *step);

/** Did the answer of this step carry a KRB-ERROR that a finding of its own tells about? */
gboolean adp_rules_is_krb_refusal(const adp_rules *r, const adp_step *step);

#endif
