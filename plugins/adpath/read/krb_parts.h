/* krb_parts.h
 * What Kerberos messages are made of: names, times, flags, tickets (RFC 4120 5.2, 5.3).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_READ_KRB_PARTS_H
#define ADPATH_READ_KRB_PARTS_H

#include "log/observation.h"
#include "read/ber.h"
#include "wire/arena.h"

/** APPLICATION numbers of the messages. */
enum {
    ADP_KRB_AS_REQ = 10,
    ADP_KRB_AS_REP = 11,
    ADP_KRB_TGS_REQ = 12,
    ADP_KRB_TGS_REP = 13,
    ADP_KRB_AP_REQ = 14,
    ADP_KRB_AP_REP = 15,
    ADP_KRB_ERROR = 30
};

/* Each takes the content of a field, [n] EXPLICIT. */

/** An INTEGER. FALSE when it is none. */
gboolean adp_krb_integer(adp_ber field, gint64 *ret);

/** An INTEGER; 0 when it is none. */
gint64 adp_krb_number(adp_ber field);

/** A string of any kind as safe text, NULL when there is none. */
const char *adp_krb_text(adp_arena *arena, adp_ber field);

/**
 * PrincipalName: its components, joined with '/'. NULL when it is not whole.
 * @param type  its name type; may be NULL
 */
const char *adp_krb_principal(adp_arena *arena, adp_ber field, gint32 *type);

/** KerberosTime as ns since the epoch. FALSE when it is none, or means no clock. */
gboolean adp_krb_time(adp_ber field, gint64 *ret);

/** The year of such a time, also where that is too far off for a clock; 0: it is none. */
guint adp_krb_year(adp_ber field);

/** KerberosFlags: the first 32 bits, the first as the highest. */
guint32 adp_krb_flags(adp_ber field);

/** An OCTET STRING: its content. FALSE when it is none. */
gboolean adp_krb_octets(adp_ber field, adp_ber *ret);

/**
 * A Ticket, with or without its [APPLICATION 1].
 * @param ret  what could be read of it
 * @return FALSE when its sealed part was not reached
 */
gboolean adp_krb_ticket_in(adp_arena *arena, adp_ber ticket, adp_krb_ticket *ret);

/** The ticket of an AP-REQ, of which `content` is behind the [APPLICATION 14]. */
gboolean adp_krb_ticket_of_ap_req(adp_arena *arena, adp_ber content, adp_krb_ticket *ret);

/** A copy that belongs to the arena. */
const adp_krb_ticket *adp_krb_keep_ticket(adp_arena *arena, const adp_krb_ticket *ticket);

#endif
