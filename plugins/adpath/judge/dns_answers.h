/* dns_answers.h
 * What each DNS server answers its clients, also to questions that are no steps, and how that is said.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_DNS_ANSWERS_H
#define ADPATH_JUDGE_DNS_ANSWERS_H

#include "judge/rules.h"
#include "log/observation.h"

/** Notes what each DNS server answered to each client. Once, before the rules judge. */
void adp_rules_learn_dns_answers(adp_rules *r);

/** The last answer of the step's server to its client that came after the question; ADP_NONE: none. */
guint32 adp_dns_answers_others(const adp_rules *r, const adp_step *step);

/**
 * An answer in which another server than those of the group gives the client the address of a host of
 * this domain, one that is no public address; ADP_NONE: there is none.
 */
guint32 adp_dns_known_elsewhere(const adp_rules *r, const adp_group *group, const char *domain);

/** Is it an address of the host itself? */
gboolean adp_dns_is_loopback(const char *address);

/** "NXDOMAIN", with what it means where few know it. */
const char *adp_dns_code_words(const adp_obs_dns *answer);

/**
 * "; its reason, as it says itself (RFC 8914): extended error 6 (DNSSEC: bogus)"; nothing when it gives none. Free with
 * g_free().
 */
char *adp_dns_reasons(const adp_obs_dns *dns);

/** An answer to the group by which a server says so; ADP_NONE: none. `ret_all`: do all of its answers? May be NULL. */
guint32 adp_dns_withheld(const adp_rules *r, const adp_group *group, gboolean *ret_all);

/**
 * What each server of the group said of which names: "10.0.0.53 answered _ldap._tcp.contoso.test with
 * NXDOMAIN (no such name)"; a few of them. Free with g_free().
 */
char *adp_dns_told(const adp_rules *r, const adp_group *group);

#endif
