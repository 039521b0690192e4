/* arrow_colour.c
 * The colours of the profile "AD Discovery", in the order of its rules.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "show/arrow_colour.h"

#include "judge/catalogue.h"

const adp_arrow_colours *adp_arrow_colour(adp_outcome outcome, int cited)
{
    static const adp_arrow_colours error = {0x9c1c1c, 0xffffff};
    static const adp_arrow_colours warning = {0xffd68a, 0x2e2000};
    static const adp_arrow_colours outcomes[ADP_OUTCOMES] = {
        [ADP_OK] = {0xcfe8dc, 0x0b2a1c},     [ADP_NORMAL] = {0xeef3c4, 0x26290c},
        [ADP_FAILED] = {0xf6b8a8, 0x3a0a0a}, [ADP_UNANSWERED] = {0xf6b8a8, 0x3a0a0a},
        [ADP_HIDDEN] = {0xd9d2ea, 0x251a40}, [ADP_PENDING] = {0xdfe9f5, 0x10233a},
    };

    if (cited == ADP_SEVERITY_ERROR) {
        return &error;
    }
    if (cited == ADP_SEVERITY_WARN && outcome != ADP_FAILED && outcome != ADP_UNANSWERED) {
        return &warning;
    }
    return &outcomes[outcome];
}
