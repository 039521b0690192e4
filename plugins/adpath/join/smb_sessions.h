/* smb_sessions.h
 * Where clients got in with NTLM over SMB: the way that is left where Kerberos has no name.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_SMB_SESSIONS_H
#define ADPATH_JOIN_SMB_SESSIONS_H

#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

/**
 * A client's proof, and that the server opened a session on the same connection. Kept are the first
 * session of each client with each server, and the proof before it.
 */
gboolean adp_feed_ntlm(adp_model *model, const adp_obs *obs, guint32 i);

#endif
