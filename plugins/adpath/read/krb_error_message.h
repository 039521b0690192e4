/* krb_error_message.h
 * KRB-ERROR, and what stands in its e-data (RFC 4120 5.9.1, MS-KILE 2.2.2, RFC 3244 2).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_KRB_ERROR_MESSAGE_H
#define ADPATH_READ_KRB_ERROR_MESSAGE_H

#include "log/observation.h"
#include "read/ber.h"
#include "wire/arena.h"

/** The SEQUENCE of a KRB-ERROR. The carrier, which `krb` has, tells how its e-data is meant. */
void adp_krb_read_error(adp_arena *arena, adp_ber content, adp_obs_krb *krb);

/** A result of the password service: two bytes, and text behind them. */
void adp_krb_read_kpasswd_result(adp_arena *arena, adp_ber data, adp_obs_krb *krb);

#endif
