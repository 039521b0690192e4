/* served.h
 * Ends of connections that serve, as far as the log says: for whoever has to know quickly.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_SERVED_H
#define ADPATH_JOIN_SERVED_H

#include "join/derived.h"
#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

/** What is kept of them, and its end. */
adp_served *adp_served_new(void);
void adp_served_free(adp_served *served);

/** Notes the server of a connection that an observation is about. */
void adp_served_note(adp_derived *d, const adp_flow *flow);

/** Does any server use this port? One that does not has no connection that is known. */
gboolean adp_model_serves_on(const adp_model *model, guint32 port);

/** Is the address one of a server, on any port? */
gboolean adp_model_serves(const adp_model *model, guint32 address);

#endif
