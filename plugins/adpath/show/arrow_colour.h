/* arrow_colour.h
 * The colour of an arrow of the flow graph: that of its packet in the profile "AD Discovery".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_ARROW_COLOUR_H
#define ADPATH_SHOW_ARROW_COLOUR_H

#include "facts/outcome.h"

/** 0xRRGGBB each. */
typedef struct {
    unsigned back;
    unsigned text;
} adp_arrow_colours;

/** `cited`: by findings of up to that severity, else -1. */
const adp_arrow_colours *adp_arrow_colour(adp_outcome outcome, int cited);

#endif
