/* dns_name.h
 * Names in the encoding of RFC 1035, as DNS and the Netlogon reply use it.
 *
 * libwireshark's own decoder is not exported, and it joins labels without
 * escaping a dot inside one, which an owner name must not lose.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_DNS_NAME_H
#define ADPATH_WIRE_DNS_NAME_H

#include <glib.h>

/**
 * Decodes the name at `offset` of a message of `len` bytes; compression
 * pointers count from the start of the message and may only lead backwards.
 *
 * @param out  receives the presentation form, without a trailing dot; a dot or
 *             backslash inside a label becomes "\." or "\\", a byte outside
 *             printable UTF-8 "\DDD" (RFC 1035 5.1). The root is the empty string.
 * @return the offset behind the name, or 0 when it is damaged or cut short;
 *         `out` then holds what could be read.
 */
gsize adp_dns_name(const guint8 *message, gsize len, gsize offset, GString *out);

/**
 * The same for nearly all names: those whose labels are printable ASCII without dots and backslashes. `out` has
 * ADP_MAX_DNS_NAME + 1 bytes. Returns 0 for any other name, also the root, and a damaged one.
 */
gsize adp_dns_name_plain(const guint8 *message, gsize len, gsize offset, char *out);

/** Steps over the name at `offset`; same result as adp_dns_name(). */
gsize adp_dns_name_skip(const guint8 *message, gsize len, gsize offset);

#endif
