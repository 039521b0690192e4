/* duplicates.h
 * Is a message a second capture of one packet?
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JOIN_DUPLICATES_H
#define ADPATH_JOIN_DUPLICATES_H

#include "join/derived.h"
#include "join/model.h"
#include "log/observation.h"
#include "wire/text.h"

#include <glib.h>

/*
 * The same bytes again so soon are a second capture of one packet (a mirror
 * port, two taps), not a repetition: no client repeats within a millisecond.
 */
#define ADP_COPY_WINDOW (ADP_NS_PER_S / 1000)

/** What a PDU and its copies have in common. */
guint64 adp_copy_key(const adp_obs *obs);

/**
 * The observation of the same PDU captured a moment ago, perhaps with other addresses; ADP_NONE:
 * there is none. `key`: its adp_copy_key().
 */
guint32 adp_original_of(const adp_model *model, const adp_obs *obs, guint64 key);

/** Observation `i` may have a copy soon. `key`: its adp_copy_key(). */
void adp_remember_for_copies(adp_derived *d, guint64 key, guint32 i);

#endif
