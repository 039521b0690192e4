/* rules_slow.h
 * The finding about lost time.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_SLOW_H
#define ADPATH_JUDGE_RULES_SLOW_H

#include "judge/rules.h"
#include "wire/text.h"

#include <glib.h>

/* Less than this in a whole path is not told, and so much is a warning; ns. */
#define ADP_SLOW_TOLD   (3 * ADP_NS_PER_S)
#define ADP_SLOW_WARNED (10 * ADP_NS_PER_S)

void adp_rules_slow(adp_rules *r);

#endif
