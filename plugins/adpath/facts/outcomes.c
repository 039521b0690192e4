/* outcomes.c
 * What can become of a step.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/outcomes.h"

const char *adp_outcome_name(adp_outcome outcome)
{
    static const char *const names[ADP_OUTCOMES] = {"ok",         "normal", "failed",
                                                    "unanswered", "hidden", "pending"};

    return names[outcome];
}
