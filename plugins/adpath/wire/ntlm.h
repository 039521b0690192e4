/* ntlm.h
 * The account in an NTLM message.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_NTLM_H
#define ADPATH_WIRE_NTLM_H

#include "wire/arena.h"

#include <glib.h>

/**
 * User and domain of an AUTHENTICATE message (MS-NLMP 2.2.1.3). An empty user is the anonymous
 * one; a client may send the whole name as the user ("alice@contoso.test") and no domain.
 * @return FALSE when it is no such message, or is cut short; the texts are the arena's.
 */
gboolean adp_ntlm_names(adp_arena *arena, const guint8 *bytes, gsize len, const char **user,
                        const char **domain);

#endif
