/* inferred_next.h
 * What the client did next tells what a sealed answer was: settings, or none.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_INFERRED_NEXT_H
#define ADPATH_JUDGE_INFERRED_NEXT_H

#include "judge/inference.h"

#include <glib.h>

/** What the client did behind its last answer on the connection; `list`: the endpoints of the path. */
void adp_inference_next(adp_inference *f, const adp_sealed *s, const GPtrArray *list);

#endif
