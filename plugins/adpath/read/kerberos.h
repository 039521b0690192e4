/* kerberos.h
 * Kerberos messages, as bytes (RFC 4120 5.4 to 5.9).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_KERBEROS_H
#define ADPATH_READ_KERBEROS_H

#include "log/observation.h"
#include "read/ber.h"
#include "read/frame.h"
#include "read/gss.h"
#include "wire/arena.h"

/** The content of an AP-REQ; the result is the arena's. */
adp_obs_krb *adp_krb_read_ap_request(adp_arena *arena, adp_ber content, adp_carrier carrier);

/** What a carrier's answer holds: AP-REP, KRB-ERROR or nothing. The result is the arena's. */
adp_obs_krb *adp_krb_read_ap_reply(adp_arena *arena, const adp_gss_token *token,
                                   adp_carrier carrier);

/** A top-level `kerberos` item of the tree: a message from or to a KDC. */
void adp_read_kdc(adp_frame *frame, const proto_node *node);

#endif
