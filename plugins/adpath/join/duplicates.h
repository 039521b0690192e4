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

/**
 * The observation of the same PDU captured a moment ago, perhaps with other addresses; ADP_NONE:
 * there is none.
 */
guint32 adp_original_of(const adp_model *model, const adp_obs *obs);

/** Observation `i` may have a copy soon. */
void adp_remember_for_copies(adp_derived *d, const adp_obs *obs, guint32 i);

#endif
