/* rules_bind.h
 * Findings about LDAP binds that were refused.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_BIND_H
#define ADPATH_JUDGE_RULES_BIND_H

#include "judge/finding.h"
#include "judge/rules.h"
#include "log/observation.h"

/** The result of an LDAP step; NULL: none, or damaged. */
const adp_obs_result *adp_ldap_result_of(const adp_rules *r, const adp_step *step);

/** Does its text hold the word, in whatever case? */
gboolean adp_ldap_says(const adp_obs_result *result, const char *code);

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

/** Subject of ADP_TOPIC_BIND: the bind's server, and its account where it is known. Free with g_free(). */
char *adp_bind_subject_of(const adp_rules *r, const adp_step *step);

/** Was somebody let in? A bind without a password is accepted, and nobody's, whatever name it has. */
gboolean adp_bind_lets_in(const adp_rules *r, const adp_step *step);

/** Signs, once, that the bind request `obs` was nobody's: without a name, or without a password. */
void adp_bind_sign_nobody(const adp_rules *r, adp_finding *f, guint32 obs);

/** Does the refusal speak of the account, and not of the way it binds? */
gboolean adp_bind_is_about_account(const adp_rules *r, const adp_step *step);

/** May a ticket be in the bind? Not in one by name and password, nor in NTLM's or SCRAM's. */
gboolean adp_bind_may_show_ticket(const adp_rules *r, const adp_step *step);

/** A later bind of the same account at the same server that was accepted, or NULL. */
const adp_step *adp_bind_recovery(const adp_rules *r, const adp_step *step);

/** What the refusal means, NULL when nothing tells more than its code. */
const char *adp_bind_meaning(const adp_rules *r, const adp_step *step);

/** The finding about these refused binds by themselves. */
void adp_bind_report(adp_rules *r, const adp_group *group);

/** Notes that a bind was accepted, or whose password was refused. */
void adp_rules_learn_bind_step(adp_rules *r, const adp_step *step);

void adp_rules_binds(adp_rules *r);

#endif
