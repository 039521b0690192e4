/* decrypt.h
 * Which keys would open what a capture hides, in words.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_SHOW_DECRYPT_H
#define ADPATH_SHOW_DECRYPT_H

#include "join/model.h"
#include "show/rows.h"

/** An adp_reporter. */
void adp_decrypt(const adp_model *model, const adp_selection *selection, gboolean mailboxes,
                 GString *out);

#endif
