/* rules_service.h
 * Findings about services that cannot open a ticket, and about clocks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_SERVICE_H
#define ADPATH_JUDGE_RULES_SERVICE_H

#include "join/model.h"
#include "judge/finding.h"
#include "judge/rules.h"

/** Texts and advice for errors 31, 41, 44 of a service, and for 37. */
/** `by` made it good later, or is NULL. */
void adp_rules_service_key(adp_rules *r, adp_finding *finding, const adp_group *group,
                           const adp_step *by);
/**
 * May other KDCs agree with the one that answered the step about the time: do they tell the client of the same difference, or
 * does it have the capturing machine's time? `minutes`, with room for ADP_NUMBER_TEXT characters, is set to what they have
 * in common.
 */
gboolean adp_rules_clock_is_shared(const adp_rules *r, const adp_step *step, char *minutes);

void adp_rules_clock_skew(adp_rules *r, adp_finding *finding, const adp_group *group);

/** Is the server's clock, as its error gives it, further from the frame's time than is allowed? */
gboolean adp_rules_krb_is_skewed(const adp_rules *r, const adp_step *step);

#endif
