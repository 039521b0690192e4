/* ntstatus.h
 * The catalogue of NTSTATUS values that come with Kerberos errors.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_NTSTATUS_H
#define ADPATH_WIRE_NTSTATUS_H

#include <glib.h>

/** "STATUS_ACCOUNT_DISABLED" or NULL when the catalogue has no such status. */
const char *adp_ntstatus_name(guint32 status);

#endif
