/* ntlm_rounds.c
 * Do the messages of NTLM stay on one connection (MS-NTHT 3.1)?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/ntlm_rounds.h"

#include "log/observation.h"

/* MS-NLMP 2.2.1 */
#define CHALLENGE    2
#define AUTHENTICATE 3

/* So many rounds are no accident of where the capture begins. */
#define ROUNDS 2

void adp_ntlm_rounds_begin(adp_ntlm_rounds *rounds)
{
    *rounds = (adp_ntlm_rounds){.challenged = g_hash_table_new(NULL, NULL), .last = ADP_NONE};
}

void adp_ntlm_rounds_note(adp_ntlm_rounds *rounds, const adp_obs_http *request,
                          const adp_obs_http *reply, guint32 stream, guint32 obs)
{
    if (request && request->ntlm_message == AUTHENTICATE) {
        rounds->proofs++;
        rounds->last = obs;
        if (stream == ADP_NONE ||
            g_hash_table_remove(rounds->challenged, GUINT_TO_POINTER(stream))) {
            rounds->together = TRUE;
        }
    }
    if (reply && reply->ntlm_message == CHALLENGE) {
        rounds->challenges++;
        g_hash_table_add(rounds->challenged, GUINT_TO_POINTER(stream));
    }
}

guint32 adp_ntlm_rounds_end(adp_ntlm_rounds *rounds)
{
    gboolean elsewhere =
        !rounds->together && rounds->proofs >= ROUNDS && rounds->challenges >= ROUNDS;

    g_hash_table_unref(rounds->challenged);
    return elsewhere ? rounds->last : ADP_NONE;
}
