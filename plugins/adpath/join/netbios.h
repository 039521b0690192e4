/* netbios.h
 * Which NetBIOS names were asked for: they tell short names of domains from those of hosts.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_NETBIOS_H
#define ADPATH_JOIN_NETBIOS_H

#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

/**
 * The observation by which `client` first asked for the name as a domain (suffix 1B or 1C), to
 * everybody or to a server of names; ADP_NONE: it did not.
 */
guint32 adp_model_netbios_domain(const adp_model *model, guint32 address, const char *name);

/** The first positive answer about the name, to any client; ADP_NONE: there is none. */
guint32 adp_model_netbios_answer(const adp_model *model, const char *name);

gboolean adp_feed_netbios(adp_model *model, const adp_obs *obs, guint32 i);

#endif
