/* x509.h
 * The host names of a certificate.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_X509_H
#define ADPATH_READ_X509_H

#include "wire/arena.h"

/**
 * The names that a certificate vouches for: the DNS names of its subjectAltName, or its
 * subject's CN when it has none (RFC 6125 6.4.4).
 * @return FALSE when the DER cannot be read; `names` may then hold some of them.
 */
gboolean adp_x509_names(adp_arena *arena, const guint8 *der, gsize len, adp_strings *names);

/** What a certificate says besides its names. */
typedef struct {
    gint64 from; /* valid from and to, s since the epoch; 0: not readable */
    gint64 to;
    guint32 issuer; /* hash of its issuer's name, never 0 */
    const char *cn; /* of its subject; NULL: none */
} adp_x509_facts;

/** @return FALSE when the DER cannot be read. RFC 5280 4.1. */
gboolean adp_x509_read(adp_arena *arena, const guint8 *der, gsize len, adp_x509_facts *ret);

/** Has it issued itself, as authorities at the root do? FALSE, too, when the DER cannot be read. */
gboolean adp_x509_is_root(const guint8 *der, gsize len);

#endif
