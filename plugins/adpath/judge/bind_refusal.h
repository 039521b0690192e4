/* bind_refusal.h
 * What the refusal of an LDAP bind says: its codes, whom they are about, and what they mean.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_BIND_REFUSAL_H
#define ADPATH_JUDGE_BIND_REFUSAL_H

#include "judge/finding.h"
#include "judge/rules.h"
#include "log/observation.h"

/** The result of an LDAP step; NULL: none, or damaged. */
const adp_obs_result *adp_ldap_result_of(const adp_rules *r, const adp_step *step);

/** Does its text hold the word, in whatever case? */
gboolean adp_ldap_says(const adp_obs_result *result, const char *code);

/** The version that nobody should speak any more (RFC 1777, RFC 3494). */
#define ADP_LDAP_VERSION_2 2

/** Room for a sub-code. */
#define ADP_BIND_CODE_ROOM 9

/**
 * The sub-code of "AcceptSecurityContext error, data 52e, v2580", or what Samba's name of a status stands for;
 * FALSE without one. `ret` has room for ADP_BIND_CODE_ROOM bytes.
 */
gboolean adp_bind_code(const adp_obs_result *result, char *ret);

/** Was it refused with this sub-code? Data 52e is a wrong password, data 775 a locked account. */
gboolean adp_bind_has_code(const adp_obs_result *result, const char *wanted);

/** In whose name the bind was tried, NULL when nothing says it. Free with g_free(). */
char *adp_bind_name(const adp_rules *r, const adp_step *step);

/** Subject of ADP_TOPIC_BIND: the bind's server, and the account of this name; NULL: any. Free with g_free(). */
char *adp_bind_subject(const adp_step *step, const char *name);

/** Subject of ADP_TOPIC_BIND: the name as it was sent, at whichever server. Free with g_free(). */
char *adp_bind_by(const char *name);

/** The first one's with its account where it is known. */
char *adp_bind_subject_of(const adp_rules *r, const adp_step *step);

/** Was somebody let in? A bind without a password is accepted, and nobody's, whatever name it has. */
gboolean adp_bind_lets_in(const adp_rules *r, const adp_step *step);

/** Does the refusal speak of the account, and not of the way it binds? */
gboolean adp_bind_is_about_account(const adp_rules *r, const adp_step *step);

/** Or of the account's domain, all of whose accounts would be refused? */
gboolean adp_bind_is_about_trust(const adp_rules *r, const adp_step *step);

/** Is the bind protected by TLS? */
gboolean adp_bind_is_in_tls(const adp_rules *r, const adp_step *step);

/** Of a refused bind: which finding it is, */
adp_finding_id adp_bind_finding(const adp_rules *r, const adp_step *step);

/** and the row of advice for it; free with g_free(). */
char *adp_bind_case(const adp_rules *r, const adp_step *step);

/** May a ticket be in the bind? Not in one by name and password, nor in NTLM's or SCRAM's. */
gboolean adp_bind_may_show_ticket(const adp_rules *r, const adp_step *step);

/** A later bind of the same account at the same server that was accepted, or NULL. */
const adp_step *adp_bind_recovery(const adp_rules *r, const adp_step *step);

/** What the refusal means, NULL when nothing tells more than its code. */
const char *adp_bind_meaning(const adp_rules *r, const adp_step *step);

/**
 * The request of a bind on the connection of `asked` that had no answer when `asked` was sent; ADP_NONE. RFC
 * 4511 4.2.1: a client asks for nothing before that has come.
 */
guint32 adp_bind_pending(const adp_rules *r, const adp_step *asked);

#endif
