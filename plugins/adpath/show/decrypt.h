/* decrypt.h
 * Which keys would open what a capture hides, in words.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_DECRYPT_H
#define ADPATH_SHOW_DECRYPT_H

#include "judge/analysis.h"
#include "show/rows.h"

/** An adp_reporter. */
void adp_decrypt(adp_analysis *analysis, const adp_selection *selection, gboolean mailboxes,
                 GString *out);

#endif
