/* differences.h
 * What is different in two runs of the same thing, and which of it matters most.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_COMPARE_DIFFERENCES_H
#define ADPATH_COMPARE_DIFFERENCES_H

#include "compare/groups.h"
#include "compare/told.h"

#include <glib.h>

/** How much a difference matters: the first of these first. */
typedef enum {
    ADP_DIFFERENCE_ERROR,  /* a finding of severity error that only one run has */
    ADP_DIFFERENCE_NEVER,  /* what went well in one run never did in the other */
    ADP_DIFFERENCE_WARN,   /* a finding of severity warn */
    ADP_DIFFERENCE_TRIED,  /* a fault that something made good */
    ADP_DIFFERENCE_NOTE,   /* another finding; seconds more */
    ADP_DIFFERENCE_CHOICE, /* done another way, and well */
} adp_difference_weight;

typedef struct {
    adp_difference_weight weight;
    guint order;      /* among equals: what comes first causes what follows */
    guint32 frame;    /* among equals of these: where it first shows; 0: nowhere */
    gint64 when;      /* ns since its path began */
    gboolean in_here; /* the fault is in this capture */
    char *name;       /* owned: id of a finding, or what is asked (adp_meaning_of_step()) */
    char *here;       /* owned: what this capture shows */
    char *there;      /* owned: what the other one shows */
} adp_difference;

/** The two sides of a pair of paths; `there` has a counterpart of everything in `here`. */
typedef struct {
    const adp_told_path *path[2]; /* here, there; NULL: it has no counterpart */
    adp_step_groups *groups[2];   /* likewise */
} adp_path_pair;

/** Appends the differences of a pair to `out`, whose free function is adp_difference_free(). */
void adp_differences_add(const adp_path_pair *pair, GPtrArray *out);

/** What matters most comes first. */
void adp_differences_sort(GPtrArray *differences);

void adp_difference_free(gpointer data);

/** "step 57, frame 197: Kerberos TGS ..."; free it. */
char *adp_difference_step(const adp_told_step *step);

#endif
