/* sasl.h
 * How a SASL buffer of LDAP is protected.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_SASL_H
#define ADPATH_READ_SASL_H

#include "log/observation.h"
#include "read/ber.h"

#define ADP_SASL_LENGTH_LEN 4  /* the length in front of a token (RFC 4422 3.7) */
#define ADP_SASL_TOKEN_MIN  16 /* no token of the known mechanisms is shorter */

/** The security layer of one SASL buffer, as its token tells. */
typedef struct {
    adp_protection protection; /* UNKNOWN: no token of a mechanism known here */
    adp_ber plain;             /* of a signed token: the messages, when their place is known */
    adp_ber token;
} adp_sasl_layer;

/** The SASL buffer that begins at `at`, whose token is `token_length` bytes long. */
adp_sasl_layer adp_read_sasl(tvbuff_t *tvb, int at, guint32 token_length);

#endif
