/* evidence.h
 * Which frames the verdict needs: a capture of these alone is judged as the whole one is.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_EVIDENCE_H
#define ADPATH_JOIN_EVIDENCE_H

#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

/** What is known of the connections of a model. */
typedef struct adp_evidence adp_evidence;

/** Made of all observations that the model has now; it has to live as long. Free with adp_evidence_free(). */
adp_evidence *adp_evidence_new(const adp_model *model);
void adp_evidence_free(adp_evidence *evidence);

/** Is it still of the model as it is now? */
gboolean adp_evidence_holds(const adp_evidence *evidence, const adp_model *model);

/**
 * Does the verdict need the frame? It does when something was observed in it; when it belongs to a TCP connection of
 * which a message was observed, or to a server of a step, for a gap there would be read as a loss; and when it alone shows
 * when the capture began or ended, or that it hears a client.
 * @param flow   the two ends of the frame, in either order; ids of addresses that are not known are ADP_NONE
 * @param dst    the address that the frame was sent to
 */
gboolean adp_evidence_needs(const adp_evidence *evidence, guint32 frame, const adp_flow *flow,
                            guint32 dst);

#endif
