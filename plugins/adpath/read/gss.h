/* gss.h
 * Which Kerberos message a GSS-API or SPNEGO token holds.
 *
 * Wireshark's own dissection of such tokens depends on what it saw earlier in
 * the connection and skips some forms (facts measured on 4.0), so the token's
 * bytes are read here, once for every carrier.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_GSS_H
#define ADPATH_READ_GSS_H

#include "read/ber.h"

typedef enum {
    ADP_GSS_NOTHING,
    ADP_GSS_NTLM,
    ADP_GSS_KERBEROS
} adp_gss_content;

typedef struct {
    adp_gss_content content;
    int message_tag;     /* Kerberos: APPLICATION number: 14 AP-REQ, 15 AP-REP, 30 KRB-ERROR */
    guint8 ntlm_message; /* NTLM: 1 negotiate, 2 challenge, 3 authenticate */
    gboolean too_deep;   /* it was nested deeper than is read: ADP_LIMIT_GSS_NESTING */
    adp_ber message;     /* Kerberos: what is inside that tag; NTLM: the whole message */
} adp_gss_token;

/** Looks into a token: RFC 2743 3.1 header, SPNEGO (RFC 4178) or a bare message. */
adp_gss_token adp_gss_read(adp_ber token);

#endif
