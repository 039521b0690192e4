/* way.h
 * What two captures of the same minute tell of the way between them.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_COMPARE_WAY_H
#define ADPATH_COMPARE_WAY_H

#include "compare/ends.h"
#include "compare/told.h"

#include <glib.h>

/**
 * Appends to `lines` (lines.h) what was lost on the way, whose clock is ahead, where the time went,
 * and which addresses were translated. Returns how many requests and answers were lost.
 */
guint adp_way_tell(const adp_ends *ends, const adp_told *here, const adp_told *there,
                   GPtrArray *lines);

#endif
