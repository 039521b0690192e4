/* outcomes.h
 * What can become of a step.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_OUTCOMES_H
#define ADPATH_FACTS_OUTCOMES_H

#include <glib.h>

typedef enum {
    ADP_OK,
    ADP_NORMAL,
    ADP_FAILED,
    ADP_UNANSWERED,
    ADP_HIDDEN,
    ADP_PENDING,
    ADP_OUTCOMES
} adp_outcome;

/** "ok", "normal", ...: the values of adpath.outcome. */
const char *adp_outcome_name(adp_outcome outcome);

#endif
