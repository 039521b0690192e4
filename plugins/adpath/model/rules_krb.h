/* rules_krb.h
 * What the rules about Kerberos share. Inside of the model.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_MODEL_RULES_KRB_H
#define ADPATH_MODEL_RULES_KRB_H

#include "rules.h"

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

/** Severity, texts and advice of a code 7 or 8. */
/** How much it matters that no KDC has this name, by what kind of name it is. */
adp_severity adp_rules_krb_spn_severity(const adp_rules *r, const adp_step *step);
void adp_rules_krb_spn_text(adp_rules *r, adp_finding *f, const adp_group *group);

/** 25, 52, silence, and old encryption: what is no error code by itself. */
void adp_rules_kdc(adp_rules *r);

#endif
