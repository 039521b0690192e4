/* address.h
 * Whose an address may be, in text form.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_ADDRESS_H
#define ADPATH_WIRE_ADDRESS_H

#include <glib.h>

/** 240.0.0.0/5 is nobody's (RFC 1112 4): addresses in it stand for private ones where names are pseudonyms. */
#define ADP_RESERVED_PRIVATE 240U

/** Is it no address of private networks (RFC 1918, 4193, 3927, 6598), and not the host itself? */
gboolean adp_address_is_public(const char *address);

/** Does what is sent there go to everybody who listens: a group (multicast), or all of a network? */
gboolean adp_address_is_group(const char *address);

/** Is it one that a network card gives itself for want of another (RFC 3927)? Those of IPv6 are ordinary. */
gboolean adp_address_is_self_assigned(const char *address);

/** Is it one of IPv6 that holds on one link alone (RFC 4291 2.5.6, fe80::/10)? */
gboolean adp_address_is_link_local(const char *address);

/** Is it the address that stands for none at all: 0.0.0.0, or that of IPv6? */
gboolean adp_address_is_nobodys(const char *address);

/** Does it lead nowhere but to the host that uses it: loopback, or no address at all? */
gboolean adp_address_is_nowhere(const char *address);

/**
 * The address that a name below in-addr.arpa or ip6.arpa stands for (RFC 1035 3.5, RFC 3596 2.5), in the order of the wire.
 * @return how many bytes it has, 4 or 16; 0: it stands for none, or for a network.
 */
guint8 adp_address_of_reverse(const char *name, guint8 ret[16]);

#endif
