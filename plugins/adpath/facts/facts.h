/* facts.h
 * What can be said of a step: its outcome, its fields, its sentence.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADPATH_FACTS_FACTS_H
#define ADPATH_FACTS_FACTS_H

#include "facts/fields.h"
#include "facts/view.h"
#include "join/model.h"
#include "log/observation.h"

#include <glib.h>

/** One value of one field. */
typedef struct {
    adp_field field;
    guint group; /* 0, or the number of the record or entry it belongs to, from 1 */
    union {
        const char *s; /* never NULL */
        guint32 u;
        gint32 i;
        gboolean b;
        gint64 t; /* ns */
    } v;
} adp_fact;

/** Facts in the order of the catalogue, records and entries last. */
typedef struct {
    GArray *items;    /* of adp_fact */
    GPtrArray *owned; /* strings made for this list */
} adp_facts;

/**
 * The fields below "detail". Free with adp_facts_free().
 */
adp_facts *adp_facts_new(const adp_model *model, const adp_view *view);
void adp_facts_free(adp_facts *facts);

/** Which group of the catalogue belongs to a kind: does a step of it have the field? */
gboolean adp_field_of_kind(adp_field field, adp_step_kind kind);

const char *adp_protection_name(adp_protection protection);
const char *adp_transport_name(adp_transport transport);

#endif
