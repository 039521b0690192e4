/* ldap_ops.h
 * Operations of LDAP that are no steps: StartTLS, and those whose refusal tells something.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_LDAP_OPS_H
#define ADPATH_READ_LDAP_OPS_H

#include "log/observation.h"
#include "read/ber.h"
#include "read/ldap_message.h"

/** A search that is no step: `op` stands at its beginning. */
void adp_ldap_read_other_search(const adp_ldap_message *m, adp_ber op);

/** A part of the answer to something that is no step, or (FALSE) its client does not wait any more. */
void adp_ldap_note_answer(const adp_ldap_message *m, gboolean part);

/** The result of such an operation: kept when it says what the client lacked. */
void adp_ldap_read_operation_reply(const adp_ldap_message *m, adp_ldap_op op,
                                   const adp_obs_result *result);

/** Any protocolOp that has no reader of its own. */
void adp_ldap_read_operation(const adp_ldap_message *m, int tag, adp_ber op);

#endif
