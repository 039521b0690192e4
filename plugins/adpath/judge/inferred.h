/* inferred.h
 * What sealed traffic still tells: statements about content that cannot be seen, each with what it
 * rests on. They are no findings. How often they are right: docs/inference.md.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_JUDGE_INFERRED_H
#define ADPATH_JUDGE_INFERRED_H

#include "join/model.h"
#include "judge/endpoints.h"
#include "judge/inference.h"

#include <glib.h>

/** All adp_inferred of a model, by path, step and kind. Linear in the steps, times the candidates of a path. */
GPtrArray *adp_inferred_find(const adp_model *model, adp_endpoints *endpoints);

#endif
