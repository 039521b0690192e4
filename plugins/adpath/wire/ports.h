/* ports.h
 * What the well-known ports serve. Nothing else in the module knows a port by its number.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_PORTS_H
#define ADPATH_WIRE_PORTS_H

#include <glib.h>

/*
 * Port, transport layer and what a reader is told that it serves. Sources: the IANA registry of
 * service names; MS-ADTS 3.1.1.3.1.10 for the two of the global catalog; RFC 3244 for kpasswd.
 */
enum {
    ADP_PORT_DNS = 53,
    ADP_PORT_HTTP = 80,
    ADP_PORT_KDC = 88,
    ADP_PORT_LDAP = 389,
    ADP_PORT_HTTPS = 443,
    ADP_PORT_KPASSWD = 464,
    ADP_PORT_LDAPS = 636,
    ADP_PORT_GC = 3268,    /* global catalog */
    ADP_PORT_GC_TLS = 3269 /* the same inside TLS */
};

/** "LDAP", "LDAP over TLS", "Kerberos", ...; NULL for a port that is nothing to the path. */
const char *adp_port_serves(guint port);

gboolean adp_port_is_dns(guint port);
gboolean adp_port_is_kdc(guint port);
gboolean adp_port_is_kpasswd(guint port);

/** Any of a directory's four: LDAP and global catalog, plain or inside TLS. */
gboolean adp_port_is_ldap(guint port);

/** LDAP that begins with a TLS handshake: 636 and 3269. */
gboolean adp_port_is_ldaps(guint port);

/** LDAP in clear, where StartTLS may follow: 389 and 3268. */
gboolean adp_port_takes_starttls(guint port);

/** The global catalog, plain or inside TLS. */
gboolean adp_port_is_gc(guint port);

/** HTTP or HTTPS at the port that a URL implies. */
gboolean adp_port_is_web(guint port);

/**
 * A port over which a domain controller is found and used, LDAP or Kerberos: an attempt to open
 * a connection to it is worth following, at any server.
 */
gboolean adp_port_is_dc(guint port);

/** The port of the same directory without TLS: 389 for 636, 3268 for 3269; others stay. */
guint16 adp_port_without_tls(guint16 port);

/** And the other way round: 636 for 389, 3269 for 3268. */
guint16 adp_port_with_tls(guint16 port);

#endif
