/* ldap_message.h
 * What the readers of LDAP share: a message, and what becomes of it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_LDAP_MESSAGE_H
#define ADPATH_READ_LDAP_MESSAGE_H

#include "log/observation.h"
#include "read/ber.h"
#include "read/frame.h"

/* protocolOp, RFC 4511 4.2 to 4.13. */
enum {
    ADP_LDAP_TAG_BIND_REQUEST = 0,
    ADP_LDAP_TAG_BIND_RESPONSE = 1,
    ADP_LDAP_TAG_UNBIND = 2,
    ADP_LDAP_TAG_SEARCH_REQUEST = 3,
    ADP_LDAP_TAG_SEARCH_ENTRY = 4,
    ADP_LDAP_TAG_SEARCH_DONE = 5,
    ADP_LDAP_TAG_MODIFY_REQUEST = 6,
    ADP_LDAP_TAG_MODIFY_RESPONSE = 7,
    ADP_LDAP_TAG_ADD_REQUEST = 8,
    ADP_LDAP_TAG_ADD_RESPONSE = 9,
    ADP_LDAP_TAG_DELETE_REQUEST = 10,
    ADP_LDAP_TAG_DELETE_RESPONSE = 11,
    ADP_LDAP_TAG_MODIFY_DN_REQUEST = 12,
    ADP_LDAP_TAG_MODIFY_DN_RESPONSE = 13,
    ADP_LDAP_TAG_COMPARE_REQUEST = 14,
    ADP_LDAP_TAG_COMPARE_RESPONSE = 15,
    ADP_LDAP_TAG_ABANDON = 16,
    ADP_LDAP_TAG_SEARCH_REFERENCE = 19,
    ADP_LDAP_TAG_EXTENDED_REQUEST = 23,
    ADP_LDAP_TAG_EXTENDED_RESPONSE = 24,
    ADP_LDAP_TAG_INTERMEDIATE = 25
};

/** A message on its way through the readers. */
typedef struct {
    adp_frame *frame;
    guint32 id;
    guint64 hash;
    adp_protection protection;
    gboolean decrypted;
    adp_ber controls; /* what stands behind the operation */
} adp_ldap_message;

/** Fills in what an observation has from its message, and hands it to the model. */
void adp_ldap_add(const adp_ldap_message *m, adp_obs *obs);

/** LDAPResult; leaves `op` behind diagnosticMessage. */
adp_obs_result *adp_ldap_read_result(const adp_ldap_message *m, adp_ber *op);

#endif
