/* advice_table.h
 * The tables of advice, one a subject. Inside of the model.
 *
 * Sources, as the letters behind the rows say: M MS-ADTS, MS-KILE, MS-NRPC, MS-OXDISCO,
 * MS-OXDSCLI; K articles of Microsoft's support (KB number); E documentation of events 4768 and
 * 4769; W EWS Managed API and its documentation; L seen in the laboratory's captures; R RFC;
 * m from memory.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_ADVISE_ADVICE_TABLE_H
#define ADPATH_ADVISE_ADVICE_TABLE_H

#include "advise/advice.h"

#define CAUSES(...)                                                                                \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }
/** A cause that the capture can rule out: it shows where the ticket was issued. */
#define ADP_CAUSE_OLD_TICKET "The client holds an old ticket."

#define CHECKS(...)                                                                                \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

/* Each ends with a row whose key is NULL. */
extern const adp_advice adp_advice_dns[];
extern const adp_advice adp_advice_kerberos[];
extern const adp_advice adp_advice_ldap[];
extern const adp_advice adp_advice_web[];

#endif
