/* packet-adpath.h
 * The protocol "adpath": a post-dissector.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_PACKET_ADPATH_H
#define ADPATH_PACKET_ADPATH_H

#include "join/model.h"

struct _packet_info;

void adp_register(void);
void adp_register_handoff(void);

/** The model of the file that is open now; NULL when none is. Do not keep it. */
const adp_model *adp_current_model(void);

/** The first observation of a packet that was dissected before, or ADP_NONE. */
guint32 adp_first_obs_of(struct _packet_info *pinfo);

/** The analysis is switched on. */
gboolean adp_analyses(void);

/** The user wants mailbox names to be shown. */
gboolean adp_shows_mailboxes(void);

/** Name of the tap: its data is the number of the frame's first observation, plus 1. */
#define ADP_TAP           "adpath"
#define ADP_TAP_OBS(data) (GPOINTER_TO_UINT(data) - 1)

#endif
