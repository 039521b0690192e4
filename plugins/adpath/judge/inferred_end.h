/* inferred_end.h
 * Whether a search that cannot be seen came to its end without settings.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_INFERRED_END_H
#define ADPATH_JUDGE_INFERRED_END_H

#include "judge/inference.h"

#include <glib.h>

/** `list`: the endpoints of the path. What is said of them stands in `found` from `begin` on. */
void adp_inference_end(adp_inference *f, const GPtrArray *list, guint begin);

#endif
