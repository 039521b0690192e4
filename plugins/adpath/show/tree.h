/* tree.h
 * The statistics tree.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_TREE_H
#define ADPATH_SHOW_TREE_H

#include "judge/analysis.h"
#include "show/rows.h"

/** Registers the tree for Wireshark's Statistics menu, sharkd and tshark. */
void adp_tree_register(void);

/** Appends the tree of the selected paths as text. */
void adp_tree_text(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
                   GString *out);

#endif
