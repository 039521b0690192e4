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

/*
 * So long after the last message nobody waits for an answer over UDP any more (from memory): the same ports and
 * number are another exchange's, whose request was not captured.
 */
#define ADP_ANSWER_WINDOW (60 * ADP_NS_PER_S)

/** A new step that begins with observation `i`, which is attached to it. */
guint32 adp_new_step(adp_model *model, adp_step_kind kind, const adp_obs *obs, guint32 i);

/** A request that is paired by its key: a repetition, or a new step of `kind`. */
guint32 adp_feed_request(adp_model *model, const adp_obs *obs, guint32 i, adp_step_kind kind);

/** May the message be about this step? Over UDP not long after the step's last message. */
gboolean adp_is_awaited(const adp_model *model, guint32 index, const adp_obs *obs);

/** The open step of these ports and this number, unless it is too old for an answer over UDP; ADP_NONE. Sets `key`. */
guint32 adp_awaited_step(const adp_model *model, const adp_obs *obs, adp_pair_key *key);

/** The step that a reply answers; ADP_NONE when its request was not captured. */
guint32 adp_asked_step(const adp_model *model, const adp_obs *obs, adp_pair_key *key);

/** A reply that is paired by its key. */
guint32 adp_feed_reply(adp_model *model, const adp_obs *obs, guint32 i, adp_step_kind kind);

/**
 * Of UDP, where an error of ICMP or a fragment does not tell which of the exchanges of its ports it is about: notes the step as the
 * last one that was asked there. `key`: what the ports are found by.
 */
void adp_set_last_of_ports(adp_model *model, const adp_pair_key *key, guint32 index);

/** The last of the ports' exchanges that has no answer and was asked at most `patience` before `obs`; ADP_NONE. */
guint32 adp_last_of_ports(const adp_model *model, const adp_pair_key *key, const adp_obs *obs,
                          gint64 patience);

#endif
