/* arrows.h
 * The arrows of the flow graph: one a step, and one for what was tried in vain.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_ARROWS_H
#define ADPATH_SHOW_ARROWS_H

#include "join/model.h"
#include "judge/analysis.h"
#include "judge/finding.h"
#include "show/sequence.h"

#include <glib.h>

/** Addresses as the graph shows them. */
typedef struct {
    GHashTable *labels; /* address + 1 -> owned text */
    GHashTable *taken;  /* text of `labels` -> address + 1 */
} adp_arrow_names;

/** What was tried in vain, and what a finding cites: it is no step, and yet an arrow. */
typedef struct {
    guint32 attempt; /* a connection; ADP_NONE: */
    guint32 asked;   /* the observation of a question for an address */
    guint32 path;
    const adp_finding *finding; /* the first that cites it; the analysis's */
} adp_vain;

/** What arrows are made with. */
typedef struct {
    const adp_model *model;
    adp_arrow_names names;
    GHashTable *remarks; /* step + 1 -> remark, owned; NULL: the capture is still being read */
    GArray *tried;       /* of vain; likewise */
    gboolean mailboxes;
} adp_arrows;

/** `with_findings`: the capture has been read. Clear with adp_arrows_clear(). */
void adp_arrows_init(adp_arrows *d, adp_analysis *analysis, gboolean with_findings);
void adp_arrows_clear(const adp_arrows *d);

/** A new arrow, the graph's to free: of the step, or of what was tried in vain. */
seq_analysis_item_t *adp_arrow_new(const adp_arrows *d, guint32 index);
seq_analysis_item_t *adp_arrow_in_vain(const adp_arrows *d, const adp_vain *v);

/** Sets anew what may change of a step's arrow while a capture is read. */
void adp_arrow_describe(const adp_arrows *d, guint32 index, seq_analysis_item_t *item);

#endif
