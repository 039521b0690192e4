/* cloud.h
 * Which hosts are those of Microsoft 365. Nothing else in the module knows one by its name.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_CLOUD_H
#define ADPATH_WIRE_CLOUD_H

#include <glib.h>

/** Is the host one of Microsoft 365, so that its users have no server to look at? In any case. */
gboolean adp_cloud_has(const char *host);

/** Is it one that clients ask for autodiscover whatever the mail domain is? In lower case. */
gboolean adp_cloud_is_candidate(const char *host);

/** Those, one after the other from 0; NULL behind the last. */
const char *adp_cloud_candidate(guint i);

/** The domains, one after the other from 0; NULL behind the last. */
const char *adp_cloud_end(guint i);

#endif
