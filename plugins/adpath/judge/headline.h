/* headline.h
 * What is to be said first of a path: the finding that explains most, or the steps that went wrong.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_HEADLINE_H
#define ADPATH_JUDGE_HEADLINE_H

#include "join/model.h"
#include "judge/analysis.h"
#include "judge/finding.h"

#include <glib.h>

/** What was not right on a path. The findings are those of the analysis, and live as long. */
typedef struct {
    const adp_finding *finding; /* the warning or error that explains most; NULL: there is none */
    guint more;                 /* so many other warnings and errors */
    const adp_finding *good;    /* what was made good, and weighed most before; NULL: nothing was */
    guint more_good;            /* so many others */
    const adp_finding *slow;    /* time was lost, and `finding` is another; NULL */
    const adp_finding *left;    /* a redirect that the client did not follow; NULL */
    guint failed;               /* steps of this outcome, whatever the findings say of them */
    guint unanswered;           /* likewise */
    guint hidden;               /* likewise */
    guint refused;              /* operations that are no steps, in no finding, and not made good */
    guint32 refusal;            /* the first of them, as refusals.h has it; ADP_NONE */
    guint32 step;               /* the first that failed or was not answered, ADP_NONE */
} adp_headline;

/** Costs a walk along the path. */
adp_headline adp_headline_of(adp_analysis *analysis, guint32 path, gboolean mailboxes);

/** The finding's title, and what it is about where the title does not say it; free with g_free(). */
char *adp_headline_words(const adp_finding *finding);

#endif
