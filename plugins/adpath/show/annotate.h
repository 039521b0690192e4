/* annotate.h
 * The adpath subtree of a frame.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_ANNOTATE_H
#define ADPATH_SHOW_ANNOTATE_H

#include "../compat.h"
#include "../model/model.h"

/** Registers the fields of the model's catalogue. */
void adp_annotate_register(int proto);

/**
 * Adds an item for each step of the frame whose first observation is `first`.
 * @param early      the frame is on its first pass
 * @param mailboxes  show mailbox names
 */
void adp_annotate(const adp_model *model, guint32 first, tvbuff_t *tvb, proto_tree *tree, int proto,
                  gboolean early, gboolean mailboxes);

#endif
