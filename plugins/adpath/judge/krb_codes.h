/* krb_codes.h
 * What each error code of Kerberos comes to: its finding and its words.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_KRB_CODES_H
#define ADPATH_JUDGE_KRB_CODES_H

#include "judge/catalogue.h"
#include "judge/finding.h"
#include "judge/rules.h"
#include "log/observation.h"

/** The finding that the code comes to in the answer of this step. */
adp_finding_id adp_krb_code_finding(const adp_rules *r, const adp_step *step, gint32 code);

/** Is it about who asks, and not about a service? */
gboolean adp_krb_code_is_about_client(const adp_rules *r, const adp_step *step, adp_finding_id id);

/** Does the text of the answer say the word? */
gboolean adp_krb_answer_says(const adp_obs_krb *answer, const char *word);

/** Summary, what was observed, and advice, as they are for most codes; then what some say more. */
void adp_krb_code_text(adp_rules *r, adp_finding *f, const adp_group *group);
void adp_krb_code_special_text(adp_rules *r, adp_finding *f, const adp_group *group,
                               const adp_step *by);

/** The whole finding about the group: steps with one code about one name. */
void adp_krb_code_report(adp_rules *r, const adp_group *group);

#endif
