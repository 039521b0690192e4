/* signs.c
 * What speaks for or against a cause, in words.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "judge/signs.h"

#define SIGN_WORDS(id, words) [ADP_SIGN_##id] = (words),

const char *adp_sign_words(adp_sign sign)
{
    static const char *const all[ADP_SIGN_COUNT] = {"", ADP_SIGNS(SIGN_WORDS)};

    return all[sign];
}
