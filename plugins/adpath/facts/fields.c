/* fields.c
 * The catalogue of everything users read about a step.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "facts/fields.h"

#define FIELD_ROW(id, name, key, type, shape, title, meaning)                                      \
    {"adpath." name, key, ADP_TYPE_##type, ADP_SHAPE_##shape, title, meaning},

static const adp_field_info fields[ADP_FIELD_COUNT] = {ADP_FIELDS(FIELD_ROW)};

const adp_field_info *adp_field_get(adp_field field)
{
    return &fields[field];
}
