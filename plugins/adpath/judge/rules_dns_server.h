/* rules_dns_server.h
 * Findings about what DNS servers answer: silence, failures, and services that are not offered.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_DNS_SERVER_H
#define ADPATH_JUDGE_RULES_DNS_SERVER_H

#include "judge/finding.h"
#include "judge/rules.h"

#include <glib.h>

void adp_rules_dns_server(adp_rules *r);

/** How many questions the group's steps are, with those that were asked again. */
guint adp_dns_count_questions(const adp_group *group);

/**
 * Appends "10.0.0.53 was asked for NAME, 3 questions, without any reply; it answers other questions" of a group that was
 * asked of one server, and signs what it answers.
 */
void adp_dns_observe_silence(const adp_rules *r, adp_finding *f, const adp_group *part,
                             GString *out);

#endif
