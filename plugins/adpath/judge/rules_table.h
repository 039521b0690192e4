/* rules_table.h
 * All rules, in two phases.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_RULES_TABLE_H
#define ADPATH_JUDGE_RULES_TABLE_H

#include "judge/rules.h"

/** Every rule learns, then every rule judges; `r` is begun, and has its waits. Fills `r->found`. */
void adp_rules_run(adp_rules *r);

#endif
