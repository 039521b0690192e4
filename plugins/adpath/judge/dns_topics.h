/* dns_topics.h
 * What the rules of DNS share: questions, answers, and what they teach.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_DNS_TOPICS_H
#define ADPATH_JUDGE_DNS_TOPICS_H

#include "judge/rules.h"
#include "judge/topics.h"
#include "log/observation.h"
#include "wire/srv_name.h"

/** What a step of DNS asks; never NULL. */
const adp_obs_dns *adp_dns_question(const adp_rules *r, const adp_step *step);

/** Its answer; NULL: none. Of an answer: are there records; is it NXDOMAIN, or no such record? */
const adp_obs_dns *adp_dns_answer(const adp_rules *r, const adp_step *step);
gboolean adp_dns_is_answered(const adp_obs_dns *dns);
gboolean adp_dns_is_miss(const adp_obs_dns *dns);

/** As adp_rules_good(), of the step's client. */
const adp_step *adp_dns_good(const adp_rules *r, const adp_step *step, adp_topic topic,
                             const char *name, const adp_step *after);

/** Was there such an answer after the step's question was sent? */
gboolean adp_dns_answered_later(const adp_rules *r, const adp_step *step, adp_topic topic,
                                const char *name);

/** What a name asks for when the site is left out of it; free with g_free(). */
char *adp_dns_generic_name(const adp_srv_name *parts);

/** A name, whatever its case, at one end of questions for it: key of a table; free with g_free(). */
char *adp_dns_name_at(guint32 address, const char *name);

/** The names that the group asked for, a few of them; free with g_free(). */
char *adp_dns_names(const adp_rules *r, const adp_group *group);

/** Does the group ask for KDCs alone; for controllers of a domain by any of their names? */
gboolean adp_dns_only_kdc(const adp_rules *r, const adp_group *group);
gboolean adp_dns_asks_for_controllers(const adp_rules *r, const adp_group *group);

/** What went well in DNS. */
void adp_rules_learn_dns(adp_rules *r);

#endif
