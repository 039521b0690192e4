/* reverse.h
 * The names that DNS gives for addresses (PTR): some libraries make names of services of them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_REVERSE_H
#define ADPATH_JOIN_REVERSE_H

#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

/** Is it news that the address, which the capture knows (ADP_NONE: it does not), is called so? */
gboolean adp_model_wants_reverse(const adp_model *model, guint32 address, const char *name);

/**
 * The first answer that gave the name for an address at which nothing else in the capture finds it; ADP_NONE: there is
 * none. *address becomes that address.
 */
guint32 adp_model_reverse(const adp_model *model, const char *name, guint32 *address);

/** An answer to a question for the name of an address: `name` of the observation is the name that was found. */
gboolean adp_feed_reverse(adp_model *model, const adp_obs *obs, guint32 i);

#endif
