/* dns.h
 * SRV and address questions, and their answers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_DNS_H
#define ADPATH_READ_DNS_H

#include "read/frame.h"

/** A DNS message in `length` bytes at `offset`. */
void adp_read_dns(adp_frame *frame, tvbuff_t *tvb, int offset, int length);

/** Likewise of a message to all neighbours (mDNS, RFC 6762). */
void adp_read_mdns(adp_frame *frame, tvbuff_t *tvb, int offset, int length);

#endif
