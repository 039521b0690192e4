/* handshake.h
 * What a TLS handshake showed.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_HANDSHAKE_H
#define ADPATH_FACTS_HANDSHAKE_H

#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

/** The first hello of either side, or certificate, in the step up to observation `to`, or NULL. */
const adp_obs_tls *adp_tls_find(const adp_model *model, const adp_step *step, guint32 to,
                                adp_tls_event event);

/**
 * Does the certificate that a tls step shows cover the name that the client asked for?
 * @return FALSE when no certificate is visible, or the client named no host.
 */
gboolean adp_tls_name_match(const adp_model *model, const adp_step *step, gboolean *matches);

/** How a handshake that failed ended. Observations, ADP_NONE where there is none. */
typedef struct {
    guint32 certificate;    /* the server's */
    guint32 alert;          /* the first fatal alert; else the first warning but the farewell */
    gboolean alert_is_late; /* it came after the certificate */
    guint32 closed;         /* the first FIN or RST, unless the handshake was complete before it */
    gboolean by_server;     /* the server sent that, */
    gboolean reset;         /* and it was a RST */
} adp_tls_end;

adp_tls_end adp_tls_end_of(const adp_model *model, const adp_step *step);

/**
 * TLS 1.3: did the server end the connection behind the client's last flight, with an alert under seal and nothing else? A
 * record of application data of 19 bytes is a message of two and cannot be an answer (RFC 8446 5.2, 6).
 */
gboolean adp_tls_is_turned_away(const adp_model *model, const adp_step *step);

/**
 * Did the server ask for another hello, and send none of its own behind that (RFC 8446 4.1.4)? The observation that asks,
 * else ADP_NONE.
 */
guint32 adp_tls_asked_again(const adp_model *model, const adp_step *step);

#endif
