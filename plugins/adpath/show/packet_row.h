/* packet_row.h
 * A packet as a row of the packet list: one value for each column, however many steps it has.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_PACKET_ROW_H
#define ADPATH_SHOW_PACKET_ROW_H

#include "compat.h"
#include "join/model.h"

#include <glib.h>

/** Adds the hidden fields adpath.row of a frame's steps; `views` (of adp_view) has at least one. */
void adp_packet_row(const adp_model *model, const GArray *views, tvbuff_t *tvb, proto_tree *tree);

/** The same for a frame without steps: what there is to say of it. */
void adp_packet_row_say(const char *summary, tvbuff_t *tvb, proto_tree *tree);

#endif
