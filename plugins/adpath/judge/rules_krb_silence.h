/* rules_krb_silence.h
 * Findings about what a KDC leaves unsaid: 25 without a sequel, silence; and what goes with it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_KRB_SILENCE_H
#define ADPATH_JUDGE_RULES_KRB_SILENCE_H

#include "judge/rules.h"

/** 25, 52, silence, and old encryption: what is no error code by itself. */
void adp_rules_kdc(adp_rules *r);

#endif
