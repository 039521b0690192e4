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

/** The first message of its kind in the step up to observation `to`, or NULL. */
const adp_obs_tls *adp_tls_find(const adp_model *model, const adp_step *step, guint32 to,
                                adp_tls_event event);

/**
 * Does the certificate that a tls step shows cover the name that the client asked for?
 * @return FALSE when no certificate is visible, or the client named no host.
 */
gboolean adp_tls_name_match(const adp_model *model, const adp_step *step, gboolean *matches);

#endif
