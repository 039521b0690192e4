/* advise.h
 * The advice for one finding: causes weighed by what the capture shows, commands filled in.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_ADVISE_ADVISE_H
#define ADPATH_ADVISE_ADVISE_H

#include "judge/finding.h"

#include <glib.h>

/** A cause that the capture does not refute. */
typedef struct {
    char *text;
    gboolean supported; /* something in the capture speaks for it, */
    GArray *evidence;   /* of guint32: at these observations, ascending; may be empty */
} adp_cause;

/** A command that can be typed as it stands. */
typedef struct {
    char *text;
    const char *changes; /* what it changes; NULL: it only reads */
} adp_check;

typedef struct {
    GPtrArray *causes; /* of adp_cause: the supported ones first, else in the order of the table */
    GPtrArray *checks; /* of adp_check: those that only read first */
} adp_advice_list;

/**
 * Made of the finding's row of advice, its signs and values. Free with adp_advice_list_free().
 * @param mailboxes  may names of mailboxes be shown? A command without its name finds nothing, and
 *                   is left out.
 */
adp_advice_list *adp_advise(const adp_finding *finding, gboolean mailboxes);
void adp_advice_list_free(adp_advice_list *list);

#endif
