/* rules_slow.h
 * The finding about lost time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_SLOW_H
#define ADPATH_JUDGE_RULES_SLOW_H

#include "judge/rules.h"

#include <glib.h>

void adp_rules_slow(adp_rules *r);

#endif
