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

/**
 * Says that keys were given and open nothing, or not all: a wrong keytab is silent by itself. NULL when there is nothing to
 * say; `always`: also says that no keys are used at all. Free with g_free().
 */
char *adp_decrypt_note(adp_analysis *analysis, const adp_selection *selection, gboolean always);

#endif
