/* rules_web.h
 * What the rules about endpoints share. Inside of the model.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_WEB_H
#define ADPATH_JUDGE_RULES_WEB_H

#include "judge/rules.h"

#include <glib.h>

/* ---- the rules, by subject ---- */

/** What other rules want to know of endpoints. */
void adp_rules_learn_web(adp_rules *r);
void adp_rules_web(adp_rules *r);

#endif
