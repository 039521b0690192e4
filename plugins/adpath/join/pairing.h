/* pairing.h
 * What the parts of the pairing share: pairing.c, pair_*.c, learn.c and hosts.c.
 *
 * Only what is kept may change anything: the kept log is all that a truncation feeds again.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_PAIRING_H
#define ADPATH_JOIN_PAIRING_H

#include "join/exchange.h"
#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

/** A new step that begins with observation `i`, which is attached to it. */
guint32 adp_new_step(adp_model *model, adp_step_kind kind, const adp_obs *obs, guint32 i);

/** A request that is paired by its key: a repetition, or a new step of `kind`. */
guint32 adp_feed_request(adp_model *model, const adp_obs *obs, guint32 i, adp_step_kind kind);

/** The open step of these ports and this number, unless it is too old for an answer over UDP; ADP_NONE. Sets `key`. */
guint32 adp_awaited_step(const adp_model *model, const adp_obs *obs, adp_pair_key *key);

/** The step that a reply answers; ADP_NONE when its request was not captured. */
guint32 adp_asked_step(const adp_model *model, const adp_obs *obs, adp_pair_key *key);

/** A reply that is paired by its key. */
guint32 adp_feed_reply(adp_model *model, const adp_obs *obs, guint32 i, adp_step_kind kind);

#endif
