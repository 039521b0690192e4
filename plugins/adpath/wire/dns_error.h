/* dns_error.h
 * Extended errors of DNS: why a server answers as it does (RFC 8914).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_WIRE_DNS_ERROR_H
#define ADPATH_WIRE_DNS_ERROR_H

#include <glib.h>

/** What an extended error is about. */
typedef enum {
    ADP_DNS_ERROR_OTHER,
    ADP_DNS_ERROR_SIGNATURES, /* DNSSEC: the server validates, and does not believe the answer */
    ADP_DNS_ERROR_POLICY,     /* it does not want to answer: this name, or this client */
    ADP_DNS_ERROR_NO_WAY      /* it does not reach the servers of the zone */
} adp_dns_error_kind;

/** In plain words; NULL for a code that is not in the table. */
const char *adp_dns_error_words(guint code);
adp_dns_error_kind adp_dns_error_kind_of(guint code);

/** Does it say that the server knows an answer, or need not look for one, and keeps it from the client by a filter or a policy? */
gboolean adp_dns_error_withholds(guint code);

/** Is a server's own text short, and of letters that mean nothing to anybody who reads it? */
gboolean adp_dns_error_text_is_plain(const guint8 *text, gsize len);

#endif
