/* rules_ntlm.h
 * Findings about NTLM where Kerberos was meant.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_NTLM_H
#define ADPATH_JUDGE_RULES_NTLM_H

#include "judge/rules.h"

#include <glib.h>

/** Did the client of `step` sign in to the host with NTLM, and was let in after the step was answered? */
gboolean adp_rules_ntlm_worked(const adp_rules *r, const adp_step *step, const char *host);

/** "client|host"; free with g_free(). */
char *adp_web_pair_key(const adp_rules *r, adp_client client, const char *host);

/** Where NTLM was accepted. */
void adp_rules_learn_ntlm(adp_rules *r);
void adp_rules_ntlm(adp_rules *r);

#endif
