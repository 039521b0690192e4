/* annotate.h
 * The adpath subtree of a frame.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_ANNOTATE_H
#define ADPATH_SHOW_ANNOTATE_H

#include "compat.h"
#include "judge/analysis.h"

/** Registers the fields of the model's catalogue, and the expert items. */
void adp_annotate_register(int proto);

/**
 * Belongs the frame whose first observation is `first` to a step, or does a finding
 * point at it? Findings are for later passes only.
 * @param early      the frame is on its first pass
 * @param mailboxes  show mailbox names
 */
gboolean adp_is_tagged(adp_analysis *analysis, guint32 first, gboolean early, gboolean mailboxes);

/** Adds an item for each step of the frame, and its findings; the same parameters. */
void adp_annotate(adp_analysis *analysis, guint32 first, tvbuff_t *tvb, packet_info *pinfo,
                  proto_tree *tree, int proto, gboolean early, gboolean mailboxes);

/** The frame's findings as expert information alone, where there is no tree. */
void adp_annotate_expert(adp_analysis *analysis, guint32 first, packet_info *pinfo, gboolean early,
                         gboolean mailboxes);

/**
 * Raises the severity that Wireshark shows in its status bar to that of what was found. It looks once, when the file
 * has been read; the items of the packets come later. Between packets nobody taps: it is no item of any list.
 */
void adp_annotate_light(adp_analysis *analysis, gboolean mailboxes);

#endif
