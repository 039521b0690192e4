/* tls.h
 * Alerts and versions of TLS, and whether a certificate covers a host.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_TLS_H
#define ADPATH_WIRE_TLS_H

#include "wire/arena.h"

#include <glib.h>

/** "unknown_ca", "handshake_failure", ...; NULL for a number without a name (RFC 8446 6). */
const char *adp_tls_alert_name(guint8 alert);

/** The ordinary farewell, no fault. */
#define ADP_TLS_CLOSE_NOTIFY 0

/** "TLS 1.2", ...; NULL for what is no version. */
const char *adp_tls_version_name(guint16 version);

/** Does a name of a certificate cover the host? RFC 6125: a wildcard stands for one label. */
gboolean adp_tls_name_covers(const char *name, const char *host);

/** Does one of the names? FALSE when `host` is none that a certificate has to cover. */
gboolean adp_tls_names_match(const adp_strings *names, const char *host, gboolean *matches);

#endif
