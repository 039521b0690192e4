/* facts.h
 * What can be said of a step: its outcome, its fields, its sentence.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_FACTS_H
#define ADPATH_FACTS_FACTS_H

#include "facts/fact_list.h"
#include "facts/fields.h"
#include "facts/view.h"
#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

/**
 * The fields below "detail". Free with adp_facts_free().
 */
adp_facts *adp_facts_new(const adp_model *model, const adp_view *view);
void adp_facts_free(adp_facts *facts);

/** Which group of the catalogue belongs to a kind: does a step of it have the field? */
gboolean adp_field_of_kind(adp_field field, adp_step_kind kind);

#endif
