/* krb_request.h
 * What a request to a KDC asks for, and with what it is proven (RFC 4120 5.4.1).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_KRB_REQUEST_H
#define ADPATH_READ_KRB_REQUEST_H

#include "log/observation.h"
#include "read/ber.h"
#include "wire/arena.h"

/** Takes the next PA-DATA of a list. FALSE at the end. */
gboolean adp_krb_next_padata(adp_ber *list, gint32 *type, adp_ber *value);

/** Notes that the message has PA-DATA of this type. */
void adp_krb_note_padata(adp_arena *arena, adp_obs_krb *krb, gint32 type);

/** The PA-DATA of a request, the content of their field: what they ask for, and by what right. */
void adp_krb_read_request_padata(adp_arena *arena, adp_ber field, adp_obs_krb *krb);

/** The SEQUENCE of a KDC-REQ-BODY. */
void adp_krb_read_request_body(adp_arena *arena, adp_ber body, adp_obs_krb *krb);

#endif
