/* health.h
 * A verdict in one word, for programs that only choose between captures.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_HEALTH_H
#define ADPATH_JUDGE_HEALTH_H

#include "judge/analysis.h"

/** The worst has the highest number. */
typedef enum {
    ADP_HEALTHY,    /* it ended well, and all that went wrong on the way was made good */
    ADP_NOT_JUDGED, /* hidden, cut short, or nothing to judge; what was seen of it was right */
    ADP_FAULTY      /* an error or a warning that nothing made good */
} adp_health;

/** "healthy", "not-judged" or "faulty". */
const char *adp_health_word(adp_health health);

/** `outcome`: adp_path_outcome(). */
adp_health adp_path_health(adp_analysis *analysis, guint32 path, const char *outcome,
                           gboolean mailboxes);

#endif
