/* ntlm_rounds.h
 * Do the messages of NTLM stay on one connection?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_NTLM_ROUNDS_H
#define ADPATH_JUDGE_NTLM_ROUNDS_H

#include "log/observation.h"

#include <glib.h>

/** Exchanges of HTTP with one server or proxy, in their order. */
typedef struct {
    GHashTable *challenged; /* numbers of connections with a challenge that nothing proved yet */
    guint challenges;
    guint proofs;
    gboolean together; /* a proof came where its challenge had come */
    guint32 last;      /* the last proof */
} adp_ntlm_rounds;

void adp_ntlm_rounds_begin(adp_ntlm_rounds *rounds);

/** One exchange on the connection `stream`; the request is observation `obs`. Both may be NULL. */
void adp_ntlm_rounds_note(adp_ntlm_rounds *rounds, const adp_obs_http *request,
                          const adp_obs_http *reply, guint32 stream, guint32 obs);

/**
 * @return the last proof when there were several, each on another connection than its challenge;
 * ADP_NONE when not. One alone may have its challenge before the capture.
 */
guint32 adp_ntlm_rounds_end(adp_ntlm_rounds *rounds);

#endif
