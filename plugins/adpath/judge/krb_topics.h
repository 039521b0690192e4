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

/** A ticket that the client got after the step: in its realm, or by a logon of its account. NULL: none. */
const adp_step *adp_rules_krb_ticket_after(const adp_rules *r, const adp_step *step);

/** The account's first good logon after the step; NULL: none. */
const adp_step *adp_rules_krb_logon_after(const adp_rules *r, const adp_step *step,
                                          const char *account);

/** Of the service, as the request or else the answer says; "" when neither does. */
const char *adp_rules_krb_realm(const adp_rules *r, const adp_step *step);
/** Who asks, without realm; "" when nothing says so. */
const char *adp_rules_krb_client(const adp_rules *r, const adp_step *step);
/** Did the KDC send the client on to another realm, in place of giving what was asked for? */
gboolean adp_rules_krb_is_referral(const adp_rules *r, const adp_step *step);
adp_exchange adp_rules_krb_exchange(const adp_rules *r, const adp_step *step);
adp_carrier adp_rules_krb_carrier(const adp_rules *r, const adp_step *step);

/**
 * What an exchange is about, in AS also the client: subject of ADP_TOPIC_EXCHANGE and
 * ADP_TOPIC_ANSWER. Free with g_free().
 */
char *adp_rules_krb_about(const adp_rules *r, const adp_step *step);

/** The same of a request for a ticket to this service. Free with g_free(). */
char *adp_krb_about_service(const char *spn);

/** "dc1 answered 2 requests and dc2 answered 1 request"; free with g_free(). */
char *adp_rules_krb_answered(const adp_rules *r, const adp_group *group);

/** That krb-error tells of this client and name as one that is told to begin anew, and does not. */
void adp_rules_krb_say_stuck(adp_rules *r, const adp_step *step);

/** Does it? */
gboolean adp_rules_krb_is_stuck(const adp_rules *r, const adp_step *step);

/** Subject of ADP_TOPIC_CLOCK_APART: so far apart, and so many minutes more; `text` has room for ADP_NUMBER_TEXT. */
const char *adp_rules_minutes(gint64 skew, gint64 more, char *text);

/** What went well. */
void adp_rules_krb_learn(adp_rules *r);

const adp_obs_krb *adp_rules_krb_ask(const adp_rules *r, const adp_step *step);
const adp_obs_krb *adp_rules_krb_answer(const adp_rules *r, const adp_step *step);

/** The service of the exchange; "" when nothing names it. */
const char *adp_rules_krb_spn(const adp_rules *r, const adp_step *step);

/** The host of "class/host:port/realm" in lower case, "" without one; free with g_free(). */
char *adp_spn_host(const char *spn);

/** "class/" of "class/host:port/realm", NULL where the host is none or an address; free with g_free(). */
char *adp_spn_class(const char *spn);

/**
 * ", as a KDC of the realm B, to which A had referred the client" where that is so, else "": for a
 * sentence about an answer. Free with g_free().
 */
char *adp_rules_krb_abroad(const adp_rules *r, const adp_step *step);

/** 24; of KDCs that say so, 31 in the answer to a request for a TGT (Heimdal, older MIT). */
gboolean adp_rules_krb_is_wrong_password(const adp_rules *r, const adp_step *step);

/** Did the answer of this step carry a KRB-ERROR that a finding of its own tells about? */
gboolean adp_rules_is_krb_refusal(const adp_rules *r, const adp_step *step);

#endif
