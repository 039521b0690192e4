/* compare.h
 * One capture beside another: what kind of pair they are, and what is different.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_COMPARE_COMPARE_H
#define ADPATH_COMPARE_COMPARE_H

#include "compare/told.h"

#include <glib.h>

typedef enum {
    ADP_COMPARED_RUNS, /* the same thing at another time, or elsewhere */
    ADP_COMPARED_ENDS, /* the same minute at another place of the way */
    ADP_COMPARED_SAME  /* one and the same capture, or a part of it */
} adp_compared_kind;

typedef struct {
    adp_compared_kind kind;
    char *
        first; /* owned: name of the first difference that matters, see adp_runs_compare(); NULL: none */
    guint lost;       /* of two ends: requests and answers */
    GPtrArray *lines; /* owned: what is said of it (lines.h) */
} adp_compared;

/** Compares the open capture with another one; `name` is that of the other's file, as it is to be shown. */
adp_compared *adp_compare(const adp_told *here, const adp_told *there, const char *name);

void adp_compared_free(adp_compared *compared);

#endif
