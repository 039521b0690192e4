/* krb_purpose.h
 * What a Kerberos step is for: an exchange of three kinds serves a dozen purposes.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_KRB_PURPOSE_H
#define ADPATH_FACTS_KRB_PURPOSE_H

#include "facts/view.h"
#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

typedef enum {
    ADP_PURPOSE_UNKNOWN,   /* of an answer alone */
    ADP_PURPOSE_LOGON,     /* AS */
    ADP_PURPOSE_ANONYMOUS, /* AS: to armor something else with */
    ADP_PURPOSE_TICKET,    /* TGS: of a service, or of another realm's KDC that was asked for */
    ADP_PURPOSE_REFERRAL,  /* TGS: a ticket was asked for, and the KDC names another realm's */
    ADP_PURPOSE_RENEWAL,   /* TGS: a ticket is renewed, or a postdated one made valid */
    ADP_PURPOSE_FORWARD,   /* TGS: a ticket-granting ticket to be taken to another machine */
    ADP_PURPOSE_USER2USER, /* TGS: sealed with the key of another ticket */
    ADP_PURPOSE_S4U2SELF,  /* TGS: a service asks for a ticket to itself in a user's name */
    ADP_PURPOSE_S4U2PROXY, /* TGS: and with such a ticket for one to another service */
    ADP_PURPOSE_ACCESS,    /* AP: a ticket is shown to its service */
    ADP_PURPOSE_PASSWORD,  /* a password is changed, or the ticket for doing so fetched */
    ADP_PURPOSES
} adp_purpose;

typedef struct {
    adp_purpose purpose;
    const char *by;        /* account that asks, without realm; NULL when nothing tells it */
    const char *for_user;  /* S4U: whose name it is done in, NULL when nothing tells it; */
    const char *for_realm; /* and that user's realm */
    const char *referral;  /* realm to which the KDC sends the client, NULL: it does not */
    /* User-to-user, S4U2Proxy: the other ticket that was sent along. */
    const adp_krb_ticket *with;
    gboolean to_itself; /* S4U2Proxy: to the service that asks: Windows probes so */
} adp_krb_purpose_facts;

/** What the step is for, as far as the view goes. The strings are the model's. */
adp_krb_purpose_facts adp_krb_purpose(const adp_model *model, const adp_view *view);

/** "logon", "ticket", ...: the values of adpath.krb.purpose; NULL for an unknown one. */
const char *adp_purpose_name(adp_purpose purpose);

#endif
