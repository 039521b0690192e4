/* principal.h
 * In whose name a bind was made.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_PRINCIPAL_H
#define ADPATH_FACTS_PRINCIPAL_H

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
 * Are two binds by the same principal, as far as the packets tell? FALSE also when one is
 * unknown. CONTOSO\alice and alice@contoso.test are compared by their user parts.
 */
gboolean adp_same_principal(const adp_model *model, const adp_step *a, const adp_step *b);

#endif
