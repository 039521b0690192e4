/* disguise.h
 * Observations with pseudonyms in place of the names of a house, so that all that is concluded from them has them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_LOG_DISGUISE_H
#define ADPATH_LOG_DISGUISE_H

#include "log/log.h"
#include "log/observation.h"
#include "wire/pseudonym.h"

/**
 * A copy of an observation of `log` whose texts are pseudonyms; they belong to the arena of `shadow`, which learns
 * the texts of its addresses, too. `names` NULL: a plain copy, which tests compare with.
 */
adp_obs adp_disguise(adp_log *shadow, const adp_log *log, const adp_obs *obs,
                     adp_pseudonyms *names);

#endif
