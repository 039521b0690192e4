/* principal.h
 * In whose name a bind was made.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_CASE_PRINCIPAL_H
#define ADPATH_CASE_PRINCIPAL_H

#include "join/model.h"

#include <glib.h>

typedef enum {
    ADP_PRINCIPAL_UNKNOWN, /* no round of it says who */
    ADP_PRINCIPAL_NOBODY,  /* an anonymous bind */
    ADP_PRINCIPAL_NAMED
} adp_principal_kind;

/**
 * Whose bind a bind step is. A name is written as the packets have it: a DN or UPN of a simple
 * bind, DOMAIN\user of NTLM, name@REALM of the ticket where the capture shows its grant.
 * @param name  gets it, to be freed with g_free(); NULL unless NAMED. It may be a mailbox's: mask
 *              it before it is shown.
 */
adp_principal_kind adp_bind_principal(const adp_model *model, const adp_step *step, char **name);

/**
 * What two names of one principal have in common: "alice" of CONTOSO\alice, Alice@contoso.test and
 * CN=alice,CN=Users,DC=contoso,DC=test. Free with g_free().
 */
char *adp_principal_user(const char *name);

#endif
