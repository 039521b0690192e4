/* rules_capture.h
 * What the capture itself lacks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_CAPTURE_H
#define ADPATH_JUDGE_RULES_CAPTURE_H

#include "judge/rules.h"

void adp_rules_capture(adp_rules *r);

#endif
