/* evidence.h
 * The field adpath.evidence: on the packets that the verdict needs.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_EVIDENCE_H
#define ADPATH_SHOW_EVIDENCE_H

#include "compat.h"

/**
 * Adds the hidden field to a frame that the verdict needs, whether it belongs to a step or not: so the filter "adpath" finds
 * what it found without it. Does nothing where nobody asks for the field.
 * @param first  the frame's first observation, ADP_NONE without any
 */
void adp_evidence_annotate(guint32 first, tvbuff_t *tvb, packet_info *pinfo, proto_tree *tree);

/** What is kept of the open file; to be called when it is closed. */
void adp_evidence_forget(void);

#endif
