/* name_forms.h
 * What the form of a name alone tells: of the names of domains, workgroups and networks.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_CASE_NAME_FORMS_H
#define ADPATH_CASE_NAME_FORMS_H

#include <glib.h>

/** The first label of a name; free with g_free(). */
char *adp_first_label(const char *name);

/** What stands behind the first dot, NULL for a single label. Points into `name`. */
const char *adp_parent_domain(const char *name);

/** "WORKGROUP" and its like: what a machine is in that is in no domain. */
gboolean adp_is_workgroup(const char *label);

/** What stands before the backslash in names of accounts of the cloud (AZUREAD\\alice): no domain has this name. */
gboolean adp_is_cloud_label(const char *label);

/** What routers for homes call the network behind them: nobody's Active Directory. */
gboolean adp_is_home_network(const char *name);

/** Is it written as Windows writes NetBIOS names, in capitals alone? */
gboolean adp_looks_like_netbios(const char *label);

#endif
