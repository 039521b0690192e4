/* tls_signs.h
 * What hellos and certificates of a failed handshake speak for.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_TLS_SIGNS_H
#define ADPATH_JUDGE_TLS_SIGNS_H

#include "join/model.h"
#include "judge/finding.h"
#include "judge/rules.h"

#include <glib.h>

/**
 * The dates of the certificate, observation `certificate`, beside the clock of the capturing machine (RFC 5280 4.1.2.5), and
 * whether `host` is its subject's name alone (RFC 6125 6.4.4).
 */
void adp_tls_sign_certificate(const adp_rules *r, adp_finding *f, guint32 certificate,
                              const char *host);

/** The authority is another one than that of `taken`, an observation, whose certificate the client took; ADP_NONE: of none. */
void adp_tls_sign_issuer(const adp_rules *r, adp_finding *f, guint32 certificate, guint32 taken);

/** What the client's hello, an observation, says of tries before it, and what stands before it; ADP_NONE: nothing. */
void adp_tls_sign_hello(const adp_rules *r, adp_finding *f, guint32 hello);

/** Of a handshake that adp_tls_is_turned_away(): who ended it, and did the client show an empty certificate? RFC 8446 4.4.2. */
void adp_tls_sign_turned_away(const adp_rules *r, adp_finding *f, const adp_step *step);

/** Is there nothing of the server behind the client's hello, not even bytes? */
gboolean adp_tls_is_unanswered(const adp_rules *r, const adp_step *step);

#endif
