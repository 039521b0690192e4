/* realms.h
 * What kind of realm a domain is, as far as its KDCs and its directory tell.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_CASE_REALMS_H
#define ADPATH_CASE_REALMS_H

#include "case/accounts.h"
#include "join/model.h"

#include <glib.h>

typedef enum {
    ADP_REALM_UNKNOWN,
    ADP_REALM_WINDOWS, /* an Active Directory of Windows */
    ADP_REALM_SAMBA,   /* one of Samba, whatever its KDC is made of */
    ADP_REALM_OTHER    /* none: FreeIPA, or a realm of MIT Kerberos */
} adp_realm_kind;

typedef struct adp_realms adp_realms;

/** What the capture says of all realms; for who asks several times. Free with adp_realms_free(). */
adp_realms *adp_realms_new(const adp_model *model, const adp_accounts *accounts);
void adp_realms_free(adp_realms *realms);

/** `ret_obs`: the observation that shows it; ADP_NONE: nothing does. */
adp_realm_kind adp_realms_kind(const adp_realms *realms, const char *domain, guint32 *ret_obs);

#endif
