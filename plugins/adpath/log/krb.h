/* krb.h
 * What a Kerberos request asks for, and what an answer to it means: of two messages alone.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_LOG_KRB_H
#define ADPATH_LOG_KRB_H

#include "log/observation.h"
#include "wire/krb_error.h"

#include <glib.h>

/** KDC_ERR_PREAUTH_REQUIRED (RFC 4120 7.5.9) */
#define ADP_KRB_PREAUTH_REQUIRED 25

/** Does the message have PA-DATA of this type; may an error's KDC take it? */
gboolean adp_krb_has_padata(const adp_obs_krb *krb, gint32 type);

/** Does the request prove the password by an encrypted time (RFC 4120 5.2.7.2, RFC 6113 5.4.6)? */
gboolean adp_krb_has_proof(const adp_obs_krb *ask);

/** Does it ask for a ticket of the anonymous principal? */
gboolean adp_krb_is_anonymous(const adp_obs_krb *ask);

/**
 * Does a request for a logon name nobody? No client of a directory sends such a thing; scanners do, to see whether
 * a KDC is there and what it says. Its name stands before the realm, so that a cut request tells, too.
 */
gboolean adp_krb_names_nobody(const adp_obs_krb *ask);

/** Does it name another ticket with whose key the new one is to be sealed? */
gboolean adp_krb_is_user_to_user(const adp_obs_krb *ask);

/** Does a service ask in a user's name: for itself (S4U2Self), or for another (S4U2Proxy)? */
gboolean adp_krb_is_s4u2self(const adp_obs_krb *ask);
gboolean adp_krb_is_s4u2proxy(const adp_obs_krb *ask);

/**
 * The realm to which an answer sends the client: a ticket for another realm's KDC instead of
 * the service that was asked for, or "wrong realm" with the right one. NULL: it does not.
 */
const char *adp_krb_referral(const adp_obs_krb *ask, const adp_obs_krb *answer);

/**
 * What the error says about the flow, when its request is known.
 * @param ask  NULL when it is not
 */
adp_krb_class adp_krb_class_of(const adp_obs_krb *ask, const adp_obs_krb *error);

#endif
